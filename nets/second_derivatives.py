"""Second derivatives of the nonlinearities: how they bend. Training needs none; curvature does.

Every row of ``ACTIVATIONS`` has one here, a function of the pre-activation ``z`` and the activation ``a = value(z)``,
float64 arrays of one shape, which returns a new array d²a/dz². What consists of straight pieces has 0, at its kinks
too, where it has none: a kink is not seen as curvature. elu, which is smooth but for its second derivative, has the
smaller of the two sides' at 0, which is 0.

Those of ``log`` and ``sqrt`` are NaN below 0 and −∞ at 0, the limit from the right, as the functions and their slopes
are undefined and infinitely steep there.
"""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS, GELU_CUBIC, GELU_SCALE

Array = NDArray[np.float64]


def _straight(z: Array, a: Array) -> Array:
    return np.zeros_like(z)


def _elu(z: Array, a: Array) -> Array:
    return np.exp(np.minimum(z, 0)) * (z < 0)


def _logistic(z: Array) -> tuple[Array, Array]:
    """Return σ′(z) and tanh(|z| / 2), both without cancellation; σ(z) = 1 / (1 + exp(−z)) is the logistic function."""
    e = np.exp(-np.abs(z))
    return e / np.square(1 + e), (1 - e) / (1 + e)


def _softplus(z: Array, a: Array) -> Array:
    return _logistic(z)[0]


def _silu(z: Array, a: Array) -> Array:
    """Return (z σ(z))″ = 2 σ′ + z σ″, where σ″ = −σ′ tanh(z / 2)."""
    slope, rise = _logistic(z)
    return slope * (2 - np.abs(z) * rise)


def _gelu(z: Array, a: Array) -> Array:
    """Return (z σ(u))″ = σ′ (2 u′ + z u″) + z σ″ u′², where u is twice the argument of gelu's tanh."""
    u = 2 * GELU_SCALE * z * (1 + GELU_CUBIC * z * z)
    u_slope = 2 * GELU_SCALE * (1 + 3 * GELU_CUBIC * z * z)
    u_bend = 12 * GELU_SCALE * GELU_CUBIC * z
    slope, rise = _logistic(u)
    return slope * (2 * u_slope + z * u_bend - np.abs(z) * rise * np.square(u_slope))


@np.errstate(divide="ignore", over="ignore", invalid="ignore")  # undefined and infinite are answers here
def _log(z: Array, a: Array) -> Array:
    return -np.square(ACTIVATIONS["log"].slope(z, a))


@np.errstate(divide="ignore", over="ignore", invalid="ignore")
def _sqrt(z: Array, a: Array) -> Array:
    return -0.25 / np.abs(a) / np.abs(z)  # of −0 too, whose root is −0


SECOND_DERIVATIVES: dict[str, Callable[[Array, Array], Array]] = {
    "identity": _straight,
    "relu": _straight,
    "leaky_relu": _straight,
    "elu": _elu,
    "softplus": _softplus,
    "tanh": lambda z, a: -2 * a * (1 - a * a),
    "sigmoid": lambda z, a: a * (1 - a) * (1 - 2 * a),
    "hard_tanh": _straight,
    "sin": lambda z, a: -a,
    "gaussian": lambda z, a: 4 * z * (z * a) - 2 * a,
    "step": _straight,
    "abs": _straight,
    "square": lambda z, a: np.full_like(z, 2),
    "silu": _silu,
    "gelu": _gelu,
    "log": _log,
    "exp": lambda z, a: a.copy(),
    "sqrt": _sqrt,
}
