"""The lens of regions in the page: what a user reads and chooses, and what is said where there is nothing to see."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Route

from app.palette import LIGHT
from nets import Model, serialise
from nets.network import Layer, forward
from nets.regions import regions, to_units
from tests.browser.region_maps import OUTPUTS, RELU, SVG, network
from tests.browser.relief import PHONE, PROJECTOR, Relief
from tests.browser.test_accessibility import violations

COUNTED = """(counts) => {
  const rows = [...document.querySelectorAll('#regions-counts tbody tr')];
  return JSON.stringify(rows.map((row) => Number(row.cells[1].textContent))) === JSON.stringify(counts)
    && !document.querySelector('#pane-regions').classList.contains('is-stale');
}"""


def count(model: Model) -> list[int]:
    return [len(partition) for partition in regions(model).partitions]


class RegionsPage:
    """The lens as a test uses it."""

    def __init__(self, relief: Relief, model: Model) -> None:
        self.relief = relief
        self.page = relief.page
        self.relief.load(serialise(model))
        self.page.get_by_role("link", name="Regions", exact=True).click()
        self.relief.until(COUNTED, count(model))
        self.map = self.page.locator("#regions-map canvas").last

    def choose(self, label: str, option: str) -> None:
        self.page.locator("#regions-side").get_by_label(label, exact=True).select_option(label=option)

    def counts(self) -> list[list[str]]:
        rows: list[list[str]] = self.page.locator("#regions-counts tbody tr").evaluate_all(
            "(rows) => rows.map((row) => [...row.cells].map((cell) => cell.textContent))"
        )
        return rows

    def reading(self) -> str:
        return str(self.page.locator("#regions-reading").text_content())

    def leave(self) -> None:
        self.page.get_by_role("link", name="Landscapes", exact=True).click()


@pytest.fixture
def lens(relief: Relief) -> Iterator[RegionsPage]:
    """The page looking through the lens at a network of rectifiers; left as it was found."""
    opened = RegionsPage(relief, RELU)
    yield opened
    opened.leave()


def test_a_user_reads_a_region_with_the_mouse_and_with_the_keyboard(lens: RegionsPage) -> None:
    relief = lens.relief
    lens.choose("layer", "hidden 2")
    lens.choose("neuron", "neuron 3")
    lens.map.focus()
    lens.page.keyboard.press("ArrowRight")
    relief.until("() => document.querySelector('#regions-reading').textContent.startsWith('region ')")
    found = regions(RELU).partitions[1]
    assert lens.counts()[1][:2] == ["hidden 2", str(len(found))]
    place = np.array([[0.52, 0.5]])
    seen = RELU.inputs.standardise(to_units(place, RELU.domain).T)
    responses = forward(RELU.layers, RELU.parameters, seen)
    value = responses[1].preactivation[2, 0]
    lines = lens.reading().splitlines()
    slopes = [
        float(number)
        for number in lines[2].replace("−", "-").replace("- ", "-").replace("+ ", "+").split()
        if number[-1].isdigit()
    ]
    (x, y) = to_units(place, RELU.domain)[0]
    assert slopes[0] * x + slopes[1] * y + slopes[2] == pytest.approx(value, abs=0.02)
    current = lens.page.locator("#regions-maps tr[aria-current]")
    assert current.locator("th").inner_text() == "neuron 3"
    lens.page.keyboard.press("Enter")  # pinned, so that it stays when the mouse has gone
    before = lens.reading()
    box = lens.map.bounding_box()
    assert box is not None
    lens.page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.2 * box["height"])
    relief.until("(before) => document.querySelector('#regions-reading').textContent !== before", before)
    lens.page.mouse.move(0, 0)
    relief.until("(before) => document.querySelector('#regions-reading').textContent === before", before)
    lens.page.keyboard.press("Escape")
    relief.until("() => document.querySelector('#regions-reading').textContent.startsWith('Point at')")


def test_menus_show_the_selected_neuron(lens: RegionsPage) -> None:
    lens.relief.call("relief.select(1, 4)")
    lens.relief.until("() => document.querySelector('#regions-neuron').selectedOptions[0].textContent === 'neuron 5'")
    lens.choose("layer", "hidden 2")
    lens.relief.until("() => document.querySelector('#regions-neuron').options.length === 4")


def test_the_map_is_pale_while_it_is_not_of_the_present_network_and_follows_an_edit_at_rest(lens: RegionsPage) -> None:
    relief = lens.relief
    relief.page.evaluate(
        """() => {
             const pane = document.querySelector("#pane-regions");
             const note = () => (window.wasPale ||= pane.classList.contains("is-stale"));
             window.wasPale = false;
             new MutationObserver(note).observe(pane, { attributes: true });
           }"""
    )
    relief.call("relief.setParameter(0, 7)")
    assert count(relief.model) != count(RELU)
    relief.until(COUNTED, count(relief.model))
    assert relief.call("window.wasPale")


def test_the_map_is_pale_while_it_trains_if_the_server_refuses(lens: RegionsPage) -> None:
    lens.page.route("**/api/regions", lambda route: route.fulfill(status=422, json={"error": "no", "where": "layers"}))
    lens.page.get_by_role("button", name="Play (space)").click()
    lens.relief.until("() => document.querySelector('#regions-note').textContent === 'no'")
    lens.relief.until("() => document.querySelector('#pane-regions').classList.contains('is-stale')")
    assert lens.page.get_by_role("button", name="Pause (space)").is_visible()
    lens.page.unroute("**/api/regions")
    lens.relief.until("() => !document.querySelector('#pane-regions').classList.contains('is-stale')")
    lens.page.get_by_role("button", name="Pause (space)").click()
    lens.relief.expect_broken_connections()


def test_while_it_trains_the_map_moves(lens: RegionsPage) -> None:
    picture = "document.querySelector('#regions-map canvas').toDataURL()"
    lens.page.get_by_role("button", name="Play (space)").click()
    for _ in range(3):
        lens.relief.until(f"(seen) => {picture} !== seen", lens.relief.call(picture))
    lens.page.get_by_role("button", name="Pause (space)").click()


def test_a_smooth_layer_shows_its_curvature_and_the_layer_before_its_regions(relief: Relief) -> None:
    model = network(Layer(4, ("relu",) * 4), Layer(3, ("tanh",) * 3), OUTPUTS)
    lens = RegionsPage(relief, model)
    relief.call("relief.select(2, 1)")
    relief.until("() => document.querySelector('#regions-legend').textContent.includes('valley')")
    assert lens.page.locator("#regions-title").inner_text().lower() == "curvature"
    assert not lens.page.locator("#regions-colours").is_visible()
    box = lens.map.bounding_box()
    assert box is not None
    lens.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    relief.until("() => /curvature .*(ridge|valley)/.test(document.querySelector('#regions-reading').textContent)")
    lens.choose("layer", "hidden 1")
    relief.until("() => document.querySelector('#regions-legend').textContent.includes('hidden 1: ')")
    assert lens.page.locator("#regions-colours").is_visible()
    lens.leave()


def test_beside_curvature_regions_are_counted_anew_though_their_answer_comes_last(relief: Relief) -> None:
    model = network(Layer(4, ("relu",) * 4), Layer(3, ("relu",) * 3), Layer(3, ("tanh",) * 3), OUTPUTS)
    lens = RegionsPage(relief, model)
    relief.call("relief.select(3, 1)")
    legend = "document.querySelector('#regions-legend').textContent"
    relief.until(f"() => {legend}.includes('valley')")
    before = relief.call(legend)
    held: list[Route] = []
    lens.page.route("**/api/regions", lambda route: held.append(route))  # noqa: PLW0108  Playwright marks the function
    relief.call("relief.setParameter(0, 7)")
    relief.until(f"(before) => {legend} !== before", before)  # the curvature of the network as it is now
    relief.until_here(lambda: held)
    assert [int(row[1]) for row in lens.counts()] == count(model) != count(relief.model)
    for route in held:
        route.continue_()
    lens.page.unroute("**/api/regions")
    relief.until(COUNTED, count(relief.model))
    lens.leave()


HEADS = """(said) => {
  const label = document.querySelectorAll('#regions-map canvas')[1].ariaLabel;
  const heads = ['title', 'here'].map((id) => document.querySelector(`#regions-${id}`).textContent);
  return [...heads, label].every((text, i) => text.includes(said[i]));
}"""


@pytest.mark.parametrize(
    ("activation", "said", "plain"),
    [
        (
            "relu",
            ["Regions", "Scores here", "gradient's size of the score of class 2."],
            ["Regions", "Here", "size of class 2."],
        ),
        (
            "tanh",
            ["Curvature of the score", "Scores here", "curvature of the score of class 2."],
            ["Curvature", "Here", "curvature of class 2."],
        ),
    ],
)
def test_where_the_page_draws_probabilities_the_lens_says_that_it_is_about_scores(
    activation: str, said: list[str], plain: list[str], relief: Relief
) -> None:
    model = network(Layer(4, (activation,) * 4), OUTPUTS)
    outputs = relief.page.locator("#outputs-row")
    outputs.get_by_text("probabilities").click()
    lens = RegionsPage(relief, model)
    relief.call("relief.select(2, 1)")
    relief.until("() => document.querySelector('#regions-note').textContent !== 'computing…'")
    if activation == "relu":
        lens.page.get_by_role("button", name="gradient", exact=True).click()
    relief.until(HEADS, said)
    lens.leave()
    outputs.get_by_text("scores").click()
    lens.page.get_by_role("link", name="Regions", exact=True).click()
    relief.until(HEADS, plain)
    if activation == "relu":
        lens.page.get_by_role("button", name="by layer", exact=True).click()
    lens.leave()


def test_what_the_server_says_is_shown_and_the_map_stays(lens: RegionsPage) -> None:
    def refuse(route: Route) -> None:
        route.fulfill(status=422, json={"error": "no regions today", "where": "layers"})

    lens.page.route("**/api/regions", refuse)
    lens.relief.call("relief.setParameter(0, 5)")
    lens.relief.until("() => document.querySelector('#regions-note').textContent === 'no regions today'")
    assert lens.counts()
    lens.page.unroute("**/api/regions")
    lens.relief.expect_broken_connections()


def test_the_map_is_saved_in_light_colours(lens: RegionsPage, tmp_path: Path) -> None:
    lens.page.get_by_role("button", name="Light or dark").click()
    with lens.page.expect_download() as waiting:
        lens.page.get_by_role("button", name="save as SVG").click()
    lens.page.get_by_role("button", name="Light or dark").click()
    saved = tmp_path / "map.svg"
    waiting.value.save_as(saved)
    assert waiting.value.suggested_filename == "relief-2-5-4-3-regions-hidden-1-birth.svg"
    svg = ET.parse(saved).getroot()
    assert len(list(svg.iter(f"{SVG}polygon"))) == len(regions(RELU).partitions[0])
    assert LIGHT["panel"] in saved.read_text()


FITS = """(isWide) => ["html", "#regions-side"].map((part) => document.querySelector(part))
  .every((node) => node.scrollWidth <= node.clientWidth && (isWide || node.scrollHeight <= node.clientHeight))"""


def test_the_lens_fits_its_pane_and_axe_finds_nothing(lens: RegionsPage) -> None:
    lens.page.set_viewport_size(PROJECTOR)
    lens.map.focus()
    lens.page.keyboard.press("ArrowUp")
    lens.relief.until(FITS, False)
    for _ in ("light", "dark"):
        assert violations(lens.relief) == []
        lens.page.get_by_role("button", name="Light or dark").click()
    lens.page.set_viewport_size(PHONE)
    lens.relief.until(FITS, True)
