"""Data of one's own: drawn with the mouse and the keyboard, pasted, uploaded, by formula."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from nets import create, dataset, evaluate, serialise, surfaces
from nets.datasets import by_formula
from tests.browser.relief import PHONE, PROJECTOR, SMALL, Relief
from tests.browser.test_accessibility import violations

DRAWING = "../sheets/own-data/drawing.mjs"

# Small modules by themselves.


@pytest.mark.parametrize(
    ("low", "high", "texts"),
    [
        (-1, 1, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (0, 200, ["0", "50", "100", "150", "200"]),
        (-10, 210, ["0", "50", "100", "150", "200"]),
        (4.1, 8.1, ["5", "6", "7", "8"]),
        (-0.0001, 0.0011, ["0.0000", "0.0002", "0.0004", "0.0006", "0.0008", "0.0010"]),
        (-1e-6, 1e-6, ["−1e−6", "−5e−7", "0", "5e−7", "1e−6"]),
    ],
)
def test_ticks_are_round_numbers_in_the_datas_units(low: float, high: float, texts: list[str], modules: Relief) -> None:
    ticks = modules.evaluate_module(DRAWING, "return m.ticks(...argument)", [low, high])
    assert [tick["text"] for tick in ticks] == texts
    assert all(low - 1e-9 <= tick["value"] <= high + 1e-9 for tick in ticks)


def test_what_is_drawn_is_rounded_to_what_can_be_pointed_at(modules: Relief) -> None:
    body = "return argument.map(([value, axis]) => m.rounded(value, axis))"
    cases = [[0.123456, [-1, 1]], [123.4567, [0, 200]], [0.000123456, [0, 0.001]], [1e6 / 3, [0, 1e6]]]
    assert modules.evaluate_module(DRAWING, body, cases) == [0.1235, 123.46, 0.0001235, 333300]


def test_the_nearest_point_is_found_within_reach(modules: Relief) -> None:
    body = "return [Infinity, 2, 1.5].map((reach) => m.nearest([3, 8, 5], (x) => Math.abs(x - 6.9), reach))"
    assert modules.evaluate_module(DRAWING, body) == [1, 1, 1]
    assert modules.evaluate_module(DRAWING, "return m.nearest([3, 8], (x) => Math.abs(x - 6), 1.5)") == -1
    assert modules.evaluate_module(DRAWING, "return m.nearest([], (x) => x)") == -1


def test_outputs_are_called_by_the_names_of_their_classes(modules: Relief) -> None:
    named = {"layers": [{}], "data": {"classes": 2, "labels": ["setosa", "<b>"]}}
    body = "return [0, 1].map((neuron) => m.neuronTitle(1, neuron, argument))"
    assert modules.evaluate_module("scene.mjs", body, named) == ["setosa", "<b>"]
    named["data"] = {"classes": 2}
    assert modules.evaluate_module("scene.mjs", body, named) == ["class 1", "class 2"]


# What a user does.


@pytest.fixture
def sheet(relief: Relief) -> Iterator[Relief]:
    """The page with the sheet open, its canvas up to date."""
    relief.page.get_by_role("button", name="your own data: draw, table, formula").click()
    relief.until("() => document.querySelector('#own-draw-status').textContent")
    yield relief
    relief.page.keyboard.press("Escape")


def tab(relief: Relief, name: str) -> None:
    relief.page.get_by_role("tab", name=name).click()


def place(relief: Relief, x: float, y: float) -> tuple[float, float]:
    """Where a point of the square [−1, 1]² is on the screen: 46, 10, 10 and 26 px are for the ticks."""
    box = relief.page.locator("#own-canvas").bounding_box()
    assert box
    width, height = box["width"] - 56, box["height"] - 36
    return box["x"] + 46 + (x + 1) / 2 * width, box["y"] + 10 + (1 - y) / 2 * height


def own(relief: Relief) -> dict[str, Any]:
    return dict(relief.call("relief.model().data"))


def until_points(relief: Relief, n: int) -> None:
    relief.until("(n) => relief.model().data.points?.length === n", n)


def button(relief: Relief, name: str) -> Locator:
    return relief.page.get_by_role("button", name=name, exact=True)


def test_points_are_drawn_brushed_removed_and_each_stroke_is_undone_by_itself(sheet: Relief) -> None:
    mouse = sheet.page.mouse
    mouse.click(*place(sheet, 0.5, -0.25))
    until_points(sheet, 1)
    assert np.allclose(own(sheet)["points"], [[0.5, -0.25]], atol=0.01)
    assert sheet.model.layers[-1].width == 2  # one class so far, and its opposite
    button(sheet, "3").click()
    mouse.move(*place(sheet, -0.8, 0.8))
    mouse.down()
    mouse.move(*place(sheet, -0.2, 0.8), steps=8)
    mouse.up()
    sheet.until("() => relief.model().data.points?.length > 5")
    data = own(sheet)
    assert set(data["targets"][1:]) == {2}
    assert (data["classes"], sheet.model.layers[-1].width) == (3, 3)
    brushed = np.array(data["points"][1:])
    assert np.ptp(brushed[:, 1]) > 0.01  # some spread
    assert abs(brushed[:, 1].mean() - 0.8) < 0.1
    mouse.click(*place(sheet, 0.5, -0.25), button="right")
    until_points(sheet, len(brushed))
    for n in (len(brushed) + 1, 1):
        sheet.page.locator("#own-canvas").press("Control+z")
        until_points(sheet, n)
    sheet.page.locator("#own-canvas").press("Control+z")
    sheet.until("() => relief.model().data.name === 'spiral'")


def test_present_points_are_a_start_and_training_goes_on_with_every_stroke(sheet: Relief) -> None:
    button(sheet, "start from the present points").click()
    until_points(sheet, 400)
    assert sheet.model.data.classes == 3
    sheet.call("relief.play()")
    sheet.wait_for_epoch(2)
    parameters = sheet.document["parameters"]
    sheet.page.mouse.click(*place(sheet, 0.9, 0.9))
    until_points(sheet, 401)
    epoch = sheet.document["progress"]["epoch"]
    assert epoch >= 2  # the weights fit, so they are kept
    sheet.wait_for_epoch(epoch + 2)
    sheet.call("relief.pause()")
    assert sheet.document["parameters"] != parameters
    sheet.settle()
    assert sheet.text("#train-loss") == f"{evaluate(sheet.model).train_loss:.3f}"


def test_the_keyboard_draws_and_removes_too(sheet: Relief) -> None:
    canvas = sheet.page.locator("#own-canvas")
    canvas.focus()
    for key in ("1", "Enter", "2", *["ArrowRight"] * 5, "Shift+ArrowUp", "Enter"):
        canvas.press(key)
    until_points(sheet, 2)
    assert own(sheet)["points"] == [[0, 0], [0.2, 0.2]]
    assert own(sheet)["targets"] == [0, 1]
    canvas.press("Delete")
    until_points(sheet, 1)
    canvas.press("Delete")  # the last one: nothing is drawn, and the network keeps what it has
    expect(sheet.page.locator("#own-draw-status")).to_contain_text("keeps its present data")
    assert own(sheet)["points"] == [[0, 0]]


def test_values_are_drawn_with_a_slider(sheet: Relief) -> None:
    button(sheet, "values").click()
    slider = sheet.slider("value to add")
    slider.focus()
    slider.press("End")
    sheet.page.mouse.click(*place(sheet, 0.5, 0.5))
    until_points(sheet, 1)
    assert (own(sheet)["targets"], own(sheet)["classes"]) == ([1], 0)
    assert sheet.model.training.loss == "mean_squared_error"


CSV = "length;width;species\n" + "\n".join(
    f"{100 + 90 * np.cos(t):.2f};{5e-4 + r * np.sin(t):.7f};{'setosa' if r > 3e-4 else 'virginica'}".replace(".", ",")
    for r in (2e-4, 4e-4)
    for t in np.linspace(0, 6.2, 30)
)


def test_a_pasted_table_keeps_its_units_and_the_names_of_its_classes(sheet: Relief) -> None:
    tab(sheet, "Table")
    sheet.page.get_by_role("textbox", name="table of points").fill(CSV)
    button(sheet, "use this table").click()
    sheet.until("() => relief.model().data.labels?.join() === 'virginica,setosa'")
    expect(sheet.page.locator("#own-table-status")).to_have_text(
        "60 points of 2 classes: virginica, setosa; x from 0 to 200, y from 0.00006 to 0.00094."
    )
    model = sheet.model
    assert model.data.points[0] == (190, 5e-4)
    sheet.settle()
    for ours, reference in zip(sheet.surfaces("activation", 15), surfaces(model, 15), strict=True):
        np.testing.assert_allclose(ours, reference.activation, rtol=1e-6, atol=1e-12)
    assert sheet.page.locator(".tile[aria-label=setosa]").count() == 1
    tab(sheet, "Draw")
    assert sheet.page.locator("[data-class='1']").inner_text() == "setosa"
    tab(sheet, "Table")


def test_a_file_is_read_and_what_is_wrong_with_it_is_said_with_its_line(sheet: Relief) -> None:
    tab(sheet, "Table")
    before = own(sheet)
    chooser = sheet.page.get_by_label("choose a file")
    bad = "x,y,target\n1,2,0.5\n\n3,abc,1"
    chooser.set_input_files({"name": "bad.csv", "mimeType": "text/csv", "buffer": bad.encode()})
    expect(sheet.page.locator("#own-table-status")).to_have_text("Line 4: 'abc' is not a number in column y.")
    assert own(sheet) == before
    good = "\ufeff" + bad.replace("abc", "4")
    chooser.set_input_files({"name": "good.csv", "mimeType": "text/csv", "buffer": good.encode()})
    until_points(sheet, 2)
    assert own(sheet)["classes"] == 0
    big = {"name": "big.csv", "mimeType": "text/csv", "buffer": b"1,2,3\n" * 60_000}
    chooser.set_input_files(big)
    expect(sheet.page.locator("#own-table-status")).to_have_text("The file has 360 kB; at most 300 kB are read.")


def test_a_formula_is_typed_and_what_is_wrong_is_selected(sheet: Relief) -> None:
    tab(sheet, "Formula")
    field = sheet.page.get_by_role("textbox", name="formula")
    field.fill("class = x*z > 0")
    field.press("Enter")
    expect(sheet.page.locator("#own-formula-status")).to_have_text(
        "Unknown name 'z' at character 11; there are x, y, pi, e."
    )
    assert field.evaluate("(node) => node.value.slice(node.selectionStart, node.selectionEnd)") == "z"
    field.fill("class = (x > 0) + 2*(y > 0)")
    field.press("Enter")
    sheet.until("() => relief.model().data.classes === 4")
    expect(sheet.page.locator("#own-formula-status")).to_have_text(
        "400 points of 4 classes; x from −1 to 1, y from −1 to 1."
    )
    button(sheet, "target = x**2 - y").click()
    sheet.until("() => relief.model().data.formula === 'target = x**2 - y'")
    assert sheet.model.data == by_formula("target = x**2 - y", noise=0.03)
    expect(sheet.page.locator("#open-own-data")).to_have_class("thumbnail own is-chosen")


def test_axe_finds_no_violation_in_the_sheet(sheet: Relief) -> None:
    sheet.page.set_viewport_size(PROJECTOR)
    for name in ("Draw", "Table", "Formula"):
        tab(sheet, name)
        assert violations(sheet) == []
    sheet.page.set_viewport_size(PHONE)
    tab(sheet, "Draw")
    assert sheet.page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    assert violations(sheet) == []
    sheet.page.set_viewport_size(SMALL)


def test_new_points_are_others_of_the_same_kind(relief: Relief) -> None:
    relief.page.locator(".rail details summary").first.click()
    button(relief, "new points").click()
    relief.until("() => relief.model().data.seed === 2")
    slider = relief.slider("balance")
    slider.focus()
    slider.press("Home")
    relief.until("() => relief.model().data.balance === 0.05")
    assert relief.model.data.seed == 2
    relief.load(serialise(create(dataset("bumps"))))
    relief.page.locator("#row-balance").wait_for(state="hidden")
    relief.page.locator(".rail details summary").first.click()
