"""The HTTP API: training, gradients, measures, exports, presets and its description under ``/api``.

Whatever is wrong with a request is answered with a 4xx and ``{"error": sentence, "where": path}``.
"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound

from app import openapi, presets
from app.background import Background
from app.connection import hang_up_detector, stall_detector
from app.exports import EXPORTS, export
from app.layer_figures import KINDS
from app.places import RETRY_AFTER, NoPlaceError
from app.runs import Runs
from app.stream import LARGEST_RATE, MOST_EPOCHS, NDJSON, Run, lines
from app.worker import WorkerError
from nets.document import parse, serialise
from nets.fields import DocumentError, read_choice, read_integer
from nets.limits import LARGEST_EPOCH, LIMITS
from nets.model import Model

LONGEST_SESSION = 40  # characters of its name that count
NEURON = ("model", "layer", "neuron", "kind")  # what a request about one neuron says
LOOKED_UP = ("presets", "openapi.json")  # with GET, by the first part of its path
# with POST, by the last part of its path
ASKED_FOR = {
    "train": "training is",
    "gradient": "a gradient is",
    "measures": "measures are",
    "regions": "regions are",
    "curvature": "a map of curvature is",
}


def register(server: Flask, background: Background, runs: Runs) -> None:
    """Add the API to a Flask server."""
    api = Blueprint("api", __name__, url_prefix="/api")

    @api.post("/train")
    def train() -> Response:
        is_gone, has_stalled = hang_up_detector(request.environ), stall_detector(request.environ)
        with ExitStack() as taking:  # a place first: to read a document that has to wait would be for nothing
            taking.enter_context(background.streams.take(session()))
            run = parse_run(_json_body(), session())
            place = taking.pop_all()

        def body() -> Iterator[bytes]:
            # the generator is closed when the connection is, and that gives the place back
            with place, runs.follow(run, has_stalled) as record:
                yield from lines(background, run, record, is_gone)

        response = Response(body(), mimetype=NDJSON)
        response.call_on_close(place.close)
        response.headers["X-Accel-Buffering"] = "no"
        return response

    @api.post("/export/<kind>")
    def take_away(kind: str) -> Response:
        if kind not in EXPORTS:
            raise NotFound(f"unknown export {kind[:40]!r}; choose from {', '.join(EXPORTS)}")
        body = _json_body()
        with background.hold(session()) as turn:
            start = time.thread_time()
            file = export(kind, body)
            turn.used = time.thread_time() - start
        response = Response(file.data, mimetype=file.mimetype)
        response.headers["Content-Disposition"] = f'attachment; filename="{file.name}"'
        return response

    _add_questions(api, background)
    _add_what_is_known(api)

    @api.route("/<path:path>", methods=["GET", "POST", "PUT", "PATCH", "DELETE"])
    def nothing_here(path: str) -> Response:
        # without this Dash would answer with the page, which it has for every path
        if path in ASKED_FOR or path.startswith("export/"):
            raise MethodNotAllowed(["POST"], f"{ASKED_FOR.get(path, 'an export is')} asked for with POST")
        if path.partition("/")[0] in LOOKED_UP:
            raise MethodNotAllowed(["GET"], "this can only be looked up, with GET")
        raise NotFound("there is nothing here; training is asked for with POST /api/train")

    _register_refusals(server, api)
    server.register_blueprint(api)


def _register_refusals(server: Flask, api: Blueprint) -> None:
    """Answer what is wrong with a sentence and a place."""

    @api.errorhandler(DocumentError)
    def bad_document(error: DocumentError) -> Response:
        return _failure(422, str(error), error.where)

    @api.errorhandler(NoPlaceError)
    def no_place(error: NoPlaceError) -> Response:
        return _later("all places are taken; the page tries again by itself")

    @api.errorhandler(WorkerError)
    def no_answer(error: WorkerError) -> Response:
        return _later("the background does not answer; the page tries again by itself")

    @server.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> Response | HTTPException:
        if not request.path.startswith("/api/"):
            return error
        response = _failure(error.code or 400, error.description or error.name, "")
        response.headers.extend([header for header in error.get_headers() if header[0] == "Allow"])
        return response


def _add_questions(api: Blueprint, background: Background) -> None:
    """Add what a network can be asked for besides training."""

    @api.post("/gradient")
    def gradient() -> Response:
        result = background.ask(session(), "gradient", _about(parse_model(_json_body())))
        if result["gradient"] is None:
            raise DocumentError("with these numbers the loss, or a slope of it, is not finite", "parameters")
        return _json(result)

    @api.post("/measures")
    def measures() -> Response:
        return _json(background.ask(session(), "measures", _about(parse_model(_json_body()))))

    @api.post("/regions")
    def regions() -> Response:
        return _json(background.ask(session(), "regions", _about(parse_model(_json_body()))))

    @api.post("/curvature")
    def curvature() -> Response:
        model, neuron = parse_neuron(_json_body())
        return _json(background.ask(session(), "curvature", {**_about(model), **neuron}))


def _add_what_is_known(api: Blueprint) -> None:
    described = orjson.dumps(openapi.description())

    @api.get("/openapi.json")
    def description() -> Response:
        return Response(described, mimetype="application/json")

    @api.get("/presets")
    def gallery() -> Response:
        return _json({"chapters": presets.gallery()})

    @api.get("/presets/<name>")
    def preset(name: str) -> Response:
        if name not in presets.PRESETS:
            raise NotFound(f"unknown preset {name[:40]!r}; choose from {', '.join(presets.PRESETS)}")
        return _json(presets.opened(name))


def session() -> str:
    """Return whose request this is: a browser names itself, at random; whoever does not shares what one may have."""
    return request.headers.get("X-Relief-Session", "")[:LONGEST_SESSION]


def parse_run(body: Any, session: str = "") -> Run:
    """Check the body of a training request.

    Raises:
        DocumentError: naming the field that is wrong.
    """
    _check_fields(body, ("model", "epochs", "rate"))
    epochs = body.get("epochs", MOST_EPOCHS)
    if isinstance(epochs, bool) or not isinstance(epochs, int) or not 1 <= epochs <= MOST_EPOCHS:
        raise DocumentError(f"expected a whole number from 1 to {MOST_EPOCHS}", "epochs")
    rate = body.get("rate")
    is_number = isinstance(rate, int | float) and not isinstance(rate, bool)
    if rate is not None and not (is_number and 0.1 <= rate <= LARGEST_RATE):
        raise DocumentError(f"expected a number of epochs a second from 0.1 to {LARGEST_RATE}", "rate")
    model = parse(body["model"])
    left = LARGEST_EPOCH - model.progress.epoch
    if left < 1:
        raise DocumentError(f"training ends at epoch {LARGEST_EPOCH}", "progress.epoch")
    return Run(model, min(epochs, left), rate, session)


def parse_model(body: Any) -> Model:
    """Check the body of a request about a model and nothing else: for its gradient, or its measures.

    Raises:
        DocumentError: naming the field that is wrong.
    """
    _check_fields(body, ("model",))
    return parse(body["model"])


def parse_neuron(body: Any) -> tuple[Model, dict[str, Any]]:
    """Check the body of a request about the landscape of one neuron: of its model and ``layer``, ``neuron``, ``kind``.

    Raises:
        DocumentError: naming the field that is wrong.
    """
    _check_fields(body, NEURON, NEURON)
    model = parse(body["model"])
    layer = read_integer(body["layer"], "layer", 1, len(model.layers))
    neuron = read_integer(body["neuron"], "neuron", 0, model.layers[layer - 1].width - 1)
    kind = read_choice(body["kind"], "kind", "kind", KINDS)
    return model, {"layer": layer, "neuron": neuron, "kind": kind}


def _about(model: Model) -> dict[str, Any]:
    """Return what a task about a model is given."""
    return {"document": orjson.dumps(serialise(model)).decode()}


def _check_fields(body: Any, names: tuple[str, ...], required: tuple[str, ...] = ("model",)) -> None:
    """Refuse what is no object with a model and all that is ``required``, or has other fields than ``names``."""
    if not isinstance(body, dict):
        raise DocumentError("expected an object with the field 'model'", "")
    for name in body:
        if name not in names:
            raise DocumentError(f"unknown field {name[:40]!r}; the fields are {', '.join(names)}", name[:40])
    for name in required:
        if name not in body:
            raise DocumentError(f"the field '{name}' is missing", name)


def _json_body() -> Any:
    """Read the request's body, refusing what is not JSON and what is too long before reading it."""
    limit = LIMITS["bytes a request"]
    if request.content_length is not None and request.content_length > limit:
        raise _Refused(413, f"the request has {request.content_length} bytes; {limit} are allowed")
    if request.mimetype != "application/json":
        raise _Refused(415, f"the content type is {request.mimetype[:40]!r}; send application/json")
    request.max_content_length = limit + 1  # where a body that did not say its length is cut
    try:
        data = request.get_data()
    except HTTPException:
        raise
    except Exception:  # whatever the web server raises where chunks are not what they should be
        raise _Refused(400, "the body could not be read") from None
    if len(data) > limit:
        raise _Refused(413, f"the request has more than the {limit} bytes that are allowed")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise _Refused(400, f"this is not JSON: {error}") from None


class _Refused(HTTPException):
    """A request that is refused before its document is looked at."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code


def _failure(code: int, error: str, where: str) -> Response:
    response = _json({"error": error, "where": where})
    response.status_code = code
    return response


def _later(error: str) -> Response:
    response = _failure(503, error, "")
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _json(body: dict[str, Any]) -> Response:
    return Response(orjson.dumps(body), mimetype="application/json")
