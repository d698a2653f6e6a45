"""Whatever is posted to the API: what is right is answered as described, what is wrong is refused with a place."""

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from hypothesis import example, given
from hypothesis import strategies as st

from app.exports import EXPORTS, GRID_SIZES
from app.layer_figures import KINDS, THEMES
from app.tasks import TASKS, Payload
from nets import ACTIVATIONS, parse, serialise
from nets.code import FORMATS
from nets.engine import warm_up
from nets.limits import LARGEST_EPOCH
from nets.polygons import Polygons
from tests.app.applications import application
from tests.app.described import named
from tests.app.runs import floats, read_lines
from tests.app.workers import InProcessWorker
from tests.fuzz.damage import STRANGE, damaged, damaged_bytes
from tests.fuzz.documents import Document, documents, reals
from tests.fuzz.laws import assert_comes_back, assert_is_answer, within_the_limit

SLICES = 3  # of a run that are looked at

OPTIONS: dict[str, st.SearchStrategy[Any]] = {
    "layer": st.integers(0, 8),
    "kind": st.sampled_from(KINDS),
    "theme": st.sampled_from(list(THEMES)),
    "format": st.sampled_from(list(FORMATS)),
    "points": st.one_of(st.sampled_from(GRID_SIZES), st.integers(2, 60)),
}
FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "/api/train": {"epochs": st.integers(1, 4), "rate": st.one_of(st.none(), reals(100, 1000))},
    "/api/gradient": {},
    "/api/measures": {},
    "/api/regions": {},
    "/api/curvature": {"layer": st.integers(1, 2), "neuron": st.integers(0, 2), "kind": OPTIONS["kind"]},
    **{f"/api/export/{kind}": {name: OPTIONS[name] for name in row.options} for kind, row in EXPORTS.items()},
}

REQUIRED = {"/api/train": ("epochs",), "/api/curvature": ("layer", "neuron", "kind")}

pytestmark = pytest.mark.usefixtures("bounded_memory")


class ForgetfulWorker(InProcessWorker):
    """Keeps nothing of what it did, or thousands of cases would fill the memory."""

    def run(self, task: str, payload: Payload) -> Payload:
        result = super().run(task, payload)
        self.payloads.clear()
        self.results.clear()
        return result


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    warm_up()  # code is compiled once on a machine, which counts for no request
    return application(ForgetfulWorker()).server.test_client()


def bodies(path: str) -> st.SearchStrategy[Document]:
    required = {name: FIELDS[path][name] for name in REQUIRED.get(path, ())}
    optional = {name: field for name, field in FIELDS[path].items() if name not in required}
    return st.fixed_dictionaries({"model": documents(), **required}, optional=optional)


def requests(change: Any = lambda whole: whole) -> st.SearchStrategy[tuple[str, Any]]:
    """Draw a path and a body for it, changed in one way or another."""
    return st.sampled_from(list(FIELDS)).flatmap(lambda path: st.tuples(st.just(path), change(bodies(path))))


def encoded(body: Any) -> bytes:
    return json.dumps(body).encode()


def first(chunks: Iterator[bytes], n: int) -> bytes:
    """Return the first chunks of a stream; each is one slice, and each is timed."""
    data = b""
    for _ in range(n):
        with within_the_limit():
            chunk = next(chunks, None)
        if chunk is None:
            break
        data += chunk
    return data


def post(client: FlaskClient, path: str, data: bytes, body: Any, **options: Any) -> tuple[int, bytes]:
    """Post something, look at the beginning of what comes back, and check it."""
    with within_the_limit():
        response = client.post(path, data=data, **{"content_type": "application/json", **options})
    with response:
        if path == "/api/train" and response.status_code == 200:
            lines = first(iter(response.response), SLICES)
            for line in read_lines(lines.replace(b"\n\n", b"\n")):  # an empty line only says that all is well
                assert named("Line").is_valid(line), line
            return response.status_code, lines
        assert_is_answer(response, path, body)
        return response.status_code, response.get_data()


@given(requests())
def test_whatever_is_right_is_answered(client: FlaskClient, request: tuple[str, Any]) -> None:
    path, body = request
    status, answer = post(client, path, encoded(body), body)
    refusal = json.loads(answer) if status != 200 else {}
    # a network may be too large for a file, a layer not be there, and a slope be infinite: these are told
    allowed = {"/api/gradient": ("parameters",), "/api/export/surfaces": ("points",)}.get(path, ("layer", "neuron"))
    assert status == 200 or (status == 422 and refusal["where"] in allowed)
    assert_comes_back(body["model"])


def bent(document: Document, name: str) -> Document:
    """A document with one piecewise-linear nonlinearity instead of every smooth one."""

    def own(row: Any) -> Any:
        return [own(each) for each in row] if isinstance(row, list) else row if ACTIVATIONS[row].pieces else name

    changes = [{key: own(layer[key]) for key in ("activation", "pre") if key in layer} for layer in document["layers"]]
    layers = [{**layer, **change} for layer, change in zip(document["layers"], changes, strict=True)]
    return {**document, "layers": layers}


@given(documents(), st.sampled_from([name for name, row in ACTIVATIONS.items() if row.kinks and row.pieces]))
def test_every_piecewise_linear_network_is_cut_into_regions_that_cover_its_domain(
    client: FlaskClient, document: Document, name: str
) -> None:
    body = {"model": bent(document, name)}
    status, answer = post(client, "/api/regions", encoded(body), body)
    assert status == 200
    told = json.loads(answer)
    assert (len(told["layers"]) == len(document["layers"])) == (told["end"] is None)
    assert told["end"] is None or told["end"]["kind"] in {"many", "large"}
    for layer, partition in zip(told["layers"], told["partitions"], strict=True):
        if partition is None:
            continue
        counts = floats(partition["counts"], "<u2").astype(int)
        corners = floats(partition["corners"], "<f4").reshape(-1, 2).astype(float)
        starts = np.concatenate([[0], np.cumsum(counts)])
        edges = floats(partition["edges"], "<i4")
        assert len(counts) == layer["regions"] <= layer["most"]
        assert Polygons(corners, edges, starts).areas().sum() == pytest.approx(1, abs=1e-4)  # in single precision


@given(documents())
def test_whatever_is_taken_can_be_trained_and_written_down_again(document: Document) -> None:
    assert_comes_back(document)
    whole = serialise(parse(document))
    parts = {name: whole[name] for name in ("parameters", "progress")}
    left = LARGEST_EPOCH - whole["progress"]["epoch"]
    budget = {"seconds": 0.01, "epochs": min(2, left), "snapshots": 2}
    with within_the_limit():
        result = TASKS["train"]({"document": json.dumps(whole), **parts, **budget})
    later = {**whole, **{name: result[name] for name in parts}}
    assert_comes_back(later)
    assert {**serialise(parse(later))} == later


@given(requests(damaged))
@example(("/api/train", {"model": {}, "epochs": 1}))
def test_whatever_is_wrong_is_refused_with_its_place(client: FlaskClient, request: tuple[str, Any]) -> None:
    path, body = request
    status, _ = post(client, path, encoded(body), body)
    if status == 200:  # the damage did none
        assert_comes_back(body["model"])


@given(requests(lambda whole: damaged_bytes(whole.map(encoded))))
def test_whatever_bytes_come_are_answered(client: FlaskClient, request: tuple[str, bytes]) -> None:
    path, data = request
    try:
        body = json.loads(data)
    except (ValueError, RecursionError):
        body = None
    status, _ = post(client, path, data, body)
    assert status in (200, 400, 413, 422)


HEADERS = st.dictionaries(
    st.sampled_from(["Content-Type", "Content-Encoding", "Accept", "Accept-Encoding", "X-Relief-Session", "Cookie"]),
    st.text("abcé\t/=;,* 0.9-", max_size=30),
    max_size=4,
)


@given(st.sampled_from(list(FIELDS)), STRANGE, HEADERS)
def test_whatever_headers_come_are_answered(client: FlaskClient, path: str, body: Any, headers: Any) -> None:
    headers = {"Content-Type": "application/json", **headers}
    with within_the_limit(), client.post(path, data=encoded(body), headers=headers) as response:
        assert response.status_code in (400, 406, 415, 422)
        assert_is_answer(response, path, body)


ODD = st.text("abc/.%0f\\?&=~:é\0 ", max_size=30)
METHODS = ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND"]
ROOTS = ["/api/", "/api/export/", "/api/presets/", "/assets/", "/_dash-component-suites/", "/_dash", "/healthz/", "/"]


@given(st.sampled_from(METHODS), st.sampled_from(ROOTS), ODD)
def test_whatever_is_looked_up_is_there_or_not(client: FlaskClient, method: str, root: str, path: str) -> None:
    asked = {"PATH_INFO": (root + path).encode().decode("latin-1")}  # as web servers hand it on
    with within_the_limit(), client.open("/", method=method, environ_overrides=asked) as response:
        assert response.status_code < 500
        assert "Traceback" not in response.get_data(as_text=True)
