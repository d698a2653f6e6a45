"""Asking the server a question about a network, by the last part of its path."""

import json
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from nets import Model, serialise
from tests.app.applications import fetch

BESIDES: dict[str, dict[str, Any]] = {  # the model, what some questions have to say
    "curvature": {"layer": 1, "neuron": 0, "kind": "activation"}
}


def post(client: FlaskClient, question: str, data: bytes) -> TestResponse:
    return fetch(client, f"/api/{question}", method="POST", data=data, content_type="application/json")


def ask(client: FlaskClient, question: str, model: Model, **fields: Any) -> TestResponse:
    asked = {"model": serialise(model), **BESIDES.get(question, {}), **fields}
    return post(client, question, json.dumps(asked).encode())


def answer(client: FlaskClient, question: str, model: Model, **fields: Any) -> Any:
    response = ask(client, question, model, **fields)
    assert (response.status_code, response.mimetype) == (200, "application/json"), response.get_data()
    return json.loads(response.get_data())
