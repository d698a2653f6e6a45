"""The share sheet: a button for everything that can be taken away."""

from app.exports import EXPORTS
from app.layer_figures import KINDS
from app.share import DOWNLOADS, KIND_TITLES, body
from nets.code import FORMATS
from tests.app.components import walk

BUTTONS = [node for part in body() for node in walk(part) if type(node).__name__ == "Button"]


def test_every_format_of_code_can_be_copied_and_saved() -> None:
    actions = {getattr(button, "data-share") for button in BUTTONS}
    assert {f"{verb}-code {name}" for verb in ("copy", "save") for name in FORMATS} <= actions


def test_every_download_has_one_button() -> None:
    actions = [getattr(button, "data-share") for button in BUTTONS]
    assert [action for action in actions if action in {row.action for row in DOWNLOADS}] == [
        row.action for row in DOWNLOADS
    ]
    assert {"layer", "network", "surfaces"} <= {row.action for row in DOWNLOADS} & set(EXPORTS)


def test_every_button_says_what_it_does_and_to_what() -> None:
    labels = [getattr(button, "aria-label") for button in BUTTONS]
    assert len(set(labels)) == len(labels)


def test_both_kinds_of_surface_can_be_chosen() -> None:
    assert tuple(KIND_TITLES) == KINDS
