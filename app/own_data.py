"""The sheet of one's own data: draw points, paste a table, write a formula.

``assets/sheets/own-data.mjs`` brings it to life; what is drawn, pasted or written is taken up by the
edits "own-points", "own-table" and "formula" of ``app.edits``.
"""

from typing import Any

from dash import html

from nets.formula import LONGEST
from nets.limits import MOST_POINTS

TABS = (("draw", "Draw"), ("table", "Table"), ("formula", "Formula"))

EXAMPLES = (
    "class = x*y > sin(3*x)",
    "class = 0.3 < hypot(x, y) < 0.7",
    "class = (x > 0) + 2*(y > 0)",
    "class = abs(y - x**3) < 0.2",
    "target = x**2 - y",
    "target = sin(4*x) * cos(4*y)",
)

TABLE_EXAMPLE = "x, y, target\n5.1, 1.4, setosa\n7.0, 4.7, versicolor\n6.3, 6.0, virginica"


def body() -> list[Any]:
    """Build the tabs and what is under them; the first one is open."""
    first = TABS[0][0]
    tabs = [
        html.Button(
            title,
            id=f"own-tab-{name}",
            role="tab",
            tabIndex="0" if name == first else "-1",
            **{"data-tab": name, "aria-controls": f"own-{name}", "aria-selected": str(name == first).lower()},
        )
        for name, title in TABS
    ]
    panels = {"draw": _draw(), "table": _table(), "formula": _formula()}
    return [
        html.Div(tabs, className="own-tabs", role="tablist", **{"aria-label": "ways to your own data"}),
        *(
            html.Div(
                panels[name],
                id=f"own-{name}",
                className=f"own-panel own-panel-{name}",
                hidden=name != first,
                role="tabpanel",
                **{"aria-labelledby": f"own-tab-{name}"},
            )
            for name, _ in TABS
        ),
    ]


def _choices(id_: str, label: str, options: tuple[tuple[str, str], ...]) -> html.Div:
    """Build a group of buttons of which one is pressed, the first one at first."""
    buttons = [
        html.Button(
            text,
            id=f"{id_}-{value}",
            **{"data-value": value, "aria-pressed": str(value == options[0][0]).lower()},
        )
        for value, text in options
    ]
    return html.Div(buttons, id=id_, className="own-choices", role="group", **{"aria-label": label})


def _status(name: str) -> html.P:
    return html.P("", id=f"own-{name}-status", className="own-status", role="status")


def _draw() -> list[Any]:
    return [
        html.Canvas(
            id="own-canvas",
            tabIndex="0",
            role="application",
            **{"aria-label": "the plane: arrows move a cross, Enter adds a point, Delete removes the nearest"},
        ),
        html.Div(
            [
                _choices("own-tool", "tool", (("add", "add"), ("remove", "remove"))),
                _choices("own-task", "kind of targets", (("classes", "classes"), ("values", "values"))),
                html.Div(id="own-classes", className="own-classes", role="group", **{"aria-label": "class to add"}),
                html.Div(id="own-value", className="own-value", hidden=True),
                html.Div(
                    [
                        html.Button("start from the present points", id="own-start", className="quiet"),
                        html.Button("clear", id="own-clear", className="quiet"),
                    ],
                    className="own-buttons",
                ),
                _status("draw"),
            ],
            className="own-side",
        ),
    ]


def _table() -> list[Any]:
    return [
        html.P(
            f"Three columns: x, y and target, up to {MOST_POINTS} points. Targets are names or numbers of classes, "
            "or values. The axes keep the units of the data.",
            className="own-hint",
        ),
        html.Textarea(
            id="own-text",
            rows=11,
            spellCheck="false",
            placeholder=TABLE_EXAMPLE,
            **{"aria-label": "table of points"},
        ),
        html.Div(
            [
                html.Span("targets are", className="label"),
                _choices(
                    "own-table-task",
                    "what targets are",
                    (("guess", "as they look"), ("classes", "classes"), ("values", "values")),
                ),
                html.Div(id="own-file", className="own-file"),
                html.Button("use this table", id="own-read", className="own-use"),
            ],
            className="own-row",
        ),
        _status("table"),
    ]


def _formula() -> list[Any]:
    return [
        html.P(
            "A class is true or false, or a whole number from 0 to 5; a target is any number. "
            "Points are spread over −1 to 1; their number and noise are those of the setup panel.",
            className="own-hint",
        ),
        html.Div(
            [
                html.Textarea(
                    id="own-formula-text",
                    rows=2,
                    maxLength=LONGEST,
                    spellCheck="false",
                    placeholder=EXAMPLES[0],
                    **{"aria-label": "formula"},
                ),
                html.Button("use this formula", id="own-use-formula", className="own-use"),
            ],
            className="own-row",
        ),
        _status("formula"),
        html.Div(
            [
                html.Button(html.Code(text), id=f"own-example-{i}", className="own-example", **{"data-formula": text})
                for i, text in enumerate(EXAMPLES)
            ],
            className="own-examples",
            role="group",
            **{"aria-label": "examples"},
        ),
    ]
