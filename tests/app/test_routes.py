"""The HTTP API: runs that are asked for rightly stream, whatever else arrives is refused in one sentence."""

import json
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse

from app.bodies import LARGEST_RATE, parse_run
from app.presets import PRESETS
from app.stream import MOST_EPOCHS, Run
from app.tasks import Payload
from app.worker import WorkerError
from nets import Budget, create, dataset, serialise, train_slice
from nets.fields import DocumentError
from nets.limits import LARGEST_EPOCH, LIMITS
from tests.app.applications import application, fetch
from tests.app.runs import assert_is_that_run, oracle, read_lines
from tests.app.workers import InProcessWorker
from tests.nets.models import bits, spiral_model

MODEL = train_slice(spiral_model(), Budget(steps=6)).model
DOCUMENT = serialise(MODEL)
LIMIT = LIMITS["bytes a request"]
CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}  # what gunicorn says of such a body


def body(**fields: Any) -> dict[str, Any]:
    return {"model": DOCUMENT, "epochs": 2, **fields}


def model_with(**fields: Any) -> dict[str, Any]:
    return body(model={**DOCUMENT, **fields})


def layers_with(**fields: Any) -> dict[str, Any]:
    return model_with(layers=[{**DOCUMENT["layers"][0], **fields}, DOCUMENT["layers"][1]])


def part_with(part: str, **fields: Any) -> dict[str, Any]:
    return model_with(**{part: {**DOCUMENT[part], **fields}})


def without(part: str) -> dict[str, Any]:
    return body(model={name: value for name, value in DOCUMENT.items() if name != part})


def assert_is_refusal(response: TestResponse, status: int, where: str, message: str = "") -> None:
    assert response.status_code == status
    assert response.mimetype == "application/json"
    answer = json.loads(response.get_data())
    assert set(answer) == {"error", "where"}
    assert answer["where"] == where
    assert message in answer["error"]
    assert 0 < len(answer["error"]) < 300
    assert not any(sign in answer["error"] for sign in ("\n", "Traceback", "<", ". "))


def post(client: FlaskClient, value: Any) -> TestResponse:
    return post_bytes(client, json.dumps(value).encode())


def post_bytes(client: FlaskClient, data: bytes, **options: Any) -> TestResponse:
    options = {"content_type": "application/json", **options}
    return fetch(client, "/api/train", method="POST", data=data, **options)


# What is right.


@pytest.mark.parametrize(
    "model", [MODEL, create(dataset("saddle", n=40), hidden=[3])], ids=["classes in mid-epoch", "values"]
)
def test_a_run_streams_as_lines_of_json(client: FlaskClient, model: Any) -> None:
    response = post(client, {"model": serialise(model), "epochs": 20})
    assert response.status_code == 200
    assert response.mimetype == "application/x-ndjson"
    assert_is_that_run(read_lines(response.get_data()), oracle(model, 20))


@pytest.mark.parametrize("epochs", [1, 7])
def test_epochs_are_counted_from_where_the_document_is(client: FlaskClient, epochs: int) -> None:
    last = read_lines(post(client, body(epochs=epochs)).get_data())[-1]
    assert (last["end"], last["epoch"]) == ("epochs", MODEL.progress.epoch + epochs)


def test_a_document_may_leave_out_what_has_a_default(client: FlaskClient) -> None:
    short = {name: DOCUMENT[name] for name in ("version", "layers", "parameters", "data")}
    assert read_lines(post(client, {"model": short, "epochs": 1}).get_data())[-1]["end"] == "epochs"


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8", "Application/JSON"])
def test_the_content_type_may_say_more(client: FlaskClient, content_type: str) -> None:
    assert post_bytes(client, json.dumps(body()).encode(), content_type=content_type).status_code == 200


def test_a_body_of_unknown_length_is_read(client: FlaskClient) -> None:
    assert post_chunked(client, json.dumps(body()).encode()).status_code == 200


def post_chunked(client: FlaskClient, data: bytes) -> TestResponse:
    """Send a body without saying how long it is; gunicorn tells Flask where it ends."""
    return fetch(
        client,
        "/api/train",
        method="POST",
        input_stream=BytesIO(data),
        content_type="application/json",
        environ_overrides=CHUNKED,
    )


def test_the_server_is_well(client: FlaskClient) -> None:
    response = client.get("/healthz")
    assert (response.status_code, response.mimetype, response.json) == (200, "application/json", {"status": "ok"})


# What a request asks for.


@pytest.mark.parametrize(
    ("fields", "epochs", "rate"),
    [
        ({}, MOST_EPOCHS, None),
        ({"epochs": 1}, 1, None),
        ({"epochs": MOST_EPOCHS}, MOST_EPOCHS, None),
        ({"rate": None}, MOST_EPOCHS, None),
        ({"rate": 0.1}, MOST_EPOCHS, 0.1),
        ({"rate": 60}, MOST_EPOCHS, 60),
        ({"epochs": 5, "rate": LARGEST_RATE}, 5, LARGEST_RATE),
    ],
)
def test_epochs_and_rate_are_as_asked_for_and_have_defaults(
    fields: dict[str, Any], epochs: int, rate: float | None
) -> None:
    run = parse_run({"model": DOCUMENT, **fields})
    assert isinstance(run, Run)
    assert (run.epochs, run.rate) == (epochs, rate)
    assert bits(run.model) == bits(MODEL)


def test_a_run_ends_at_the_last_epoch_that_a_document_can_have(client: FlaskClient) -> None:
    asked = part_with("progress", epoch=LARGEST_EPOCH - 2)
    assert read_lines(post(client, {**asked, "epochs": 5}).get_data())[-1]["epoch"] == LARGEST_EPOCH
    with pytest.raises(DocumentError) as caught:
        parse_run(part_with("progress", epoch=LARGEST_EPOCH))
    assert caught.value.where == "progress.epoch"


# What is wrong with a document or with the rest of the request: (body, path, a part of the message)

OPEN_PATH = "layers[0].activation"
WRONG: dict[str, tuple[Any, str, str]] = {
    "nothing": (None, "", "expected an object with the field 'model'"),
    "a list": ([body()], "", "expected an object"),
    "a text": ("model", "", "expected an object"),
    "true": (True, "", "expected an object"),
    "an empty object": ({}, "model", "the field 'model' is missing"),
    "an extra field": (body(speed=3), "speed", "unknown field 'speed'; the fields are model, epochs, rate"),
    "an extra field of a long name": (body(**{"x" * 10_000: 1}), "x" * 40, "unknown field 'xxx"),
    "an extra field of no name": (body(**{"": 1}), "", "unknown field ''"),
    "a document that is none": (body(model=None), "", "expected an object, found None"),
    "a document that is text": (body(model=json.dumps(DOCUMENT)), "", "expected an object, found '{"),
    "a deep document": (body(model=json.loads("[" * 900 + "]" * 900)), "", "expected an object, found a list"),
    "another version": (model_with(version=2), "version", "unknown version 2"),
    "no version": (without("version"), "version", "the field 'version' is missing"),
    "no layers": (without("layers"), "layers", "the field 'layers' is missing"),
    "an extra field of the document": (model_with(colour=1), "colour", "unknown field 'colour'"),
    "an extra field of a layer": (layers_with(units=1), "layers[0].units", "unknown field 'units'"),
    "an unknown activation": (layers_with(activation="swisch"), OPEN_PATH, "choose from identity, relu"),
    "an unknown data set": (part_with("data", name="mnist"), "data.name", "choose from spiral"),
    "an unknown optimiser": (part_with("training", optimizer="lyon"), "training.optimizer", "choose from sgd"),
    "an unknown loss": (part_with("training", loss="hing"), "training.loss", "choose from softmax"),
    "an unknown initialiser": (part_with("initial", initializer="x"), "initial.initializer", "choose from uniform"),
    "a loss for another task": (
        body(model=serialise(create(dataset("saddle"))) | {"training": DOCUMENT["training"]}),
        "training.loss",
        "softmax_cross_entropy is not for regression",
    ),
    "a billion neurons": (layers_with(width=10**9), "layers[0].width", "found 1000000000"),
    "a billion points": (part_with("data", n=10**9), "data.n", "found 1000000000"),
    "a billion classes": (part_with("data", classes=10**9), "data.classes", "found 1000000000"),
    "a thousand layers": (model_with(layers=[DOCUMENT["layers"][0]] * 1000), "layers", "1000 layers"),
    "neurons below zero": (layers_with(width=-1), "layers[0].width", "found -1"),
    "too many activations": (layers_with(activation=["tanh"] * 5), OPEN_PATH, "5 activations for 4 neurons"),
    "truncated parameters": (model_with(parameters=DOCUMENT["parameters"][:-4]), "parameters", "found 284"),
    "no parameters": (model_with(parameters=""), "parameters", "found 0"),
    "parameters that are no base64": (model_with(parameters="!" * 288), "parameters", "this is not base64"),
    "parameters that are a list": (model_with(parameters=[0.5] * 27), "parameters", "found a list"),
    "parameters that are no numbers": (
        model_with(parameters="////////" * 36),
        "parameters[0]",
        "number 0 is nan",
    ),
    "a truncated state": (part_with("progress", state="AAAA"), "progress.state", "float64 numbers"),
    "a batch that does not exist": (part_with("progress", batch=4), "progress.batch", "from 0 to 3, found 4"),
    "an epoch that is huge": (part_with("progress", epoch=2**63), "progress.epoch", "found 9223372036854775808"),
    "another number of outputs": (part_with("data", classes=4), "layers[1].width", "3 outputs"),
    "points of three coordinates": (
        model_with(data={"points": [[0, 0, 0]], "targets": [1]}),
        "data.points[0]",
        "3 coordinates",
    ),
    "too many points": (model_with(data={"points": [[0, 0]] * 4001, "targets": []}), "data.points", "4001 points"),
    "fewer targets than points": (
        model_with(data={"points": [[0, 0]] * 3, "targets": [0, 1]}),
        "data.targets",
        "2 targets",
    ),
    "a learning rate of zero": (part_with("training", learning_rate=0), "training.learning_rate", "found 0"),
    "a domain without area": (model_with(domain=[[0, 0], [0, 1]]), "domain[0]", "the axis runs from 0 to 0"),
    **{
        f"epochs: {value!r}": (body(epochs=value), "epochs", f"expected a whole number from 1 to {MOST_EPOCHS}")
        for value in (None, True, False, 0, -1, 10**9, 10**18, 1.0, 2.5, "2", "", [], {}, [2])
    },
    **{
        f"rate: {value!r}": (body(rate=value), "rate", "expected a number of epochs a second from 0.1 to 1000")
        for value in (True, False, 0, 0.0, -1, 0.01, 1000.5, 10**9, 1e300, "60", "", [], {}, [60])
    },
}


@pytest.mark.parametrize(("value", "where", "message"), WRONG.values(), ids=WRONG)
def test_what_is_wrong_is_named_with_its_path(client: FlaskClient, value: Any, where: str, message: str) -> None:
    assert_is_refusal(post(client, value), 422, where, message)


# What is wrong with the request itself: (data, status, a part of the message)

VALID = json.dumps(body()).encode()
NOT_JSON: dict[str, tuple[bytes, int, str]] = {
    "an empty body": (b"", 400, "this is not JSON"),
    "white space": (b"  \n", 400, "this is not JSON"),
    "half a body": (VALID[:-10], 400, "this is not JSON"),
    "two bodies": (VALID + VALID, 400, "this is not JSON"),
    "a form": (b"model=1&epochs=2", 400, "this is not JSON"),
    "NaN": (VALID.replace(b'"epochs": 2', b'"epochs": NaN'), 400, "this is not JSON"),
    "NaN as a rate": (b'{"model": {}, "rate": NaN}', 400, "this is not JSON"),
    "Infinity": (b'{"model": {}, "rate": Infinity}', 400, "this is not JSON"),
    "minus Infinity": (b'{"model": {}, "rate": -Infinity}', 400, "this is not JSON"),
    "a number beyond float": (b'{"model": {}, "rate": 1e400}', 400, "this is not JSON"),
    "a number of a thousand digits": (b'{"rate": ' + b"9" * 1000 + b"}", 400, "this is not JSON"),
    "lists 100,000 deep": (b"[" * 100_000 + b"]" * 100_000, 400, "this is not JSON"),
    "lists 100,000 deep and open": (b"[" * 100_000, 400, "this is not JSON"),
    "objects 40,000 deep": (b'{"a":' * 40_000, 400, "this is not JSON"),
    "UTF-8 that is none": (b'{"model": "\xff\xfe"}', 400, "this is not JSON"),
    "UTF-16": (VALID.decode().encode("utf-16"), 400, "this is not JSON"),
    "half a character": (b'{"model": "\\ud800"}', 400, "this is not JSON"),
    "null bytes": (b"\0" * 100, 400, "this is not JSON"),
    "gzip": (b"\x1f\x8b\x08" + b"\0" * 100, 400, "this is not JSON"),
    "a comment": (b"/* */" + VALID, 400, "this is not JSON"),
    "one byte too many": (VALID + b" " * (LIMIT + 1 - len(VALID)), 413, f"{LIMIT}"),
    "a megabyte": (b" " * 2**20, 413, f"{LIMIT}"),
}


@pytest.mark.parametrize(("data", "status", "message"), NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_refused(client: FlaskClient, data: bytes, status: int, message: str) -> None:
    assert_is_refusal(post_bytes(client, data), status, "", message)


@pytest.mark.parametrize(("data", "status", "message"), NOT_JSON.values(), ids=NOT_JSON)
def test_what_is_no_json_is_refused_when_it_does_not_say_how_long_it_is(
    client: FlaskClient, data: bytes, status: int, message: str
) -> None:
    assert_is_refusal(post_chunked(client, data), status, "", message)


def test_a_body_may_be_as_long_as_the_limit(client: FlaskClient) -> None:
    whole = VALID + b" " * (LIMIT - len(VALID))
    assert post_bytes(client, whole).status_code == post_chunked(client, whole).status_code == 200


def test_a_body_that_says_it_is_too_long_is_refused_before_it_is_read(client: FlaskClient) -> None:
    class Untouchable(BytesIO):
        def read(self, *args: Any) -> bytes:
            pytest.fail("read")

    response = fetch(
        client,
        "/api/train",
        method="POST",
        input_stream=Untouchable(),
        content_type="application/json",
        environ_overrides={"CONTENT_LENGTH": str(10**9)},
    )
    assert_is_refusal(response, 413, "", f"the request has 1000000000 bytes; {LIMIT} are allowed")


def test_of_a_body_that_goes_on_for_ever_no_more_is_read_than_is_allowed(client: FlaskClient) -> None:
    class Endless(BytesIO):
        total = 0

        def read(self, size: int | None = -1, /) -> bytes:
            assert size is not None
            assert size > 0
            self.total += size
            assert self.total < 2 * LIMIT
            return b" " * size

        def readinto(self, buffer: Any) -> int:
            buffer[:] = self.read(len(buffer))
            return len(buffer)

    response = fetch(
        client,
        "/api/train",
        method="POST",
        input_stream=Endless(),
        content_type="application/json",
        environ_overrides=CHUNKED,
    )
    assert_is_refusal(response, 413, "")


def test_a_body_that_cannot_be_read_is_refused(client: FlaskClient) -> None:
    """The web server raises errors of its own where the pieces of a body are not what they should be."""

    class Broken(BytesIO):
        def read(self, *args: Any) -> bytes:
            raise KeyError("chunk")

        readinto = read  # type: ignore[assignment]

    response = fetch(
        client,
        "/api/train",
        method="POST",
        input_stream=Broken(),
        content_type="application/json",
        environ_overrides=CHUNKED,
    )
    assert_is_refusal(response, 400, "", "the body could not be read")


@pytest.mark.parametrize(
    "content_type",
    ["", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "json", "x" * 5000, "é"],
    ids=lambda text: text[:20],
)
def test_another_content_type_is_refused(client: FlaskClient, content_type: str) -> None:
    response = post_bytes(client, VALID, content_type=content_type)
    assert_is_refusal(response, 415, "", "send application/json")


def test_a_request_without_a_body_and_without_a_type_is_refused(client: FlaskClient) -> None:
    assert_is_refusal(fetch(client, "/api/train", method="POST"), 415, "")


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_another_method_is_refused_and_the_right_one_is_named(client: FlaskClient, method: str) -> None:
    """Dash answers GET under every path with its page; under this one it must not."""
    response = fetch(client, "/api/train", method=method)
    assert_is_refusal(response, 405, "", "POST")
    assert response.headers["Allow"] == "POST"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("path", ["/api/presets", "/api/presets/xor", "/api/openapi.json"])
def test_what_can_only_be_looked_up_says_so(client: FlaskClient, path: str, method: str) -> None:
    response = fetch(client, path, method=method)
    assert_is_refusal(response, 405, "", "with GET")
    assert response.headers["Allow"] == "GET"


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
@pytest.mark.parametrize("path", ["/api/nothing", "/api/train/now", "/api/train/", "/api/" + "x" * 5000])
def test_a_path_that_does_not_exist_is_not_the_page(client: FlaskClient, path: str, method: str) -> None:
    assert_is_refusal(fetch(client, path, method=method), 404, "")


def test_a_refused_request_never_reaches_the_worker() -> None:
    worker = InProcessWorker()
    client = application(worker, streams=1).server.test_client()
    for value, _, _ in WRONG.values():
        post(client, value)
    for data, _, _ in NOT_JSON.values():
        post_bytes(client, data)
    assert worker.payloads == []
    assert post(client, body()).status_code == 200  # and none of them holds a place


# Places.


@pytest.fixture
def worker() -> InProcessWorker:
    return InProcessWorker()


@pytest.fixture
def narrow(worker: InProcessWorker) -> FlaskClient:
    """A server on which one page may train at a time."""
    return application(worker, streams=1).server.test_client()


class OpenRun:
    """A run as the web server drives it: nothing is computed before the first line is asked for."""

    def __init__(self, client: FlaskClient, session: str = "") -> None:
        self.statuses: list[str] = []
        headers = {"X-Relief-Session": session}
        environ = EnvironBuilder("/api/train", method="POST", json={"model": DOCUMENT}, headers=headers).get_environ()
        self.body: Any = client.application(environ, lambda status, headers: self.statuses.append(status))
        self.lines = iter(self.body)

    def close(self) -> None:
        """What the server does when the connection is gone."""
        self.body.close()


def is_taken(client: FlaskClient) -> bool:
    response = post(client, body(epochs=1))
    assert response.status_code in (200, 503)
    return response.status_code == 503


def test_beyond_the_last_place_a_run_is_told_to_come_again(narrow: FlaskClient) -> None:
    run = OpenRun(narrow)
    response = post(narrow, body())
    assert_is_refusal(response, 503, "", "all places are taken")
    assert int(response.headers["Retry-After"]) > 0
    run.close()


def test_a_place_is_free_again_when_the_run_has_ended(narrow: FlaskClient) -> None:
    for _ in range(3):
        assert post(narrow, body()).status_code == 200


@pytest.mark.parametrize("n_read", [0, 1, 5])
def test_a_place_is_free_again_when_the_connection_is_closed(narrow: FlaskClient, n_read: int) -> None:
    run = OpenRun(narrow)
    assert run.statuses == ["200 OK"]
    for _ in range(n_read):
        next(run.lines)
    assert is_taken(narrow)
    run.close()
    assert not is_taken(narrow)


def test_closing_the_connection_ends_the_run(narrow: FlaskClient, worker: InProcessWorker) -> None:
    run = OpenRun(narrow)
    next(run.lines)
    run.close()
    asked = len(worker.payloads)
    assert list(run.lines) == []
    assert len(worker.payloads) == asked


def test_a_place_is_free_again_after_an_error_of_the_worker(narrow: FlaskClient, worker: InProcessWorker) -> None:
    def fail(payload: Payload) -> None:
        raise WorkerError("the background process died 3 times during 'train'")

    worker.before = fail
    for _ in range(2):
        run = OpenRun(narrow)
        assert list(run.lines) == []
        run.close()
    worker.before = lambda payload: None
    assert not is_taken(narrow)


@pytest.mark.parametrize(
    ("question", "more"),
    [("gradient", {}), ("measures", {}), ("curvature", {"layer": 1, "neuron": 0, "kind": "activation"})],
)
def test_a_question_that_the_background_cannot_answer_is_told_to_come_again(
    narrow: FlaskClient, worker: InProcessWorker, question: str, more: dict[str, Any]
) -> None:
    def fail(payload: Payload) -> None:
        raise WorkerError("the background process died 3 times during 'gradient'")

    worker.before = fail
    response = fetch(narrow, f"/api/{question}", method="POST", json={"model": DOCUMENT, **more})
    assert_is_refusal(response, 503, "", "does not answer")
    assert int(response.headers["Retry-After"]) > 0


def test_one_browser_has_so_many_places_and_another_has_its_own() -> None:
    client = application(streams=10, streams_per_session=2).server.test_client()
    runs = [OpenRun(client, session) for session in ("a", "a", "b")]
    assert [run.statuses for run in runs] == [["200 OK"]] * 3
    assert [OpenRun(client, session).statuses for session in ("a", "b")] == [["503 SERVICE UNAVAILABLE"], ["200 OK"]]
    for run in runs:
        run.close()


def test_every_run_has_its_own_place() -> None:
    client = application(streams=3).server.test_client()
    runs = [OpenRun(client) for _ in range(3)]
    assert is_taken(client)
    runs.pop().close()
    assert not is_taken(client)
    for run in runs:
        run.close()


def test_lines_are_sent_as_they_are_computed(narrow: FlaskClient, worker: InProcessWorker) -> None:
    run = OpenRun(narrow)
    assert len(worker.payloads) == 0
    for n in (1, 2, 3):
        assert read_lines(next(run.lines))
        assert len(worker.payloads) == n
    run.close()


# Presets.


def test_the_gallery_and_every_preset_in_it_can_be_had(client: FlaskClient) -> None:
    chapters = json.loads(fetch(client, "/api/presets").get_data())["chapters"]
    names = [preset["id"] for chapter in chapters for preset in chapter["presets"]]
    assert names == list(PRESETS)
    for name in names:
        response = fetch(client, f"/api/presets/{name}")
        assert response.status_code == 200
        assert json.loads(response.get_data())["id"] == name


@pytest.mark.parametrize("name", ["xorr", "x" * 5000, "%00", "XOR"])
def test_a_preset_that_does_not_exist_is_refused_with_those_that_do(client: FlaskClient, name: str) -> None:
    response = fetch(client, f"/api/presets/{name}")
    answer = json.loads(response.get_data())
    assert response.status_code == 404
    assert answer["error"].startswith("unknown preset '")
    assert all(known in answer["error"] for known in PRESETS)
    assert len(answer["error"]) < 400
