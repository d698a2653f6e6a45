"""The description of the API: it is true of every document and of every answer, and every row of a table is in it."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from dash import Dash
from flask.testing import FlaskClient

from app.document_schema import WIDEST
from app.exports import EXPORTS, OPTIONS
from app.openapi import OPTION_SCHEMAS
from app.presets import PRESETS, model_of
from nets import (
    ACTIVATIONS,
    DATASETS,
    DROPOUTS,
    INITIALIZERS,
    LOSSES,
    OPTIMIZERS,
    REGULARIZERS,
    SCHEDULES,
    Budget,
    DocumentError,
    Initial,
    Inputs,
    Model,
    Stop,
    by_formula,
    create,
    dataset,
    parse,
    serialise,
    train_slice,
)
from nets.datasets import DataSpec
from nets.network import Layer
from nets.optimizers import HYPERPARAMETERS
from tests.app.applications import application, fetch
from tests.app.described import assert_fits, assert_is_described, described, named
from tests.app.runs import with_training
from tests.app.test_routes import NOT_JSON, WRONG
from tests.app.workers import InProcessWorker
from tests.nets.models import MARKED, MIXED
from tests.nets.models import model_of as model_with_layers

SMALL = create(dataset("xor", n=24), hidden=[3])


def trained() -> Iterator[tuple[str, Model]]:
    """Yield every preset, and every data set after a step of every optimiser, by what it is."""
    for name in PRESETS:
        yield f"preset {name}", model_of(name)
    for name in DATASETS:
        for optimizer in OPTIMIZERS:
            model = with_training(create(dataset(name, n=24), hidden=[3]), optimizer=optimizer)
            yield f"{name} with {optimizer}", train_slice(model, Budget(steps=2)).model


def rows() -> Iterator[tuple[str, Model]]:
    """Yield a model for every row of the other tables."""
    for name in ACTIVATIONS:
        yield f"activation {name}", model_with_layers((Layer(2, ("tanh", name), pre=name, skip=True),), SMALL.data)
    for name, loss in LOSSES.items():
        task = next(data for data in (SMALL.data, dataset("plane", n=24)) if data.task in loss.tasks)
        yield f"loss {name}", with_training(create(task, hidden=[]), loss=name)
    for name, regularizer in REGULARIZERS.items():
        yield f"regulariser {name}", with_training(SMALL, **{name: regularizer.highest})
    for field, name in [*(("dropout_kind", name) for name in DROPOUTS), *(("schedule", name) for name in SCHEDULES)]:
        yield f"{field} {name}", with_training(SMALL, **{field: name})
    for name in INITIALIZERS:
        yield f"initializer {name}", create(SMALL.data, hidden=[3], initial=Initial(name, 5, 2.5, 0.5))
    for name, optimizer in OPTIMIZERS.items():
        own = {number.name: number.high for number in optimizer.hyperparameters}
        yield f"numbers of {name}", with_training(SMALL, optimizer=name, hyperparameters=own)


def others() -> Iterator[tuple[str, Model]]:
    """Yield the forms that no table has."""
    yield "mixed", model_with_layers(MIXED, SMALL.data)
    yield "marked", model_with_layers(MARKED, SMALL.data)
    yield "the widest", model_with_layers(WIDEST, replace(SMALL.data, name="plane", classes=0))
    yield "classes by formula", create(by_formula("class = x*y > 0", n=24))
    yield "values by formula", create(by_formula("target = x - y", n=24))
    points = ((0.0, 1e6), (1.5, -1e6))
    yield "own classes", create(DataSpec(None, 2, 0.0, 2, 1, 0.5, points, (0.0, 1.0), labels=("a", "é" * 40)))
    yield "own values", create(DataSpec(None, 2, 0.0, 0, 1, 0.0, points, (0.25, -1e6)))
    yield "own units", replace(SMALL, domain=((0, 7), (-1e6, 1e6)), inputs=Inputs((3, 0), (4, 1e6)))
    watched = with_training(SMALL, stop=Stop(epoch=9, loss=0.01, accuracy=0.9, plateau=50))
    yield "watched", train_slice(watched, Budget(epochs=3)).model


ALL = dict([*trained(), *rows(), *others()])


@pytest.mark.parametrize("model", ALL.values(), ids=ALL)
def test_every_document_is_as_described(model: Model) -> None:
    assert_fits(named("Document"), json.loads(json.dumps(serialise(model))))


def test_what_may_be_left_out_is_described_as_such() -> None:
    document = serialise(SMALL)
    assert_fits(named("Document"), {name: document[name] for name in ("version", "layers", "parameters", "data")})


def test_the_names_of_every_table_are_listed() -> None:
    text = json.dumps(described()["components"])
    for table in (ACTIVATIONS, DATASETS, DROPOUTS, HYPERPARAMETERS, INITIALIZERS, LOSSES, OPTIMIZERS, REGULARIZERS):
        assert all(f'"{name}"' in text for name in table)


def test_a_document_that_is_described_as_wrong_is_refused() -> None:
    """The other way round there are things that no schema can say."""
    seen = 0
    for body, _, _ in WRONG.values():
        if isinstance(body, dict) and "model" in body and not named("Document").is_valid(body["model"]):
            seen += 1
            with pytest.raises(DocumentError):
                parse(body["model"])
    assert seen > 15


def bounds(schema: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], dict[str, Any]]]:
    """Yield every field of the plain parts of a schema that has a smallest and a largest number, with its path."""
    for name, field in schema.get("properties", {}).items():
        for part in [field, *field.get("anyOf", [])]:
            if "minimum" in part and "maximum" in part:
                yield (*path, name), part
            yield from bounds(part, (*path, name))


def with_field(document: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    name, *rest = path
    inner = value if not rest else with_field(document.get(name) or {}, tuple(rest), value)
    return {**document, name: inner}


PARTS = {"training": "Training", "data": "NamedData", "progress": "Progress"}
BOUNDS = [
    (part, path, field)
    for part, name in PARTS.items()
    for path, field in bounds(described()["components"]["schemas"][name])
]


@pytest.mark.parametrize(("part", "path", "field"), BOUNDS, ids=lambda value: str(value)[:40])
def test_bounds_are_those_of_the_check(part: str, path: tuple[str, ...], field: dict[str, Any]) -> None:
    """Beyond each of them a document is refused, and so it is by the check itself."""
    document = with_field(serialise(SMALL), ("progress", "best"), {"epoch": 0, "loss": 1.0})
    for end in ("minimum", "maximum"):
        inside = with_field(document, (part, *path), field[end])
        step = 1 if field["type"] == "integer" else max(abs(field[end]), 1e-6) * 1e-3
        beyond = field[end] - step if end == "minimum" else field[end] + step
        if not np.isfinite(beyond):
            continue
        outside = with_field(document, (part, *path), beyond)
        assert not named("Document").is_valid(outside)
        with pytest.raises(DocumentError):
            parse(outside)
        if path[0] == "hyperparameters" and path[1] not in ("beta1", "beta2", "epsilon"):
            continue
        assert_fits(named("Document"), inside)
        if path not in {("batch",), ("best", "epoch")}:  # of these the last depends on the data, or on the epoch
            parse(inside)


def test_as_many_numbers_are_allowed_as_the_largest_network_has() -> None:
    document, largest = named("Document"), serialise(ALL["the widest"])
    assert_fits(document, largest)
    assert not document.is_valid({**largest, "parameters": largest["parameters"] + "AAAA"})


# The operations.


def test_every_route_is_described_and_nothing_else(app: Dash) -> None:
    paths = described()["paths"]
    of_kind = {rule.rule for rule in app.server.url_map.iter_rules() if rule.rule.startswith("/api/")}
    of_kind -= {"/api/<path:path>", "/api/export/<kind>", "/api/presets/<name>"}
    assert {path for path in paths if path.startswith("/api/") and "{" not in path and "export" not in path} == of_kind
    assert {path.rpartition("/")[2] for path in paths if "export" in path} == set(EXPORTS)
    assert "/api/presets/{name}" in paths


def test_every_option_of_an_export_is_described() -> None:
    assert set(OPTION_SCHEMAS) == set(OPTIONS)


def test_the_description_is_served(client: FlaskClient) -> None:
    response = fetch(client, "/api/openapi.json")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert json.loads(response.get_data()) == described()
    assert_is_described(response, "get", "/api/openapi.json")


POSTS = [path for path, operations in described()["paths"].items() if "post" in operations]
GETS = [path for path, operations in described()["paths"].items() if "get" in operations and "{" not in path]


@pytest.mark.parametrize("path", POSTS)
def test_the_example_of_every_request_is_answered_as_described(client: FlaskClient, path: str) -> None:
    content = described()["paths"][path]["post"]["requestBody"]["content"]["application/json"]
    assert_fits(named("Document"), content["example"]["model"])
    more = {"epochs": 3} if path == "/api/train" else {}
    response = fetch(client, path, method="POST", json={**content["example"], **more})
    assert response.status_code == 200
    assert_is_described(response, "post", path)


@pytest.mark.parametrize("path", GETS)
def test_whatever_can_be_looked_up_is_as_described(client: FlaskClient, path: str) -> None:
    response = fetch(client, path)
    assert response.status_code == 200
    assert_is_described(response, "get", path)


@pytest.mark.parametrize("name", [*PRESETS, "nothing"])
def test_every_preset_is_answered_as_described(client: FlaskClient, name: str) -> None:
    assert_is_described(fetch(client, f"/api/presets/{name}"), "get", "/api/presets/{name}")


@pytest.mark.parametrize("path", POSTS)
def test_every_refusal_is_as_described(client: FlaskClient, path: str) -> None:
    for data, status, _ in NOT_JSON.values():
        response = fetch(client, path, method="POST", data=data, content_type="application/json")
        assert response.status_code == status
        assert_is_described(response, "post", path)
    for body, options in (({"model": {}}, {}), ([], {}), ({}, {"content_type": "text/plain"})):
        response = fetch(
            client, path, method="POST", data=json.dumps(body), **{"content_type": "application/json", **options}
        )
        assert response.status_code in (415, 422)
        assert_is_described(response, "post", path)


@pytest.mark.parametrize("model", [ALL["watched"], ALL["own values"], ALL["mixed"], ALL["preset too-fast"]])
def test_runs_and_the_answers_to_questions_are_answered_as_described(client: FlaskClient, model: Model) -> None:
    neuron = {"layer": 1, "neuron": 0, "kind": "preactivation"}
    for path, more in (
        ("/api/train", {"epochs": 50}),
        ("/api/gradient", {}),
        ("/api/measures", {}),
        ("/api/curvature", neuron),
    ):
        response = fetch(client, path, method="POST", json={"model": serialise(model), **more})
        assert_is_described(response, "post", path)


def test_a_busy_server_answers_as_described() -> None:
    client = application(InProcessWorker(), streams=1).server.test_client()
    body = {"model": serialise(SMALL)}
    with client.post("/api/train", json=body):
        response = fetch(client, "/api/train", method="POST", json=body)
    assert response.status_code == 503
    assert int(response.headers["Retry-After"]) >= 1
    assert_is_described(response, "post", "/api/train")
