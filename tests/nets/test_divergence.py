"""What is said of a run whose numbers stopped being finite: which layer, which number, what to try."""

from dataclasses import replace

import numpy as np
import pytest

from nets.activations import ACTIVATIONS, Activation
from nets.backpropagation import loss_and_gradient
from nets.batches import batches_of_data
from nets.divergence import diagnose
from nets.document import parse, serialise
from nets.losses import LOSSES
from nets.model import Model, create, dataset
from nets.network import Layer, Layers, n_parameters, split, uniform_layers
from nets.stopping import Ending
from nets.training import Budget, train_slice
from tests.nets.models import model_of

SQUARE, SUM = Layer(1, ("square",)), Layer(1, ("identity",))


def said_of(model: Model, engine: str | None = None) -> Ending:
    result = train_slice(model, Budget(epochs=200), engine)
    assert result.ending is not None
    assert result.ending.kind == "diverged"
    assert "\n" not in result.ending.why
    return result.ending


def huge(layers: Layers, size: float = 1e29, name: str = "saddle") -> Model:
    model = model_of(layers, dataset(name), loss="mean_squared_error")
    return replace(model, parameters=np.full(n_parameters(layers), size))


def test_activations_are_told_with_the_nonlinearity_and_what_it_was_given() -> None:
    """1e29 · (x + y + 1) squared is about 1e58, times 1e29 and squared 1e174, times 1e29 and squared too large."""
    ending = said_of(huge((SQUARE, SQUARE, SQUARE)))
    assert ending.where == "layers[2]"
    assert ending.why.startswith("the activations of layer 3 overflowed: square of ")
    assert "the weights of layer 1 have exploded, up to 1e+29" in ending.why
    assert ending.why.endswith("instead of square a nonlinearity that grows more slowly")


def test_pre_activations_are_told_with_the_weights_and_what_they_multiply() -> None:
    ending = said_of(huge((SQUARE, SQUARE, SUM, SUM, SUM, SUM, SUM)))
    assert ending.where == "layers[6]"
    assert "the pre-activations of layer 7 overflowed: its weights go up to 1e+29" in ending.why


def test_a_nonlinearity_before_the_weights_is_told_too() -> None:
    layers = (SQUARE, SQUARE, Layer(1, ("identity",), pre="square"))
    ending = said_of(huge(layers, 1e30))
    assert ending.where == "layers[2]"
    assert ending.why.startswith("the inputs of layer 3 overflowed: square of ")


def test_what_is_undefined_is_not_said_to_have_overflowed(monkeypatch: pytest.MonkeyPatch) -> None:
    root = Activation("a_root", np.sqrt, lambda z, a, out: np.divide(0.5, a, out), "√z", "a nonlinearity with a hole")
    monkeypatch.setitem(ACTIVATIONS, "a_root", root)
    model = huge((Layer(1, ("a_root",)), SUM), 1.0)
    model = replace(model, parameters=np.array([0, 0, -0.25, 1, 0.0]))
    ending = said_of(model, "numpy")  # the other engine does not know it
    assert ending.where == "layers[0]"
    assert ending.why.startswith("the activations of layer 1 are undefined: a_root of -0.25; try a nonlinearity that")


def test_a_loss_is_told_with_the_outputs() -> None:
    ending = said_of(huge((SQUARE, SQUARE, SUM, SUM)))
    assert ending.where == "layers[3]"
    assert "the outputs grew to " in ending.why
    assert "so large that the loss overflowed" in ending.why


def test_a_step_is_told_with_its_learning_rate_and_the_layer_of_the_steepest_gradient() -> None:
    model = model_of(uniform_layers([3, 1], "relu"), dataset("saddle"), loss="mean_squared_error", optimizer="sgd")
    model = replace(model, training=replace(model.training, learning_rate=300.0))
    ending = said_of(model)
    assert ending.where == "training.learning_rate"
    assert "a step of learning rate 300 went out of range: the gradient of layer " in ending.why
    assert "try a learning rate of 30 from an earlier moment or with new weights" in ending.why


def test_the_layer_that_is_named_has_the_steepest_gradient_and_the_largest_weights_are_those_that_are_told() -> None:
    layers = uniform_layers([2, 2, 1], "identity")
    model = replace(create(dataset("saddle"), hidden=[2, 2], activation="identity"), layers=layers)
    parameters = np.ones(n_parameters(layers))
    split(layers, parameters)[1][0][...] = 4e3
    batch, _ = batches_of_data(model)
    _, gradient = loss_and_gradient(layers, parameters, *batch, LOSSES["mean_squared_error"])
    norms = [np.linalg.norm([*w.ravel(), *b]) for w, b in split(layers, gradient)]
    steepest = int(np.argmax(norms))
    ending = diagnose(replace(model, parameters=parameters), *batch, batch.points)
    assert f"the gradient of layer {steepest + 1} has norm {norms[steepest]:.2g};" in ending.why
    assert "the weights of layer 2 have exploded, up to 4e+03" in ending.why


def test_the_learning_rate_that_is_told_is_the_schedules_and_the_one_to_try_is_a_tenth_of_the_one_that_was_set() -> (
    None
):
    model = create(dataset("saddle"), hidden=[2])
    training = replace(model.training, learning_rate=8.0, schedule="exponential", schedule_epochs=10)
    model = replace(model, training=training, progress=replace(model.progress, epoch=20))
    batch, _ = batches_of_data(model)
    why = diagnose(model, *batch, batch.points).why
    assert "a step of learning rate 2 went" in why
    assert "try a learning rate of 0.8 or new weights" in why
    assert "exploded" not in why
    assert "instead of" not in why


def test_the_smallest_learning_rate_is_not_made_smaller() -> None:
    model = create(dataset("saddle"), hidden=[2])
    batch, _ = batches_of_data(model)
    smallest = replace(model, training=replace(model.training, learning_rate=1e-8))
    why = diagnose(smallest, *batch, batch.points).why
    assert why.endswith("; try other weights")


def test_the_last_snapshot_of_a_run_that_diverged_is_of_its_last_finite_epoch() -> None:
    """However few snapshots were asked for."""
    model = model_of(uniform_layers([3, 1], "tanh"), dataset("saddle"), loss="mean_squared_error", optimizer="sgd")
    model = replace(model, training=replace(model.training, learning_rate=30.0, batch_size=300))
    result = train_slice(model, Budget(snapshots=0))
    assert result.ending is not None
    assert result.ending.kind == "diverged"
    assert result.model.progress.epoch > 1
    assert [snapshot.epoch for snapshot in result.snapshots] == [result.model.progress.epoch]
    assert np.isfinite(result.snapshots[0].metrics.train_loss)


def test_a_tenth_of_the_learning_rate_is_advice_that_can_be_followed() -> None:
    model = create(dataset("saddle"), hidden=[2])
    for rate in (1e3, 1e-7):
        document = serialise(replace(model, training=replace(model.training, learning_rate=rate / 10)))
        assert parse(document).training.learning_rate == rate / 10


def test_where_line_searches_find_the_length_of_steps_no_learning_rate_is_advised() -> None:
    model = huge((SQUARE, SQUARE, SUM, SUM))
    why = said_of(replace(model, training=replace(model.training, optimizer="lbfgs"))).why
    assert "the loss overflowed; the weights of layer 1 have exploded, up to 1e+29; try other weights" in why
    assert "learning rate" not in why
