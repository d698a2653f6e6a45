"""Metrics: what the reference says by hand, and the compiled ones that say the same."""

from dataclasses import replace

import numpy as np
import pytest

from nets.activations import ACTIVATIONS
from nets.batches import Batch, batches_of_data
from nets.compiled_metrics import compiled_loss_and_accuracy
from nets.engine import ENGINES, gauge_of
from nets.losses import LOSSES
from nets.metrics import loss_and_accuracy
from nets.model import Model, create, dataset
from nets.network import Layer, Layers, uniform_layers
from tests.nets.models import MARKED, MIXED, model_of, spiral_model

XOR = dataset("xor", n=48, test=1 / 6)


def assert_measures_the_same(model: Model) -> None:
    for batch in batches_of_data(model):
        with np.errstate(all="ignore"):
            loss, accuracy = loss_and_accuracy(model, batch)(model.parameters)
        compiled_loss, compiled_accuracy = compiled_loss_and_accuracy(model, batch)(model.parameters)
        assert compiled_accuracy == accuracy
        np.testing.assert_allclose(compiled_loss, loss, rtol=1e-12)


def outputs_as_they_are(outputs: list[list[float]], classes: list[int]) -> tuple[Model, Batch]:
    """A network of one layer that answers these (classes, n) outputs at n ≤ 2 + 1 points, by its weights and biases."""
    columns = np.array(outputs)
    points = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])[:, : columns.shape[1]]
    biases = columns[:, 2] if columns.shape[1] == 3 else np.zeros(len(columns))
    weights = columns[:, :2] - biases[:, None]
    model = model_of((Layer(len(columns), ("identity",) * len(columns)),), dataset("gaussians", len(columns), n=20))
    targets = np.eye(len(columns))[classes].T
    return replace(model, parameters=np.concatenate([weights.ravel(), biases])), Batch(points, targets)


measurers = pytest.mark.parametrize("measures", [row.measures for row in ENGINES.values()], ids=ENGINES)


@measurers
def test_loss_and_accuracy_by_hand(measures) -> None:  # type: ignore[no-untyped-def]
    model, batch = outputs_as_they_are([[2.0, 0.0, 1.0], [0.0, 1.0, 3.0]], classes=[0, 0, 1])
    loss, accuracy = measures(model, batch)(model.parameters)
    assert accuracy == pytest.approx(2 / 3)
    expected = (np.log(1 + np.exp(-2)) + np.log(1 + np.exp(1)) + np.log(1 + np.exp(-2))) / 3
    assert loss == pytest.approx(expected, rel=1e-14)


@measurers
def test_of_equally_high_outputs_the_first_counts(measures) -> None:  # type: ignore[no-untyped-def]
    model, batch = outputs_as_they_are([[1.0, 1.0], [1.0, 1.0]], classes=[0, 1])
    assert measures(model, batch)(model.parameters)[1] == 0.5


@measurers
def test_no_class_is_right_where_an_output_is_undefined(measures) -> None:  # type: ignore[no-untyped-def]
    layers = (Layer(2, ("log", "identity")),)
    model = replace(model_of(layers, XOR), parameters=np.array([1.0, 0.0, 0.0, 0.0, 0.0, 5.0]))
    batch = Batch(np.array([[-1.0, 1.0], [0.0, 0.0]]), np.array([[0.0, 0.0], [1.0, 1.0]]))
    with np.errstate(all="ignore"):
        loss, accuracy = measures(model, batch)(model.parameters)
    assert accuracy == 0.5
    assert np.isnan(loss)


@measurers
def test_values_have_no_accuracy(measures) -> None:  # type: ignore[no-untyped-def]
    model = create(dataset("saddle", n=40))
    train, _ = batches_of_data(model)
    assert measures(model, train)(model.parameters)[1] is None


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_every_nonlinearity_is_measured_as_the_reference_does(name: str) -> None:
    assert_measures_the_same(model_of(uniform_layers([5, 4, 2], name), XOR))
    assert_measures_the_same(model_of((Layer(3, (name,) * 3, pre=name, skip=True), Layer(2, ("identity",) * 2)), XOR))


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("data", [XOR, dataset("saddle", n=40)], ids=lambda data: data.name)
def test_every_loss_is_measured_as_the_reference_does(loss: str, data) -> None:  # type: ignore[no-untyped-def]
    is_classification = bool(data.classes)
    if ("classification" if is_classification else "regression") in LOSSES[loss].tasks:
        assert_measures_the_same(model_of(uniform_layers([4, data.classes or 1], "tanh"), data, loss=loss))


@pytest.mark.parametrize("layers", [MIXED, MARKED], ids=["mixed", "marked"])
def test_every_kind_of_layer_is_measured_as_the_reference_does(layers: Layers) -> None:
    assert_measures_the_same(model_of(layers, XOR))


@pytest.mark.parametrize("n", [10, 84, 85, 86, 700, 4000])
def test_any_number_of_points_is_measured_as_the_reference_does(n: int) -> None:
    """A strip has 64 of them, and three quarters of the points are measured together."""
    assert_measures_the_same(create(dataset("spiral", n=n), hidden=[4]))


def test_scores_too_large_for_exp_are_measured_as_the_reference_does() -> None:
    model = spiral_model()
    assert_measures_the_same(replace(model, parameters=1e4 * model.parameters))


def test_the_engine_that_takes_the_steps_measures_them() -> None:
    model = spiral_model()
    train, test = batches_of_data(model)
    by_hand = [ENGINES[name].measures(model, train)(model.parameters)[0] for name in ENGINES]
    chosen = [gauge_of(model, train, test, name)(model.parameters).train_loss for name in ENGINES]
    assert chosen == by_hand


def test_without_test_points_there_are_no_metrics_of_them() -> None:
    model = create(dataset("xor", n=40, test=0.0))
    measured = gauge_of(model, *batches_of_data(model))(model.parameters)
    assert (measured.test_loss, measured.test_accuracy) == (None, None)
