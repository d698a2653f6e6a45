"""Initialisers: how the weights of a new layer are drawn. Biases always start at 0."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Initializer:
    """One way to draw a weight matrix.

    Attributes:
        name: the name documents use.
        draw: ``(rng, width, inputs) -> W`` of shape (width, inputs), float64.
        formula: the distribution as plain text; n = inputs, m = width.
        source: who described it (authors, year).
    """

    name: str
    draw: Callable[[Generator, int, int], Array]
    formula: str
    source: str


_ROWS = (
    Initializer(
        "uniform",
        lambda rng, width, inputs: rng.uniform(-1, 1, (width, inputs)),
        "U(−1, 1)",
        "the plain choice",
    ),
    Initializer(
        "glorot",
        lambda rng, width, inputs: rng.normal(0, np.sqrt(2 / (inputs + width)), (width, inputs)),
        "N(0, 2 / (n + m))",
        "Glorot and Bengio, 2010",
    ),
    Initializer(
        "he",
        lambda rng, width, inputs: rng.normal(0, np.sqrt(2 / inputs), (width, inputs)),
        "N(0, 2 / n)",
        "He, Zhang, Ren and Sun, 2015",
    ),
    Initializer(
        "zeros",
        lambda rng, width, inputs: np.zeros((width, inputs)),
        "0",
        "shows why symmetry must be broken",
    ),
)

INITIALIZERS: dict[str, Initializer] = {row.name: row for row in _ROWS}
