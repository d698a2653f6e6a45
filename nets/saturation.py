"""Saturation: neurons whose nonlinearity is flat where it is used, so that little or no gradient passes them.

A nonlinearity saturates on a side on which its slope falls to 0 (Gulcehre, Moczulski, Denil and Bengio, 2016): tanh and
sigmoid on both, relu and exp on the left, log and sqrt on the right, identity, leaky_relu and sin on none.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.network import Layer, Response, write_activation_slope

Array = NDArray[np.float64]

FLAT = 0.05  # of the steepest slope of a nonlinearity, 1 at most: below it little is left to learn by
MOSTLY = 0.75  # share of the training points at which a saturated neuron is flat: it learns from a quarter at best
FAR = 1e9  # from 0: as good as infinitely far
VANISHED = 1e-3  # a slope below this at FAR falls to 0; leaky_relu's 0.01 does not
RANGE = 1000.0  # around 0: where slopes are steepest and tails begin, for all that have them
SPACING = 0.01  # of the pre-activations that are looked at to find where
HALVINGS = 40  # of a spacing: to the last bits


@lru_cache(maxsize=len(ACTIVATIONS))
def tails(name: str) -> tuple[float, float]:
    """Return the pre-activations (low, high) beyond which a nonlinearity is flat; ∓∞ on a side where it never is.

    Flat means that |slope| is at most ``FLAT`` of the steepest it gets, or of 1 where that is more. For example
    tanh is flat beyond ±artanh(√0.95) = ±2.18, exp below log 0.05 = −3, log above 20, and relu below 0.

    >>> tails("relu")
    (0.0, inf)
    """
    slopes = _absolute_slopes(name, np.arange(-RANGE, RANGE, SPACING))
    limit = FLAT * min(1.0, float(np.nanmax(slopes)))
    low, high = (_tail(name, side, limit) for side in (-1.0, 1.0))
    return 0.0 - low, high


def _tail(name: str, side: float, limit: float) -> float:
    """Return how far from 0 the tail begins on a side, by bisection from the last place that is steep."""
    if not _absolute_slopes(name, np.array([side * FAR]))[0] < VANISHED:
        return np.inf
    distances = np.arange(0.0, RANGE, SPACING)
    steep = distances[_absolute_slopes(name, side * distances) > limit]
    if not steep.size:
        return 0.0
    near, far = steep[-1], steep[-1] + SPACING
    for _ in range(HALVINGS):
        middle = (near + far) / 2
        is_steep = _absolute_slopes(name, np.array([side * middle]))[0] > limit
        near, far = (middle, far) if is_steep else (near, middle)
    return float(far)


def _absolute_slopes(name: str, z: Array) -> Array:
    row = ACTIVATIONS[name]
    with np.errstate(all="ignore"):
        return np.abs(row.slope(z, row.value(z)))


def dead_neurons(layer: Layer, response: Response) -> tuple[int, ...]:
    """Return the neurons whose activation has slope exactly 0 at every point of ``response``, ascending.

    No gradient passes them: training moves neither them nor, through them, what comes before. Neurons that
    are switched off are not among them.
    """
    slopes = np.empty_like(response.activation)
    write_activation_slope(layer.activation, layer.off, response.preactivation, response.activation, slopes)
    return _numbers((slopes == 0).all(axis=1), layer.off)


def saturated_neurons(layer: Layer, response: Response) -> tuple[int, ...]:
    """Return the neurons that are in a tail of their nonlinearity at ``MOSTLY`` of the points or more, ascending.

    Neurons that are dead or switched off are not among them.
    """
    low, high = np.array([tails(name) for name in layer.activation]).T[:, :, None]
    is_flat = (response.preactivation < low) | (response.preactivation > high)
    return _numbers(is_flat.mean(axis=1) >= MOSTLY, (*layer.off, *dead_neurons(layer, response)))


def _numbers(is_one: NDArray[np.bool_], others: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(neuron for neuron in np.flatnonzero(is_one).tolist() if neuron not in others)
