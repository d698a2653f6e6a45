"""Exact level sets and decision boundaries: what crosses them, and what marching squares finds instead."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from contourpy import contour_generator
from numpy.typing import NDArray

from nets.exact_levels import class_regions, level_set
from nets.model import Model, create, dataset
from nets.network import Layer, forward, uniform_layers
from nets.regions import regions, to_units
from nets.training import Budget, train_slice
from tests.nets.test_regions import EVERYTHING, STRETCHED, lines, model_of

Array = NDArray[np.float64]

MODELS = {
    "relu": model_of(uniform_layers([8, 8, 3], "relu"), seed=1),
    "leaky_relu": model_of(uniform_layers([8, 8, 3], "leaky_relu"), seed=2),
    "abs": model_of(uniform_layers([5, 5, 3], "abs"), seed=3),
    "hard_tanh": model_of(uniform_layers([5, 5, 3], "hard_tanh"), seed=4),
    "step": model_of(uniform_layers([6, 5, 3], "step"), seed=5),
    "everything": model_of(EVERYTHING, seed=6),
    "in other units": STRETCHED,
}
models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
CONTINUOUS = [name for name in MODELS if name not in {"step", "everything"}]


def answers(model: Model, unit: Array, layer: int, kind: str = "activation") -> Array:
    """What a layer's neurons answer at points (n, 2) of the unit square, (width, n)."""
    points = model.inputs.standardise(to_units(unit, model.domain).T)
    return np.asarray(getattr(forward(model.layers, model.parameters, points)[layer - 1], kind))


def crossings(segments: Array, start: Array, end: Array) -> Array:
    """At which share of the way from one point to another it crosses segments (m, 2, 2), ascending."""
    along, across = end - start, segments[:, 1] - segments[:, 0]
    apart = segments[:, 0] - start
    determinant = along[0] * across[:, 1] - along[1] * across[:, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        t = (apart[:, 0] * across[:, 1] - apart[:, 1] * across[:, 0]) / determinant
        s = (apart[:, 0] * along[1] - apart[:, 1] * along[0]) / determinant
    return np.sort(t[(t > 0) & (t < 1) & (s >= 0) & (s <= 1)])


def generic_height(values: Array, rng: np.random.Generator) -> float:
    """A height that a neuron takes, but nowhere on a whole region."""
    low, high = values.min(), values.max()
    return float(low + (high - low) * rng.uniform(0.2, 0.8))


@models
@pytest.mark.parametrize("kind", ["activation", "preactivation"])
def test_a_way_crosses_the_level_set_just_where_the_neuron_passes_the_height(model: Model, kind: str) -> None:
    rng = np.random.default_rng(0)
    n_crossed = 0
    for layer, partition in enumerate(regions(model).partitions, start=1):
        for neuron in range(model.layers[layer - 1].width):
            values = answers(model, rng.random((500, 2)), layer, kind)[neuron]
            height = generic_height(values, rng)
            segments = level_set(partition, neuron, height, kind)
            for start, end in rng.random((30, 2, 2)):
                ends = np.concatenate([[0], crossings(segments, start, end), [1]])
                ends = ends[np.append(np.diff(ends) > 1e-9, True)]  # where it passes between two pieces
                middles = (ends[1:] + ends[:-1]) / 2
                unit = start + middles[:, None] * (end - start)
                is_above = answers(model, unit, layer, kind)[neuron] > height
                assert (is_above[1:] != is_above[:-1]).all()
                n_crossed += len(is_above) - 1
    assert n_crossed > 20


@models
def test_a_way_on_which_the_level_set_is_not_crossed_stays_on_one_side(model: Model) -> None:
    rng = np.random.default_rng(1)
    partition = regions(model).partitions[-1]
    last = len(model.layers)
    values = answers(model, rng.random((500, 2)), last)[0]
    height = generic_height(values, rng)
    segments = level_set(partition, 0, height)
    for start, end in rng.random((40, 2, 2)):
        ends = np.concatenate([[0], crossings(segments, start, end), [1]])
        for left, right in pairwise(ends):
            share = left + (right - left) * np.linspace(0.01, 0.99, 50)
            is_above = answers(model, start + share[:, None] * (end - start), last)[0] > height
            assert is_above.all() or not is_above.any()


@pytest.mark.parametrize("name", CONTINUOUS)
def test_the_neuron_is_at_the_height_all_along_its_level_set(name: str) -> None:
    model = MODELS[name]
    rng = np.random.default_rng(2)
    for layer, partition in enumerate(regions(model).partitions, start=1):
        values = answers(model, rng.random((500, 2)), layer)
        for neuron in range(len(values)):
            height = generic_height(values[neuron], rng)
            segments = level_set(partition, neuron, height)
            for share in (0, 0.3, 1):
                unit = (1 - share) * segments[:, 0] + share * segments[:, 1]
                np.testing.assert_allclose(answers(model, unit, layer)[neuron], height, atol=1e-8)


def test_a_relu_is_at_0_up_to_the_edge_of_where_it_answers() -> None:
    model = lines("relu", (1, 0, -0.5), (1, 1, 0))
    segments = level_set(regions(model).partitions[0], 0, 0.0)
    ends = to_units(segments, model.domain)
    np.testing.assert_allclose(ends[..., 0], 0.5)
    assert np.abs(ends[:, 1, 1] - ends[:, 0, 1]).sum() == pytest.approx(2)


def test_a_valley_and_a_ridge_are_level_where_they_touch_the_height() -> None:
    valley = lines("abs", (1, 0, 0.25), (0, 1, 0))
    ridge = model_of((*valley.layers, Layer(1, ("identity",))), [*valley.parameters, -1, 0, 0])
    for model in (valley, ridge):
        segments = to_units(level_set(regions(model).partitions[-1], 0, 0.0), model.domain)
        np.testing.assert_allclose(segments[..., 0], -0.25)
        assert np.abs(segments[:, 1, 1] - segments[:, 0, 1]).sum() == pytest.approx(2)


def test_a_step_passes_every_height_between_at_its_jump_and_none_beyond() -> None:
    partition = regions(lines("step", (1, 0, 0))).partitions[0]
    assert level_set(partition, 0, 0.3).tolist() == [[[0.5, 0.0], [0.5, 1.0]]]
    assert level_set(partition, 0, 1.5).shape == (0, 2, 2)
    assert level_set(partition, 0, -0.5).shape == (0, 2, 2)


def test_a_constant_has_no_level_set() -> None:
    partition = regions(lines("relu", (0, 0, 1), (1, 0, 0))).partitions[0]
    for height in (0.5, 1.0, 2.0):
        assert level_set(partition, 0, height).shape == (0, 2, 2)


# Marching squares on a grid: between two neighbours on different sides of the height the landscape has to pass it.


def marching_squares(values: Array, height: float) -> Array:
    """The points of the lines of a grid (n, n) at a height, (m, 2) in the unit square."""
    unit = np.linspace(0, 1, len(values))
    found = contour_generator(unit, unit, values, name="serial").lines(height)
    return np.concatenate([np.empty((0, 2)), *found])


def distances(points: Array, segments: Array) -> Array:
    """From each point (n, 2) to the nearest of the segments (m, 2, 2)."""
    start, way = segments[:, 0], segments[:, 1] - segments[:, 0]
    share = ((points[:, None] - start) * way).sum(axis=-1) / np.maximum((way**2).sum(axis=-1), 1e-300)
    nearest = start + np.clip(share, 0, 1)[..., None] * way
    return np.asarray(np.linalg.norm(points[:, None] - nearest, axis=-1).min(axis=1))


def grid(model: Model, n: int, layer: int) -> Array:
    """A layer's landscapes, (width, n, n)."""
    u, v = np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, n))
    return answers(model, np.stack([u.ravel(), v.ravel()], axis=1), layer).reshape(-1, n, n)


@models
@pytest.mark.parametrize("n", [25, 49, 121])
def test_marching_squares_is_never_farther_than_a_cell_from_the_exact_level_set(model: Model, n: int) -> None:
    rng = np.random.default_rng(3)
    n_points = 0
    for layer, partition in enumerate(regions(model).partitions, start=1):
        for neuron, values in enumerate(grid(model, n, layer)):
            height = generic_height(values, rng)
            points = marching_squares(values, height)
            if len(points):
                assert distances(points, level_set(partition, neuron, height)).max() <= 1 / (n - 1) + 1e-9
            n_points += len(points)
    assert n_points > 10 * n


@models
def test_the_exact_level_set_is_no_farther_than_a_cell_from_marching_squares_wherever_a_cell_sees_it(
    model: Model,
) -> None:
    n = 49
    rng = np.random.default_rng(4)
    n_seen = 0
    for layer, partition in enumerate(regions(model).partitions, start=1):
        for neuron, values in enumerate(grid(model, n, layer)):
            height = generic_height(values, rng)
            segments = level_set(partition, neuron, height).repeat(5, axis=0)
            points = segments[:, 0] + rng.random((len(segments), 1)) * (segments[:, 1] - segments[:, 0])
            column, row = np.minimum((points * (n - 1)).astype(int), n - 2).T
            corners = np.stack([values[row + i, column + j] > height for i in (0, 1) for j in (0, 1)])
            is_seen = corners.any(axis=0) & ~corners.all(axis=0)
            n_seen += is_seen.sum()
            if is_seen.any():
                found = distances(points[is_seen], marching_squares(values, height)[:, None].repeat(2, axis=1))
                assert found.max() <= np.sqrt(2) / (n - 1) + 1e-9
            # what no corner sees is a fold that is smaller than a cell: the landscape stays near the height there
            slopes = np.linalg.norm(partition.activation.coefficients[:, neuron, :2], axis=1).max()
            jump = 0 if "step" not in {name for part in model.layers for name in part.activation} else np.inf
            missed = np.stack([values[row + i, column + j] - height for i in (0, 1) for j in (0, 1)])[:, ~is_seen]
            assert (np.abs(missed) <= slopes * np.sqrt(2) / (n - 1) + jump + 1e-9).all()
    assert n_seen > 100


def test_finer_grids_come_nearer_to_the_exact_level_set() -> None:
    model = MODELS["relu"]
    partition = regions(model).partitions[1]
    worst = []
    for n in (25, 97, 385):
        found = [
            distances(marching_squares(values, 0.31), level_set(partition, neuron, 0.31)).max()
            for neuron, values in enumerate(grid(model, n, 2))
            if (values > 0.31).any() and (values < 0.31).any()
        ]
        worst.append(max(found))
    assert worst[1] < 0.7 * worst[0]
    assert worst[2] < 0.7 * worst[1]


# The decision boundary.


def balanced(model: Model) -> Model:
    """A model whose outputs are each the highest somewhere: their biases take away what they are in the middle."""
    scores = answers(model, np.random.default_rng(0).random((500, 2)), len(model.layers))
    parameters = model.parameters.copy()
    parameters[-len(scores) :] -= np.median(scores, axis=1)
    return replace(model, parameters=parameters)


@models
def test_a_way_crosses_the_decision_boundary_just_where_another_output_becomes_the_highest(model: Model) -> None:
    rng = np.random.default_rng(5)
    model = balanced(model)
    boundary = class_regions(regions(model).partitions[-1]).boundary
    n_crossed = 0
    for start, end in rng.random((100, 2, 2)):
        ends = np.concatenate([[0], crossings(boundary, start, end), [1]])
        ends = ends[np.append(np.diff(ends) > 1e-9, True)]
        highest = []
        for left, right in pairwise(ends):
            share = left + (right - left) * np.array([0.05, 0.3, 0.5, 0.7, 0.95])
            scores = answers(model, start + share[:, None] * (end - start), len(model.layers))
            # where two outputs are equal throughout, rounding decides in the evaluation
            top = np.sort(scores, axis=0)
            if (top[-1] - top[-2]).min() < 1e-9:
                continue
            assert len(set(scores.argmax(axis=0))) == 1
            highest.append(scores[:, 2].argmax())
        n_crossed += len(highest) - 1
        assert all(one != next_one for one, next_one in pairwise(highest))
    assert n_crossed > 10


@pytest.mark.parametrize("n_classes", [2, 3, 6])
def test_class_regions_cover_the_domain_with_the_class_that_is_the_highest(n_classes: int) -> None:
    start = create(dataset("gaussians", n_classes, n=120), hidden=[8, 6], activation="relu")
    model = train_slice(start, Budget(epochs=60)).model
    found = class_regions(regions(model).partitions[-1])
    assert found.polygons.areas().sum() == pytest.approx(1, abs=1e-9)
    scores = answers(model, found.polygons.middles(), len(model.layers))
    top = np.sort(scores, axis=0)
    is_clear = top[-1] - top[-2] > 1e-9
    assert is_clear.mean() > 0.9
    assert (scores.argmax(axis=0) == found.classes)[is_clear].all()


def test_outputs_that_are_equal_everywhere_leave_the_first_class_and_no_boundary() -> None:
    found = class_regions(regions(model_of(uniform_layers([4, 3], "relu"), np.zeros(27))).partitions[-1])
    assert set(found.classes) == {0}
    assert len(found.boundary) == 0


def test_an_exact_boundary_of_two_planes_is_the_line_where_they_are_equal() -> None:
    model = model_of((Layer(2, ("identity", "identity")),), [1, 0, 0, 1, 0, 0.5])
    (segment,) = to_units(class_regions(regions(model).partitions[0]).boundary, model.domain)
    np.testing.assert_allclose(segment[:, 0], segment[:, 1] + 0.5)
