"""Keys, tooltips, presentation mode, and the page at the sizes it is used at."""

import json
import re

from playwright.sync_api import expect

from app.sheets import GESTURES
from tests.browser.regions import ask
from tests.browser.relief import PHONE, PROJECTOR, Relief
from tests.browser.server import ROOT

HALL = {"width": 1920, "height": 1080}
LEGIBLE = 16  # px, from the back of a hall

MAIN = (ROOT / "assets" / "lib" / "actions.mjs").read_text()


def test_the_help_sheet_tells_of_every_key_and_of_no_other() -> None:
    table = re.search(r"const KEYS = \{(.*?)\};", MAIN, re.DOTALL)
    assert table
    keys = [json.loads(f'"{key}"') for key in re.findall(r'^\s+"(.+?)": "', table[1], re.MULTILINE)]
    assert len(keys) >= 12
    assert sorted(keys) == sorted(key for gesture in GESTURES for key in gesture.shortcuts)


def test_keys_do_what_the_help_sheet_says(relief: Relief) -> None:
    page = relief.page
    theme = page.evaluate("() => document.documentElement.dataset.mantineColorScheme")
    page.keyboard.press("t")
    assert page.evaluate("() => document.documentElement.dataset.mantineColorScheme") != theme
    page.keyboard.press("t")
    seed = relief.document["initial"]["seed"]
    page.keyboard.press("n")
    relief.until("(seed) => relief.model().initial.seed !== seed", seed)
    page.keyboard.press("g")
    expect(page.locator("#presets-sheet")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#presets-sheet")).not_to_be_visible()
    page.keyboard.press("1")
    assert page.locator("#lens-landscapes").get_attribute("aria-current") == "page"


def test_keys_work_after_a_choice_from_a_menu_has_left_the_focus_in_its_field(relief: Relief) -> None:
    relief.choose("optimiser", "sgd")
    relief.until("() => relief.model().training.optimizer === 'sgd'")
    assert relief.page.evaluate("() => document.activeElement.matches('input[readonly]')")
    relief.page.keyboard.press("n")
    relief.until("() => relief.model().initial.seed > 1")
    relief.page.keyboard.press("Control+z")
    relief.until("() => relief.model().initial.seed === 1")


def test_tooltips_give_the_formula_of_what_is_drawn(relief: Relief) -> None:
    titles = relief.page.evaluate(
        """() => Object.fromEntries(Object.entries({
             tile: ".tile[data-layer='2'][data-neuron='3']", decision: ".tile[data-layer='4']", head: "#neuron-title",
             loss: "#stat-train-loss", legend: "#legend",
           }).map(([name, selector]) => [name, document.querySelector(selector).title]))"""
    )
    assert titles["tile"] == "hidden 2 · neuron 4: a = tanh(z),  z = w₁·S₁ + … + b"
    assert titles["head"] == "hidden 1 · neuron 1: a = tanh(z),  z = w₁·x + w₂·y + b"
    assert "argmax over the classes' scores" in titles["decision"]
    assert "−log softmax(s)" in titles["loss"]
    assert "a(x, y) = k · " in titles["legend"]
    relief.choose("loss", "squared error")
    relief.until("() => document.querySelector('#stat-train-loss').title.includes('Σ (a − t)²')")


def test_presentation_hides_the_controls_and_enlarges_the_type_until_escape(relief: Relief) -> None:
    page = relief.page
    page.set_viewport_size(HALL)  # type: ignore[arg-type]
    usual = page.locator("#wall").bounding_box()
    page.keyboard.press("p")
    expect(page.locator("#rail")).not_to_be_visible()
    shown = page.locator("#wall").bounding_box()
    assert usual
    assert shown
    assert shown["width"] > usual["width"] + 100
    for size in (PROJECTOR, HALL):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        relief.settle()
        assert [ask(relief, question) for question in ("overlaps", "cut", "scrolls")] == [[], [], []]
    assert ask(relief, "small", LEGIBLE) == []
    page.keyboard.press("Escape")
    expect(page.locator("#rail")).to_be_visible()
    page.get_by_role("button", name="Presentation").click()
    expect(page.locator("#rail")).not_to_be_visible()
    page.keyboard.press("p")
    expect(page.locator("#rail")).to_be_visible()


def test_nothing_overlaps_or_is_cut(relief: Relief) -> None:
    for size in (PROJECTOR, HALL, PHONE):
        relief.page.set_viewport_size(size)  # type: ignore[arg-type]
        relief.settle()
        assert [ask(relief, question) for question in ("overlaps", "cut")] == [[], []], size
        if size != PHONE:
            assert [ask(relief, question) for question in ("scrolls", "dotted")] == [[], []], size


def test_nothing_moves_by_itself_where_the_system_asks_for_rest(relief: Relief) -> None:
    moving = relief.page.evaluate(
        """() => [...document.querySelectorAll("*")].filter((node) => {
             const { transitionDuration, animationName } = getComputedStyle(node);
             return animationName !== "none" || transitionDuration.split(", ").some((time) => parseFloat(time) > 0);
           }).map((node) => node.className)"""
    )
    assert moving == []


GRAPHS = "[...document.querySelectorAll('#inspector .js-plotly-plot')]"
DRAWN = f"{GRAPHS}[0]?._fullData?.[0].z?.[0].length === 121"  # as finely as when all is at rest
PLACED = f"""{GRAPHS}.map((graph) => [
  graph._fullLayout.autosize,
  Math.abs(graph._fullLayout.width - graph.getBoundingClientRect().width) < 1,
  Math.abs(graph._fullLayout.height - graph.getBoundingClientRect().height) < 1,
])"""


def test_a_surface_is_not_drawn_before_somebody_sees_it_and_fits_its_place_at_any_time(fresh: Relief) -> None:
    """Graphics in software take a second for it, while the page opens."""
    fresh.open()
    fresh.until(f"() => {GRAPHS}.length === 2 && {GRAPHS}.every((graph) => graph._fullData)")
    assert fresh.call(f"{GRAPHS}[0]._fullData[0].visible") is False
    assert fresh.call(PLACED) == 2 * [[True, True, True]]
    fresh.page.locator("#surface-plot").scroll_into_view_if_needed()
    fresh.until(f"() => {DRAWN} && {GRAPHS}[0]._fullData[0].visible")
    assert fresh.call(PLACED) == 2 * [[True, True, True]]
    fresh.page.set_viewport_size(PROJECTOR)
    fresh.until(f"() => {PLACED}.flat().every(Boolean)")


def test_what_the_inspector_draws_fits_its_place_on_a_page_that_opens_with_it_in_sight(fresh: Relief) -> None:
    fresh.page.set_viewport_size(PROJECTOR)
    fresh.open()
    fresh.until(f"() => {DRAWN}")
    assert fresh.call(PLACED) == 2 * [[True, True, True]]
