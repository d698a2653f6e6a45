"""Figures: arrays in, Plotly figures (plain dicts) out. No Dash and no training.

The page's inspector starts from these and then only restyles them, so everything that must not
change while a landscape moves (ranges, aspect, camera) is fixed here.
"""

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.palette import LIGHT, colorscale

Array = NDArray[np.float64]

N_LEVELS = 4  # level sets between zero and the scale
HEADROOM = 1.06  # above a landscape, so that its top is not cut
TEXT = {"family": "Inter, 'Segoe UI', system-ui, 'DejaVu Sans', sans-serif", "size": 11}


def typed(values: Array) -> dict[str, str]:
    """Return an array as Plotly's typed array: float32 in base64 instead of a list of numbers.

    >>> typed(np.zeros((2, 1)))
    {'dtype': 'f4', 'bdata': 'AAAAAAAAAAA=', 'shape': '2, 1'}
    """
    data = np.ascontiguousarray(values, dtype="<f4")
    return {
        "dtype": "f4",
        "bdata": base64.b64encode(data.tobytes()).decode("ascii"),
        "shape": ", ".join(str(length) for length in data.shape),
    }


def surface_figure(x: Array, y: Array, heights: Array, scale: float = 1.0) -> dict[str, Any]:
    """Draw a landscape: ``heights`` (n, n) over ``x`` (n,) and ``y`` (n,), coloured from −scale to scale.

    Its traces, the last four empty or out of sight until they are wanted: the landscape, the ghost of
    another moment, the plane that cuts it, the curve where it does, the data points.
    """
    step = scale / N_LEVELS
    flat = {"highlight": False}
    return {
        "data": [
            {
                "type": "surface",
                "x": typed(x),
                "y": typed(y),
                "z": typed(heights),
                "cmin": -scale,
                "cmax": scale,
                "colorscale": colorscale(),
                "showscale": False,
                "lighting": {"ambient": 0.72, "diffuse": 0.6, "specular": 0.06, "roughness": 0.9, "fresnel": 0},
                "lightposition": {"x": -2000, "y": -1000, "z": 3000},
                "contours": {
                    "x": flat,
                    "y": flat,
                    "z": {
                        "show": True,
                        "start": step - scale,
                        "end": scale - step,
                        "size": step,
                        "width": 1,
                        "color": "rgba(25,28,33,0.45)",
                        "highlight": False,
                    },
                },
                "hovertemplate": "x %{x:.4~g}<br>y %{y:.4~g}<br>height %{z:.4f}<extra></extra>",
            },
            {
                "type": "surface",
                "visible": False,
                "opacity": 0.4,
                "colorscale": [[0, LIGHT["muted"]], [1, LIGHT["muted"]]],
                "showscale": False,
                "lighting": {"ambient": 0.7, "diffuse": 0.6, "specular": 0, "fresnel": 0},
                "contours": {"x": flat, "y": flat, "z": flat},
                "hoverinfo": "skip",
            },
            {
                "type": "mesh3d",
                "visible": False,
                "i": [0, 0],
                "j": [1, 2],
                "k": [2, 3],
                "opacity": 0.22,
                "color": LIGHT["cut"],
                "flatshading": True,
                "lighting": {"ambient": 1, "diffuse": 0, "specular": 0, "fresnel": 0},
                "hoverinfo": "skip",
            },
            {
                "type": "scatter3d",
                "mode": "lines",
                "visible": False,
                "x": [],
                "y": [],
                "z": [],
                "line": {"width": 6, "color": LIGHT["cut"]},
                "hoverinfo": "skip",
            },
            {
                "type": "scatter3d",
                "mode": "markers",
                "x": [],
                "y": [],
                "z": [],
                "marker": {"size": 3, "color": [], "line": {"color": "#ffffff", "width": 1}},
                "hoverinfo": "skip",
            },
        ],
        "layout": _surface_layout(x, y, scale),
    }


def _surface_layout(x: Array, y: Array, scale: float) -> dict[str, Any]:
    axis = {"showspikes": False, "showbackground": False, "nticks": 4, "color": LIGHT["muted"], "ticklen": 4}
    return {
        "uirevision": "inspector",
        "margin": {"l": 0, "r": 0, "t": 0, "b": 0},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "font": TEXT,
        "showlegend": False,
        "scene": {
            "uirevision": "inspector",
            "aspectmode": "manual",
            "aspectratio": {"x": 1, "y": 1, "z": 0.62},
            "camera": {"eye": {"x": -0.95, "y": -1.35, "z": 0.95}, "center": {"x": 0, "y": 0, "z": -0.12}},
            "xaxis": {**axis, "title": {"text": "x"}, "range": [float(x[0]), float(x[-1])]},
            "yaxis": {**axis, "title": {"text": "y"}, "range": [float(y[0]), float(y[-1])]},
            "zaxis": {
                **axis,
                "title": {"text": ""},
                "range": [-HEADROOM * scale, HEADROOM * scale],
                "tickvals": [-scale / 2, 0, scale / 2],
            },
        },
    }


def level_set_figure(x: Array, y: Array, heights: Array, scale: float = 1.0) -> dict[str, Any]:
    """Draw a landscape from above, its level sets ``scale / 4`` apart and the zero set bold.

    Its traces, the last four empty until they are wanted: the landscape, its zero set, a level set of
    the ghost of another moment, the rim and the body of the level set where it is cut, the data points.
    """
    step = scale / N_LEVELS
    common = {"type": "contour", "x": typed(x), "y": typed(y), "z": typed(heights), "showscale": False}
    curve = {"type": "scatter", "mode": "lines", "x": [], "y": [], "hoverinfo": "skip"}
    return {
        "data": [
            {
                **common,
                "zmin": -scale,
                "zmax": scale,
                "colorscale": colorscale(),
                "contours": {"coloring": "heatmap", "start": step - scale, "end": scale - step, "size": step},
                "line": {"width": 0.7, "color": "rgba(25,28,33,0.5)", "smoothing": 0},
                "hovertemplate": "x %{x:.4~g}<br>y %{y:.4~g}<br>height %{z:.4f}<extra></extra>",
            },
            {
                **common,
                "contours": {"coloring": "none", "start": 0, "end": 0, "size": 1},
                "line": {"width": 2.4, "color": LIGHT["level"], "smoothing": 0},
                "hoverinfo": "skip",
            },
            {**curve, "line": {"width": 1.6, "color": LIGHT["level"], "dash": "dash"}},
            {**curve, "line": {"width": 5, "color": LIGHT["panel"]}},
            {**curve, "line": {"width": 2.6, "color": LIGHT["cut"]}},
            {
                "type": "scatter",
                "mode": "markers",
                "x": [],
                "y": [],
                "marker": {"size": 3.6, "color": [], "line": {"color": "#ffffff", "width": 0.5}},
                "hoverinfo": "skip",
            },
        ],
        "layout": _map_layout(x, y),
    }


def _map_layout(x: Array, y: Array) -> dict[str, Any]:
    axis = {
        "showgrid": False,
        "zeroline": False,
        "ticks": "outside",
        "ticklen": 3,
        "nticks": 5,
        "color": LIGHT["muted"],
        "constrain": "domain",
    }
    return {
        "uirevision": "inspector",
        "margin": {"l": 32, "r": 2, "t": 4, "b": 20},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": TEXT,
        "showlegend": False,
        "xaxis": {**axis, "range": [float(x[0]), float(x[-1])]},
        "yaxis": {**axis, "range": [float(y[0]), float(y[-1])], "scaleanchor": "x"},
    }
