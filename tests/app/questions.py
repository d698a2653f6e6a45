"""Asking the server a question about a network, by the last part of its path."""

import json
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from nets import Model, serialise
from tests.app.applications import fetch


def post(client: FlaskClient, question: str, data: bytes) -> TestResponse:
    return fetch(client, f"/api/{question}", method="POST", data=data, content_type="application/json")


def ask(client: FlaskClient, question: str, model: Model, **fields: Any) -> TestResponse:
    return post(client, question, json.dumps({"model": serialise(model), **fields}).encode())


def answer(client: FlaskClient, question: str, model: Model, **fields: Any) -> Any:
    response = ask(client, question, model, **fields)
    assert (response.status_code, response.mimetype) == (200, "application/json"), response.get_data()
    return json.loads(response.get_data())
