"""What is said of gradients that vanish or explode and of neurons that let none through; nothing where all is well."""

from dataclasses import replace

import numpy as np
import pytest

from app.presets import PRESETS, model_of
from nets import Budget, Model, create, dataset, measure, train_slice
from nets.health import EXPLODING, Finding, findings
from nets.network import Layer, split
from tests.nets.models import model_of as random_model

UNTROUBLED = ("peaks", "spiral", "sine", "over-fitting", "l2")


def found(model: Model) -> tuple[Finding, ...]:
    return findings(model, measure(model))


def trained(name: str, epochs: int) -> Model:
    return train_slice(model_of(name), Budget(epochs=epochs)).model if epochs else model_of(name)


@pytest.mark.parametrize("epochs", [0, 20, 200])
@pytest.mark.parametrize("name", UNTROUBLED)
def test_nothing_is_said_where_all_is_well(name: str, epochs: int) -> None:
    assert found(trained(name, epochs)) == ()


TROUBLE = {
    "vanishing": ("layers[0]", "the gradient of layer 1 has norm", "it vanishes; sigmoid flattens it at every layer"),
    "zeros": ("layers[0]", "the gradient of layer 1 is 0, that of layer 3 is 0.0", "all weights of layer 2 are 0"),
    "dead-relus": ("layers[0]", "5 of 8 neurons of layer 1 are dead", "raise their biases, or try leaky_relu"),
    "saturated": ("layers[0]", "8 of 8 neurons of layer 1 are saturated", "try smaller weights"),
}


@pytest.mark.parametrize("epochs", [0, 20, 200])
@pytest.mark.parametrize("name", TROUBLE)
def test_a_preset_of_trouble_reports_what_it_is_there_to_show_and_nothing_else(name: str, epochs: int) -> None:
    assert name in PRESETS
    where, beginning, remedy = TROUBLE[name]
    [(path, why)] = found(trained(name, epochs))
    assert path == where
    assert why.startswith(beginning)
    assert remedy in why


def test_a_vanishing_gradient_comes_with_the_numbers_that_were_measured() -> None:
    model = model_of("vanishing")
    norms = [layer.gradient_norm for layer in measure(model).layers]
    [(_, why)] = found(model)
    assert f"has norm {norms[0]:.2g}, {norms[0] / norms[-1]:.2g} of layer 6's {norms[-1]:.2g}:" in why


def test_a_gradient_that_explodes_is_told_with_its_norm_and_that_of_the_weights() -> None:
    model = create(dataset("saddle", n=40), hidden=[3, 3], activation="square")
    large = replace(model, parameters=6 * model.parameters)
    norms = [layer.gradient_norm for layer in measure(large).layers]
    index = norms.index(max(norms))
    assert max(norms) > EXPLODING
    own = np.sqrt(sum((part**2).sum() for part in split(large.layers, large.parameters)[index]))
    [(where, why)] = found(large)
    assert where == f"layers[{index}]"
    assert why == (
        f"the gradient of layer {index + 1} has norm {max(norms):.2g}, "
        f"while its weights and biases have norm {own:.2g}: it explodes; "
        "try a learning rate of 0.001 with smaller weights, or values in larger units"
    )


def test_where_line_searches_find_the_length_of_steps_no_learning_rate_is_advised() -> None:
    model = create(dataset("saddle", n=40), hidden=[3, 3], activation="square")
    large = replace(model, parameters=6 * model.parameters, training=replace(model.training, optimizer="lbfgs"))
    [(_, why)] = found(large)
    assert why.endswith("it explodes; try smaller weights, or values in larger units")


def test_a_gradient_that_overflowed_is_said_to_have_exploded() -> None:
    model = create(dataset("saddle", n=40), hidden=[3], activation="square")
    (_, why), *_ = found(replace(model, parameters=1e62 * model.parameters))
    assert why.startswith("the gradient of layer ")
    assert " overflowed, while its weights" in why
    assert "it explodes" in why


def test_a_gradient_of_infinite_scores_is_said_to_be_undefined() -> None:
    model = create(dataset("spiral"), hidden=[3], activation="square")
    (where, why), *_ = found(replace(model, parameters=1e200 * model.parameters))
    assert where == "layers[1]"
    assert why.startswith("the gradient of layer 2 is undefined: numbers overflowed; try a learning rate of 0.001")


def test_where_the_network_is_undefined_that_is_said_with_the_layer() -> None:
    model = create(dataset("moons"), hidden=[3], activation="log")
    [(where, why)] = found(model)
    assert where == "layers[0]"
    assert "log is undefined at" in why


def test_at_a_minimum_small_gradients_are_not_called_vanishing() -> None:
    data = replace(dataset("plane"), name=None, n=3, points=((0.0, 0.0), (1.0, 0.0), (0.0, 1.0)), targets=(0.0,) * 3)
    model = create(data, hidden=[2, 2])
    flat = model.parameters.copy()
    for index, (weights, biases) in enumerate(split(model.layers, flat)):
        np.multiply(weights, 1e-5 if index else 1, out=weights)
        biases[...] = 0
    assert found(replace(model, parameters=flat)) == ()


def test_a_layer_that_is_frozen_does_not_count_as_one_whose_gradient_vanishes() -> None:
    model = create(dataset("spiral", 3), hidden=[4, 4])
    frozen = replace(model, layers=(replace(model.layers[0], frozen=(0, 1, 2, 3)), *model.layers[1:]))
    assert measure(frozen).layers[0].gradient_norm == 0
    assert found(frozen) == ()


def test_a_layer_through_which_nothing_passes_is_named_as_the_reason() -> None:
    layers = (Layer(3, ("tanh",) * 3), Layer(2, ("step",) * 2), Layer(2, ("identity",) * 2))
    first, second = found(random_model(layers, dataset("xor")))
    assert first.where == "layers[0]"
    assert first.why.endswith("all neurons of layer 2 are dead or switched off")
    assert second == Finding(
        "layers[1]",
        "2 of 2 neurons of layer 2 are dead: at every training point the slope is 0, and no gradient passes; "
        "step is flat everywhere, so try sigmoid",
    )


def test_one_dead_neuron_is_one_and_each_nonlinearity_has_its_own_remedy() -> None:
    layers = (Layer(4, ("tanh", "relu", "square", "tanh")), Layer(2, ("identity",) * 2))
    model = random_model(layers, dataset("xor"))
    parameters = model.parameters.copy()
    weights, biases = split(layers, parameters)[0]
    weights[1:3] = 0
    biases[1:3] = (-1, 0)
    [(_, why)] = found(replace(model, parameters=parameters))
    assert why.startswith("2 of 4 neurons of layer 1 are dead")
    assert why.endswith("raise their biases, or try leaky_relu; try weights other than 0")
    biases[2] = 1
    [(_, why)] = found(replace(model, parameters=parameters))
    assert why.startswith("1 of 4 neurons of layer 1 is dead")


def test_outputs_that_are_sure_of_themselves_are_not_reported_as_saturated() -> None:
    layers = (Layer(2, ("identity",) * 2), Layer(2, ("tanh",) * 2))
    model = random_model(layers, dataset("xor"))
    sure = replace(model, parameters=100 * model.parameters)
    assert measure(sure).layers[-1].saturated == (0, 1)
    assert not any("saturated" in why for _, why in found(sure))
