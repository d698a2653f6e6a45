"""Nonlinearities: what a neuron does to the height of its landscape.

Every function acts element by element on float64 arrays of any shape. A slope takes both the
pre-activation ``z`` and the activation ``a = value(z)``, because some slopes are cheaper from
the one and some from the other. At a kink the slope is the smaller of the two sides' (relu: 0 at 0,
hard_tanh: 0 at ±1); of ``abs`` it is 0, midway.

Rows write into an array that exists already, so that training makes none; only the slopes of silu and
gelu need another one for a moment.

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
GELU_SCALE = float(np.sqrt(2 / np.pi))
GELU_CUBIC = 0.044715
LOWEST_EXPONENT = -709.0  # exp of its negative is still finite


@dataclass(frozen=True)
class Activation:
    """One nonlinearity.

    Attributes:
        name: the name documents use.
        write_value: ``(z, out)`` writes a = value(z) into ``out``, which is another array than z.
        write_slope: ``(z, a, out)`` writes da/dz into ``out``, which is neither z nor a.
        formula: the function as plain text, for menus and tooltips.
        source: who described it (authors, year).
        kinks: the values of z at which the function is not differentiable.
        lowest: the lower end of its domain; below it the function is undefined (NaN).
        pieces: of a piecewise-linear function (slope, intercept) below its first kink, between its kinks, and above
            its last one; none of a smooth one. A kink itself belongs to the piece below it.
    """

    name: str
    write_value: Callable[[Array, Array], object]
    write_slope: Callable[[Array, Array, Array], object]
    formula: str
    source: str
    kinks: tuple[float, ...] = ()
    lowest: float = -np.inf
    pieces: tuple[tuple[float, float], ...] = ()

    def value(self, z: Array) -> Array:
        """Return a new array with the function's value at every element of ``z``.

        >>> ACTIVATIONS["relu"].value(np.array([-2.0, 3.0])).tolist()
        [0.0, 3.0]
        """
        a = np.empty_like(z)
        self.write_value(z, a)
        return a

    def slope(self, z: Array, a: Array) -> Array:
        """Return a new array with the slope da/dz at every element of ``z``, a being ``value(z)``."""
        slope = np.empty_like(z)
        self.write_slope(z, a, slope)
        return slope


def _logistic(z: Array, out: Array) -> None:
    """Write 1 / (1 + exp(−z)) with full relative precision in both tails; below −709 it stays at exp(−709), 1e-308."""
    np.maximum(z, LOWEST_EXPONENT, out=out)
    np.negative(out, out)
    np.exp(out, out)
    np.add(out, 1, out)
    np.reciprocal(out, out)


def _leaky_relu(z: Array, out: Array) -> None:
    np.multiply(z, LEAK, out)
    np.maximum(z, out, out=out)


def _leaky_relu_slope(z: Array, a: Array, out: Array) -> None:
    np.greater(z, 0, out)
    np.maximum(out, LEAK, out=out)


def _elu(z: Array, out: Array) -> None:
    """Write the larger of z and exp(min(z, 0)) − 1, which touch at 0."""
    np.minimum(z, 0, out=out)
    np.expm1(out, out)
    np.maximum(z, out, out=out)


def _elu_slope(z: Array, a: Array, out: Array) -> None:
    np.add(a, 1, out)
    np.minimum(out, 1, out=out)


def _tanh_slope(z: Array, a: Array, out: Array) -> None:
    np.multiply(a, a, out)
    np.subtract(1, out, out)


def _sigmoid_slope(z: Array, a: Array, out: Array) -> None:
    np.subtract(1, a, out)
    np.multiply(out, a, out)


def _hard_tanh_slope(z: Array, a: Array, out: Array) -> None:
    np.abs(z, out)
    np.less(out, 1, out)


def _gaussian(z: Array, out: Array) -> None:
    np.multiply(z, z, out)
    np.negative(out, out)
    np.exp(out, out)


def _gaussian_slope(z: Array, a: Array, out: Array) -> None:
    np.multiply(z, a, out)
    np.multiply(out, -2, out)


def _silu(z: Array, out: Array) -> None:
    _logistic(z, out)
    np.multiply(z, out, out)


def _silu_slope(z: Array, a: Array, out: Array) -> None:
    _logistic(z, out)
    np.add(out, a * (1 - out), out)


def _gelu_argument(z: Array, out: Array) -> None:
    """Write twice the argument of tanh, so that gelu(z) = z · logistic of it."""
    np.multiply(z, z, out)
    np.multiply(out, GELU_CUBIC, out)
    np.add(out, 1, out)
    np.multiply(out, z, out)
    np.multiply(out, 2 * GELU_SCALE, out)


def _gelu(z: Array, out: Array) -> None:
    _gelu_argument(z, out)
    _logistic(out, out)
    np.multiply(z, out, out)


def _gelu_slope(z: Array, a: Array, out: Array) -> None:
    _gelu_argument(z, out)
    _logistic(out, out)
    np.add(out, a * (1 - out) * 2 * GELU_SCALE * (1 + 3 * GELU_CUBIC * z * z), out)


@np.errstate(divide="ignore", invalid="ignore")  # undefined is an answer here, not an accident
def _log(z: Array, out: Array) -> None:
    np.log(z, out)


@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def _log_slope(z: Array, a: Array, out: Array) -> None:
    """Write 1 / √z², which is undefined where log is."""
    np.sqrt(z, out)
    np.multiply(out, out, out)
    np.reciprocal(out, out)


@np.errstate(invalid="ignore")
def _sqrt(z: Array, out: Array) -> None:
    np.sqrt(z, out)


@np.errstate(divide="ignore")
def _sqrt_slope(z: Array, a: Array, out: Array) -> None:
    np.abs(a, out)  # of −0, the root of −0
    np.divide(0.5, out, out)


_ROWS = (
    Activation("identity", np.positive, lambda z, a, out: out.fill(1), "z", "linear units", pieces=((1, 0),)),
    Activation(
        "relu",
        lambda z, out: np.maximum(z, 0, out=out),
        lambda z, a, out: np.greater(z, 0, out),
        "max(z, 0)",
        "Fukushima, 1969; Nair and Hinton, 2010",
        kinks=(0,),
        pieces=((0, 0), (1, 0)),
    ),
    Activation(
        "leaky_relu",
        _leaky_relu,
        _leaky_relu_slope,
        "z if z > 0 else 0.01 z",
        "Maas, Hannun and Ng, 2013",
        kinks=(0,),
        pieces=((LEAK, 0), (1, 0)),
    ),
    Activation(
        "elu",
        _elu,
        _elu_slope,
        "z if z > 0 else exp(z) − 1",
        "Clevert, Unterthiner and Hochreiter, 2015",
    ),
    Activation(
        "softplus",
        lambda z, out: np.logaddexp(z, 0, out),
        lambda z, a, out: _logistic(z, out),
        "log(1 + exp(z))",
        "Dugas, Bengio, Bélisle, Nadeau and Garcia, 2001",
    ),
    Activation("tanh", np.tanh, _tanh_slope, "tanh(z)", "LeCun, Bottou, Orr and Müller, 1998"),
    Activation(
        "sigmoid",
        _logistic,
        _sigmoid_slope,
        "1 / (1 + exp(−z))",
        "Rumelhart, Hinton and Williams, 1986",
    ),
    Activation(
        "hard_tanh",
        lambda z, out: np.clip(z, -1, 1, out),
        _hard_tanh_slope,
        "min(max(z, −1), 1)",
        "Collobert, 2004",
        kinks=(-1, 1),
        pieces=((0, -1), (1, 0), (0, 1)),
    ),
    Activation(
        "sin",
        np.sin,
        lambda z, a, out: np.cos(z, out),
        "sin(z)",
        "Sitzmann, Martel, Bergman, Lindell and Wetzstein, 2020",
    ),
    Activation("gaussian", _gaussian, _gaussian_slope, "exp(−z²)", "Broomhead and Lowe, 1988"),
    Activation(
        "step",
        lambda z, out: np.greater(z, 0, out),
        lambda z, a, out: out.fill(0),
        "1 if z > 0 else 0",
        "McCulloch and Pitts, 1943",
        kinks=(0,),
        pieces=((0, 0), (0, 1)),
    ),
    Activation(
        "abs",
        np.abs,
        lambda z, a, out: np.sign(z, out),
        "|z|",
        "Jarrett, Kavukcuoglu, Ranzato and LeCun, 2009",
        kinks=(0,),
        pieces=((-1, 0), (1, 0)),
    ),
    Activation(
        "square",
        np.square,
        lambda z, a, out: np.multiply(z, 2, out),
        "z²",
        "Livni, Shalev-Shwartz and Shamir, 2014",
    ),
    Activation("silu", _silu, _silu_slope, "z / (1 + exp(−z))", "Elfwing, Uchibe and Doya, 2017"),
    Activation(
        "gelu",
        _gelu,
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
        lambda z, a, out: np.positive(a, out),
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
