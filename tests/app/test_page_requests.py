"""The endpoint of Dash: what our page sends is answered, everything else refused in one sentence."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from nets import create, dataset, serialise
from tests.app.applications import fetch

PATH = "/_dash-update-component"
OUTPUT = {"id": "proposal", "property": "data"}
INPUT = {"id": "request", "property": "data"}
REQUEST = {"sequence": 1, "document": serialise(create(dataset("xor", n=24), hidden=[2])), "changes": []}


def body(**fields: Any) -> dict[str, Any]:
    """What Dash's renderer sends."""
    return {
        "output": "proposal.data",
        "outputs": OUTPUT,
        "inputs": [{**INPUT, "value": REQUEST}],
        "changedPropIds": ["request.data"],
        "parsedChangedPropsIds": ["request.data"],
        **fields,
    }


def post(client: FlaskClient, data: bytes, **options: Any) -> Any:
    return fetch(client, PATH, method="POST", data=data, **{"content_type": "application/json", **options})


@pytest.mark.parametrize("fields", [{}, {"changedPropIds": []}, {"state": []}])
def test_what_the_page_sends_is_answered(client: FlaskClient, fields: dict[str, Any]) -> None:
    response = post(client, json.dumps(body(**fields)).encode())
    assert response.status_code == 200
    assert "document" in json.loads(response.get_data())["response"]["proposal"]["data"]


def test_a_request_that_is_not_there_yet_is_answered_with_nothing(client: FlaskClient) -> None:
    assert post(client, json.dumps(body(inputs=[{**INPUT, "value": None}])).encode()).status_code == 204


WRONG: dict[str, Any] = {
    "nothing": None,
    "a number": 1,
    "a list": [],
    "an empty object": {},
    "another output": body(output="sink.data"),
    "an output of Dash's own": body(output="_pages_content.children"),
    "an output that is a list": body(output=["proposal.data"]),
    "an output that is an object": body(output={}),
    "no outputs": {name: value for name, value in body().items() if name != "outputs"},
    "many outputs": body(outputs=[OUTPUT, OUTPUT]),
    "outputs of another property": body(outputs={**OUTPUT, "property": "children"}),
    "no inputs": body(inputs=[]),
    "inputs that are none": body(inputs=3),
    "an input that is none": body(inputs=["request"]),
    "two inputs": body(inputs=[{**INPUT, "value": REQUEST}, {**INPUT, "value": REQUEST}]),
    "inputs of a pattern": body(inputs=[[{**INPUT, "value": REQUEST}]]),
    "an input with another id": body(inputs=[{"id": {"control": "x"}, "property": "data", "value": 1}]),
    "an input with more in it": body(inputs=[{**INPUT, "value": 1, "wildcard": 2}]),
    "a state": body(state=[{"id": "rate", "property": "value"}]),
    "a state that is none": body(state=7),
    "other changes": body(changedPropIds=["rate.value"]),
    "changes that are none": body(changedPropIds=4),
    "changes that are lists": body(changedPropIds=[[]]),
}


@pytest.mark.parametrize("value", WRONG.values(), ids=WRONG)
def test_what_no_page_sends_is_refused_in_one_sentence(client: FlaskClient, value: Any) -> None:
    response = post(client, json.dumps(value).encode())
    assert (response.status_code, response.mimetype) == (400, "application/json")
    answer = json.loads(response.get_data())
    assert set(answer) == {"error", "where"}
    assert "\n" not in answer["error"]


@pytest.mark.parametrize("depth", [980, 100_000])
def test_what_is_nested_too_deeply_is_refused(client: FlaskClient, depth: int) -> None:
    data = json.dumps(body(inputs=[{**INPUT, "value": "DEEP"}])).replace('"DEEP"', "[" * depth + "]" * depth)
    response = post(client, data.encode())
    assert (response.status_code, json.loads(response.get_data())["error"]) == (400, "the body could not be read")


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"not JSON"])
def test_what_is_no_json_is_refused(client: FlaskClient, data: bytes) -> None:
    assert post(client, data).status_code == 400


def test_another_content_type_is_refused(client: FlaskClient) -> None:
    assert post(client, json.dumps(body()).encode(), content_type="text/plain").status_code == 415


@pytest.mark.parametrize("library", ["=", "dash_nothing", "dash/..", "dash_mantine_components"])
def test_a_script_that_is_not_there_is_not_found(client: FlaskClient, library: str) -> None:
    response = fetch(client, f"/_dash-component-suites/{library}/nothing.js")
    assert response.status_code == 404
    assert "Traceback" not in response.get_data(as_text=True)
