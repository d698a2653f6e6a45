"""Inputs: how data in any unit reaches the network, and which part of the plane such data is drawn in.

Data, domain and axes keep the data's own units. The network sees each coordinate standardised,
(x − centre) / scale, so that weights of the usual size fit data of any size.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Domain = tuple[tuple[float, float], tuple[float, float]]

UNIT_SQUARE: Domain = ((-1.0, 1.0), (-1.0, 1.0))
FARTHEST = 1e6  # a coordinate, of a point or of a corner of the domain
NARROWEST = 1e-6  # an axis of the domain
MARGIN = 0.05  # of the data's extent, left free on each side


@dataclass(frozen=True)
class Inputs:
    """The centre and the scale by which each coordinate is standardised; by default nothing changes.

    Attributes:
        centre: (x, y), subtracted.
        scale: (x, y), positive; what is left is divided by it.
    """

    centre: tuple[float, float] = (0.0, 0.0)
    scale: tuple[float, float] = (1.0, 1.0)

    def standardise(self, points: Array) -> Array:
        """Return points (2, n), in the data's units, as the network sees them.

        >>> Inputs(centre=(100, 0), scale=(50, 1)).standardise(np.array([[50.0, 200.0], [0.5, -1.0]])).tolist()
        [[-1.0, 2.0], [0.5, -1.0]]
        """
        return (points - np.array(self.centre)[:, None]) / np.array(self.scale)[:, None]


def frame(points: Array) -> tuple[Domain, Inputs]:
    """Return the domain to draw points (2, n) in, and the inputs that take it to the square [−1, 1]².

    Points within that square need neither. Others have the box around them, with a margin, its ends
    rounded outwards to a few digits.

    >>> frame(np.array([[0.0, 10.0], [20.0, 30.0]]))
    (((-1.0, 11.0), (19.0, 31.0)), Inputs(centre=(5.0, 25.0), scale=(6.0, 6.0)))
    """
    if np.abs(points).max() <= 1:
        return UNIT_SQUARE, Inputs()
    x, y = (_axis(float(row.min()), float(row.max())) for row in points)
    centre, scale = ((_short(x[0] / 2 + sign * x[1] / 2), _short(y[0] / 2 + sign * y[1] / 2)) for sign in (1, -1))
    return (x, y), Inputs(centre, (abs(scale[0]), abs(scale[1])))


def _short(number: float) -> float:
    """Return a number without the noise of its last digits."""
    return float(f"{number:.12g}")


def _axis(low: float, high: float) -> tuple[float, float]:
    """Return an interval around [low, high] with a margin, of ends that are short to write."""
    extent = max(high - low, 20 * NARROWEST)
    if high == low:
        extent = max(extent, abs(low))
    step = 10.0 ** (math.floor(math.log10(extent)) - 1)
    digits = max(0, round(-math.log10(step)))
    margin = MARGIN * extent
    below, above = (round((low - margin) / step, 6), round((high + margin) / step, 6))
    ends = (math.floor(below) * step, math.ceil(above) * step)
    return max(round(ends[0], digits), -FARTHEST), min(round(ends[1], digits), FARTHEST)
