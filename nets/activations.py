"""Nonlinearities: what a neuron does to the height of its landscape.

Every function acts element by element on float64 arrays of any shape. A slope takes both the
pre-activation ``z`` and the activation ``a = value(z)``, because some slopes are cheaper from
the one and some from the other. At a kink the slope is the smaller of the two sides' (relu: 0 at 0,
hard_tanh: 0 at ±1); of ``abs`` it is 0, midway.

``log`` and ``sqrt`` have no value below 0: there they and their slopes are NaN, and whatever is computed
from them is NaN too, even with a weight of 0. At 0 itself log is −∞, sqrt is 0, and both slopes are +∞,
the limit from the right. ``exp`` overflows to +∞ above 709.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

LEAK = 0.01  # slope of leaky_relu on the negative side
GELU_SCALE = np.sqrt(2 / np.pi)
GELU_CUBIC = 0.044715


@dataclass(frozen=True)
class Activation:
    """One nonlinearity.

    Attributes:
        name: the name documents use.
        value: ``z -> a``, element by element.
        slope: ``(z, a) -> da/dz``, element by element.
        formula: the function as plain text, for menus and tooltips.
        source: who described it (authors, year).
        kinks: the values of z at which the function is not differentiable.
        lowest: the lower end of its domain; below it the function is undefined (NaN).
    """

    name: str
    value: Callable[[Array], Array]
    slope: Callable[[Array, Array], Array]
    formula: str
    source: str
    kinks: tuple[float, ...] = ()
    lowest: float = -np.inf


def logistic(z: Array) -> Array:
    """Return 1 / (1 + exp(-z)) without overflow and with full relative precision in both tails."""
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def _gelu_argument(z: Array) -> Array:
    """Return twice the argument of tanh, so that gelu(z) = z · logistic(_gelu_argument(z))."""
    return 2 * GELU_SCALE * (z + GELU_CUBIC * z * z * z)


def _gelu_slope(z: Array, a: Array) -> Array:
    gate = logistic(_gelu_argument(z))
    return gate + z * gate * (1 - gate) * 2 * GELU_SCALE * (1 + 3 * GELU_CUBIC * z * z)


def _silu_slope(z: Array, a: Array) -> Array:
    gate = logistic(z)
    return gate * (1 + z * (1 - gate))


@np.errstate(divide="ignore", invalid="ignore")  # undefined is an answer here, not an accident
def _log(z: Array) -> Array:
    return np.log(z)


@np.errstate(divide="ignore", over="ignore")
def _log_slope(z: Array, a: Array) -> Array:
    return np.where(z < 0, np.nan, 1 / np.abs(z))


@np.errstate(invalid="ignore")
def _sqrt(z: Array) -> Array:
    return np.sqrt(z)


@np.errstate(divide="ignore")
def _sqrt_slope(z: Array, a: Array) -> Array:
    return 0.5 / np.abs(a)


_ROWS = (
    Activation("identity", lambda z: z, lambda z, a: np.ones_like(z), "z", "linear units"),
    Activation(
        "relu",
        lambda z: np.maximum(z, 0),
        lambda z, a: (z > 0).astype(z.dtype),
        "max(z, 0)",
        "Fukushima, 1969; Nair and Hinton, 2010",
        kinks=(0,),
    ),
    Activation(
        "leaky_relu",
        lambda z: np.maximum(z, LEAK * z),
        lambda z, a: np.where(z > 0, 1.0, LEAK),
        "z if z > 0 else 0.01 z",
        "Maas, Hannun and Ng, 2013",
        kinks=(0,),
    ),
    Activation(
        "elu",
        lambda z: np.where(z > 0, z, np.expm1(np.minimum(z, 0))),
        lambda z, a: np.where(z > 0, 1.0, a + 1),
        "z if z > 0 else exp(z) − 1",
        "Clevert, Unterthiner and Hochreiter, 2015",
    ),
    Activation(
        "softplus",
        lambda z: np.maximum(z, 0) + np.log1p(np.exp(-np.abs(z))),
        lambda z, a: logistic(z),
        "log(1 + exp(z))",
        "Dugas, Bengio, Bélisle, Nadeau and Garcia, 2001",
    ),
    Activation("tanh", np.tanh, lambda z, a: 1 - a * a, "tanh(z)", "LeCun, Bottou, Orr and Müller, 1998"),
    Activation(
        "sigmoid",
        logistic,
        lambda z, a: a * (1 - a),
        "1 / (1 + exp(−z))",
        "Rumelhart, Hinton and Williams, 1986",
    ),
    Activation(
        "hard_tanh",
        lambda z: np.clip(z, -1, 1),
        lambda z, a: (np.abs(z) < 1).astype(z.dtype),
        "min(max(z, −1), 1)",
        "Collobert, 2004",
        kinks=(-1, 1),
    ),
    Activation(
        "sin", np.sin, lambda z, a: np.cos(z), "sin(z)", "Sitzmann, Martel, Bergman, Lindell and Wetzstein, 2020"
    ),
    Activation(
        "gaussian",
        lambda z: np.exp(-z * z),
        lambda z, a: -2 * z * a,
        "exp(−z²)",
        "Broomhead and Lowe, 1988",
    ),
    Activation(
        "step",
        lambda z: (z > 0).astype(z.dtype),
        lambda z, a: np.zeros_like(z),
        "1 if z > 0 else 0",
        "McCulloch and Pitts, 1943",
        kinks=(0,),
    ),
    Activation(
        "abs",
        np.abs,
        lambda z, a: np.sign(z),
        "|z|",
        "Jarrett, Kavukcuoglu, Ranzato and LeCun, 2009",
        kinks=(0,),
    ),
    Activation("square", np.square, lambda z, a: 2 * z, "z²", "Livni, Shalev-Shwartz and Shamir, 2014"),
    Activation(
        "silu",
        lambda z: z * logistic(z),
        _silu_slope,
        "z / (1 + exp(−z))",
        "Elfwing, Uchibe and Doya, 2017",
    ),
    Activation(
        "gelu",
        lambda z: z * logistic(_gelu_argument(z)),
        _gelu_slope,
        "½ z (1 + tanh(√(2/π) (z + 0.044715 z³)))",
        "Hendrycks and Gimpel, 2016 (their tanh form)",
    ),
    Activation(
        "log",
        _log,
        _log_slope,
        "log(z) for z > 0",
        "Durbin and Rumelhart, 1989 (before the weights of their product units)",
        lowest=0,
    ),
    Activation(
        "exp",
        np.exp,
        lambda z, a: a,
        "exp(z)",
        "Durbin and Rumelhart, 1989 (after the weights of their product units)",
    ),
    Activation(
        "sqrt",
        _sqrt,
        _sqrt_slope,
        "√z for z ≥ 0",
        "Gulcehre, Cho, Pascanu and Bengio, 2014 (after squares: their norm of order 2)",
        lowest=0,
    ),
)

ACTIVATIONS: dict[str, Activation] = {row.name: row for row in _ROWS}
