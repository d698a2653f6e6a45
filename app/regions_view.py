"""The lens "regions": the polygons on which the network is affine, as a map; what its pane holds at first.

``assets/lenses/regions.mjs`` fills in the rest, so that the first visit does not carry what it does not show.
"""

from typing import Any

from dash import html


def body() -> list[Any]:
    """Build the pane: the map, and beside it what there is to choose and to read."""
    return [html.Div(id="regions-map"), html.Div(id="regions-side")]
