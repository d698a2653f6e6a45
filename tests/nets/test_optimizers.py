"""Every optimiser against two steps of its textbook formula in plain floats, and on a quadratic."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from nets.optimizers import OPTIMIZERS, Optimizer, OptimizerRow, adam, momentum, sgd

rows = pytest.mark.parametrize("row", OPTIMIZERS.values(), ids=OPTIMIZERS)

Steps = Callable[[float, float, list[float]], Iterator[float]]


def plain_sgd(rate: float, w: float, gradients: list[float]) -> Iterator[float]:
    for g in gradients:
        w = w - rate * g
        yield w


def plain_momentum(rate: float, w: float, gradients: list[float]) -> Iterator[float]:
    v = 0.0
    for g in gradients:
        v = 0.9 * v + g
        w = w - rate * v
        yield w


def plain_adam(rate: float, w: float, gradients: list[float]) -> Iterator[float]:
    """Algorithm 1 of Kingma and Ba, 2014, line by line."""
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        m = 0.9 * m + (1 - 0.9) * g
        v = 0.999 * v + (1 - 0.999) * g**2
        m_hat = m / (1 - 0.9**t)
        v_hat = v / (1 - 0.999**t)
        w = w - rate * m_hat / (math.sqrt(v_hat) + 1e-8)
        yield w


TEXTBOOK: dict[str, Steps] = {"sgd": plain_sgd, "momentum": plain_momentum, "adam": plain_adam}

START = [1.0, -2.0, 0.5]
GRADIENTS = [[0.5, -3.0, 1e-9], [0.2, 4.0, 2e-9], [-0.7, 0.0, 3e-9]]  # the last as small as adam's epsilon


@rows
def test_three_steps_are_those_of_the_textbook(row: OptimizerRow) -> None:
    optimizer = row.make(0.1)
    columns = zip(START, zip(*GRADIENTS, strict=True), strict=True)
    plain = zip(*(TEXTBOOK[row.name](0.1, w, list(gradients)) for w, gradients in columns), strict=True)
    parameters = np.array(START)
    state = optimizer.init(parameters)
    for gradient, expected in zip(GRADIENTS, plain, strict=True):
        parameters, state = optimizer.update(parameters, np.array(gradient), state)
        np.testing.assert_allclose(parameters, expected, rtol=1e-13)


def test_two_steps_of_sgd_by_hand() -> None:
    """1 − 0.1·2 = 0.8; 0.8 − 0.1·3 = 0.5."""
    np.testing.assert_allclose(two_steps(sgd(0.1)), [0.8, 0.5])


def test_two_steps_of_momentum_by_hand() -> None:
    """v = 2: 1 − 0.1·2 = 0.8; v = 0.9·2 + 3 = 4.8: 0.8 − 0.48 = 0.32."""
    np.testing.assert_allclose(two_steps(momentum(0.1)), [0.8, 0.32])


def test_two_steps_of_momentum_of_mass_one_half_by_hand() -> None:
    """v = 2: 0.8; v = 0.5·2 + 3 = 4: 0.8 − 0.4 = 0.4."""
    np.testing.assert_allclose(two_steps(momentum(0.1, mass=0.5)), [0.8, 0.4])


def test_two_steps_of_adam_by_hand() -> None:
    """m̂ / √v̂ = 1, so 0.9; then m = 0.48, v = 0.012996: m̂ = 0.48 / 0.19, v̂ = 0.012996 / 0.001999."""
    second = 0.9 - 0.1 * (0.48 / 0.19) / math.sqrt(0.012996 / 0.001999)
    np.testing.assert_allclose(two_steps(adam(0.1)), [0.9, second], rtol=1e-8)


def two_steps(optimizer: Optimizer) -> list[float]:
    """Where gradients 2 and 3 lead from w = 1."""
    first, state = optimizer.update(np.ones(1), np.array([2.0]), optimizer.init(np.ones(1)))
    second, _ = optimizer.update(first, np.array([3.0]), state)
    return [first[0], second[0]]


@rows
def test_the_minimum_of_a_quadratic_is_reached(row: OptimizerRow) -> None:
    curvatures, minimum = np.array([0.5, 1.0, 4.0]), np.array([3.0, -1.0, 0.0])
    optimizer = row.make(0.05)
    parameters = np.array(START)
    state = optimizer.init(parameters)
    for _ in range(2000):
        parameters, state = optimizer.update(parameters, curvatures * (parameters - minimum), state)
    np.testing.assert_allclose(parameters, minimum, atol=1e-6)


@rows
def test_nothing_it_is_given_is_changed(row: OptimizerRow) -> None:
    optimizer = row.make(0.1)
    parameters, gradient = np.array(START), np.array(GRADIENTS[0])
    parameters.flags.writeable = gradient.flags.writeable = False  # writing to it would raise
    state = optimizer.init(parameters)
    for _ in range(2):
        state.flags.writeable = False
        new, new_state = optimizer.update(parameters, gradient, state)
        assert not np.shares_memory(new, parameters)
        assert not state.size or not np.shares_memory(new_state, state)
        state = new_state


@rows
def test_a_state_is_a_flat_vector_whose_length_stays(row: OptimizerRow) -> None:
    optimizer = row.make(0.1)
    fresh = optimizer.init(np.array(START))
    _, used = optimizer.update(np.array(START), np.array(GRADIENTS[0]), fresh)
    assert (fresh.ndim, fresh.dtype) == (1, np.float64)
    assert (used.shape, used.dtype) == (fresh.shape, np.float64)


@pytest.mark.parametrize(
    ("name", "expected"),
    [("sgd", []), ("momentum", [2.0, -3.0]), ("adam", [0.2, -0.3, 0.004, 0.009, 1])],
)
def test_a_state_holds_what_its_docstring_says(name: str, expected: list[float]) -> None:
    """After one step of gradients 2 and −3: velocities; m = 0.1 g, v = 0.001 g² and the step count."""
    optimizer = OPTIMIZERS[name].make(0.1)
    _, state = optimizer.update(np.zeros(2), np.array([2.0, -3.0]), optimizer.init(np.zeros(2)))
    np.testing.assert_allclose(state, expected)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_row_says_its_name_its_formula_and_its_source(name: str) -> None:
    row = OPTIMIZERS[name]
    assert row.name == name
    assert row.formula
    assert row.source
