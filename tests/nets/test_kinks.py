"""What happens exactly at a kink, in the functions, in a network and in both engines; and at scores of ±10,000."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.backpropagation import Backpropagation, loss_and_gradient
from nets.batches import Epoch
from nets.compiled_descent import CompiledDescent
from nets.descent import Descent
from nets.gradient import gradient
from nets.losses import LOSSES
from nets.model import Model, dataset
from nets.network import Layer, Layers, is_weight, split, uniform_layers
from tests.nets.models import MIXED, model_of

Array = NDArray[np.float64]

SLOPES = {
    ("relu", 0.0): 0.0,
    ("leaky_relu", 0.0): 0.01,
    ("hard_tanh", -1.0): 0.0,
    ("hard_tanh", 1.0): 0.0,
    ("step", 0.0): 0.0,
    ("abs", 0.0): 0.0,
}

kinks = pytest.mark.parametrize(("name", "kink"), SLOPES, ids=[f"{name} at {kink:g}" for name, kink in SLOPES])
engines = pytest.mark.parametrize("engine", [Descent, CompiledDescent], ids=["numpy", "compiled"])
Engine = Callable[[Model], Any]


def step_of(engine: Engine, layers: Layers, parameters: Array, points: Array, targets: Array, **training: Any) -> Array:
    """By how much one step of plain descent with a learning rate of 1 makes the parameters smaller: the gradient."""
    regression = {"optimizer": "sgd", "learning_rate": 1.0, "batch_size": 4000, **training}
    model = replace(model_of(layers, dataset("saddle"), **regression), parameters=parameters)
    steps = engine(model)
    assert steps.take(Epoch(0, points, targets, points.shape[1], None), 0, 1) == 1
    return parameters - steps.parameters


# Nonlinearities.


def test_the_table_names_every_kink_of_every_nonlinearity() -> None:
    assert set(SLOPES) == {(name, float(kink)) for name, row in ACTIVATIONS.items() for kink in row.kinks}


@kinks
def test_the_slope_at_a_kink_is_the_one_that_is_stated(name: str, kink: float) -> None:
    for z in (np.array([kink]), np.array([kink + 0.0]), -np.array([-kink])):  # 0 and −0 are the same
        assert ACTIVATIONS[name].slope(z, ACTIVATIONS[name].value(z)).tolist() == [SLOPES[name, kink]]


@engines
@kinks
def test_a_neuron_exactly_at_a_kink_passes_that_slope_on(name: str, kink: float, engine: Engine) -> None:
    """Weights 3 and 5, bias at the kink, the point (0, 0); an output of 2 a + 1, which should be 10 less."""
    layers = (Layer(1, (name,)), Layer(1, ("identity",)))
    parameters = np.array([3.0, 5.0, kink, 2.0, 1.0])
    a = float(ACTIVATIONS[name].value(np.array([kink]))[0])
    targets = np.array([[2 * a - 9.0]])
    found = step_of(engine, layers, parameters, np.zeros((2, 1)), targets, loss="mean_squared_error")
    np.testing.assert_allclose(found, [0, 0, 20 * 2 * SLOPES[name, kink], 20 * a, 20], rtol=1e-13)


@engines
@kinks
def test_a_kink_before_the_weights_is_passed_with_that_slope_too(name: str, kink: float, engine: Engine) -> None:
    layers = (Layer(1, ("identity",)), Layer(1, ("identity",), pre=name))
    u = float(ACTIVATIONS[name].value(np.array([kink]))[0])
    parameters = np.array([3.0, 5.0, kink, 2.0, 1.0])
    targets = np.array([[2 * u - 9.0]])
    found = step_of(engine, layers, parameters, np.zeros((2, 1)), targets, loss="mean_squared_error")
    np.testing.assert_allclose(found, [0, 0, 20 * 2 * SLOPES[name, kink], 20 * u, 20], rtol=1e-13)


# Losses: outputs, targets, and the slopes times the number of points.

AT_KINKS: dict[str, tuple[str, list[float], list[float], list[float]]] = {
    "no difference": ("mean_absolute_error", [2.0, -3.0], [2.0, 0.0], [0, -1]),
    "a difference of exactly 1, where the parabola ends": ("huber", [1.0, 3.0], [0.0, 4.0], [1, -1]),
    "a class exactly at the margin": ("hinge", [2.0, 3.0, 0.0], [0.0, 1.0, 0.0], [0, 0, 0]),
    "one class at the margin and one too near": ("hinge", [2.0, 3.0, 2.5], [0.0, 1.0, 0.0], [0, -1, 1]),
    "all scores alike": ("hinge", [1.0, 1.0, 1.0], [0.0, 1.0, 0.0], [1, -2, 1]),
    "two highest scores": ("softmax_cross_entropy", [5.0, 5.0], [1.0, 0.0], [-0.5, 0.5]),
}

at_kinks = pytest.mark.parametrize(("loss", "outputs", "targets", "slopes"), AT_KINKS.values(), ids=AT_KINKS)


@at_kinks
def test_the_slope_of_a_loss_at_its_kink(
    loss: str, outputs: list[float], targets: list[float], slopes: list[float]
) -> None:
    twice = np.array([outputs, outputs]).T, np.array([targets, targets]).T
    _, found = LOSSES[loss].value_and_slope(*twice)
    np.testing.assert_array_equal(found, np.array([slopes, slopes]).T / 2)


@engines
@at_kinks
def test_a_network_whose_outputs_are_at_the_kink_of_a_loss(
    loss: str, outputs: list[float], targets: list[float], slopes: list[float], engine: Engine
) -> None:
    """Outputs that are all bias, at the point (1, −2)."""
    n = len(outputs)
    parameters = np.concatenate([np.zeros(2 * n), outputs])
    layers = uniform_layers([n], "identity")
    found = step_of(engine, layers, parameters, np.array([[1.0], [-2.0]]), np.array(targets)[:, None], loss=loss)
    np.testing.assert_allclose(found, np.concatenate([np.outer(slopes, [1, -2]).ravel(), slopes]), atol=1e-15)


@pytest.mark.parametrize("end", [-1.0, 1.0])
def test_the_slope_of_huber_does_not_jump(end: float) -> None:
    beside = np.nextafter(end, [-2.0, 2.0])
    for difference in (*beside, end):
        value, slope = LOSSES["huber"].value_and_slope(np.array([[difference]]), np.zeros((1, 1)))
        assert value == pytest.approx(0.5, rel=1e-15)
        assert slope[0, 0] == pytest.approx(end, rel=1e-15)


# Penalties.


@engines
def test_l1_leaves_a_weight_of_0_alone_and_pulls_all_others_equally(engine: Engine) -> None:
    parameters = np.array([0.0, -0.0, 5.0, -7.0, 1e-12, -3.0, 2.0, 0.0, 0.5])  # a 2-2-1 network
    layers = uniform_layers([2, 1], "identity")
    points, targets = np.array([[0.3], [-0.2]]), np.array([[4.0]])
    with_penalty, without = (
        step_of(engine, layers, parameters, points, targets, loss="huber", l1=l1) for l1 in (0.25, 0.0)
    )
    expected = 0.25 * np.array([0, 0, 1, -1, 0, 0, 1, 0, 0])
    np.testing.assert_allclose(with_penalty - without, expected, atol=1e-15)


def test_the_gradient_that_is_shown_takes_the_slope_of_a_weight_of_0_as_0() -> None:
    model = model_of(MIXED, dataset("xor", n=30))
    weights = np.flatnonzero(is_weight(MIXED))
    model.parameters[weights[::3]] = 0
    with_penalty = gradient(replace(model, training=replace(model.training, l1=0.5)))[1]
    expected = 0.5 * np.sign(model.parameters) * is_weight(MIXED)
    np.testing.assert_allclose(with_penalty - gradient(model)[1], expected, atol=1e-14)


# Where a slope is infinite: the square root at 0.


def test_a_neuron_that_is_dropped_or_switched_off_before_a_square_root_is_as_if_it_were_not_there() -> None:
    layers = (Layer(3, ("exp",) * 3, off=(1,)), Layer(2, ("identity",) * 2, pre="sqrt"))
    rng = np.random.default_rng(0)
    parameters, points, targets = rng.standard_normal(17), rng.uniform(-1, 1, (2, 5)), np.eye(2)[:, [0, 1, 1, 0, 1]]
    value, slopes = loss_and_gradient(layers, parameters, points, targets, LOSSES["huber"])
    smaller = (Layer(2, ("exp",) * 2), Layer(2, ("identity",) * 2, pre="sqrt"))
    kept = np.array([0, 1, 4, 5, 6, 8, 9, 11, 12, 14, 15, 16])
    expected_value, expected = loss_and_gradient(smaller, parameters[kept], points, targets, LOSSES["huber"])
    assert value == pytest.approx(expected_value, rel=1e-14)
    np.testing.assert_allclose(slopes[kept], expected, rtol=1e-12, atol=1e-15)
    assert not np.delete(slopes, kept).any()

    everybody = (replace(layers[0], off=()), layers[1])
    found = np.empty(17)
    propagation = Backpropagation(everybody, parameters, found, LOSSES["huber"], 5, has_dropout=True)
    assert propagation(points, targets, np.array([[1.0], [0.0], [1.0]])) == value
    np.testing.assert_allclose(found, slopes, rtol=1e-13, atol=1e-16)


# Scores of ±10,000.


@engines
def test_scores_of_ten_thousand_go_through_a_network_and_back(engine: Engine) -> None:
    """Probabilities are 0 and 1 to the last bit, so that the slope of a score is that minus the target, over n."""
    parameters = np.array([1e4, 0.0, -1e4, 0.0, 0.0, 1e4, 0.0, 0.0, 0.0])  # scores 1e4 x, −1e4 x, 1e4 y
    points = np.array([[1.0, 1.0, -1.0, 0.5], [-1.0, 0.0, -1.0, -0.5]])
    targets = np.array([[1.0, 0, 0, 0], [0, 1, 1, 0], [0, 0, 0, 1]])
    probabilities = np.array([[1.0, 1, 0, 1], [0, 0, 1, 0], [0, 0, 0, 0]])
    slopes = (probabilities - targets) / 4
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = step_of(
            engine, uniform_layers([3], "identity"), parameters, points, targets, loss="softmax_cross_entropy"
        )
    # the parameters themselves are 10,000, so that their differences are right to 1e-12
    np.testing.assert_allclose(found, [*(slopes @ points.T).ravel(), *slopes.sum(axis=1)], atol=2e-12)


@pytest.mark.parametrize("loss", LOSSES)
def test_the_engines_agree_on_scores_of_ten_thousand(loss: str) -> None:
    layers = uniform_layers([4, 3], "tanh")
    rng = np.random.default_rng(0)
    parameters, points = rng.standard_normal(27), rng.uniform(-1, 1, (2, 9))
    split(layers, parameters)[1][0][:] *= 1e4
    targets = np.eye(3)[:, rng.integers(0, 3, 9)]
    first, second = (
        step_of(engine, layers, parameters, points, targets, loss=loss) for engine in (Descent, CompiledDescent)
    )
    assert np.abs(first).max() > 0.1
    np.testing.assert_allclose(second, first, rtol=1e-11, atol=1e-11)
    value, slopes = loss_and_gradient(layers, parameters, points, targets, LOSSES[loss])
    assert np.isfinite([value, *slopes]).all()
    np.testing.assert_allclose(first, slopes, rtol=1e-11, atol=1e-11)
