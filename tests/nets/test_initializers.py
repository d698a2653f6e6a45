"""Every initialiser draws the distribution its row promises, and the same one from the same seed."""

from collections.abc import Callable

import numpy as np
import pytest

from nets.initializers import INITIALIZERS, Initializer

rows = pytest.mark.parametrize("row", INITIALIZERS.values(), ids=INITIALIZERS)

WIDTH, INPUTS = 300, 100  # enough numbers for a variance within 2 %, and not square

VARIANCES: dict[str, Callable[[int, int], float]] = {
    "uniform": lambda width, inputs: 1 / 3,
    "glorot": lambda width, inputs: 2 / (inputs + width),
    "he": lambda width, inputs: 2 / inputs,
    "zeros": lambda width, inputs: 0,
}


def draw(row: Initializer, seed: int) -> np.ndarray:
    return row.draw(np.random.default_rng(seed), WIDTH, INPUTS)


@rows
def test_a_draw_has_one_row_per_neuron_and_one_column_per_input(row: Initializer) -> None:
    assert draw(row, 0).shape == (WIDTH, INPUTS)
    assert draw(row, 0).dtype == np.float64


@rows
def test_mean_and_variance_are_those_of_the_formula(row: Initializer) -> None:
    weights = draw(row, 1)
    variance = VARIANCES[row.name](WIDTH, INPUTS)
    assert weights.var() == pytest.approx(variance, rel=0.02)
    assert abs(weights.mean()) <= 3 * np.sqrt(variance / weights.size)


def test_uniform_weights_fill_the_interval_from_minus_one_to_one() -> None:
    weights = draw(INITIALIZERS["uniform"], 2)
    assert -1 <= weights.min() < -0.999
    assert 0.999 < weights.max() < 1


@pytest.mark.parametrize("name", ["glorot", "he"])
def test_normal_weights_leave_three_standard_deviations_as_often_as_a_normal_variable(name: str) -> None:
    weights = draw(INITIALIZERS[name], 3)
    share = np.mean(np.abs(weights) > 3 * weights.std())
    assert share == pytest.approx(0.0027, rel=0.3)


@rows
def test_the_same_seed_gives_the_same_bytes(row: Initializer) -> None:
    assert draw(row, 4).tobytes() == draw(row, 4).tobytes()


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if name != "zeros"])
def test_another_seed_gives_other_weights(name: str) -> None:
    assert not np.any(draw(INITIALIZERS[name], 5) == draw(INITIALIZERS[name], 6))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_row_says_its_name_its_formula_and_its_source(name: str) -> None:
    row = INITIALIZERS[name]
    assert row.name == name
    assert row.formula
    assert row.source
