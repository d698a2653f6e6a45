"""Training: what a step, an epoch and a slice compute, what is measured, and when a slice ends."""

from dataclasses import replace
from itertools import count
from typing import Any

import numpy as np
import pytest

from nets.backpropagation import loss_and_gradient
from nets.batches import batches_of_data, epoch_of
from nets.datasets import DATASETS, DataSpec, load
from nets.losses import LOSSES
from nets.model import Model, create, dataset
from nets.network import split
from nets.objective import Objective
from nets.optimizers import OPTIMIZERS
from nets.training import Budget, evaluate, train_slice
from tests.nets import plain_python
from tests.nets.gradient_check import assert_is_gradient
from tests.nets.models import MIXED, bits, model_of, spiral_model

RATES = {
    "sgd": 0.1,
    "momentum": 0.02,
    "nesterov": 0.02,
    "adagrad": 0.1,
    "rmsprop": 0.005,
    "adam": 0.01,
    "adamw": 0.01,
    "nadam": 0.01,
    "lion": 0.002,
    "lbfgs": 1.0,
}  # a sensible learning rate for each optimiser


def plain_linear_sgd(model: Model, epochs: int) -> list[float]:
    """Fit w₁x + w₂y + b to the train points number by number, the smaller last batch included.

    The learning rate halves every ``schedule_epochs``, and the points are where the noise takes them.
    """
    training, (train, _) = model.training, batches_of_data(model)
    points, targets = train.points.T.tolist(), train.targets[0].tolist()
    w1, w2, b = model.parameters.tolist()
    for epoch in range(epochs):
        order = np.random.default_rng([training.seed, epoch]).permutation(len(points)).tolist()
        noise = np.random.default_rng([training.seed, epoch, 1]).standard_normal((2, len(points))).T.tolist()
        shaken = [
            (points[i][0] + training.input_noise * dx, points[i][1] + training.input_noise * dy, targets[i])
            for i, (dx, dy) in zip(order, noise, strict=True)
        ]
        rate = training.learning_rate
        if training.schedule == "exponential":
            rate /= 2 ** (epoch / training.schedule_epochs)
        for start in range(0, len(points), training.batch_size):
            batch = shaken[start : start + training.batch_size]
            slopes = [2 * (w1 * x + w2 * y + b - t) / len(batch) for x, y, t in batch]
            d_w1 = sum(slope * x for slope, (x, _, _) in zip(slopes, batch, strict=True))
            d_w2 = sum(slope * y for slope, (_, y, _) in zip(slopes, batch, strict=True))
            w1, w2, b = (
                w1 - rate * d_w1,
                w2 - rate * d_w2,
                b - rate * sum(slopes),
            )
    return [w1, w2, b]


@pytest.mark.parametrize("batch_size", [1, 4, 10, 11], ids=lambda size: f"batches of {size}")
def test_epochs_of_sgd_are_those_of_plain_python_and_the_small_last_batch_is_used(batch_size: int) -> None:
    model = create(dataset("saddle", n=14, test=0.25, noise=0.1), hidden=[])  # 10 train points
    training = replace(model.training, optimizer="sgd", learning_rate=0.2, batch_size=batch_size, seed=5)
    model = replace(model, training=training)
    trained = train_slice(model, Budget(epochs=3)).model
    np.testing.assert_allclose(trained.parameters, plain_linear_sgd(model, 3), rtol=1e-12)


@pytest.mark.parametrize(
    "settings",
    [{"input_noise": 0.3}, {"schedule": "exponential", "schedule_epochs": 2}],
    ids=["noise on the inputs", "a learning rate that falls"],
)
def test_epochs_with_noise_and_with_a_schedule_are_those_of_plain_python(settings: dict[str, Any]) -> None:
    model = create(dataset("saddle", n=14, test=0.25, noise=0.1), hidden=[])
    training = replace(model.training, optimizer="sgd", learning_rate=0.2, batch_size=4, seed=5, **settings)
    model = replace(model, training=training)
    trained = train_slice(model, Budget(epochs=4)).model
    np.testing.assert_allclose(trained.parameters, plain_linear_sgd(model, 4), rtol=1e-12)


def test_noise_has_the_deviation_that_was_set_and_is_another_in_every_epoch() -> None:
    model = create(dataset("spiral", n=4000), hidden=[])
    model = replace(model, training=replace(model.training, input_noise=0.25, batch_size=100))
    quiet = replace(model, training=replace(model.training, input_noise=0.0))
    train, _ = batches_of_data(model)
    added = []
    for epoch in range(2):
        noisy, clean = epoch_of(model, train, epoch), epoch_of(quiet, train, epoch)
        np.testing.assert_array_equal(noisy.targets, clean.targets)
        added.append(noisy.points - clean.points)
    assert np.std(added[0], axis=1) == pytest.approx([0.25, 0.25], rel=0.05)
    assert np.mean(added[0], axis=1) == pytest.approx([0, 0], abs=0.02)
    assert abs(np.corrcoef(added[0].ravel(), added[1].ravel())[0, 1]) < 0.05


def test_what_is_measured_is_measured_without_noise() -> None:
    model = spiral_model(input_noise=1.0)
    assert evaluate(model) == evaluate(spiral_model())
    trained = train_slice(model, Budget(epochs=2))
    assert trained.snapshots[-1].metrics == evaluate(trained.model)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_hyperparameters_reach_the_optimiser(optimizer: str) -> None:
    plain = train_slice(spiral_model(optimizer=optimizer), Budget(epochs=2)).model.parameters
    for entry in OPTIMIZERS[optimizer].hyperparameters:
        told = {entry.name: entry.default}
        same = spiral_model(optimizer=optimizer, hyperparameters=told)
        assert train_slice(same, Budget(epochs=2)).model.parameters.tobytes() == plain.tobytes()
        other = spiral_model(optimizer=optimizer, hyperparameters={entry.name: 0.5})
        assert not np.array_equal(train_slice(other, Budget(epochs=2)).model.parameters, plain)


def test_a_batch_size_larger_than_the_data_is_one_batch_of_everything() -> None:
    result = train_slice(spiral_model(batch_size=4000), Budget(epochs=3))
    everything = train_slice(spiral_model(batch_size=40), Budget(epochs=3))
    assert result.model.parameters.tobytes() == everything.model.parameters.tobytes()
    assert train_slice(spiral_model(batch_size=4000), Budget(steps=1)).model.progress.epoch == 1


def test_the_order_of_the_points_depends_on_the_seed_of_training() -> None:
    first, second = (train_slice(spiral_model(seed=seed), Budget(steps=1)).model for seed in (1, 2))
    assert not np.any(first.parameters == second.parameters)


@pytest.mark.parametrize("penalty", [{"l1": 0.3}, {"l2": 0.3}, {"l1": 0.1, "l2": 0.2}], ids=["l1", "l2", "both"])
def test_the_gradient_includes_the_penalties_of_the_weights_but_not_of_the_biases(penalty: dict[str, Any]) -> None:
    model = model_of(MIXED, dataset("xor", n=20), **penalty)
    train, _ = batches_of_data(model)
    l1, l2 = model.training.l1, model.training.l2

    def penalised_loss(parameters: np.ndarray) -> float:
        loss, _ = loss_and_gradient(model.layers, parameters, *train, LOSSES[model.training.loss])
        weights = [w for matrix, _ in split(model.layers, parameters) for w in matrix.ravel().tolist()]
        return loss + l1 * sum(abs(w) for w in weights) + l2 * sum(w * w for w in weights) / 2

    objective = Objective(model)
    value = objective.loss(*train)
    assert_is_gradient(objective.gradient, penalised_loss, model.parameters)
    assert value == pytest.approx(evaluate(model).train_loss, rel=1e-14)  # what is reported is without the penalties
    assert value + objective.penalty() == pytest.approx(penalised_loss(model.parameters), rel=1e-14)


@pytest.mark.parametrize("name", DATASETS)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_the_loss_falls_on_every_data_set_with_every_optimiser(name: str, optimizer: str) -> None:
    model = create(dataset(name, n=100), hidden=[8], activation="gaussian")
    training = replace(model.training, optimizer=optimizer, learning_rate=RATES[optimizer], batch_size=8)
    model = replace(model, training=training)
    trained = train_slice(model, Budget(epochs=60)).model
    assert evaluate(trained).train_loss < 0.6 * evaluate(model).train_loss


def test_the_same_model_gives_the_same_bytes_twice() -> None:
    model = spiral_model()
    before = bits(model)
    first, second = train_slice(model, Budget(epochs=5)), train_slice(model, Budget(epochs=5))
    assert bits(first.model) == bits(second.model)
    assert bits(model) == before


def test_test_points_do_not_take_part() -> None:
    points = tuple((i / 10, (i * i % 7) / 7) for i in range(10))
    spec = DataSpec(None, 10, 0.0, 2, 1, 0.3, points, tuple(float(i % 2) for i in range(10)))
    is_test = load(spec).is_test
    other = replace(spec, targets=tuple(1 - t if kept else t for t, kept in zip(spec.targets, is_test, strict=True)))
    first, second = (train_slice(create(data, hidden=[3]), Budget(epochs=3)) for data in (spec, other))
    assert first.model.parameters.tobytes() == second.model.parameters.tobytes()
    assert first.snapshots[-1].metrics.test_loss != second.snapshots[-1].metrics.test_loss


def test_train_and_test_points_together_are_all_points_once_each() -> None:
    train, test = batches_of_data(spiral_model())
    assert (train.points.shape, test.points.shape) == ((2, 40), (2, 8))
    together = np.concatenate([train.points, test.points], axis=1)
    assert sorted(together.T.tolist()) == sorted(load(spiral_model().data).points.T.tolist())


# What is measured.

MEASURED = {
    "cross entropy of classes": model_of(MIXED, dataset("xor", n=30)),
    "squared error of classes": model_of(MIXED, dataset("xor", n=30), loss="mean_squared_error"),
    "squared error of values": create(dataset("saddle", n=30), hidden=[4]),
}


def plain_metrics(model: Model, is_test: bool) -> tuple[float, float | None]:
    """The loss and the share that is right, point by point."""
    data, losses, right = load(model.data), [], []
    for x, y, target, kept in zip(*data.points.tolist(), data.targets.tolist(), data.is_test, strict=True):
        if kept != is_test:
            continue
        outputs = plain_python.forward(model.layers, model.parameters.tolist(), x, y)[-1].activation
        wanted = [float(k == target) for k in range(model.data.classes)] or [target]
        losses.append(plain_python.LOSSES[model.training.loss](outputs, wanted))
        right.append(outputs.index(max(outputs)) == target)
    return sum(losses) / len(losses), sum(right) / len(right) if model.data.classes else None


@pytest.mark.parametrize("model", MEASURED.values(), ids=MEASURED)
def test_metrics_are_those_of_plain_python(model: Model) -> None:
    metrics = evaluate(model)
    train_loss, train_accuracy = plain_metrics(model, is_test=False)
    test_loss, test_accuracy = plain_metrics(model, is_test=True)
    assert (metrics.train_loss, metrics.test_loss) == pytest.approx((train_loss, test_loss), rel=1e-12)
    assert (metrics.train_accuracy, metrics.test_accuracy) == (train_accuracy, test_accuracy)


def test_without_test_points_there_is_no_test_loss_and_no_test_accuracy() -> None:
    metrics = evaluate(create(dataset("spiral", test=0.0)))
    assert (metrics.test_loss, metrics.test_accuracy) == (None, None)
    assert metrics.train_accuracy is not None


def test_values_have_no_accuracy() -> None:
    metrics = evaluate(create(dataset("saddle")))
    assert (metrics.train_accuracy, metrics.test_accuracy) == (None, None)


# When a slice ends.


def test_a_snapshot_holds_the_network_at_the_end_of_its_epoch_and_what_was_measured_then() -> None:
    snapshots = train_slice(spiral_model(), Budget(epochs=3)).snapshots
    assert [snapshot.epoch for snapshot in snapshots] == [1, 2, 3]
    for snapshot in snapshots:
        there = train_slice(spiral_model(), Budget(epochs=snapshot.epoch)).model
        assert snapshot.parameters.tobytes() == there.parameters.tobytes()
        assert snapshot.metrics == evaluate(there)


@pytest.mark.parametrize("budget", [Budget(steps=0), Budget(epochs=0), Budget(seconds=0)])
def test_a_budget_of_nothing_leaves_the_parameters_and_takes_no_snapshot(budget: Budget) -> None:
    result = train_slice(spiral_model(), budget)
    assert result.model.parameters.tobytes() == spiral_model().parameters.tobytes()
    assert (result.model.progress.epoch, result.model.progress.batch, result.snapshots) == (0, 0, [])


@pytest.mark.parametrize(("steps", "progress"), [(1, (0, 1)), (3, (0, 3)), (4, (1, 0)), (5, (1, 1)), (8, (2, 0))])
def test_progress_counts_epochs_and_batches_of_the_next(steps: int, progress: tuple[int, int]) -> None:
    reached = train_slice(spiral_model(), Budget(steps=steps)).model.progress
    assert (reached.epoch, reached.batch) == progress


@pytest.mark.parametrize(
    ("budget", "progress"), [(Budget(steps=3, epochs=2), (0, 3)), (Budget(steps=100, epochs=2), (2, 0))]
)
def test_a_slice_ends_at_whichever_limit_comes_first(budget: Budget, progress: tuple[int, int]) -> None:
    reached = train_slice(spiral_model(), budget).model.progress
    assert (reached.epoch, reached.batch) == progress


def test_an_epoch_that_was_begun_counts_when_it_ends() -> None:
    begun = train_slice(spiral_model(), Budget(steps=3)).model
    reached = train_slice(begun, Budget(epochs=1)).model.progress
    assert (reached.epoch, reached.batch) == (1, 0)


@pytest.fixture
def _ticking_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a second pass at every look at the clock."""
    monkeypatch.setattr("nets.training.perf_counter", count().__next__)


@pytest.mark.usefixtures("_ticking_clock")
@pytest.mark.parametrize("seconds", [1, 2, 7, 30])
def test_a_slice_looks_at_the_clock_before_the_first_and_after_every_step(seconds: int) -> None:
    model = train_slice(spiral_model(), Budget(seconds=seconds), "numpy").model
    assert bits(model) == bits(train_slice(spiral_model(), Budget(steps=seconds - 1), "numpy").model)


@pytest.mark.usefixtures("_ticking_clock")
@pytest.mark.parametrize("seconds", [1, 2, 7])
def test_the_compiled_engine_takes_the_batches_of_an_epoch_between_two_looks_at_the_clock(seconds: int) -> None:
    model = train_slice(spiral_model(), Budget(seconds=seconds), "compiled").model
    assert (model.progress.epoch, model.progress.batch) == (seconds - 1, 0)


@pytest.mark.usefixtures("_ticking_clock")
def test_snapshots_are_spread_evenly_over_the_seconds() -> None:
    """Four steps and a look for a snapshot make an epoch last 5 seconds, so that every 20th is due."""
    snapshots = train_slice(spiral_model(), Budget(seconds=400, snapshots=4), "numpy").snapshots
    assert [snapshot.epoch for snapshot in snapshots] == pytest.approx([1, 20, 40, 60], abs=1)


@pytest.mark.parametrize("limit", [0, 1, 3])
def test_there_are_no_more_snapshots_than_asked_for_and_they_do_not_disturb_training(limit: int) -> None:
    few, all_of_them = (train_slice(spiral_model(), Budget(epochs=6, snapshots=n)) for n in (limit, None))
    assert (len(few.snapshots), len(all_of_them.snapshots)) == (limit, 6)
    assert bits(few.model) == bits(all_of_them.model)
