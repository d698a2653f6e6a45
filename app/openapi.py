"""The HTTP API described in OpenAPI 3.1, made of the tables that it is built from; ``GET /api/openapi.json`` has it."""

from typing import Any

from app.answer_schemas import answer_schemas
from app.document_schema import Schema, document_schemas, fields, names, number, or_null, ref, whole
from app.exports import DEFAULTS, EXPORTS, GRID_SIZES
from app.layer_figures import KINDS, THEMES
from app.presets import PRESETS
from app.stream import LARGEST_RATE, MOST_EPOCHS, NDJSON
from nets import create, dataset, serialise
from nets.code import FORMATS
from nets.limits import LIMITS

VERSION = "1"  # of the document and of the wire

# How every option of an export is read; see ``app.exports.OPTIONS``.
OPTION_SCHEMAS: dict[str, Schema] = {
    "layer": whole(0, LIMITS["layers"], description="0 = the inputs"),
    "kind": names(KINDS),
    "theme": names(THEMES),
    "format": names(FORMATS),
    "points": whole(*GRID_SIZES, description="an axis"),
}

REFUSALS = {
    "400": "no JSON, a body that cannot be read, or a name that this server does not have",
    "403": "the page of another site asked for it",
    "404": "there is no such thing",
    "413": f"more than {LIMITS['bytes a request']} bytes",
    "415": "another content type than application/json",
    "422": "something in it is wrong: `where` is the path of it, `error` says what is allowed",
}
OF_A_BODY = ("400", "403", "413", "415", "422")


def description() -> dict[str, Any]:
    """Return the description of everything under ``/api`` and of what tells how the server is."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Relief",
            "version": VERSION,
            "summary": "Trains small networks over the plane, and tells what every neuron of them computes.",
            "description": "The server keeps nothing: every request holds the whole network, as a document.",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": {
            "/api/train": {"post": _training()},
            "/api/gradient": {"post": _question("gradient", "which way training would move every parameter")},
            "/api/measures": {"post": _question("measures", "what a network gets right, and what gradients arrive")},
            "/api/regions": {"post": _question("regions", "the polygons on which a network is affine, exactly")},
            "/api/curvature": {"post": _curvature_map()},
            **{f"/api/export/{kind}": {"post": _export(kind)} for kind in EXPORTS},
            "/api/presets": {"get": _look_up("presets", "every preset, by chapter", ref("Gallery"))},
            "/api/presets/{name}": {"get": _preset()},
            "/api/openapi.json": {"get": _look_up("description", "this description", {"type": "object"})},
            "/healthz": {"get": _look_up("healthz", "whether the server is alive", ref("Health"))},
            "/readyz": {"get": _readiness()},
            "/metrics": {"get": _operation("metrics", "how much is going on, for Prometheus", {"text/plain": {}})},
        },
        "components": {"schemas": {**document_schemas(), **answer_schemas()}},
    }


def _operation(name: str, summary: str, content: Any, refusals: tuple[str, ...] = (), **more: Any) -> dict[str, Any]:
    refused = {status: {"description": REFUSALS[status], "content": _json(ref("Refusal"))} for status in refusals}
    good = {"description": summary, "content": content}
    return {"operationId": name, "summary": summary, **more, "responses": {"200": good, **refused}}


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _body(properties: dict[str, Schema], **required: Any) -> dict[str, Any]:
    """Describe a request about a network, with an example: a small one and the fields that are ``required``."""
    schema = fields({"model": ref("Document"), **properties}, ("model", *required))
    example = {"model": serialise(create(dataset("xor", n=40), hidden=[3])), **required}
    return {"required": True, "content": {"application/json": {"schema": schema, "example": example}}}


def _with_places(operation: dict[str, Any], answer: str = "Refusal") -> dict[str, Any]:
    """Add the answer of a server that has no place, or no background, for this just now."""
    seconds = {"description": "seconds", "required": True, "schema": {"type": "integer", "minimum": 1}}
    busy = {"description": "busy; ask again", "headers": {"Retry-After": seconds}, "content": _json(ref(answer))}
    operation["responses"]["503"] = busy
    return operation


def _training() -> dict[str, Any]:
    lines = {"type": "string", "contentMediaType": NDJSON, "contentSchema": ref("Line")}
    body = _body(
        {
            "epochs": whole(1, MOST_EPOCHS, default=MOST_EPOCHS, description="from where the document is"),
            "rate": or_null(number(0.1, LARGEST_RATE, description="epochs a second at most; null for no limit")),
        }
    )
    told = "Lines of JSON, each a `Line`, as they are computed; closing the connection ends the run."
    run = _operation("train", "train a network", {NDJSON: {"schema": lines}}, OF_A_BODY, description=told)
    return _with_places({**run, "requestBody": body})


def _question(name: str, summary: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = _json(ref(name.capitalize()))
    return _with_places({**_operation(name, summary, answer, OF_A_BODY), "requestBody": body or _body({})})


def _curvature_map() -> dict[str, Any]:
    neuron = {
        "layer": whole(1, LIMITS["layers"]),
        "neuron": whole(0, LIMITS["neurons a layer"] - 1),
        "kind": names(KINDS),
    }
    body = _body(neuron, layer=1, neuron=0, kind=KINDS[0])
    return _question("curvature", "how much the landscape of a neuron is curved", body)


def _export(kind: str) -> dict[str, Any]:
    row = EXPORTS[kind]
    options = {name: {**OPTION_SCHEMAS[name], "default": DEFAULTS[name]} for name in row.options}
    schema = {"type": "object"} if row.mimetype == "application/json" else {}
    content = {row.mimetype: {"schema": schema}}
    return _with_places({**_operation(f"export-{kind}", row.what, content, OF_A_BODY), "requestBody": _body(options)})


def _look_up(name: str, summary: str, answer: Schema) -> dict[str, Any]:
    return _operation(name, summary, _json(answer))


def _readiness() -> dict[str, Any]:
    return _with_places(_look_up("readyz", "whether the background answers", ref("Health")), "Health")


def _preset() -> dict[str, Any]:
    name = {"name": "name", "in": "path", "required": True, "schema": names(PRESETS)}
    return _operation("preset", "one preset", _json(ref("Preset")), ("404",), parameters=[name])
