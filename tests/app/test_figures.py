"""Figures: what arrays become, checked as data. Plotly's own validation says whether they are figures at all."""

import base64
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from app.figures import N_LEVELS, level_set_figure, surface_figure, typed
from nets import axes, create, dataset, surfaces
from nets.surfaces import GRID_SIZE

MODEL = create(dataset("spiral", 3), hidden=[4])
X, Y = axes(MODEL)
HEIGHTS = surfaces(MODEL)[1].activation[0]

Figure = dict[str, Any]
Maker = Callable[..., Figure]

figures = pytest.mark.parametrize("make", [surface_figure, level_set_figure])
scales = pytest.mark.parametrize("scale", [0.25, 1.0, 3.0, 2e6])


def read(array: dict[str, str]) -> np.ndarray:
    """What Plotly makes of a typed array."""
    assert array["dtype"] == "f4"
    shape = [int(length) for length in array["shape"].split(",")]
    return np.frombuffer(base64.b64decode(array["bdata"]), "<f4").reshape(shape)


def everything(node: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every value of a figure with the path to it."""
    items = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    yield path, node
    for name, value in items:
        yield from everything(value, f"{path}.{name}")


def levels(contours: dict[str, float]) -> np.ndarray:
    start, end, size = contours["start"], contours["end"], contours["size"]
    return start + size * np.arange(round((end - start) / size) + 1)


@pytest.mark.parametrize("shape", [(3,), (2, 3), (1, 1), (49, 49)])
def test_a_typed_array_holds_the_numbers_in_float32(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(1).standard_normal(shape)
    np.testing.assert_array_equal(read(typed(values)), values.astype(np.float32))


def test_a_typed_array_keeps_rows_apart_from_columns_whatever_the_order_in_memory() -> None:
    values = np.arange(6.0).reshape(2, 3)
    np.testing.assert_array_equal(read(typed(values.T)), values.T)


def test_a_hole_stays_a_hole() -> None:
    assert np.isnan(read(typed(np.array([[1.0, np.nan]])))).tolist() == [[False, True]]


@figures
@scales
def test_plotly_takes_the_figure(make: Maker, scale: float) -> None:
    go.Figure(make(X, Y, HEIGHTS, scale))


@figures
def test_a_figure_is_plain_json(make: Maker) -> None:
    figure = make(X, Y, HEIGHTS)
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure


@figures
def test_the_heights_are_drawn_over_their_own_x_and_y(make: Maker) -> None:
    trace = make(X, Y, HEIGHTS)["data"][0]
    assert read(trace["z"]).shape == (GRID_SIZE, GRID_SIZE)
    for name, values in (("x", X), ("y", Y), ("z", HEIGHTS)):
        np.testing.assert_array_equal(read(trace[name]), values.astype(np.float32))


@figures
@scales
def test_colours_run_from_minus_scale_to_scale_so_that_zero_is_neutral(make: Maker, scale: float) -> None:
    trace = make(X, Y, HEIGHTS, scale)["data"][0]
    ends = [trace.get(f"{letter}{end}") for letter in "cz" for end in ("min", "max")]
    assert [end for end in ends if end is not None] == [-scale, scale]
    assert trace["showscale"] is False


@scales
@pytest.mark.parametrize(("make", "path"), [(surface_figure, ("contours", "z")), (level_set_figure, ("contours",))])
def test_level_sets_are_evenly_spread_with_one_at_zero(make: Maker, path: tuple[str, ...], scale: float) -> None:
    contours = make(X, Y, HEIGHTS, scale)["data"][0]
    for name in path:
        contours = contours[name]
    steps = levels(contours) / scale * N_LEVELS
    assert steps == pytest.approx(np.arange(1 - N_LEVELS, N_LEVELS), abs=1e-9)


def test_the_zero_level_is_drawn_again_and_bolder() -> None:
    usual, zero, *_ = level_set_figure(X, Y, HEIGHTS)["data"]
    assert levels(zero["contours"]).tolist() == [0]
    assert zero["z"] == usual["z"]
    assert zero["line"]["width"] > 2 * usual["line"]["width"]


@figures
@scales
def test_what_must_not_change_while_a_landscape_moves_is_fixed(make: Maker, scale: float) -> None:
    moved = make(X, Y, HEIGHTS + 0.5, scale)
    figure = make(X, Y, HEIGHTS, scale)
    assert moved["layout"] == figure["layout"]
    assert figure["layout"]["uirevision"] == "inspector"
    assert not any(path.endswith("autorange") for path, _ in everything(figure))


@scales
def test_the_axes_of_a_surface_are_the_domain_and_hold_every_height_up_to_the_scale(scale: float) -> None:
    scene = surface_figure(2 * X, Y, HEIGHTS, scale)["layout"]["scene"]
    assert (scene["xaxis"]["range"], scene["yaxis"]["range"]) == ([-2, 2], [-1, 1])
    low, high = scene["zaxis"]["range"]
    assert low == -high
    assert scale <= high <= 1.25 * scale
    assert scene["aspectmode"] in ("manual", "cube")
    assert scene["uirevision"] == "inspector"


def test_the_axes_of_a_map_are_the_domain_and_equally_long() -> None:
    layout = level_set_figure(2 * X, Y, HEIGHTS)["layout"]
    assert (layout["xaxis"]["range"], layout["yaxis"]["range"]) == ([-2, 2], [-1, 1])
    assert layout["yaxis"]["scaleanchor"] == "x"


@figures
def test_nothing_is_highlighted_on_hover(make: Maker) -> None:
    """Plotly's own highlighting redraws a surface at every movement of the mouse."""
    figure = make(X, Y, HEIGHTS)
    assert not any(value for path, value in everything(figure) if path.endswith("highlight"))
    surfaces_of_it = [trace for trace in figure["data"] if trace["type"] == "surface"]
    assert all(trace["contours"][axis]["highlight"] is False for trace in surfaces_of_it for axis in "xyz")


@figures
def test_the_last_trace_waits_for_the_data_points(make: Maker) -> None:
    points = make(X, Y, HEIGHTS)["data"][-1]
    assert points["mode"] == "markers"
    assert [points[name] for name in "xyz" if name in points] in ([[], []], [[], [], []])
    assert points["marker"]["color"] == []


@figures
def test_what_is_drawn_only_when_wanted_is_not_drawn_at_first(make: Maker) -> None:
    """The ghost, the plane and the curves: out of sight, or without a point."""
    for trace in make(X, Y, HEIGHTS)["data"]:
        is_landscape = trace["type"] in ("surface", "contour") and "z" in trace
        assert is_landscape or trace.get("visible") is False or trace["x"] == []


def test_the_page_counts_the_traces_as_they_are() -> None:
    """The tables SURFACE and MAP of assets/lib/inspector.mjs."""
    module = (Path(__file__).parents[2] / "assets/lib/inspector.mjs").read_text()
    kinds = {
        "SURFACE": {"landscape": "surface", "ghost": "surface", "plane": "mesh3d", "curve": "scatter3d"},
        "MAP": {"landscape": "contour", "zero": "contour", "ghost": "scatter", "rim": "scatter", "cut": "scatter"},
    }
    for name, make in (("SURFACE", surface_figure), ("MAP", level_set_figure)):
        table = re.search(rf"const {name} = {{(.*?)}}", module)
        assert table
        indices = {key: int(index) for key, index in re.findall(r"(\w+): (\d+)", table[1])}
        traces = make(X, Y, HEIGHTS)["data"]
        assert sorted(indices.values()) == list(range(len(traces)))
        assert indices.pop("points") == len(traces) - 1
        assert {key: traces[index]["type"] for key, index in indices.items()} == kinds[name]


@figures
def test_colours_are_written_as_plotly_reads_them(make: Maker) -> None:
    for path, value in everything(make(X, Y, HEIGHTS)):
        if path.endswith(("color", "bgcolor")) and isinstance(value, str):
            assert value.startswith(("#", "rgba(")), path
