"""The measures' frame, filled in by ``assets/sheets/measures.mjs`` with what ``POST /api/measures`` answers."""

from typing import Any

from dash import html

SETS = ("train", "test")  # which points' confusion matrix is shown


def body() -> list[Any]:
    """Build what stands beside the wall: sentences, how well the answers fit, a row a layer."""
    return [
        html.P(id="measures-state", className="measures-state"),
        html.Ul(id="measures-findings", className="findings"),
        html.Section(
            [
                html.Div(
                    [
                        html.H3(id="measures-fit-title"),
                        html.Div(
                            [
                                html.Button(
                                    name,
                                    id=f"measures-{name}",
                                    className="toggle",
                                    **{"data-set": name, "aria-pressed": "true" if name == SETS[0] else "false"},
                                )
                                for name in SETS
                            ],
                            id="measures-sets",
                            role="group",
                            **{"aria-label": "points"},
                        ),
                    ],
                    className="measures-head",
                ),
                html.Div(
                    id="measures-fit",
                    className="measures-table",
                    role="group",
                    **{"aria-labelledby": "measures-fit-title"},
                ),
            ]
        ),
        html.Section([html.H3("Layers"), html.Div(id="measures-layers", className="measures-table")]),
    ]
