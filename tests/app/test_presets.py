"""Presets: each shows what its two sentences say, told as a law of its landscapes or of its training."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from app.layout import RATES
from app.presets import CHAPTERS, PRESETS, Preset, gallery, model_of, opened
from app.presets.by_hand import RIDGE_NORMAL, TRIANGLE_INRADIUS, ridge_height, teeth_height
from app.presets.carved import ripple
from app.presets.trouble import DEAD, SATURATION, tanh_network
from app.training_controls import LEARNING_RATES, PENALTIES
from nets import Budget, Initial, Model, Slice, axes, evaluate, new_weights, parse, serialise, surfaces, train_slice
from nets.datasets import load
from nets.network import Layer, split

Array = NDArray[np.float64]

REQUIRED = {
    *("plane", "ridge", "bump", "xor", "sine", "spiral"),
    *("dead-relus", "saturated", "too-fast", "over-fitting", "l2"),
}


def run(model: Model, epochs: int) -> Slice:
    return train_slice(model, Budget(epochs=epochs))


def grid(model: Model, n: int = 97) -> tuple[Array, Array]:
    """Return x and y of every point of the grid, (n, n) each: rows are y, columns are x."""
    x, y = np.meshgrid(*axes(model, n))
    return x, y


def landscape(model: Model, layer: int, neuron: int = 0, n: int = 97) -> Array:
    return surfaces(model, n)[layer].activation[neuron]


def with_parameter(model: Model, layer: int, neuron: int, value: float, weight: int | None = None) -> Model:
    """Return the model with one weight, or the bias, of a neuron of a layer (from 1) changed."""
    parameters = model.parameters.copy()
    weights, biases = split(model.layers, parameters)[layer - 1]
    if weight is None:
        biases[neuron] = value
    else:
        weights[neuron, weight] = value
    return replace(model, parameters=parameters)


def changes(before: Model, after: Model) -> list[float]:
    """Return the largest change of a weight or bias of every layer."""
    pairs = zip(split(before.layers, before.parameters), split(after.layers, after.parameters), strict=True)
    return [max(np.abs(w1 - w0).max(), np.abs(b1 - b0).max()) for (w0, b0), (w1, b1) in pairs]


# The table.


def test_the_gallery_has_what_it_must_have() -> None:
    assert set(PRESETS) >= REQUIRED
    assert len(PRESETS) == sum(len(chapter.rows) for chapter in CHAPTERS) >= 12


@pytest.mark.parametrize("row", PRESETS.values(), ids=PRESETS)
def test_every_preset_says_what_to_look_for_in_two_sentences(row: Preset) -> None:
    assert re.fullmatch(r"[a-z0-9-]+", row.id)
    assert len(re.findall(r"[.?](?: |$)", row.look)) == 2
    assert len(row.look) <= 230
    assert "!" not in row.look


@pytest.mark.parametrize("row", PRESETS.values(), ids=PRESETS)
def test_every_preset_is_a_document_that_the_page_takes_up(row: Preset) -> None:
    answer = opened(row.id)
    assert serialise(parse(answer["document"])) == answer["document"]
    layer, neuron = answer["select"]
    widths = [2, *[layer.width for layer in model_of(row.id).layers]]
    assert 0 <= neuron < widths[layer]
    assert row.rate is None or row.rate in [value for value, _ in RATES]
    assert 0 <= row.tilt <= 1


@pytest.mark.parametrize("row", PRESETS.values(), ids=PRESETS)
def test_a_preset_is_the_same_every_time(row: Preset) -> None:
    assert serialise(row.make()) == serialise(row.make())


def test_every_picture_is_drawn_from_the_presets_own_network() -> None:
    pictures = {preset["id"]: preset["picture"] for chapter in gallery() for preset in chapter["presets"]}
    assert list(pictures) == list(PRESETS)
    for id_, picture in pictures.items():
        document = opened(id_)["document"]
        assert picture["layers"] == document["layers"]
        assert (picture["parameters"] == document["parameters"]) == (PRESETS[id_].pictured == 0)


def test_what_the_sentences_tell_to_choose_can_be_chosen() -> None:
    assert {"0.1"} <= set(LEARNING_RATES)
    assert {"0", "0.01"} <= set(PENALTIES)


# Made by hand.


def test_one_plane_has_parallel_straight_level_sets_at_right_angles_to_its_weights() -> None:
    model = model_of("plane")
    x, y = grid(model)
    heights = landscape(model, 1)
    dy, dx = np.gradient(heights, y[:, 0], x[0])
    np.testing.assert_allclose(dx, 0.4)
    np.testing.assert_allclose(dy, 0.8)
    assert evaluate(model).train_accuracy == 1


def test_a_bias_lifts_the_whole_landscape_and_the_relu_cuts_off_what_is_below_zero() -> None:
    model = model_of("bias")
    x, y = grid(model)
    land = []
    for bias in (-0.4, 0.0, 0.4):
        layer = surfaces(with_parameter(model, 2, 0, bias), 97)[2]
        np.testing.assert_allclose(layer.preactivation[0], x**2 - y**2 + bias, atol=1e-12)
        np.testing.assert_array_equal(layer.activation[0], np.maximum(layer.preactivation[0], 0))
        land.append(np.mean(layer.activation[0] > 0))
    assert land == sorted(land)
    assert land[0] < land[2] / 2


def test_the_ridge_is_highest_along_a_line_and_falls_on_both_sides() -> None:
    model = model_of("ridge")
    x, y = grid(model)
    heights = landscape(model, 2)
    np.testing.assert_allclose(heights, ridge_height(x, y), atol=1e-12)
    across = RIDGE_NORMAL[0] * x + RIDGE_NORMAL[1] * y
    order = np.argsort(np.abs(across).ravel())
    assert np.all(np.diff(heights.ravel()[order]) <= 1e-12), "nothing that is further from the line is higher"
    assert heights[np.abs(across) < 0.02].min() > 0.9
    assert heights[np.abs(across) > 0.8].max() < 0.01


@pytest.mark.parametrize("weight", [0, 1])
def test_half_of_the_ridge_is_a_cliff(weight: int) -> None:
    model = model_of("ridge")
    x, y = grid(model)
    heights = landscape(with_parameter(model, 2, 0, 0.0, weight), 2)
    steps = np.diff(heights.ravel()[np.argsort((RIDGE_NORMAL[0] * x + RIDGE_NORMAL[1] * y).ravel())])
    assert np.all(steps >= -1e-12) or np.all(steps <= 1e-12)
    assert np.ptp(heights) > 0.99


def test_the_bump_is_highest_in_the_middle_and_has_no_arms_until_its_bias_is_raised() -> None:
    model = model_of("bump")
    heights = landscape(model, 2)
    middle = heights.shape[0] // 2
    arm, corner = (middle, -1), (-1, -1)
    assert heights[middle, middle] == heights.max() > 0.75
    assert heights[arm] == heights[corner] == 0
    cross = surfaces(model, 97)[2].preactivation[0]
    assert cross[middle, middle] > cross[arm] + 0.9 > cross[corner] + 1.8
    raised = landscape(with_parameter(model, 2, 0, -0.5), 2)
    assert raised[arm] > 0.45
    assert raised[corner] == 0
    assert evaluate(model).train_accuracy == 1


def test_the_triangle_is_one_inside_three_lines_and_zero_outside_and_only_its_outputs_learn() -> None:
    model = model_of("triangle")
    x, y = grid(model)
    angles = np.deg2rad([90, 210, 330])
    is_inside = np.all([np.cos(a) * x + np.sin(a) * y > -TRIANGLE_INRADIUS for a in angles], axis=0)
    np.testing.assert_array_equal(landscape(model, 2), is_inside)
    assert 0.1 < is_inside.mean() < 0.3
    moved = changes(model, run(model, 20).model)
    assert moved[:2] == [0, 0]
    assert moved[2] > 0


def test_two_relus_part_all_corners_and_one_does_not() -> None:
    model = model_of("xor")
    assert model.layers[0].activation == ("relu", "relu")
    metrics = evaluate(model)
    assert metrics.train_accuracy == metrics.test_accuracy == 1
    for weight in (0, 1):
        lost = evaluate(with_parameter(model, 2, 1, 0.0, weight))
        assert lost.train_accuracy == pytest.approx(0.75, abs=0.05)


def test_two_squares_multiply() -> None:
    model = model_of("product")
    x, y = grid(model)
    np.testing.assert_allclose(landscape(model, 2, 1), x * y, atol=1e-12)
    assert evaluate(model).train_accuracy == 1


def test_every_fold_doubles_the_straight_pieces() -> None:
    model = model_of("sawtooth")
    x, y = grid(model, 129)
    for layer in range(1, 5):
        profile = landscape(model, layer, n=129)[64]
        slopes = np.round(np.diff(profile), 9)
        assert 1 + np.count_nonzero(np.diff(slopes)) == 2**layer
    np.testing.assert_allclose(landscape(model, 5, n=129), teeth_height(x, y), atol=1e-12)


# Carved by training.


def test_every_class_stands_highest_over_its_own_points() -> None:
    model = model_of("peaks")
    data = load(model.data)
    columns, rows = ((np.clip(row, -1, 1) + 1) / 2 * 96 for row in data.points)
    heights = surfaces(model, 97)[-1].activation[:, rows.round().astype(int), columns.round().astype(int)]
    means = np.array([[heights[k, data.targets == c].mean() for c in range(4)] for k in range(4)])
    own, others = np.diag(means), means[~np.eye(4, dtype=bool)].reshape(4, 3)
    assert np.all(own > others.max(axis=1) + 3), "landscape k is highest over class k"
    assert np.all(own > means.T[~np.eye(4, dtype=bool)].reshape(4, 3).max(axis=1) + 3), "over class k, landscape k is"


def test_the_spiral_is_learnt() -> None:
    model = model_of("spiral")
    assert model.data.classes == 3
    metrics = run(model, 200).snapshots[-1].metrics
    assert metrics.train_accuracy is not None
    assert metrics.train_accuracy > 0.95
    assert metrics.test_accuracy is not None
    assert metrics.test_accuracy > 0.95


def test_sines_fit_the_ripple_several_times_better_than_tanh() -> None:
    waves, others = (run(ripple(name), 150).snapshots[-1].metrics.test_loss for name in ("sin", "tanh"))
    assert waves is not None
    assert others is not None
    assert waves < 0.1 < 3 * waves < others


# What goes wrong.


def test_zero_weights_never_differ_and_drawn_ones_do() -> None:
    model = model_of("zeros")
    trained = run(model, 50).model
    assert changes(model, trained)[:2] == [0, 0]
    assert np.all(split(trained.layers, trained.parameters)[2][0] == 0)
    assert changes(model, trained)[2] > 0  # the outputs' biases
    drawn = run(new_weights(model, Initial("glorot", 1)), 50).snapshots[-1].metrics
    assert drawn.train_accuracy is not None
    assert drawn.train_accuracy > 0.7


def test_dead_relus_are_zero_everywhere_and_stay_as_they_are() -> None:
    model = model_of("dead-relus")
    trained = run(model, 50).model
    for neuron in range(8):
        before, after = (surfaces(each)[1].activation[neuron] for each in (model, trained))
        if neuron in DEAD:
            assert not before.any()
            assert not after.any()
        else:
            assert before.any()
            assert not np.array_equal(before, after)
    assert model_of("dead-relus").layers[0] == Layer(8, ("relu",) * 8)
    assert PRESETS["dead-relus"].select[1] in DEAD


def test_saturated_tanhs_are_nearly_one_nearly_everywhere_and_their_cliffs_stay_where_they_are() -> None:
    model = model_of("saturated")
    first = surfaces(model)[1].activation
    assert np.mean(np.abs(first) > 0.99) > 0.9
    moved, free = (
        np.abs(surfaces(run(each, 100).model)[1].activation - surfaces(each)[1].activation).mean()
        for each in (model, tanh_network(1.0))
    )
    assert moved < 0.1 < free
    assert run(model, 100).snapshots[-1].metrics.train_loss < 0.8 * evaluate(model).train_loss
    np.testing.assert_allclose(
        split(model.layers, model.parameters)[0][0],
        SATURATION * split(model.layers, tanh_network(1.0).parameters)[0][0],
    )


def test_every_sigmoid_flattens_its_landscapes_and_the_first_layers_hardly_learn() -> None:
    model = model_of("vanishing")
    spans = [np.ptp(layer.activation, axis=(1, 2)).max() for layer in surfaces(model)]
    assert spans == sorted(spans, reverse=True)
    assert spans[-1] < 1e-3 * spans[0]
    moved = changes(model, run(model, 60).model)
    assert moved[-1] > 50 * moved[0]
    np.testing.assert_allclose(surfaces(run(model, 60).model)[1].activation, surfaces(model)[1].activation, atol=0.01)


def test_too_large_a_rate_first_learns_then_diverges_in_a_layer_and_a_smaller_one_does_not() -> None:
    model = model_of("too-fast")
    _, snapshots, divergence = run(model, 60)
    losses = [snapshot.metrics.train_loss for snapshot in snapshots]
    assert divergence is not None
    assert divergence.where.startswith("layers[")
    assert 0 < np.argmin(losses) < len(losses) - 1
    assert losses[-1] > 10 * min(losses)
    slower = replace(model, training=replace(model.training, learning_rate=0.1))
    assert run(slower, 300).ending is None


def test_a_large_network_over_fits_few_noisy_points_and_l2_keeps_it_from_that() -> None:
    model, penalised = model_of("over-fitting"), model_of("l2")
    assert np.count_nonzero(~load(model.data).is_test) == 30
    assert serialise(penalised) == {**serialise(model), "training": {**serialise(model)["training"], "l2": 0.01}}
    metrics = [snapshot.metrics for snapshot in run(model, 300).snapshots]
    test_losses = [float(each.test_loss or 0) for each in metrics]
    assert np.argmin(test_losses) < 20
    assert test_losses[-1] > 3 * min(test_losses)
    assert metrics[-1].train_loss < 0.01 < metrics[10].train_loss
    kept = run(penalised, 300)
    cliff, hill = (np.abs(surfaces(run(each, 300).model)[-1].activation).max() for each in (model, penalised))
    assert cliff > 2 * hill
    assert float(kept.snapshots[-1].metrics.test_loss or 9) < test_losses[-1] / 3


def test_the_readme_names_every_preset() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text()
    assert [id_ for id_ in PRESETS if f"`{id_}`" not in readme] == []
