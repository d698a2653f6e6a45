"""Sheets: what opens over the page, or beside the wall, and is closed again, one row each.

Whatever has ``data-opens="<id>"`` opens the sheet of that id. A sheet with a module
``assets/sheets/<id>.mjs`` has it loaded when it is first opened; the module exports
``create(parts, sheet) -> {open}`` (see ``assets/lib/sheets.mjs``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dash import html

from app import measures, own_data, share


@dataclass(frozen=True)
class Gesture:
    """A row of the help sheet.

    Attributes:
        keys: what to do, as the user reads it.
        what: what happens then.
        shortcuts: the keys of ``KEYS`` in assets/lib/actions.mjs that it tells of.
    """

    keys: str
    what: str
    shortcuts: tuple[str, ...] = ()


GESTURES = (
    Gesture("drag the wall", "turn all landscapes; down to tilt them into maps"),
    Gesture("hover a landscape", "every neuron's value at that point; a click pins it, Escape lets it go"),
    Gesture("click a landscape", "look at that neuron"),
    Gesture("arrow keys", "walk from neuron to neuron, or move the slider in focus"),
    Gesture("drag a line up or down", "change that weight, or the bias at a neuron's left; double-click sets it to 0"),
    Gesture("w", "to the selected neuron's weights: ← → between them, ↑ ↓ change, 0 zeroes", ("w",)),
    Gesture("f, Shift+F, o", "freeze the neuron or its layer, switch the neuron off or on", ("f", "Shift+f", "o")),
    Gesture("drag a slider", "change a weight or the bias; double-click it, its number or its landscape for 0"),
    Gesture("drag height H", "cut the selected landscape; double-click cuts at 0"),
    Gesture("drag the loss curve", "go back in time; playing from there branches off"),
    Gesture("[ and ]", "the moment before, the moment after", ("[", "]")),
    Gesture("c", "compare: keep this moment as a grey ghost, or let it go", ("c",)),
    Gesture("drawing your own data", "click adds a point, dragging several, right-click removes the nearest"),
    Gesture("… with the keyboard", "arrows move a cross, Enter adds, Delete removes, 1 to 6 choose the class"),
    Gesture("drop a file", "open a network that was saved"),
    Gesture("space", "play or pause training", (" ",)),
    Gesture(".", "train for one epoch", (".",)),
    Gesture("r", "reset: back to the first weights", ("r",)),
    Gesture("n", "draw new weights", ("n",)),
    Gesture("1, 2, 3 …", "look through the first lens, the second, …"),
    Gesture("m", "measures: confusion matrix or R², gradients, dead and saturated neurons", ("m",)),
    Gesture("k", "creases: the lines along which a network of relu, abs, … bends", ("k",)),
    Gesture("g", "the gallery of presets", ("g",)),
    Gesture("p", "presentation: larger, without controls; p or Escape ends it", ("p", "Escape")),
    Gesture("t", "light or dark", ("t",)),
    Gesture("Ctrl+Z, Ctrl+Shift+Z", "undo, redo", ("Ctrl+z", "Ctrl+Shift+z", "Ctrl+y")),
    Gesture("Tab", "go from part to part; everything can be reached and operated with keys"),
    Gesture("?", "this sheet", ("?",)),
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
        is_beside: whether it stands beside the wall and leaves the page usable; what opens it closes it too.
    """

    id: str
    title: str
    body: Callable[[], list[Any]]
    button: str = ""
    has_module: bool = True
    is_beside: bool = False


def _presets() -> list[Any]:
    """Return nothing: the gallery is fetched when it is first opened, so that it costs the first visit nothing."""
    return []


SHEETS = (
    Sheet("presets", "Presets", _presets, button="Presets"),
    Sheet("own-data", "Your own data", own_data.body),
    Sheet("share", "Share and export", share.body, button="Share"),
    Sheet("measures", "Measures", measures.body, is_beside=True),
    Sheet("help", "Keys and gestures", _help, has_module=False),
)


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
                        html.H2(row.title, id=f"{row.id}-title", tabIndex=-1 if row.is_beside else None),
                        html.Button("close", id=f"{row.id}-close", className="quiet", **{"data-closes": row.id}),
                    ],
                    className="sheet-head",
                ),
                html.Div(row.body(), className="sheet-body"),
            ],
            id=f"{row.id}-sheet",
            className=f"{'beside' if row.is_beside else 'sheet'} sheet-{row.id}",
            **{"aria-labelledby": f"{row.id}-title", "data-module": row.id if row.has_module else ""},
        )
        for row in SHEETS
    ]
