"""Lenses: the ways to look at a network, one row each. The chosen one fills the centre of the page.

A lens beyond the first has a module ``assets/lenses/<id>.mjs``, loaded when it is first chosen, that
exports ``create(parts, pane) -> {show, hide, draw}`` (see ``assets/lib/lenses.mjs``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html

from app import layer_view, regions_view
from app.space import space_body

OUTPUTS = ("scores", "probabilities")  # how the outputs of a classification are drawn


def _wall() -> list[Any]:
    return [
        html.Div(id="wall", className="wall", tabIndex=-1),
        html.Div(
            [
                html.Div(id="legend"),
                html.Div(id="flat-note"),
                html.Button(
                    "creases",
                    id="creases",
                    className="toggle",
                    title="Where landscapes bend: their own creases and those of the layers before them (k)",
                    **{"aria-pressed": "false"},
                ),
                html.Div(id="creases-note"),
                html.Div(
                    dmc.SegmentedControl(
                        id="outputs",
                        data=[{"value": name, "label": name} for name in OUTPUTS],
                        value=OUTPUTS[0],
                        size="xs",
                    ),
                    id="outputs-row",
                    title="The class landscapes as the outputs' scores, or as softmax probabilities "
                    "exp(s) / Σ exp(s), which lie between 0 and 1 and add up to 1 everywhere",
                ),
                html.Div(id="tilt"),
            ],
            className="wall-foot",
        ),
    ]


@dataclass(frozen=True)
class Lens:
    """One way to look at the network.

    Attributes:
        id: its name in links and in the names of its files.
        title: the word in the navigation.
        label: what its pane is, read out.
        body: makes what the pane holds at first; its module fills in the rest.
    """

    id: str
    title: str
    label: str
    body: Callable[[], list[Any]]


LENSES = (
    Lens("landscapes", "Landscapes", "landscapes of every neuron", _wall),
    Lens("space", "Space", "the input plane carried into the plane of two neurons", space_body),
    Lens("regions", "Regions", "the regions on which the network is affine", regions_view.body),
    Lens("layer", "Layer", "all neurons of one layer", layer_view.body),
)


def navigation() -> html.Nav:
    """Build the links that choose a lens; the first one is chosen."""
    links = [
        html.A(
            lens.title,
            href=f"#{lens.id}",
            id=f"lens-{lens.id}",
            **{"data-lens": lens.id, "aria-current": "page" if lens is LENSES[0] else "false"},
        )
        for lens in LENSES
    ]
    return html.Nav(links, **{"aria-label": "lenses"})


def panes() -> list[html.Section]:
    """Build every lens's pane; only that of the first one is shown."""
    return [
        html.Section(
            lens.body(),
            id=f"pane-{lens.id}",
            className=f"pane pane-{lens.id}",
            hidden=lens is not LENSES[0],
            **{"aria-label": lens.label},
        )
        for lens in LENSES
    ]
