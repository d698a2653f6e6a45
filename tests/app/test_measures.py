"""``POST /api/measures``: what can be said of a network; bad requests are those of ``/api/gradient``."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.presets import model_of as preset
from app.tasks import TASKS
from nets import Model, create, dataset, measure, serialise
from nets.health import findings
from nets.measures import measures_document
from tests.app.applications import application, fetch
from tests.app.test_gradient import ABOUT_THE_MODEL
from tests.app.test_routes import NOT_JSON, assert_is_refusal, body
from tests.app.workers import InProcessWorker
from tests.nets.models import spiral_model

MODELS = {
    "classes": spiral_model(l1=0.01, l2=0.1),
    "values": create(dataset("saddle", n=40), hidden=[3]),
    "no test points": create(dataset("moons", n=20, test=0), hidden=[3]),
    "vanishing": preset("vanishing"),
    "undefined": create(dataset("moons"), hidden=[3], activation="log"),
}


def post(client: FlaskClient, data: bytes) -> TestResponse:
    return fetch(client, "/api/measures", method="POST", data=data, content_type="application/json")


def ask(client: FlaskClient, model: Model, **fields: Any) -> TestResponse:
    return post(client, json.dumps({"model": serialise(model), **fields}).encode())


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_answer_is_what_nets_measures_and_finds(client: FlaskClient, model: Model) -> None:
    response = ask(client, model)
    assert (response.status_code, response.mimetype) == (200, "application/json")
    answer = json.loads(response.get_data())
    measured = measure(model)
    found = [{"where": where, "why": why} for where, why in findings(model, measured)]
    assert answer == {**measures_document(measured), "findings": found}
    assert (found == []) == (model not in (MODELS["vanishing"], MODELS["undefined"]))


def test_what_is_not_finite_is_null_and_said_in_words(client: FlaskClient) -> None:
    model = spiral_model(loss="mean_squared_error")
    answer = json.loads(ask(client, replace(model, parameters=np.full_like(model.parameters, 1e29))).get_data())
    assert answer["layers"][-1]["gradient_norm"] > 1e28
    model = create(dataset("saddle", n=40), hidden=[2], activation="exp")
    answer = json.loads(ask(client, replace(model, parameters=np.full_like(model.parameters, 1e9))).get_data())
    assert answer["train"]["loss"] is None
    assert answer["train"]["r_squared"] is None
    assert [layer["gradient_norm"] for layer in answer["layers"]] == [None, None]
    assert answer["findings"]


def test_it_is_computed_in_the_background_by_a_task_that_takes_a_document() -> None:
    worker = InProcessWorker()
    assert ask(application(worker).server.test_client(), MODELS["classes"]).status_code == 200
    [payload] = worker.payloads
    assert set(TASKS["measures"](payload)) == {"train", "test", "layers", "findings"}


def test_it_takes_no_place_of_a_run() -> None:
    client = application(streams=0).server.test_client()
    assert ask(client, MODELS["classes"]).status_code == 200


@pytest.mark.parametrize(("value", "where", "message"), ABOUT_THE_MODEL.values(), ids=ABOUT_THE_MODEL)
def test_what_is_wrong_is_named_with_its_path(client: FlaskClient, value: Any, where: str, message: str) -> None:
    if isinstance(value, dict):
        value = {name: part for name, part in value.items() if name != "epochs"}
    assert_is_refusal(post(client, json.dumps(value).encode()), 422, where, message)


@pytest.mark.parametrize(("data", "status", "message"), NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_refused(client: FlaskClient, data: bytes, status: int, message: str) -> None:
    assert_is_refusal(post(client, data), status, "", message)


def test_other_fields_and_other_methods_are_refused(client: FlaskClient) -> None:
    assert_is_refusal(post(client, json.dumps(body()).encode()), 422, "epochs", "unknown field")
    response = fetch(client, "/api/measures", method="GET")
    assert_is_refusal(response, 405, "", "measures are asked for with POST")
    assert response.headers["Allow"] == "POST"
