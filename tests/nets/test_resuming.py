"""A run cut into slices anywhere ends with the same bits as one that is not; a diverged one at its last finite step."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nets.datasets import DataSpec
from nets.model import Model, create, dataset
from nets.network import Layer, Layers, n_parameters, uniform_layers
from nets.optimizers import OPTIMIZERS
from nets.stopping import Stop
from nets.training import Budget, Slice, Snapshot, train_slice
from tests.nets.models import MIXED, bits, model_of, spiral_model, through_json

N_EPOCHS = 21  # of four steps each: slices of 1, 3 and 7 epochs and of 1, 4 and 7 steps come out even

optimizers = pytest.mark.parametrize("optimizer", OPTIMIZERS)


def run_in_slices(model: Model, budget: Budget, between: Callable[[Model], Model]) -> tuple[Model, list[Snapshot]]:
    """Train for N_EPOCHS one budget at a time, handing the model over by ``between``."""
    snapshots: list[Snapshot] = []
    for _ in range(4 * N_EPOCHS):
        model, new, divergence = train_slice(between(model), budget)
        assert divergence is None
        snapshots += new
        if model.progress.epoch >= N_EPOCHS:
            break
    return model, snapshots


def assert_is_the_same_run(
    model: Model, budget: Budget, between: Callable[[Model], Model] = lambda model: model
) -> None:
    whole = train_slice(model, Budget(epochs=N_EPOCHS))
    last, snapshots = run_in_slices(model, budget, between)
    assert bits(last) == bits(whole.model)
    assert len(snapshots) == len(whole.snapshots) == N_EPOCHS
    for snapshot, expected in zip(snapshots, whole.snapshots, strict=True):
        assert (snapshot.epoch, snapshot.metrics) == (expected.epoch, expected.metrics)
        assert snapshot.parameters.tobytes() == expected.parameters.tobytes()


@optimizers
@pytest.mark.parametrize("epochs", [1, 3, 7])
def test_slices_of_epochs_are_one_run(optimizer: str, epochs: int) -> None:
    assert_is_the_same_run(spiral_model(optimizer=optimizer), Budget(epochs=epochs))


@optimizers
@pytest.mark.parametrize("steps", [1, 4, 7])
def test_slices_of_steps_are_one_run_in_mid_epoch_too(optimizer: str, steps: int) -> None:
    steps = 3 if OPTIMIZERS[optimizer].is_full_batch and steps == 4 else steps  # its epochs are of one step
    assert_is_the_same_run(spiral_model(optimizer=optimizer), Budget(steps=steps))


@optimizers
@pytest.mark.parametrize("budget", [Budget(epochs=3), Budget(steps=1), Budget(steps=7)])
def test_slices_that_travel_as_json_between_are_one_run(optimizer: str, budget: Budget) -> None:
    assert_is_the_same_run(spiral_model(optimizer=optimizer), budget, between=through_json)


@pytest.mark.parametrize(
    "model",
    [
        model_of(MIXED, dataset("xor", n=48, test=1 / 6), batch_size=12, l1=0.01, l2=0.1),
        replace(
            create(dataset("saddle", n=48, test=1 / 6), hidden=[3]),
            training=replace(spiral_model().training, loss="mean_squared_error"),
        ),
        spiral_model(input_noise=0.1, schedule="cosine", schedule_epochs=5),
        spiral_model(optimizer="nesterov", schedule="exponential", schedule_epochs=3, stop=Stop(plateau=100)),
        spiral_model(weight_noise=0.1, optimizer="nadam"),
        spiral_model(dropout=0.3, schedule="one_cycle", schedule_epochs=20),
        spiral_model(dropout=0.5, dropout_kind="variational", weight_noise=0.05, input_noise=0.05, l1=0.01),
        spiral_model(dropout=0.2, weight_noise=0.1, input_noise=0.1, optimizer="lbfgs", l2=0.1),
    ],
    ids=[
        "mixed",
        "regression",
        "noise and cosine",
        "exponential and a plateau",
        "weight noise",
        "dropout and one cycle",
        "everything random",
        "everything random with line searches",
    ],
)
def test_networks_of_every_kind_can_be_cut(model: Model) -> None:
    assert_is_the_same_run(model, Budget(steps=7), between=through_json)


@pytest.mark.parametrize("optimizer", [name for name, row in OPTIMIZERS.items() if row.make(0.1).init(np.ones(1)).size])
def test_the_state_of_the_optimiser_matters(optimizer: str) -> None:
    """Were it lost on the way, the tests above would still have to fail."""
    half = train_slice(spiral_model(optimizer=optimizer), Budget(epochs=2)).model
    forgetful = replace(half, progress=replace(half.progress, state=np.empty(0)))
    with_state, without = (train_slice(model, Budget(epochs=1)).model for model in (half, forgetful))
    assert not np.array_equal(with_state.parameters, without.parameters)


# Divergence: a run whose numbers stop being finite.


def huge(layers: Layers, name: str = "xor", **training: Any) -> Model:
    """A model whose parameters are all so large that numbers overflow on the way."""
    return replace(model_of(layers, dataset(name), **training), parameters=np.full(n_parameters(layers), 1e29))


def assert_ends_at_the_last_finite_step(model: Model, result: Slice) -> None:
    progress = result.model.progress
    assert np.isfinite(result.model.parameters).all()
    assert np.isfinite(progress.state).all()
    n_batches = -(-(model.data.n - model.data.n_test) // model.training.batch_size)
    steps = n_batches * progress.epoch + progress.batch
    if steps:
        assert bits(train_slice(model, Budget(steps=steps, snapshots=0)).model) == bits(result.model)
    else:
        assert result.model.parameters.tobytes() == model.parameters.tobytes()
    assert bits(through_json(result.model)) == bits(result.model)
    assert all(np.isfinite([s.metrics.train_loss, *s.parameters]).all() for s in result.snapshots)


@pytest.mark.parametrize("optimizer", ["sgd", "momentum"])
def test_a_learning_rate_that_is_too_large_is_named_and_the_last_finite_parameters_are_kept(optimizer: str) -> None:
    """On a line fitted by least squares each step overshoots further, so that nothing but the parameters explodes."""
    model = model_of(uniform_layers([1], "identity"), dataset("saddle"), loss="mean_squared_error")
    model = replace(model, training=replace(model.training, optimizer=optimizer, learning_rate=1000.0))
    result = train_slice(model, Budget(epochs=1000))
    assert result.ending is not None
    assert result.ending.where == "training.learning_rate"
    assert "learning rate 1000" in result.ending.why
    assert result.model.progress.epoch + result.model.progress.batch > 0
    assert_ends_at_the_last_finite_step(model, result)


SQUARE, SUM = Layer(1, ("square",)), Layer(1, ("identity",))

OVERFLOWS = {
    "activations": ((SQUARE, SQUARE, Layer(2, ("square",) * 2)), "layers[2]", "the activations of layer 3 overflowed"),
    "pre-activations": (
        (SQUARE, SQUARE, SUM, SUM, SUM, SUM, Layer(2, ("identity",) * 2)),
        "layers[6]",
        "the pre-activations of layer 7 overflowed",
    ),
}


@optimizers
@pytest.mark.parametrize("quantity", OVERFLOWS)
def test_the_layer_that_overflowed_is_named(optimizer: str, quantity: str) -> None:
    layers, where, why = OVERFLOWS[quantity]
    result = train_slice(huge(layers, optimizer=optimizer), Budget(epochs=2))
    assert result.ending is not None
    assert result.ending.where == where
    assert why in result.ending.why
    assert result.snapshots == []
    assert_ends_at_the_last_finite_step(huge(layers, optimizer=optimizer), result)


def test_a_loss_that_overflowed_is_named_with_the_layer_that_made_the_outputs() -> None:
    """Outputs of about 1e232 are finite; the square of their error is not."""
    layers = (SQUARE, SQUARE, Layer(1, ("identity",)), Layer(1, ("identity",)))
    result = train_slice(huge(layers, "saddle", loss="mean_squared_error"), Budget(epochs=1))
    assert result.ending is not None
    assert result.ending.where == "layers[3]"
    assert "the loss overflowed" in result.ending.why


def test_a_loss_that_is_no_number_ends_the_run_though_its_gradient_is_zero() -> None:
    """Scores of ±1e308 are finite and right for every point; their difference overflows."""
    all_of_one_class = DataSpec(None, 2, 0.0, 2, 1, 0.0, ((0.0, 0.0), (0.0, 1.0)), (0.0, 0.0))
    layers = (SUM, SQUARE, SQUARE, Layer(2, ("identity",) * 2))
    parameters = np.array([0, 0, 1e29, 1e29, 0, 1e29, 0, 1e18, -1e18, 0, 0])  # 1e29, then 1e116, then 1e290
    model = replace(model_of(layers, all_of_one_class), parameters=parameters)
    result = train_slice(model, Budget(epochs=2, snapshots=0))
    assert result.ending is not None
    assert "the loss overflowed" in result.ending.why
    assert_ends_at_the_last_finite_step(model, result)


def test_a_state_too_large_for_a_document_ends_the_run_though_the_parameters_are_small() -> None:
    """A gradient of 1e145 moves adam's parameters by no more than the learning rate, but its square is in the state."""
    model = huge((SQUARE, SUM), "saddle", loss="mean_squared_error", optimizer="adam")
    result = train_slice(model, Budget(epochs=1))
    assert result.ending is not None
    assert_ends_at_the_last_finite_step(model, result)


@pytest.mark.parametrize("snapshots", [None, 0])
def test_a_run_that_diverged_does_not_go_on(snapshots: int | None) -> None:
    layers, _, _ = OVERFLOWS["activations"]
    first = train_slice(huge(layers), Budget(epochs=3, snapshots=snapshots))
    again = train_slice(first.model, Budget(epochs=3, snapshots=snapshots))
    assert again.ending == first.ending
    assert bits(again.model) == bits(first.model)


def test_an_epoch_that_ends_with_an_infinite_loss_gives_no_snapshot() -> None:
    """One step of 1000 leaves finite parameters, but the square of the outputs is beyond the largest float."""
    layers = (SUM, SQUARE, SQUARE, SQUARE, SQUARE, Layer(1, ("square",)))
    model = model_of(layers, dataset("saddle"), loss="mean_squared_error", learning_rate=1e3, batch_size=4000)
    model = replace(model, parameters=np.ones(n_parameters(layers)))
    result = train_slice(model, Budget(epochs=50))
    assert result.ending is not None
    assert "the loss overflowed" in result.ending.why
    assert (result.model.progress.epoch, result.snapshots) == (1, [])
    assert_ends_at_the_last_finite_step(model, result)
