"""Surfaces: every neuron's landscape on a grid over the model's domain.

A surface is (n, n) float64 with row = y ascending and column = x ascending, as Plotly's ``z``
expects.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.model import Model
from nets.network import forward

Array = NDArray[np.float64]

GRID_SIZE = 49  # points per axis


class LayerSurfaces(NamedTuple):
    """All landscapes of one layer, before and after the nonlinearity: (width, n, n) each."""

    preactivation: Array
    activation: Array


def axes(model: Model, n: int = GRID_SIZE) -> tuple[Array, Array]:
    """Return the grid's x and y coordinates, (n,) each, ends of the domain included.

    >>> from nets import create, dataset
    >>> x, y = axes(create(dataset("xor")), n=5)
    >>> x.tolist()
    [-1.0, -0.5, 0.0, 0.5, 1.0]
    """
    (x_min, x_max), (y_min, y_max) = model.domain
    return np.linspace(x_min, x_max, n), np.linspace(y_min, y_max, n)


def grid(model: Model, n: int = GRID_SIZE) -> Array:
    """Return the grid's points as (2, n²): point ``row * n + column`` is (x[column], y[row])."""
    x, y = axes(model, n)
    return np.stack([np.tile(x, n), np.repeat(y, n)])


def surfaces(model: Model, n: int = GRID_SIZE) -> list[LayerSurfaces]:
    """Return every layer's surfaces; layer 0 is the inputs, whose two surfaces are x and y as the network sees them.

    >>> from nets import create, dataset
    >>> layers = surfaces(create(dataset("xor"), hidden=[4]), n=3)
    >>> [layer.activation.shape for layer in layers]
    [(2, 3, 3), (4, 3, 3), (2, 3, 3)]
    >>> layers[0].activation[0].tolist()  # x: every row, and rows are y, has the same
    [[-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0], [-1.0, 0.0, 1.0]]
    """
    points = model.inputs.standardise(grid(model, n))
    inputs = points.reshape(2, n, n)
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        responses = forward(model.layers, model.parameters, points)
    layers = [
        LayerSurfaces(response.preactivation.reshape(-1, n, n), response.activation.reshape(-1, n, n))
        for response in responses
    ]
    return [LayerSurfaces(inputs, inputs), *layers]
