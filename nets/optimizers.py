"""Optimisers: what to do with a gradient.

An optimiser is a pair of functions over the flat parameter vector. ``init(parameters)`` returns
a fresh state; ``update(parameters, gradient, state)`` returns new parameters and a new state and
changes nothing it was given. A state is a flat float64 vector, so that it travels in a document;
the docstrings say what is in it.
"""

from collections.abc import Callable, Mapping
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
class Hyperparameter:
    """One number that an optimiser has besides the learning rate.

    Attributes:
        name: the name documents use, and the keyword of ``make``; the same number of several optimisers
            has one name, label and range.
        label: what people read.
        default: what it is where nothing is said.
        low, high: the ends of its range, both allowed.
        meaning: what it does, in a few words.
    """

    name: str
    label: str
    default: float
    low: float
    high: float
    meaning: str


@dataclass(frozen=True)
class OptimizerRow:
    """One optimiser of the table.

    Attributes:
        name: the name documents use.
        make: ``(learning_rate, **hyperparameters) -> Optimizer``; those left out take their defaults.
        formula: one step as plain text; g = gradient, η = learning rate.
        source: who described it (authors, year).
        hyperparameters: what it has besides the learning rate.
    """

    name: str
    make: Callable[..., Optimizer]
    formula: str
    source: str
    hyperparameters: tuple[Hyperparameter, ...] = ()


def sgd(learning_rate: float) -> Optimizer:
    """Stochastic gradient descent (Robbins and Monro, 1951). The state is empty."""

    def init(parameters: Vector) -> Vector:
        return np.empty(0)

    def update(parameters: Vector, gradient: Vector, state: Vector) -> tuple[Vector, Vector]:
        return parameters - learning_rate * gradient, state

    return Optimizer(init, update)


def momentum(learning_rate: float, momentum: float = 0.9) -> Optimizer:
    """Heavy-ball momentum (Polyak, 1964). The state is the velocity v, (p,)."""

    def update(parameters: Vector, gradient: Vector, velocity: Vector) -> tuple[Vector, Vector]:
        velocity = momentum * velocity + gradient
        return parameters - learning_rate * velocity, velocity

    return Optimizer(np.zeros_like, update)


def nesterov(learning_rate: float, momentum: float = 0.9) -> Optimizer:
    """Nesterov's accelerated gradient (Nesterov, 1983) in the variables of Bengio, Boulanger-Lewandowski and
    Pascanu, 2013, where the parameters are the point that is looked ahead to. The state is the velocity v, (p,)."""

    def update(parameters: Vector, gradient: Vector, velocity: Vector) -> tuple[Vector, Vector]:
        velocity = momentum * velocity + gradient
        return parameters - learning_rate * (gradient + momentum * velocity), velocity

    return Optimizer(np.zeros_like, update)


def rmsprop(learning_rate: float, decay: float = 0.9, epsilon: float = 1e-8) -> Optimizer:
    """RMSprop (Tieleman and Hinton, 2012). The state is v, the running mean of squared gradients, (p,)."""

    def update(parameters: Vector, gradient: Vector, v: Vector) -> tuple[Vector, Vector]:
        v = decay * v + (1 - decay) * gradient * gradient
        return parameters - learning_rate * gradient / (np.sqrt(v) + epsilon), v

    return Optimizer(np.zeros_like, update)


def adam(learning_rate: float, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> Optimizer:
    """Adam (Kingma and Ba, 2014). The state is m, v and the step count t, (2p + 1,)."""

    def init(parameters: Vector) -> Vector:
        return np.zeros(2 * parameters.size + 1)

    def update(parameters: Vector, gradient: Vector, state: Vector) -> tuple[Vector, Vector]:
        p = parameters.size
        new = np.empty_like(state)
        m, v = new[:p], new[p:-1]
        t = new[-1] = state[-1] + 1
        np.multiply(state[:p], beta1, out=m)
        m += (1 - beta1) * gradient
        np.multiply(state[p:-1], beta2, out=v)
        v += (1 - beta2) * gradient * gradient
        # both bias corrections folded into two scalars: m̂ / (√v̂ + epsilon)
        correction = np.sqrt(1 - beta2**t)
        rate = learning_rate * correction / (1 - beta1**t)
        return parameters - rate * m / (np.sqrt(v) + epsilon * correction), new

    return Optimizer(init, update)


MOMENTUM = Hyperparameter("momentum", "momentum μ", 0.9, 0, 0.999, "how much of the velocity a step keeps")
DECAY = Hyperparameter("decay", "decay ρ", 0.9, 0, 0.9999, "how much of the mean squared gradient a step keeps")
BETA1 = Hyperparameter("beta1", "β₁", 0.9, 0, 0.9999, "how much of the mean gradient m a step keeps")
BETA2 = Hyperparameter("beta2", "β₂", 0.999, 0, 0.999999, "how much of the mean squared gradient v a step keeps")
EPSILON = Hyperparameter("epsilon", "ε", 1e-8, 1e-16, 1, "keeps the division from blowing up where gradients are small")

_ROWS = (
    OptimizerRow("sgd", sgd, "w − η g", "Robbins and Monro, 1951"),
    OptimizerRow("momentum", momentum, "v ← μ v + g;  w − η v", "Polyak, 1964", (MOMENTUM,)),
    OptimizerRow(
        "nesterov",
        nesterov,
        "v ← μ v + g;  w − η (g + μ v)",
        "Nesterov, 1983; Bengio, Boulanger-Lewandowski and Pascanu, 2013",
        (MOMENTUM,),
    ),
    OptimizerRow(
        "rmsprop",
        rmsprop,
        "v ← ρ v + (1 − ρ) g²;  w − η g / (√v + ε)",
        "Tieleman and Hinton, 2012",
        (DECAY, EPSILON),
    ),
    OptimizerRow(
        "adam",
        adam,
        "m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²;  w − η m̂ / (√v̂ + ε)",
        "Kingma and Ba, 2014",
        (BETA1, BETA2, EPSILON),
    ),
)

OPTIMIZERS: dict[str, OptimizerRow] = {row.name: row for row in _ROWS}

HYPERPARAMETERS: dict[str, Hyperparameter] = {
    entry.name: entry
    for entry in (MOMENTUM, DECAY, BETA1, BETA2, EPSILON)  # in the order in which they are shown
}


def applicable(optimizer: str, hyperparameters: Mapping[str, float]) -> dict[str, float]:
    """Return those hyperparameters that an optimiser has.

    >>> applicable("momentum", {"momentum": 0.5, "beta1": 0.8})
    {'momentum': 0.5}
    """
    names = [entry.name for entry in OPTIMIZERS[optimizer].hyperparameters]
    return {name: value for name, value in hyperparameters.items() if name in names}
