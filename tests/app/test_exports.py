"""Files of a network: each is what it says it is, and whatever is wrong with a request is refused in one sentence."""

import json
import re
from dataclasses import replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.exports import DEFAULTS, EXPORTS, GRID_SIZES, MOST_HEIGHTS, OPTIONS, export
from app.layer_figures import layer_figure
from nets import DocumentError, axes, create, dataset, serialise, surfaces
from nets.code import FORMATS, code
from nets.limits import LIMITS
from nets.network import Layer
from tests.app.applications import fetch
from tests.app.test_routes import assert_is_refusal
from tests.nets.models import MIXED, model_of

MODEL = model_of(MIXED, dataset("moons", n=20))
DOCUMENT = serialise(MODEL)
LARGE = serialise(create(dataset("gaussians", 6), hidden=[32] * 7))

kinds = pytest.mark.parametrize("kind", EXPORTS)


def ask(client: FlaskClient, kind: str, body: Any, **options: Any) -> TestResponse:
    options = {"content_type": "application/json", "data": json.dumps(body), **options}
    return fetch(client, f"/api/export/{kind}", method="POST", **options)


@kinds
@pytest.mark.parametrize("document", [DOCUMENT, LARGE], ids=["small", "largest"])
def test_every_kind_comes_as_a_file_with_a_name(client: FlaskClient, kind: str, document: Any) -> None:
    response = ask(client, kind, {"model": document})
    assert response.status_code == 200
    header = response.headers["Content-Disposition"]
    assert re.fullmatch(r'attachment; filename="relief-2(-\d+)+[a-z0-9-]*\.(html|json|npz|py)"', header)
    assert response.headers["Cache-Control"] == "no-store"


def arrays(data: bytes) -> dict[str, np.ndarray]:
    with np.load(BytesIO(data), allow_pickle=False) as found:
        return dict(found)


@pytest.mark.parametrize("points", [2, 49, 120])
def test_the_surfaces_are_those_of_the_library(client: FlaskClient, points: int) -> None:
    found = arrays(ask(client, "surfaces", {"model": DOCUMENT, "points": points}).data)
    names = [f"layer_{layer}_{kind}" for layer in (1, 2, 3) for kind in ("preactivation", "activation")]
    assert list(found) == ["x", "y", *names]
    for name, expected in zip("xy", axes(MODEL, points), strict=True):
        np.testing.assert_array_equal(found[name], expected)
    for layer, expected in enumerate(surfaces(MODEL, points)[1:], start=1):
        np.testing.assert_array_equal(found[f"layer_{layer}_preactivation"], expected.preactivation)
        np.testing.assert_array_equal(found[f"layer_{layer}_activation"], expected.activation)


def test_heights_that_are_no_numbers_are_nan() -> None:
    layers = (*(Layer(2, ("square",) * 2),) * 5, Layer(2, ("identity",) * 2))
    model = model_of(layers, dataset("moons", n=20))
    document = serialise(replace(model, parameters=1e20 * model.parameters))
    found = arrays(export("surfaces", {"model": document}).data)
    assert np.isnan(found["layer_6_activation"]).all()
    assert not any(np.isinf(array).any() for array in found.values())
    for kind in EXPORTS:
        assert export(kind, {"model": document}).data


@pytest.mark.parametrize("kind", ["layer", "network"])
def test_a_page_needs_no_other_server(kind: str) -> None:
    text = export(kind, {"model": DOCUMENT}).data.decode()
    head, *scripts = text.split("<script")
    assert len(text) > 4_000_000  # Plotly is in it
    assert not re.search(r'(src|href)="', head)
    assert all(re.match(r"[^>]*>", script) and "src=" not in script.split(">")[0] for script in scripts)
    assert "<title>Relief: " in head


def test_the_layer_view_gets_the_figure_that_a_notebook_gets() -> None:
    options = {"layer": 2, "kind": "preactivation", "theme": "dark"}
    file = export("layer-figure", {"model": DOCUMENT, **options})
    assert json.loads(file.data) == layer_figure(MODEL, **options)


@pytest.mark.parametrize("name", FORMATS)
def test_code_is_that_of_the_library(name: str) -> None:
    file = export("code", {"model": DOCUMENT, "format": name})
    assert file.data.decode() == code(MODEL, name)
    assert file.name == f"relief-2-3-3-2-{name}.py"


WRONG = [
    ("layer", {"layer": 4}, "layer"),
    ("layer", {"layer": -1}, "layer"),
    ("layer", {"layer": "hidden 1"}, "layer"),
    ("layer", {"kind": "slope"}, "kind"),
    ("network", {"theme": "sepia"}, "theme"),
    ("network", {"layer": 1}, "layer"),
    ("code", {"format": "fortran"}, "format"),
    ("code", {"format": ["numpy"]}, "format"),
    ("surfaces", {"points": 1}, "points"),
    ("surfaces", {"points": 1e3}, "points"),
    ("surfaces", {"points": True}, "points"),
    ("surfaces", {"model": {**DOCUMENT, "parameters": "AAAA"}}, "parameters"),
    ("surfaces", {"model": {**DOCUMENT, "version": 2}}, "version"),
    ("surfaces", {"model": None}, ""),
]


@pytest.mark.parametrize(("kind", "fields", "where"), WRONG)
def test_what_is_wrong_is_named(client: FlaskClient, kind: str, fields: Any, where: str) -> None:
    assert_is_refusal(ask(client, kind, {"model": DOCUMENT, **fields}), 422, where)


@kinds
@pytest.mark.parametrize("body", [None, [], 3, "model", {}, {"document": DOCUMENT}])
def test_a_body_without_a_model_is_refused(client: FlaskClient, kind: str, body: Any) -> None:
    assert ask(client, kind, body).status_code == 422


def test_more_surfaces_than_a_file_holds_are_refused_before_they_are_computed(client: FlaskClient) -> None:
    assert_is_refusal(ask(client, "surfaces", {"model": LARGE, "points": GRID_SIZES[1]}), 422, "points", "are allowed")
    small = {"model": serialise(create(dataset("saddle"), hidden=[])), "points": GRID_SIZES[1]}
    assert 2 * GRID_SIZES[1] ** 2 <= MOST_HEIGHTS
    assert ask(client, "surfaces", small).status_code == 200


def test_an_unknown_kind_is_not_found_and_the_kinds_are_told(client: FlaskClient) -> None:
    assert_is_refusal(ask(client, "video", {"model": DOCUMENT}), 404, "", "layer, network")


@kinds
def test_exports_are_asked_for_with_post(client: FlaskClient, kind: str) -> None:
    assert_is_refusal(client.get(f"/api/export/{kind}"), 405, "")


def test_a_body_is_read_as_carefully_as_that_of_a_run(client: FlaskClient) -> None:
    assert_is_refusal(ask(client, "code", None, data="{", content_type="application/json"), 400, "")
    assert_is_refusal(ask(client, "code", {"model": DOCUMENT}, content_type="text/plain"), 415, "")
    long = " " * (LIMITS["bytes a request"] + 1)
    assert_is_refusal(ask(client, "code", None, data=long), 413, "")


def test_every_option_has_a_reader_and_a_default_that_it_takes() -> None:
    assert set(OPTIONS) == set(DEFAULTS) == {name for row in EXPORTS.values() for name in row.options}
    for name, read in OPTIONS.items():
        assert read(DEFAULTS[name], MODEL) == DEFAULTS[name]


def test_an_unknown_option_is_refused_with_those_there_are() -> None:
    with pytest.raises(DocumentError, match="the fields are model, format"):
        export("code", {"model": DOCUMENT, "layer": 1})
