"""The gradient of a model: the slopes of the loss that training descends."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from nets import Budget, Model, create, dataset, gradient, train_slice
from nets.datasets import load
from nets.network import Layer, forward, split
from tests.nets.gradient_check import assert_is_gradient
from tests.nets.models import MIXED, model_of, spiral_model

SMOOTH = (Layer(3, ("tanh", "sigmoid", "sin"), skip=True), Layer(2, ("identity",) * 2, pre="softplus"))

MODELS = {
    "classes": spiral_model(),
    "penalties": spiral_model(l1=0.02, l2=0.3),
    "squared error of classes": spiral_model(loss="mean_squared_error"),
    "values": create(dataset("saddle", n=40), hidden=[3]),
    "skip and pre": model_of(SMOOTH, dataset("xor", n=40), l2=0.1),
    "mixed": model_of(MIXED, dataset("xor", n=30)),
}
models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def descended(model: Model, parameters: NDArray[np.float64]) -> float:
    """The mean loss over the training points and the penalties, from their definitions."""
    data, training = load(model.data), model.training
    points, targets = data.points[:, ~data.is_test], data.targets[~data.is_test]
    outputs = forward(model.layers, parameters, points)[-1].activation
    if training.loss == "softmax_cross_entropy":
        shares = np.exp(outputs) / np.exp(outputs).sum(axis=0)
        loss = -np.log(shares[targets.astype(int), np.arange(targets.size)]).mean()
    else:
        rows = np.eye(len(outputs))[targets.astype(int)].T if model.data.classes else targets[None]
        loss = ((outputs - rows) ** 2).sum(axis=0).mean()
    for weights, _ in split(model.layers, parameters):
        loss += training.l1 * np.abs(weights).sum() + training.l2 / 2 * (weights**2).sum()
    return float(loss)


@models
def test_it_is_the_slope_of_the_loss_that_it_comes_with(model: Model) -> None:
    loss, slopes = gradient(model)
    assert loss == pytest.approx(descended(model, model.parameters), rel=1e-12)
    assert_is_gradient(slopes, lambda parameters: gradient(replace(model, parameters=parameters))[0], model.parameters)


@models
def test_one_full_step_of_plain_descent_goes_that_way(model: Model) -> None:
    full = replace(model.training, optimizer="sgd", learning_rate=0.01, batch_size=4000)
    model = replace(model, training=full)
    moved = train_slice(model, Budget(steps=1)).model.parameters
    np.testing.assert_allclose(moved, model.parameters - 0.01 * gradient(model)[1], rtol=1e-9, atol=1e-12)


def test_the_points_kept_for_testing_do_not_count() -> None:
    points = tuple((x, y) for x in (-0.5, 0.0, 0.5) for y in (-0.5, 0.0, 0.5))
    spec = replace(dataset("saddle", test=0.4), name=None, points=points, targets=tuple(range(9)), n=9)
    is_test = load(spec).is_test
    other = replace(spec, targets=tuple(-7.0 if test else float(i) for i, test in enumerate(is_test)))
    first, second = (gradient(create(data, hidden=[2])) for data in (spec, other))
    assert is_test.any()
    assert first[0] == second[0]
    assert first[1].tobytes() == second[1].tobytes()


def test_what_overflows_is_told_in_numbers_and_warns_nobody() -> None:
    model = spiral_model(loss="mean_squared_error", l2=1.0)
    value, slopes = gradient(replace(model, parameters=np.full_like(model.parameters, 1e200)))
    assert np.isinf(value)
    assert slopes.shape == model.parameters.shape
