"""What is asked of Dash that no page of ours would ask: refused, where Dash itself would fail and answer 500."""

from typing import Any

import orjson
from dash import Dash
from dash.exceptions import DependencyException
from flask import Response, request
from werkzeug.exceptions import HTTPException, NotFound

PATH = "/_dash-update-component"
OUTPUT = {"id": "proposal", "property": "data"}  # of the one callback that runs on the server, see ``app.callbacks``
INPUT = {"id": "request", "property": "data"}
CHANGED = "request.data"


def register(app: Dash) -> None:
    """Refuse requests to Dash that no page of ours sends."""

    @app.server.errorhandler(DependencyException)
    def nothing_there(error: DependencyException) -> HTTPException:
        return NotFound()  # a script of a library that the page does not have

    @app.server.before_request
    def check() -> Response | None:
        if request.path != PATH or request.method != "POST":
            return None
        try:
            complaint = complaint_about(request.get_json())
        except HTTPException:
            raise
        except Exception:  # nested too deeply, or chunks that are not what they should be
            complaint = "the body could not be read"
        if not complaint:
            return None
        return Response(orjson.dumps({"error": complaint, "where": ""}), status=400, mimetype="application/json")


def complaint_about(body: Any) -> str:
    """Return what is wrong with the body of a request to Dash, in one sentence; empty where nothing is.

    >>> complaint_about({"output": "sink.data"})
    "expected the output 'proposal.data'"
    """
    if not isinstance(body, dict):
        return "expected an object"
    if body.get("output") != "proposal.data" or body.get("outputs") != OUTPUT:
        return "expected the output 'proposal.data'"
    inputs = body.get("inputs")
    if not isinstance(inputs, list) or len(inputs) != 1 or not isinstance(inputs[0], dict):
        return "expected one input"
    if {name: inputs[0].get(name) for name in INPUT} != INPUT or inputs[0].keys() - {*INPUT, "value"}:
        return f"expected the input {CHANGED!r}"
    if body.get("state", []) != [] or body.get("changedPropIds", [CHANGED]) not in ([], [CHANGED]):
        return f"expected no state, and {CHANGED!r} to have changed"
    return ""
