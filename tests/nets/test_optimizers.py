"""Every optimiser against two steps of its textbook formula in plain floats, and on a quadratic."""

import math
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from nets.optimizers import HYPERPARAMETERS, OPTIMIZERS, Optimizer, OptimizerRow, adam, momentum, nesterov, rmsprop, sgd

FIRST_ORDER = {name: row for name, row in OPTIMIZERS.items() if not row.is_full_batch}

rows = pytest.mark.parametrize("row", FIRST_ORDER.values(), ids=FIRST_ORDER)

Steps = Callable[..., Iterator[float]]


def plain_sgd(rate: float, w: float, gradients: list[float]) -> Iterator[float]:
    for g in gradients:
        w = w - rate * g
        yield w


def plain_momentum(rate: float, w: float, gradients: list[float], momentum: float = 0.9) -> Iterator[float]:
    v = 0.0
    for g in gradients:
        v = momentum * v + g
        w = w - rate * v
        yield w


def plain_nesterov(rate: float, w: float, gradients: list[float], momentum: float = 0.9) -> Iterator[float]:
    """As Nesterov has it: theta steps with velocity u, and the gradient is that at the point looked ahead to, w."""
    theta, u = w, 0.0
    for g in gradients:
        u = momentum * u - rate * g
        theta = theta + u
        yield theta + momentum * u


def plain_adagrad(rate: float, w: float, gradients: list[float], epsilon: float = 1e-8) -> Iterator[float]:
    total = 0.0
    for g in gradients:
        total += g**2
        w = w - rate * g / (math.sqrt(total) + epsilon)
        yield w


def plain_rmsprop(
    rate: float, w: float, gradients: list[float], decay: float = 0.9, epsilon: float = 1e-8
) -> Iterator[float]:
    mean_square = 0.0
    for g in gradients:
        mean_square = decay * mean_square + (1 - decay) * g**2
        w = w - rate * g / (math.sqrt(mean_square) + epsilon)
        yield w


def plain_adam(
    rate: float, w: float, gradients: list[float], *, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8
) -> Iterator[float]:
    """Algorithm 1 of Kingma and Ba, 2014, line by line."""
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        w = w - rate * m_hat / (math.sqrt(v_hat) + epsilon)
        yield w


def plain_adamw(
    rate: float,
    w: float,
    gradients: list[float],
    *,
    beta1: float = 0.9,
    beta2: float = 0.999,
    epsilon: float = 1e-8,
    weight_decay: float = 0.01,
) -> Iterator[float]:
    """Algorithm 2 of Loshchilov and Hutter, 2019, with the decay at the pace of the learning rate."""
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        w = w - rate * (m_hat / (math.sqrt(v_hat) + epsilon) + weight_decay * w)
        yield w


def plain_nadam(
    rate: float, w: float, gradients: list[float], *, beta1: float = 0.9, beta2: float = 0.999, epsilon: float = 1e-8
) -> Iterator[float]:
    """Algorithm 2 of Dozat, 2016, with his schedule of μ."""
    mu = [beta1 * (1 - 0.5 * 0.96 ** (0.004 * t)) for t in range(len(gradients) + 2)]
    m = v = 0.0
    for t, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = mu[t + 1] * m / (1 - math.prod(mu[1 : t + 2])) + (1 - mu[t]) * g / (1 - math.prod(mu[1 : t + 1]))
        v_hat = v / (1 - beta2**t)
        w = w - rate * m_hat / (math.sqrt(v_hat) + epsilon)
        yield w


def plain_lion(
    rate: float,
    w: float,
    gradients: list[float],
    *,
    beta1: float = 0.9,
    beta2: float = 0.99,
    weight_decay: float = 0.01,
) -> Iterator[float]:
    """Algorithm 2 of Chen and others, 2023."""
    m = 0.0
    for g in gradients:
        between = beta1 * m + (1 - beta1) * g
        sign = (between > 0) - (between < 0)
        w = w - rate * (sign + weight_decay * w)
        m = beta2 * m + (1 - beta2) * g
        yield w


TEXTBOOK: dict[str, Steps] = {
    "sgd": plain_sgd,
    "momentum": plain_momentum,
    "nesterov": plain_nesterov,
    "adagrad": plain_adagrad,
    "rmsprop": plain_rmsprop,
    "adam": plain_adam,
    "adamw": plain_adamw,
    "nadam": plain_nadam,
    "lion": plain_lion,
}

START = [1.0, -2.0, 0.5]
GRADIENTS = [[0.5, -3.0, 1e-9], [0.2, 4.0, 2e-9], [-0.7, 0.0, 3e-9]]  # the last as small as adam's epsilon


OTHER_NUMBERS = {"momentum": 0.5, "decay": 0.8, "beta1": 0.7, "beta2": 0.95, "epsilon": 0.01, "weight_decay": 0.3}


def numbers(row: OptimizerRow, all_of_them: dict[str, float]) -> dict[str, float]:
    """Those of some hyperparameters that an optimiser has."""
    return {entry.name: all_of_them[entry.name] for entry in row.hyperparameters if entry.name in all_of_them}


@rows
@pytest.mark.parametrize("given", [{}, OTHER_NUMBERS], ids=["defaults", "other numbers"])
def test_three_steps_are_those_of_the_textbook(row: OptimizerRow, given: dict[str, float]) -> None:
    optimizer = row.make(0.1, **numbers(row, given))
    columns = zip(START, zip(*GRADIENTS, strict=True), strict=True)
    steps = (TEXTBOOK[row.name](0.1, w, list(gradients), **numbers(row, given)) for w, gradients in columns)
    plain = zip(*steps, strict=True)
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
    np.testing.assert_allclose(two_steps(momentum(0.1, momentum=0.5)), [0.8, 0.4])


def test_two_steps_of_nesterov_by_hand() -> None:
    """v = 2: 1 − 0.1·(2 + 0.9·2) = 0.62; v = 0.9·2 + 3 = 4.8: 0.62 − 0.1·(3 + 0.9·4.8) = −0.112."""
    np.testing.assert_allclose(two_steps(nesterov(0.1)), [0.62, -0.112])


def test_two_steps_of_rmsprop_by_hand() -> None:
    """v = 0.25·4 = 1: 1 − 0.1·2 / 1 = 0.8; v = 0.75 + 0.25·9 = 3: 0.8 − 0.3 / √3."""
    np.testing.assert_allclose(two_steps(rmsprop(0.1, decay=0.75)), [0.8, 0.8 - 0.3 / math.sqrt(3)])


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
    """Steps of rmsprop do not shrink with the gradient, so in the end the learning rate has to fall."""
    curvatures, minimum = np.array([0.5, 1.0, 4.0]), np.array([3.0, -1.0, 0.0])
    parameters = np.array(START)
    still = numbers(row, {"weight_decay": 0.0})
    rate = 1.0 if row.name == "adagrad" else 0.05  # its steps get shorter by themselves
    state = row.make(rate).init(parameters)
    for step in range(2000):
        optimizer = row.make(rate * 0.98 ** max(0, step - 1000), **still)
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
    [
        ("sgd", []),
        ("momentum", [2.0, -3.0]),
        ("nesterov", [2.0, -3.0]),
        ("adagrad", [4.0, 9.0]),
        ("rmsprop", [0.4, 0.9]),
        ("adam", [0.2, -0.3, 0.004, 0.009, 1]),
        ("adamw", [0.2, -0.3, 0.004, 0.009, 1]),
        ("nadam", [0.2, -0.3, 0.004, 0.009, 0.9 * (1 - 0.5 * 0.96**0.004), 1]),
        ("lion", [0.02, -0.03]),
    ],
)
def test_a_state_holds_what_its_docstring_says(name: str, expected: list[float]) -> None:
    """After one step of gradients 2 and −3: velocities; 0.1 g²; m = 0.1 g, v = 0.001 g² and the step count."""
    optimizer = OPTIMIZERS[name].make(0.1)
    _, state = optimizer.update(np.zeros(2), np.array([2.0, -3.0]), optimizer.init(np.zeros(2)))
    np.testing.assert_allclose(state, expected)


@rows
def test_the_defaults_of_the_table_are_those_of_the_function_and_in_range(row: OptimizerRow) -> None:
    defaults = {entry.name: entry.default for entry in row.hyperparameters}
    parameters, gradient = np.array(START), np.array(GRADIENTS[0])
    silent, told = row.make(0.1), row.make(0.1, **defaults)
    expected, _ = silent.update(parameters, gradient, silent.init(parameters))
    np.testing.assert_array_equal(told.update(parameters, gradient, told.init(parameters))[0], expected)
    assert all(entry.low <= entry.default <= entry.high for entry in row.hyperparameters)


@rows
@pytest.mark.parametrize("end", ["low", "high"])
def test_an_optimiser_stays_finite_at_the_ends_of_its_ranges(row: OptimizerRow, end: str) -> None:
    optimizer = row.make(0.1, **{entry.name: getattr(entry, end) for entry in row.hyperparameters})
    parameters = np.array(START)
    state = optimizer.init(parameters)
    for gradient in [*GRADIENTS, [0.0, 0.0, 0.0]]:
        parameters, state = optimizer.update(parameters, np.array(gradient), state)
    assert np.isfinite(parameters).all()


def test_a_number_of_several_optimisers_has_one_label_and_one_range() -> None:
    for row in OPTIMIZERS.values():
        for entry in row.hyperparameters:
            known = HYPERPARAMETERS[entry.name]
            assert (entry.label, entry.low, entry.high) == (known.label, known.low, known.high)


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_every_row_says_its_name_its_formula_and_its_source(name: str) -> None:
    row = OPTIMIZERS[name]
    assert row.name == name
    assert row.formula
    assert row.source
