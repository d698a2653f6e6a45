"""Every second derivative against differences of the slope, automatic differentiation and formulas with 400 digits."""

from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest
from autograd import elementwise_grad
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS, Activation
from nets.second_derivatives import SECOND_DERIVATIVES
from tests.nets import autograd_oracle
from tests.nets.gradient_check import STEP

Array = NDArray[np.float64]

rows = pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=ACTIVATIONS)

ORDINARY = np.concatenate([np.linspace(-3.07, 3.13, 41), [-9.3, 7.7]])  # no kink is near
SMOOTH = tuple(name for name, row in ACTIVATIONS.items() if not row.pieces)
STRAIGHT = tuple(name for name, row in ACTIVATIONS.items() if row.pieces)


def bend(name: str, z: Array) -> Array:
    return SECOND_DERIVATIVES[name](z, ACTIVATIONS[name].value(z))


def inside(row: Activation, z: Array) -> Array:
    """Those of the numbers for which the function has a value and a slope."""
    return z[z > row.lowest]


def test_every_nonlinearity_has_its_row() -> None:
    assert tuple(SECOND_DERIVATIVES) == tuple(ACTIVATIONS)


@rows
def test_it_is_the_slope_of_the_slope(row: Activation) -> None:
    z = inside(row, ORDINARY)
    assert z.size >= 20
    left, right = (row.slope(at, row.value(at)) for at in (z - STEP, z + STEP))
    differences = (right - left) / (2 * STEP)
    np.testing.assert_allclose(bend(row.name, z), differences, rtol=1e-7, atol=1e-8)


@rows
def test_it_is_that_of_automatic_differentiation(row: Activation) -> None:
    z = inside(row, ORDINARY)

    def formula(at: Array) -> Array:  # autograd warns where nothing depends on the argument
        return autograd_oracle.ACTIVATIONS[row.name](at) + 0 * at**3

    expected = elementwise_grad(elementwise_grad(formula))(z)
    np.testing.assert_allclose(bend(row.name, z), expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("name", STRAIGHT)
def test_of_straight_pieces_it_is_0_everywhere_and_at_kinks_too(name: str) -> None:
    z = np.array([-1e300, -2.0, *ACTIVATIONS[name].kinks, 0.5, 3.0, 1e300])
    assert not bend(name, z).any()


@pytest.mark.parametrize("name", SMOOTH)
def test_a_smooth_function_bends_somewhere(name: str) -> None:
    assert np.abs(bend(name, inside(ACTIVATIONS[name], ORDINARY))).max() > 0.09


def test_at_0_elu_has_the_smaller_one_of_its_two_sides() -> None:
    beside = np.nextafter(0, [-1.0, 1.0])
    assert bend("elu", np.array([beside[0], -0.0, 0.0, beside[1]])).tolist() == [1, 0, 0, 0]


def logistic_slope(z: Decimal) -> Decimal:
    return 1 / ((1 + z.exp()) * (1 + (-z).exp()))


EXACT: dict[str, Callable[[Decimal], Decimal]] = {
    "elu": lambda z: z.exp(),
    "softplus": logistic_slope,
    "gaussian": lambda z: (4 * z * z - 2) * (-z * z).exp(),
    "silu": lambda z: logistic_slope(z) * (2 + z * (1 - 2 / (1 + (-z).exp()))),
    "exp": lambda z: z.exp(),
    "log": lambda z: -1 / (z * z),
    "sqrt": lambda z: -1 / (4 * z * z.sqrt()),
}

TAILS: dict[str, list[float]] = {
    "elu": [-700, -37, -1e-9],
    "softplus": [-700, -37, 37, 700],
    "gaussian": [-26, 26],
    "silu": [-690, -37, 37, 690],
    "exp": [-700, 700],
    "log": [1e-150, 1e150],
    "sqrt": [1e-200, 1e200],
}


@pytest.mark.parametrize("name", TAILS)
def test_the_tails_keep_their_relative_precision(name: str) -> None:
    with localcontext() as context:
        context.prec = 400
        exact = [float(EXACT[name](Decimal(z))) for z in TAILS[name]]
    np.testing.assert_allclose(bend(name, np.array(TAILS[name], dtype=float)), exact, rtol=1e-11, atol=0)


@pytest.mark.parametrize("row", [row for row in ACTIVATIONS.values() if row.name != "exp"], ids=lambda row: row.name)
def test_large_arguments_neither_overflow_nor_turn_into_nan(row: Activation) -> None:
    z = inside(row, np.array([-1e6, -710.0, -300.0, -40.0, 40.0, 300.0, 710.0, 1e6]))
    a = row.value(z)
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        found = SECOND_DERIVATIVES[row.name](z, a)
    assert np.isfinite(found).all()
    flat = row.name not in ("sin", "square")
    assert not flat or np.abs(found).max() < 1e-3


@pytest.mark.parametrize("name", ["log", "sqrt"])
def test_below_its_domain_it_is_undefined_and_at_its_end_infinitely_bent(name: str) -> None:
    found = bend(name, np.array([-1e300, -1.0, -5e-324, -0.0, 0.0, 4.0]))
    assert np.isnan(found).tolist() == [True, True, True, False, False, False]
    assert found[3:5].tolist() == [-np.inf, -np.inf]
    assert np.isfinite(found[5])


@rows
@pytest.mark.parametrize("shape", [(), (5,), (3, 4), (0,)])
def test_shape_and_type_are_kept_and_the_arguments_are_not_changed(row: Activation, shape: tuple[int, ...]) -> None:
    z = np.maximum(np.random.default_rng(0).standard_normal(shape), row.lowest + 1e-3)
    a = np.asarray(row.value(z))
    before = z.copy(), a.copy()
    found = np.asarray(SECOND_DERIVATIVES[row.name](z, a))
    assert (found.shape, found.dtype) == (shape, np.float64)
    assert not any(np.shares_memory(found, argument) for argument in (z, a))
    np.testing.assert_array_equal(before, (z, a))
