"""Initialisers: how the weights of a new layer are drawn. Biases are no part of it, see ``nets.model.Initial``."""

import math
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


def _orthogonal(rng: Generator, width: int, inputs: int) -> Array:
    """Draw a matrix whose rows, or columns where there are more rows, are orthonormal, none more likely than another.

    Q of a normal matrix is not yet uniform (Haar): it depends on how the signs of R's diagonal are chosen,
    and with all of them positive it is (Mezzadri, 2007).
    """
    q, r = np.linalg.qr(rng.standard_normal((max(width, inputs), min(width, inputs))))
    q *= np.copysign(1, np.diag(r))
    return q if width >= inputs else np.ascontiguousarray(q.T)


def _sparse(rng: Generator, width: int, inputs: int) -> Array:
    """Draw normal weights for ⌈√n⌉ of a neuron's n inputs, chosen for every neuron anew, and 0 for the others."""
    is_first = np.arange(inputs) < math.ceil(math.sqrt(inputs))
    is_chosen = rng.permuted(np.tile(is_first, (width, 1)), axis=1)
    return np.where(is_chosen, rng.standard_normal((width, inputs)), 0.0)


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
        "lecun",
        lambda rng, width, inputs: rng.normal(0, np.sqrt(1 / inputs), (width, inputs)),
        "N(0, 1 / n)",
        "LeCun, Bottou, Orr and Müller, 1998",
    ),
    Initializer(
        "orthogonal",
        _orthogonal,
        "orthonormal rows or columns, uniformly",
        "Saxe, McClelland and Ganguli, 2014; Mezzadri, 2007",
    ),
    Initializer(
        "sparse",
        _sparse,
        "N(0, 1) for ⌈√n⌉ inputs at random, 0 for the others",
        "Martens, 2010 (15 inputs, whatever n)",
    ),
    Initializer(
        "zeros",
        lambda rng, width, inputs: np.zeros((width, inputs)),
        "0",
        "shows why symmetry must be broken",
    ),
)

INITIALIZERS: dict[str, Initializer] = {row.name: row for row in _ROWS}
