"""Every nonlinearity against its formula in plain Python, its slope against differences of its values."""

from collections.abc import Callable
from decimal import Decimal, localcontext

import numpy as np
import pytest

from nets.activations import ACTIVATIONS, Activation
from tests.nets import plain_python
from tests.nets.gradient_check import central_difference

rows = pytest.mark.parametrize("row", ACTIVATIONS.values(), ids=ACTIVATIONS)

EVERYWHERE = [name for name, row in ACTIVATIONS.items() if row.lowest == -np.inf]

ORDINARY = [-3.1, -1.7, -0.6, -0.2, 0.3, 0.9, 1.4, 2.8]  # no kink is near
LARGE = [-700.0, -300.0, -40.0, -12.0, 12.0, 40.0, 300.0, 700.0]


@rows
def test_the_value_is_that_of_the_formula(row: Activation) -> None:
    z = [*ORDINARY, *LARGE, 0.0, -1.0, 1.0]
    plain = [plain_python.ACTIVATIONS[row.name](number) for number in z]
    np.testing.assert_allclose(row.value(np.array(z)), plain, rtol=1e-13, atol=1e-15)


# The formulas with 400 digits, so that nothing is lost where 1 and exp(−700) are added.
EXACT: dict[str, Callable[[Decimal], Decimal]] = {
    "sigmoid": lambda z: 1 / (1 + (-z).exp()),
    "softplus": lambda z: (1 + z.exp()).ln(),
    "silu": lambda z: z / (1 + (-z).exp()),
    "elu": lambda z: z.exp() - 1,
    "tanh": lambda z: 1 - 2 / ((2 * z).exp() + 1),
    "gelu": lambda z: z / (1 + (-2 * (2 / Decimal(np.pi)).sqrt() * (z + Decimal("0.044715") * z**3)).exp()),
    "gaussian": lambda z: (-z * z).exp(),
}


TAILS: dict[str, list[float]] = {
    "sigmoid": [-700, -37, 37],
    "softplus": [-700, -37, 700],
    "silu": [-700, -37, 37],
    "elu": [-1e-9, -37],
    "tanh": [-1e-9, 1e-9, 20],
    "gelu": [-20, -6, 20],
    "gaussian": [-26, 26],
}


@pytest.mark.parametrize("name", TAILS)
def test_the_tails_keep_their_relative_precision(name: str) -> None:
    with localcontext() as context:
        context.prec = 400
        exact = [float(EXACT[name](Decimal(z))) for z in TAILS[name]]
    z = np.array(TAILS[name], dtype=float)
    np.testing.assert_allclose(ACTIVATIONS[name].value(z), exact, rtol=1e-11, atol=0)


def test_the_logistic_function_keeps_its_relative_precision_in_both_tails() -> None:
    z = np.array([-700.0, 36.0])
    np.testing.assert_allclose(ACTIVATIONS["sigmoid"].value(z), [np.exp(-700.0), 1 - np.exp(-36.0)], rtol=1e-15, atol=0)


def inside(row: Activation, z: list[float]) -> np.ndarray:
    """Those of the numbers for which the function has a value and a slope."""
    return np.array([number for number in z if number > row.lowest])


@pytest.mark.parametrize("row", [row for row in ACTIVATIONS.values() if row.name != "exp"], ids=lambda row: row.name)
def test_large_arguments_neither_overflow_nor_turn_into_nan(row: Activation) -> None:
    z = inside(row, [*LARGE, -1e6, -710.0, 710.0, 1e6])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        a = row.value(z)
        slope = row.slope(z, a)
    assert np.isfinite(a).all()
    assert np.isfinite(slope).all()


@rows
def test_the_slope_is_that_of_the_values(row: Activation) -> None:
    z = inside(row, ORDINARY)
    assert z.size >= 4
    differences = central_difference(lambda at: row.value(at).sum(), z)
    np.testing.assert_allclose(row.slope(z, row.value(z)), differences, rtol=1e-7, atol=1e-8)


def one_sided_slopes(row: Activation, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The slopes to the left and to the right of ``z``; a jump shows as a very steep one."""
    left, middle, right = (row.value(z + offset) for offset in (-1e-6, 0, 1e-6))
    return (middle - left) / 1e-6, (right - middle) / 1e-6


@rows
def test_the_slopes_to_left_and_right_differ_exactly_at_the_kinks(row: Activation) -> None:
    z = inside(row, np.linspace(-3, 3, 25).tolist())
    left, right = one_sided_slopes(row, z)
    assert tuple(z[np.abs(left - right) > 1e-3]) == row.kinks


@pytest.mark.parametrize("name", [name for name, row in ACTIVATIONS.items() if row.kinks and name != "abs"])
def test_the_slope_at_a_kink_is_the_smaller_of_the_two_sides(name: str) -> None:
    row = ACTIVATIONS[name]
    z = np.array(row.kinks, dtype=float)
    np.testing.assert_allclose(row.slope(z, row.value(z)), np.minimum(*one_sided_slopes(row, z)), atol=1e-12)


def test_the_slope_of_abs_at_its_kink_is_midway() -> None:
    zero = np.zeros(1)
    assert ACTIVATIONS["abs"].slope(zero, zero)[0] == 0


@pytest.mark.parametrize(
    ("name", "at_zero", "slope_at_zero"), [("log", -np.inf, np.inf), ("sqrt", 0.0, np.inf)], ids=["log", "sqrt"]
)
def test_below_its_domain_a_function_is_undefined_and_at_its_end_it_is_infinitely_steep(
    name: str, at_zero: float, slope_at_zero: float
) -> None:
    row = ACTIVATIONS[name]
    z = np.array([-1e300, -1.0, -5e-324, 0.0, 4.0])
    a = row.value(z)
    slope = row.slope(z, a)
    assert np.isnan(a).tolist() == np.isnan(slope).tolist() == [True, True, True, False, False]
    assert (a[3], slope[3]) == (at_zero, slope_at_zero)


@pytest.mark.parametrize("name", EVERYWHERE)
def test_every_other_function_is_defined_everywhere(name: str) -> None:
    z = np.array([-300.0, -1.0, 0.0, 1.0, 300.0])
    a = ACTIVATIONS[name].value(z)
    assert np.isfinite(a).all()
    assert np.isfinite(ACTIVATIONS[name].slope(z, a)).all()


def test_exp_overflows_to_infinity_and_underflows_to_zero() -> None:
    with np.errstate(over="ignore"):
        values = ACTIVATIONS["exp"].value(np.array([709.0, 710.0, -746.0]))
    assert np.isfinite(values).tolist() == [True, False, True]
    assert values[1:].tolist() == [np.inf, 0.0]


@rows
@pytest.mark.parametrize("shape", [(), (5,), (3, 4), (0,)])
def test_shape_and_type_are_kept_and_the_argument_is_not_changed(row: Activation, shape: tuple[int, ...]) -> None:
    z = np.random.default_rng(0).standard_normal(shape)
    z = np.maximum(z, row.lowest + 1e-3)
    before = z.copy()
    a = np.asarray(row.value(z))
    slope = np.asarray(row.slope(z, a))
    assert (a.shape, a.dtype) == (slope.shape, slope.dtype) == (shape, np.float64)
    np.testing.assert_array_equal(z, before)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_row_says_its_name_its_formula_and_its_source(name: str) -> None:
    row = ACTIVATIONS[name]
    assert row.name == name
    assert row.formula
    assert row.source
