"""Dead and saturated neurons, by hand."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.network import Layer, Response, write_activation
from nets.saturation import FLAT, MOSTLY, dead_neurons, saturated_neurons, tails

Array = NDArray[np.float64]

TAILS = {  # where the slope has fallen to a twentieth, from the formulas of the slopes
    "relu": (0, math.inf),
    "elu": (math.log(0.05), math.inf),
    "softplus": (-math.log(19), math.inf),
    "tanh": (-math.atanh(math.sqrt(0.95)), math.atanh(math.sqrt(0.95))),
    "hard_tanh": (-1, 1),
    "log": (-math.inf, 20),
    "exp": (math.log(0.05), math.inf),
    "sqrt": (-math.inf, 100),
    "step": (0, 0),
}
ENDLESS = ("identity", "leaky_relu", "sin", "abs", "square")


def response(names: tuple[str, ...], z: Array, off: tuple[int, ...] = ()) -> tuple[Layer, Response]:
    """A layer that answers the pre-activations ``z`` (width, n)."""
    layer = Layer(len(names), names, off=off)
    a = np.empty_like(z)
    write_activation(names, off, z, a)
    return layer, Response(z, z, z, a)


@pytest.mark.parametrize("name", TAILS)
def test_a_tail_begins_where_the_slope_has_fallen_to_a_twentieth(name: str) -> None:
    assert tails(name) == pytest.approx(TAILS[name], abs=1e-9)


def test_the_tails_of_sigmoid_begin_at_a_twentieth_of_a_quarter() -> None:
    low, high = tails("sigmoid")
    assert low == pytest.approx(-high)
    share = 1 / (1 + math.exp(-high))
    assert share * (1 - share) == pytest.approx(0.05 / 4)


@pytest.mark.parametrize("name", ENDLESS)
def test_what_never_flattens_has_no_tail(name: str) -> None:
    assert tails(name) == (-math.inf, math.inf)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_in_a_tail_every_slope_is_flat(name: str) -> None:
    row = ACTIVATIONS[name]
    for end, side in zip(tails(name), (-1, 1), strict=True):
        if math.isfinite(end):
            z = end + side * np.geomspace(1e-6, 1e4, 500)
            assert (np.abs(row.slope(z, row.value(z))) <= FLAT * 1.15).all()  # 1.13 is gelu's steepest slope


def test_a_neuron_is_dead_where_its_slope_is_0_at_every_point() -> None:
    z = np.array([[-1.0, -2, -3, 0], [-1, -2, -3, 0.1], [5, 5, 5, 5], [0, 0, 0, 0], [0, 0, 0, 0]])
    layer, answer = response(("relu", "relu", "step", "gaussian", "tanh"), z)
    assert dead_neurons(layer, answer) == (0, 2, 3)


def test_a_neuron_is_saturated_where_it_is_in_a_tail_at_three_points_of_four() -> None:
    z = np.array([[3.0, -3, 3, 0], [3, -3, 0, 0], [-5, -5, -5, 1], [9, 9, 9, 9], [30, 40, -50, 1], [5, 5, 5, -5]])
    layer, answer = response(("tanh", "tanh", "relu", "identity", "sigmoid", "relu"), z)
    assert MOSTLY == 0.75
    assert saturated_neurons(layer, answer) == (0, 2, 4)


def test_a_neuron_that_is_dead_is_not_saturated_as_well() -> None:
    layer, answer = response(("relu", "hard_tanh"), np.array([[-1.0, -2], [2, -3]]))
    assert dead_neurons(layer, answer) == (0, 1)
    assert saturated_neurons(layer, answer) == ()


def test_a_neuron_that_is_switched_off_is_neither() -> None:
    layer, answer = response(("relu", "tanh", "tanh"), np.array([[-1.0, -2], [5, 5], [5, 5]]), off=(0, 1))
    assert (dead_neurons(layer, answer), saturated_neurons(layer, answer)) == ((), (2,))


def test_a_neuron_that_is_undefined_is_neither() -> None:
    with np.errstate(invalid="ignore"):
        layer, answer = response(("log", "sqrt"), np.array([[-1.0, -2], [-1, np.nan]]))
        assert (dead_neurons(layer, answer), saturated_neurons(layer, answer)) == ((), ())
