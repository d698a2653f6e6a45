"""The composition strip under the wall: how the selected neuron is made (see ``assets/lib/terms.mjs``)."""

from dash import html


def strip() -> html.Section:
    """Build the strip's frame: its head, and the empty element that the terms are put into."""
    return html.Section(
        [
            html.Div(
                [
                    html.H2("How it is made", id="strip-title"),
                    html.Span(id="strip-point", className="number"),
                    html.Div(id="build-up"),
                    html.Label(id="pull"),
                ],
                className="strip-head",
            ),
            html.Div(id="terms", className="terms"),
        ],
        className="strip",
        id="strip",
        **{"aria-label": "composition of the selected neuron"},
    )
