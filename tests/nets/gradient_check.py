"""The one gradient checker: an analytic gradient against central differences."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

STEP = 1e-6  # of a difference: its square, the truncation error, is about the rounding error of one difference


def central_difference(function: Callable[[Array], float], at: Array) -> Array:
    """Return the slopes of a scalar function of an array of any shape, one coordinate at a time."""
    slopes = np.empty_like(at)
    for index in np.ndindex(at.shape):
        offset = np.zeros_like(at)
        offset[index] = STEP
        slopes[index] = (function(at + offset) - function(at - offset)) / (2 * STEP)
    return slopes


def assert_is_gradient(gradient: Array, function: Callable[[Array], float], at: Array) -> None:
    """Fail, with both numbers, where ``gradient`` is not that of ``function`` at ``at``."""
    np.testing.assert_allclose(gradient, central_difference(function, at), rtol=1e-6, atol=1e-8)
