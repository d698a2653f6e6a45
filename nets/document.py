"""The document: a model as JSON, version 1, and its validation.

A document comes from anywhere (a link, a file, another program), so nothing in it is believed:
names, ranges, lengths and finiteness are checked before any array is made from it. The first
thing wrong raises ``DocumentError`` with one sentence and the path of the field.

The parameter order (see ``nets.network``) is fixed for ever by the version.
"""

from dataclasses import replace
from typing import Any

from nets.activations import ACTIVATIONS
from nets.datasets import DATASETS, DataSpec
from nets.fields import (
    LARGEST_SEED,
    DocumentError,
    encode,
    read_boolean,
    read_choice,
    read_fields,
    read_integer,
    read_list,
    read_number,
    read_vector,
    shown,
)
from nets.initializers import INITIALIZERS
from nets.limits import LARGEST_EPOCH, LIMITS
from nets.model import LARGEST_PARAMETER, UNIT_SQUARE, Initial, Model
from nets.network import N_INPUTS, Layer, Layers, n_parameters
from nets.training_document import progress_document, read_progress, read_training, training_document

__all__ = ["LARGEST_EPOCH", "LARGEST_SEED", "LIMITS", "VERSION", "encode", "parse", "serialise", "with_progress"]

VERSION = 1


def parse(document: Any) -> Model:
    """Check a document (parsed JSON) and return the model it describes.

    Fields that are left out take their defaults; ``layers``, ``parameters`` and ``data`` are required.

    Raises:
        DocumentError: naming the first field that is wrong, what it holds and what is allowed.
    """
    fields = read_fields(
        document,
        "",
        required=("version", "layers", "parameters", "data"),
        optional=("domain", "training", "progress", "initial"),
    )
    if fields["version"] != VERSION or isinstance(fields["version"], bool):
        raise DocumentError(f"unknown version {shown(fields['version'])}; this program reads version 1", "version")
    layers = _layers(fields["layers"])
    parameters = read_vector(fields["parameters"], n_parameters(layers), "parameters", LARGEST_PARAMETER)
    data = _data(fields["data"])
    training = read_training(fields.get("training", {}), data)
    if layers[-1].width != data.n_outputs:
        wanted = f"{data.classes} classes, one output each" if data.classes else "numbers to predict, one output"
        raise DocumentError(
            f"{layers[-1].width} outputs, but the data has {wanted}", f"layers[{len(layers) - 1}].width"
        )
    progress = read_progress(fields.get("progress", {}), layers, data, training)
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
        "training": training_document(model.training),
        "progress": progress_document(model.progress),
        "initial": dict(vars(model.initial)),
    }


def with_progress(model: Model, parameters: str, progress: dict[str, Any]) -> Model:
    """Return the model with the ``parameters`` and ``progress`` fields of another moment of its training.

    Raises:
        DocumentError: as ``parse`` does.
    """
    return replace(
        model,
        parameters=read_vector(parameters, n_parameters(model.layers), "parameters", LARGEST_PARAMETER),
        progress=read_progress(progress, model.layers, model.data, model.training),
    )


def _layer_document(layer: Layer) -> dict[str, Any]:
    is_uniform = len(set(layer.activation)) == 1
    return {
        "width": layer.width,
        "activation": layer.activation[0] if is_uniform else list(layer.activation),
        "pre": layer.pre,
        "skip": layer.skip,
        "frozen": list(layer.frozen),
        "off": list(layer.off),
    }


def _data_document(data: DataSpec) -> dict[str, Any]:
    if data.name is None:
        points = [list(point) for point in data.points]
        own: dict[str, Any] = {"points": points, "targets": list(data.targets), "classes": data.classes}
    else:
        own = {"name": data.name, "n": data.n, "noise": data.noise, "classes": data.classes}
    return {**own, "seed": data.seed, "test": data.test}


def _layers(value: Any) -> Layers:
    items = read_list(value, "layers", 1, LIMITS["layers"], "layers")
    return tuple(_layer(item, f"layers[{index}]") for index, item in enumerate(items))


def _layer(value: Any, where: str) -> Layer:
    fields = read_fields(value, where, required=("width", "activation"), optional=("pre", "skip", "frozen", "off"))
    width = read_integer(fields["width"], f"{where}.width", 1, LIMITS["neurons a layer"])
    activation = fields["activation"]
    if isinstance(activation, list):
        if len(activation) != width:
            raise DocumentError(f"{len(activation)} activations for {width} neurons", f"{where}.activation")
        names = tuple(
            read_choice(name, f"{where}.activation[{i}]", "activation", ACTIVATIONS)
            for i, name in enumerate(activation)
        )
    else:
        names = (read_choice(activation, f"{where}.activation", "activation", ACTIVATIONS),) * width
    return Layer(
        width,
        names,
        read_choice(fields.get("pre", "identity"), f"{where}.pre", "activation", ACTIVATIONS),
        read_boolean(fields.get("skip", False), f"{where}.skip"),
        _neurons(fields.get("frozen", []), f"{where}.frozen", width),
        _neurons(fields.get("off", []), f"{where}.off", width),
    )


def _neurons(value: Any, where: str, width: int) -> tuple[int, ...]:
    """Read which neurons of a layer something holds for."""
    items = read_list(value, where, 0, width, "neurons")
    neurons = [read_integer(item, f"{where}[{i}]", 0, width - 1) for i, item in enumerate(items)]
    for i, neuron in enumerate(neurons):
        if neuron in neurons[:i]:
            raise DocumentError(f"neuron {neuron} is in the list twice", f"{where}[{i}]")
    return tuple(sorted(neurons))


def _domain(value: Any) -> tuple[tuple[float, float], tuple[float, float]]:
    def axis(item: Any, where: str) -> tuple[float, float]:
        pair = read_list(item, where, 2, 2, "numbers")
        low, high = (read_number(end, f"{where}[{i}]", -1e6, 1e6) for i, end in enumerate(pair))
        if not high - low >= 1e-6:
            raise DocumentError(f"the axis runs from {low:g} to {high:g}; it must grow by at least 1e-06", where)
        return low, high

    x, y = read_list(value, "domain", N_INPUTS, N_INPUTS, "axes")
    return axis(x, "domain[0]"), axis(y, "domain[1]")


def _data(value: Any) -> DataSpec:
    if isinstance(value, dict) and "points" in value:
        return _given_points(value)
    fields = read_fields(value, "data", required=("name",), optional=("n", "noise", "classes", "seed", "test"))
    row = DATASETS[read_choice(fields["name"], "data.name", "data set", DATASETS)]
    lowest, highest = row.classes
    return DataSpec(
        name=row.name,
        n=read_integer(fields.get("n", 400), "data.n", 10, LIMITS["points"]),
        noise=read_number(fields.get("noise", row.noise), "data.noise", 0, 1),
        classes=read_integer(fields.get("classes", lowest), "data.classes", lowest, highest),
        seed=read_integer(fields.get("seed", 1), "data.seed", 0, LARGEST_SEED),
        test=read_number(fields.get("test", 0.25), "data.test", 0, 0.9),
    )


def _given_points(value: dict[str, Any]) -> DataSpec:
    fields = read_fields(value, "data", required=("points", "targets"), optional=("classes", "seed", "test"))
    items = read_list(fields["points"], "data.points", 1, LIMITS["points"], "points")
    points = []
    for i, item in enumerate(items):
        where = f"data.points[{i}]"
        x, y = read_list(item, where, N_INPUTS, N_INPUTS, "coordinates")
        points.append((read_number(x, where, -1e6, 1e6), read_number(y, where, -1e6, 1e6)))
    numbers = read_list(fields["targets"], "data.targets", len(points), len(points), "targets")
    targets = tuple(read_number(t, f"data.targets[{i}]", -1e6, 1e6) for i, t in enumerate(numbers))
    are_classes = all(isinstance(t, int) and 0 <= t < LIMITS["neurons a layer"] for t in numbers)
    guessed = max(2, int(max(targets)) + 1) if are_classes else 0
    classes = read_integer(fields.get("classes", guessed), "data.classes", 0, LIMITS["neurons a layer"])
    if classes == 1:
        raise DocumentError(
            "one class leaves nothing to tell apart; 0 (regression) or 2 to 32 are allowed", "data.classes"
        )
    for i, target in enumerate(targets):
        if classes and (target != int(target) or not 0 <= target < classes):
            raise DocumentError(
                f"expected a class from 0 to {classes - 1}, found {shown(numbers[i])}", f"data.targets[{i}]"
            )
    return DataSpec(
        name=None,
        n=len(points),
        noise=0.0,
        classes=classes,
        seed=read_integer(fields.get("seed", 1), "data.seed", 0, LARGEST_SEED),
        test=read_number(fields.get("test", 0.25), "data.test", 0, 0.9),
        points=tuple(points),
        targets=targets,
    )


def _initial(value: Any) -> Initial:
    values = vars(Initial()) | read_fields(value, "initial", optional=("initializer", "seed"))
    return Initial(
        read_choice(values["initializer"], "initial.initializer", "initializer", INITIALIZERS),
        read_integer(values["seed"], "initial.seed", 0, LARGEST_SEED),
    )
