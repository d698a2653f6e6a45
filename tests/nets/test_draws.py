"""What disturbs training: its means and deviations, what is independent of what, and that a run can be resumed."""

from dataclasses import replace
from itertools import combinations, pairwise
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.backpropagation import Backpropagation, loss_and_gradient
from nets.batches import batches_of_data, epoch_of
from nets.descent import Descent
from nets.draws import APART, Draws, input_noise, order_of_points
from nets.gradient import gradient
from nets.losses import LOSSES
from nets.model import Model, Training, dataset
from nets.network import forward, held_parameters, uniform_layers
from nets.objective import Objective
from nets.training import Budget, evaluate, train_slice
from tests.nets.models import MARKED, MIXED, model_of, spiral_model

Array = NDArray[np.float64]

LAYERS = uniform_layers([30, 20, 3], "tanh")
N_UNITS, N_POINTS = 50, 400
XOR = dataset("xor", n=48, test=1 / 6)

shares = pytest.mark.parametrize("p", [0.1, 0.5, 0.9])


def masks(epoch: int = 0, batch: int = 0, **training: Any) -> Array:
    return Draws(Training(**{"dropout": 0.5, **training}), LAYERS, epoch).masks(batch, N_POINTS)


def correlation(first: Array, second: Array) -> float:
    return float(np.corrcoef(first.ravel(), second.ravel())[0, 1])


# Dropout.


@shares
def test_ordinary_masks_are_0_with_probability_p_and_have_a_mean_of_one(p: float) -> None:
    drawn = masks(dropout=p)
    assert drawn.shape == (N_UNITS, N_POINTS)
    assert set(drawn.ravel()) == {0.0, 1 / (1 - p)}
    deviation = np.sqrt(p / (1 - p) / drawn.size)
    assert abs(drawn.mean() - 1) < 4 * deviation


@shares
def test_every_neuron_and_every_point_is_dropped_as_often(p: float) -> None:
    drawn = masks(dropout=p)
    for axis, n in ((1, N_POINTS), (0, N_UNITS)):
        assert np.abs(drawn.mean(axis=axis) - 1).max() < 4.5 * np.sqrt(p / (1 - p) / n)


def test_ordinary_masks_are_independent_between_neurons_and_between_points() -> None:
    drawn = masks()
    for rows in (drawn, drawn.T):
        correlations = np.corrcoef(rows)[np.triu_indices(len(rows), 1)]
        n = rows.shape[1]
        assert np.abs(correlations).max() < 6 / np.sqrt(n)
        assert correlations.std() == pytest.approx(1 / np.sqrt(n), rel=0.1)
        assert abs(correlations.mean()) < 0.02


@pytest.mark.parametrize("kind", ["ordinary", "variational"])
def test_masks_are_independent_between_batches_epochs_and_seeds(kind: str) -> None:
    many = [
        np.concatenate([masks(epoch, batch, seed=seed, dropout_kind=kind).ravel() for batch in range(60)])
        for epoch, seed in ((0, 1), (1, 1), (2, 1), (0, 2), (1, 2))
    ]
    for first, second in combinations(many, 2):
        assert abs(correlation(first, second)) < 5 / np.sqrt(first.size)
    batches = [masks(0, batch, dropout_kind=kind) for batch in range(20)]
    for first, second in combinations(batches, 2):
        assert abs(correlation(first, second)) < 5 / np.sqrt(first.size)


@pytest.mark.parametrize("epoch", range(3))
def test_whether_a_neuron_is_dropped_tells_nothing_of_the_batches_that_follow(epoch: int) -> None:
    """For each of 50 neurons 2000 batches in a row: their means, and the products with those up to 40 later."""
    drawn = np.array([masks(epoch, batch, dropout_kind="variational")[:, 0] for batch in range(2000)]) - 1
    means = drawn.mean(axis=0) * np.sqrt(2000)
    products = np.array([(drawn[:-lag] * drawn[lag:]).mean(axis=0) * np.sqrt(2000 - lag) for lag in range(1, 40)])
    assert 0.7 < means.std() < 1.3
    assert 0.95 < products.std() < 1.05
    assert np.abs(products).max() < 5


@shares
def test_variational_masks_are_shared_by_the_points_of_a_step(p: float) -> None:
    drawn = np.array([masks(0, batch, dropout=p, dropout_kind="variational") for batch in range(200)])
    assert drawn.shape == (200, N_UNITS, 1)
    assert set(drawn.ravel()) == {0.0, 1 / (1 - p)}
    assert abs(drawn.mean() - 1) < 4 * np.sqrt(p / (1 - p) / drawn.size)


@pytest.mark.parametrize("kind", ["ordinary", "variational"])
def test_the_expected_score_of_a_network_with_one_hidden_layer_is_the_one_without_dropout(kind: str) -> None:
    """What is left counts 1 / (1 − p) times as much, so that a linear layer receives the same in the mean."""
    layers = uniform_layers([6, 2], "tanh")
    model = model_of(layers, XOR, dropout=0.3, dropout_kind=kind)
    points = np.random.default_rng(0).uniform(-1, 1, (2, 5))
    hidden, outputs = forward(layers, model.parameters, points)
    weights = model.parameters[18:30].reshape(2, 6)
    drawn = [Draws(model.training, layers, 0).masks(batch, 5) for batch in range(4000)]
    scores = np.array([weights @ (hidden.activation * mask) for mask in drawn]) + model.parameters[30:, None]
    error = scores.std(axis=0) / np.sqrt(len(drawn))
    assert (np.abs(scores.mean(axis=0) - outputs.activation) < 4.5 * error).all()


def test_a_step_descends_the_gradient_of_the_network_that_dropout_leaves() -> None:
    """A dropped neuron is one that is switched off, and a neuron that is left is as if its weights were larger."""
    model = model_of(
        uniform_layers([5, 2], "tanh"), XOR, optimizer="sgd", dropout=0.4, dropout_kind="variational", batch_size=12
    )
    train, _ = batches_of_data(model)
    epoch = epoch_of(model, train, 0)
    assert epoch.draws is not None
    mask = epoch.draws.masks(2, 12)
    assert 0 < (mask == 0).sum() < 5
    hidden, output = model.layers
    left = replace(hidden, off=tuple(np.flatnonzero(mask == 0).tolist()))
    scaled = model.parameters.copy()
    scaled[15:25] /= 0.6
    slopes = loss_and_gradient((left, output), scaled, *epoch.batch(2), LOSSES[model.training.loss])[1]
    slopes[15:25] /= 0.6
    steps = Descent(model)
    assert steps.take(epoch, 2, 1) == 1
    np.testing.assert_allclose(steps.parameters, model.parameters - 0.01 * slopes, rtol=1e-12, atol=1e-14)


def test_outputs_and_the_points_that_a_layer_sees_by_skip_are_never_dropped() -> None:
    """All hidden neurons dropped, the outputs are those of the points alone."""
    model = model_of(MIXED, XOR)
    train, _ = batches_of_data(model)
    found = np.empty_like(model.parameters)
    propagation = Backpropagation(MIXED, model.parameters, found, LOSSES["hinge"], 40, has_dropout=True)
    value = propagation(*train, np.zeros((6, 1)))
    silent = tuple(replace(layer, off=tuple(range(layer.width))) for layer in MIXED[:-1])
    assert value == loss_and_gradient((*silent, MIXED[-1]), model.parameters, *train, LOSSES["hinge"])[0]


# Noise on the weights.


def test_noise_on_the_weights_is_normal_with_the_deviation_that_was_set_and_another_in_every_step_and_epoch() -> None:
    training = Training(weight_noise=0.2)
    drawn = [Draws(training, LAYERS, epoch).weight_noise(batch, 2000) for epoch in range(4) for batch in range(10)]
    everything = np.concatenate(drawn) / 0.2
    n = everything.size
    assert abs(everything.mean()) < 4 / np.sqrt(n)
    assert abs(everything.std() - 1) < 4 / np.sqrt(2 * n)
    assert abs((everything**4).mean() - 3) < 4 * np.sqrt(96 / n)
    for first, second in combinations(drawn, 2):
        assert abs(correlation(first, second)) < 5 / np.sqrt(first.size)


def test_the_gradient_is_taken_at_the_disturbed_weights_and_applied_to_the_clean_ones_whose_penalties_count() -> None:
    model = model_of(MARKED, XOR, optimizer="sgd", weight_noise=0.3, l2=0.5, batch_size=12, learning_rate=0.1)
    held = held_parameters(MARKED)
    epoch = epoch_of(model, batches_of_data(model)[0], 3)
    assert epoch.draws is not None
    expected = model.parameters.copy()
    plain = Objective(replace(model, training=replace(model.training, l2=0.0, weight_noise=0.0)))
    penalties = Objective(replace(model, training=replace(model.training, weight_noise=0.0)))
    for batch in (1, 2):
        noise = epoch.draws.weight_noise(batch, expected.size)
        noise[held] = 0
        _, slopes = loss_and_gradient(MARKED, expected + noise, *epoch.batch(batch), LOSSES[model.training.loss])
        for one in (plain, penalties):
            one.parameters[:] = expected
            one.loss(*epoch.batch(batch))
        slopes = slopes + penalties.gradient - plain.gradient
        slopes[held] = 0
        expected = expected - 0.1 * slopes
    steps = Descent(model)
    assert steps.take(epoch, 1, 2) == 2
    np.testing.assert_allclose(steps.parameters, expected, rtol=1e-12, atol=1e-13)


def test_the_weights_of_frozen_neurons_are_not_disturbed() -> None:
    """With everything frozen there is nothing left to disturb, and the loss is the clean one."""
    frozen = tuple(replace(layer, frozen=tuple(range(layer.width))) for layer in MIXED)
    model = model_of(frozen, XOR, weight_noise=1.0)
    epoch = epoch_of(model, batches_of_data(model)[0], 0)
    clean = loss_and_gradient(frozen, model.parameters, *epoch.batch(0), LOSSES[model.training.loss])[0]
    assert Objective(model).loss(*epoch.batch(0), epoch.draws, 0) == clean
    assert train_slice(model, Budget(epochs=2)).model.parameters.tobytes() == model.parameters.tobytes()


# The same draws however a run is cut.


@pytest.mark.parametrize("kind", ["ordinary", "variational"])
def test_a_batch_draws_the_same_whatever_was_drawn_before(kind: str) -> None:
    training = Training(dropout=0.4, weight_noise=0.1, dropout_kind=kind)
    through = Draws(training, LAYERS, 5)
    drawn = [(through.weight_noise(batch, 33).tobytes(), through.masks(batch, 32).tobytes()) for batch in range(12)]
    for batch in (11, 0, 7, 7, 3):
        resumed = Draws(training, LAYERS, 5)
        assert resumed.masks(batch, 32).tobytes() == drawn[batch][1]
        assert resumed.weight_noise(batch, 33).tobytes() == drawn[batch][0]
        assert through.weight_noise(batch, 33).tobytes() == drawn[batch][0]


def test_no_batch_draws_so_much_that_it_reaches_into_another() -> None:
    """A batch draws a number for each of 4000 points and 224 hidden neurons at most, and an epoch has 4000 batches."""
    starts = sorted(batch * APART % 2**128 for batch in range(4000))
    assert min(later - earlier for earlier, later in pairwise([*starts, 2**128])) > 4000 * 224
    rng = np.random.PCG64(np.random.SeedSequence([1, 0, 3]))
    beginning = np.random.Generator(rng.jumped(7)).random(N_POINTS)  # numpy's own distance between generators
    np.testing.assert_array_equal(masks(batch=7)[0] > 0, beginning < 0.5)


def test_streams_differ_from_each_other_and_from_the_order_of_the_points() -> None:
    training = Training(weight_noise=1.0, input_noise=1.0, dropout=0.5)
    n = 20_000
    draws = Draws(training, uniform_layers([32, 1], "tanh"), 0)
    streams = {
        "order": np.argsort(order_of_points(training, 0, n)).astype(float),
        "input noise": input_noise(training, 0, n // 2).ravel(),
        "weight noise": draws.weight_noise(0, n),
        "dropout": draws.masks(0, n // 32).ravel(),
    }
    for first, second in combinations(streams.values(), 2):
        for shift in range(3):
            assert abs(correlation(first[shift:15_000], second[: 15_000 - shift])) < 5 / np.sqrt(15_000)


@pytest.mark.parametrize("name", ["weight_noise", "dropout"])
def test_a_disturbance_leaves_the_order_of_the_points_and_the_other_disturbances_as_they_were(name: str) -> None:
    plain = model_of(MIXED, XOR, batch_size=12, input_noise=0.1)
    disturbed = replace(plain, training=replace(plain.training, **{name: 0.3}))
    train, _ = batches_of_data(plain)
    first, second = (epoch_of(model, train, 4) for model in (plain, disturbed))
    assert first.points.tobytes() == second.points.tobytes()
    assert (first.draws, second.draws is None) == (None, False)


# What is reported.

DISTURBED: dict[str, Any] = {"dropout": 0.5, "weight_noise": 0.5, "input_noise": 0.5}


@pytest.mark.parametrize("layers", [MIXED, MARKED], ids=["mixed", "frozen and switched off"])
def test_what_is_measured_and_the_gradient_that_is_shown_are_without_any_of_it(layers: Any) -> None:
    disturbed = model_of(layers, XOR, **DISTURBED)
    plain = model_of(layers, XOR)
    assert evaluate(disturbed) == evaluate(plain)
    (value, slopes), (plain_value, plain_slopes) = gradient(disturbed), gradient(plain)
    assert value == plain_value
    assert slopes.tobytes() == plain_slopes.tobytes()


@pytest.mark.parametrize("name", DISTURBED)
def test_each_of_them_makes_a_difference_to_what_is_learnt(name: str) -> None:
    plain, disturbed = (train_slice(spiral_model(**more), Budget(epochs=2)) for more in ({}, {name: 0.5}))
    assert not np.array_equal(plain.model.parameters, disturbed.model.parameters)
    last = disturbed.snapshots[-1]
    assert last.metrics == evaluate(replace(spiral_model(), parameters=last.parameters))


def test_dropout_is_of_hidden_neurons_so_that_a_network_without_any_learns_as_ever() -> None:
    def learnt(**training: Any) -> Model:
        return train_slice(model_of(uniform_layers([2], "identity"), XOR, **training), Budget(epochs=2)).model

    assert learnt(dropout=0.5).parameters.tobytes() == learnt().parameters.tobytes()
