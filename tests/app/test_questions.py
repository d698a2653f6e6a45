"""What all questions about a network have in common: where they are answered, and how bad requests are."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.app.applications import application, fetch
from tests.app.questions import BESIDES, ask, post
from tests.app.test_routes import NOT_JSON, WRONG, assert_is_refusal, body
from tests.app.workers import InProcessWorker
from tests.nets.models import spiral_model

QUESTIONS = {
    "gradient": "a gradient is",
    "measures": "measures are",
    "regions": "regions are",
    "curvature": "a map of curvature is",
}
questions = pytest.mark.parametrize("question", QUESTIONS)

ABOUT_THE_MODEL = {
    name: row
    for name, row in WRONG.items()
    if (row[1] not in ("epochs", "rate") and not name.startswith("an extra field")) or name.endswith("of the document")
}


@questions
def test_it_is_answered_in_the_background_by_a_task_that_takes_a_document(question: str) -> None:
    worker = InProcessWorker()
    assert ask(application(worker).server.test_client(), question, spiral_model()).status_code == 200
    [payload] = worker.payloads
    assert set(payload) == {"document", *BESIDES.get(question, {})}


@questions
def test_it_takes_no_place_of_a_run(question: str) -> None:
    client = application(streams=0).server.test_client()
    assert ask(client, question, spiral_model()).status_code == 200


@questions
@pytest.mark.parametrize(("value", "where", "message"), ABOUT_THE_MODEL.values(), ids=ABOUT_THE_MODEL)
def test_what_is_wrong_is_named_with_its_path(
    client: FlaskClient, value: Any, where: str, message: str, question: str
) -> None:
    if isinstance(value, dict):
        value = {name: part for name, part in {**value, **BESIDES.get(question, {})}.items() if name != "epochs"}
    assert_is_refusal(post(client, question, json.dumps(value).encode()), 422, where, message)


@questions
@pytest.mark.parametrize("name", ["epochs", "rate", "x" * 1000])
def test_other_fields_are_refused(client: FlaskClient, name: str, question: str) -> None:
    response = ask(client, question, spiral_model(), **{name: 2})
    assert_is_refusal(response, 422, name[:40], f"unknown field '{name[:40]}'; the fields are model")


@questions
@pytest.mark.parametrize(("data", "status", "message"), NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_refused(client: FlaskClient, data: bytes, status: int, message: str, question: str) -> None:
    assert_is_refusal(post(client, question, data), status, "", message)


@questions
@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_another_method_is_refused_and_the_right_one_is_named(client: FlaskClient, method: str, question: str) -> None:
    response = fetch(client, f"/api/{question}", method=method)
    assert_is_refusal(response, 405, "", f"{QUESTIONS[question]} asked for with POST")
    assert response.headers["Allow"] == "POST"


@questions
def test_a_request_for_a_run_is_none_for_a_question(client: FlaskClient, question: str) -> None:
    assert_is_refusal(post(client, question, json.dumps(body()).encode()), 422, "epochs", "unknown field")
