"""Everybody can use it: axe finds nothing, the keyboard reaches everything, nothing is cut off."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.relief import PHONE, PROJECTOR, Relief


def violations(relief: Relief) -> list[str]:
    found = Axe().run(relief.page).response
    assert len(found["passes"]) > 10, "axe did not look at the page"
    return [f"{item['id']}: {node['target']}" for item in found["violations"] for node in item["nodes"]]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_no_violation(theme: str, relief: Relief) -> None:
    """In what stands under "more" either."""
    relief.page.set_viewport_size(PROJECTOR)
    relief.page.evaluate("() => document.querySelectorAll('.rail details').forEach((more) => (more.open = true))")
    current = relief.page.evaluate("() => document.documentElement.dataset.mantineColorScheme")
    if current != theme:
        relief.page.get_by_role("button", name="Light or dark").click()
    assert violations(relief) == []
    relief.page.evaluate("() => document.querySelectorAll('.rail details').forEach((more) => (more.open = false))")
    if theme == "dark":
        relief.page.get_by_role("button", name="Light or dark").click()


def test_axe_finds_no_violation_on_a_phone_nor_in_the_help_sheet(relief: Relief) -> None:
    relief.page.set_viewport_size(PHONE)
    assert violations(relief) == []
    relief.page.set_viewport_size(PROJECTOR)
    relief.page.locator("body").press("?")
    assert relief.page.get_by_role("dialog").is_visible()
    assert violations(relief) == []
    relief.page.get_by_role("button", name="close").click()
    assert not relief.page.locator("#help-sheet").is_visible()


FITS = """() => ["html", "#rail", "#inspector", "#terms", "#wall"].map((part) => document.querySelector(part))
  .every((node) => node.scrollWidth <= node.clientWidth && node.scrollHeight <= node.clientHeight)"""


def test_the_workbench_fits_a_projector_without_scrolling(relief: Relief) -> None:
    relief.page.set_viewport_size(PROJECTOR)
    relief.until(FITS)


def test_a_phone_page_never_scrolls_sideways(relief: Relief) -> None:
    relief.page.set_viewport_size(PHONE)
    assert relief.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    relief.page.set_viewport_size(PROJECTOR)


def test_tab_reaches_every_part_of_the_page(relief: Relief) -> None:
    parts = ["header", ".transport", ".rail", ".wall", ".wall-foot", ".strip", ".inspector"]
    reached = set()
    for _ in range(80):
        relief.page.keyboard.press("Tab")
        part = relief.page.evaluate("(parts) => parts.find((part) => document.activeElement.closest(part))", parts)
        reached.add(part)
    assert set(parts) <= reached


def test_the_theme_is_remembered(fresh: Relief) -> None:
    fresh.open()
    fresh.page.get_by_role("button", name="Light or dark").click()
    chosen = fresh.page.evaluate("() => document.documentElement.dataset.mantineColorScheme")
    fresh.page.reload()
    fresh.wait_until_ready()
    assert fresh.page.evaluate("() => document.documentElement.dataset.mantineColorScheme") == chosen == "dark"


def test_the_page_fetches_nothing_from_elsewhere(fresh: Relief) -> None:
    requests = fresh.requests()
    fresh.open()
    assert [request.url for request in requests if not request.url.startswith((fresh.url, "data:", "blob:"))] == []
