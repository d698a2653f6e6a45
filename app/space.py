"""The lens "space": the input plane carried into the plane of two neurons; what its pane holds.

``assets/lenses/space.mjs`` fills the menus, draws the plane and writes what there is to say.
"""

from typing import Any

from dash import html

MENUS = (
    ("space-layer", "layer"),
    ("space-across", "across"),
    ("space-up", "up"),
    ("space-kind", "values"),
)
KINDS = (("activation", "activation"), ("preactivation", "pre-activation"))
LEGEND = (
    ("kept", "the same way up as in the input plane"),
    ("turned", "turned over: the map's determinant is negative"),
    ("both", "folded: one lies over the other"),
    ("learnt", "point to learn from"),
    ("tested", "point kept for testing"),
)


def _menu(id_: str, label: str) -> html.Div:
    kinds = KINDS if id_ == "space-kind" else ()
    choices = [html.Option(text, value=value) for value, text in kinds]
    return html.Div(
        [
            html.Label(label, htmlFor=id_, className="label"),
            html.Select(choices, id=id_, **{"aria-label": label}),
        ],
        className="row menu",
    )


def space_body() -> list[Any]:
    """Build the pane: the plane, and beside it what is on its axes, the way there and the legend."""
    plane = html.Div(
        [html.Canvas(id="space-canvas", role="img", **{"aria-label": "transformed space"}), html.Div(id="space-tip")],
        id="space-plane",
        className="space-plane",
    )
    way = html.Div(
        [
            html.Button(
                html.Span(className="icon icon-play"),
                id="space-play",
                className="icon-button",
                **{"aria-label": "Carry the plane there"},
            ),
            html.Div(id="space-way", className="space-way"),
        ],
        className="space-journey",
    )
    legend = html.Ul(
        [html.Li([html.I(className=f"space-mark {name}"), text], id=f"space-legend-{name}") for name, text in LEGEND],
        className="space-legend",
    )
    side = html.Div(
        [
            html.H2("Axes"),
            *(_menu(*menu) for menu in MENUS),
            html.H2("The way there"),
            way,
            legend,
            html.P(id="space-lines", className="space-said"),
            html.P(id="space-note", className="space-said"),
        ],
        className="space-side",
    )
    return [plane, side]
