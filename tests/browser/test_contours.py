"""Level sets as lines: assets/lib/contours.mjs against contourpy, and by hand."""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from contourpy import LineType, contour_generator
from numpy.typing import NDArray

from nets import axes, create, dataset, regions, surfaces
from nets.exact_levels import level_set
from nets.network import uniform_layers
from nets.surfaces import GRID_SIZE
from tests.browser.relief import Relief
from tests.nets.test_exact_levels import distances
from tests.nets.test_regions import model_of

Array = NDArray[np.float64]
Segment = tuple[tuple[float, float], tuple[float, float]]

NAN = float("nan")


def lines(modules: Relief, x: Array, y: Array, values: Array, level: float) -> list[dict[str, Any]]:
    body = """const numbers = (list) => list.map((value) => (value === null ? NaN : value));
              return m.contour(argument.x, argument.y, numbers(argument.values), argument.level);"""
    flat = [None if np.isnan(value) else value for value in values.ravel().tolist()]
    argument = {"x": list(map(float, x)), "y": list(map(float, y)), "values": flat, "level": level}
    return list(modules.evaluate_module("contours.mjs", body, argument))


def segments(paths: list[tuple[list[list[float]], bool]]) -> Counter[Segment]:
    """Count undirected segments, ends rounded to 1e-9, those without length left out."""
    counted: Counter[Segment] = Counter()
    for points, is_closed in paths:
        rounded = [(round(px, 9) + 0.0, round(py, 9) + 0.0) for px, py in points]
        for start, end in zip(rounded, rounded[1:] + (rounded[:1] if is_closed else []), strict=False):
            if start != end:
                counted[min(start, end), max(start, end)] += 1
    return counted


def expected(x: Array, y: Array, values: Array, level: float) -> Counter[Segment]:
    """What contourpy's serial algorithm draws."""
    generator = contour_generator(
        x, y, np.ma.masked_invalid(values), name="serial", corner_mask=False, line_type=LineType.Separate
    )
    return segments([(path.tolist(), False) for path in generator.lines(level)])


def matches(modules: Relief, x: Array, y: Array, values: Array, level: float) -> int:
    """Compare with contourpy; return the number of segments."""
    drawn = lines(modules, x, y, values, level)
    ours = segments([(line["points"], line["isClosed"]) for line in drawn])
    assert ours == expected(x, y, values, level)
    assert all(len(line["points"]) >= 2 for line in drawn)
    return sum(ours.values())


def bumps(seed: int, rows: int = 23, columns: int = 31) -> tuple[Array, Array, Array]:
    """A random smooth surface on an uneven grid."""
    rng = np.random.default_rng(seed)
    x, y = (np.cumsum(rng.uniform(0.2, 1, n)) for n in (columns, rows))
    waves = rng.normal(size=(6, 4))
    return x, y, sum(a * np.sin(b * x[None, :] + c * y[:, None] + d) for a, b, c, d in waves)


@pytest.mark.parametrize("seed", range(6))
def test_random_smooth_surfaces_have_the_lines_that_contourpy_draws(seed: int, modules: Relief) -> None:
    x, y, values = bumps(seed)
    assert sum(matches(modules, x, y, values, level) for level in (-1.3, -0.2, 0.0, 0.9)) > 100


@pytest.mark.parametrize("activation", ["tanh", "relu", "sin", "step"])
def test_the_landscapes_of_a_network_have_the_lines_that_contourpy_draws(activation: str, modules: Relief) -> None:
    model = create(dataset("spiral"), hidden=[5, 5], activation=activation)
    x, y = axes(model)
    found = 0
    for layer in surfaces(model)[1:]:
        for values in layer.activation[:3]:
            found += sum(matches(modules, x, y, values, level) for level in (0.0, 0.25))
    assert found > 500
    assert values.shape == (GRID_SIZE, GRID_SIZE)


@pytest.mark.parametrize("seed", range(3))
def test_saddles_are_decided_as_contourpy_does(seed: int, modules: Relief) -> None:
    """A chequered sign makes a saddle of every cell; the size of the corners decides which way it goes."""
    rng = np.random.default_rng(seed)
    sign = (-1.0) ** np.add.outer(np.arange(9), np.arange(12))
    values = sign * rng.uniform(0.1, 1, (9, 12))
    assert matches(modules, np.arange(12.0), np.arange(9.0), values, 0.0) == 2 * 8 * 11


@pytest.mark.parametrize("level", [0.0, 1.0, 2.0])
@pytest.mark.parametrize("seed", range(3))
def test_plateaus_and_points_exactly_at_the_level_are_drawn_as_contourpy_does(
    seed: int, level: float, modules: Relief
) -> None:
    values = np.random.default_rng(seed).integers(0, 3, (14, 11)).astype(float)
    matches(modules, np.arange(11.0), np.arange(14.0), values, level)


@pytest.mark.parametrize("seed", range(3))
def test_what_is_not_a_number_makes_a_hole_as_in_contourpy(seed: int, modules: Relief) -> None:
    x, y, values = bumps(seed)
    values[np.random.default_rng(seed).uniform(size=values.shape) < 0.1] = NAN
    assert matches(modules, x, y, values, 0.1) > 10


def test_there_are_no_lines_above_the_highest_nor_below_the_lowest_point(modules: Relief) -> None:
    x, y, values = bumps(1)
    for level in (values.min() - 1, values.min(), values.max(), values.max() + 1):
        assert lines(modules, x, y, values, float(level)) == []
        assert matches(modules, x, y, values, float(level)) == 0


def test_infinite_heights_and_those_too_large_to_draw_make_holes(modules: Relief) -> None:
    axis = [0, 1, 2]
    for hole in ("Infinity", "-Infinity", "NaN", "1e300"):
        body = f"return m.contour(argument, argument, [0, 1, 1, 0, 1, {hole}, 0, 1, 1], 0.5)"
        (line,) = modules.evaluate_module("contours.mjs", body, axis)
        assert line == {"points": [[0.5, 2], [0.5, 1], [0.5, 0]], "isClosed": False}


@pytest.mark.parametrize("seed", range(3))
def test_every_vertex_lies_on_an_edge_of_a_cell_where_the_height_is_the_level(seed: int, modules: Relief) -> None:
    x, y, values = bumps(seed)
    for line in lines(modules, x, y, values, 0.3):
        for px, py in line["points"]:
            assert px in x or py in y
            row, column = (min(np.searchsorted(axis, p, "right") - 1, axis.size - 2) for axis, p in ((y, py), (x, px)))
            u, v = (px - x[column]) / (x[column + 1] - x[column]), (py - y[row]) / (y[row + 1] - y[row])
            a, b, d, c = values[row : row + 2, column : column + 2].ravel()
            assert (1 - v) * ((1 - u) * a + u * b) + v * ((1 - u) * d + u * c) == pytest.approx(0.3, abs=1e-9)


def test_a_line_is_closed_around_a_hill_and_open_at_the_edge(modules: Relief) -> None:
    x = y = np.linspace(-1, 1, 21)
    radius = np.hypot(x[None, :], y[:, None])
    (circle,) = lines(modules, x, y, -radius, -0.5)
    assert circle["isClosed"]
    assert circle["points"][0] != circle["points"][-1]
    corners = lines(modules, x, y, -radius, -1.2)
    assert [line["isClosed"] for line in corners] == [False] * 4


def test_the_higher_ground_is_on_the_left_of_a_line(modules: Relief) -> None:
    """Counterclockwise around a hill, so that its signed area is that of the disc; clockwise around a valley."""
    x = y = np.linspace(-1, 1, 201)
    square = x[None, :] ** 2 + y[:, None] ** 2
    for sign in (-1, 1):
        (circle,) = lines(modules, x, y, sign * square, sign * 0.25)
        px, py = np.array(circle["points"]).T
        area = 0.5 * np.sum(px * np.roll(py, -1) - np.roll(px, -1) * py)
        assert area == pytest.approx(-sign * np.pi / 4, rel=1e-3)


def test_a_ridge_touching_the_level_at_single_points_has_no_line_there(modules: Relief) -> None:
    values = np.zeros((5, 5))
    values[2, 2] = 1
    assert lines(modules, np.arange(5.0), np.arange(5.0), values, 1.0) == []
    assert lines(modules, np.arange(5.0), np.arange(5.0), 1 - values, 0.0) == []


@pytest.mark.parametrize("name", ["relu", "abs", "hard_tanh", "step"])
def test_lines_of_piecewise_linear_landscapes_are_within_a_cell_of_the_exact_level_sets(
    name: str, modules: Relief
) -> None:
    model = model_of(uniform_layers([6, 5, 3], name), seed=7)
    unit = np.linspace(0, 1, GRID_SIZE)
    partitions = regions(model).partitions
    n_points = 0
    for partition, landscapes in zip(partitions, surfaces(model)[1:], strict=True):
        for neuron, values in enumerate(landscapes.activation):
            height = float(0.4 * values.min() + 0.6 * values.max())
            points = [point for line in lines(modules, unit, unit, values, height) for point in line["points"]]
            if points:
                exact = level_set(partition, neuron, height)
                assert distances(np.array(points), exact).max() <= 1 / (GRID_SIZE - 1) + 1e-9
            n_points += len(points)
    assert n_points > 200
