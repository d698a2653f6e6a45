"""Whatever the page's controls, or anybody in their place, send to Python: the answer is a document or a reason."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from app.callbacks import MOST_CHANGES
from app.controls import CONTROLS
from app.edits import EDITS
from nets import ACTIVATIONS, DATASETS, INITIALIZERS
from nets.document import parse
from tests.app.applications import application
from tests.fuzz.damage import STRANGE, damaged, damaged_bytes
from tests.fuzz.documents import FORMULAS, Document, documents
from tests.fuzz.laws import assert_comes_back, assert_is_refusal, within_the_limit

PATH = "/_dash-update-component"

NAMES = st.sampled_from([*ACTIVATIONS, "identity"])
POINTS = st.lists(st.tuples(st.floats(-2, 2), st.floats(-2, 2)).map(list), min_size=1, max_size=30)
CELLS = st.sampled_from(["1", "-0,5", "2.5e3", '"a"', "b", "", "x", "y", "target", "1e999", "nan", "−3", "#", "\ud800"])
TABLES = st.lists(st.lists(CELLS, max_size=5), max_size=8)


def table_text(rows: list[list[str]], separator: str) -> str:
    return "\n".join(separator.join(row) for row in rows)


def drawn(points: list[Any], task: str, is_short: bool) -> Document:
    targets = [index % 3 for index in range(len(points) - is_short)]
    return {"points": points, "targets": targets, "task": task}


# What a control may send, for those whose values are in no table; the others follow from ``CONTROLS``.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "dataset": st.sampled_from(list(DATASETS)),
    "initializer": st.sampled_from(list(INITIALIZERS)),
    **dict.fromkeys(("layer-activation", "neuron-activation", "layer-pre"), NAMES),
    **dict.fromkeys(("layer-skip", "neuron-frozen", "neuron-off", "layer-frozen"), st.booleans()),
    "layer-width": st.one_of(st.integers(0, 33), st.integers(0, 33).map(str)),
    "add-layer": st.one_of(st.none(), st.integers(-1, 8)),
    "move-layer": st.integers(-2, 2),
    "own-points": st.builds(drawn, POINTS, st.sampled_from(["classes", "values"]), st.booleans()),
    "own-table": st.fixed_dictionaries(
        {
            "text": st.builds(table_text, TABLES, st.sampled_from([",", ";", "\t", " ", ", "])) | st.text(max_size=60),
            "task": st.sampled_from(["guess", "classes", "values"]),
        }
    ),
    "formula": FORMULAS | st.text("xy0123+-*/%()<>=.e class target sinlogif,", max_size=60),
}


def of_control(name: str) -> st.SearchStrategy[Any]:
    """Draw a value that a control can have, as it sends it: as a number, or as text."""
    if name in VALUES:
        return VALUES[name]
    row = next((row for row in CONTROLS if row.name == name), None)
    if row is None:
        return st.none()
    low, high, _ = row.limits
    numbers = st.sampled_from([low, high]) | st.floats(low, high) | st.integers(int(low), int(high))
    values = st.sampled_from(row.choices) if row.choices else numbers
    return values | values.map(str) | (st.just("") if row.empty else st.nothing())


def change(name: str) -> st.SearchStrategy[Document]:
    value = st.one_of(of_control(name), of_control(name), of_control(name), STRANGE)
    place = st.sampled_from([0, 0, 1, 2, 7, 31, -1, 2**70])
    return st.fixed_dictionaries({"control": st.just(name)}, optional={"value": value, "layer": place, "neuron": place})


CHANGES = st.sampled_from(list(EDITS)).flatmap(change)
REQUESTS = st.fixed_dictionaries(
    {"document": documents(), "changes": st.lists(CHANGES, max_size=6)}, optional={"sequence": st.integers(0, 9)}
)


pytestmark = pytest.mark.usefixtures("bounded_memory")


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    return application().server.test_client()


def body(value: Any) -> Document:
    return {
        "output": "proposal.data",
        "outputs": {"id": "proposal", "property": "data"},
        "inputs": [{"id": "request", "property": "data", "value": value}],
        "changedPropIds": ["request.data"],
    }


def post(client: FlaskClient, data: bytes) -> Any:
    """Post what Dash would and return the proposal; None where the request was refused."""
    with within_the_limit(), client.post(PATH, data=data, content_type="application/json") as response:
        assert response.status_code in (200, 204, 400, 413)
        text = response.get_data(as_text=True)
    if response.status_code != 200:
        assert "Traceback" not in text
        return None
    return json.loads(text)["response"]["proposal"]["data"]


def assert_is_proposal(proposal: Any) -> None:
    """A proposal has a document that can be taken up, or says why there is none."""
    if "error" in proposal:
        assert_is_refusal(proposal, 422, None)
        assert isinstance(proposal["where"], str)
    else:
        assert "document" in proposal
    if "document" not in proposal:
        return
    document, points = proposal["document"], proposal["points"]
    assert_comes_back(document)
    n = parse(document).data.n
    assert [len(points[name]) for name in ("x", "y", "targets", "is_test")] == [n] * 4
    assert all(isinstance(number, int | float) for name in ("x", "y", "targets") for number in points[name])


def test_every_control_is_tried() -> None:
    assert set(VALUES) <= set(EDITS)
    assert {row.name for row in CONTROLS} <= set(EDITS)


@given(REQUESTS)
def test_whatever_a_control_sends_gives_a_document_or_a_reason(client: FlaskClient, request: Document) -> None:
    proposal = post(client, json.dumps(body(request)).encode())
    assert "document" in proposal  # it was right before the changes
    assert_is_proposal(proposal)


@given(damaged(REQUESTS))
def test_whatever_is_sent_in_a_controls_place_gives_a_document_or_a_reason(client: FlaskClient, request: Any) -> None:
    proposal = post(client, json.dumps(body(request)).encode())
    assert proposal is not None or request is None
    if proposal:
        assert_is_proposal(proposal)


@given(damaged(st.builds(body, REQUESTS)))
def test_whatever_is_sent_to_dash_is_refused_unless_it_is_a_request(client: FlaskClient, envelope: Any) -> None:
    proposal = post(client, json.dumps(envelope).encode())
    if proposal:
        assert_is_proposal(proposal)


@given(damaged_bytes(REQUESTS.map(lambda request: json.dumps(body(request)).encode())))
def test_whatever_bytes_are_sent_to_dash_are_answered(client: FlaskClient, data: bytes) -> None:
    proposal = post(client, data)
    if proposal:
        assert_is_proposal(proposal)


def test_as_many_changes_as_there_may_be_take_no_longer_than_a_request_may(client: FlaskClient) -> None:
    """The costliest there is: a formula that is undefined nearly everywhere, and slow where it is not."""
    heavy = "target=sqrt(x-.94)+" + "%".join(["x"] * 40)
    changes = [{"control": "points", "value": 4000}]
    for seed in range((MOST_CHANGES - 1) // 2):
        changes += [{"control": "data-seed", "value": seed}, {"control": "formula", "value": heavy + f"+{seed}"}]
    model = {"version": 1, "layers": [{"width": 1, "activation": "tanh"}], "parameters": "A" * 32, "data": {}}
    request = {"document": {**model, "data": {"name": "plane"}}, "changes": changes}
    proposal = post(client, json.dumps(body(request)).encode())
    assert "error" not in proposal
    assert proposal["document"]["data"]["n"] == 4000
