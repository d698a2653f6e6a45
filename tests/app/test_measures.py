"""``POST /api/measures``: what can be said of a network."""

from dataclasses import replace

import numpy as np
import pytest
from flask.testing import FlaskClient

from app.presets import model_of as preset
from nets import Model, create, dataset, measure
from nets.health import findings
from nets.measures import measures_document
from tests.app.questions import answer
from tests.nets.models import spiral_model

MODELS = {
    "classes": spiral_model(l1=0.01, l2=0.1),
    "values": create(dataset("saddle", n=40), hidden=[3]),
    "no test points": create(dataset("moons", n=20, test=0), hidden=[3]),
    "vanishing": preset("vanishing"),
    "undefined": create(dataset("moons"), hidden=[3], activation="log"),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_answer_is_what_nets_measures_and_finds(client: FlaskClient, model: Model) -> None:
    measured = measure(model)
    found = [{"where": where, "why": why} for where, why in findings(model, measured)]
    assert answer(client, "measures", model) == {**measures_document(measured), "findings": found}
    assert (found == []) == (model not in (MODELS["vanishing"], MODELS["undefined"]))


def test_what_is_not_finite_is_null_and_said_in_words(client: FlaskClient) -> None:
    model = spiral_model(loss="mean_squared_error")
    told = answer(client, "measures", replace(model, parameters=np.full_like(model.parameters, 1e29)))
    assert told["layers"][-1]["gradient_norm"] > 1e28
    model = create(dataset("saddle", n=40), hidden=[2], activation="exp")
    told = answer(client, "measures", replace(model, parameters=np.full_like(model.parameters, 1e9)))
    assert told["train"]["loss"] is None
    assert told["train"]["r_squared"] is None
    assert [layer["gradient_norm"] for layer in told["layers"]] == [None, None]
    assert told["findings"]
