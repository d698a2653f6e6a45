"""The setup panel, with the mouse."""

import numpy as np
from playwright.sync_api import Route, expect

from nets import ACTIVATIONS, DATASETS
from nets.document import parse
from nets.network import split
from tests.browser.relief import PROJECTOR, Relief


def test_a_click_on_a_picture_chooses_the_data_set(relief: Relief) -> None:
    for name in DATASETS:
        relief.page.get_by_role("radio", name=f"{name}: ").click()
        relief.until("(name) => relief.model().data.name === name", name)
        model = parse(relief.document)
        assert model.layers[-1].width == model.data.n_outputs
        relief.settle()
        decision = int(model.data.classes > 0)
        assert relief.page.locator(".tile").count() == 2 + sum(layer.width for layer in model.layers) + decision


def test_the_spiral_has_two_to_five_classes(relief: Relief) -> None:
    slider = relief.page.get_by_role("slider", name="classes", exact=True)
    slider.focus()
    for key, classes in (("Home", 2), ("ArrowRight", 3), ("ArrowRight", 4), ("ArrowRight", 5)):
        slider.press(key)
        relief.until("(n) => relief.model().data.classes === n && relief.model().layers.at(-1).width === n", classes)


def test_a_hyperparameter_changes_without_touching_the_weights(relief: Relief) -> None:
    relief.call("relief.step(2)")
    before = relief.document
    relief.choose("learning rate", "0.1")
    relief.until("() => relief.model().training.learning_rate === 0.1")
    after = relief.document
    assert after["parameters"] == before["parameters"]
    assert after["progress"]["epoch"] == 2


def test_numbers_of_the_optimiser_are_typed_and_an_empty_box_is_the_default_again(relief: Relief) -> None:
    relief.page.locator(".more > summary").last.click()
    beta = relief.page.get_by_role("textbox", name="β₁", exact=True)
    beta.fill("0.75")
    beta.press("Enter")
    relief.until("() => relief.model().training.hyperparameters.beta1 === 0.75")
    beta.fill("")
    beta.press("Enter")
    relief.until("() => !('beta1' in relief.model().training.hyperparameters)")
    expect(beta).to_have_value("0.9")
    relief.choose("optimiser", "momentum")
    relief.until("() => relief.model().training.optimizer === 'momentum'")
    expect(relief.page.get_by_role("textbox", name="momentum μ", exact=True)).to_be_visible()
    expect(beta).to_be_hidden()
    relief.page.locator(".more > summary").last.click()


def test_a_number_out_of_range_is_refused_with_a_sentence_and_the_box_goes_back(relief: Relief) -> None:
    relief.page.locator(".more > summary").last.click()
    accuracy = relief.page.get_by_role("textbox", name="until accuracy", exact=True)
    accuracy.fill("95")
    accuracy.press("Enter")
    relief.until("() => document.querySelector('#notice').textContent.includes('from 0 to 1, found 95')")
    expect(accuracy).to_have_value("")
    assert relief.document["training"]["stop"]["accuracy"] is None
    relief.page.locator(".more > summary").last.click()


def test_a_box_that_is_left_empty_has_its_number_again(relief: Relief) -> None:
    relief.page.locator("#row-initial-gain").locator("..").locator("summary").click()
    seed = relief.page.get_by_role("textbox", name="weight seed", exact=True)
    width = relief.page.get_by_role("textbox", name="neurons in hidden 1", exact=True)
    for box, key, number in ((seed, "Tab", "1"), (seed, "Enter", "1"), (width, "Tab", "8")):
        box.fill("")
        box.press(key)
        box.blur()
        expect(box).to_have_value(number)
    width.fill("")
    width.fill("5")
    width.press("Tab")
    relief.until("() => relief.model().layers[0].width === 5")
    expect(width).to_have_value("5")


def test_a_change_that_waits_when_a_document_is_refused_is_taken_back(relief: Relief) -> None:
    held: list[Route] = []
    relief.page.route("**/_dash-update-component**", lambda route: held.append(route))  # noqa: PLW0108  as in relief.py
    relief.choose("learning rate", "0.1")
    relief.until_here(lambda: held)
    relief.page.evaluate("() => void relief.load({ version: 1 }).catch(() => {})")
    relief.until_here(lambda: len(held) == 2)
    for route in held:
        route.continue_()
    relief.page.unroute("**/_dash-update-component**")
    relief.until("() => document.querySelector('#notice').textContent !== ''")
    rate = relief.page.get_by_role("combobox", name="learning rate", exact=True).or_(
        relief.page.get_by_role("textbox", name="learning rate", exact=True)
    )
    expect(rate.first).to_have_value("0.01")
    assert relief.document["training"]["learning_rate"] == 0.01


LISTEN = """() => {
  const told = [];
  const { set_props } = window.dash_clientside;
  window.dash_clientside.set_props = (id, props) => {
    told.push(...Object.keys(props).map((name) => `${id.control ?? id} ${name}`));
    set_props(id, props);
  };
  window.fallSilent = () => {
    window.dash_clientside.set_props = set_props;
    return told;
  };
}"""


def test_an_answer_tells_controls_nothing_that_they_show_already(relief: Relief) -> None:
    """Whatever one component is told, Dash goes over all of them."""
    relief.page.evaluate(LISTEN)
    relief.page.get_by_role("button", name="new weights").click()
    relief.until("() => relief.model().initial.seed === 2")
    assert relief.call("window.fallSilent()") == ["request data", "initial-seed value"]


def test_layers_are_added_and_removed_between_one_and_seven_hidden_ones(relief: Relief) -> None:
    for n in range(3, 8):
        relief.page.get_by_role("button", name="+ layer").click()
        relief.until("(n) => relief.model().layers.length === n + 1", n)
    relief.page.get_by_role("button", name="+ layer").click()
    relief.until("() => document.querySelector('#notice').textContent.includes('9 layers')")
    assert len(relief.document["layers"]) == 8
    for n in range(6, -1, -1):
        relief.open_layer("hidden 1")
        relief.page.get_by_role("button", name="remove hidden 1").click()
        relief.until("(n) => relief.model().layers.length === n + 1", n)
    assert relief.page.locator(".tile").count() == 2 + 3 + 1


def test_a_width_is_chosen_with_the_arrows_or_typed(relief: Relief) -> None:
    width = relief.page.get_by_role("textbox", name="neurons in hidden 1")
    width.press("ArrowUp")
    relief.until("() => relief.model().layers[0].width === 9")
    width.fill("16")
    relief.until("() => relief.model().layers[0].width === 16")
    width.fill("1")
    relief.until("() => relief.model().layers[0].width === 1")


def test_the_stepper_changes_the_width_by_one_and_keeps_the_focus_and_every_other_weight(relief: Relief) -> None:
    relief.call("relief.step(2)")
    before = relief.model
    more = relief.page.get_by_role("button", name="one neuron more in hidden 1")
    more.focus()
    more.press("Enter")
    relief.until("() => relief.model().layers[0].width === 9")
    wider = relief.model
    for (old_weights, old_biases), (new_weights, new_biases) in zip(
        split(before.layers, before.parameters), split(wider.layers, wider.parameters), strict=True
    ):
        rows, columns = old_weights.shape
        np.testing.assert_array_equal(new_weights[:rows, :columns], old_weights)
        np.testing.assert_array_equal(new_biases[:rows], old_biases)
    assert (wider.progress.epoch, wider.progress.state.size) == (2, 0)
    expect(more).to_be_focused()
    expect(relief.page.get_by_role("textbox", name="neurons in hidden 1")).to_have_value("9")
    relief.page.get_by_role("button", name="one neuron less in hidden 1").click()
    relief.until("() => relief.model().layers[0].width === 8")
    assert relief.model.parameters.tobytes() == before.parameters.tobytes()


def test_skip_and_what_stands_before_the_weights_are_chosen_behind_a_layers_dots_which_stay_open(
    relief: Relief,
) -> None:
    relief.open_layer("hidden 2")
    switch = relief.page.get_by_role("switch", name="x and y into hidden 2 too")
    switch.focus()
    switch.press("Space")
    relief.until("() => relief.model().layers[1].skip")
    expect(switch).to_have_attribute("aria-checked", "true")
    relief.choose("nonlinearity before the weights of hidden 2", "square")
    relief.until("() => relief.model().layers[1].pre === 'square'")
    assert relief.page.get_by_role("button", name="remove hidden 2").is_visible()
    switch.click()
    relief.until("() => !relief.model().layers[1].skip")


def test_a_layer_is_moved_down_and_one_is_inserted_before_it(relief: Relief) -> None:
    relief.choose("nonlinearity of hidden 1", "relu")
    relief.until("() => relief.model().layers[0].activation === 'relu'")
    relief.open_layer("hidden 1")
    relief.page.get_by_role("button", name="move hidden 1 down").click()
    relief.until("() => relief.model().layers[1].activation === 'relu'")
    expect(relief.page.locator("input[aria-label='nonlinearity of hidden 2']")).to_have_value("relu")
    relief.open_layer("hidden 2")
    relief.page.get_by_role("button", name="insert a layer before hidden 2").click()
    relief.until("() => relief.model().layers.map((layer) => layer.activation).join() === 'tanh,tanh,relu,identity'")


def test_the_selected_neuron_is_removed_from_its_layer_and_a_class_is_not(relief: Relief) -> None:
    relief.page.set_viewport_size(PROJECTOR)
    relief.call("relief.select(2, 3)")
    before = relief.model
    relief.page.get_by_role("button", name="remove this neuron").click()
    relief.until("() => relief.model().layers[1].width === 7")
    after = split(relief.model.layers, relief.model.parameters)
    weights = [weights for weights, _ in split(before.layers, before.parameters)]
    np.testing.assert_array_equal(after[1][0], np.delete(weights[1], 3, axis=0))
    np.testing.assert_array_equal(after[2][0], np.delete(weights[2], 3, axis=1))
    relief.call("relief.select(3, 0)")
    expect(relief.page.get_by_role("button", name="remove this neuron")).to_be_hidden()


def test_gain_first_biases_and_seed_of_the_weights_stand_under_more(relief: Relief) -> None:
    before = relief.model
    relief.page.locator("#row-initial-gain").locator("..").locator("summary").click()
    relief.choose("gain", "3")
    relief.until("() => relief.model().initial.gain === 3")
    np.testing.assert_array_equal(relief.model.parameters, 3 * before.parameters)
    relief.choose("first biases ±", "0.5")
    relief.until("() => relief.model().initial.bias === 0.5")
    after = relief.model
    for weights, biases in split(after.layers, after.parameters - 3 * before.parameters):
        assert not weights.any()
        assert 0 < np.abs(biases).max() <= 0.5
    seed = relief.page.get_by_role("textbox", name="weight seed")
    seed.fill("4294967295")
    seed.press("Enter")
    relief.until("() => relief.model().initial.seed === 4294967295")


def test_quick_clicks_all_count(relief: Relief) -> None:
    """Several changes while the first answer is under way."""
    add, new = (relief.page.get_by_role("button", name=name) for name in ("+ layer", "new weights"))
    for button in (add, new, add, new, new):
        button.click()
    relief.until("() => relief.model().layers.length === 5 && relief.model().initial.seed === 4")


def test_a_weight_edited_while_an_answer_is_on_its_way_is_not_lost(relief: Relief) -> None:
    held: list[Route] = []
    relief.page.route("**/_dash-update-component**", lambda route: held.append(route))  # noqa: PLW0108  as in relief.py
    relief.choose("optimiser", "sgd")
    relief.until_here(lambda: held)
    relief.call("relief.setParameter(0, 1.75)")
    held[0].continue_()
    relief.page.unroute("**/_dash-update-component**")
    relief.until("() => relief.model().training.optimizer === 'sgd'")
    assert relief.model.parameters[0] == 1.75


def test_a_change_that_cannot_be_made_leaves_nothing_to_undo(relief: Relief) -> None:
    for n in range(3, 8):
        relief.page.get_by_role("button", name="+ layer").click()
        relief.until("(n) => relief.model().layers.length === n + 1", n)
    relief.page.get_by_role("button", name="+ layer").click()
    relief.until("() => document.querySelector('#notice').textContent.includes('9 layers')")
    relief.page.get_by_role("button", name="Undo (Ctrl+Z)").click()
    relief.until("() => relief.model().layers.length === 7")


def test_what_cannot_be_changed_is_said_while_training_goes_on(relief: Relief) -> None:
    for n in range(3, 8):
        relief.page.get_by_role("button", name="+ layer").click()
        relief.until("(n) => relief.model().layers.length === n + 1", n)
    relief.call("relief.play()")
    relief.page.get_by_role("button", name="+ layer").click()
    relief.until("() => document.querySelector('#notice').textContent.includes('9 layers')")
    relief.wait_for_epoch(relief.document["progress"]["epoch"] + 2)
    assert "9 layers" in relief.text("#notice")
    relief.call("relief.pause()")


def test_undoing_a_hyperparameter_keeps_the_run(relief: Relief) -> None:
    relief.call("relief.step(4)")
    relief.choose("learning rate", "0.1")
    relief.until("() => relief.model().training.learning_rate === 0.1")
    relief.page.get_by_role("button", name="Undo (Ctrl+Z)").click()
    relief.until("() => relief.model().training.learning_rate === 0.01")
    relief.settle()
    assert relief.slider("moment of training").get_attribute("aria-valuemax") == "4"
    expect(relief.page.locator("input[aria-label='learning rate']")).to_have_value("0.01")


def test_a_layers_nonlinearity_is_chosen_from_all_of_them(relief: Relief) -> None:
    for name in ("relu", "leaky_relu", "gaussian"):
        relief.page.get_by_label("nonlinearity of hidden 2", exact=True).first.click()
        options = relief.page.get_by_role("option").all_inner_texts()
        assert options == [row.replace("_", " ") for row in ACTIVATIONS]
        relief.page.get_by_role("option", name=name.replace("_", " "), exact=True).click()
        relief.until("(name) => relief.model().layers[1].activation === name", name)
        expect(relief.page.get_by_role("option")).to_have_count(0)


def test_the_panel_shows_what_a_loaded_document_says(relief: Relief) -> None:
    document = relief.document
    document["training"] |= {"optimizer": "momentum", "learning_rate": 0.07, "l2": 0.02}
    document["layers"][0]["activation"] = "sin"
    relief.load(document)
    for label, value in (("optimiser", "momentum"), ("learning rate", "0.07"), ("L2", "0.02")):
        expect(relief.page.locator(f"input[aria-label='{label}']")).to_have_value(value)
    expect(relief.page.locator("input[aria-label='nonlinearity of hidden 1']")).to_have_value("sin")
    assert relief.document["training"]["learning_rate"] == 0.07
