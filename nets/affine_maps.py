"""Affine maps: what neurons are on regions of the plane, with a bound of what rounding does to them."""

from typing import NamedTuple

import numpy as np

from nets.polygons import Array, Indices

NEAR = 1e-12  # sides of the square: a line that passes a point no farther away goes through it
ROUNDING = 128 * np.finfo(np.float64).eps  # of a height, as a part of the largest number that it was computed from


class AffineMaps(NamedTuple):
    """What w neurons are on each of r regions: coefficients[…, 0] u + coefficients[…, 1] v + coefficients[…, 2].

    Attributes:
        coefficients: (r, w, 3).
        sizes: (r, w) what the absolute values of all terms add up to at most, which bounds what rounding does.
    """

    coefficients: Array
    sizes: Array

    def of(self, sources: Indices) -> "AffineMaps":
        """Return the maps on other regions, each of which lies in one of these."""
        return AffineMaps(self.coefficients[sources], self.sizes[sources])

    def heights(self, row: int, points: Array, sources: Indices, level: float = 0.0) -> Array:
        """Return how far neuron ``row`` is above a level at points, exactly 0 where rounding might decide.

        Args:
            points: (n, 2).
            sources: (n,) the region whose map is meant at each.
        """
        slope_u, slope_v, constant = self.coefficients[:, row].T
        unsure = np.maximum(NEAR * np.hypot(slope_u, slope_v), ROUNDING * (self.sizes[:, row] + abs(level)))
        heights = slope_u[sources] * points[:, 0] + slope_v[sources] * points[:, 1] + (constant - level)[sources]
        heights[np.abs(heights) <= unsure[sources]] = 0
        return np.asarray(heights)
