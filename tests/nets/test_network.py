"""The forward pass against plain Python, the gradient against differences, the order of the parameters by hand."""

import numpy as np
import pytest

from nets.activations import ACTIVATIONS
from nets.backpropagation import loss_and_gradient
from nets.initializers import INITIALIZERS, Initializer
from nets.losses import LOSSES, Loss
from nets.network import (
    Layer,
    Layers,
    forward,
    initial_parameters,
    is_weight,
    n_parameters,
    shapes,
    split,
    uniform_layers,
    write_activation,
    write_activation_slope,
)
from tests.nets import plain_python
from tests.nets.gradient_check import assert_is_gradient
from tests.nets.models import MIXED

losses = pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)

OUTPUT = Layer(2, ("identity",) * 2)
TANH = Layer(3, ("tanh",) * 3)
EVERYWHERE = tuple(name for name, row in ACTIVATIONS.items() if row.lowest == -np.inf)
POSITIVE = tuple(name for name in ACTIVATIONS if name not in EVERYWHERE)

ARCHITECTURES: dict[str, Layers] = {
    "no hidden layer": (OUTPUT,),
    "skip into the first layer": (Layer(3, ("tanh",) * 3, skip=True), OUTPUT),
    "skip into a hidden layer": (TANH, Layer(3, ("tanh",) * 3, skip=True), OUTPUT),
    "skip into the outputs": (TANH, Layer(2, ("identity",) * 2, skip=True)),
    "a nonlinearity before the first weights": (Layer(3, ("tanh",) * 3, pre="square"), OUTPUT),
    "a nonlinearity before the output weights": (TANH, Layer(2, ("identity",) * 2, pre="softplus")),
    "a nonlinear output": (TANH, Layer(2, ("sigmoid", "gaussian"))),
    "every neuron its own": (Layer(len(EVERYWHERE), EVERYWHERE), OUTPUT),
    "everything at once": MIXED,
}

architectures = pytest.mark.parametrize("layers", ARCHITECTURES.values(), ids=ARCHITECTURES)


def assert_gradient_is_right(layers: Layers, loss: Loss, *, is_positive: bool = False) -> None:
    """``is_positive``: with points, weights and biases that keep every number on the way above 0."""
    rng = np.random.default_rng(5)
    parameters = 0.7 * rng.standard_normal(n_parameters(layers))
    points = rng.uniform(-1, 1, (2, 7))
    if is_positive:
        parameters, points = np.abs(parameters) + 2 * (is_weight(layers) == 0), np.abs(points)
    targets = (np.arange(7) % 2 == np.arange(2)[:, None]).astype(float)
    _, gradient = loss_and_gradient(layers, parameters, points, targets, loss)
    assert np.isfinite(gradient).all()
    assert_is_gradient(gradient, lambda at: loss_and_gradient(layers, at, points, targets, loss)[0], parameters)


@losses
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_gradient_is_right_through_every_nonlinearity(name: str, loss: Loss) -> None:
    assert_gradient_is_right(uniform_layers([3, 3, 2], name), loss, is_positive=name in POSITIVE)


@pytest.mark.parametrize("skip", [False, True], ids=["plain", "skip"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_gradient_is_right_with_every_nonlinearity_before_the_weights(name: str, skip: bool) -> None:
    layers = (TANH, Layer(3, ("sin",) * 3, pre=name, skip=skip), OUTPUT)
    assert_gradient_is_right(layers, LOSSES["mean_squared_error"], is_positive=name in POSITIVE)


@losses
@architectures
def test_the_gradient_is_right_in_every_architecture(layers: Layers, loss: Loss) -> None:
    assert_gradient_is_right(layers, loss)


@losses
def test_loss_and_gradient_of_a_batch_are_the_means_over_its_points(loss: Loss) -> None:
    rng = np.random.default_rng(6)
    parameters = rng.standard_normal(n_parameters(MIXED))
    points, targets = rng.uniform(-1, 1, (2, 5)), np.eye(2)[:, [0, 1, 1, 0, 1]]
    value, gradient = loss_and_gradient(MIXED, parameters, points, targets, loss)
    singles = [loss_and_gradient(MIXED, parameters, points[:, [i]], targets[:, [i]], loss) for i in range(5)]
    assert value == pytest.approx(np.mean([single[0] for single in singles]))
    np.testing.assert_allclose(gradient, np.mean([single[1] for single in singles], axis=0), atol=1e-14)


@architectures
def test_the_forward_pass_is_that_of_plain_python(layers: Layers) -> None:
    rng = np.random.default_rng(7)
    parameters, points = rng.standard_normal(n_parameters(layers)), rng.uniform(-1, 1, (2, 4))
    responses = forward(layers, parameters, points)
    for column, point in enumerate(points.T.tolist()):
        plain = plain_python.forward(layers, parameters.tolist(), *point)
        for response, (z, a) in zip(responses, plain, strict=True):
            np.testing.assert_allclose(response.preactivation[:, column], z, rtol=1e-12, atol=1e-14)
            np.testing.assert_allclose(response.activation[:, column], a, rtol=1e-12, atol=1e-14)


def test_parameters_go_layer_by_layer_the_weights_row_by_row_then_the_biases() -> None:
    """A 2-2-1 network at (10, 100): z = (1·10 + 2·100 + 5, 3·10 + 4·100 + 6) = (215, 436), out 7·215 + 8·436 + 9."""
    layers = uniform_layers([2, 1], "identity")
    first, output = forward(layers, np.arange(1.0, 10), np.array([[10.0], [100]]))
    assert first.preactivation.tolist() == [[215], [436]]
    assert output.activation.tolist() == [[5002]]


def test_a_layer_with_skip_sees_the_two_inputs_after_its_own() -> None:
    """One neuron h = 1·10 + 2·100 + 3 = 213; the output is 4 h + 5·10 + 6·100 + 7 = 1509."""
    layers = (Layer(1, ("identity",)), Layer(1, ("identity",), skip=True))
    _, output = forward(layers, np.arange(1.0, 8), np.array([[10.0], [100]]))
    assert output.received.tolist() == [[213], [10], [100]]
    assert output.activation.tolist() == [[1509]]


def test_the_nonlinearity_before_the_weights_acts_on_all_that_a_layer_receives() -> None:
    """As above with squares: 4·213² + 5·10² + 6·100² + 7."""
    layers = (Layer(1, ("identity",)), Layer(1, ("identity",), pre="square", skip=True))
    _, output = forward(layers, np.arange(1.0, 8), np.array([[10.0], [100]]))
    assert output.inputs.tolist() == [[213**2], [100], [10_000]]
    assert output.activation.tolist() == [[4 * 213**2 + 500 + 60_000 + 7]]


def test_every_neuron_has_its_own_nonlinearity_and_one_that_is_switched_off_none() -> None:
    names = ("square", "square", "relu", "abs", "square")
    z = np.array([[-2.0], [3], [-4], [-5], [6]])
    a, slope = np.empty_like(z), np.empty_like(z)
    write_activation(names, (3,), z, a)
    write_activation_slope(names, (3,), z, a, slope)
    assert a.ravel().tolist() == [4, 9, 0, 0, 36]
    assert slope.ravel().tolist() == [-4, 6, 0, 0, 12]


def test_widths_2_8_8_3_have_123_parameters() -> None:
    assert n_parameters(uniform_layers([8, 8, 3], "tanh")) == 123


def test_skip_adds_two_inputs_to_a_layer() -> None:
    assert shapes((Layer(4, ("tanh",) * 4, skip=True), Layer(3, ("tanh",) * 3, skip=True))) == ((4, 4), (3, 6))


def test_weights_and_biases_are_views_that_cover_every_parameter_once() -> None:
    parameters = np.zeros(n_parameters(MIXED))
    for weights, biases in split(MIXED, parameters):
        np.add(weights, 1, out=weights)
        np.add(biases, 2, out=biases)
    np.testing.assert_array_equal(parameters, np.where(is_weight(MIXED), 1, 2))


def test_the_weights_of_a_2_2_1_network_are_its_first_four_parameters_and_the_seventh_and_eighth() -> None:
    assert is_weight(uniform_layers([2, 1], "tanh")).tolist() == [1, 1, 1, 1, 0, 0, 1, 1, 0]


@pytest.mark.parametrize("row", INITIALIZERS.values(), ids=INITIALIZERS)
def test_biases_begin_at_zero(row: Initializer) -> None:
    parameters = initial_parameters(MIXED, row, np.random.default_rng(0))
    assert not parameters[is_weight(MIXED) == 0].any()


def test_initial_weights_are_drawn_layer_by_layer_for_the_inputs_each_layer_has() -> None:
    layers = (Layer(4, ("tanh",) * 4), Layer(3, ("tanh",) * 3, skip=True))
    parameters = initial_parameters(layers, INITIALIZERS["he"], np.random.default_rng(8))
    rng = np.random.default_rng(8)
    drawn = [INITIALIZERS["he"].draw(rng, 4, 2), INITIALIZERS["he"].draw(rng, 3, 6)]
    for (weights, _), expected in zip(split(layers, parameters), drawn, strict=True):
        np.testing.assert_array_equal(weights, expected)


@losses
def test_the_arguments_are_not_changed(loss: Loss) -> None:
    rng = np.random.default_rng(9)
    arguments = rng.standard_normal(n_parameters(MIXED)), rng.standard_normal((2, 6)), np.eye(2)[:, [0, 1, 0, 1, 0, 1]]
    for array in arguments:
        array.flags.writeable = False  # writing to it would raise
    _, gradient = loss_and_gradient(MIXED, *arguments, loss)
    assert not any(np.shares_memory(gradient, array) for array in arguments)


# Undefined values and conjugate pairs.


def one_neuron(pre: str, activation: str) -> Layers:
    return (Layer(1, (activation,), pre=pre),)


def test_log_before_and_exp_after_multiply() -> None:
    """exp(1 · log x + 1 · log y + 0) = x · y where both are positive; elsewhere log is undefined."""
    rng = np.random.default_rng(10)
    points = rng.uniform(-2, 2, (2, 500))
    (response,) = forward(one_neuron("log", "exp"), np.array([1.0, 1, 0]), points)
    are_positive = (points > 0).all(axis=0)
    x, y = points[:, are_positive]
    np.testing.assert_allclose(response.activation[0, are_positive], x * y, rtol=1e-12, atol=0)
    assert np.isnan(response.activation[0, ~are_positive]).all()


def test_a_weight_is_the_power_of_its_factor() -> None:
    """exp(3 log x − 2 log y + log 5) = 5 x³ / y²."""
    x, y = points = np.random.default_rng(11).uniform(0.1, 2, (2, 50))
    (response,) = forward(one_neuron("log", "exp"), np.array([3.0, -2, np.log(5)]), points)
    np.testing.assert_allclose(response.activation[0], 5 * x**3 / y**2, rtol=1e-12, atol=0)


def test_square_before_and_sqrt_after_give_the_euclidean_norm() -> None:
    points = np.random.default_rng(12).uniform(-2, 2, (2, 50))
    (response,) = forward(one_neuron("square", "sqrt"), np.array([1.0, 1, 0]), points)
    np.testing.assert_allclose(response.activation[0], np.hypot(*points), rtol=1e-12, atol=0)


def test_what_is_computed_from_undefined_values_is_undefined_exactly_there_a_weight_of_zero_included() -> None:
    """log x is undefined left of the y axis; 0 · NaN is NaN, so nobody can choose not to listen to it."""
    layers = (Layer(2, ("log", "identity")), Layer(3, ("tanh",) * 3), OUTPUT)
    parameters = np.random.default_rng(13).standard_normal(n_parameters(layers))
    (first, _), (second, _), _ = split(layers, parameters)
    first[:] = np.eye(2)
    split(layers, parameters)[0][1][:] = 0
    second[0, 0] = 0
    points = np.random.default_rng(14).uniform(-1, 1, (2, 200))
    is_left = points[0] < 0
    hidden, mixed, outputs = forward(layers, parameters, points)
    assert not np.isnan(hidden.activation[1]).any()
    for response in (hidden.activation[:1], mixed.activation, outputs.activation):
        for row in response:
            np.testing.assert_array_equal(np.isnan(row), is_left)
