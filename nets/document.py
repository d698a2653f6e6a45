"""The document: a model as JSON, version 1, and its validation.

A document comes from anywhere (a link, a file, another program), so nothing in it is believed:
names, ranges, lengths and finiteness are checked before any array is made from it. The first
thing wrong raises ``DocumentError`` with one sentence and the path of the field.

The parameter order (see ``nets.network``) is fixed for ever by the version.
"""

from dataclasses import replace
from typing import Any

from nets.activations import ACTIVATIONS
from nets.data_document import data_document, read_data
from nets.fields import (
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
from nets.inputs import FARTHEST, NARROWEST, UNIT_SQUARE, Inputs
from nets.limits import BIASES, GAINS, LARGEST_SEED, LIMITS
from nets.model import LARGEST_PARAMETER, Initial, Model
from nets.network import N_INPUTS, Layer, Layers, n_parameters
from nets.training_document import progress_document, read_progress, read_training, training_document

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
        optional=("domain", "inputs", "training", "progress", "initial"),
    )
    if fields["version"] != VERSION or isinstance(fields["version"], bool):
        raise DocumentError(f"unknown version {shown(fields['version'])}; this program reads version 1", "version")
    layers = _layers(fields["layers"])
    parameters = read_vector(fields["parameters"], n_parameters(layers), "parameters", LARGEST_PARAMETER)
    data = read_data(fields["data"])
    training = read_training(fields.get("training", {}), data)
    if layers[-1].width != data.n_outputs:
        wanted = f"{data.classes} classes, one output each" if data.classes else "numbers to predict, one output"
        raise DocumentError(
            f"{layers[-1].width} outputs, but the data has {wanted}", f"layers[{len(layers) - 1}].width"
        )
    progress = read_progress(fields.get("progress", {}), layers, data, training)
    initial = _initial(fields.get("initial", {}))
    domain = _domain(fields.get("domain", UNIT_SQUARE))
    return Model(layers, parameters, data, training, progress, initial, domain, _inputs(fields.get("inputs", {})))


def serialise(model: Model) -> dict[str, Any]:
    """Return the model as a document; ``parse(serialise(model))`` is the same model, bit for bit.

    >>> from nets import create, dataset
    >>> serialise(create(dataset("xor"), hidden=[3]))["initial"]
    {'initializer': 'glorot', 'seed': 1, 'gain': 1.0, 'bias': 0.0}
    """
    return {
        "version": VERSION,
        "domain": [list(axis) for axis in model.domain],
        "inputs": {"centre": list(model.inputs.centre), "scale": list(model.inputs.scale)},
        "layers": [_layer_document(layer) for layer in model.layers],
        "parameters": encode(model.parameters),
        "data": data_document(model.data),
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
        low, high = (read_number(end, f"{where}[{i}]", -FARTHEST, FARTHEST) for i, end in enumerate(pair))
        if not high - low >= NARROWEST:
            message = f"the axis runs from {low:g} to {high:g}; it must grow by at least {NARROWEST:g}"
            raise DocumentError(message, where)
        return low, high

    x, y = read_list(value, "domain", N_INPUTS, N_INPUTS, "axes")
    return axis(x, "domain[0]"), axis(y, "domain[1]")


def _inputs(value: Any) -> Inputs:
    def pair(name: str, default: tuple[float, float], low: float) -> tuple[float, float]:
        numbers = read_list(fields.get(name, default), f"inputs.{name}", N_INPUTS, N_INPUTS, "numbers")
        x, y = (read_number(number, f"inputs.{name}[{i}]", low, FARTHEST) for i, number in enumerate(numbers))
        return x, y

    fields = read_fields(value, "inputs", optional=("centre", "scale"))
    return Inputs(pair("centre", Inputs.centre, -FARTHEST), pair("scale", Inputs.scale, NARROWEST / 2))


def _initial(value: Any) -> Initial:
    values = vars(Initial()) | read_fields(value, "initial", optional=("initializer", "seed", "gain", "bias"))
    return Initial(
        read_choice(values["initializer"], "initial.initializer", "initializer", INITIALIZERS),
        read_integer(values["seed"], "initial.seed", 0, LARGEST_SEED),
        read_number(values["gain"], "initial.gain", *GAINS),
        read_number(values["bias"], "initial.bias", *BIASES),
    )
