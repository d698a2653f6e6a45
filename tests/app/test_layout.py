"""The layout: everything the callbacks and the page's modules look for is there, once, and has a name."""

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from dash.development.base_component import Component

from app import layout
from app.bodies import parse_run
from app.controls import shown
from app.edits import EDITS
from app.layout import FIRST_RATE, RATES, page
from app.lenses import LENSES
from app.menus import control_id
from app.sheets import GESTURES, SHEETS
from app.stats import STATS, shown_stats
from nets import ACTIVATIONS, LOSSES, create, dataset, serialise
from tests.app.components import by_id, control_of, key, option_values, walk
from tests.nets.models import spiral_model

MODEL = create(dataset("spiral", 3), hidden=[8, 8])
PAGE = page(MODEL)
COMPONENTS = list(walk(PAGE))
BY_ID = by_id(PAGE)

ASSETS = Path(layout.__file__).parent.parent / "assets"
MAIN = (ASSETS / "main.mjs").read_text()

BUTTONS = [component for component in COMPONENTS if type(component).__name__ == "Button"]
OPERABLE = ("Select", "NumberInput", "RadioGroup", "RadioCard", "SegmentedControl")


def test_ids_are_unique() -> None:
    counts = Counter(key(component.id) for component in COMPONENTS if hasattr(component, "id"))
    assert [id_ for id_, n in counts.items() if n > 1] == []


def test_every_control_of_the_page_has_an_edit() -> None:
    used = {control_of(component) for component in COMPONENTS} - {None}
    assert used <= set(EDITS)
    assert {"dataset", "neuron-activation", "add-layer", "remove-layer", "new-weights", "same-weights"} <= used


def test_what_python_tells_the_page_to_show_is_on_the_page() -> None:
    assert {key(update["id"]) for update in shown(MODEL)} <= set(BY_ID)


def test_every_element_that_the_entry_module_looks_for_is_on_the_page() -> None:
    wanted = set(re.findall(r'byId\("([\w-]+)"\)', MAIN)) | set(re.findall(r"#([\w-]+) \.js-plotly-plot", MAIN))
    assert {"wall", "terms", "timeline"} <= wanted
    assert wanted <= {*BY_ID, "relief-initial"}  # the last is beside the layout, see test_create_app.py


def test_the_menu_of_a_neuron_has_every_nonlinearity() -> None:
    assert option_values(BY_ID[key(control_id("neuron-activation"))]) == list(ACTIVATIONS)


def test_every_number_of_the_transport_has_its_place() -> None:
    assert {stat.id for stat in STATS} <= set(BY_ID)


def test_every_lens_is_in_the_navigation() -> None:
    assert [BY_ID[f"lens-{lens.id}"].children for lens in LENSES] == [lens.title for lens in LENSES]


def test_every_lens_has_a_pane_and_a_module_and_only_the_first_is_shown() -> None:
    assert [BY_ID[f"pane-{lens.id}"].hidden for lens in LENSES] == [lens is not LENSES[0] for lens in LENSES]
    for suffix in ("mjs", "css"):
        assert {lens.id for lens in LENSES[1:]} == {path.stem for path in (ASSETS / "lenses").glob(f"*.{suffix}")}


def test_every_sheet_that_can_be_opened_is_there_with_its_module() -> None:
    opened = {getattr(component, "data-opens", "") for component in COMPONENTS} - {""}
    assert opened == {sheet.id for sheet in SHEETS}
    assert {f"{sheet.id}-sheet" for sheet in SHEETS} <= set(BY_ID)
    assert {sheet.id for sheet in SHEETS if sheet.has_module} == {
        path.stem for path in (ASSETS / "sheets").glob("*.mjs")
    }


def test_every_gesture_is_in_the_help() -> None:
    terms = [component.children for component in walk(BY_ID["help-sheet"]) if type(component).__name__ == "Dt"]
    assert terms == [gesture.keys for gesture in GESTURES]


@pytest.mark.parametrize("value", [value for value, _ in RATES])
def test_every_speed_that_can_be_chosen_can_be_asked_for(value: str) -> None:
    rate = float(value) if value else None
    assert parse_run({"model": serialise(spiral_model()), "rate": rate}).rate == rate


def test_the_first_speed_is_one_that_can_be_chosen() -> None:
    menu = BY_ID["rate"]
    assert menu.value == str(FIRST_RATE)
    assert menu.value in option_values(menu)


# Everyone can find and operate it.


def text_of(node: Any) -> str:
    if isinstance(node, list | tuple):
        return "".join(text_of(child) for child in node)
    if isinstance(node, Component):
        return text_of(getattr(node, "children", None))
    return str(node or "")


@pytest.mark.parametrize("button", BUTTONS, ids=lambda button: key(button.id))
def test_every_button_has_a_name(button: Component) -> None:
    name = getattr(button, "aria-label", "") or text_of(button)
    assert re.search(r"[a-z]{3}", name, re.IGNORECASE)


def test_everything_that_can_be_operated_has_a_name() -> None:
    for component in COMPONENTS:
        kind = type(component).__name__
        if kind in OPERABLE:
            has_words = kind == "SegmentedControl" and all(option["label"] for option in component.data)
            assert getattr(component, "aria-label", "") or has_words, component.id
        elif kind == "Slider":
            assert component.thumbLabel, component.id


@pytest.mark.parametrize("tag", ["Header", "Nav", "Main", "H1"])
def test_the_page_has_each_landmark_once(tag: str) -> None:
    assert sum(type(component).__name__ == tag for component in COMPONENTS) == 1


def test_regions_of_the_same_kind_are_told_apart_by_their_names() -> None:
    for tag in ("Aside", "Nav"):
        names = [getattr(c, "aria-label", "") for c in COMPONENTS if type(c).__name__ == tag]
        assert all(names)
        assert len(set(names)) == len(names)


def test_the_first_thing_the_keyboard_reaches_leads_past_the_setup() -> None:
    first = next(component for component in COMPONENTS if type(component).__name__ == "A")
    assert first.href == "#wall"
    assert BY_ID["wall"].tabIndex == -1  # or the browser would not move the focus there


def test_messages_are_announced() -> None:
    assert getattr(BY_ID["notice"], "aria-live") == "polite"


def test_labels_that_refer_to_an_element_refer_to_one_that_is_there() -> None:
    references = [getattr(component, "aria-labelledby", None) for component in COMPONENTS]
    assert {reference for reference in references if reference} <= set(BY_ID)


def test_pictures_say_what_they_are_or_that_they_say_nothing() -> None:
    assert all(hasattr(component, "alt") for component in COMPONENTS if type(component).__name__ == "Img")


# Nothing leaves this machine.


@pytest.mark.parametrize("graph", [c for c in COMPONENTS if type(c).__name__ == "Graph"], ids=lambda graph: graph.id)
def test_no_graph_offers_to_send_its_data_elsewhere(graph: Component) -> None:
    assert graph.config["showSendToCloud"] is False
    assert graph.config["displaylogo"] is False


@pytest.mark.parametrize("graph", [c for c in COMPONENTS if type(c).__name__ == "Graph"], ids=lambda graph: graph.id)
def test_a_graph_neither_resizes_itself_and_forgets_its_camera_nor_is_told_never_to_and_forgets_its_size(
    graph: Component,
) -> None:
    assert getattr(graph, "responsive", "auto") == "auto"
    assert "responsive" not in graph.config


def test_every_picture_and_link_is_on_the_page_itself() -> None:
    for component in COMPONENTS:
        for name in ("src", "href"):
            address = getattr(component, name, None)
            assert address is None or address.startswith(("#", "/", "data:"))


def test_every_number_says_what_it_is_in_the_formula_of_the_chosen_loss() -> None:
    for model in (MODEL, create(dataset("saddle"), hidden=[3])):
        updates = {update["id"]: update["props"]["title"] for update in shown_stats(model)}
        assert set(updates) == {f"stat-{stat.id}" for stat in STATS} <= set(BY_ID)
        for name in ("train-loss", "test-loss"):
            assert LOSSES[model.training.loss].formula in updates[f"stat-{name}"]
    for update in shown_stats(MODEL):
        assert BY_ID[update["id"]].title == update["props"]["title"]
