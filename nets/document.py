"""The document: a model as JSON, version 1, and its validation.

A document comes from anywhere (a link, a file, another program), so nothing in it is believed:
names, ranges, lengths and finiteness are checked before any array is made from it. The first
thing wrong raises ``DocumentError`` with one sentence and the path of the field.

The parameter order (see ``nets.network``) is fixed for ever by the version.
"""

import base64
import binascii
import math
from collections.abc import Collection
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.datasets import DATASETS, DataSpec
from nets.initializers import INITIALIZERS
from nets.losses import LOSSES
from nets.model import LARGEST_PARAMETER, LARGEST_STATE, UNIT_SQUARE, Initial, Model, Progress, Training
from nets.network import N_INPUTS, Layer, Layers, n_parameters
from nets.optimizers import OPTIMIZERS

Array = NDArray[np.float64]

VERSION = 1
LIMITS = {"layers": 8, "neurons a layer": 32, "points": 4000, "bytes a request": 512 * 1024}
LARGEST_SEED = 2**32 - 1
LARGEST_EPOCH = 10**9
SHOWN = 40  # characters of a wrong value that an error repeats


class DocumentError(ValueError):
    """A document that is not one: ``str(error)`` is one sentence, ``error.where`` the field's path."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.where = where


def parse(document: Any) -> Model:
    """Check a document (parsed JSON) and return the model it describes.

    Fields that are left out take their defaults; ``layers``, ``parameters`` and ``data`` are required.

    Raises:
        DocumentError: naming the first field that is wrong, what it holds and what is allowed.
    """
    fields = _fields(
        document,
        "",
        required=("version", "layers", "parameters", "data"),
        optional=("domain", "training", "progress", "initial"),
    )
    if fields["version"] != VERSION or isinstance(fields["version"], bool):
        raise DocumentError(f"unknown version {_shown(fields['version'])}; this program reads version 1", "version")
    layers = _layers(fields["layers"])
    parameters = _vector(fields["parameters"], n_parameters(layers), "parameters", LARGEST_PARAMETER)
    data = _data(fields["data"])
    training = _training(fields.get("training", {}), data)
    if layers[-1].width != data.n_outputs:
        wanted = f"{data.classes} classes, one output each" if data.classes else "numbers to predict, one output"
        raise DocumentError(
            f"{layers[-1].width} outputs, but the data has {wanted}", f"layers[{len(layers) - 1}].width"
        )
    progress = _progress(fields.get("progress", {}), layers, data, training)
    initial = _initial(fields.get("initial", {}))
    return Model(layers, parameters, data, training, progress, initial, _domain(fields.get("domain", UNIT_SQUARE)))


def serialise(model: Model) -> dict[str, Any]:
    """Return the model as a document; ``parse(serialise(model))`` is the same model, bit for bit."""
    return {
        "version": VERSION,
        "domain": [list(axis) for axis in model.domain],
        "layers": [_layer_document(layer) for layer in model.layers],
        "parameters": encode(model.parameters),
        "data": _data_document(model.data),
        "training": dict(vars(model.training)),
        "progress": {
            "epoch": model.progress.epoch,
            "batch": model.progress.batch,
            "state": encode(model.progress.state),
        },
        "initial": dict(vars(model.initial)),
    }


def with_progress(model: Model, parameters: str, progress: dict[str, Any]) -> Model:
    """Return the model with the ``parameters`` and ``progress`` fields of another moment of its training.

    Raises:
        DocumentError: as ``parse`` does.
    """
    return replace(
        model,
        parameters=_vector(parameters, n_parameters(model.layers), "parameters", LARGEST_PARAMETER),
        progress=_progress(progress, model.layers, model.data, model.training),
    )


def encode(values: Array, dtype: str = "<f8") -> str:
    """Return a vector as base64 of its little-endian bytes.

    >>> encode(np.array([1.0]))
    'AAAAAAAA8D8='
    """
    return base64.b64encode(values.astype(dtype, copy=False).tobytes()).decode("ascii")


def _layer_document(layer: Layer) -> dict[str, Any]:
    is_uniform = len(set(layer.activation)) == 1
    return {
        "width": layer.width,
        "activation": layer.activation[0] if is_uniform else list(layer.activation),
        "pre": layer.pre,
        "skip": layer.skip,
    }


def _data_document(data: DataSpec) -> dict[str, Any]:
    if data.name is None:
        points = [list(point) for point in data.points]
        own: dict[str, Any] = {"points": points, "targets": list(data.targets), "classes": data.classes}
    else:
        own = {"name": data.name, "n": data.n, "noise": data.noise, "classes": data.classes}
    return {**own, "seed": data.seed, "test": data.test}


# What follows reads one kind of value each. ``where`` is the path used in errors.


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and abs(value) >= 10**SHOWN:
        return f"a number of more than {SHOWN} digits"
    text = repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _path(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _fields(value: Any, where: str, required: Collection[str] = (), optional: Collection[str] = ()) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DocumentError(f"expected an object, found {_shown(value)}", where)
    allowed = [*required, *optional]
    for name in value:
        if name not in allowed:
            raise DocumentError(
                f"unknown field {_shown(name)}; the fields are {', '.join(allowed)}", _path(where, str(name)[:SHOWN])
            )
    for name in required:
        if name not in value:
            raise DocumentError(f"the field '{name}' is missing", _path(where, name))
    return value


def _list(value: Any, where: str, shortest: int, longest: int, what: str) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise DocumentError(f"expected a list of {what}, found {_shown(value)}", where)
    if not shortest <= len(value) <= longest:
        raise DocumentError(f"{len(value)} {what}; allowed are {shortest} to {longest}", where)
    return list(value)


def _choice(value: Any, where: str, what: str, choices: Collection[str]) -> str:
    if not isinstance(value, str) or value not in choices:
        raise DocumentError(f"unknown {what} {_shown(value)}; choose from {', '.join(choices)}", where)
    return value


def _boolean(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise DocumentError(f"expected true or false, found {_shown(value)}", where)
    return value


def _integer(value: Any, where: str, low: int, high: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise DocumentError(f"expected a whole number from {low} to {high}, found {_shown(value)}", where)
    return value


def _number(value: Any, where: str, low: float, high: float) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:
        raise DocumentError(f"expected a number from {low:g} to {high:g}, found {_shown(value)}", where)
    return float(value)


def _vector(value: Any, length: int, where: str, largest: float) -> Array:
    if not isinstance(value, str):
        raise DocumentError(f"expected {length} float64 numbers in base64, found {_shown(value)}", where)
    if len(value) != 4 * math.ceil(8 * length / 3):
        raise DocumentError(
            f"expected {length} float64 numbers, which are {4 * math.ceil(8 * length / 3)} characters of base64, "
            f"found {len(value)}",
            where,
        )
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise DocumentError("this is not base64", where) from None
    if len(raw) != 8 * length:
        raise DocumentError(f"expected {8 * length} bytes, found {len(raw)}", where)
    vector = np.frombuffer(raw, dtype="<f8").astype(np.float64)
    wrong = np.flatnonzero(~(np.abs(vector) <= largest))
    if wrong.size:
        raise DocumentError(
            f"number {wrong[0]} is {vector[wrong[0]]}; allowed is up to ±{largest:g}", f"{where}[{wrong[0]}]"
        )
    return vector


def _layers(value: Any) -> Layers:
    items = _list(value, "layers", 1, LIMITS["layers"], "layers")
    return tuple(_layer(item, f"layers[{index}]") for index, item in enumerate(items))


def _layer(value: Any, where: str) -> Layer:
    fields = _fields(value, where, required=("width", "activation"), optional=("pre", "skip"))
    width = _integer(fields["width"], f"{where}.width", 1, LIMITS["neurons a layer"])
    activation = fields["activation"]
    if isinstance(activation, list):
        if len(activation) != width:
            raise DocumentError(f"{len(activation)} activations for {width} neurons", f"{where}.activation")
        names = tuple(
            _choice(name, f"{where}.activation[{i}]", "activation", ACTIVATIONS) for i, name in enumerate(activation)
        )
    else:
        names = (_choice(activation, f"{where}.activation", "activation", ACTIVATIONS),) * width
    return Layer(
        width,
        names,
        _choice(fields.get("pre", "identity"), f"{where}.pre", "activation", ACTIVATIONS),
        _boolean(fields.get("skip", False), f"{where}.skip"),
    )


def _domain(value: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    def axis(item: Any, where: str) -> tuple[float, float]:
        pair = _list(item, where, 2, 2, "numbers")
        low, high = (_number(end, f"{where}[{i}]", -1e6, 1e6) for i, end in enumerate(pair))
        if not high - low >= 1e-6:
            raise DocumentError(f"the axis runs from {low:g} to {high:g}; it must grow by at least 1e-06", where)
        return low, high

    x, y = _list(value, "domain", N_INPUTS, N_INPUTS, "axes")
    return axis(x, "domain[0]"), axis(y, "domain[1]")


def _data(value: Any) -> DataSpec:
    if isinstance(value, dict) and "points" in value:
        return _given_points(value)
    fields = _fields(value, "data", required=("name",), optional=("n", "noise", "classes", "seed", "test"))
    row = DATASETS[_choice(fields["name"], "data.name", "data set", DATASETS)]
    lowest, highest = row.classes
    return DataSpec(
        name=row.name,
        n=_integer(fields.get("n", 400), "data.n", 10, LIMITS["points"]),
        noise=_number(fields.get("noise", row.noise), "data.noise", 0, 1),
        classes=_integer(fields.get("classes", lowest), "data.classes", lowest, highest),
        seed=_integer(fields.get("seed", 1), "data.seed", 0, LARGEST_SEED),
        test=_number(fields.get("test", 0.25), "data.test", 0, 0.9),
    )


def _given_points(value: dict[str, Any]) -> DataSpec:
    fields = _fields(value, "data", required=("points", "targets"), optional=("classes", "seed", "test"))
    items = _list(fields["points"], "data.points", 1, LIMITS["points"], "points")
    points = []
    for i, item in enumerate(items):
        where = f"data.points[{i}]"
        x, y = _list(item, where, N_INPUTS, N_INPUTS, "coordinates")
        points.append((_number(x, where, -1e6, 1e6), _number(y, where, -1e6, 1e6)))
    numbers = _list(fields["targets"], "data.targets", len(points), len(points), "targets")
    targets = tuple(_number(t, f"data.targets[{i}]", -1e6, 1e6) for i, t in enumerate(numbers))
    are_classes = all(isinstance(t, int) and 0 <= t < LIMITS["neurons a layer"] for t in numbers)
    guessed = max(2, int(max(targets)) + 1) if are_classes else 0
    classes = _integer(fields.get("classes", guessed), "data.classes", 0, LIMITS["neurons a layer"])
    if classes == 1:
        raise DocumentError(
            "one class leaves nothing to tell apart; 0 (regression) or 2 to 32 are allowed", "data.classes"
        )
    for i, target in enumerate(targets):
        if classes and (target != int(target) or not 0 <= target < classes):
            raise DocumentError(
                f"expected a class from 0 to {classes - 1}, found {_shown(numbers[i])}", f"data.targets[{i}]"
            )
    return DataSpec(
        name=None,
        n=len(points),
        noise=0.0,
        classes=classes,
        seed=_integer(fields.get("seed", 1), "data.seed", 0, LARGEST_SEED),
        test=_number(fields.get("test", 0.25), "data.test", 0, 0.9),
        points=tuple(points),
        targets=targets,
    )


def _training(value: Any, data: DataSpec) -> Training:
    names = tuple(vars(Training()))
    fields = _fields(value, "training", optional=names)
    suited = [row.name for row in LOSSES.values() if data.task in row.tasks]
    loss = _choice(fields.get("loss", suited[0]), "training.loss", "loss", LOSSES)
    if loss not in suited:
        raise DocumentError(f"{loss} is not for {data.task}; choose from {', '.join(suited)}", "training.loss")
    defaults = Training()
    return Training(
        loss=loss,
        optimizer=_choice(fields.get("optimizer", defaults.optimizer), "training.optimizer", "optimizer", OPTIMIZERS),
        learning_rate=_number(fields.get("learning_rate", defaults.learning_rate), "training.learning_rate", 1e-8, 1e3),
        batch_size=_integer(fields.get("batch_size", defaults.batch_size), "training.batch_size", 1, LIMITS["points"]),
        l1=_number(fields.get("l1", defaults.l1), "training.l1", 0, 100),
        l2=_number(fields.get("l2", defaults.l2), "training.l2", 0, 100),
        seed=_integer(fields.get("seed", defaults.seed), "training.seed", 0, LARGEST_SEED),
    )


def _progress(value: Any, layers: Layers, data: DataSpec, training: Training) -> Progress:
    fields = _fields(value, "progress", optional=("epoch", "batch", "state"))
    n_batches = math.ceil((data.n - data.n_test) / training.batch_size)
    optimizer = OPTIMIZERS[training.optimizer].make(training.learning_rate)
    state = fields.get("state", "")
    length = optimizer.init(np.zeros(n_parameters(layers))).size if state != "" else 0
    return Progress(
        epoch=_integer(fields.get("epoch", 0), "progress.epoch", 0, LARGEST_EPOCH),
        batch=_integer(fields.get("batch", 0), "progress.batch", 0, n_batches - 1),
        state=_vector(state, length, "progress.state", LARGEST_STATE),
    )


def _initial(value: Any) -> Initial:
    fields = _fields(value, "initial", optional=("initializer", "seed"))
    defaults = Initial()
    return Initial(
        _choice(fields.get("initializer", defaults.initializer), "initial.initializer", "initializer", INITIALIZERS),
        _integer(fields.get("seed", defaults.seed), "initial.seed", 0, LARGEST_SEED),
    )
