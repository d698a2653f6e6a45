"""Sheets: what opens over the page and is closed again, one row each.

Whatever has ``data-opens="<id>"`` opens the sheet of that id. A sheet with a module
``assets/sheets/<id>.mjs`` has it loaded when it is first opened; the module exports
``create(parts, sheet) -> {open}`` (see ``assets/lib/sheets.mjs``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dash import html


@dataclass(frozen=True)
class Gesture:
    """A row of the help sheet."""

    keys: str
    what: str


GESTURES = (
    Gesture("drag the wall", "turn all landscapes; down to tilt them into maps"),
    Gesture("click a landscape", "look at that neuron"),
    Gesture("arrow keys", "walk from neuron to neuron, or move the slider in focus"),
    Gesture("drag a slider", "change a weight or the bias; double-click it, its number or its landscape for 0"),
    Gesture("drag the loss curve", "go back in time; playing from there branches off"),
    Gesture("space", "play or pause training"),
    Gesture(".", "train for one epoch"),
    Gesture("Ctrl+Z, Ctrl+Shift+Z", "undo, redo"),
    Gesture("?", "this sheet"),
)


def _help() -> list[Any]:
    return [html.Dl([html.Div([html.Dt(gesture.keys), html.Dd(gesture.what)]) for gesture in GESTURES])]


@dataclass(frozen=True)
class Sheet:
    """One sheet.

    Attributes:
        id: what ``data-opens`` says; also the name of its module.
        title: its heading.
        body: makes what it holds at first.
        button: the word in the header that opens it; empty where something else does.
        has_module: whether ``assets/sheets/<id>.mjs`` brings it to life.
    """

    id: str
    title: str
    body: Callable[[], list[Any]]
    button: str = ""
    has_module: bool = True


SHEETS = (Sheet("help", "Keys and gestures", _help, has_module=False),)


def sheet_buttons() -> list[html.Button]:
    """Build the header's buttons that open sheets."""
    return [
        html.Button(row.button, id=f"open-{row.id}", className="quiet tool", **{"data-opens": row.id})
        for row in SHEETS
        if row.button
    ]


def sheets() -> list[html.Dialog]:
    """Build every sheet, closed."""
    return [
        html.Dialog(
            [
                html.Div(
                    [
                        html.H2(row.title, id=f"{row.id}-title"),
                        html.Button("close", id=f"{row.id}-close", className="quiet", **{"data-closes": row.id}),
                    ],
                    className="sheet-head",
                ),
                html.Div(row.body(), className="sheet-body"),
            ],
            id=f"{row.id}-sheet",
            className=f"sheet sheet-{row.id}",
            **{"aria-labelledby": f"{row.id}-title", "data-module": row.id if row.has_module else ""},
        )
        for row in SHEETS
    ]
