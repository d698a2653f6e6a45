"""The HTTP API: training, questions about a network, exports, presets and its description under ``/api``.

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
from app.bodies import json_body, parse_model, parse_neuron, parse_run
from app.connection import hang_up_detector, stall_detector
from app.exports import EXPORTS, export
from app.places import RETRY_AFTER, NoPlaceError
from app.runs import Runs
from app.stream import NDJSON, lines
from app.worker import WorkerError
from nets.document import serialise
from nets.fields import DocumentError
from nets.model import Model

LONGEST_SESSION = 40  # characters of its name that count
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
            run = parse_run(json_body(), session())
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
        body = json_body()
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
        result = background.ask(session(), "gradient", _about(parse_model(json_body())))
        if result["gradient"] is None:
            raise DocumentError("with these numbers the loss, or a slope of it, is not finite", "parameters")
        return _json(result)

    @api.post("/measures")
    def measures() -> Response:
        return _json(background.ask(session(), "measures", _about(parse_model(json_body()))))

    @api.post("/regions")
    def regions() -> Response:
        return _json(background.ask(session(), "regions", _about(parse_model(json_body()))))

    @api.post("/curvature")
    def curvature() -> Response:
        model, neuron = parse_neuron(json_body())
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


def _about(model: Model) -> dict[str, Any]:
    """Return what a task about a model is given."""
    return {"document": orjson.dumps(serialise(model)).decode()}


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
