"""Picking: the point under the pointer is the one that is drawn there."""

from typing import Any

import numpy as np
import pytest

from tests.browser.relief import Relief

TILE = {"x": 412.5, "y": 233.25, "scale": 38.0}
N = 49
CELL = 1 / (N - 1)
LOWEST, HEIGHT, BASE = 0.56, 0.55, -0.62  # of the camera

VIEWS = [(0.62, 0.0), (-2.3, 0.0), (1.4, 0.35), (3.0, 0.8), (0.62, 1.0)]  # azimuth, tilt
SURFACES = {
    "plane": lambda x, y: 0.5 * x - 0.3 * y,
    "bowl": lambda x, y: x * x / 2 + y * y / 2 - 0.8,
    "ridges": lambda x, y: 0.9 * np.sin(5 * x + 2 * y),
    "step": lambda x, y: np.where(x + y > 0.1, 1.0, -1.0),
}


def heights(name: str) -> np.ndarray:
    axis = np.linspace(-1, 1, N)
    return SURFACES[name](*np.meshgrid(axis, axis)) * np.ones((N, N))


def seen(points: np.ndarray, azimuth: float, tilt: float) -> tuple[np.ndarray, np.ndarray]:
    """Return pixels (n, 2) and depths (n,) of points (n, 3): turn about the vertical, lean the view, look along it."""
    turned = azimuth * (1 - tilt)
    elevation = LOWEST + (np.pi / 2 - LOWEST) * tilt
    turn = np.array([[np.cos(turned), -np.sin(turned), 0], [np.sin(turned), np.cos(turned), 0], [0, 0, 1]])
    lean = np.array([[1, 0, 0], [0, np.sin(elevation), np.cos(elevation)], [0, np.cos(elevation), -np.sin(elevation)]])
    across, up, depth = lean @ turn @ points.T
    return np.stack([TILE["x"] + TILE["scale"] * across, TILE["y"] - TILE["scale"] * up], axis=1), depth


def on_surface(u: np.ndarray, v: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return points (n, 3) of a surface given on the grid, bilinear between its points."""
    column, row = (np.minimum(np.floor(w * (N - 1)).astype(int), N - 2) for w in (u, v))
    s, t = u * (N - 1) - column, v * (N - 1) - row
    h = (1 - t) * ((1 - s) * values[row, column] + s * values[row, column + 1])
    h += t * ((1 - s) * values[row + 1, column] + s * values[row + 1, column + 1])
    return np.stack([2 * u - 1, 2 * v - 1, HEIGHT * h], axis=1)


def picked(modules: Relief, values: np.ndarray, view: tuple[float, float], pixels: np.ndarray) -> list[Any]:
    return list(
        modules.evaluate_module(
            "picking.mjs",
            """const { view } = await import('/assets/lib/camera.mjs');
               const { values, n, turn, tile, pixels } = argument;
               const numbers = values.map((value) => value ?? NaN);
               const heightAt = m.heightsOf(numbers, n, 2);
               return pixels.map(([x, y]) => m.pick(view(...turn), tile, heightAt, x, y));""",
            {
                "values": [None if np.isnan(value) else value for value in (2 * values).ravel()],
                "n": N,
                "turn": view,
                "tile": TILE,
                "pixels": pixels.tolist(),
            },
        )
    )


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("name", SURFACES)
def test_what_is_picked_is_drawn_at_that_pixel_and_nothing_picked_lies_behind_what_was_aimed_at(
    name: str, view: tuple[float, float], modules: Relief
) -> None:
    values = heights(name)
    u, v = np.random.default_rng(5).uniform(0.02, 0.98, (2, 200))
    aimed, depth = seen(on_surface(u, v, values), *view)
    found = picked(modules, values, view, aimed)
    missed = np.array([point is None for point in found])
    uv = np.array([[point["u"], point["v"]] if point else [0, 0] for point in found])
    hit, hit_depth = seen(on_surface(*uv.T, values), *view)
    on_top = np.all((uv > 1e-6) & (uv < 1 - 1e-6), axis=1)  # the others are on a front side of the block
    np.testing.assert_allclose(hit[on_top], aimed[on_top], atol=0.02)
    grazed = missed | (on_top & (hit_depth > depth + 1e-4))  # a crest that is thinner along the line than a step
    assert grazed.mean() <= 0.01
    same = np.abs(hit_depth - depth) < 1e-3  # nothing was in the way
    assert same.mean() > 0.3
    assert np.all(np.abs(uv[same] - np.stack([u, v], axis=1)[same]) < CELL)


@pytest.mark.parametrize("view", VIEWS)
def test_all_of_a_gentle_slope_is_picked_back(view: tuple[float, float], modules: Relief) -> None:
    values = heights("plane")
    u, v = np.random.default_rng(6).uniform(0, 1, (2, 200))
    aimed, _ = seen(on_surface(u, v, values), *view)
    uv = np.array([[point["u"], point["v"]] for point in picked(modules, values, view, aimed)])
    np.testing.assert_allclose(uv, np.stack([u, v], axis=1), atol=1e-5)


def test_the_front_of_the_block_belongs_to_the_edge_above_it(modules: Relief) -> None:
    """Without a turn the front edge is v = 0, and x runs from left to right."""
    edge = np.array([[0.4, -1, -0.3]])
    [point] = picked(modules, heights("plane"), (0, 0), seen(edge, 0, 0)[0])
    assert point == {"u": pytest.approx(0.7), "v": pytest.approx(0, abs=1e-6)}


def test_beside_a_landscape_and_in_a_hole_nothing_is_picked(modules: Relief) -> None:
    values = heights("plane")
    values[10:40, 10:40] = np.nan
    middle = [TILE["x"], TILE["y"]]
    pixels = np.array([middle, [TILE["x"] + 3 * TILE["scale"], TILE["y"]], [0, 0]])
    assert picked(modules, values, (0.62, 1.0), pixels) == [None, None, None]


def test_through_a_hole_one_sees_what_is_behind_it(modules: Relief) -> None:
    """A hill's front half is cut away: what was hidden by it, the rising ground behind, is picked."""
    axis = np.linspace(-1, 1, N)
    values = np.tile(np.where(axis < -0.5, 0.9, -0.9)[:, None], (1, N))
    behind = on_surface(np.array([0.5]), np.array([0.6]), values)
    pixel, _ = seen(behind, 0, 0)
    [blocked] = picked(modules, values, (0, 0), pixel)
    assert blocked["v"] < 0.3
    values[axis < -0.4] = np.nan
    [free] = picked(modules, values, (0, 0), pixel)
    assert (free["u"], free["v"]) == (pytest.approx(0.5), pytest.approx(0.6, abs=1e-4))


def test_a_picked_point_is_projected_to_where_it_was_picked(modules: Relief) -> None:
    for view in VIEWS:
        projected = modules.evaluate_module(
            "picking.mjs",
            """const { view } = await import('/assets/lib/camera.mjs');
               const { x, y } = m.project(view(...argument.turn), argument.tile, 0.3, 0.8, -0.4);
               return [x, y];""",
            {"turn": view, "tile": TILE},
        )
        assert projected == pytest.approx(seen(np.array([[-0.4, 0.6, -0.4 * HEIGHT]]), *view)[0][0].tolist())
