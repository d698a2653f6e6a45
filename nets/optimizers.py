"""Optimisers: what to do with a gradient.

An optimiser is a pair of functions over the flat parameter vector. ``init(parameters)`` returns
a fresh state; ``update(parameters, gradient, state)`` returns new parameters and a new state and
changes nothing it was given. A state is a flat float64 vector, so that it travels in a document;
the docstrings say what is in it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


class Optimizer(NamedTuple):
    """An init/update pair with its hyperparameters closed over."""

    init: Callable[[Vector], Vector]
    update: Callable[[Vector, Vector, Vector], tuple[Vector, Vector]]


@dataclass(frozen=True)
class OptimizerRow:
    """One optimiser of the table.

    Attributes:
        name: the name documents use.
        make: ``learning_rate -> Optimizer``.
        formula: one step as plain text; g = gradient, η = learning rate.
        source: who described it (authors, year).
    """

    name: str
    make: Callable[[float], Optimizer]
    formula: str
    source: str


def sgd(learning_rate: float) -> Optimizer:
    """Stochastic gradient descent (Robbins and Monro, 1951). The state is empty."""

    def init(parameters: Vector) -> Vector:
        return np.empty(0)

    def update(parameters: Vector, gradient: Vector, state: Vector) -> tuple[Vector, Vector]:
        return parameters - learning_rate * gradient, state

    return Optimizer(init, update)


def momentum(learning_rate: float, mass: float = 0.9) -> Optimizer:
    """Heavy-ball momentum (Polyak, 1964). The state is the velocity v, (p,)."""

    def init(parameters: Vector) -> Vector:
        return np.zeros_like(parameters)

    def update(parameters: Vector, gradient: Vector, velocity: Vector) -> tuple[Vector, Vector]:
        velocity = mass * velocity + gradient
        return parameters - learning_rate * velocity, velocity

    return Optimizer(init, update)


def adam(learning_rate: float, b1: float = 0.9, b2: float = 0.999, eps: float = 1e-8) -> Optimizer:
    """Adam (Kingma and Ba, 2014). The state is m, v and the step count t, (2p + 1,)."""

    def init(parameters: Vector) -> Vector:
        return np.zeros(2 * parameters.size + 1)

    def update(parameters: Vector, gradient: Vector, state: Vector) -> tuple[Vector, Vector]:
        p = parameters.size
        new = np.empty_like(state)
        m, v = new[:p], new[p:-1]
        t = new[-1] = state[-1] + 1
        np.multiply(state[:p], b1, out=m)
        m += (1 - b1) * gradient
        np.multiply(state[p:-1], b2, out=v)
        v += (1 - b2) * gradient * gradient
        # both bias corrections folded into two scalars: m̂ / (√v̂ + eps)
        correction = np.sqrt(1 - b2**t)
        rate = learning_rate * correction / (1 - b1**t)
        return parameters - rate * m / (np.sqrt(v) + eps * correction), new

    return Optimizer(init, update)


_ROWS = (
    OptimizerRow("sgd", sgd, "w − η g", "Robbins and Monro, 1951"),
    OptimizerRow("momentum", momentum, "v ← 0.9 v + g;  w − η v", "Polyak, 1964"),
    OptimizerRow("adam", adam, "w − η m̂ / (√v̂ + 1e−8)", "Kingma and Ba, 2014"),
)

OPTIMIZERS: dict[str, OptimizerRow] = {row.name: row for row in _ROWS}
