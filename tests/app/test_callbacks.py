"""Callbacks: a request of the page is answered with a proposal, whatever is in it."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from dash import Dash
from flask.testing import FlaskClient

from app import callbacks
from app.callbacks import MOST_CHANGES, answer, propose
from app.controls import shown
from app.stats import shown_stats
from nets import Budget, Model, create, dataset, parse, serialise, train_slice
from nets.datasets import DataSpec, load
from tests.app.applications import ask
from tests.app.components import by_id, control_of, key
from tests.nets.models import bits, spiral_model

MODEL = train_slice(spiral_model(), Budget(steps=6)).model
DOCUMENT = serialise(MODEL)
OWN_POINTS = DataSpec(None, 3, 0.0, 2, 1, 0.0, ((0.0, 0.5), (0.5, 0.0), (0.5, 0.5)), (0.0, 1.0, 1.0))

MAIN = (Path(callbacks.__file__).parent.parent / "assets" / "main.mjs").read_text()


def request(*changes: Any, **fields: Any) -> dict[str, Any]:
    return {"sequence": 7, "document": DOCUMENT, "changes": list(changes), **fields}


def change(control: str, value: Any = None, **place: int) -> dict[str, Any]:
    return {"control": control, "value": value, **place}


def over_the_wire(client: FlaskClient, value: Any) -> dict[str, Any]:
    response = ask(client, value)
    assert response.status_code == 200
    body: dict[str, Any] = json.loads(response.data)["response"]["proposal"]["data"]
    return body


# A proposal.


@pytest.mark.parametrize(
    "model", [MODEL, create(dataset("saddle")), create(OWN_POINTS)], ids=["classes", "values", "own points"]
)
def test_a_proposal_is_the_document_its_points_and_what_to_show(model: Model) -> None:
    proposal = json.loads(json.dumps(propose(model)["document"])), propose(model)["points"]
    document, points = proposal
    assert bits(parse(document)) == bits(model)
    data = load(model.data)
    np.testing.assert_array_equal([points["x"], points["y"]], data.points)
    np.testing.assert_array_equal(points["targets"], data.targets)
    assert points["is_test"] == data.is_test.tolist()
    assert [key(item["id"]) for item in propose(model)["shown"]] == [
        key(item["id"]) for item in [*shown(model), *shown_stats(model)]
    ]


def test_no_change_gives_the_same_document_back() -> None:
    reply = answer(request())
    assert reply["document"] == DOCUMENT
    assert "error" not in reply


def test_an_answer_carries_the_number_of_its_request() -> None:
    assert answer(request(sequence=123))["sequence"] == 123
    assert answer({"sequence": 124})["sequence"] == 124


# Changes.


def test_changes_are_made_one_after_another() -> None:
    reply = answer(
        request(
            change("dataset", "gaussians"),
            change("classes", 6),
            change("add-layer"),
            change("layer-width", "7", layer=1),
            change("layer-activation", "relu", layer=0),
            change("neuron-activation", "sin", layer=1, neuron=6),
            change("learning-rate", "0.3"),
        )
    )
    model = parse(reply["document"])
    assert (model.data.name, model.data.classes) == ("gaussians", 6)
    assert [layer.width for layer in model.layers] == [4, 7, 6]
    assert [layer.activation for layer in model.layers[:2]] == [("relu",) * 4, ("tanh",) * 6 + ("sin",)]
    assert model.training.learning_rate == 0.3
    assert "error" not in reply


def test_the_order_of_changes_matters() -> None:
    there, back = change("optimizer", "sgd"), change("optimizer", "adam")
    reply = answer(request(there, back))
    assert parse(reply["document"]).progress.state.size == 0
    assert parse(answer(request(back))["document"]).progress.state.size > 0


def test_a_change_that_fails_keeps_those_before_it_and_leaves_those_after_it_out() -> None:
    reply = answer(request(change("l2", "0.1"), change("points", 5), change("l1", "0.1")))
    model = parse(reply["document"])
    assert (reply["where"], reply["error"]) == ("data.n", "expected a whole number from 10 to 4000, found 5")
    assert bits(model) == bits(replace(MODEL, training=replace(MODEL.training, l2=0.1), progress=model.progress))
    values = {key(item["id"]): item["props"].get("value") for item in reply["shown"]}
    assert values[key({"control": "points", "layer": -1})] == 48  # the control goes back to what the document says
    assert reply["sequence"] == 7


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        (change("add-layer"), "layers"),
        (change("weights", 1), "changes"),
        (change("remove-layer", layer=7), "layers[7]"),
        (change("neuron-activation", "relu", layer=99), "changes"),
        (change("loss", "hing"), "training.loss"),
        (change("dataset", ["spiral"]), "data.name"),
    ],
)
def test_after_a_failure_the_document_is_as_it_was(wrong: dict[str, Any], where: str) -> None:
    document = serialise(create(dataset("spiral"), hidden=[2] * 7))
    reply = answer(request(wrong, document=document))
    assert reply["document"] == document
    assert reply["where"] == where
    assert reply["error"]


def test_a_layer_of_minus_one_is_no_layer() -> None:
    """The page gives it to controls that belong to none."""
    assert parse(answer(request(change("l1", "0.1", layer=-1)))["document"]).training.l1 == 0.1


def test_as_many_changes_as_are_allowed_are_made() -> None:
    reply = answer(request(*[change("new-weights")] * MOST_CHANGES))
    assert parse(reply["document"]).initial.seed == MODEL.initial.seed + MOST_CHANGES


# Whatever else arrives.

WRONG_CHANGES: dict[str, Any] = {
    "nothing": None,
    "an object": {},
    "text": "l1",
    "a number": 1,
    "too many": [change("l1", "0")] * (MOST_CHANGES + 1),
    "a change that is none": [None],
    "a change that is a list": [["l1", "0.1"]],
    "a change without a control": [{"value": 1}],
    "a control that is no text": [{"control": 1}],
    "a control that is a list": [{"control": ["l1"]}],
    "a layer that is text": [change("l1", "0.1", layer="0")],  # type: ignore[arg-type]
    "a layer that is a fraction": [change("l1", "0.1", layer=0.5)],  # type: ignore[arg-type]
    "a layer that is nothing": [change("l1", "0.1", layer=None)],  # type: ignore[arg-type]
    "a layer that is huge": [change("l1", "0.1", layer=10**400)],
    "a neuron that is text": [change("l1", "0.1", neuron="0")],  # type: ignore[arg-type]
    "a neuron below zero": [change("l1", "0.1", neuron=-1)],
    "half a character": [change("\ud800")],
    "a good change beside a bad one": [change("l1", "0.1"), None],
}


@pytest.mark.parametrize("changes", WRONG_CHANGES.values(), ids=WRONG_CHANGES)
def test_changes_that_are_none_leave_the_document_as_it_was(client: FlaskClient, changes: Any) -> None:
    reply = over_the_wire(client, request(changes=changes))
    assert reply["document"] == DOCUMENT
    assert reply["where"] == "changes"
    assert_is_one_sentence(reply["error"])


def nested(depth: int) -> Any:
    value: Any = {}
    for _ in range(depth):
        value = {"document": value}
    return value


WRONG_REQUESTS: dict[str, tuple[Any, str]] = {
    "text": ("document", ""),
    "a number": (1, ""),
    "a list": ([DOCUMENT], ""),
    "nothing in it": ({}, ""),
    "no document": ({"sequence": 1, "changes": []}, ""),
    "a document that is none": (request(document=[]), ""),
    "a document that is text": (request(document=json.dumps(DOCUMENT)), ""),
    "a document of another version": (request(document={**DOCUMENT, "version": 2}), "version"),
    "an unknown field": (request(document={**DOCUMENT, "colour": 1}), "colour"),
    "an unknown field that is half a character": (request(document={**DOCUMENT, "\ud800": 1}), "\\ud800"),
    "an unknown field of many lines": (request(document={**DOCUMENT, "\n" * 9: 1}), "\n" * 9),
    "numbers that are none": (request(document={**DOCUMENT, "domain": [[float("nan"), 1], [0, 1]]}), "domain[0][0]"),
    "a deep document": (request(document=nested(300)), "document"),
    "parameters that are cut": (request(document={**DOCUMENT, "parameters": "AAAA"}), "parameters"),
    "a huge layer": (
        request(document={**DOCUMENT, "layers": [{"width": 10**9, "activation": "tanh"}]}),
        "layers[0].width",
    ),
}


@pytest.mark.parametrize(("value", "where"), WRONG_REQUESTS.values(), ids=WRONG_REQUESTS)
def test_a_request_without_a_document_is_answered_with_what_is_wrong(
    client: FlaskClient, value: Any, where: str
) -> None:
    reply = over_the_wire(client, value)
    assert reply["where"] == where
    assert_is_one_sentence(reply["error"])
    assert "document" not in reply


@pytest.mark.parametrize(
    "sequence", [None, "7", "\ud800", 10**400, -1.5, float("nan"), [], nested(500)], ids=lambda value: repr(value)[:9]
)
def test_a_number_of_the_request_that_is_none_does_no_harm(client: FlaskClient, sequence: Any) -> None:
    assert over_the_wire(client, request(sequence=sequence))["document"] == DOCUMENT


def assert_is_one_sentence(text: str) -> None:
    assert 0 < len(text) < 1500  # one of them lists every control
    assert "\n" not in text
    assert "Traceback" not in text


# The wiring.


@pytest.fixture(scope="module")
def wiring(app: Dash) -> list[dict[str, Any]]:
    callbacks_of_page: list[dict[str, Any]] = json.loads(app.server.test_client().get("/_dash-dependencies").data)
    assert callbacks_of_page
    return callbacks_of_page


def ends(callback: dict[str, Any]) -> list[tuple[Any, str]]:
    """Every (id, property) that a callback reads or writes; a pattern is an id that is an object."""
    sources = [(item["id"], item["property"]) for item in callback["inputs"] + callback["state"]]
    target, _, name = callback["output"].rpartition(".")
    pairs = [*sources, (target, name.partition("@")[0])]
    return [(json.loads(id_) if id_.startswith("{") else id_, name) for id_, name in pairs]


def test_every_component_and_property_that_a_callback_uses_exists_in_the_layout(
    app: Dash, wiring: list[dict[str, Any]]
) -> None:
    components = by_id(app.layout)
    for callback in wiring:
        for id_, name in ends(callback):
            matching = [c for c in components.values() if matches(c, id_)]
            assert any(name in component.available_properties for component in matching), (id_, name)


def matches(component: Any, id_: Any) -> bool:
    return (
        set(component.id) == set(id_)
        if isinstance(id_, dict) and isinstance(component.id, dict)
        else (component.id == id_)
    )


def test_every_control_of_the_layout_is_collected(app: Dash, wiring: list[dict[str, Any]]) -> None:
    collect = next(callback for callback in wiring if callback["output"] == "request.data")
    patterns = [json.loads(item["id"]) for item in collect["inputs"]]
    assert {item["property"] for item in collect["inputs"]} == {"value", "n_clicks"}
    for component in by_id(app.layout).values():
        if control_of(component):
            assert all(set(component.id) == set(pattern) for pattern in patterns)
            assert type(component).__name__ == "Button" or hasattr(component, "value")


def test_every_function_of_the_page_that_a_callback_calls_is_registered(wiring: list[dict[str, Any]]) -> None:
    functions = [callback["clientside_function"] for callback in wiring if callback["clientside_function"]]
    registered = MAIN.split("dash.relief = {")[1].split("\n  };")[0]
    for function in functions:
        assert function["namespace"] == "relief"
        assert f"    {function['function_name']}(" in registered


def test_no_callback_is_called_before_the_user_does_anything(wiring: list[dict[str, Any]]) -> None:
    assert all(callback["prevent_initial_call"] for callback in wiring)


def test_python_is_asked_once_for_what_the_user_did(wiring: list[dict[str, Any]]) -> None:
    """Everything else happens in the page; a slider's drag asks nobody."""
    assert [callback["output"] for callback in wiring if not callback["clientside_function"]] == ["proposal.data"]


def test_the_page_gets_over_the_wire_what_python_answers(client: FlaskClient) -> None:
    changes = [change("add-layer"), change("noise", 0.1)]
    reply, wanted = over_the_wire(client, request(*changes)), answer(request(*changes))
    for part in ("sequence", "document", "points"):
        assert reply[part] == json.loads(json.dumps(wanted[part]))
    assert len(reply["shown"]) == len(wanted["shown"])
    assert "error" not in reply


def test_nothing_to_answer_is_no_answer(client: FlaskClient) -> None:
    assert ask(client, None).status_code == 204


@pytest.mark.parametrize("make", [request, lambda: request(change("l1", "-1")), lambda: request(document=1)])
def test_a_request_is_left_as_it_was(make: Callable[[], dict[str, Any]]) -> None:
    asked = make()
    answer(asked)
    assert asked == make()
