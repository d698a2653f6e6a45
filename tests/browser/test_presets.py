"""Presets, and the links with which course pages embed them."""

from itertools import combinations

import pytest

from app.palette import LIGHT
from app.presets import PRESETS, model_of
from nets import serialise
from tests.browser.regions import ask
from tests.browser.relief import Relief

PARTS = ("header", "transport", "timeline", "rail", "inspector", "strip")


def open_from_gallery(relief: Relief, title: str) -> None:
    relief.page.get_by_role("button", name="Presets", exact=True).click()
    relief.page.get_by_role("button", name=title).click(timeout=45_000)
    relief.until(f"() => document.querySelector('#look-for b')?.textContent === {title!r}")


def test_one_click_opens_a_preset_says_what_to_look_for_and_can_be_undone(relief: Relief) -> None:
    relief.call("relief.step(2)")
    before = relief.document
    open_from_gallery(relief, PRESETS["xor"].title)
    assert relief.document == serialise(model_of("xor"))
    assert not relief.page.locator("#presets-sheet").is_visible()
    assert relief.text("#neuron-title") == "Class 2"
    assert PRESETS["xor"].look in relief.text("#look-for")
    assert relief.page.evaluate("() => document.activeElement.matches('.tile[aria-pressed=true]')")
    relief.page.keyboard.press("Control+z")
    relief.until("() => relief.model().layers.length === 3")
    after = relief.document
    assert {**after, "progress": None} == {**before, "progress": None}
    assert after["progress"]["epoch"] == 2
    assert not relief.page.locator("#look-for").is_visible()
    relief.settle()
    assert relief.slider("moment of training").get_attribute("aria-valuemax") == "0", (
        "the preset's moments are not ours"
    )
    relief.page.keyboard.press("Control+Shift+z")
    relief.until("() => relief.model().layers.length === 2")
    assert relief.document == serialise(model_of("xor"))


def test_every_picture_of_the_gallery_is_drawn(relief: Relief) -> None:
    relief.page.keyboard.press("g")
    colours = relief.until(
        """(n) => {
             const counts = [...document.querySelectorAll('.preset canvas')].map((canvas) => {
               const { data } = canvas.getContext('2d', { willReadFrequently: true }).getImageData(0, 0, 97, 97);
               return data.some((byte) => byte > 0) ? new Set(new Uint32Array(data.buffer)).size : 0;
             });
             return counts.length === n && counts.every(Boolean) && counts;
           }""",
        len(PRESETS),
    )
    flat = {"zeros", "dead-relus"}
    assert all((count == 1) == (id_ in flat) for id_, count in zip(PRESETS, colours, strict=True))
    relief.page.keyboard.press("Escape")


def test_a_preset_that_is_there_to_be_trained_begins_at_once_unless_the_system_asks_for_rest(relief: Relief) -> None:
    open_from_gallery(relief, PRESETS["zeros"].title)
    assert relief.page.locator("#play").get_attribute("aria-label") == "Play (space)"
    relief.page.emulate_media(reduced_motion="no-preference")
    open_from_gallery(relief, PRESETS["zeros"].title)
    relief.wait_for_epoch(2)
    relief.call("relief.pause()")
    relief.page.emulate_media(reduced_motion="reduce")


def test_reset_goes_back_to_weights_that_were_set_by_hand(relief: Relief) -> None:
    open_from_gallery(relief, PRESETS["bump"].title)
    relief.call("relief.setParameter(0, 3)")
    relief.call("relief.step(2)")
    relief.page.locator("body").press("r")
    relief.until("() => relief.model().progress.epoch === 0")
    assert relief.document == serialise(model_of("bump"))


def test_a_picture_is_blue_where_its_landscape_is_high_orange_where_low_and_has_its_zero_set_drawn(
    modules: Relief,
) -> None:
    """The product x·y: high where the signs agree, and zero along the two axes."""
    model = serialise(model_of("product"))
    colours = {**{name: LIGHT[name] for name in LIGHT if name.startswith("height-")}, "level": LIGHT["level"]}
    pixels = modules.evaluate_module(
        "../sheets/presets.mjs",
        """const canvas = Object.assign(document.createElement("canvas"), { width: 97, height: 97 });
           m.drawPicture(canvas, argument.picture, argument.colours);
           const pixel = (x, y) => [...canvas.getContext("2d").getImageData(x, y, 1, 1).data.slice(0, 3)];
           const places = [[95, 1], [1, 1], [1, 95], [47, 30]];
           const [upperRight, upperLeft, lowerLeft, axis] = places.map((at) => pixel(...at));
           return { upperRight, upperLeft, lowerLeft, axis };""",
        {"picture": {**model, "layer": 2, "neuron": 1}, "colours": colours},
    )
    for corner, is_high in (("upperRight", True), ("upperLeft", False), ("lowerLeft", True)):
        red, _, blue = pixels[corner]
        assert (blue > red) == is_high
    assert pixels["axis"] == [int(LIGHT["level"][i : i + 2], 16) for i in (1, 3, 5)]


@pytest.mark.parametrize(
    ("search", "preset", "complaint"),
    [
        ("", None, ""),
        ("?preset=xor&hide=rail,strip&theme=dark", "xor", ""),
        ("?hide=", None, ""),
        ("?hide=rail,walls,roof", None, "“walls”, “roof”; choose from header, transport, timeline, rail"),
        ("?theme=blue&preset=", None, "“blue”; choose from light, dark"),
    ],
)
def test_a_link_is_read_and_what_it_does_not_know_is_said(
    search: str, preset: str | None, complaint: str, modules: Relief
) -> None:
    link = modules.evaluate_module("link.mjs", "return m.readLink(argument);", search)
    assert link["preset"] == preset
    assert complaint in link["complaint"]
    assert bool(complaint) == bool(link["complaint"])


def test_a_link_opens_a_preset_without_the_parts_it_hides_and_a_reload_keeps_what_was_made_of_it(
    fresh: Relief,
) -> None:
    fresh.open("/?preset=xor&hide=rail,inspector,header&theme=dark")
    assert fresh.document == serialise(model_of("xor"))
    assert [fresh.page.locator(part).is_visible() for part in ("#rail", "#inspector", "header", "#strip")] == [
        *(False, False, False),
        True,
    ]
    assert fresh.page.evaluate("() => document.documentElement.dataset.mantineColorScheme") == "dark"
    fresh.call("relief.setParameter(0, 0.5)")
    fresh.page.reload()
    fresh.wait_until_ready()
    assert fresh.model.parameters[0] == 0.5
    fresh.until("() => document.querySelector('#look-for b')")
    fresh.open("/")
    assert len(fresh.document["layers"]) == 3, "what the visitor had is not touched by a link"
    assert fresh.page.evaluate("() => localStorage.getItem('relief.theme')") is None


def test_a_link_that_asks_for_what_does_not_exist_is_told_what_there_is(fresh: Relief) -> None:
    fresh.open("/?preset=xorr&hide=rail,walls")
    notice = fresh.text("#notice")
    assert "unknown preset 'xorr'; choose from plane, bias" in notice
    assert "“walls”; choose from header, transport" in notice
    assert len(fresh.document["layers"]) == 3
    assert not fresh.page.locator("#rail").is_visible()
    fresh.expect_broken_connections()


def test_what_is_left_closes_up_whatever_is_hidden(relief: Relief) -> None:
    """In all 64 combinations nothing overlaps or leaves the page sideways, and the wall is as wide as it can be."""
    hidden = [" ".join(names) for n in range(len(PARTS) + 1) for names in combinations(PARTS, n)]
    for width, height in ((1366, 768), (900, 600), (600, 500)):
        relief.page.set_viewport_size({"width": width, "height": height})
        assert ask(relief, "hiding", hidden) == [], (width, height)


def test_the_first_paint_already_has_the_theme(fresh: Relief) -> None:
    fresh.page.add_init_script(
        """const themes = (window.themes = []);
           const look = () => {
             if (document.body) themes.push(getComputedStyle(document.body).backgroundColor);
             requestAnimationFrame(look);
           };
           requestAnimationFrame(look);"""
    )
    fresh.page.emulate_media(color_scheme="dark")
    fresh.open()
    assert set(fresh.page.evaluate("() => window.themes")) == {"rgb(20, 23, 27)"}
