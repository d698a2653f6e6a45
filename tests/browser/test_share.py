"""Taking a network away and bringing it back: links, files, code, pictures, the layer view."""

import base64
import json
import struct
from pathlib import Path

import numpy as np
import pytest

from app.layer_figures import layer_figure
from nets import Model, surfaces
from nets.code import code
from tests.browser.relief import LIMIT, PROJECTOR, Relief
from tests.browser.test_accessibility import violations


def open_sheet(relief: Relief) -> None:
    relief.page.evaluate("() => { document.querySelector('#share-link').value = ''; }")
    press(relief, "Share")
    relief.until("() => document.querySelector('#share-link').value")


def press(relief: Relief, name: str) -> None:
    # not with the mouse, which waits for every frame, and software graphics are slow
    relief.page.get_by_role("button", name=name, exact=True).dispatch_event("click")


def download(relief: Relief, button: str) -> tuple[str, bytes]:
    with relief.page.expect_download(timeout=1000 * LIMIT) as waiting:
        press(relief, button)
    return waiting.value.suggested_filename, Path(waiting.value.path()).read_bytes()


def drop(relief: Relief, name: str, text: str) -> None:
    relief.page.evaluate(
        """([name, text]) => {
             const dataTransfer = new DataTransfer();
             dataTransfer.items.add(new File([text], name));
             const options = { dataTransfer, bubbles: true, cancelable: true };
             document.querySelector("#wall").dispatchEvent(new DragEvent("drop", options));
           }""",
        [name, text],
    )


def has_parameters(relief: Relief, parameters: str) -> None:
    relief.until("(parameters) => relief.model().parameters === parameters", parameters)


def test_a_link_is_opened_while_the_page_is_open_and_undo_takes_it_back(relief: Relief) -> None:
    first = relief.document
    relief.call("relief.step(2)")
    second = relief.document
    open_sheet(relief)
    link = relief.page.locator("#share-link").input_value()
    length = int(relief.text("#share-length").split(" ")[0].replace(",", ""))
    assert link.startswith(f"{relief.url}/#model=")
    assert len(link) == length < 3000
    relief.page.get_by_role("checkbox", name="with the optimiser's memory").check()
    relief.until("(length) => document.querySelector('#share-link').value.length > 2 * length", length)
    whole = relief.page.locator("#share-link").input_value()
    relief.restart()
    assert relief.document == first
    for address, state in ((link, ""), (whole, second["progress"]["state"])):
        relief.page.evaluate("(address) => { location.href = address; }", address)
        has_parameters(relief, second["parameters"])
        assert relief.document == {**second, "progress": {**second["progress"], "state": state}}
        assert relief.page.url == f"{relief.url}/"
        press(relief, "Undo (Ctrl+Z)")
        has_parameters(relief, first["parameters"])


def test_a_damaged_link_is_told_and_changes_nothing(relief: Relief) -> None:
    before = relief.document
    relief.page.evaluate("() => { location.hash = '#model=AAAA'; }")
    relief.until(
        "() => document.querySelector('#notice').textContent.startsWith('This link could not be opened: it is')"
    )
    assert relief.document == before
    relief.page.evaluate("() => { location.hash = ''; }")


def test_a_page_begins_with_the_network_of_its_link_and_keeps_what_is_done_since(fresh: Relief, relief: Relief) -> None:
    relief.call("relief.setParameter(0, 1.25)")
    open_sheet(relief)
    link = relief.page.locator("#share-link").input_value().removeprefix(relief.url)
    fresh.open(link)
    assert fresh.model.parameters[0] == 1.25
    assert fresh.page.url == f"{fresh.url}/"
    fresh.call("relief.setParameter(1, -0.75)")
    # the next address has another search part, so that the page is loaded anew
    fresh.open("/?again#model=AAAA")
    assert fresh.model.parameters[:2].tolist() == [1.25, -0.75]
    fresh.until("() => document.querySelector('#notice').textContent.includes('This link could not be opened')")


def test_a_network_is_saved_as_a_file_and_opened_again(relief: Relief) -> None:
    relief.call("relief.step(2)")
    saved = relief.document
    open_sheet(relief)
    name, data = download(relief, "save as a file")
    assert name == "relief-2-8-8-3.json"
    assert json.loads(data) == saved
    relief.restart()
    open_sheet(relief)
    with relief.page.expect_file_chooser() as chooser:
        press(relief, "open a file")
    chooser.value.set_files({"name": name, "mimeType": "application/json", "buffer": data})
    has_parameters(relief, saved["parameters"])
    relief.until("() => !document.querySelector('#share-sheet').open")
    assert relief.document == saved


def test_a_dropped_file_that_is_no_network_is_told_with_its_field_and_nothing_is_lost(relief: Relief) -> None:
    before = relief.document
    for text, complaint in (
        (json.dumps({**before, "layers": [{"width": 8, "activation": "swisch"}]}), "unknown activation 'swisch'"),
        (json.dumps({**before, "parameters": "AAAA"}), "(parameters)"),
        ("{", "it is not JSON"),
    ):
        drop(relief, "lesson.json", text)
        relief.until(
            "([start, complaint]) => { const { textContent } = document.querySelector('#notice'); "
            "return textContent.startsWith(start) && textContent.includes(complaint); }",
            ["lesson.json could not be opened: ", complaint],
        )
        assert relief.document == before


def test_a_dropped_file_is_opened(relief: Relief) -> None:
    document = relief.document
    relief.call("relief.setParameter(0, 3)")
    drop(relief, "lesson.json", json.dumps(document))
    has_parameters(relief, document["parameters"])


def test_code_is_copied_and_shown(relief: Relief) -> None:
    open_sheet(relief)
    for title, name in (("NumPy", "numpy"), ("PyTorch", "torch"), ("Keras", "keras")):
        expected = code(relief.model, name)
        press(relief, f"copy the code for {title}")
        relief.until("(text) => document.querySelector('#share-code').value === text", expected)
    # whether this browser has a clipboard for us or not, the text is there to be copied
    relief.until("() => document.querySelector('#share-status').textContent !== ''")


def shares(relief: Relief, picture: bytes) -> list[float]:
    """Return, tile by tile, the share of a picture's pixels that are not paper."""
    return list(
        relief.page.evaluate(
            """async (text) => {
                 const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
                 const image = await createImageBitmap(new Blob([bytes]));
                 const pen = new OffscreenCanvas(image.width, image.height).getContext("2d");
                 pen.drawImage(image, 0, 0);
                 const paper = pen.getImageData(1, 1, 1, 1).data.slice();
                 return [...document.querySelectorAll(".tile, .head b")].map((node) => {
                   const { style, offsetLeft, offsetTop, offsetWidth, offsetHeight } = node.closest(".tile, .head");
                   const left = node.matches(".tile") ? offsetLeft : offsetLeft - offsetWidth / 2;
                   const box = [2 * left, 2 * offsetTop, 2 * offsetWidth, 2 * offsetHeight].map(Math.round);
                   const { data } = pen.getImageData(...box);
                   let drawn = 0;
                   const isDrawn = (i) => [0, 1, 2].some((k) => Math.abs(data[i + k] - paper[k]) > 8);
                   for (let i = 0; i < data.length; i += 4) drawn += isDrawn(i);
                   return drawn / (data.length / 4);
                 });
               }""",
            base64.b64encode(picture).decode(),
        )
    )


def test_the_wall_is_saved_whole_at_twice_its_size_from_whatever_lens(relief: Relief) -> None:
    figures = "**/api/export/layer-figure"
    relief.page.route(figures, lambda route: None)  # never answered: what the lens draws is not looked at here
    relief.page.locator("#lens-layer").dispatch_event("click")
    relief.until("() => !document.querySelector('#pane-layer').hidden")
    open_sheet(relief)
    name, data = download(relief, "save the wall, twice the size of the screen as PNG")
    assert name == "relief-2-8-8-3-wall.png"
    assert relief.page.locator("#pane-layer").is_visible()
    relief.page.keyboard.press("Escape")
    relief.page.locator("#lens-landscapes").dispatch_event("click")
    relief.page.unroute(figures)
    relief.settle()
    width, height = struct.unpack(">II", data[16:24])
    size = relief.page.evaluate("() => { const { style } = document.querySelector('.overlay'); return style.cssText; }")
    assert f"width: {width / 2:g}px" in size
    assert height / 2 > float(size.split("height: ")[1].split("px")[0])
    found = shares(relief, data)
    assert len(found) == 2 + 8 + 8 + 3 + 1 + 5  # landscapes, the decision map, heads
    assert min(found) > 0.02


def test_surfaces_and_level_sets_are_saved(relief: Relief) -> None:
    relief.call("relief.select(2, 4)")
    open_sheet(relief)
    assert relief.text("#share-neuron") == "hidden 2 · neuron 5"
    name, data = download(relief, "save the level sets as SVG")
    assert name == "relief-2-8-8-3-hidden-2-neuron-5.svg"
    assert data.startswith(b"<svg ")
    assert b">hidden 2 \xc2\xb7 neuron 5</text>" in data
    name, data = download(relief, "save the surfaces of all neurons, before and after their nonlinearity as NPZ")
    assert (name, data[:2]) == ("relief-2-8-8-3.npz", b"PK")


def layer_is_drawn(relief: Relief, model: Model, layer: int, **options: str) -> None:
    """Wait until the layer view has the readings of a figure made here, at some of its points."""
    text = layer_figure(model, layer, **options)["data"][0]["text"]
    size = [len(text), len(text[0])]
    samples = [(row, column, text[row][column]) for row in range(3, size[0], 17) for column in range(5, size[1], 19)]
    relief.until(
        """([size, samples]) => {
             const text = document.querySelector("#layer-view-graph").data?.[0].text;
             return text?.length === size[0] && text[0].length === size[1]
               && samples.every(([row, column, reading]) => text[row][column] === reading);
           }""",
        [size, samples],
    )


def test_the_layer_view_shows_all_neurons_of_a_layer_and_follows_when_a_change_is_over(relief: Relief) -> None:
    relief.page.locator("#lens-layer").dispatch_event("click")
    layer_is_drawn(relief, relief.model, 1)
    relief.call("relief.setParameter(3, 2.5)")
    model = relief.model
    assert np.any(surfaces(model)[1].activation != 0)
    layer_is_drawn(relief, model, 1)
    relief.page.get_by_role("combobox", name="layer", exact=True).select_option("classes")
    relief.page.get_by_role("combobox", name="before or after the nonlinearity").select_option("pre-activation")
    layer_is_drawn(relief, model, 3, kind="preactivation")
    assert relief.page.locator("#layer-view-graph .modebar").is_visible()
    assert relief.page.locator("#layer-view-graph canvas").count() >= 1
    relief.open_layer("hidden 1")
    press(relief, "remove hidden 1")
    relief.until("() => document.querySelector('#layer-view-layer').length === 3")
    relief.page.locator("#lens-landscapes").dispatch_event("click")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_the_layer_view_and_the_share_sheet(theme: str, relief: Relief) -> None:
    relief.page.set_viewport_size(PROJECTOR)
    if relief.page.evaluate("() => document.documentElement.dataset.mantineColorScheme") != theme:
        press(relief, "Light or dark (t)")
    relief.page.locator("#lens-layer").dispatch_event("click")
    relief.page.get_by_role("combobox", name="layer", exact=True).select_option("hidden 1")
    relief.page.get_by_role("combobox", name="before or after the nonlinearity").select_option("activation")
    layer_is_drawn(relief, relief.model, 1)
    assert violations(relief) == []
    open_sheet(relief)
    assert violations(relief) == []
    press(relief, "close")
    relief.page.locator("#lens-landscapes").dispatch_event("click")
    if theme == "dark":
        press(relief, "Light or dark (t)")
