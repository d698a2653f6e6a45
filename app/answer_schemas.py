"""What the HTTP API answers, as JSON schemas by name."""

from app.document_schema import BASE64, Schema, fields, names, number, or_null, ref, whole
from app.presets import PRESETS
from nets.limits import LARGEST_EPOCH


def answer_schemas() -> dict[str, Schema]:
    """Return the schema of every answer, and of the parts that several have."""
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
        "neurons": {**base64, "description": "int16: its first neuron; −1 for the nonlinearity before the weights"},
        "bends": {**base64, "description": "uint32: a bit for each neuron of the layer, whether it bends there"},
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
        "most": {"type": "number", "minimum": 1, "description": "an upper bound by the network's shape"},
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
        "partitions": {
            "type": "array",
            "items": or_null(fields(partition, partition)),
            "description": "after every layer; null where it is that of the layer before",
        },
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
