"""Neurons that training leaves alone, and neurons that are switched off."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nets.backpropagation import loss_and_gradient
from nets.batches import batches_of_data
from nets.losses import LOSSES
from nets.model import Model, dataset
from nets.network import Layer, Layers, forward, held_parameters, n_parameters, split
from nets.objective import Objective
from nets.optimizers import OPTIMIZERS
from nets.surfaces import surfaces
from nets.training import Budget, evaluate, train_slice
from tests.nets.gradient_check import assert_is_gradient
from tests.nets.models import MARKED, bits, model_of, through_json


def unmarked(layers: Layers) -> Layers:
    return tuple(replace(layer, frozen=(), off=()) for layer in layers)


def marked_model(**training: Any) -> Model:
    return model_of(MARKED, dataset("xor", n=48), **training)


def is_held(layers: Layers) -> np.ndarray:
    """Which parameters training leaves alone, neuron by neuron."""
    held = np.zeros(n_parameters(layers), dtype=bool)
    for layer, (weights, biases) in zip(layers, split(layers, held), strict=True):  # type: ignore[arg-type]
        for neuron in range(layer.width):
            weights[neuron] = biases[neuron] = neuron in layer.frozen or neuron in layer.off
    return held


def test_the_parameters_that_are_held_are_the_weights_and_biases_of_frozen_and_switched_off_neurons() -> None:
    held = held_parameters(MARKED)
    assert held is not None
    assert held.tolist() == np.flatnonzero(is_held(MARKED)).tolist()
    assert held_parameters(unmarked(MARKED)) is None


@pytest.mark.parametrize("penalty", [{}, {"l1": 0.1, "l2": 0.2}], ids=["plain", "with penalties"])
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_training_moves_every_parameter_but_those_that_are_held_which_stay_to_the_bit(
    optimizer: str, penalty: dict[str, float]
) -> None:
    model = marked_model(optimizer=optimizer, **penalty)
    after = train_slice(model, Budget(epochs=3)).model
    held = is_held(MARKED)
    assert after.parameters[held].tobytes() == model.parameters[held].tobytes()
    assert np.all(after.parameters[~held] != model.parameters[~held])


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_neuron_that_is_frozen_in_full_motion_stands_still_at_once(optimizer: str) -> None:
    """What momentum has gathered does not carry it on."""
    moving = train_slice(replace(marked_model(optimizer=optimizer), layers=unmarked(MARKED)), Budget(epochs=2)).model
    frozen = replace(moving, layers=MARKED)
    after = train_slice(frozen, Budget(steps=1)).model
    held = is_held(MARKED)
    assert after.parameters[held].tobytes() == moving.parameters[held].tobytes()
    assert np.all(after.parameters[~held] != moving.parameters[~held])


def test_the_gradient_of_what_is_held_is_zero_and_the_rest_is_as_it_would_be() -> None:
    layers = tuple(replace(layer, off=()) for layer in MARKED)  # frozen neurons answer as before
    model = model_of(layers, dataset("xor", n=48), l1=0.1, l2=0.2)
    batch, _ = batches_of_data(model)
    objective, other = Objective(model), Objective(replace(model, layers=unmarked(layers)))
    for one in (objective, other):
        one.loss(*batch)
    gradient, free = objective.gradient, other.gradient
    held = is_held(layers)
    assert not gradient[held].any()
    np.testing.assert_array_equal(gradient[~held], free[~held])


def test_a_neuron_that_is_switched_off_is_zero_everywhere_and_its_pre_activation_is_not() -> None:
    model = marked_model()
    for layer, landscape in zip(MARKED, surfaces(model, n=5)[1:], strict=True):
        for neuron in range(layer.width):
            is_off = neuron in layer.off
            assert landscape.activation[neuron].any() != is_off
            assert landscape.preactivation[neuron].any()


def test_what_follows_a_switched_off_neuron_is_as_if_its_weights_were_zero() -> None:
    """Layer 2 receives layer 1 as it is, so that a 0 in it is a column of W without effect."""
    layers = (Layer(3, ("tanh", "gaussian", "square"), off=(1, 2)), Layer(2, ("tanh",) * 2, skip=True))
    parameters = np.random.default_rng(1).standard_normal(n_parameters(layers))
    points = np.random.default_rng(2).uniform(-1, 1, (2, 6))
    without = parameters.copy()
    split(layers, without)[1][0][:, [1, 2]] = 0
    np.testing.assert_allclose(
        forward(layers, parameters, points)[-1].activation,
        forward(unmarked(layers), without, points)[-1].activation,
        rtol=1e-13,
    )


@pytest.mark.parametrize("loss", LOSSES)
def test_the_gradient_is_right_where_neurons_are_switched_off(loss: str) -> None:
    rng = np.random.default_rng(5)
    parameters, points = 0.7 * rng.standard_normal(n_parameters(MARKED)), rng.uniform(-1, 1, (2, 7))
    targets = (np.arange(7) % 2 == np.arange(2)[:, None]).astype(float)
    _, gradient = loss_and_gradient(MARKED, parameters, points, targets, LOSSES[loss])
    assert_is_gradient(gradient, lambda at: loss_and_gradient(MARKED, at, points, targets, LOSSES[loss])[0], parameters)
    for layer, (weights, biases) in zip(MARKED, split(MARKED, gradient), strict=True):
        assert not weights[list(layer.off)].any()
        assert not biases[list(layer.off)].any()


def test_a_switched_off_neuron_that_overflows_harms_nobody() -> None:
    layers = (Layer(2, ("square", "tanh"), off=(0,)), Layer(1, ("identity",)))
    model = model_of(layers, dataset("saddle", n=40), loss="mean_squared_error")
    split(layers, model.parameters)[0][0][0] = 1e200  # a document could not hold it; its square is no float
    with np.errstate(over="ignore"):
        assert np.isfinite(evaluate(model).train_loss)


def test_outputs_can_be_switched_off_too() -> None:
    layers = (Layer(3, ("tanh",) * 3), Layer(2, ("identity",) * 2, off=(1,)))
    scores = surfaces(model_of(layers, dataset("xor", n=20)), n=4)[-1].activation
    assert scores[0].any()
    assert not scores[1].any()


def test_a_run_with_marked_neurons_can_be_cut_anywhere() -> None:
    model = marked_model(l2=0.1, batch_size=12)
    whole = train_slice(model, Budget(steps=21)).model
    for _ in range(7):
        model = train_slice(through_json(model), Budget(steps=3)).model
    assert bits(model) == bits(whole)
