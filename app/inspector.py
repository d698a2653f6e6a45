"""The inspector: the selected neuron as a large surface, the plane that cuts it, and its level-set map.

The figures are filled, and the empty elements built, by the page's modules (see ``assets/lib/inspector.mjs``
and ``assets/lib/cutting.mjs``).
"""

import dash_mantine_components as dmc
import numpy as np
from dash import dcc, html

from app.figures import level_set_figure, surface_figure
from app.menus import ACTIVATION_MENU, WITH_FORMULA, activation_options, control_id
from nets import Model, axes

GRAPH_CONFIG = {
    "displaylogo": False,
    "showSendToCloud": False,
    "displayModeBar": False,
    "scrollZoom": False,
    "doubleClick": "reset",
}

KINDS = (("activation", "activation"), ("preactivation", "pre-activation"))

LEVEL_RULES = (  # as assets/lib/levels.mjs reads them: so many to the scale, or so far apart
    *((f"count:{count}", f"scale / {count}") for count in (4, 2, 10, 20)),
    *((f"every:{height}", f"every {height}") for height in (0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10)),
)


def inspector(model: Model) -> html.Aside:
    """Build the column that shows the selected neuron large."""
    x, y = axes(model)
    heights = np.zeros((len(y), len(x)))  # the page fills in the selected neuron's, which are many bytes
    surface = surface_figure(x, y, heights)
    surface["data"][0]["visible"] = False  # not drawn before it is filled in: graphics in software take seconds for it
    return html.Aside(
        [
            html.Div(
                [
                    html.H2("", id="neuron-title"),
                    html.Button(
                        "×",
                        id=control_id("remove-neuron"),
                        className="quiet remove-neuron",
                        title="take this neuron out of its layer",
                        **{"aria-label": "remove this neuron"},
                    ),
                    dmc.Select(
                        id=control_id("neuron-activation"),
                        data=activation_options(),
                        renderOption=WITH_FORMULA,
                        comboboxProps=ACTIVATION_MENU,
                        value=None,
                        allowDeselect=False,
                        size="xs",
                        w=116,
                        **{"aria-label": "nonlinearity of this neuron"},
                    ),
                ],
                className="inspector-head",
            ),
            html.P("", id="formula", className="formula"),
            html.Div(id="neuron-tools", className="neuron-tools"),
            html.Div(
                [
                    dmc.SegmentedControl(
                        id="kind",
                        data=[{"value": value, "label": label} for value, label in KINDS],
                        value=KINDS[0][0],
                        size="xs",
                    ),
                    html.Button("compare", id="compare", className="quiet", **{"aria-pressed": "false"}),
                ],
                className="inspector-row",
            ),
            dcc.Graph(
                id="surface-plot",
                figure=surface,
                config={**GRAPH_CONFIG, "scrollZoom": True},
                className="surface-plot",
            ),
            html.Div(id="cut", className="cut"),
            html.Div(
                [
                    dcc.Graph(
                        id="map-plot",
                        figure=level_set_figure(x, y, heights),
                        config=GRAPH_CONFIG,
                        className="map-plot",
                    ),
                    html.Div(
                        [
                            html.H3("level sets", id="map-title"),
                            html.P("", id="cut-text"),
                            html.P("", id="ghost-text"),
                        ],
                        className="map-text",
                    ),
                ],
                className="map",
            ),
            html.P("", id="cut-equation", className="number"),
            html.Div(
                [
                    html.Span("level sets", className="label"),
                    _menu(
                        "level-rule",
                        [{"value": value, "label": label} for value, label in LEVEL_RULES],
                        "how far apart level sets are",
                        LEVEL_RULES[0][0],
                    ),
                    html.Span(id="link"),
                ],
                className="inspector-row",
            ),
        ],
        className="inspector",
        id="inspector",
        **{"aria-label": "selected neuron"},
    )


def _menu(
    id_: str | dict[str, str | int], data: list[dict[str, str]], label: str, value: str | None = None
) -> dmc.Select:
    return dmc.Select(id=id_, data=data, value=value, allowDeselect=False, size="xs", w=116, **{"aria-label": label})
