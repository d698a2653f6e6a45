"""The HTTP API described in OpenAPI 3.1, made of the tables that it is built from; ``GET /api/openapi.json`` has it."""

from typing import Any

from app.document_schema import BASE64, Schema, document_schemas, fields, names, number, or_null, ref, whole
from app.exports import DEFAULTS, EXPORTS, GRID_SIZES
from app.layer_figures import KINDS, THEMES
from app.presets import PRESETS
from app.stream import LARGEST_RATE, MOST_EPOCHS, NDJSON
from nets import create, dataset, serialise
from nets.code import FORMATS
from nets.limits import LARGEST_EPOCH, LIMITS

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
        "components": {"schemas": {**document_schemas(), **_answers()}},
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


def _answers() -> dict[str, Schema]:
    text: Schema = {"type": "string"}
    measured: Schema = {"type": ["number", "null"]}
    metrics = dict.fromkeys(("train_loss", "test_loss", "train_accuracy", "test_accuracy"), measured)
    base64: Schema = {"type": "string", "pattern": BASE64, "contentEncoding": "base64"}
    moment = {"epoch": whole(0, LARGEST_EPOCH), "parameters": base64, **metrics}
    checkpoint = {**moment, "progress": ref("Progress")}
    reason = {"where": text, "why": text}
    return {
        "Refusal": fields({"error": {**text, "description": "one sentence"}, "where": text}, ("error", "where")),
        "Snapshot": fields(moment, moment, description="parameters in float32"),
        "Checkpoint": fields(
            checkpoint, checkpoint, description="parameters in float64: all that it takes to go on to the bit"
        ),
        "LastLine": {
            "oneOf": [
                fields({**checkpoint, "end": {"const": "epochs"}}, (*checkpoint, "end")),
                fields(
                    {**checkpoint, "end": {"enum": ["stopped", "diverged"]}, **reason}, (*checkpoint, "end", *reason)
                ),
            ]
        },
        "Line": {"oneOf": [ref("Snapshot"), ref("Checkpoint"), ref("LastLine")]},
        "Gradient": fields(
            {"loss": {"type": "number"}, "gradient": {**base64, "description": "float64"}}, ("loss", "gradient")
        ),
        "Fit": _fit(measured),
        "Measures": _measures(reason),
        "Regions": _regions(base64, reason),
        "Curvature": _curvature(base64),
        "Gallery": _gallery(),
        "Preset": _opened(),
        "Health": fields({"status": {**text, "description": "in a word, or why not"}}, ("status",)),
    }


def _fit(measured: Schema) -> Schema:
    count = {"type": "integer", "minimum": 0}
    properties = {
        "points": {**count, "minimum": 1},
        "loss": measured,
        "accuracy": measured,
        "confusion": or_null({"type": "array", "items": {"type": "array", "items": count}}),
        "r_squared": measured,
    }
    return fields(properties, properties)


def _measures(finding: dict[str, Schema]) -> Schema:
    neurons: Schema = {"type": "array", "items": {"type": "integer", "minimum": 0}}
    layer = {"gradient_norm": {"type": ["number", "null"]}, "dead": neurons, "saturated": neurons}
    properties = {
        "train": ref("Fit"),
        "test": or_null(ref("Fit")),
        "layers": {"type": "array", "items": fields(layer, layer)},
        "findings": {"type": "array", "items": fields(finding, finding)},
    }
    return fields(properties, properties)


def _regions(base64: Schema, reason: dict[str, Schema]) -> Schema:
    polygons = {
        "corners": {**base64, "description": "float32, (n, 2): u and v, polygon after polygon, anticlockwise"},
        "counts": {**base64, "description": "uint16: corners of each polygon"},
    }
    creases = {
        "ends": {**base64, "description": "float32, (n, 4): u and v of both ends"},
        "layers": {**base64, "description": "uint8: the layer, from 1, whose nonlinearity has its kink there"},
        "neurons": {**base64, "description": "int16: the neuron; −1 for the nonlinearity before the weights"},
    }
    partition = {
        **polygons,
        "born": {**base64, "description": "uint8: the layer that cut the region last, 0 for none"},
        "edges": {
            **base64,
            "description": "int32, of the edge after each corner: −1 on the domain's border, else twice the number "
            "of its crease, plus 1 where the region is above the kink",
        },
    }
    layer: dict[str, Schema] = {
        "regions": {"type": "integer", "minimum": 1},
        "most": {"type": "number", "minimum": 1, "description": "the theoretical maximum"},
    }
    end = {"kind": {"enum": ["smooth", "many", "large"]}, **reason}
    classes = {
        **polygons,
        "classes": {**base64, "description": "uint8: the highest output on each polygon"},
        "boundary": {**base64, "description": "float32, (n, 4): ends of segments along which the class changes"},
    }
    properties = {
        "layers": {"type": "array", "items": fields(layer, layer)},
        "end": or_null(fields(end, end, description="why there are no regions after the last of `layers`")),
        "creases": fields(creases, creases),
        "partitions": {"type": "array", "items": fields(partition, partition)},
        "classes": or_null(fields(classes, classes)),
    }
    return fields(properties, properties, description="positions are in the unit square of the domain")


def _curvature(base64: Schema) -> Schema:
    told = "float32, (points, points), row = v ascending: the principal curvature of larger magnitude, or NaN"
    properties: dict[str, Schema] = {
        "points": {"type": "integer", "minimum": 2, "description": "an axis, ends of the domain included"},
        "curvature": {**base64, "description": told},
        "scale": or_null({"type": "number", "minimum": 0, "description": "largest magnitude"}),
    }
    return fields(properties, properties)


def _told() -> dict[str, Schema]:
    return {"id": names(PRESETS), "title": {"type": "string"}, "look": {"type": "string"}}


def _gallery() -> Schema:
    entry = {**_told(), "picture": {"type": "object", "description": "the network that its picture is drawn from"}}
    chapter: dict[str, Schema] = {
        "title": {"type": "string"},
        "presets": {"type": "array", "items": fields(entry, entry)},
    }
    chapters: dict[str, Schema] = {"chapters": {"type": "array", "items": fields(chapter, chapter)}}
    return fields(chapters, chapters)


def _opened() -> Schema:
    index: Schema = {"type": "integer", "minimum": 0}
    properties = {
        **_told(),
        "select": {"type": "array", "items": index, "minItems": 2, "maxItems": 2, "description": "layer, neuron"},
        "plays": {"type": "boolean", "description": "whether it is there to be trained"},
        "tilt": number(0, 1, description="of the landscapes; 1 is a map"),
        "rate": {"type": ["string", "null"], "description": "epochs a second"},
        "document": ref("Document"),
    }
    return fields(properties, properties)
