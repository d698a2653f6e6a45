"""Another shape keeps every weight that still means the same, and draws the others as the model would have."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from nets import reshape
from nets.initializers import INITIALIZERS
from nets.model import Initial, Model, create, dataset
from nets.network import Layer, n_parameters, split, uniform_layers
from nets.reshape import insert_layer, move_layer, remove_layer, remove_neuron, resize_layer, set_skip
from nets.training import Budget, train_slice
from tests.nets import plain_python
from tests.nets.models import MIXED, bits, model_of

POINTS = [(-0.9, 0.4), (0.1, -0.7), (0.6, 0.8)]
PLAIN = model_of(uniform_layers([4, 3, 5, 2], "tanh"), dataset("xor", n=48), seed=1)
SKIPPING = model_of(MIXED, dataset("xor", n=48), seed=2)

models = pytest.mark.parametrize("model", [PLAIN, SKIPPING], ids=["plain", "skip and pre"])


def silent(model: Model) -> Model:
    """The model with an initialiser whose new weights contribute nothing."""
    return replace(model, initial=Initial("zeros"))


def landscapes(model: Model, layer: int) -> list[tuple[float, ...]]:
    """Every neuron's value at the points, summed in one order whatever the shape is."""
    at_points = [
        plain_python.forward(model.layers, model.parameters.tolist(), *point)[layer].activation for point in POINTS
    ]
    return list(zip(*at_points, strict=True))


def weights(model: Model, layer: int) -> np.ndarray:
    return split(model.layers, model.parameters)[layer][0]


def biases(model: Model, layer: int) -> np.ndarray:
    return split(model.layers, model.parameters)[layer][1]


RESHAPES: dict[str, Callable[[Model], Model]] = {
    "wider": lambda model: resize_layer(model, 1, 5),
    "narrower": lambda model: resize_layer(model, 0, 2),
    "without a neuron": lambda model: remove_neuron(model, 1, 1),
    "with another layer": lambda model: insert_layer(model, 1, Layer(3, ("relu",) * 3)),
    "without a layer": lambda model: remove_layer(model, 1),
    "with a layer moved": lambda model: move_layer(model, 1, 0),
    "with or without skip": lambda model: set_skip(model, 1, not model.layers[1].skip),
}
every_reshape = pytest.mark.parametrize("change", RESHAPES.values(), ids=RESHAPES)


@models
@every_reshape
def test_a_reshaped_model_has_as_many_parameters_as_its_layers_need_and_can_be_trained(
    change: Callable[[Model], Model], model: Model
) -> None:
    after = change(model)
    assert after.parameters.size == n_parameters(after.layers)
    assert np.isfinite(after.parameters).all()
    assert train_slice(after, Budget(steps=2)).ending is None


@models
@every_reshape
def test_the_epoch_stays_the_optimiser_starts_afresh_and_nothing_else_changes(
    change: Callable[[Model], Model], model: Model
) -> None:
    trained = train_slice(model, Budget(steps=4)).model
    before = bits(trained)
    after = change(trained)
    assert trained.progress.epoch == after.progress.epoch > 0
    assert (after.progress.batch, after.progress.state.size) == (0, 0)
    back = replace(after, layers=trained.layers, parameters=trained.parameters, progress=trained.progress)
    assert bits(back) == bits(trained) == before


@models
@every_reshape
def test_the_same_model_gets_the_same_new_weights(change: Callable[[Model], Model], model: Model) -> None:
    assert bits(change(model)) == bits(change(model))


# Width.


@models
@pytest.mark.parametrize("layer", [0, 1])
@pytest.mark.parametrize("more", [1, 4])
def test_widening_and_narrowing_by_the_same_neurons_gives_the_same_bits(model: Model, layer: int, more: int) -> None:
    width = model.layers[layer].width
    assert bits(resize_layer(resize_layer(model, layer, width + more), layer, width)) == bits(model)


@models
def test_the_same_width_is_no_change_at_all(model: Model) -> None:
    assert resize_layer(model, 0, model.layers[0].width) is model


@models
@pytest.mark.parametrize("width", [1, 2, 3, 6])
def test_the_landscapes_of_a_layers_other_neurons_and_of_all_layers_before_keep_their_bits(
    model: Model, width: int
) -> None:
    after = resize_layer(model, 1, width)
    assert landscapes(after, 0) == landscapes(model, 0)
    kept = min(width, model.layers[1].width)
    assert landscapes(after, 1)[:kept] == landscapes(model, 1)[:kept]


@models
def test_a_neuron_whose_outgoing_weights_are_zero_changes_nothing_downstream(model: Model) -> None:
    after = resize_layer(silent(model), 1, 6)
    assert not weights(after, 1)[model.layers[1].width :].any()
    for layer in range(2, len(model.layers)):
        assert landscapes(after, layer) == landscapes(model, layer)


def test_removing_a_neuron_is_setting_its_outgoing_weights_to_zero() -> None:
    """Of layers with nothing before their weights: 0 · a is 0, and what is left is the same sum."""
    muted = replace(PLAIN, parameters=PLAIN.parameters.copy())
    weights(muted, 2)[:, 1] = 0
    after = remove_neuron(PLAIN, 1, 1)
    for layer in (2, 3):
        assert landscapes(after, layer) == landscapes(muted, layer)


@models
def test_a_removed_neuron_takes_its_row_and_its_column_with_it_and_nothing_else(model: Model) -> None:
    after = remove_neuron(model, 1, 1)
    np.testing.assert_array_equal(weights(after, 1), np.delete(weights(model, 1), 1, axis=0))
    np.testing.assert_array_equal(biases(after, 1), np.delete(biases(model, 1), 1))
    np.testing.assert_array_equal(weights(after, 2), np.delete(weights(model, 2), 1, axis=1))
    np.testing.assert_array_equal(biases(after, 2), biases(model, 2))
    np.testing.assert_array_equal(weights(after, 0), weights(model, 0))
    assert after.layers[1].activation == tuple(np.delete(model.layers[1].activation, 1))


@models
def test_removing_the_last_neuron_is_narrowing(model: Model) -> None:
    assert bits(remove_neuron(model, 1, 2)) == bits(resize_layer(model, 1, 2))


def test_the_columns_of_the_two_inputs_stay_the_last_when_the_layer_before_is_resized() -> None:
    after = resize_layer(SKIPPING, 0, 5)
    np.testing.assert_array_equal(weights(after, 1)[:, -2:], weights(SKIPPING, 1)[:, -2:])
    np.testing.assert_array_equal(weights(after, 1)[:, :3], weights(SKIPPING, 1)[:, :3])


def test_added_neurons_have_the_nonlinearity_of_the_last_and_a_bias_of_zero() -> None:
    after = resize_layer(SKIPPING, 0, 5)
    assert after.layers[0].activation == ("tanh", "relu", "sin", "sin", "sin")
    assert biases(after, 0)[3:].tolist() == [0, 0]


def test_a_neuron_added_after_one_in_the_middle_was_removed_is_no_twin() -> None:
    model = resize_layer(PLAIN, 0, 5)
    again = resize_layer(remove_neuron(model, 0, 2), 0, 5)
    rows = weights(again, 0)
    assert len(np.unique(rows.round(9), axis=0)) == 5


# What is drawn.


DEVIATIONS = {  # of the weights of 32 inputs for 32 neurons
    "uniform": 3**-0.5,
    "glorot": 32**-0.5,
    "he": 16**-0.5,
    "lecun": 32**-0.5,
    "orthogonal": 32**-0.5,
    "sparse": (6 / 32) ** 0.5,
    "zeros": 0.0,
}


@pytest.mark.parametrize("gain", [0.01, 1, 10])
@pytest.mark.parametrize("initializer", INITIALIZERS)
def test_new_weights_are_drawn_by_the_models_own_initialiser_with_its_gain(initializer: str, gain: float) -> None:
    """2,048 numbers: their standard deviation is within a tenth of the formula's."""
    base = create(dataset("xor"), hidden=[32], initial=Initial(initializer, 1, gain))
    after = insert_layer(insert_layer(base, 1, Layer(32, ("tanh",) * 32)), 2, Layer(32, ("tanh",) * 32))
    drawn = np.concatenate([weights(after, 1).ravel(), weights(after, 2).ravel()])
    deviation = DEVIATIONS[initializer]
    assert drawn.std() == pytest.approx(gain * deviation, rel=0.1)


def test_the_bias_of_an_added_neuron_is_drawn_like_the_first_ones_and_the_others_stay() -> None:
    model = create(dataset("xor"), hidden=[3, 3], initial=Initial("he", 1, 10, 0.5))
    for after, index in ((resize_layer(model, 0, 32), 0), (insert_layer(model, 1, Layer(32, ("tanh",) * 32)), 1)):
        kept = 3 if index == 0 else 0
        drawn = biases(after, index)[kept:]
        assert np.abs(drawn).max() <= 0.5
        assert drawn.std() == pytest.approx(0.5 / 3**0.5, rel=0.3)
        np.testing.assert_array_equal(biases(after, 0)[:3], biases(model, 0))
        for old in (1, 2):
            np.testing.assert_array_equal(biases(after, old + index), biases(model, old))


def test_added_weights_do_not_depend_on_the_biases_that_are_drawn() -> None:
    initials = (Initial("sparse", 3), Initial("sparse", 3, bias=0.5))
    grown = [resize_layer(replace(PLAIN, initial=initial), 0, 6) for initial in initials]
    np.testing.assert_array_equal(*(weights(model, 0) for model in grown))
    assert biases(grown[0], 0)[-1] == 0 != biases(grown[1], 0)[-1]


def test_another_seed_draws_other_weights_for_the_same_neuron() -> None:
    seeds = [resize_layer(replace(PLAIN, initial=Initial(seed=seed)), 0, 5) for seed in (1, 2)]
    assert not np.any(weights(seeds[0], 0)[4] == weights(seeds[1], 0)[4])


# Layers.


@models
@pytest.mark.parametrize("place", [0, 1, 2])
def test_an_inserted_layer_leaves_every_layer_but_the_next_as_it_is(model: Model, place: int) -> None:
    after = insert_layer(model, place, Layer(3, ("relu",) * 3))
    assert after.layers == (*model.layers[:place], Layer(3, ("relu",) * 3), *model.layers[place:])
    for old in range(len(model.layers)):
        new = old + (old >= place)
        np.testing.assert_array_equal(biases(after, new), biases(model, old))
        if old != place:
            np.testing.assert_array_equal(weights(after, new), weights(model, old))


@models
def test_a_removed_layer_leaves_every_layer_but_the_next_as_it_is(model: Model) -> None:
    after = remove_layer(model, 0)
    assert after.layers == model.layers[1:]
    for new in range(len(after.layers)):
        np.testing.assert_array_equal(biases(after, new), biases(model, new + 1))
        if new:
            np.testing.assert_array_equal(weights(after, new), weights(model, new + 1))


def test_a_layer_with_skip_keeps_its_weights_of_the_two_inputs_whatever_comes_before_it() -> None:
    after = insert_layer(SKIPPING, 1, Layer(4, ("tanh",) * 4))
    np.testing.assert_array_equal(weights(after, 2)[:, 4:], weights(SKIPPING, 1)[:, 3:])
    alone = remove_layer(SKIPPING, 0)
    np.testing.assert_array_equal(weights(alone, 0)[:, 2:], weights(SKIPPING, 1)[:, 3:])


def test_layers_of_two_neurons_are_composed_in_the_other_order_when_one_is_moved() -> None:
    """Linear layers A, B and C of the plane: C(B(A p)) becomes C(A(B p))."""
    model = model_of(uniform_layers([2, 2, 2], "identity"), dataset("xor", n=48), seed=3)
    (a, _), (b, _), (c, _) = split(model.layers, model.parameters)
    for _, bias in split(model.layers, model.parameters):
        bias[:] = 0
    moved = move_layer(model, 1, 0)
    np.testing.assert_allclose(np.array(landscapes(moved, 2)), c @ a @ b @ np.array(POINTS).T, rtol=1e-12)
    assert bits(moved) == bits(move_layer(model, 0, 1))
    assert bits(move_layer(moved, 0, 1)) == bits(model)


def test_a_moved_layer_takes_its_nonlinearities_and_biases_along_and_what_does_not_fit_is_drawn() -> None:
    """Widths 4, 3, 5: the layer of 5, after 3 neurons until now, comes after 4; the outputs come after 3, not 5."""
    layers = tuple(
        replace(layer, pre=pre) for layer, pre in zip(PLAIN.layers, ("abs", "sin", "tanh", "relu"), strict=True)
    )
    model = replace(PLAIN, layers=layers)
    moved = move_layer(model, 1, 2)
    assert moved.layers == (layers[0], layers[2], layers[1], layers[3])
    np.testing.assert_array_equal(weights(moved, 0), weights(model, 0))
    for new, old in ((1, 2), (2, 1), (3, 3)):
        np.testing.assert_array_equal(biases(moved, new), biases(model, old))
        assert not np.isin(weights(moved, new), model.parameters).any()


# Skip.


@models
def test_skip_adds_two_columns_and_taking_it_away_gives_the_same_bits(model: Model) -> None:
    plain = set_skip(model, 1, False)
    skipping = set_skip(plain, 1, True)
    assert weights(skipping, 1).shape[1] == weights(plain, 1).shape[1] + 2
    assert bits(set_skip(skipping, 1, False)) == bits(plain)
    assert set_skip(skipping, 1, True) is skipping


def test_skip_with_weights_of_zero_is_the_same_network() -> None:
    after = set_skip(silent(PLAIN), 2, True)
    for layer in range(4):
        assert landscapes(after, layer) == landscapes(PLAIN, layer)


# Lists of neurons.


@dataclass(frozen=True)
class Marked(Layer):
    """A layer some of whose neurons are listed by index."""

    listed: tuple[int, ...] = ()


@pytest.mark.parametrize(
    ("change", "listed"),
    [
        (lambda model: remove_neuron(model, 0, 0), (0, 2)),
        (lambda model: remove_neuron(model, 0, 1), (2,)),
        (lambda model: remove_neuron(model, 0, 3), (1,)),
        (lambda model: resize_layer(model, 0, 2), (1,)),
        (lambda model: resize_layer(model, 0, 9), (1, 3)),
        (lambda model: set_skip(model, 0, True), (1, 3)),
        (lambda model: insert_layer(model, 1, Layer(2, ("tanh",) * 2)), (1, 3)),
    ],
)
def test_a_list_of_neurons_goes_on_meaning_the_same_neurons(
    change: Callable[[Model], Model], listed: tuple[int, ...], monkeypatch: Any
) -> None:
    monkeypatch.setattr(reshape, "NEURON_LISTS", ("listed",))
    layers = (Marked(4, ("tanh",) * 4, listed=(1, 3)), Layer(2, ("identity",) * 2))
    after = change(model_of(layers, dataset("xor"))).layers[0]
    assert isinstance(after, Marked)
    assert after.listed == listed


# What cannot be done.


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda model: remove_layer(model, 3), "the output layer cannot be removed"),
        (lambda model: move_layer(model, 3, 2), "the output layer cannot be moved"),
        (lambda model: move_layer(model, 2, 3), "layer 3 cannot be moved any further"),
        (lambda model: move_layer(model, 0, -1), "layer 1 cannot be moved any further"),
        (lambda model: remove_neuron(resize_layer(model, 0, 1), 0, 0), "a layer has at least one neuron"),
    ],
)
def test_what_cannot_be_done_is_said(change: Callable[[Model], Model], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        change(PLAIN)
