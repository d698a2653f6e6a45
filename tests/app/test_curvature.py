"""``POST /api/curvature``: how much a neuron is curved; bad requests about the model are those of ``/api/gradient``."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.tasks import TASKS
from nets import Model, create, curvature, dataset, serialise
from nets.inputs import Inputs
from nets.network import Layer
from tests.app.applications import application, fetch
from tests.app.runs import floats, refuse
from tests.app.test_gradient import ABOUT_THE_MODEL
from tests.app.test_routes import NOT_JSON, assert_is_refusal, body
from tests.app.workers import InProcessWorker
from tests.nets.models import MARKED, MIXED, model_of, spiral_model

MODEL = spiral_model()  # 2-4-3
NEURON = {"layer": 2, "neuron": 1, "kind": "activation"}

UNITS: dict[str, Any] = {"domain": ((29.0, 31.0), (-6.0, 4.0)), "inputs": Inputs((30.0, -1.0), (1.0, 5.0))}
MODELS = {
    "classes": MODEL,
    "mixed": model_of(MIXED, dataset("xor", n=40)),
    "frozen, off, and in other units": replace(model_of(MARKED, dataset("xor", n=40)), **UNITS),
    "partly undefined": create(dataset("saddle", n=40), hidden=[3], activation="log"),
}


def post(client: FlaskClient, data: bytes) -> TestResponse:
    return fetch(client, "/api/curvature", method="POST", data=data, content_type="application/json")


def ask(client: FlaskClient, model: Model, **fields: Any) -> TestResponse:
    return post(client, json.dumps({"model": serialise(model), **NEURON, **fields}).encode())


def answered(response: TestResponse) -> tuple[np.ndarray, float | None]:
    """The map, (121, 121), and its scale."""
    assert (response.status_code, response.mimetype) == (200, "application/json")
    answer = json.loads(response.get_data(), parse_constant=refuse)
    assert set(answer) == {"points", "curvature", "scale"}
    assert answer["points"] == 121
    return floats(answer["curvature"], "<f4").reshape(121, 121), answer["scale"]


@pytest.mark.parametrize("kind", ["activation", "preactivation"])
@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_answer_is_the_map_of_nets_for_every_layer(client: FlaskClient, model: Model, kind: str) -> None:
    for layer in range(1, len(model.layers) + 1):
        neuron = model.layers[layer - 1].width - 1
        found, scale = answered(ask(client, model, layer=layer, neuron=neuron, kind=kind))
        expected = curvature(model, layer, neuron, kind).astype(np.float32)
        np.testing.assert_array_equal(found, expected)
        assert scale == (None if np.isnan(expected).all() else np.nanmax(np.abs(expected)))


def test_a_plane_has_the_scale_0(client: FlaskClient) -> None:
    found, scale = answered(ask(client, MODEL, layer=1, kind="preactivation"))
    assert not found.any()
    assert scale == 0


def test_where_nothing_is_defined_there_is_no_scale(client: FlaskClient) -> None:
    nowhere = replace(model_of((Layer(1, ("log",)),), dataset("saddle", n=40)), parameters=np.array([0.0, 0.0, -1.0]))
    found, scale = answered(ask(client, nowhere, layer=1, neuron=0))
    assert np.isnan(found).all()
    assert scale is None


def test_what_is_too_large_for_single_precision_is_left_out(client: FlaskClient) -> None:
    """1e25 x² is curved by 2e25 at x = 0; 1e45 x² by more than float32 holds there, and by less elsewhere."""
    for weight, is_there in ((1e12, True), (1e22, False)):
        layers = (Layer(1, ("square",)), Layer(1, ("identity",)))
        parabola = replace(model_of(layers, dataset("saddle", n=40)), parameters=np.array([weight, 0, 0, 10.0, 0]))
        found, scale = answered(ask(client, parabola, layer=2, neuron=0))
        assert np.isfinite(found[:, 60]).all() == is_there
        assert np.isfinite(np.delete(found, 60, axis=1)).all()
        assert scale == np.nanmax(np.abs(found))


def test_it_is_computed_in_the_background_by_a_task_that_takes_a_document() -> None:
    worker = InProcessWorker()
    assert ask(application(worker).server.test_client(), MODEL).status_code == 200
    [payload] = worker.payloads
    assert set(payload) == {"document", *NEURON}
    assert set(TASKS["curvature"](payload)) == {"points", "curvature", "scale"}


def test_it_takes_no_place_of_a_run() -> None:
    client = application(streams=0).server.test_client()
    assert ask(client, MODEL).status_code == 200


WRONG = {
    "no layer": ({"layer": None}, "layer", "expected a whole number from 1 to 2, found None"),
    "layer 0, the inputs": ({"layer": 0}, "layer", "from 1 to 2, found 0"),
    "a layer too many": ({"layer": 3}, "layer", "from 1 to 2, found 3"),
    "half a layer": ({"layer": 1.5}, "layer", "from 1 to 2, found 1.5"),
    "true": ({"layer": True}, "layer", "found True"),
    "a layer's name": ({"layer": "1"}, "layer", "found '1'"),
    "a neuron below 0": ({"neuron": -1}, "neuron", "from 0 to 2, found -1"),
    "a neuron that the layer before has": ({"neuron": 3}, "neuron", "from 0 to 2, found 3"),
    "a neuron too many": ({"layer": 1, "neuron": 4}, "neuron", "from 0 to 3, found 4"),
    "a list of neurons": ({"neuron": [0]}, "neuron", "found a list"),
    "an unknown kind": ({"kind": "height"}, "kind", "unknown kind 'height'; choose from activation, preactivation"),
    "a kind that is a number": ({"kind": 1}, "kind", "unknown kind 1; choose from"),
    "a field more": ({"points": 9}, "points", "unknown field 'points'; the fields are model, layer, neuron, kind"),
    "a field of a long name": ({"x" * 1000: 9}, "x" * 40, "unknown field"),
}


@pytest.mark.parametrize(("fields", "where", "message"), WRONG.values(), ids=WRONG)
def test_a_neuron_that_is_not_there_is_named_with_its_path(
    client: FlaskClient, fields: dict[str, Any], where: str, message: str
) -> None:
    assert_is_refusal(ask(client, MODEL, **fields), 422, where, message)


@pytest.mark.parametrize("name", ["layer", "neuron", "kind"])
def test_a_field_that_is_missing_is_named(client: FlaskClient, name: str) -> None:
    asked = {"model": serialise(MODEL), **NEURON}
    del asked[name]
    assert_is_refusal(post(client, json.dumps(asked).encode()), 422, name, f"the field '{name}' is missing")


@pytest.mark.parametrize(("value", "where", "message"), ABOUT_THE_MODEL.values(), ids=ABOUT_THE_MODEL)
def test_what_is_wrong_with_the_model_is_named_with_its_path(
    client: FlaskClient, value: Any, where: str, message: str
) -> None:
    if isinstance(value, dict):
        value = {name: part for name, part in {**value, **NEURON}.items() if name != "epochs"}
    assert_is_refusal(post(client, json.dumps(value).encode()), 422, where, message)


@pytest.mark.parametrize(("data", "status", "message"), NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_refused(client: FlaskClient, data: bytes, status: int, message: str) -> None:
    assert_is_refusal(post(client, data), status, "", message)


def test_other_fields_and_other_methods_are_refused(client: FlaskClient) -> None:
    assert_is_refusal(post(client, json.dumps(body()).encode()), 422, "epochs", "unknown field")
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        response = fetch(client, "/api/curvature", method=method)
        assert_is_refusal(response, 405, "", "a map of curvature is asked for with POST")
        assert response.headers["Allow"] == "POST"
