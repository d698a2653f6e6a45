"""What a network can be taken away as, a row per kind: Plotly pages, arrays, code. Checked like every other request."""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NamedTuple

import numpy as np
import plotly.io

from app.layer_figures import KINDS, THEMES, layer_figure, layer_title, network_figure
from nets import GRID_SIZE, Model, axes, parse, surfaces
from nets.code import FORMATS, code
from nets.code_parts import shape_text
from nets.fields import DocumentError, read_choice, read_fields, read_integer, shown

MOST_HEIGHTS = 2_000_000  # in a file of surfaces: 16 MB
GRID_SIZES = (2, 501)  # points an axis, least and most

PAGE = "text/html; charset=utf-8"
PLOTLY_CONFIG = {"displaylogo": False, "showSendToCloud": False, "responsive": True}


class File(NamedTuple):
    """What is handed over: ``name`` as the browser saves it."""

    name: str
    mimetype: str
    data: bytes


Options = dict[str, Any]

# How every option is read: (value, model) -> value. An option that is left out has its default.
OPTIONS: dict[str, Callable[[Any, Model], Any]] = {
    "layer": lambda value, model: read_integer(value, "layer", 0, len(model.layers)),
    "kind": lambda value, model: read_choice(value, "kind", "kind", KINDS),
    "theme": lambda value, model: read_choice(value, "theme", "theme", THEMES),
    "format": lambda value, model: read_choice(value, "format", "format", FORMATS),
    "points": lambda value, model: read_integer(value, "points", *GRID_SIZES),
}
DEFAULTS: Options = {"layer": 1, "kind": KINDS[0], "theme": "light", "format": "numpy", "points": GRID_SIZE}


def _layer_page(model: Model, layer: int, kind: str, theme: str) -> tuple[str, bytes]:
    name = layer_title(model, layer).replace(" ", "-")
    return _page(layer_figure(model, layer, kind, theme), f"{_stem(model)}-{name}")


def _network_page(model: Model, kind: str, theme: str) -> tuple[str, bytes]:
    return _page(network_figure(model, kind, theme), f"{_stem(model)}-network")


def _figure(model: Model, layer: int, kind: str, theme: str) -> tuple[str, bytes]:
    text = plotly.io.to_json(layer_figure(model, layer, kind, theme), validate=False)
    return f"{_stem(model)}-layer.json", text.encode()


def _surfaces(model: Model, points: int) -> tuple[str, bytes]:
    n_neurons = sum(layer.width for layer in model.layers)
    n_heights = 2 * n_neurons * points**2
    if n_heights > MOST_HEIGHTS:
        raise DocumentError(
            f"{n_neurons} neurons on {points} × {points} points, before and after their nonlinearity, "
            f"are {n_heights} heights; {MOST_HEIGHTS} are allowed",
            "points",
        )
    x, y = axes(model, points)
    arrays = {"x": x, "y": y}
    for layer, layer_surfaces in enumerate(surfaces(model, points)[1:], start=1):
        for kind, heights in layer_surfaces._asdict().items():
            arrays[f"layer_{layer}_{kind}"] = np.where(np.isfinite(heights), heights, np.nan)
    data = BytesIO()
    np.savez(data, allow_pickle=False, **arrays)
    return f"{_stem(model)}.npz", data.getvalue()


def _code(model: Model, format: str) -> tuple[str, bytes]:  # noqa: A002  the option's own name
    return f"{_stem(model)}-{format}.py", code(model, format).encode()


@dataclass(frozen=True)
class Export:
    """One kind of file.

    Attributes:
        kind: its name in the path of a request.
        what: what is in it.
        mimetype: of the file.
        options: names of ``OPTIONS``.
        make: takes a model and, by name, the options; returns the name of the file and what is in it.
    """

    kind: str
    what: str
    mimetype: str
    options: tuple[str, ...]
    make: Callable[..., tuple[str, bytes]]


_ROWS = (
    Export("layer", "a page with all neurons of a layer", PAGE, ("layer", "kind", "theme"), _layer_page),
    Export("network", "a page with every neuron", PAGE, ("kind", "theme"), _network_page),
    Export("layer-figure", "a layer as a Plotly figure", "application/json", ("layer", "kind", "theme"), _figure),
    Export("surfaces", "the heights of all neurons, as NPZ", "application/octet-stream", ("points",), _surfaces),
    Export("code", "a Python script that checks itself", "text/x-python", ("format",), _code),
)

EXPORTS: dict[str, Export] = {row.kind: row for row in _ROWS}


def export(kind: str, body: Any) -> File:
    """Make the file that a request asks for: ``{"model": document, …options}``.

    Raises:
        KeyError: when there is no such kind.
        DocumentError: naming the field that is wrong.
    """
    row = EXPORTS[kind]
    if not isinstance(body, dict):
        raise DocumentError(f"expected an object with the field 'model', found {shown(body)}", "")
    fields = read_fields(body, "", required=("model",), optional=row.options)
    model = parse(fields["model"])
    options = {name: OPTIONS[name](fields.get(name, DEFAULTS[name]), model) for name in row.options}
    name, data = row.make(model, **options)
    return File(name, row.mimetype, data)


def _stem(model: Model) -> str:
    return f"relief-{shape_text(model)}"


def _page(figure: dict[str, Any], stem: str) -> tuple[str, bytes]:
    """Return a figure as a page of its own, Plotly included, that asks no other server for anything."""
    text = plotly.io.to_html(figure, config=PLOTLY_CONFIG, include_plotlyjs=True, validate=False, div_id="figure")
    title = figure["layout"]["title"]["text"]
    head = f"<head><title>Relief: {title}</title><style>body {{ margin: 0; background: {_paper(figure)}; }}</style>"
    return f"{stem}.html", text.replace("<head>", head, 1).encode()


def _paper(figure: dict[str, Any]) -> str:
    return str(figure["layout"]["paper_bgcolor"])
