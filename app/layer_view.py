"""The layer view: a lens with all neurons of one layer in a Plotly scene. Its module is ``assets/lenses/layer.mjs``."""

from typing import Any

from dash import html

from app.share import kind_menu


def body() -> list[Any]:
    """Build the pane: two menus, and the place of the figure."""
    return [
        html.Div(
            [
                html.Select(id="layer-view-layer", **{"aria-label": "layer"}),
                kind_menu("layer-view-kind"),
                html.Span(id="layer-view-status", className="hint", role="status"),
            ],
            className="layer-view-head",
        ),
        html.Div(id="layer-view-graph", className="layer-view-graph"),
    ]
