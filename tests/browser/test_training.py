"""Training, as a student sees it."""

import json
import urllib.request
from dataclasses import replace

import numpy as np
import pytest

from nets import Budget, create, dataset, parse, serialise, train_slice
from nets.model import Training
from tests.browser.relief import Relief


def accuracy(relief: Relief) -> float:
    return float(relief.text("#train-accuracy").removesuffix(" %") or 0)


def test_playing_on_the_spiral_reaches_95_percent(relief: Relief) -> None:
    relief.choose("training speed", "full speed")
    relief.page.get_by_role("button", name="Play (space)").click()
    relief.until("() => parseFloat(document.querySelector('#train-accuracy').textContent) >= 95")
    relief.page.get_by_role("button", name="Pause (space)").click()
    relief.choose("training speed", "60 epochs/s")
    assert accuracy(relief) >= 95
    outputs = relief.surfaces("activation")[-1]
    assert np.ptp(outputs) > 5, "the class landscapes have not risen"


def test_pausing_keeps_a_moment_from_which_training_goes_on_to_the_bit(relief: Relief) -> None:
    start = relief.model
    relief.call("relief.play()")
    relief.wait_for_epoch(5)
    relief.page.keyboard.press("Space")
    relief.until("() => document.querySelector('#play').title.startsWith('Play')")
    paused = relief.model
    rest = train_slice(start, Budget(epochs=paused.progress.epoch)).model
    if paused.progress.batch:
        rest = train_slice(rest, Budget(steps=paused.progress.batch)).model
    assert paused.parameters.tobytes() == rest.parameters.tobytes()
    assert paused.progress.state.tobytes() == rest.progress.state.tobytes()


def test_after_a_reload_the_network_is_still_there(fresh: Relief) -> None:
    fresh.open()
    fresh.call("relief.step(3)")
    before = fresh.document
    assert before["progress"]["epoch"] == 3
    fresh.page.reload()
    fresh.wait_until_ready()
    assert fresh.document == before
    assert fresh.text("#epoch") == "3"


def test_a_reload_in_the_middle_of_training_loses_at_most_a_moment(fresh: Relief) -> None:
    fresh.open()
    start = fresh.model
    fresh.call("relief.play()")
    fresh.wait_for_epoch(10)
    fresh.page.reload()
    fresh.wait_until_ready()
    kept = fresh.model
    assert kept.progress.epoch >= 5
    again = train_slice(start, Budget(epochs=kept.progress.epoch)).model
    again = train_slice(again, Budget(steps=kept.progress.batch)).model if kept.progress.batch else again
    assert kept.parameters.tobytes() == again.parameters.tobytes()


def test_a_run_pauses_where_it_was_told_to_stop_and_says_why(relief: Relief) -> None:
    relief.page.locator(".more > summary").last.click()
    box = relief.page.get_by_role("textbox", name="until loss", exact=True)
    box.fill("0.9")
    box.press("Enter")
    relief.until("() => relief.model().training.stop.loss === 0.9")
    expected = train_slice(relief.model, Budget(epochs=1000))
    relief.page.locator(".more > summary").last.click()
    relief.page.get_by_role("button", name="Play (space)").click()
    relief.until("() => document.querySelector('#notice').textContent.startsWith('Training stopped')")
    assert expected.ending is not None
    assert relief.text("#notice") == f"Training stopped: {expected.ending.why}."
    relief.until("() => document.querySelector('#play').title.startsWith('Play')")
    assert relief.model.parameters.tobytes() == expected.model.parameters.tobytes()
    relief.settle()
    epoch = expected.model.progress.epoch
    assert relief.slider("moment of training").get_attribute("aria-valuetext").startswith(f"epoch {epoch}, ")


def test_training_goes_on_with_what_is_changed_while_it_runs(relief: Relief) -> None:
    relief.call("relief.play()")
    relief.wait_for_epoch(2)
    relief.choose("batch size", "full")
    relief.until("() => relief.model().training.batch_size === 4000")
    relief.wait_for_epoch(relief.document["progress"]["epoch"] + 5)
    relief.choose("optimiser", "rmsprop")
    relief.until("() => relief.model().training.optimizer === 'rmsprop'")
    relief.wait_for_epoch(relief.document["progress"]["epoch"] + 5)
    assert relief.text("#notice") == ""
    relief.call("relief.pause()")


def test_a_run_that_diverged_shows_its_last_finite_epoch_and_says_what_to_try(relief: Relief) -> None:
    model = create(dataset("bumps"), hidden=[4], training=Training("mean_squared_error", "sgd", learning_rate=1.0))
    relief.load(serialise(replace(model, training=replace(model.training, learning_rate=30.0))))
    start = relief.model
    relief.call("relief.play()")
    relief.until("() => document.querySelector('#notice').textContent.startsWith('Training diverged')")
    ending = train_slice(start, Budget(epochs=1000)).ending
    assert ending is not None
    assert ending.why in relief.text("#notice")
    assert "try a learning rate of 3 " in relief.text("#notice")
    shown = relief.model
    reference = train_slice(start, Budget(epochs=shown.progress.epoch))
    assert reference.ending is None
    assert train_slice(reference.model, Budget(epochs=1)).ending == ending
    np.testing.assert_array_equal(shown.parameters.astype("f4"), reference.model.parameters.astype("f4"))


def test_one_epoch_is_one_epoch(relief: Relief) -> None:
    expected = train_slice(relief.model, Budget(epochs=1)).model
    relief.page.get_by_role("button", name="One epoch (.)").click()
    relief.wait_for_epoch(1)
    relief.until("() => document.querySelector('#play').title.startsWith('Play')")
    assert relief.model.parameters.tobytes() == expected.parameters.tobytes()
    assert relief.text("#epoch") == "1"


def test_every_shown_moment_is_a_true_one(relief: Relief) -> None:
    """Moments of the timeline equal the reference at their epochs, rounded to float32 on their way."""
    model = relief.model
    relief.call("relief.step(12)")
    for index in range(12):
        relief.call(f"relief.seek({index})")
        shown = relief.model
        reference = train_slice(model, Budget(epochs=shown.progress.epoch)).model if index else model
        np.testing.assert_array_equal(shown.parameters.astype("f4"), reference.parameters.astype("f4"))


def test_the_numbers_beside_the_curve_are_those_of_nets(relief: Relief) -> None:
    snapshot = train_slice(relief.model, Budget(epochs=4)).snapshots[-1].metrics
    relief.call("relief.step(4)")
    relief.settle()
    assert relief.text("#train-loss") == f"{snapshot.train_loss:.3f}"
    assert relief.text("#test-loss") == f"{snapshot.test_loss:.3f}"
    assert accuracy(relief) == pytest.approx(100 * snapshot.train_accuracy, abs=0.11)


def test_resetting_brings_the_first_weights_back(relief: Relief) -> None:
    first = relief.document["parameters"]
    relief.call("relief.step(3)")
    assert relief.document["parameters"] != first
    relief.page.get_by_role("button", name="Back to the first weights").click()
    relief.until("() => relief.model().progress.epoch === 0")
    assert relief.document["parameters"] == first
    relief.until("() => document.querySelector('#epoch').textContent === '0'")


def test_new_weights_are_new_and_same_again_are_the_same(relief: Relief) -> None:
    first = relief.document
    relief.page.get_by_role("button", name="new weights").click()
    relief.until("(seed) => relief.model().initial.seed !== seed", first["initial"]["seed"])
    second = relief.document
    assert second["parameters"] != first["parameters"]
    relief.call("relief.step(2)")
    relief.page.get_by_role("button", name="same again").click()
    relief.until("() => relief.model().progress.epoch === 0")
    assert relief.document["parameters"] == second["parameters"]


def test_scrubbing_the_loss_curve_goes_back_and_playing_from_there_branches_off(relief: Relief) -> None:
    relief.call("relief.step(10)")
    timeline = relief.slider("moment of training")
    timeline.focus()
    timeline.press("Home")
    assert relief.document["progress"]["epoch"] == 0
    for _ in range(4):
        timeline.press("ArrowRight")
    assert relief.document["progress"]["epoch"] == 4
    relief.settle()
    assert timeline.get_attribute("aria-valuetext").startswith("epoch 4, loss ")
    relief.call("relief.step(2)")
    relief.settle()
    assert timeline.get_attribute("aria-valuemax") == "6"
    assert relief.document["progress"]["epoch"] == 6


def test_a_moment_of_before_another_optimiser_was_chosen_can_be_trained_from(relief: Relief) -> None:
    """What it remembers of the old optimiser must not be sent with the new one."""
    relief.call("relief.step(3)")
    relief.choose("optimiser", "sgd")
    relief.until("() => relief.model().training.optimizer === 'sgd'")
    relief.call("relief.seek(1)")
    relief.call("relief.step(1)")
    assert relief.document["progress"]["epoch"] == 2
    assert relief.text("#notice") == ""


def test_dragging_along_the_curve_scrubs(relief: Relief) -> None:
    relief.call("relief.step(10)")
    box = relief.page.locator("#timeline").bounding_box()
    relief.page.mouse.move(box["x"] + box["width"] - 8, box["y"] + 20)
    relief.page.mouse.down()
    relief.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    relief.page.mouse.up()
    assert relief.document["progress"]["epoch"] == 5


def test_the_server_answers_others_while_it_trains(relief: Relief) -> None:
    relief.call("relief.play()")
    relief.wait_for_epoch(2)
    for _ in range(5):
        with urllib.request.urlopen(f"{relief.url}/healthz", timeout=5) as answer:
            assert json.load(answer) == {"status": "ok"}
    before = relief.call("relief.stats().snapshots")
    relief.until("(before) => relief.stats().snapshots > before", before)
    relief.call("relief.pause()")


def test_an_optimiser_changed_in_mid_run_goes_on_with_the_same_weights(relief: Relief) -> None:
    relief.call("relief.play()")
    relief.wait_for_epoch(3)
    relief.choose("optimiser", "momentum")
    relief.until("() => relief.model().training.optimizer === 'momentum'")
    epoch = relief.document["progress"]["epoch"]
    assert epoch >= 3
    relief.wait_for_epoch(epoch + 3)
    relief.call("relief.pause()")


def test_training_continues_from_an_edited_weight(relief: Relief) -> None:
    document = relief.document
    relief.call("relief.setParameter(0, 2.5)")
    edited = parse(relief.document)
    assert edited.parameters[0] == 2.5
    relief.call("relief.step(2)")
    expected = train_slice(edited, Budget(epochs=2)).model
    assert relief.model.parameters.tobytes() == expected.parameters.tobytes()
    assert document["progress"]["epoch"] == 0


def test_regression_shows_losses_and_no_accuracy(relief: Relief) -> None:
    relief.page.get_by_role("radio", name="bumps: two hills and a valley (regression)").click()
    relief.until("() => relief.model().data.name === 'bumps'")
    relief.call("relief.step(3)")
    relief.settle()
    assert float(relief.text("#train-loss")) > 0
    assert relief.text("#train-accuracy") == "–"
