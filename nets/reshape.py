"""Reshaping: another shape for a network, with every weight that still means the same kept.

Whatever is done to a shape is one question asked of every layer of the new one: which layer was it, which
of its neurons were they, and what did each of its inputs stand for? Weights whose neuron and input both were
there before are kept, biases with their neurons; the rest is drawn as the model's first ones were. The
epoch stays, and the optimiser starts afresh, because what it remembers has another shape.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from nets.fields import DocumentError
from nets.initializers import INITIALIZERS
from nets.model import Model, Progress
from nets.network import N_INPUTS, Layer, n_parameters, split

Array = NDArray[np.float64]

NEURON_LISTS = tuple(field.name for field in fields(Layer) if field.type == tuple[int, ...])  # of neurons by index


@dataclass(frozen=True)
class Origin:
    """A layer of the new network and where it comes from.

    Attributes:
        layer: what it is now.
        index: which layer it was; None for a new one.
        neurons: which neuron each of its neurons was; None for new ones.
    """

    layer: Layer
    index: int | None
    neurons: tuple[int | None, ...]


def resize_layer(model: Model, index: int, width: int) -> Model:
    """Give a layer another width by adding neurons at its end, like the last one, or removing the last ones.

    >>> from nets import create, dataset
    >>> model = create(dataset("xor"), hidden=[2])
    >>> wider = resize_layer(model, 0, 3)
    >>> (old, _), (new, _) = split(model.layers, model.parameters)[0], split(wider.layers, wider.parameters)[0]
    >>> new.shape, new[:2].tolist() == old.tolist()
    ((3, 2), True)
    """
    layer = model.layers[index]
    if width == layer.width:
        return model
    kept = tuple(range(min(width, layer.width)))
    names = layer.activation[: len(kept)] + layer.activation[-1:] * (width - len(kept))
    resized = replace(layer, width=width, activation=names, **_followed(layer, kept))
    return _with_origin(model, Origin(resized, index, kept + (None,) * (width - len(kept))))


def remove_neuron(model: Model, index: int, neuron: int) -> Model:
    """Take one neuron out of a layer, with the weights into it and out of it.

    Raises:
        DocumentError: when it is the layer's only one.
    """
    layer = model.layers[index]
    if layer.width == 1:
        raise DocumentError("a layer has at least one neuron", f"layers[{index}].width")
    kept = tuple(k for k in range(layer.width) if k != neuron)
    names = tuple(layer.activation[k] for k in kept)
    narrower = replace(layer, width=len(kept), activation=names, **_followed(layer, kept))
    return _with_origin(model, Origin(narrower, index, kept))


def set_skip(model: Model, index: int, skip: bool) -> Model:
    """Give a layer the network's two inputs besides its own, or take them away; its other weights stay."""
    if skip == model.layers[index].skip:
        return model
    return _with_origin(model, replace(_unchanged(model)[index], layer=replace(model.layers[index], skip=skip)))


def insert_layer(model: Model, index: int, layer: Layer) -> Model:
    """Put a new layer before layer ``index``, whose weights for what it received until now are drawn anew."""
    origins = _unchanged(model)
    return _reshaped(model, [*origins[:index], Origin(layer, None, (None,) * layer.width), *origins[index:]])


def remove_layer(model: Model, index: int) -> Model:
    """Take a hidden layer out; the weights of the next layer for what it receives instead are drawn anew.

    Raises:
        DocumentError: when it is the output layer.
    """
    _check_hidden(model, index, "removed")
    origins = _unchanged(model)
    return _reshaped(model, [*origins[:index], *origins[index + 1 :]])


def move_layer(model: Model, index: int, to: int) -> Model:
    """Move a hidden layer to another place among the hidden ones.

    Layers keep their weights where they still fit: where as many neurons come before them as did until now.

    >>> from nets import create, dataset
    >>> [layer.width for layer in move_layer(create(dataset("xor"), hidden=[3, 5, 4]), 0, 2).layers]
    [5, 4, 3, 2]

    Raises:
        DocumentError: when it is the output layer or would come after it.
    """
    _check_hidden(model, index, "moved")
    if not 0 <= to < len(model.layers) - 1:
        raise DocumentError(f"layer {index + 1} cannot be moved any further", f"layers[{index}]")
    origins = _unchanged(model)
    moved = origins.pop(index)
    return _reshaped(model, [*origins[:to], moved, *origins[to:]], by_place=True)


def _check_hidden(model: Model, index: int, done: str) -> None:
    if index == len(model.layers) - 1:
        raise DocumentError(f"the output layer cannot be {done}", f"layers[{index}]")


def _followed(layer: Layer, kept: Sequence[int]) -> dict[str, Any]:
    """Return the fields of a layer that list some of its neurons, when of its neurons those are ``kept``, in order."""
    place = {neuron: at for at, neuron in enumerate(kept)}
    return {name: tuple(place[k] for k in vars(layer)[name] if k in place) for name in NEURON_LISTS}


def _unchanged(model: Model) -> list[Origin]:
    return [Origin(layer, index, tuple(range(layer.width))) for index, layer in enumerate(model.layers)]


def _with_origin(model: Model, origin: Origin) -> Model:
    return _reshaped(model, [origin if old.index == origin.index else old for old in _unchanged(model)])


def _reshaped(model: Model, origins: list[Origin], by_place: bool = False) -> Model:
    """Return the model with the layers of ``origins``, and every weight that has one.

    Args:
        by_place: whether an input that stands for another neuron than before keeps its weights all the same,
            where a layer has as many inputs as before.
    """
    layers = tuple(origin.layer for origin in origins)
    parameters = np.zeros(n_parameters(layers))
    old = split(model.layers, model.parameters)
    for number, (origin, (weights, biases)) in enumerate(zip(origins, split(layers, parameters), strict=True)):
        columns = _columns(model, origins, number, by_place)
        if origin.index is None or None in origin.neurons or None in columns:
            _draw(model, number, weights, biases)
        if origin.index is not None:
            rows, old_rows = _pairs(origin.neurons)
            places, old_places = _pairs(columns)
            old_weights, old_biases = old[origin.index]
            weights[np.ix_(rows, places)] = old_weights[np.ix_(old_rows, old_places)]
            biases[rows] = old_biases[old_rows]
    return replace(model, layers=layers, parameters=parameters, progress=Progress(model.progress.epoch))


def _columns(model: Model, origins: list[Origin], number: int, by_place: bool) -> list[int | None]:
    """Return which input of the layer that it was each input of a layer was; None for those that are new."""
    origin = origins[number]
    if origin.index is None:
        return []
    old = model.layers[origin.index]
    old_width = model.layers[origin.index - 1].width if origin.index else N_INPUTS
    before = origins[number - 1] if number else Origin(Layer(N_INPUTS, ()), -1, tuple(range(N_INPUTS)))
    if before.index == origin.index - 1:
        own = list(before.neurons)
    elif by_place and before.layer.width == old_width:
        own = list(range(old_width))
    else:
        own = [None] * before.layer.width
    skipped = [old_width + i if old.skip else None for i in range(N_INPUTS)]
    return own + skipped if origin.layer.skip else own


def _pairs(origins: Sequence[int | None]) -> tuple[list[int], list[int]]:
    """Return the indices that have an origin, and their origins."""
    kept = [(new, old) for new, old in enumerate(origins) if old is not None]
    return [new for new, _ in kept], [old for _, old in kept]


def _draw(model: Model, number: int, weights: Array, biases: Array) -> None:
    """Draw the weights and biases of a layer for a model; the same model always gets the same ones.

    The present weights are part of the seed: a neuron that is added after one in the middle was removed
    must not be the twin of the one that was added before.
    """
    initial = model.initial
    rng = np.random.default_rng([initial.seed, number, crc32(model.parameters.tobytes())])
    weights[...] = initial.gain * INITIALIZERS[initial.initializer].draw(rng, *weights.shape)
    biases[...] = initial.draw_biases(rng, biases.size)
