"""Figures of many neurons: every landscape has its place, and what is read off is true."""

import json
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from app.layer_figures import (
    GRID_SIZES,
    KINDS,
    MOST_HEIGHTS,
    THEMES,
    height_scale,
    layer_figure,
    layer_title,
    network_figure,
)
from app.palette import colorscale
from nets import Model, axes, create, dataset, surfaces
from nets.network import Layer, forward
from tests.app.test_figures import read
from tests.nets.models import MIXED, model_of

MODEL = create(dataset("spiral", 3), hidden=[5, 4])
ELSEWHERE = replace(model_of(MIXED, dataset("moons", n=20)), domain=((10.0, 14.0), (-3.0, 0.0)))
LARGE = create(dataset("gaussians", 6), hidden=[32] * 7)
MAKERS = {"layer": lambda model, **options: layer_figure(model, 1, **options), "network": network_figure}
READING = re.compile(r"(.+): x (\S+), y (\S+), height (\S+)$")

makers = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


def heights_of(figure: dict[str, Any]) -> np.ndarray:
    return read(figure["data"][0]["z"])


def readings(figure: dict[str, Any]) -> list[tuple[str, float, float, float, float]]:
    """Return (title, x, y, height as read off, height as drawn) of every point that has a reading."""
    found = []
    for texts, drawn in zip(figure["data"][0]["text"], heights_of(figure), strict=True):
        for text, height in zip(texts, drawn, strict=True):
            match = READING.match(text)
            if match:
                title, *numbers = match.groups()
                found.append((title, *map(float, numbers), float(height)))
    return found


@makers
@pytest.mark.parametrize("model", [MODEL, ELSEWHERE, create(dataset("saddle"), hidden=[])])
def test_plotly_takes_the_figure(make: Any, model: Model) -> None:
    go.Figure(make(model) if model.layers[0].width > 1 else network_figure(model))


@makers
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("theme", THEMES)
def test_a_figure_is_plain_json_in_the_themes_colours(make: Any, kind: str, theme: str) -> None:
    figure = make(MODEL, kind=kind, theme=theme)
    assert json.loads(json.dumps(figure, allow_nan=False)) == figure
    assert figure["data"][0]["colorscale"] == colorscale(THEMES[theme])


@pytest.mark.parametrize("kind", KINDS)
def test_every_neuron_of_a_layer_is_drawn_once_with_its_true_heights(kind: str) -> None:
    drawn = heights_of(layer_figure(ELSEWHERE, 2, kind))
    own = getattr(surfaces(ELSEWHERE)[2], kind)
    assert np.isfinite(drawn).sum() == own.size
    np.testing.assert_allclose(np.sort(drawn[np.isfinite(drawn)]), np.sort(own.ravel()), rtol=1e-6, atol=1e-37)


def test_tiles_stand_in_rows_from_the_far_left_with_gaps_between_them() -> None:
    drawn = heights_of(layer_figure(MODEL, 1))
    n = GRID_SIZES[0]
    own = surfaces(MODEL)[1].activation.astype(np.float32)
    np.testing.assert_array_equal(drawn[-n:, :n], own[0])  # rows of the array run from near to far
    np.testing.assert_array_equal(drawn[-n:, -n:], own[2])
    np.testing.assert_array_equal(drawn[:n, :n], own[3])
    assert np.isnan(drawn[-n:, n]).all()
    assert np.isnan(drawn[n]).all()
    assert np.isnan(drawn[:n, -n:]).all()  # three in the first row, two in the second


@pytest.mark.parametrize("layer", [0, 1, 2, 3])
def test_what_is_read_off_a_layer_is_what_the_network_computes_there(layer: int) -> None:
    figure = layer_figure(ELSEWHERE, layer)
    found = readings(figure)
    titles = list(dict.fromkeys(title for title, *_ in found))
    x, y = axes(ELSEWHERE)
    for title, px, py, height, drawn in found[:: max(len(found) // 50, 1)]:
        assert height == pytest.approx(drawn, rel=1e-3)
        at = x[np.abs(x - px).argmin()], y[np.abs(y - py).argmin()]
        assert at == pytest.approx((px, py), abs=1e-2)
        responses = forward(ELSEWHERE.layers, ELSEWHERE.parameters, np.array(at)[:, None])
        value = np.array(at) if layer == 0 else responses[layer - 1].activation[:, 0]
        neuron = "xy".index(title) if layer == 0 else int(title.split()[-1]) - 1
        assert height == pytest.approx(value[neuron], rel=1e-3, abs=1e-6)
    assert len(titles) == (2 if layer == 0 else ELSEWHERE.layers[layer - 1].width)


def test_the_network_has_a_column_a_layer_each_at_its_own_scale() -> None:
    figure = network_figure(MODEL)
    labels = figure["data"][1]
    scales = [height_scale(layer.activation) for layer in surfaces(MODEL)]
    names = ["input", "hidden 1", "hidden 2", "classes"]
    assert labels["text"] == [f"{name} · ±{scale:g}" for name, scale in zip(names, scales, strict=True)]
    assert labels["x"] == sorted(labels["x"])
    scale_of = dict(zip(names, scales, strict=True))
    found = readings(figure)
    assert len({title for title, *_ in found}) == 2 + 5 + 4 + 3
    for title, _, _, height, drawn in found[::97]:
        assert drawn * scale_of[title.split(" · ")[0]] == pytest.approx(height, rel=1e-3, abs=1e-6)


@makers
def test_a_figure_never_has_more_heights_than_a_browser_draws_in_a_moment(make: Any) -> None:
    figure = make(LARGE)
    n_tiles = len({title for title, *_ in readings(figure)})
    most = max(MOST_HEIGHTS, n_tiles * GRID_SIZES[-1] ** 2)
    assert np.isfinite(heights_of(figure)).sum() <= most
    assert n_tiles in (32, 2 + 7 * 32 + 6)


def test_what_cannot_be_drawn_is_a_hole_and_does_not_count_for_the_scale() -> None:
    layers = (Layer(2, ("square", "identity")), *MIXED[1:])
    model = model_of(layers, dataset("moons", n=20))
    bias = np.arange(model.parameters.size) == 4  # of the first neuron, whose square is 1e60 then
    figure = layer_figure(replace(model, parameters=np.where(bias, 1e30, 0.1)), 1)
    assert height_scale(np.array([np.nan, np.inf, -3.0])) == 3.2
    assert figure["data"][0]["cmax"] < 1
    assert np.isfinite(heights_of(figure)).sum() == GRID_SIZES[0] ** 2
    json.dumps(figure, allow_nan=False)


@pytest.mark.parametrize(("value", "scale"), [(0, 0.01), (0.3, 0.32), (1, 1), (1.01, 1.2), (99, 100), (6.1e7, 8e7)])
def test_scales_are_round_and_hold_the_heights(value: float, scale: float) -> None:
    assert height_scale(np.array([value, -value / 2])) == scale


def test_hovering_finds_the_neuron_because_plotly_draws_the_mosaic_as_it_is() -> None:
    """Above 120 points an axis Plotly refines nothing, so that one point of the array is one of the picture."""
    assert min(heights_of(layer_figure(MODEL, 1)).shape) >= 110


def test_layers_are_called_what_the_page_calls_them() -> None:
    assert [layer_title(MODEL, layer) for layer in range(4)] == ["input", "hidden 1", "hidden 2", "classes"]
    assert layer_title(create(dataset("saddle"), hidden=[3]), 2) == "output"


@pytest.mark.parametrize(("layer", "kind", "message"), [(4, "activation", "no layer 4"), (1, "slope", "'slope'")])
def test_a_layer_or_kind_that_is_none_is_refused(layer: int, kind: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        layer_figure(MODEL, layer, kind)


def test_a_layer_is_nearly_square() -> None:
    for width in range(1, 33):
        columns = math.ceil(math.sqrt(width))
        assert columns - math.ceil(width / columns) in (0, 1)
