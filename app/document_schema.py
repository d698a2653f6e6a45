"""The document as JSON Schema (draft 2020-12), made of the same tables that check it: a new row describes itself.

What a schema cannot say (that the parameters fit the layers, that there is one output per class) is said in
words, and answered with 422.
"""

import math
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from nets.activations import ACTIVATIONS
from nets.data_document import (
    FEWEST_POINTS,
    LARGEST_SHARE,
    LARGEST_TARGET,
    LONGEST_LABEL,
    SMALLEST_BALANCE,
)
from nets.datasets import DATASETS, MOST_CLASSES
from nets.document import VERSION
from nets.formula import LONGEST
from nets.formula import MOST_CLASSES as MOST_FORMULA_CLASSES
from nets.initializers import INITIALIZERS
from nets.inputs import FARTHEST, NARROWEST
from nets.limits import BIASES, GAINS, LARGEST_EPOCH, LARGEST_SEED, LIMITS, LONGEST_PERIOD, MOST_POINTS
from nets.losses import LOSSES
from nets.model import LARGEST_PARAMETER, Initial, Training
from nets.network import Layer, n_parameters
from nets.optimizers import HYPERPARAMETERS, OPTIMIZERS
from nets.regularizers import DROPOUTS, REGULARIZERS
from nets.schedules import SCHEDULES
from nets.training_document import LARGEST_LOSS, RATES

Schema = dict[str, Any]

BASE64 = "^[A-Za-z0-9+/]*={0,2}$"
WIDEST = tuple(
    Layer(LIMITS["neurons a layer"], ("identity",) * LIMITS["neurons a layer"], skip=True)
    for _ in range(LIMITS["layers"])
)


def whole(low: int, high: int, **more: Any) -> Schema:
    """Describe a whole number from ``low`` to ``high``."""
    return {"type": "integer", "minimum": low, "maximum": high, **more}


def number(low: float, high: float, **more: Any) -> Schema:
    """Describe a number from ``low`` to ``high``."""
    return {"type": "number", "minimum": low, "maximum": high, **more}


def names(table: Collection[str], **more: Any) -> Schema:
    """Describe a name of a table."""
    return {"type": "string", "enum": list(table), **more}


def items(item: Schema, fewest: int, most: int, **more: Any) -> Schema:
    """Describe a list of ``fewest`` to ``most`` items."""
    return {"type": "array", "items": item, "minItems": fewest, "maxItems": most, **more}


def fields(properties: Mapping[str, Schema], required: Collection[str] = (), **more: Any) -> Schema:
    """Describe an object that has no fields but these."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
        **more,
    }


def or_null(schema: Schema) -> Schema:
    """Describe a value that may be null."""
    return {"anyOf": [schema, {"type": "null"}]}


def vector(description: str, most: int | None = None) -> Schema:
    """Describe at most so many float64 numbers."""
    longest = {} if most is None else {"maxLength": 4 * math.ceil(8 * most / 3)}
    return {"type": "string", "pattern": BASE64, "contentEncoding": "base64", "description": description, **longest}


def document_schemas() -> dict[str, Schema]:
    """Return the schemas of a document and its parts by name, as they refer to each other in an OpenAPI description."""
    return {
        "Document": _document(),
        "Layer": _layer(),
        "NamedData": _named_data(),
        "FormulaData": _formula_data(),
        "PointsData": _points_data(),
        "Training": _training(),
        "Progress": _progress(),
    }


def ref(name: str) -> Schema:
    """Refer to a schema by name."""
    return {"$ref": f"#/components/schemas/{name}"}


def _document() -> Schema:
    coordinate = number(-FARTHEST, FARTHEST)
    pair = items(coordinate, 2, 2)
    axis = {**pair, "description": f"its ends, ascending, at least {NARROWEST:g} apart"}
    parameters = vector(
        "layer by layer the weights (width, inputs) row by row, then the biases: little-endian float64, none beyond "
        f"±{LARGEST_PARAMETER:g}",
        n_parameters(WIDEST),
    )
    inputs = {"centre": pair, "scale": items(number(NARROWEST / 2, FARTHEST), 2, 2)}
    data = [ref("NamedData"), ref("FormulaData"), ref("PointsData")]
    return fields(
        {
            "version": {"const": VERSION},
            "domain": items(axis, 2, 2, description="the part of the plane that is drawn: x, then y"),
            "inputs": fields(inputs, description="the network sees (x − centre) / scale"),
            "layers": items(ref("Layer"), 1, LIMITS["layers"], description="hidden layers, then the outputs"),
            "parameters": parameters,
            "data": {"oneOf": data, "description": "the last layer has one neuron per class; one for values"},
            "training": ref("Training"),
            "progress": ref("Progress"),
            "initial": _initial(),
        },
        ("version", "layers", "parameters", "data"),
        description="A network over the plane with its data and its training. What is left out has its default.",
    )


def _layer() -> Schema:
    most = LIMITS["neurons a layer"]
    one = names(ACTIVATIONS)
    neurons = items(whole(0, most - 1), 0, most, uniqueItems=True)
    return fields(
        {
            "width": whole(1, most),
            "activation": {"anyOf": [one, items(one, 1, most)], "description": "of all neurons, or of each"},
            "pre": names(ACTIVATIONS, default="identity", description="of all that the layer receives"),
            "skip": {"type": "boolean", "default": False, "description": "whether it also receives x and y"},
            "frozen": {**neurons, "description": "neurons that training leaves alone"},
            "off": {**neurons, "description": "neurons that are 0 everywhere"},
        },
        ("width", "activation"),
    )


def _split() -> dict[str, Schema]:
    return {"seed": whole(0, LARGEST_SEED, default=1), "test": number(0, LARGEST_SHARE, default=0.25)}


def _made(classes: Schema) -> dict[str, Schema]:
    """Describe what generators and formulas have in common."""
    return {
        "n": whole(FEWEST_POINTS, MOST_POINTS, default=400),
        "noise": number(0, 1),
        "classes": classes,
        "balance": number(SMALLEST_BALANCE, 1, default=1),
        **_split(),
    }


def _named_data() -> Schema:
    """Describe the data of generators, whose numbers of classes differ."""
    rows = [
        {
            "if": {"properties": {"name": {"const": row.name}}},
            "then": {"properties": {"classes": whole(*row.classes, default=row.classes[0])}},
        }
        for row in DATASETS.values()
    ]
    described = "; ".join(f"{row.name}: {row.description}, noise {row.noise:g}" for row in DATASETS.values())
    properties = {"name": names(DATASETS, description=described), **_made({"type": "integer"})}
    return fields(properties, ("name",), allOf=rows)


def _formula_data() -> Schema:
    classes = whole(0, MOST_FORMULA_CLASSES, description="what the formula makes it; 0 for values")
    formula = {"type": "string", "maxLength": LONGEST, "description": "class = x*y > 0, or target = x**2 - y"}
    return fields({"formula": formula, **_made(classes)}, ("formula",))


def _points_data() -> Schema:
    point = items(number(-FARTHEST, FARTHEST), 2, 2)
    label = {"type": "string", "minLength": 1, "maxLength": LONGEST_LABEL}
    return fields(
        {
            "points": items(point, 1, MOST_POINTS),
            "targets": items(
                number(-LARGEST_TARGET, LARGEST_TARGET), 1, MOST_POINTS, description="one per point: a class or a value"
            ),
            "classes": {**whole(0, MOST_CLASSES, description="0 for values"), "not": {"const": 1}},
            "labels": items(label, 0, MOST_CLASSES, description="one per class, or none"),
            **_split(),
        },
        ("points", "targets"),
    )


def _training() -> Schema:
    plain = Training()
    tasks = "; ".join(f"{row.name} is for {' and '.join(row.tasks)}" for row in LOSSES.values())
    sizes = {name: number(0, row.highest, default=0, description=row.formula) for name, row in REGULARIZERS.items()}
    numbers = {
        name: number(row.low, row.high, description=f"{row.label}: {row.meaning}")
        for name, row in HYPERPARAMETERS.items()
    }
    stop = {
        "epoch": or_null(whole(1, LARGEST_EPOCH)),
        "loss": or_null(number(0, LARGEST_LOSS)),
        "accuracy": or_null(number(0, 1)),
        "plateau": or_null(whole(1, LONGEST_PERIOD)),
    }
    return fields(
        {
            "loss": names(LOSSES, description=tasks),
            "optimizer": names(OPTIMIZERS, default=plain.optimizer),
            "learning_rate": number(*RATES, default=plain.learning_rate),
            "batch_size": whole(1, LIMITS["points"], default=plain.batch_size),
            **sizes,
            "dropout_kind": names(DROPOUTS, default=plain.dropout_kind),
            "seed": whole(0, LARGEST_SEED, default=plain.seed),
            "hyperparameters": fields(numbers),
            "schedule": names(SCHEDULES, default=plain.schedule),
            "schedule_epochs": whole(1, LONGEST_PERIOD, default=plain.schedule_epochs),
            "stop": fields(stop, description="what ends a run at the end of an epoch; null for never"),
        },
        allOf=[_own_hyperparameters(name, name == plain.optimizer) for name in OPTIMIZERS],
    )


def _own_hyperparameters(optimizer: str, is_default: bool) -> Schema:
    """Say which numbers an optimiser has, where it is the one that is chosen."""
    own = [entry.name for entry in OPTIMIZERS[optimizer].hyperparameters]
    chosen: Schema = {"properties": {"optimizer": {"const": optimizer}}}
    return {
        "if": chosen if is_default else {**chosen, "required": ["optimizer"]},
        "then": {"properties": {"hyperparameters": {"propertyNames": {"enum": own}} if own else {"maxProperties": 0}}},
    }


def _progress() -> Schema:
    parameters = np.zeros(n_parameters(WIDEST))
    longest = max(row.make(1.0).init(parameters).size for row in OPTIMIZERS.values())
    best = fields({"epoch": whole(0, LARGEST_EPOCH), "loss": number(0, LARGEST_LOSS)}, ("epoch", "loss"))
    return fields(
        {
            "epoch": whole(0, LARGEST_EPOCH, default=0),
            "batch": whole(0, LIMITS["points"] - 1, default=0, description="of the epoch that is under way"),
            "state": vector("of the optimiser, float64; empty for a fresh one", longest),
            "best": or_null({**best, "description": "the best epoch so far, while a plateau is watched for"}),
        }
    )


def _initial() -> Schema:
    plain = Initial()
    return fields(
        {
            "initializer": names(INITIALIZERS, default=plain.initializer),
            "seed": whole(0, LARGEST_SEED, default=plain.seed),
            "gain": number(*GAINS, default=plain.gain),
            "bias": number(*BIASES, default=plain.bias, description="first biases are drawn from U(−bias, bias)"),
        },
        description="where the first weights came from, so that they can be had again",
    )
