"""``POST /api/gradient``: which way training would move every parameter."""

from dataclasses import replace

import numpy as np
import pytest
from flask.testing import FlaskClient

from nets import Model, create, dataset, gradient
from nets.network import Layer
from tests.app.questions import answer, ask
from tests.app.runs import floats
from tests.app.test_routes import assert_is_refusal
from tests.nets.models import model_of, spiral_model

MODELS = {
    "classes": spiral_model(l1=0.01, l2=0.1),
    "values": create(dataset("saddle", n=40), hidden=[3]),
}


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_answer_is_the_gradient_of_nets_to_the_bit(client: FlaskClient, model: Model) -> None:
    found = answer(client, "gradient", model)
    loss, slopes = gradient(model)
    assert set(found) == {"loss", "gradient"}
    assert found["loss"] == loss
    assert floats(found["gradient"], "<f8").tobytes() == slopes.tobytes()


def test_slopes_that_are_not_finite_are_told(client: FlaskClient) -> None:
    layers = (Layer(1, ("square",)), Layer(1, ("square",)), Layer(1, ("identity",)))
    model = model_of(layers, dataset("saddle", n=40))
    huge = replace(model, parameters=np.full_like(model.parameters, 1e29))
    assert_is_refusal(ask(client, "gradient", huge), 422, "parameters", "not finite")
