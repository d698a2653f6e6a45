"""Many convex polygons at once, and how each is cut in two by a line of its own.

The polygons of a set lie one after another in flat arrays, so that one cut is a few array operations however many
polygons there are. Each goes round anticlockwise. An edge that came from a cut says from which one and on which
side of it the polygon is, so that the polygons on both sides of it can be found without comparing coordinates.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]

BORDER = -1  # the label of an edge that came from no cut
SHORTEST = 1e-12  # of an edge that two polygons share, as a part of its cut


class Polygons(NamedTuple):
    """A set of r convex polygons with n corners in all.

    Attributes:
        corners: (n, 2), polygon after polygon, each anticlockwise.
        edges: (n,) of the edge from a corner to the next one of its polygon: ``BORDER``, or twice the number of the
            cut that it came from, plus 1 where the polygon is above the cut.
        starts: (r + 1,) where each polygon's corners begin; n at the end.
    """

    corners: Array
    edges: Indices
    starts: Indices

    def __len__(self) -> int:
        return len(self.starts) - 1

    @property
    def counts(self) -> Indices:
        """How many corners each polygon has, (r,)."""
        return np.diff(self.starts)

    @property
    def owners(self) -> Indices:
        """The polygon that each corner belongs to, (n,)."""
        return np.repeat(np.arange(len(self)), self.counts)

    @property
    def following(self) -> Indices:
        """The next corner of the same polygon, (n,)."""
        following = np.arange(1, len(self.corners) + 1)
        following[self.starts[1:] - 1] = self.starts[:-1]
        return following

    def areas(self) -> Array:
        """Return each polygon's area, (r,)."""
        u, v = (self.corners - np.repeat(self.corners[self.starts[:-1]], self.counts, axis=0)).T
        following = self.following
        return np.add.reduceat(u * v[following] - u[following] * v, self.starts[:-1]) / 2

    def middles(self) -> Array:
        """Return the mean of each polygon's corners, a point inside it, (r, 2)."""
        return np.add.reduceat(self.corners, self.starts[:-1]) / self.counts[:, None]

    def chosen(self, mask: Mask) -> "Polygons":
        """Return the polygons for which a mask (r,) is true."""
        counts = self.counts
        of_corners = np.repeat(mask, counts)
        return Polygons(self.corners[of_corners], self.edges[of_corners], _starts(counts[mask]))


class Cut(NamedTuple):
    """What a cut made of a set of r polygons, m of which were cut in two.

    Attributes:
        polygons: those that were left whole, then the lower halves, then the upper halves; r + m.
        sources: (r + m,) which polygon each is, or is a half of.
        is_above: (r + m,) whether it is on the upper side.
        ends: (m, 2, 2) both ends of every cut, as the polygon below passes them.
    """

    polygons: Polygons
    sources: Indices
    is_above: Mask
    ends: Array


def unit_square() -> Polygons:
    """Return one polygon, the square [0, 1]².

    >>> unit_square().areas().tolist()
    [1.0]
    """
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    return Polygons(corners, np.full(4, BORDER), np.array([0, 4]))


def cut(polygons: Polygons, heights: Array, first_cut: int) -> Cut:
    """Cut every polygon along the line on which a height, affine on the polygon, is 0.

    A polygon is cut only if it has corners both above and below 0. Where heights are exactly 0 the line goes through
    the corner; a polygon that only touches the line stays whole, and counts as below where it lies in it.

    Args:
        heights: (n,) at every corner. Of corners so close to the line that rounding decides on which side they are
            it should be 0.
        first_cut: the number of the first cut, for the labels of edges; the others count on from it.

    >>> halves = cut(unit_square(), np.array([-1.0, 0.0, 1.0, 0.0]), first_cut=0)
    >>> halves.polygons.areas().tolist(), halves.is_above.tolist(), halves.polygons.edges.tolist()
    ([0.5, 0.5], [False, True], [-1, 0, -1, -1, -1, 1])
    """
    starts = polygons.starts[:-1]
    is_above = np.maximum.reduceat(heights, starts) > 0
    is_cut = is_above & (np.minimum.reduceat(heights, starts) < 0)
    if not is_cut.any():
        return Cut(polygons, np.arange(len(polygons)), is_above, np.empty((0, 2, 2)))
    whole, parents = np.flatnonzero(~is_cut), np.flatnonzero(is_cut)
    halved = polygons.chosen(is_cut)
    its_heights = heights[np.repeat(is_cut, polygons.counts)]
    labels = 2 * (first_cut + halved.owners)
    lower = _half(halved, -its_heights, labels)
    upper = _half(halved, its_heights, labels + 1)
    along = np.flatnonzero(lower.edges == np.repeat(labels[halved.starts[:-1]], lower.counts))
    leaving = along[np.unique(lower.owners[along], return_index=True)[1]]
    return Cut(
        _joined([polygons.chosen(~is_cut), lower, upper]),
        np.concatenate([whole, parents, parents]),
        np.concatenate([is_above[whole], np.zeros_like(parents, bool), np.ones_like(parents, bool)]),
        np.stack([lower.corners[leaving], lower.corners[lower.following[leaving]]], axis=1),
    )


def _half(polygons: Polygons, heights: Array, labels: Indices) -> Polygons:
    """Return what of every polygon has a height of at least 0, ``labels`` (n,) being those of the cuts' edges."""
    following = polygons.following
    height, next_height = heights, heights[following]
    is_leaving = (height > 0) & (next_height < 0)
    is_crossing = is_leaving | ((height < 0) & (next_height > 0))
    between = np.zeros_like(polygons.corners)
    here, there = np.flatnonzero(is_crossing), following[is_crossing]
    share = (heights[here] / (heights[here] - heights[there]))[:, None]
    between[here] = (1 - share) * polygons.corners[here] + share * polygons.corners[there]
    # after each corner that is kept, the point where its edge crosses the line
    is_kept = np.stack([height >= 0, is_crossing], axis=1)
    corners = np.stack([polygons.corners, between], axis=1)[is_kept]
    along = np.stack([(height == 0) & (next_height < 0), is_leaving], axis=1)
    edges = np.where(along, labels[:, None], polygons.edges[:, None])[is_kept]
    counts = np.add.reduceat(is_kept.sum(axis=1), polygons.starts[:-1])
    return Polygons(corners, edges, _starts(counts))


def _joined(sets: list[Polygons]) -> Polygons:
    return Polygons(
        np.concatenate([polygons.corners for polygons in sets]),
        np.concatenate([polygons.edges for polygons in sets]),
        _starts(np.concatenate([polygons.counts for polygons in sets])),
    )


def _starts(counts: Indices) -> Indices:
    return np.concatenate([[0], np.cumsum(counts)])


class SharedEdges(NamedTuple):
    """Pieces of cuts that have one polygon on each side, m of them.

    Attributes:
        ends: (m, 2, 2).
        cuts: (m,) the number of the cut that each is a piece of.
        below, above: (m,) the polygons on its two sides.
    """

    ends: Array
    cuts: Indices
    below: Indices
    above: Indices


def shared_edges(polygons: Polygons, ends: Array) -> SharedEdges:
    """Return every piece of a cut along which two polygons meet.

    Later cuts may divide the two sides of a cut differently, so the corners of both sides divide it.

    Args:
        ends: (n_cuts, 2, 2) as ``cut`` returned them, all cuts one after another.
    """
    corners = np.flatnonzero(polygons.edges >= 0)
    cuts, is_above = np.divmod(polygons.edges[corners], 2)
    starts = np.where(is_above, polygons.following[corners], corners)  # in the direction of the cut
    way = ends[cuts, 1] - ends[cuts, 0]
    with np.errstate(invalid="ignore"):
        at = ((polygons.corners[starts] - ends[cuts, 0]) * way).sum(axis=1) / (way**2).sum(axis=1)
    order = np.lexsort((at, cuts))
    cuts, at, is_above, owners = cuts[order], at[order], is_above[order], polygons.owners[corners][order]
    # each start begins a piece, whose other side is what began last there
    below, above = (owners[_last(is_above == side)] for side in (0, 1))
    is_last = np.append(cuts[1:] != cuts[:-1], True)
    until = np.where(is_last, 1.0, np.append(at[1:], 1.0))
    is_piece = until - at > SHORTEST
    cuts, at, until = cuts[is_piece], at[is_piece, None], until[is_piece, None]
    first, second = ends[cuts, 0], ends[cuts, 1]
    pieces = np.stack([(1 - t) * first + t * second for t in (at, until)], axis=1)
    return SharedEdges(pieces, cuts, below[is_piece], above[is_piece])


def _last(mask: Mask) -> Indices:
    """Return, for every place, the last one up to it at which a mask is true; 0 where there is none."""
    return np.maximum.accumulate(np.where(mask, np.arange(len(mask)), 0))
