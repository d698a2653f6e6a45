"""Figures of many neurons: all landscapes of a layer, or of the whole network, as tiles of one Plotly scene.

The tiles are one surface, a mosaic with holes between them: Plotly would refine every surface of
its own to 120 points an axis and more, and would draw all of them again for each that changes.
What the mouse reads off are the true x, y and height, whatever the place of the tile.
"""

import math
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.figures import HEADROOM, N_LEVELS, TEXT, typed
from app.palette import DARK, LIGHT, colorscale
from nets import GRID_SIZE, Model, axes, surfaces

Array = NDArray[np.float64]

KINDS = ("activation", "preactivation")
THEMES = {"light": LIGHT, "dark": DARK}
LARGEST_HEIGHT = 1e36  # beyond it a height cannot be drawn in float32
LEAST_SCALE = 0.01
ROUND = (1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10)  # numbers whose quarters are short too
GRID_SIZES = (GRID_SIZE, 33, 25, 17)  # points an axis of a tile, fewer where there are many tiles
MOST_HEIGHTS = 60_000  # in one figure
GAP = 4  # a tile is so many gaps wide
TALLNESS = 0.4  # of the height axis, in widths of a tile
REACH = 2.0  # of all tiles together from near to far, in Plotly's units
WIDTH = 1.3  # of what is seen, in its heights
EYE = {"x": -0.16, "y": -0.9, "z": 1.2}


class Tile(NamedTuple):
    """A landscape and its place: ``column`` and ``row`` in tiles from the left and from the far end."""

    title: str
    heights: Array
    scale: float
    column: float
    row: float


class Label(NamedTuple):
    """A text over the far edge of the tile at ``column`` and ``row``."""

    text: str
    column: float
    row: float


def height_scale(values: Array) -> float:
    """Return the round number up to which heights are drawn: at least 0.01, at least the largest that can be drawn.

    >>> height_scale(np.array([0.3, -0.7, np.inf]))
    0.8
    """
    drawn = np.abs(values[np.abs(values) <= LARGEST_HEIGHT])
    value = max(float(drawn.max(initial=0)), LEAST_SCALE)
    power = 10.0 ** math.floor(math.log10(value))
    digits = next(digits for digits in ROUND if value <= digits * power * (1 + 1e-9))
    return float(f"{digits * power:.1e}")


def layer_title(model: Model, layer: int) -> str:
    """Name a layer as the page does; 0 are the inputs.

    >>> from nets import create, dataset
    >>> [layer_title(create(dataset("xor"), hidden=[3]), layer) for layer in range(3)]
    ['input', 'hidden 1', 'classes']
    """
    if layer == 0:
        return "input"
    if layer < len(model.layers):
        return f"hidden {layer}"
    return "classes" if model.data.classes else "output"


def layer_figure(model: Model, layer: int, kind: str = "activation", theme: str = "light") -> dict[str, Any]:
    """Draw all neurons of a layer as tiles of one scene, at one height scale.

    Args:
        layer: 0 for the inputs, 1 for the first hidden layer.
        kind: "activation" or "preactivation".
        theme: "light" or "dark".

    Returns:
        a Plotly figure as a plain dict, for ``plotly.io.show`` and ``plotly.io.write_html`` with
        ``validate=False``: ``go.Figure`` takes it too but makes one text of each row of readings.

    Raises:
        ValueError: when there is no such layer or kind.
    """
    _check(model, layer, kind)
    width = 2 if layer == 0 else model.layers[layer - 1].width
    n = _grid_size(width)
    heights = _with_holes(getattr(surfaces(model, n)[layer], kind))
    scale = height_scale(heights)
    columns = math.ceil(math.sqrt(width))
    places = [(index % columns, index // columns) for index in range(width)]
    titles = [_neuron_title(model, layer, index) for index in range(width)]
    tiles = [Tile(titles[i], heights[i], scale, *place) for i, place in enumerate(places)]
    labels = [Label(titles[i], *place) for i, place in enumerate(places)]
    title = f"{layer_title(model, layer)} · {_kind_title(kind)}"
    return _figure(model, tiles, labels, title, theme=THEMES[theme], unit=scale)


def network_figure(model: Model, kind: str = "activation", theme: str = "light") -> dict[str, Any]:
    """Draw every neuron of the network in one scene: a column a layer, inputs at the left, each at its layer's scale.

    Arguments, result and errors are those of ``layer_figure``.
    """
    _check(model, 0, kind)
    widths = [2, *(layer.width for layer in model.layers)]
    n = _grid_size(sum(widths))
    tiles, labels = [], []
    for layer, layer_surfaces in enumerate(surfaces(model, n)):
        heights = _with_holes(getattr(layer_surfaces, kind))
        scale = height_scale(heights)
        name = layer_title(model, layer)
        first = (max(widths) - widths[layer]) / 2
        tiles += [
            Tile(f"{name} · {_neuron_title(model, layer, i)}", surface, scale, layer, first + i)
            for i, surface in enumerate(heights)
        ]
        labels.append(Label(f"{name} · ±{scale:g}", layer, first))
    return _figure(model, tiles, labels, f"every neuron · {_kind_title(kind)}", theme=THEMES[theme])


def _check(model: Model, layer: int, kind: str) -> None:
    if not 0 <= layer <= len(model.layers):
        raise ValueError(f"there is no layer {layer}; this network has 0 (the inputs) to {len(model.layers)}")
    if kind not in KINDS:
        raise ValueError(f"unknown kind {kind!r}; choose from {', '.join(KINDS)}")


def _kind_title(kind: str) -> str:
    return "pre-activation" if kind == "preactivation" else kind


def _neuron_title(model: Model, layer: int, neuron: int) -> str:
    if layer == 0:
        return "xy"[neuron]
    if layer < len(model.layers):
        return f"neuron {neuron + 1}"
    return f"class {neuron + 1}" if model.data.classes else "output"


def _grid_size(n_tiles: int) -> int:
    return next((n for n in GRID_SIZES if n_tiles * n * n <= MOST_HEIGHTS), GRID_SIZES[-1])


def _with_holes(heights: Array) -> Array:
    """Return heights with NaN for those that cannot be drawn."""
    return np.where(np.abs(heights) <= LARGEST_HEIGHT, heights, np.nan)


def _figure(
    model: Model, tiles: list[Tile], labels: list[Label], title: str, *, theme: dict[str, str], unit: float = 1.0
) -> dict[str, Any]:
    """Draw tiles; a height as large as its tile's scale stands at ``unit`` on the height axis."""
    n = len(tiles[0].heights)
    pitch = n + n // GAP
    n_columns = 1 + max(tile.column for tile in tiles)
    n_rows = 1 + max(tile.row for tile in tiles)
    z = np.full((round(n_rows * pitch) - n // GAP, round(n_columns * pitch) - n // GAP), np.nan)
    text = np.full(z.shape, "", dtype=object)
    places = _places(model, n)
    for tile in tiles:
        left, near = round(tile.column * pitch), round((n_rows - 1 - tile.row) * pitch)
        area = np.s_[near : near + n, left : left + n]
        z[area] = tile.heights * (unit / tile.scale)
        text[area] = _readings(tile, places)
    side = REACH / max(n_columns / WIDTH, n_rows)
    x, y = (np.arange(length) / (n - 1) for length in reversed(z.shape))
    step = unit / N_LEVELS
    return {
        "data": [
            {
                "type": "surface",
                "x": typed(x),
                "y": typed(y),
                "z": typed(z),
                "text": text.tolist(),
                "hoverinfo": "text",  # a template would be given the text of row and column exchanged
                "cmin": -unit,
                "cmax": unit,
                "colorscale": colorscale(theme),
                "showscale": False,
                "connectgaps": False,
                "lighting": {"ambient": 0.72, "diffuse": 0.6, "specular": 0.06, "roughness": 0.9, "fresnel": 0},
                "contours": {
                    "x": {"highlight": False},
                    "y": {"highlight": False},
                    "z": {
                        "show": True,
                        "start": step - unit,
                        "end": unit - step,
                        "size": step,
                        "width": 1,
                        "color": theme["level"],
                        "highlight": False,
                    },
                },
            },
            {
                "type": "scatter3d",
                "mode": "text",
                "x": [label.column * pitch / (n - 1) + 0.5 for label in labels],
                "y": [(n_rows - 1 - label.row) * pitch / (n - 1) + 1 for label in labels],
                "z": [HEADROOM * unit] * len(labels),  # at the far edge and high up nothing hides it
                "text": [label.text for label in labels],
                "textfont": {"size": 12, "color": theme["ink"]},
                "hoverinfo": "skip",
            },
        ],
        "layout": {
            "title": {"text": title, "font": {"size": 15, "color": theme["ink"]}},
            "uirevision": "layer",
            "margin": {"l": 0, "r": 0, "t": 40, "b": 0},
            "paper_bgcolor": theme["paper"],
            "font": {**TEXT, "color": theme["muted"]},
            "showlegend": False,
            "modebar": {"bgcolor": "rgba(0,0,0,0)", "color": theme["muted"], "activecolor": theme["accent"]},
            "scene": {
                "uirevision": "layer",
                "aspectmode": "manual",
                "aspectratio": {"x": side * n_columns, "y": side * n_rows, "z": side * TALLNESS},
                "camera": {"eye": EYE, "projection": {"type": "orthographic"}},
                "xaxis": {"visible": False, "range": [float(x[0]), float(x[-1])]},
                "yaxis": {"visible": False, "range": [float(y[0]), float(y[-1])]},
                "zaxis": {"visible": False, "range": [-HEADROOM * unit, HEADROOM * unit]},
            },
        },
    }


def _places(model: Model, n: int) -> list[str]:
    """Return what is read off at each point of a tile, row after row, but for the height."""
    x, y = axes(model, n)
    return [f": x {column:.4g}, y {row:.4g}, height " for row in y.tolist() for column in x.tolist()]


def _readings(tile: Tile, places: list[str]) -> NDArray[np.object_]:
    heights = tile.heights.ravel().tolist()
    texts = [f"{tile.title}{place}{height:.4g}" for place, height in zip(places, heights, strict=True)]
    return np.array(texts, dtype=object).reshape(tile.heights.shape)
