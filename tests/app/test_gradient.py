"""``POST /api/gradient``: which way training would move every parameter; bad requests are those of ``/api/train``."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from nets import Model, create, dataset, gradient, serialise
from nets.network import Layer
from tests.app.applications import application, fetch
from tests.app.runs import floats
from tests.app.test_routes import NOT_JSON, WRONG, assert_is_refusal, body
from tests.app.workers import InProcessWorker
from tests.nets.models import model_of, spiral_model

MODELS = {
    "classes": spiral_model(l1=0.01, l2=0.1),
    "values": create(dataset("saddle", n=40), hidden=[3]),
}


def post(client: FlaskClient, data: bytes) -> TestResponse:
    return fetch(client, "/api/gradient", method="POST", data=data, content_type="application/json")


def ask(client: FlaskClient, model: Model, **fields: Any) -> TestResponse:
    return post(client, json.dumps({"model": serialise(model), **fields}).encode())


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_answer_is_the_gradient_of_nets_to_the_bit(client: FlaskClient, model: Model) -> None:
    response = ask(client, model)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    answer = json.loads(response.get_data())
    loss, slopes = gradient(model)
    assert set(answer) == {"loss", "gradient"}
    assert answer["loss"] == loss
    assert floats(answer["gradient"], "<f8").tobytes() == slopes.tobytes()


def test_it_is_computed_in_the_background() -> None:
    worker = InProcessWorker()
    assert ask(application(worker).server.test_client(), MODELS["classes"]).status_code == 200
    assert len(worker.payloads) == 1


def test_it_takes_no_place_of_a_run() -> None:
    client = application(streams=0).server.test_client()
    assert ask(client, MODELS["classes"]).status_code == 200


def test_slopes_that_are_not_finite_are_told(client: FlaskClient) -> None:
    layers = (Layer(1, ("square",)), Layer(1, ("square",)), Layer(1, ("identity",)))
    model = model_of(layers, dataset("saddle", n=40))
    huge = replace(model, parameters=np.full_like(model.parameters, 1e29))
    assert_is_refusal(ask(client, huge), 422, "parameters", "not finite")


ABOUT_THE_MODEL = {
    name: row
    for name, row in WRONG.items()
    if (row[1] not in ("epochs", "rate") and not name.startswith("an extra field")) or name.endswith("of the document")
}


@pytest.mark.parametrize(("value", "where", "message"), ABOUT_THE_MODEL.values(), ids=ABOUT_THE_MODEL)
def test_what_is_wrong_is_named_with_its_path(client: FlaskClient, value: Any, where: str, message: str) -> None:
    if isinstance(value, dict):
        value = {name: part for name, part in value.items() if name != "epochs"}
    assert_is_refusal(post(client, json.dumps(value).encode()), 422, where, message)


@pytest.mark.parametrize("name", ["epochs", "rate", "x" * 1000])
def test_other_fields_are_refused(client: FlaskClient, name: str) -> None:
    response = ask(client, MODELS["classes"], **{name: 2})
    assert_is_refusal(response, 422, name[:40], f"unknown field '{name[:40]}'; the fields are model")


@pytest.mark.parametrize(("data", "status", "message"), NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_refused(client: FlaskClient, data: bytes, status: int, message: str) -> None:
    assert_is_refusal(post(client, data), status, "", message)


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_another_method_is_refused_and_the_right_one_is_named(client: FlaskClient, method: str) -> None:
    response = fetch(client, "/api/gradient", method=method)
    assert_is_refusal(response, 405, "", "a gradient is asked for with POST")
    assert response.headers["Allow"] == "POST"


def test_a_request_for_a_run_is_none_for_a_gradient(client: FlaskClient) -> None:
    assert_is_refusal(post(client, json.dumps(body()).encode()), 422, "epochs", "unknown field")
