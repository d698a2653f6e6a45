"""Training that cannot go on because something is undefined says what, in which layer and how often."""

from dataclasses import replace

import numpy as np
import pytest

from nets.datasets import DataSpec
from nets.domains import find_gap
from nets.model import Model, create, dataset
from nets.network import Layer, Layers, uniform_layers
from nets.training import Budget, evaluate, train_slice
from tests.nets.models import model_of, spiral_model

OUTPUT = Layer(2, ("identity",) * 2)
AT = np.array([[-1.0, -0.5, 0.0, 0.5], [0.3, 0.3, 0.3, 0.3]])  # two points to the left of 0, one on it


def gap(layers: Layers, parameters: list[float]) -> tuple[str, str] | None:
    found = find_gap(layers, np.array(parameters), AT)
    return found and (found.where, found.why.split(";")[0])


def test_a_nonlinearity_without_a_value_is_named_with_its_layer_and_the_number_of_points() -> None:
    layers = (Layer(1, ("sqrt",)), OUTPUT)
    assert gap(layers, [1, 0, 0, *[1] * 4]) == ("layers[0]", "layer 1's sqrt is undefined at 2 of the 4 points")


def test_a_value_of_minus_infinity_counts_as_undefined() -> None:
    layers = (Layer(1, ("log",)), OUTPUT)
    assert gap(layers, [1, 0, 0, *[1] * 4]) == ("layers[0]", "layer 1's log is undefined at 3 of the 4 points")


def test_what_follows_from_an_undefined_layer_is_not_blamed_for_it() -> None:
    layers = (Layer(1, ("tanh",)), Layer(2, ("relu", "sqrt"), pre="log"), Layer(2, ("log",) * 2))
    where, why = gap(layers, [1, 0, 0, *[1] * 4, *[1] * 6]) or ("", "")
    assert where == "layers[1]"
    assert why == "the log before the weights of layer 2 is undefined at 3 of the 4 points"


def test_of_several_neurons_the_one_that_is_undefined_is_named() -> None:
    layers = (Layer(2, ("exp", "log")), OUTPUT)
    where, why = gap(layers, [1, 0, 1, 0, 0, 0, *[1] * 6]) or ("", "")
    assert (where, why) == ("layers[0]", "layer 1's log is undefined at 3 of the 4 points")


def test_a_slope_that_is_infinite_is_told_from_a_value_that_is_undefined() -> None:
    """relu is 0 at three of the points; √0 is 0, and its slope is not finite."""
    layers = (Layer(1, ("relu",)), Layer(1, ("sqrt",)), OUTPUT)
    assert gap(layers, [1, 0, 0, 1, 0, *[1] * 4]) == (
        "layers[1]",
        "layer 2's sqrt has no finite slope at 3 of the 4 points",
    )


@pytest.mark.parametrize("layers", [uniform_layers([2, 2], "tanh"), (Layer(2, ("exp",) * 2), OUTPUT)])
def test_a_network_that_is_defined_everywhere_has_no_gap_even_where_it_overflows(layers: Layers) -> None:
    assert gap(layers, [1e30] * 12) is None
    assert gap(layers, [-1.0] * 12) is None


def with_log(model: Model) -> Model:
    hidden, outputs = model.layers
    return replace(model, layers=(replace(hidden, activation=("log",) * hidden.width), outputs))


@pytest.mark.parametrize("batch_size", [1, 12])
def test_a_run_that_meets_an_undefined_value_ends_where_it_is_and_says_how_many_training_points_it_concerns(
    batch_size: int,
) -> None:
    model = with_log(spiral_model(batch_size=batch_size))
    result = train_slice(model, Budget(epochs=1))
    assert result.ending is not None
    assert result.ending.where == "layers[0]"
    assert result.ending.why.startswith("layer 1's log is undefined at ")
    assert "of the 40 training points" in result.ending.why
    assert result.model.progress.epoch == 0


def test_a_run_inside_the_domain_goes_on() -> None:
    model = with_log(spiral_model(learning_rate=1e-4))
    parameters = np.abs(model.parameters)
    parameters[8:12] = 5
    assert train_slice(replace(model, parameters=parameters), Budget(epochs=3)).ending is None


def test_where_a_score_is_undefined_no_class_is_the_highest() -> None:
    """Class 0 scores log x, class 1 scores 0: of the points (0.5, ·) and (−0.5, ·) of class 1 the first is right."""
    data = DataSpec(None, 2, 0.0, 2, 1, 0.0, ((0.5, 0.0), (-0.5, 0.0)), (1.0, 1.0))
    layers = (Layer(2, ("log", "identity")),)
    model = replace(model_of(layers, data), parameters=np.array([1.0, 0, 0, 0, 0, 0]))
    with np.errstate(invalid="ignore"):
        metrics = evaluate(model)
    assert metrics.train_accuracy == 0.5
    assert np.isnan(metrics.train_loss)


def test_the_loss_of_regression_is_undefined_where_the_answer_is() -> None:
    model = create(dataset("saddle", n=20), hidden=[])
    model = replace(model, layers=(Layer(1, ("sqrt",)),))
    assert np.isnan(evaluate(model).train_loss)
