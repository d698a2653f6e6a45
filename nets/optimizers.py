"""Optimisers: what to do with a gradient.

An optimiser is a pair over the flat parameter vector: ``init(parameters)`` returns a fresh state,
``update(parameters, gradient, state)`` new parameters and a new state, and changes nothing it was
given. A state is a flat float64 vector, so that it travels in a document; the docstrings say what is
in it. Rows are written as vector operations on arrays that exist already, so that training makes none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from math import sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.lbfgs import Minimizer, lbfgs

Vector = NDArray[np.float64]


class Optimizer(NamedTuple):
    """An init/update pair with its hyperparameters closed over.

    Attributes:
        init: ``parameters -> state``.
        write_update: ``(parameters, gradient, state, new, new_state)`` writes the update into the last two.
            No two of the five share memory; what ``gradient`` holds afterwards is of no use.
    """

    init: Callable[[Vector], Vector]
    write_update: Callable[[Vector, Vector, Vector, Vector, Vector], object]

    def update(self, parameters: Vector, gradient: Vector, state: Vector) -> tuple[Vector, Vector]:
        """Return new parameters (p,) and a new state."""
        new, new_state = np.empty_like(parameters), np.empty_like(state)
        self.write_update(parameters, gradient.copy(), state, new, new_state)
        return new, new_state


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
        make: ``(learning_rate, **hyperparameters) -> Optimizer``; those left out take their defaults. Of one that
            looks at all points at once it is a ``Minimizer``, and the learning rate makes no difference.
        formula: one step as plain text; g = gradient, η = learning rate.
        source: who described it (authors, year).
        hyperparameters: what it has besides the learning rate.
        is_full_batch: whether it looks at all training points at once, whatever the batch size.
    """

    name: str
    make: Callable[..., Optimizer | Minimizer]
    formula: str
    source: str
    hyperparameters: tuple[Hyperparameter, ...] = ()
    is_full_batch: bool = False


def sgd(learning_rate: float) -> Optimizer:
    """Stochastic gradient descent (Robbins and Monro, 1951). The state is empty."""

    def write_update(parameters: Vector, gradient: Vector, state: Vector, new: Vector, new_state: Vector) -> None:
        np.multiply(gradient, learning_rate, new)
        np.subtract(parameters, new, new)

    return Optimizer(lambda parameters: np.empty(0), write_update)


def momentum(learning_rate: float, momentum: float = 0.9) -> Optimizer:
    """Heavy-ball momentum (Polyak, 1964). The state is the velocity v, (p,)."""

    def write_update(parameters: Vector, gradient: Vector, state: Vector, new: Vector, velocity: Vector) -> None:
        np.multiply(state, momentum, velocity)
        np.add(velocity, gradient, velocity)
        np.multiply(velocity, learning_rate, new)
        np.subtract(parameters, new, new)

    return Optimizer(np.zeros_like, write_update)


def nesterov(learning_rate: float, momentum: float = 0.9) -> Optimizer:
    """Nesterov's accelerated gradient (Nesterov, 1983) in the variables of Bengio, Boulanger-Lewandowski and
    Pascanu, 2013, where the parameters are the point that is looked ahead to. The state is the velocity v, (p,)."""

    def write_update(parameters: Vector, gradient: Vector, state: Vector, new: Vector, velocity: Vector) -> None:
        np.multiply(state, momentum, velocity)
        np.add(velocity, gradient, velocity)
        np.multiply(velocity, momentum, new)
        np.add(new, gradient, new)
        np.multiply(new, learning_rate, new)
        np.subtract(parameters, new, new)

    return Optimizer(np.zeros_like, write_update)


def adagrad(learning_rate: float, epsilon: float = 1e-8) -> Optimizer:
    """Adagrad (Duchi, Hazan and Singer, 2011). The state is s, the sum of squared gradients, (p,)."""

    def write_update(parameters: Vector, gradient: Vector, state: Vector, new: Vector, squares: Vector) -> None:
        np.multiply(gradient, gradient, squares)
        np.add(squares, state, squares)
        _write_scaled_step(parameters, gradient, squares, new, rate=learning_rate, epsilon=epsilon)

    return Optimizer(np.zeros_like, write_update)


def rmsprop(learning_rate: float, decay: float = 0.9, epsilon: float = 1e-8) -> Optimizer:
    """RMSprop (Tieleman and Hinton, 2012). The state is v, the running mean of squared gradients, (p,)."""

    def write_update(parameters: Vector, gradient: Vector, state: Vector, new: Vector, v: Vector) -> None:
        _write_mean_square(state, gradient, decay, v, scratch=new)
        _write_scaled_step(parameters, gradient, v, new, rate=learning_rate, epsilon=epsilon)

    return Optimizer(np.zeros_like, write_update)


def adam(learning_rate: float, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> Optimizer:
    """Adam (Kingma and Ba, 2014). The state is m, v and the step count t, (2p + 1,)."""
    return adamw(learning_rate, beta1, beta2, epsilon, weight_decay=0.0)


def adamw(
    learning_rate: float, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8, weight_decay: float = 0.01
) -> Optimizer:
    """Adam with decoupled weight decay (Loshchilov and Hutter, 2019), of weights and biases alike.

    The state is Adam's: m, v and the step count t, (2p + 1,).
    """

    def write_update(parameters: Vector, gradient: Vector, state: Vector, new: Vector, new_state: Vector) -> None:
        p = parameters.size
        m, v = new_state[:p], new_state[p:-1]
        t = new_state[-1] = state[-1] + 1
        _write_mean(state[:p], gradient, beta1, m, scratch=new)
        _write_mean_square(state[p:-1], gradient, beta2, v, scratch=new)
        # both bias corrections folded into two scalars: m̂ / (√v̂ + epsilon)
        correction = sqrt(1 - beta2**t)
        rate = learning_rate * correction / (1 - beta1**t)
        if weight_decay:
            parameters = np.multiply(parameters, 1 - learning_rate * weight_decay, gradient)
        _write_scaled_step(parameters, m, v, new, rate=rate, epsilon=epsilon * correction)

    return Optimizer(lambda parameters: np.zeros(2 * parameters.size + 1), write_update)


def nadam(learning_rate: float, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8) -> Optimizer:
    """Adam with Nesterov's momentum (Dozat, 2016), which warms up as there: μ_t = β₁ (1 − ½ · 0.96^(0.004 t)).

    The state is m, v, the product μ₁ μ₂ … μ_t and the step count t, (2p + 2,).
    """

    def mu(t: float) -> float:
        return float(beta1 * (1 - 0.5 * 0.96 ** (0.004 * t)))

    def write_update(parameters: Vector, gradient: Vector, state: Vector, new: Vector, new_state: Vector) -> None:
        p = parameters.size
        m, v = new_state[:p], new_state[p:-2]
        t = new_state[-1] = state[-1] + 1
        product = new_state[-2] = mu(t) * (state[-2] if t > 1 else 1)
        _write_mean(state[:p], gradient, beta1, m, scratch=new)
        _write_mean_square(state[p:-2], gradient, beta2, v, scratch=new)
        np.multiply(m, mu(t + 1) / (1 - product * mu(t + 1)), new)
        np.multiply(gradient, (1 - mu(t)) / (1 - product), gradient)
        np.add(gradient, new, gradient)
        correction = sqrt(1 - beta2**t)
        rate = learning_rate * correction
        _write_scaled_step(parameters, gradient, v, new, rate=rate, epsilon=epsilon * correction)

    return Optimizer(lambda parameters: np.zeros(2 * parameters.size + 2), write_update)


def lion(learning_rate: float, beta1: float = 0.9, beta2: float = 0.99, weight_decay: float = 0.01) -> Optimizer:
    """Lion, for evolved sign momentum (Chen, Liang, Huang, Real and others, 2023). The state is m, (p,)."""

    def write_update(parameters: Vector, gradient: Vector, state: Vector, new: Vector, m: Vector) -> None:
        _write_mean(state, gradient, beta1, m, scratch=new)
        np.sign(m, new)
        np.multiply(new, learning_rate, new)
        np.multiply(state, beta2, m)
        np.multiply(gradient, 1 - beta2, gradient)
        np.add(m, gradient, m)
        np.multiply(parameters, 1 - learning_rate * weight_decay, gradient)
        np.subtract(gradient, new, new)

    return Optimizer(np.zeros_like, write_update)


def _write_mean(mean: Vector, gradient: Vector, kept: float, new_mean: Vector, scratch: Vector) -> None:
    """Write the running mean of gradients: kept · mean + (1 − kept) · g."""
    np.multiply(mean, kept, new_mean)
    np.multiply(gradient, 1 - kept, scratch)
    np.add(new_mean, scratch, new_mean)


def _write_mean_square(mean: Vector, gradient: Vector, kept: float, new_mean: Vector, scratch: Vector) -> None:
    """Write the running mean of squared gradients: kept · mean + (1 − kept) · g²."""
    np.multiply(mean, kept, new_mean)
    np.multiply(gradient, gradient, scratch)
    np.multiply(scratch, 1 - kept, scratch)
    np.add(new_mean, scratch, new_mean)


def _write_scaled_step(
    parameters: Vector, direction: Vector, squares: Vector, new: Vector, *, rate: float, epsilon: float
) -> None:
    """Write w − rate · direction / (√squares + epsilon)."""
    np.sqrt(squares, new)
    np.add(new, epsilon, new)
    np.divide(direction, new, new)
    np.multiply(new, rate, new)
    np.subtract(parameters, new, new)


MOMENTUM = Hyperparameter("momentum", "momentum μ", 0.9, 0, 0.999, "how much of the velocity a step keeps")
DECAY = Hyperparameter("decay", "decay ρ", 0.9, 0, 0.9999, "how much of the mean squared gradient a step keeps")
BETA1 = Hyperparameter("beta1", "β₁", 0.9, 0, 0.9999, "how much of the mean gradient m a step keeps")
BETA2 = Hyperparameter("beta2", "β₂", 0.999, 0, 0.999999, "how much of the mean squared gradient v a step keeps")
DECOUPLED = Hyperparameter(
    "weight_decay",
    "weight decay λ",
    0.01,
    0,
    10,
    "share of itself, times η, by which a step makes every parameter smaller",
)
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
    OptimizerRow("adagrad", adagrad, "s ← s + g²;  w − η g / (√s + ε)", "Duchi, Hazan and Singer, 2011", (EPSILON,)),
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
    OptimizerRow(
        "adamw",
        adamw,
        "m, v as adam;  w − η (m̂ / (√v̂ + ε) + λ w)",
        "Loshchilov and Hutter, 2019",
        (BETA1, BETA2, EPSILON, DECOUPLED),
    ),
    OptimizerRow(
        "nadam",
        nadam,
        "m, v as adam;  w − η (μ′ m̂ + (1 − μ) ĝ) / (√v̂ + ε)",
        "Dozat, 2016",
        (BETA1, BETA2, EPSILON),
    ),
    OptimizerRow(
        "lion",
        lion,
        "w − η (sign(β₁ m + (1 − β₁) g) + λ w);  m ← β₂ m + (1 − β₂) g",
        "Chen, Liang, Huang, Real and others, 2023",
        (BETA1, replace(BETA2, default=0.99), DECOUPLED),
    ),
    OptimizerRow(
        "lbfgs",
        lambda learning_rate: lbfgs(),
        "w − t H g;  H from the last 10 steps, t by a line search, g of all points",
        "Nocedal, 1980; Liu and Nocedal, 1989",
        is_full_batch=True,
    ),
)

OPTIMIZERS: dict[str, OptimizerRow] = {row.name: row for row in _ROWS}

HYPERPARAMETERS: dict[str, Hyperparameter] = {
    entry.name: entry
    for entry in (MOMENTUM, DECAY, BETA1, BETA2, EPSILON, DECOUPLED)  # in the order in which they are shown
}


def applicable(optimizer: str, hyperparameters: Mapping[str, float]) -> dict[str, float]:
    """Return those hyperparameters that an optimiser has.

    >>> applicable("momentum", {"momentum": 0.5, "beta1": 0.8})
    {'momentum': 0.5}
    """
    names = [entry.name for entry in OPTIMIZERS[optimizer].hyperparameters]
    return {name: value for name, value in hyperparameters.items() if name in names}
