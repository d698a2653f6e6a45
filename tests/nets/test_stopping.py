"""Stop conditions: when each holds, what is said then, and that a run ends there however it is cut."""

from dataclasses import replace
from itertools import takewhile

import numpy as np
import pytest

from nets.model import Model, Progress, create, dataset
from nets.stopping import Best, Ending, Stop, ending, improved
from nets.training import Budget, Slice, evaluate, train_slice
from tests.nets.models import bits, spiral_model, through_json

# The conditions, each by itself.


@pytest.mark.parametrize(
    ("stop", "is_over"),
    [
        (Stop(), False),
        (Stop(epoch=13), False),
        (Stop(epoch=12), True),
        (Stop(loss=0.2), False),
        (Stop(loss=0.25), True),
        (Stop(accuracy=0.91), False),
        (Stop(accuracy=0.9), True),
        (Stop(plateau=5), False),
        (Stop(plateau=4), True),
    ],
    ids=str,
)
def test_a_condition_holds_at_its_number_and_beyond(stop: Stop, is_over: bool) -> None:
    assert (ending(stop, 12, 0.25, 0.9, Best(8, 0.24)) is not None) == is_over


@pytest.mark.parametrize(
    ("stop", "where", "why"),
    [
        (Stop(epoch=12), "training.stop.epoch", "epoch 12 is reached"),
        (Stop(epoch=5), "training.stop.epoch", "epoch 12 is past epoch 5"),
        (Stop(loss=0.3), "training.stop.loss", "train loss 0.25 reached 0.3 at epoch 12"),
        (Stop(accuracy=0.85), "training.stop.accuracy", "train accuracy 0.9 reached 0.85 at epoch 12"),
        (
            Stop(plateau=4),
            "training.stop.plateau",
            "train loss has not improved by 0.1 % for 4 epochs, since 0.24 at epoch 8",
        ),
    ],
    ids=str,
)
def test_an_ending_names_its_condition_with_the_numbers(stop: Stop, where: str, why: str) -> None:
    assert ending(stop, 12, 0.25, 0.9, Best(8, 0.24)) == Ending("stopped", where, why)


def test_values_have_no_accuracy_to_stop_at() -> None:
    assert ending(Stop(accuracy=0), 12, 0.25, None) is None


def test_a_loss_is_better_when_it_is_lower_by_more_than_a_thousandth() -> None:
    best = improved(None, 3, 1.0)
    assert best == Best(3, 1.0)
    assert improved(best, 4, 0.9991) == best
    assert improved(best, 5, 0.9989) == Best(5, 0.9989)
    assert improved(best, 6, 2.0) == best


# Runs.

CONDITIONS = {
    "epoch": Stop(epoch=9),
    "loss": Stop(loss=1.0),
    "accuracy": Stop(accuracy=0.5),
    "plateau": Stop(plateau=3),
}
conditions = pytest.mark.parametrize("stop", CONDITIONS.values(), ids=CONDITIONS)


def stopping(stop: Stop) -> Model:
    """A model that learns slowly at first and meets each of the conditions above within some ten epochs."""
    rate = 1e-5 if stop.plateau else 0.01
    return spiral_model(learning_rate=rate, stop=stop)


@conditions
def test_a_run_ends_at_the_first_epoch_at_which_its_condition_holds(stop: Stop) -> None:
    model = stopping(stop)
    result = train_slice(model, Budget(epochs=200))
    assert result.ending is not None
    assert result.ending.kind == "stopped"
    free = train_slice(replace(model, training=replace(model.training, stop=Stop())), Budget(epochs=200)).snapshots
    metrics = [evaluate(model), *(snapshot.metrics for snapshot in free)]
    holds = {
        "training.stop.epoch": lambda epoch: epoch >= 9,
        "training.stop.loss": lambda epoch: metrics[epoch].train_loss <= 1.0,
        "training.stop.accuracy": lambda epoch: metrics[epoch].train_accuracy >= 0.5,
        "training.stop.plateau": lambda epoch: epoch >= 3,  # so slow that no epoch is better than the start
    }[result.ending.where]
    first = len(list(takewhile(lambda epoch: not holds(epoch), range(200))))
    assert result.model.progress.epoch == first > 1
    assert result.model.progress.batch == 0
    assert result.snapshots[-1].epoch == first
    np.testing.assert_array_equal(result.model.parameters, free[first - 1].parameters)


@conditions
@pytest.mark.parametrize("budget", [Budget(epochs=1), Budget(steps=1), Budget(steps=7, snapshots=0)], ids=str)
def test_a_run_that_is_cut_anywhere_ends_at_the_same_epoch_for_the_same_reason(stop: Stop, budget: Budget) -> None:
    model = stopping(stop)
    whole = train_slice(model, Budget(epochs=200))
    part = Slice(model, [], None)
    while part.ending is None:
        part = train_slice(through_json(part.model), budget)
    assert part.ending == whole.ending
    assert bits(part.model) == bits(whole.model)


@pytest.mark.parametrize("stop", [CONDITIONS[name] for name in ("epoch", "loss", "accuracy")], ids=str)
def test_a_run_whose_condition_is_met_already_ends_at_once(stop: Stop) -> None:
    over = train_slice(stopping(stop), Budget(epochs=200))
    again = train_slice(over.model, Budget(epochs=200))
    assert again == Slice(again.model, [], over.ending)
    assert bits(again.model) == bits(over.model)


def test_a_run_that_is_past_its_last_epoch_says_so() -> None:
    trained = train_slice(spiral_model(), Budget(epochs=12)).model
    late = replace(trained, training=replace(trained.training, stop=Stop(epoch=10)))
    result = train_slice(late, Budget(epochs=5))
    assert result.ending == Ending("stopped", "training.stop.epoch", "epoch 12 is past epoch 10")
    assert bits(result.model) == bits(late)


def test_playing_on_after_a_plateau_watches_anew() -> None:
    model = stopping(Stop(plateau=3))
    first = train_slice(model, Budget(epochs=200))
    second = train_slice(first.model, Budget(epochs=200))
    assert (first.model.progress.epoch, first.model.progress.best) == (3, None)
    assert (second.model.progress.epoch, second.model.progress.best) == (6, None)


def test_what_is_watched_for_a_plateau_begins_where_the_run_does() -> None:
    model = replace(stopping(Stop(plateau=3)), progress=Progress(epoch=50))
    begun = train_slice(model, Budget(epochs=2)).model
    assert begun.progress.best == Best(50, evaluate(model).train_loss)
    assert train_slice(begun, Budget(epochs=200)).model.progress.epoch == 53


def test_without_a_plateau_condition_nothing_is_remembered() -> None:
    model = replace(spiral_model(), progress=Progress(epoch=5, best=Best(2, 0.5)))
    assert train_slice(model, Budget(epochs=1)).model.progress.best is None


def test_conditions_do_not_change_what_is_computed() -> None:
    free, watched = (
        train_slice(spiral_model(stop=stop), Budget(epochs=4)).model.parameters.tobytes()
        for stop in (Stop(), Stop(100, 0.0, 1.0, 100))
    )
    assert watched == free


def test_a_condition_that_needs_no_snapshot_takes_none() -> None:
    result = train_slice(stopping(Stop(loss=1.0)), Budget(epochs=200, snapshots=0))
    assert result.ending is not None
    assert result.snapshots == []


def test_a_regression_can_be_stopped_by_its_loss_and_takes_no_notice_of_an_accuracy() -> None:
    model = create(dataset("saddle", n=60), hidden=[4])
    model = replace(model, training=replace(model.training, learning_rate=0.05, stop=Stop(loss=0.1, accuracy=0.0)))
    result = train_slice(model, Budget(epochs=300))
    assert result.ending is not None
    assert result.ending.where == "training.stop.loss"
