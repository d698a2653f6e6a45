"""The page's frame: header, transport, setup rail, wall with composition strip, inspector.

Everything that changes on a frame or a drag is an empty element here, filled by the modules in
``assets/lib``.
"""

import dash_mantine_components as dmc
from dash import dcc, html

from app.controls import setup_panel
from app.inspector import inspector
from app.lenses import navigation, panes
from app.sheets import sheet_buttons, sheets
from app.stats import STATS, stat_title
from app.strip import strip
from nets import Model

FIRST_RATE = 60  # epochs a second

RATES = (("1", "1 epoch/s"), ("5", "5 epochs/s"), ("20", "20 epochs/s"), ("60", "60 epochs/s"), ("", "full speed"))


def page(model: Model) -> dmc.MantineProvider:
    """Build the page showing ``model``."""
    return dmc.MantineProvider(
        html.Div(
            [
                html.A("Skip to the landscapes", href="#wall", className="skip"),
                _header(),
                _transport(model),
                html.Aside(setup_panel(model), id="rail", className="rail", **{"aria-label": "setup"}),
                html.Main([_look_for(), *panes(), strip()], className="centre"),
                inspector(model),
                html.Div(id="notice", role="status", **{"aria-live": "polite"}),
                *sheets(),
                dcc.Store(id="request"),
                dcc.Store(id="proposal"),
                dcc.Store(id="sink"),
            ],
            className="app",
        ),
        id="theme-provider",
        theme={"fontFamily": "Inter, 'Segoe UI', system-ui, 'DejaVu Sans', sans-serif", "primaryColor": "cyan"},
        forceColorScheme="light",
    )


def _header() -> html.Header:
    return html.Header(
        [
            html.H1(["Relie", html.I("f")], className="brand"),
            navigation(),
            html.Div(
                [
                    *sheet_buttons(),
                    _icon_button("undo", "undo", "Undo (Ctrl+Z)"),
                    _icon_button("redo", "redo", "Redo (Ctrl+Shift+Z)"),
                    _icon_button("present", "present", "Presentation: larger, without controls (p)"),
                    _icon_button("theme", "theme", "Light or dark (t)"),
                    _icon_button("help", "help", "Keys and gestures (?)", opens="help"),
                ],
                className="tools",
            ),
        ]
    )


def _icon_button(id_: str, icon: str, label: str, class_name: str = "icon-button", opens: str = "") -> html.Button:
    return html.Button(
        html.Span(className=f"icon icon-{icon}"),
        id=id_,
        className=class_name,
        title=label,
        **{"aria-label": label, "data-opens": opens},
    )


def _transport(model: Model) -> html.Section:
    return html.Section(
        [
            html.Div(
                [
                    _icon_button("reset", "reset", "Back to the first weights (r)"),
                    _icon_button("play", "play", "Play (space)", "play"),
                    _icon_button("step", "step", "One epoch (.)"),
                    dmc.Select(
                        id="rate",
                        data=[{"value": value, "label": label} for value, label in RATES],
                        value=str(FIRST_RATE),
                        allowDeselect=False,
                        size="xs",
                        w=112,
                        **{"aria-label": "training speed"},
                    ),
                ],
                className="buttons",
            ),
            html.Div([html.B("0", id="epoch"), html.Span("epoch")], className="stat epoch"),
            html.Div(id="timeline"),
            *(
                html.Div(
                    [html.B("–", id=stat.id), html.Span(stat.label)],
                    id=f"stat-{stat.id}",
                    className="stat",
                    title=stat_title(stat, model),
                )
                for stat in STATS
            ),
            html.Button(
                "measures",
                id="open-measures",
                className="toggle",
                title="Confusion matrix or R², gradients, dead and saturated neurons (m)",
                **{"data-opens": "measures", "aria-pressed": "false"},
            ),
        ],
        className="transport",
        **{"aria-label": "training"},
    )


def _look_for() -> html.Section:
    """Build the place over the wall where a preset says what to look for; empty until then."""
    return html.Section([], id="look-for", className="look-for", **{"aria-label": "what to look for"})
