"""The share sheet: a link, a file, code, pictures and arrays. Its module is ``assets/sheets/share.mjs``."""

from dataclasses import dataclass
from typing import Any

import dash_mantine_components as dmc
from dash import html

from nets.code import FORMATS


@dataclass(frozen=True)
class Download:
    """A file that the page or the server makes of the network; ``action`` is its name in the sheet's module."""

    action: str
    title: str
    ending: str


DOWNLOADS = (
    Download("wall", "the wall, twice the size of the screen", "PNG"),
    Download("map", "the level sets of", "SVG"),
    Download("layer", "all neurons of", "HTML"),
    Download("network", "every neuron in one scene", "HTML"),
    Download("surfaces", "the surfaces of all neurons, before and after their nonlinearity", "NPZ"),
)

KIND_TITLES = {"activation": "activation", "preactivation": "pre-activation"}


def body() -> list[Any]:
    """Build what the sheet holds; ``data-share`` names what a button does and, after a space, to what."""
    return [
        _section(
            "Link",
            html.Textarea(id="share-link", readOnly=True, rows=2, **{"aria-label": "link"}),
            _row([html.Span(id="share-length")], _button("copy", "copy-link", "copy the link")),
            dmc.Checkbox(id="share-memory", label="with the optimiser's memory, to go on to the bit", size="xs"),
        ),
        _section(
            "File",
            _row(
                ["everything, as JSON; a file can also be dropped onto the page"],
                _button("open…", "open", "open a file"),
                _button("save", "save", "save as a file"),
            ),
        ),
        _section(
            "Python",
            *(
                _row(
                    [html.B(row.title), f" needs {row.needs}"],
                    _button("copy", f"copy-code {row.name}", f"copy the code for {row.title}"),
                    _button("save", f"save-code {row.name}", f"save the code for {row.title}"),
                )
                for row in FORMATS.values()
            ),
            html.Textarea(id="share-code", readOnly=True, rows=6, hidden=True, **{"aria-label": "code"}),
        ),
        _section(
            "Pictures and arrays",
            *(
                _row([html.B(row.ending), f" {row.title} ", *_choice(row)], _button("save", row.action, _label(row)))
                for row in DOWNLOADS
            ),
        ),
        html.P(id="share-status", className="share-status", role="status"),
    ]


def kind_menu(id_: str) -> html.Select:
    """Build the menu of what is drawn of a neuron."""
    options = [html.Option(title, value=kind) for kind, title in KIND_TITLES.items()]
    return html.Select(options, id=id_, **{"aria-label": "before or after the nonlinearity"})


def _choice(row: Download) -> list[Any]:
    choices: dict[str, list[Any]] = {
        "map": [html.Span(id="share-neuron")],
        "layer": [html.Select(id="share-layer", **{"aria-label": "layer"}), " ", kind_menu("share-kind")],
    }
    return choices.get(row.action, [])


def _label(row: Download) -> str:
    return f"save {row.title.removesuffix(' of')} as {row.ending}"


def _section(title: str, *children: Any) -> html.Section:
    return html.Section([html.H3(title), *children], className="share-section")


def _row(words: list[Any], *buttons: html.Button) -> html.Div:
    return html.Div([html.Div(words), *buttons], className="share-row")


def _button(word: str, action: str, label: str) -> html.Button:
    id_ = f"share-{action.replace(' ', '-')}-button"
    return html.Button(word, id=id_, className="share-button", **{"data-share": action, "aria-label": label})
