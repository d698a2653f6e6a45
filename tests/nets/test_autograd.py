"""Every gradient against automatic differentiation of formulas that were written down a second time."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.backpropagation import Backpropagation
from nets.batches import batches_of_data, epoch_of
from nets.gradient import gradient
from nets.losses import LOSSES
from nets.model import Model, dataset
from nets.network import Layer, Layers, forward, held_parameters, is_weight, n_parameters, split
from nets.objective import Objective
from tests.nets import autograd_oracle
from tests.nets.gradient_check import assert_is_gradient
from tests.nets.models import MARKED, MIXED, model_of, spiral_model

Array = NDArray[np.float64]

NAMES = tuple(ACTIVATIONS)
POSITIVE = {name for name, row in ACTIVATIONS.items() if row.lowest == 0}
N_POINTS = 6
TARGETS = np.eye(3)[:, [0, 1, 2, 2, 0, 2]]

losses = pytest.mark.parametrize("loss", LOSSES)
skips = pytest.mark.parametrize("skip", [False, True], ids=["plain", "skip"])


def network(name: str, pre: str, *, skip: bool, is_marked: bool = False) -> Layers:
    """A 2-3-4-3 network with a nonlinearity in its hidden layers, and one before the weights of the second."""
    off = (2,) if is_marked and pre not in POSITIVE else ()  # the logarithm of what is switched off is −∞
    return (
        Layer(3, (name,) * 3, skip=skip, frozen=(0,) if is_marked else (), off=off),
        Layer(4, (name, name, "tanh", name), pre=pre, skip=skip, off=(1,) if is_marked else ()),
        Layer(3, ("identity",) * 3, skip=skip),
    )


def parameters_and_points(layers: Layers, seed: int = 0) -> tuple[Array, Array]:
    """Numbers of ordinary size; where some function needs it, such that all arguments are above 0."""
    rng = np.random.default_rng(seed)
    parameters, points = 0.4 * rng.standard_normal(n_parameters(layers)), rng.uniform(-1, 1, (2, N_POINTS))
    if any({layer.pre, *layer.activation} & POSITIVE for layer in layers):
        parameters, points = 0.4 * np.abs(parameters) + 1.2 * (is_weight(layers) == 0), np.abs(points)
    return parameters, points


def masks_of(layers: Layers, columns: int) -> Array:
    """0 and 2, as dropout of one half draws them; where 0 is no argument, ½ and 2."""
    least = 0.5 if any(layer.pre in POSITIVE for layer in layers) else 0.0
    rng = np.random.default_rng(1)
    return rng.choice([least, 2.0], (sum(layer.width for layer in layers[:-1]), columns))


def assert_gradient_is_that_of_autograd(layers: Layers, loss: str, masks: Array | None = None) -> None:
    parameters, points = parameters_and_points(layers)
    found = np.full_like(parameters, np.nan)
    propagation = Backpropagation(layers, parameters, found, LOSSES[loss], N_POINTS, has_dropout=masks is not None)
    value = propagation(points, TARGETS, masks)
    expected = autograd_oracle.loss_and_gradient(layers, parameters, points, TARGETS, loss, masks=masks)
    assert np.isfinite(found).all()
    assert np.abs(found).max() > 1e-6
    assert value == pytest.approx(expected[0], rel=1e-12)
    np.testing.assert_allclose(found, expected[1], rtol=1e-10, atol=1e-10 * np.abs(expected[1]).max())


def test_the_oracle_has_the_rows_of_the_tables() -> None:
    assert tuple(autograd_oracle.ACTIVATIONS) == NAMES
    assert tuple(autograd_oracle.LOSSES) == tuple(LOSSES)


@losses
@skips
@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_every_nonlinearity_and_loss_with_and_without_masks_and_marks(
    name: str, skip: bool, loss: str
) -> None:
    """The nonlinearity before the weights is another each time: all of them take their turn."""
    start = len(LOSSES) * (2 * NAMES.index(name) + skip) + tuple(LOSSES).index(loss)
    for turn, (is_marked, columns) in enumerate(product((False, True), (0, 1, N_POINTS))):
        layers = network(name, NAMES[(start + 7 * turn) % len(NAMES)], skip=skip, is_marked=is_marked)
        assert_gradient_is_that_of_autograd(layers, loss, masks_of(layers, columns) if columns else None)


@losses
@skips
@pytest.mark.parametrize("pre", NAMES)
def test_gradients_with_every_nonlinearity_before_the_weights_of_every_layer(pre: str, skip: bool, loss: str) -> None:
    layers = tuple(replace(layer, pre=pre) for layer in network("softplus", pre, skip=skip))
    assert_gradient_is_that_of_autograd(layers, loss)
    assert_gradient_is_that_of_autograd(layers, loss, masks_of(layers, N_POINTS))


@losses
@pytest.mark.parametrize("name", NAMES)
def test_gradients_of_every_nonlinearity_in_the_outputs(name: str, loss: str) -> None:
    layers = (Layer(3, ("sigmoid",) * 3), Layer(3, (name, "identity", name), skip=True))
    assert_gradient_is_that_of_autograd(layers, loss)


@losses
@pytest.mark.parametrize("columns", [1, N_POINTS], ids=["shared masks", "a mask for every point"])
def test_gradients_with_masks_are_the_differences_of_the_loss_too(loss: str, columns: int) -> None:
    layers = network("sin", "gaussian", skip=True, is_marked=True)
    parameters, points = parameters_and_points(layers)
    masks = masks_of(layers, columns)

    def look(at: Array) -> tuple[float, Array]:
        found = np.empty_like(at)
        propagation = Backpropagation(layers, at, found, LOSSES[loss], N_POINTS, has_dropout=True)
        return propagation(points, TARGETS, masks), found

    assert_is_gradient(look(parameters)[1], lambda at: look(at)[0], parameters)


@pytest.mark.parametrize("name", NAMES)
def test_the_forward_pass_is_that_of_the_oracle(name: str) -> None:
    layers = network(name, name, skip=True)
    parameters, points = parameters_and_points(layers)
    found = forward(layers, parameters, points)[-1].activation
    np.testing.assert_allclose(found, autograd_oracle.outputs(layers, parameters, points), rtol=1e-12, atol=1e-13)


# The objective: penalties, noise on the weights, dropout, neurons that are frozen or switched off.

DISTURBED = {"weight_noise": 0.3, "dropout": 0.4, "input_noise": 0.2}
XOR = dataset("xor", n=48, test=1 / 6)


def expected_slopes(model: Model, batch: int) -> Array:
    """What the objective of a batch of the third epoch should write, from the formulas and what was drawn."""
    layers, training, parameters = model.layers, model.training, model.parameters
    epoch = epoch_of(model, batches_of_data(model)[0], 2)
    points, targets = epoch.batch(batch)
    held, at, masks = held_parameters(layers), parameters, None
    if epoch.draws and training.weight_noise:
        noise = epoch.draws.weight_noise(batch, parameters.size)
        if held is not None:
            noise[held] = 0
        at = parameters + noise
    if epoch.draws and training.dropout:
        masks = epoch.draws.masks(batch, points.shape[1])
    _, slopes = autograd_oracle.loss_and_gradient(layers, at, points, targets, training.loss, masks=masks)
    slopes = slopes + autograd_oracle.penalty_gradient(layers, parameters, training.l1, training.l2)
    for layer, (weights, biases) in zip(layers, split(layers, slopes), strict=True):
        marked = [*layer.frozen, *layer.off]
        weights[marked] = 0
        biases[marked] = 0
    return slopes


@losses
@pytest.mark.parametrize("kind", ["ordinary", "variational"])
@pytest.mark.parametrize("layers", [MIXED, MARKED], ids=["mixed", "frozen and switched off"])
def test_the_objectives_gradient_with_everything_at_once(layers: Layers, kind: str, loss: str) -> None:
    model = model_of(layers, XOR, batch_size=12, loss=loss, l1=0.02, l2=0.3, dropout_kind=kind, **DISTURBED)
    epoch = epoch_of(model, batches_of_data(model)[0], 2)
    objective = Objective(model)
    for batch in (0, 3, 1):  # the fourth is smaller
        objective.loss(*epoch.batch(batch), epoch.draws, batch)
        np.testing.assert_allclose(objective.gradient, expected_slopes(model, batch), rtol=1e-10, atol=1e-12)


@losses
@pytest.mark.parametrize("layers", [MIXED, MARKED], ids=["mixed", "frozen and switched off"])
def test_the_gradient_of_a_model_is_without_noise_and_dropout(layers: Layers, loss: str) -> None:
    model = model_of(layers, XOR, loss=loss, l1=0.02, l2=0.3, **DISTURBED)
    plain = replace(model, training=replace(model.training, batch_size=4000, **dict.fromkeys(DISTURBED, 0.0)))
    value, slopes = gradient(model)
    np.testing.assert_allclose(slopes, expected_slopes(plain, 0), rtol=1e-10, atol=1e-12)
    points, targets = batches_of_data(model)[0]
    expected, _ = autograd_oracle.loss_and_gradient(layers, model.parameters, points, targets, loss)
    assert value == pytest.approx(expected + autograd_oracle.penalty(layers, model.parameters, 0.02, 0.3), rel=1e-12)


@losses
def test_classes_by_the_hundred_points(loss: str) -> None:
    """The usual network: 2-8-8-3, three classes, all points."""
    model = spiral_model(loss=loss)
    _, slopes = gradient(model)
    points, targets = batches_of_data(model)[0]
    _, expected = autograd_oracle.loss_and_gradient(model.layers, model.parameters, points, targets, loss)
    np.testing.assert_allclose(slopes, expected, rtol=1e-10, atol=1e-12)
