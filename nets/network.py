"""The network: layers of neurons, each a function of the plane.

Arrays are neuron-major: a row is a neuron, a column a point of the plane, so that a row of a
layer's activations on a grid *is* that neuron's landscape. Parameters are one flat float64
vector; layer by layer the weight matrix ``W`` of shape (width, inputs) row by row, then the
bias vector ``b``.

In a layer, with ``v`` the activations of the layer before (and, with ``skip``, the network's
two inputs appended)::

    u = pre(v)        z = W u + b        a = activation(z)
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS, Activation
from nets.initializers import Initializer

Array = NDArray[np.float64]

N_INPUTS = 2  # the plane


@dataclass(frozen=True)
class Layer:
    """One layer.

    Attributes:
        width: number of neurons.
        activation: one name of ``ACTIVATIONS`` per neuron.
        pre: the nonlinearity applied to everything the layer receives, before the weights.
        skip: whether the layer also receives the network's two inputs.
        frozen: neurons whose weights and bias training leaves alone, ascending.
        off: neurons that are switched off, ascending: their activation is 0 everywhere, whatever their
            pre-activation, and training leaves them alone too.
    """

    width: int
    activation: tuple[str, ...]
    pre: str = "identity"
    skip: bool = False
    frozen: tuple[int, ...] = ()
    off: tuple[int, ...] = ()


Layers = tuple[Layer, ...]


class Response(NamedTuple):
    """What one layer made of n points. Every array is (rows, n) float64.

    ``received`` is v, ``inputs`` is u = pre(v), ``preactivation`` is z, ``activation`` is a.
    """

    received: Array
    inputs: Array
    preactivation: Array
    activation: Array


@lru_cache(maxsize=512)
def shapes(layers: Layers) -> tuple[tuple[int, int], ...]:
    """Return (width, inputs) of every layer's weight matrix."""
    widths = [N_INPUTS] + [layer.width for layer in layers]
    return tuple(
        (layer.width, before + (N_INPUTS if layer.skip else 0)) for layer, before in zip(layers, widths, strict=False)
    )


def n_parameters(layers: Layers) -> int:
    """Return the length of the parameter vector."""
    return sum(width * (inputs + 1) for width, inputs in shapes(layers))


def split(layers: Layers, parameters: Array) -> list[tuple[Array, Array]]:
    """Return (W, b) of every layer as views into ``parameters``: writing to one writes to the other."""
    views = []
    start = 0
    for width, inputs in shapes(layers):
        middle = start + width * inputs
        end = middle + width
        views.append((parameters[start:middle].reshape(width, inputs), parameters[middle:end]))
        start = end
    return views


def is_weight(layers: Layers) -> Array:
    """Return a vector with 1.0 where a parameter is a weight and 0.0 where it is a bias."""
    mask = np.zeros(n_parameters(layers))
    for weights, _ in split(layers, mask):
        weights[...] = 1
    return mask


def held_parameters(layers: Layers) -> NDArray[np.intp] | None:
    """Return the places in the parameter vector that training leaves alone, ascending; None where there are none."""
    if not any(layer.frozen or layer.off for layer in layers):
        return None
    mask = np.zeros(n_parameters(layers))
    for layer, (weights, biases) in zip(layers, split(layers, mask), strict=True):
        held = [*layer.frozen, *layer.off]
        weights[held] = 1
        biases[held] = 1
    return np.flatnonzero(mask)


def initial_parameters(layers: Layers, initializer: Initializer, rng: Generator) -> Array:
    """Draw a new parameter vector: weights by ``initializer``, biases 0."""
    parameters = np.zeros(n_parameters(layers))
    for weights, _ in split(layers, parameters):
        weights[...] = initializer.draw(rng, *weights.shape)
    return parameters


@lru_cache(maxsize=512)
def runs(names: tuple[str, ...]) -> tuple[tuple[str, slice], ...]:
    """Return consecutive neurons with the same nonlinearity as (name, slice of rows)."""
    runs = []
    start = 0
    for name, group in groupby(names):
        end = start + len(list(group))
        runs.append((name, slice(start, end)))
        start = end
    return tuple(runs)


def write_activation(names: tuple[str, ...], off: tuple[int, ...], z: Array, a: Array) -> None:
    """Write row i's nonlinearity ``names[i]`` of row i of ``z`` (width, n) to row i of ``a``, 0 to the rows ``off``."""
    for name, rows in runs(names):
        ACTIVATIONS[name].write_value(z[rows], a[rows])
    for row in off:
        a[row] = 0


def write_activation_slope(names: tuple[str, ...], off: tuple[int, ...], z: Array, a: Array, slope: Array) -> None:
    """Write da/dz of what ``write_activation`` wrote, (width, n)."""
    for name, rows in runs(names):
        ACTIVATIONS[name].write_slope(z[rows], a[rows], slope[rows])
    for row in off:
        slope[row] = 0


class Part(NamedTuple):
    """One layer as every step needs it, looked up once per network instead of once per step.

    ``weights`` and ``biases`` are places in the parameter vector, ``units`` the layer's neurons among those of
    all layers; ``write_value`` and ``write_slope`` are those of the whole layer, None for the identity; ``off`` are
    the neurons that are switched off; ``before`` is the width of the layer before.
    """

    shape: tuple[int, int]
    weights: slice
    biases: slice
    units: slice
    skip: bool
    pre: Activation | None
    write_value: Callable[[Array, Array], object] | None
    write_slope: Callable[[Array, Array, Array], object] | None
    off: tuple[int, ...]
    before: int


@lru_cache(maxsize=512)
def plan(layers: Layers) -> tuple[Part, ...]:
    """Return the parts of a network, first layer first."""
    parts = []
    start, first_unit, before = 0, 0, N_INPUTS
    for layer, (width, inputs) in zip(layers, shapes(layers), strict=True):
        middle = start + width * inputs
        names, off = layer.activation, layer.off
        row = ACTIVATIONS[names[0]] if len(set(names)) == 1 and not off else None
        is_identity = row is ACTIVATIONS["identity"]
        parts.append(
            Part(
                shape=(width, inputs),
                weights=slice(start, middle),
                biases=slice(middle, middle + width),
                units=slice(first_unit, first_unit + width),
                skip=layer.skip,
                pre=None if layer.pre == "identity" else ACTIVATIONS[layer.pre],
                write_value=None if is_identity else row.write_value if row else partial(write_activation, names, off),
                write_slope=(
                    None if is_identity else row.write_slope if row else partial(write_activation_slope, names, off)
                ),
                off=off,
                before=before,
            )
        )
        start, first_unit, before = middle + width, first_unit + width, width
    return tuple(parts)


def forward(layers: Layers, parameters: Array, points: Array) -> list[Response]:
    """Return every layer's response to ``points`` (2, n) float64: x in row 0, y in row 1."""
    responses = []
    received = points
    for part in plan(layers):
        if part.skip:
            received = np.concatenate([received, points])
        inputs = received if part.pre is None else part.pre.value(received)
        z = np.dot(parameters[part.weights].reshape(part.shape), inputs)
        z += parameters[part.biases, None]
        a = z
        if part.write_value is not None:
            a = np.empty_like(z)
            part.write_value(z, a)
        responses.append(Response(received, inputs, z, a))
        received = a
    return responses


def uniform_layers(widths: Sequence[int], activation: str, output: str = "identity") -> Layers:
    """Return layers of the given widths, all hidden ones with one nonlinearity.

    >>> [layer.activation[0] for layer in uniform_layers([8, 8, 3], "tanh")]
    ['tanh', 'tanh', 'identity']
    """
    names = [activation] * (len(widths) - 1) + [output]
    return tuple(Layer(width, (name,) * width) for width, name in zip(widths, names, strict=True))
