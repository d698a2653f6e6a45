"""Every initialiser draws the distribution its row promises, and the same one from the same seed."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from nets.initializers import INITIALIZERS, Initializer

rows = pytest.mark.parametrize("row", INITIALIZERS.values(), ids=INITIALIZERS)

WIDTH, INPUTS = 900, 300  # enough numbers for a variance within 2 %, of few inputs too, and not square

VARIANCES: dict[str, Callable[[int, int], float]] = {
    "uniform": lambda width, inputs: 1 / 3,
    "glorot": lambda width, inputs: 2 / (inputs + width),
    "he": lambda width, inputs: 2 / inputs,
    "lecun": lambda width, inputs: 1 / inputs,
    "orthogonal": lambda width, inputs: 1 / max(width, inputs),
    "sparse": lambda width, inputs: math.ceil(math.sqrt(inputs)) / inputs,
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


@pytest.mark.parametrize("name", ["glorot", "he", "lecun"])
def test_normal_weights_leave_three_standard_deviations_as_often_as_a_normal_variable(name: str) -> None:
    weights = draw(INITIALIZERS[name], 3)
    share = np.mean(np.abs(weights) > 3 * weights.std())
    assert share == pytest.approx(0.0027, rel=0.3)


@rows
def test_the_same_seed_gives_the_same_bytes(row: Initializer) -> None:
    assert draw(row, 4).tobytes() == draw(row, 4).tobytes()


@pytest.mark.parametrize("name", [name for name in INITIALIZERS if name != "zeros"])
def test_another_seed_gives_other_weights(name: str) -> None:
    one, other = (draw(INITIALIZERS[name], seed) for seed in (5, 6))
    assert not np.any((one == other) & (one != 0))


# The numbers that each has always drawn for a seed: a document's weights are had again by them.
REMEMBERED = {
    "uniform": [0.023643249400513433, 0.9009273926518706, -0.7116807745607325],
    "glorot": [0.18472252071307302, 0.43917337081980024, 0.17662604670936488],
    "he": [0.2443649256798845, 0.580971760815571, 0.23365429732472887],
}


@pytest.mark.parametrize("name", REMEMBERED)
def test_a_seed_draws_what_it_has_always_drawn(name: str) -> None:
    drawn = INITIALIZERS[name].draw(np.random.default_rng(1), 3, 4)
    assert drawn[0, :3].tolist() == REMEMBERED[name]


@pytest.mark.parametrize(("width", "inputs"), [(3, 8), (8, 3), (5, 5), (1, 2), (32, 34), (32, 2), (1, 1)])
def test_the_shorter_side_of_an_orthogonal_matrix_is_orthonormal(width: int, inputs: int) -> None:
    weights = INITIALIZERS["orthogonal"].draw(np.random.default_rng(8), width, inputs)
    assert weights.shape == (width, inputs)
    products = weights @ weights.T if width <= inputs else weights.T @ weights
    np.testing.assert_allclose(products, np.eye(min(width, inputs)), rtol=0, atol=1e-12)


def test_orthogonal_matrices_are_drawn_uniformly() -> None:
    """For Haar's measure the trace of a 2 × 2 matrix has mean 0 and mean square 1; half turn the plane over.

    With the signs of R's diagonal as LAPACK leaves them every one of them would turn the plane over.
    """
    rng = np.random.default_rng(9)
    matrices = np.array([INITIALIZERS["orthogonal"].draw(rng, 2, 2) for _ in range(4000)])
    traces = np.trace(matrices, axis1=1, axis2=2)
    assert abs(traces.mean()) < 0.05
    assert np.mean(traces**2) == pytest.approx(1, abs=0.06)
    assert np.mean(np.linalg.det(matrices) > 0) == pytest.approx(0.5, abs=0.03)
    angles = np.sort(np.arctan2(matrices[:, 1, 0], matrices[:, 0, 0]))  # of the first column: any as likely as another
    np.testing.assert_allclose(angles, np.linspace(-np.pi, np.pi, len(angles)), atol=0.15)


@pytest.mark.parametrize(
    ("inputs", "kept"), [(1, 1), (2, 2), (3, 2), (4, 2), (5, 3), (9, 3), (10, 4), (32, 6), (34, 6)]
)
def test_a_sparse_neuron_has_as_many_weights_as_the_root_of_its_inputs_rounded_up(inputs: int, kept: int) -> None:
    weights = INITIALIZERS["sparse"].draw(np.random.default_rng(10), 50, inputs)
    assert np.count_nonzero(weights, axis=1).tolist() == [kept] * 50


def test_every_input_is_as_likely_as_another_to_reach_a_sparse_neuron_and_its_weight_is_normal() -> None:
    weights = INITIALIZERS["sparse"].draw(np.random.default_rng(11), 10_000, 9)
    np.testing.assert_allclose(np.count_nonzero(weights, axis=0) / 10_000, 1 / 3, atol=0.02)
    drawn = weights[weights != 0]
    assert drawn.var() == pytest.approx(1, rel=0.02)
    assert np.mean(np.abs(drawn) > 3) == pytest.approx(0.0027, rel=0.3)


@pytest.mark.parametrize("name", INITIALIZERS)
def test_every_row_says_its_name_its_formula_and_its_source(name: str) -> None:
    row = INITIALIZERS[name]
    assert row.name == name
    assert row.formula
    assert row.source
