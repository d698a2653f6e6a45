"""The network: layers of neurons, each a function of the plane.

Arrays are neuron-major: a row is a neuron, a column a point of the plane, so that a row of a
layer's activations on a grid *is* that neuron's landscape. Parameters are one flat float64
vector; layer by layer the weight matrix ``W`` of shape (width, inputs) row by row, then the
bias vector ``b``.

In a layer, with ``v`` the activations of the layer before (and, with ``skip``, the network's
two inputs appended)::

    u = pre(v)        z = W u + b        a = activation(z)
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.initializers import Initializer
from nets.losses import Loss

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
    """

    width: int
    activation: tuple[str, ...]
    pre: str = "identity"
    skip: bool = False


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


def initial_parameters(layers: Layers, initializer: Initializer, rng: Generator) -> Array:
    """Draw a new parameter vector: weights by ``initializer``, biases 0."""
    parameters = np.zeros(n_parameters(layers))
    for weights, _ in split(layers, parameters):
        weights[...] = initializer.draw(rng, *weights.shape)
    return parameters


@lru_cache(maxsize=512)
def _runs(names: tuple[str, ...]) -> tuple[tuple[str, slice], ...]:
    """Return consecutive neurons with the same nonlinearity as (name, slice of rows)."""
    runs = []
    start = 0
    for name, group in groupby(names):
        end = start + len(list(group))
        runs.append((name, slice(start, end)))
        start = end
    return tuple(runs)


def activate(names: tuple[str, ...], z: Array) -> Array:
    """Apply row i's nonlinearity ``names[i]`` to row i of ``z`` (width, n)."""
    runs = _runs(names)
    if len(runs) == 1:
        return ACTIVATIONS[runs[0][0]].value(z)
    a = np.empty_like(z)
    for name, rows in runs:
        a[rows] = ACTIVATIONS[name].value(z[rows])
    return a


def activation_slope(names: tuple[str, ...], z: Array, a: Array) -> Array:
    """Return da/dz of ``activate``, shape (width, n)."""
    runs = _runs(names)
    if len(runs) == 1:
        return ACTIVATIONS[runs[0][0]].slope(z, a)
    slope = np.empty_like(z)
    for name, rows in runs:
        slope[rows] = ACTIVATIONS[name].slope(z[rows], a[rows])
    return slope


def forward(layers: Layers, parameters: Array, points: Array) -> list[Response]:
    """Return every layer's response to ``points`` (2, n) float64: x in row 0, y in row 1."""
    responses = []
    received = points
    for layer, (weights, biases) in zip(layers, split(layers, parameters), strict=True):
        if layer.skip:
            received = np.concatenate([received, points])
        inputs = received if layer.pre == "identity" else ACTIVATIONS[layer.pre].value(received)
        z = weights @ inputs
        z += biases[:, None]
        a = activate(layer.activation, z)
        responses.append(Response(received, inputs, z, a))
        received = a
    return responses


def loss_and_gradient(
    layers: Layers, parameters: Array, points: Array, targets: Array, loss: Loss
) -> tuple[float, Array]:
    """Return the loss over a batch and its gradient, by reverse accumulation (Linnainmaa, 1970).

    Args:
        parameters: (p,) float64.
        points: (2, n) float64.
        targets: (outputs, n) float64; one-hot columns for classes, values for regression.

    Returns:
        the loss, and d loss / d parameters of shape (p,).
    """
    responses = forward(layers, parameters, points)
    gradient = np.empty_like(parameters)
    value, upstream = loss.value_and_slope(responses[-1].activation, targets)
    steps = zip(layers, responses, split(layers, parameters), split(layers, gradient), strict=True)
    for index, (layer, response, (weights, _), (d_weights, d_biases)) in reversed(list(enumerate(steps))):
        received, inputs, z, a = response
        d_z = upstream
        if set(layer.activation) != {"identity"}:
            d_z = upstream * activation_slope(layer.activation, z, a)
        np.matmul(d_z, inputs.T, out=d_weights)
        np.add.reduce(d_z, axis=1, out=d_biases)
        if index:
            upstream = weights.T @ d_z
            if layer.pre != "identity":
                upstream = upstream * ACTIVATIONS[layer.pre].slope(received, inputs)
            upstream = upstream[: layers[index - 1].width]
    return value, gradient


def uniform_layers(widths: Sequence[int], activation: str, output: str = "identity") -> Layers:
    """Return layers of the given widths, all hidden ones with one nonlinearity.

    >>> [layer.activation[0] for layer in uniform_layers([8, 8, 3], "tanh")]
    ['tanh', 'tanh', 'identity']
    """
    names = [activation] * (len(widths) - 1) + [output]
    return tuple(Layer(width, (name,) * width) for width, name in zip(widths, names, strict=True))
