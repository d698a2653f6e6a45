"""The maxima against the formulas for lines, and no network ever beyond them."""

from math import comb

import numpy as np
import pytest

from nets.network import Layer, uniform_layers
from nets.region_counts import cells, most_regions
from nets.regions import regions
from tests.nets.test_regions import BENT, EVERYTHING, model_of


@pytest.mark.parametrize("n", range(10))
def test_n_lines_make_1_and_n_and_n_choose_2(n: int) -> None:
    assert cells([1] * n, 2) == 1 + n + comb(n, 2)
    assert cells([1] * n, 1) == 1 + n
    assert cells([1] * n, 0) == 1


@pytest.mark.parametrize("families", [[1, 1], [2, 3], [2, 2, 2], [4], [], [0, 2]])
def test_parallel_lines_do_not_cross(families: list[int]) -> None:
    # two families of p and q lines are a grid of (p + 1)(q + 1) cells; each family crosses all lines before it
    count, before = 1, 0
    for lines in families:
        count += lines * (before + 1)
        before += lines
    assert cells(families, 2) == count


def test_layers_multiply() -> None:
    assert most_regions(uniform_layers([8, 8, 3], "relu")) == [37, 37 * 37, 37 * 37]
    assert most_regions(uniform_layers([8, 3], "hard_tanh")) == [1 + 16 + 4 * 28] * 2


def test_one_neuron_leaves_a_function_of_one_variable() -> None:
    one = uniform_layers([1, 5, 2], "relu")
    assert most_regions(one) == [2, 2 * 6, 2 * 6]
    skipping = (one[0], Layer(5, ("relu",) * 5, skip=True), one[2])
    assert most_regions(skipping) == [2, 2 * 16, 2 * 16]
    assert most_regions((Layer(3, ("relu", "identity", "relu"), off=(1, 2)), *one[1:])) == [2, 2 * 6, 2 * 6]


def test_what_is_constant_on_every_region_is_cut_no_further() -> None:
    assert most_regions(uniform_layers([4, 5, 2], "step")) == [11, 11, 11]
    assert most_regions((Layer(4, ("relu",) * 4, pre="step"),)) == [4]


def test_the_nonlinearity_before_the_weights_cuts_too() -> None:
    assert most_regions((Layer(1, ("identity",), pre="abs"),)) == [4]
    assert most_regions((Layer(3, ("relu",) * 3, pre="abs"),)) == [4 * 7]


@pytest.mark.parametrize("name", [*BENT, "everything"])
@pytest.mark.parametrize("seed", range(5))
def test_no_network_has_more(name: str, seed: int) -> None:
    layers = EVERYTHING if name == "everything" else uniform_layers([4, 1 + seed, 4, 2], name)
    counts = [len(partition) for partition in regions(model_of(layers, seed=seed)).partitions]
    assert (np.array(counts) <= most_regions(layers)).all()
