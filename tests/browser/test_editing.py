"""Reaching into the network: sliders, number boxes, nonlinearities, undo."""

import json

import numpy as np

from nets import surfaces
from nets.network import split
from tests.browser.relief import PROJECTOR, Relief


def changed_layers(before: list, after: list) -> list[list[int]]:
    """Return, layer by layer, the neurons whose landscape changed."""
    return [
        [k for k, (a, b) in enumerate(zip(old, new, strict=True)) if np.any(a != b)]
        for old, new in zip(before, after, strict=True)
    ]


def test_dragging_a_slider_asks_the_server_nothing_and_changes_exactly_what_is_downstream(relief: Relief) -> None:
    relief.call("relief.select(2, 5)")
    relief.settle()
    before = relief.surfaces("activation")
    with relief.holding(relief.slider("weight of hidden 1 · neuron 3"), 18, 0) as requests:
        relief.settle()
        assert [request.url for request in requests] == []
    assert changed_layers(before, relief.surfaces("activation")) == [[], [], [5], [0, 1, 2]]


def test_what_a_dragged_slider_shows_is_what_numpy_says(relief: Relief) -> None:
    relief.drag(relief.slider("weight of input x"), 15, 0)
    for ours, reference in zip(relief.surfaces("activation"), surfaces(relief.model), strict=True):
        np.testing.assert_allclose(ours, reference.activation, rtol=1e-6, atol=1e-12)


def test_every_weight_and_the_bias_has_a_slider_for_its_own_parameter(relief: Relief) -> None:
    relief.call("relief.select(2, 5)")
    names = [f"weight of hidden 1 · neuron {i + 1}" for i in range(8)] + ["bias"]
    for i, name in enumerate(names):
        box = relief.page.get_by_role("spinbutton", name=f"{name}, value", exact=True)
        box.fill(str(0.25 + i))
        box.press("Enter")
    weights, biases = split(relief.model.layers, relief.model.parameters)[1]
    assert weights[5].tolist() == [0.25 + i for i in range(8)]
    assert biases[5] == 8.25
    others = np.delete(weights, 5, axis=0)
    assert not np.isin(others, [0.25 + i for i in range(8)]).any()


def test_a_number_that_is_none_changes_nothing(relief: Relief) -> None:
    before = relief.document
    box = relief.page.get_by_role("spinbutton", name="bias, value", exact=True)
    box.fill("")
    box.press("Enter")
    assert relief.document == before


def test_double_clicking_a_slider_sets_its_weight_to_zero(relief: Relief) -> None:
    relief.slider("weight of input y").dblclick()
    weights, _ = split(relief.model.layers, relief.model.parameters)[0]
    assert weights[0, 1] == 0


def test_arrow_keys_move_a_slider(relief: Relief) -> None:
    weights, _ = split(relief.model.layers, relief.model.parameters)[0]
    slider = relief.slider("weight of input x")
    slider.focus()
    slider.press("ArrowRight")
    moved, _ = split(relief.model.layers, relief.model.parameters)[0]
    assert moved[0, 0] > weights[0, 0]


def test_a_slider_dragged_during_training_interrupts_it_and_training_goes_on_from_there(relief: Relief) -> None:
    relief.call("relief.play()")
    relief.wait_for_epoch(3)
    slider = relief.slider("bias")
    box = slider.bounding_box()
    relief.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    relief.page.mouse.down()
    requests = relief.requests()
    for step in range(8):
        relief.page.mouse.move(box["x"] + box["width"] / 2 + 3 * step, box["y"] + box["height"] / 2)
    relief.settle()
    held = relief.document["progress"]["epoch"]
    assert [request.url for request in requests] == []
    relief.page.mouse.up()
    relief.until_here(lambda: requests)
    assert [request.url for request in requests] == [f"{relief.url}/api/train"]
    sent = json.loads(requests[0].post_data or "")["model"]
    assert sent["progress"]["epoch"] == held
    relief.wait_for_epoch(held + 2)
    relief.call("relief.pause()")


def test_the_losses_follow_an_edit_at_once(relief: Relief) -> None:
    relief.settle()
    before = relief.text("#train-loss")
    relief.call("relief.setParameter(relief.model().layers.length, 3)")
    relief.settle()
    assert relief.text("#train-loss") != before


def test_an_edit_replaces_its_moment_of_the_timeline_and_adds_none(relief: Relief) -> None:
    relief.call("relief.step(2)")
    timeline = relief.slider("moment of training")
    moments = timeline.get_attribute("aria-valuemax")
    relief.call("relief.setParameter(0, 1.5)")
    relief.settle()
    assert timeline.get_attribute("aria-valuemax") == moments


def test_a_neurons_own_nonlinearity_changes_only_what_is_downstream(relief: Relief) -> None:
    relief.call("relief.select(1, 4)")
    before = relief.surfaces("activation")
    relief.choose("nonlinearity of this neuron", "sin")
    relief.until("() => Array.isArray(relief.model().layers[0].activation)")
    assert relief.document["layers"][0]["activation"] == ["tanh"] * 4 + ["sin"] + ["tanh"] * 3
    changed = changed_layers(before, relief.surfaces("activation"))
    assert changed == [[], [4], list(range(8)), [0, 1, 2]]
    assert relief.text(".formula").startswith("a = sin(z)")


def test_undo_takes_a_whole_gesture_back_and_redo_brings_it_again(relief: Relief) -> None:
    first = relief.document["parameters"]
    relief.drag(relief.slider("weight of input x"), 20, 0, steps=10)
    second = relief.document["parameters"]
    assert second != first
    relief.page.get_by_role("button", name="Undo (Ctrl+Z)").click()
    relief.until("(first) => relief.model().parameters === first", first)
    relief.page.locator("body").press("Control+Shift+Z")
    relief.until("(second) => relief.model().parameters === second", second)


def test_undo_brings_a_removed_layer_back_with_its_weights(relief: Relief) -> None:
    before = relief.document
    relief.open_layer("hidden 1")
    relief.page.get_by_role("button", name="remove hidden 1").click()
    relief.until("() => relief.model().layers.length === 2")
    relief.page.locator("body").press("Control+z")
    relief.until("() => relief.model().layers.length === 3")
    assert relief.document["parameters"] == before["parameters"]
    assert relief.page.get_by_role("textbox", name="neurons in hidden 2").input_value() == "8"


def test_a_gesture_that_ends_elsewhere_ends_all_the_same(relief: Relief) -> None:
    relief.call("relief.play()")
    relief.wait_for_epoch(2)
    slider = relief.slider("bias")
    slider.focus()
    relief.page.keyboard.down("ArrowRight")
    relief.page.locator("#theme").focus()
    relief.page.keyboard.up("ArrowRight")
    held = relief.document["progress"]["epoch"]
    relief.wait_for_epoch(held + 2)
    relief.call("relief.pause()")


def test_undo_pressed_twice_at_once_is_undone_twice_by_redo(relief: Relief) -> None:
    for n in (4, 5):
        relief.page.get_by_role("button", name="+ layer").click()
        relief.until("(n) => relief.model().layers.length === n", n)
    relief.page.evaluate("() => { for (let i = 0; i < 2; i += 1) document.querySelector('#undo').click(); }")
    relief.until("() => relief.model().layers.length === 4")
    relief.page.locator("#redo").click()
    relief.until("() => relief.model().layers.length === 5")


HIGHEST = """(expected) => {
  const { z } = document.querySelector("#surface-plot .js-plotly-plot").data[0];
  return Math.abs(Math.max(...z.map((row) => Math.max(...row))) - expected) < 1e-6;
}"""


def test_the_pre_activation_can_be_looked_at_too(relief: Relief) -> None:
    relief.page.set_viewport_size(PROJECTOR)
    relief.call("relief.setParameter(0, 5)")
    for kind, text in (("preactivation", "pre-activation"), ("activation", "activation")):
        relief.page.locator("#kind").get_by_text(text, exact=True).click()
        # at rest the inspector has a grid of 121 × 121 points
        heights = getattr(surfaces(relief.model, 121)[1], kind)[0 if kind == "preactivation" else slice(None)]
        relief.until(HIGHEST, float(getattr(surfaces(relief.model, 121)[1], kind)[0].max()))
        interval = float(relief.text("#map-title").split("every ")[1].split(" ")[0])
        # four intervals reach the scale, which is round and just holds the heights: of the neuron, or of its layer
        assert np.abs(heights).max() <= 4 * interval * (1 + 1e-9) <= 1.6 * np.abs(heights).max()
