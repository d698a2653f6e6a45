"""Convex polygons cut by lines, against hand computation."""

import numpy as np
import pytest

from nets.polygons import BORDER, Polygons, cut, shared_edges, unit_square


def triangle_and_square() -> Polygons:
    corners = [[0, 0], [2, 0], [0, 2], [3, 0], [4, 0], [4, 1], [3, 1]]
    return Polygons(np.array(corners, dtype=float), np.full(7, BORDER), np.array([0, 3, 7]))


def heights_of(polygons: Polygons, a: float, b: float, c: float) -> np.ndarray:
    return polygons.corners @ [a, b] + c


def test_areas_and_middles_are_those_of_hand_computation() -> None:
    polygons = triangle_and_square()
    assert len(polygons) == 2
    assert polygons.areas().tolist() == [2, 1]
    np.testing.assert_allclose(polygons.middles(), [[2 / 3, 2 / 3], [3.5, 0.5]])
    assert polygons.owners.tolist() == [0, 0, 0, 1, 1, 1, 1]
    assert polygons.following.tolist() == [1, 2, 0, 4, 5, 6, 3]


def test_a_cut_halves_what_it_crosses_and_leaves_the_rest_whole() -> None:
    polygons = triangle_and_square()
    made = cut(polygons, heights_of(polygons, 1, 0, -1), first_cut=5)
    # the square is whole and above x = 1; the triangle's lower part is a trapezium
    assert made.sources.tolist() == [1, 0, 0]
    assert made.is_above.tolist() == [True, False, True]
    assert made.polygons.areas().tolist() == [1, 1.5, 0.5]
    assert made.polygons.counts.tolist() == [4, 4, 3]
    assert made.polygons.edges.tolist() == [-1, -1, -1, -1, -1, 10, -1, -1, -1, -1, 11]
    assert made.ends.tolist() == [[[1, 0], [1, 1]]]


@pytest.mark.parametrize(
    ("line", "is_above"),
    [
        ((0, 0, 1), True),
        ((0, 0, 0), False),
        ((0, 0, -1), False),
        ((1, 0, 0), True),  # along an edge
        ((-1, 0, 0), False),
        ((1, 1, 0), True),  # through a corner
        ((1, 1, -2), False),
        ((1, 0, 9), True),
    ],
)
def test_what_is_only_touched_stays_whole(line: tuple[float, float, float], is_above: bool) -> None:
    square = unit_square()
    made = cut(square, heights_of(square, *line), first_cut=0)
    assert made.polygons is square
    assert made.is_above.tolist() == [is_above]
    assert made.ends.shape == (0, 2, 2)


def test_a_cut_through_two_corners_makes_two_triangles() -> None:
    square = unit_square()
    made = cut(square, heights_of(square, 1, -1, 0), first_cut=0)
    assert made.polygons.counts.tolist() == [3, 3]
    assert made.polygons.areas().tolist() == [0.5, 0.5]


def cuts(*lines: tuple[float, float, float]) -> tuple[Polygons, np.ndarray]:
    """The square cut by lines a u + b v + c = 0, and the ends of all cuts."""
    polygons, ends = unit_square(), np.empty((0, 2, 2))
    for line in lines:
        made = cut(polygons, heights_of(polygons, *line), len(ends))
        polygons, ends = made.polygons, np.concatenate([ends, made.ends])
    return polygons, ends


def test_shared_edges_are_divided_by_the_corners_of_both_sides() -> None:
    polygons, ends = cuts((0, 1, -0.5))
    # below the middle a cut at u = ¼, above it one at u = ¾, each for its half alone
    below = cut(polygons, np.where(polygons.owners == 0, polygons.corners[:, 0] - 0.25, 1), 1)
    ends = np.concatenate([ends, below.ends])
    upper = np.flatnonzero(below.polygons.middles()[:, 1] > 0.5)
    is_upper = np.isin(below.polygons.owners, upper)
    above = cut(below.polygons, np.where(is_upper, below.polygons.corners[:, 0] - 0.75, 1), 2)
    ends = np.concatenate([ends, above.ends])
    edges = shared_edges(above.polygons, ends)
    of_middle = edges.cuts == 0
    lengths = np.abs(edges.ends[of_middle, 1, 0] - edges.ends[of_middle, 0, 0])
    assert sorted(lengths.tolist()) == [0.25, 0.25, 0.5]
    middles = above.polygons.middles()
    for (start, end), lower, higher in zip(
        edges.ends[of_middle], edges.below[of_middle], edges.above[of_middle], strict=True
    ):
        assert start[1] == end[1] == 0.5
        u = (start[0] + end[0]) / 2
        assert (middles[lower] < [0.25 if u < 0.25 else 1, 0.5]).all()
        assert middles[higher][1] > 0.5
        assert (middles[higher][0] < 0.75) == (u < 0.75)


def test_shared_edges_of_random_cuts_have_their_polygons_on_their_two_sides() -> None:
    rng = np.random.default_rng(0)
    lines = [(*rng.normal(size=2), 0.0) for _ in range(12)]
    polygons, ends = cuts(
        *[(a, b, -(a * x + b * y)) for (a, b, _), (x, y) in zip(lines, rng.random((12, 2)), strict=True)]
    )
    edges = shared_edges(polygons, ends)
    middle = edges.ends.mean(axis=1)
    way = edges.ends[:, 1] - edges.ends[:, 0]
    left = np.stack([-way[:, 1], way[:, 0]], axis=1)  # the polygon below passes the cut with itself on the left
    inner = polygons.middles()
    assert (((inner[edges.below] - middle) * left).sum(axis=1) > 0).all()
    assert (((inner[edges.above] - middle) * left).sum(axis=1) < 0).all()
    # every edge that is not the border's is shared, from both sides
    is_inside = polygons.edges >= 0
    lengths = np.linalg.norm(polygons.corners[polygons.following] - polygons.corners, axis=1)
    assert np.linalg.norm(way, axis=1).sum() == pytest.approx(lengths[is_inside].sum() / 2)
