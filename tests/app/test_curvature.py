"""``POST /api/curvature``: how much a neuron's landscape is curved."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from nets import Model, create, curvature, dataset, serialise
from nets.inputs import Inputs
from nets.network import Layer
from tests.app.questions import answer, ask, post
from tests.app.runs import floats
from tests.app.test_routes import assert_is_refusal
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


def answered(client: FlaskClient, model: Model, **fields: Any) -> tuple[np.ndarray, float | None]:
    """The map, (121, 121), and its scale."""
    found = answer(client, "curvature", model, **fields)
    assert set(found) == {"points", "curvature", "scale"}
    assert found["points"] == 121
    return floats(found["curvature"], "<f4").reshape(121, 121), found["scale"]


@pytest.mark.parametrize("kind", ["activation", "preactivation"])
@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_answer_is_the_map_of_nets_for_every_layer(client: FlaskClient, model: Model, kind: str) -> None:
    for layer in range(1, len(model.layers) + 1):
        neuron = model.layers[layer - 1].width - 1
        found, scale = answered(client, model, layer=layer, neuron=neuron, kind=kind)
        expected = curvature(model, layer, neuron, kind).astype(np.float32)
        np.testing.assert_array_equal(found, expected)
        assert scale == (None if np.isnan(expected).all() else np.nanmax(np.abs(expected)))


def test_a_plane_has_the_scale_0(client: FlaskClient) -> None:
    found, scale = answered(client, MODEL, layer=1, kind="preactivation")
    assert not found.any()
    assert scale == 0


def test_where_nothing_is_defined_there_is_no_scale(client: FlaskClient) -> None:
    nowhere = replace(model_of((Layer(1, ("log",)),), dataset("saddle", n=40)), parameters=np.array([0.0, 0.0, -1.0]))
    found, scale = answered(client, nowhere, layer=1, neuron=0)
    assert np.isnan(found).all()
    assert scale is None


def test_what_is_too_large_for_single_precision_is_left_out(client: FlaskClient) -> None:
    """10 (w x)² is curved by 20 w² at x = 0, which float32 may not hold, and by less elsewhere."""
    for weight, is_there in ((1e12, True), (1e22, False)):
        layers = (Layer(1, ("square",)), Layer(1, ("identity",)))
        parabola = replace(model_of(layers, dataset("saddle", n=40)), parameters=np.array([weight, 0, 0, 10.0, 0]))
        found, scale = answered(client, parabola, layer=2, neuron=0)
        assert np.isfinite(found[:, 60]).all() == is_there
        assert np.isfinite(np.delete(found, 60, axis=1)).all()
        assert scale == np.nanmax(np.abs(found))


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
    assert_is_refusal(ask(client, "curvature", MODEL, **NEURON | fields), 422, where, message)


@pytest.mark.parametrize("name", ["layer", "neuron", "kind"])
def test_a_field_that_is_missing_is_named(client: FlaskClient, name: str) -> None:
    asked = {"model": serialise(MODEL), **NEURON}
    del asked[name]
    response = post(client, "curvature", json.dumps(asked).encode())
    assert_is_refusal(response, 422, name, f"the field '{name}' is missing")
