"""Edits: what each control does to a model, what it leaves alone, and what it refuses."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.change import Change
from app.edits import EDITS, apply
from nets import ACTIVATIONS, DATASETS, INITIALIZERS, LOSSES, OPTIMIZERS, Budget, Model, create, dataset, train_slice
from nets.datasets import DataSpec, by_formula
from nets.document import parse, serialise
from nets.fields import DocumentError
from nets.inputs import UNIT_SQUARE, Inputs
from nets.limits import LARGEST_SEED, LIMITS
from nets.model import Initial
from nets.network import Layer, n_parameters, split
from nets.optimizers import HYPERPARAMETERS as NUMBERS
from nets.optimizers import applicable
from nets.stopping import Best, Stop
from tests.nets.models import MIXED, bits, model_of, spiral_model

OWN_POINTS = DataSpec(None, 4, 0.0, 2, 1, 0.25, ((0.0, 0.5), (0.5, 0.0), (0.5, 0.5), (0.0, 0.0)), (0.0, 1.0, 1.0, 0.0))


def trained(model: Model) -> Model:
    """The model after one epoch and a batch or two, so that there is something to lose."""
    return train_slice(model, Budget(steps=6)).model


MODELS = {
    "classes": trained(spiral_model()),
    "values": trained(create(dataset("saddle", n=48), hidden=[3])),
    "own points": trained(create(OWN_POINTS, hidden=[2, 2])),
    "named classes": trained(
        replace(
            create(replace(OWN_POINTS, labels=("setosa", "é")), hidden=[3]),
            domain=((0.0, 200.0), (0.0, 1e-3)),
            inputs=Inputs((100.0, 5e-4), (100.0, 5e-4)),
        )
    ),
    "by formula": trained(create(by_formula("class = floor(2*x + 2)", n=48), hidden=[3])),
    "mixed neurons": trained(model_of(MIXED, dataset("xor", n=48), optimizer="momentum", l1=0.01)),
    "no hidden layer": create(dataset("xor", n=48), hidden=[]),
}
MODEL = MODELS["classes"]

models = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def edited(model: Model, control: str, value: Any = None, **place: int) -> Model:
    """The model after a change, as the page gets it."""
    return parse(serialise(apply(model, Change(control, value, **place))))


def refusal(edit: Callable[[], Model]) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        edit()
    return caught.value


def assert_weights_and_epochs_are_kept(before: Model, after: Model) -> None:
    assert after.parameters.tobytes() == before.parameters.tobytes()
    assert after.progress.epoch == before.progress.epoch
    assert after.initial == before.initial


# What the changes below have in common: (control, value, what it must have changed)
HYPERPARAMETERS: list[tuple[str, Any, Callable[[Model], Any], Any]] = [
    ("learning-rate", "0.3", lambda model: model.training.learning_rate, 0.3),
    ("learning-rate", 1, lambda model: model.training.learning_rate, 1.0),
    ("batch-size", "8", lambda model: model.training.batch_size, 8),
    ("batch-size", 4000, lambda model: model.training.batch_size, 4000),
    ("loss", "mean_squared_error", lambda model: model.training.loss, "mean_squared_error"),
    ("l1", "0.001", lambda model: model.training.l1, 0.001),
    ("l2", "0.1", lambda model: model.training.l2, 0.1),
    ("training-seed", 7, lambda model: model.training.seed, 7),
    ("hyperparameter-beta1", 0.8, lambda model: model.training.hyperparameters, {"beta1": 0.8}),
    ("schedule", "cosine", lambda model: model.training.schedule, "cosine"),
    ("schedule-epochs", 50, lambda model: model.training.schedule_epochs, 50),
    ("input-noise", 0.05, lambda model: model.training.input_noise, 0.05),
    ("weight-noise", 0.05, lambda model: model.training.weight_noise, 0.05),
    ("dropout", 0.2, lambda model: model.training.dropout, 0.2),
    ("dropout-kind", "variational", lambda model: model.training.dropout_kind, "variational"),
    ("stop-epoch", 300, lambda model: model.training.stop, Stop(epoch=300)),
    ("stop-loss", "0.05", lambda model: model.training.stop, Stop(loss=0.05)),
    ("stop-accuracy", 0.95, lambda model: model.training.stop, Stop(accuracy=0.95)),
    ("stop-plateau", 20, lambda model: model.training.stop, Stop(plateau=20)),
    ("neuron-frozen", True, lambda model: model.layers[0].frozen, (0,)),
    ("neuron-off", True, lambda model: model.layers[0].off, (0,)),
    ("layer-frozen", True, lambda model: model.layers[0].frozen, (0, 1, 2, 3)),
    ("noise", 0.25, lambda model: model.data.noise, 0.25),
    ("points", 300, lambda model: model.data.n, 300),
    ("points", "20", lambda model: model.data.n, 20),
    ("data-seed", 9, lambda model: model.data.seed, 9),
    ("balance", 0.3, lambda model: model.data.balance, 0.3),
    ("test-share", 0.5, lambda model: model.data.test, 0.5),
    ("new-points", None, lambda model: model.data.seed, 2),
    ("dataset", "circles", lambda model: model.data.name, "circles"),
    ("layer-activation", "relu", lambda model: model.layers[0].activation, ("relu",) * 4),
    ("neuron-activation", "sin", lambda model: model.layers[0].activation, ("sin", "tanh", "tanh", "tanh")),
]


@pytest.mark.parametrize(("control", "value", "read", "wanted"), HYPERPARAMETERS)
def test_what_does_not_change_the_shape_keeps_weights_epochs_and_the_optimisers_state(
    control: str, value: Any, read: Callable[[Model], Any], wanted: Any
) -> None:
    after = edited(MODEL, control, value)
    assert read(after) == wanted != read(MODEL)
    assert_weights_and_epochs_are_kept(MODEL, after)
    assert after.progress.state.tobytes() == MODEL.progress.state.tobytes()


@pytest.mark.parametrize(("control", "value", "read", "wanted"), HYPERPARAMETERS)
def test_a_change_changes_nothing_else(control: str, value: Any, read: Callable[[Model], Any], wanted: Any) -> None:
    """Whatever a change sets, setting it back gives the model back; training may only begin its epoch again."""
    after = edited(MODEL, control, value)
    parts = ("layers", "data", "training", "initial", "domain", "inputs")
    assert sum(getattr(after, part) != getattr(MODEL, part) for part in parts) == 1
    back = replace(after, layers=MODEL.layers, data=MODEL.data, training=MODEL.training)
    back = replace(back, progress=replace(back.progress, batch=MODEL.progress.batch))
    assert bits(back) == bits(MODEL)


@models
@pytest.mark.parametrize("control", ["learning-rate", "batch-size", "l1", "l2", "training-seed"])
def test_training_can_be_changed_whatever_the_model(model: Model, control: str) -> None:
    assert_weights_and_epochs_are_kept(model, edited(model, control, "1"))


@models
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_another_optimiser_starts_afresh_where_the_weights_are_and_the_same_goes_on(
    model: Model, optimizer: str
) -> None:
    after = edited(model, "optimizer", optimizer)
    assert_weights_and_epochs_are_kept(model, after)
    kept = applicable(optimizer, model.training.hyperparameters)
    assert after.training == replace(model.training, optimizer=optimizer, hyperparameters=kept)
    if optimizer == model.training.optimizer:
        assert after.progress.state.tobytes() == model.progress.state.tobytes()
    else:
        assert after.progress.state.size == 0
    assert train_slice(after, Budget(steps=1)).ending is None


def test_another_optimiser_keeps_the_numbers_that_it_has_too_and_drops_the_others() -> None:
    model = edited(edited(MODEL, "optimizer", "rmsprop"), "hyperparameter-decay", 0.5)
    model = edited(model, "hyperparameter-epsilon", 1e-6)
    assert edited(model, "optimizer", "adam").training.hyperparameters == {"epsilon": 1e-6}
    assert edited(model, "optimizer", "sgd").training.hyperparameters == {}
    assert edited(model, "optimizer", "rmsprop").training.hyperparameters == {"decay": 0.5, "epsilon": 1e-6}


@pytest.mark.parametrize("nothing", ["", None])
def test_an_empty_box_of_a_hyperparameter_is_its_default_and_of_a_stop_condition_never(nothing: str | None) -> None:
    model = edited(edited(MODEL, "hyperparameter-beta2", 0.9), "stop-loss", 0.1)
    model = edited(edited(model, "hyperparameter-beta2", nothing), "stop-loss", nothing)
    assert (model.training.hyperparameters, model.training.stop) == ({}, Stop())


def test_a_stop_condition_leaves_the_others_alone() -> None:
    model = MODEL
    for control, value in (("stop-epoch", 9), ("stop-loss", 0.1), ("stop-accuracy", 0.9), ("stop-plateau", 5)):
        model = edited(model, control, value)
    assert model.training.stop == Stop(9, 0.1, 0.9, 5)


@pytest.mark.parametrize(
    ("control", "value"), [("loss", "mean_squared_error"), ("stop-plateau", 9), ("noise", 0.2), ("dataset", "circles")]
)
def test_what_was_watched_for_a_plateau_is_watched_anew_after_a_change(control: str, value: Any) -> None:
    watched = replace(MODEL, progress=replace(MODEL.progress, best=Best(1, 0.5)))
    assert edited(watched, control, value).progress.best is None


# Neurons that are frozen or switched off.


@pytest.mark.parametrize(("control", "field"), [("neuron-frozen", "frozen"), ("neuron-off", "off")])
def test_a_neuron_is_marked_and_unmarked_without_touching_the_others(control: str, field: str) -> None:
    model = MODEL
    for neuron in (2, 0, 2):
        model = edited(model, control, True, layer=0, neuron=neuron)
    assert getattr(model.layers[0], field) == (0, 2)
    model = edited(model, control, True, layer=1, neuron=1)
    assert [getattr(layer, field) for layer in model.layers] == [(0, 2), (1,)]
    for neuron in (0, 0, 3):
        model = edited(model, control, False, layer=0, neuron=neuron)
    assert getattr(model.layers[0], field) == (2,)
    assert bits(model)[:5] == bits(MODEL)[:5]  # weights, progress and the optimiser's state stay


def test_a_layer_is_frozen_and_thawed_as_a_whole() -> None:
    model = edited(edited(MODEL, "neuron-frozen", True, layer=0, neuron=2), "neuron-off", True, layer=0, neuron=1)
    frozen = edited(model, "layer-frozen", True, layer=0)
    assert (frozen.layers[0].frozen, frozen.layers[0].off) == ((0, 1, 2, 3), (1,))
    assert edited(frozen, "layer-frozen", False, layer=0).layers[0].frozen == ()


@pytest.mark.parametrize("control", ["neuron-frozen", "neuron-off", "layer-frozen"])
@pytest.mark.parametrize("value", [1, "true", None, []])
def test_a_mark_is_true_or_false(control: str, value: Any) -> None:
    assert refusal(lambda: edited(MODEL, control, value)).where.startswith("layers[0].")


def test_marks_follow_the_width_and_an_added_layer_has_none() -> None:
    model = MODEL
    for neuron in (0, 3):
        model = edited(edited(model, "neuron-off", True, neuron=neuron), "neuron-frozen", True, neuron=neuron)
    narrower = edited(model, "layer-width", 2, layer=0).layers[0]
    assert (narrower.frozen, narrower.off) == ((0,), (0,))
    wider = edited(model, "layer-width", 6, layer=0).layers[0]
    assert (wider.frozen, wider.off) == ((0, 3), (0, 3))
    first, added, _ = edited(model, "add-layer").layers
    assert (first.frozen, added.frozen, added.off) == ((0, 3), (), ())


def test_marks_of_outputs_follow_the_number_of_classes() -> None:
    model = edited(MODEL, "neuron-off", True, layer=1, neuron=2)
    assert edited(model, "dataset", "moons").layers[-1].off == ()


def test_a_change_in_mid_epoch_leaves_a_model_that_can_be_trained() -> None:
    """Batch 5 of 13 is none of 4: the epoch begins again."""
    model = train_slice(spiral_model(batch_size=3), Budget(steps=5)).model
    for control, value in (("batch-size", "12"), ("points", 10), ("dataset", "xor")):
        after = edited(model, control, value)
        assert after.progress.batch == 0
        assert train_slice(after, Budget(epochs=1)).model.progress.epoch == after.progress.epoch + 1


# The shape of the network.


@pytest.mark.parametrize(
    ("control", "value", "place", "widths"),
    [
        ("layer-width", 5, {"layer": 0}, [5, 3]),
        ("layer-width", "1", {"layer": 0}, [1, 3]),
        ("layer-width", LIMITS["neurons a layer"], {"layer": 0}, [LIMITS["neurons a layer"], 3]),
        ("add-layer", None, {}, [4, 4, 3]),
        ("remove-layer", None, {"layer": 0}, [3]),
        ("classes", 5, {}, [4, 5]),
        ("dataset", "moons", {}, [4, 2]),
        ("dataset", "bumps", {}, [4, 1]),
    ],
)
def test_another_shape_keeps_the_epoch_and_every_weight_that_fits_and_the_optimiser_starts_afresh(
    control: str, value: Any, place: dict[str, int], widths: list[int]
) -> None:
    after = edited(MODEL, control, value, **place)
    assert [layer.width for layer in after.layers] == widths
    assert after.parameters.size == n_parameters(after.layers)
    assert (after.progress.epoch, after.progress.batch, after.progress.state.size) == (MODEL.progress.epoch, 0, 0)
    assert after.initial == MODEL.initial
    assert np.isin(after.parameters, MODEL.parameters).sum() >= min(widths)
    assert train_slice(after, Budget(steps=1)).ending is None


@pytest.mark.parametrize(
    ("there", "back"),
    [("widen-layer", "narrow-layer"), ("layer-skip", "layer-skip"), ("layer-up", "layer-down")],
)
def test_a_change_of_the_shape_that_is_taken_back_leaves_the_weights_as_they_were(there: str, back: str) -> None:
    model = trained(create(dataset("spiral", n=48), hidden=[2, 2]))
    places = (1, 0) if there == "layer-up" else (1, 1)
    after = edited(edited(model, there, layer=places[0]), back, layer=places[1])
    assert after.layers == model.layers
    assert after.parameters.tobytes() == model.parameters.tobytes()


def test_a_stepper_stops_at_the_limits() -> None:
    narrow, wide = (edited(MODEL, "layer-width", width) for width in (1, LIMITS["neurons a layer"]))
    assert bits(edited(narrow, "narrow-layer")) == bits(narrow)
    assert bits(edited(wide, "widen-layer")) == bits(wide)


def test_the_weights_of_the_other_classes_stay_when_there_is_one_more() -> None:
    before, after = (split(model.layers, model.parameters) for model in (MODEL, edited(MODEL, "classes", 4)))
    for (old_weights, old_biases), (new_weights, new_biases) in zip(before, after, strict=True):
        np.testing.assert_array_equal(new_weights[: len(old_weights)], old_weights)
        np.testing.assert_array_equal(new_biases[: len(old_biases)], old_biases)


def test_a_neuron_in_the_middle_is_removed_with_its_nonlinearity() -> None:
    after = edited(MODELS["mixed neurons"], "remove-neuron", layer=0, neuron=1)
    assert after.layers[0].activation == ("tanh", "sin")


def test_the_only_neuron_of_a_layer_and_a_class_cannot_be_removed() -> None:
    alone = edited(MODEL, "layer-width", 1)
    assert str(refusal(lambda: edited(alone, "remove-neuron"))) == "a layer has at least one neuron"
    assert "3 classes" in str(refusal(lambda: edited(MODEL, "remove-neuron", layer=1)))


def test_a_nonlinearity_before_the_weights_keeps_them() -> None:
    after = edited(MODELS["mixed neurons"], "layer-pre", "square", layer=2)
    assert [layer.pre for layer in after.layers] == ["identity", "softplus", "square"]
    assert_weights_and_epochs_are_kept(MODELS["mixed neurons"], after)
    assert after.progress.state.tobytes() == MODELS["mixed neurons"].progress.state.tobytes()


def test_skip_is_switched_on_and_off_or_turned_over() -> None:
    on = edited(MODEL, "layer-skip", True, layer=1)
    assert [layer.skip for layer in on.layers] == [False, True]
    assert bits(edited(MODEL, "layer-skip", None, layer=1)) == bits(on)
    assert bits(edited(MODEL, "layer-skip", False, layer=1)) == bits(MODEL)


def test_a_layer_is_inserted_where_it_was_asked_for_and_is_like_the_one_before_it() -> None:
    model = MODELS["mixed neurons"]
    assert edited(model, "add-layer", 0).layers == (MIXED[0], *MIXED)
    assert edited(model, "add-layer", 1).layers == (MIXED[0], *MIXED)
    assert edited(model, "insert-layer", layer=2).layers == (*MIXED[:2], MIXED[1], MIXED[2])
    assert refusal(lambda: edited(model, "add-layer", 3)).where == "layers"


def test_a_layer_is_moved_by_one_with_everything_it_is() -> None:
    model = MODELS["mixed neurons"]
    swapped = (MIXED[1], MIXED[0], MIXED[2])
    assert edited(model, "move-layer", 1, layer=0).layers == swapped
    assert edited(model, "move-layer", "-1", layer=1).layers == swapped
    assert edited(model, "layer-down", layer=0).layers == edited(model, "layer-up", layer=1).layers == swapped
    assert refusal(lambda: edited(model, "layer-up", layer=0)).where == "layers[0]"
    assert refusal(lambda: edited(model, "layer-down", layer=1)).where == "layers[1]"


def test_the_same_width_is_no_change() -> None:
    assert bits(edited(MODEL, "layer-width", "4", layer=0)) == bits(MODEL)


def test_added_neurons_are_like_the_last_one_and_removed_ones_are_the_last() -> None:
    model = MODELS["mixed neurons"]
    wider, narrower = (edited(model, "layer-width", width, layer=0).layers[0] for width in (5, 2))
    assert wider == replace(MIXED[0], width=5, activation=("tanh", "relu", "sin", "sin", "sin"))
    assert narrower == replace(MIXED[0], width=2, activation=("tanh", "relu"))


def test_an_added_layer_is_like_the_last_hidden_one_and_stands_before_the_outputs() -> None:
    after = edited(MODELS["mixed neurons"], "add-layer")
    assert after.layers == (*MIXED[:-1], MIXED[-2], MIXED[-1])


def test_a_network_without_hidden_layers_can_be_given_one() -> None:
    hidden, outputs = edited(MODELS["no hidden layer"], "add-layer").layers
    assert outputs == MODELS["no hidden layer"].layers[0]
    assert hidden.width == len(hidden.activation) > 1
    assert hidden.activation[0] != "identity"


def test_layers_can_be_added_up_to_the_limit_and_not_beyond() -> None:
    model = MODELS["no hidden layer"]
    for n_layers in range(2, LIMITS["layers"] + 1):
        model = edited(model, "add-layer")
        assert len(model.layers) == n_layers
    error = refusal(lambda: edited(model, "add-layer"))
    assert error.where == "layers"
    assert f"{LIMITS['layers'] + 1} layers; allowed are 1 to {LIMITS['layers']}" in str(error)


def test_hidden_layers_can_be_removed_to_the_last_and_the_outputs_cannot() -> None:
    model = MODELS["mixed neurons"]
    assert edited(model, "remove-layer", layer=0).layers == MIXED[1:]
    assert edited(model, "remove-layer", layer=1).layers == (MIXED[0], MIXED[2])
    alone = edited(edited(model, "remove-layer", layer=0), "remove-layer", layer=0)
    assert alone.layers == MIXED[2:]
    error = refusal(lambda: edited(alone, "remove-layer", layer=0))
    assert (error.where, str(error)) == ("layers[0]", "the output layer cannot be removed")


def test_the_width_of_the_outputs_is_the_datas_to_say() -> None:
    assert refusal(lambda: edited(MODEL, "layer-width", 4, layer=1)).where == "layers[1].width"


# Data.


@models
@pytest.mark.parametrize("name", [name for name in DATASETS if DATASETS[name].classes[1] > 0])
def test_every_classification_can_be_chosen_and_the_outputs_and_the_loss_follow(model: Model, name: str) -> None:
    assert_data_and_network_agree(edited(model, "dataset", name), name)


@models
@pytest.mark.parametrize("name", [name for name in DATASETS if DATASETS[name].is_regression])
def test_every_regression_can_be_chosen_and_the_outputs_and_the_loss_follow(model: Model, name: str) -> None:
    after = edited(model, "dataset", name)
    assert_data_and_network_agree(after, name)
    assert after.training.loss == "mean_squared_error"
    assert after.layers[-1].width == 1


def assert_data_and_network_agree(model: Model, name: str) -> None:
    assert model.data.name == name
    assert model.data.noise == DATASETS[name].noise
    assert model.layers[-1].width == model.data.n_outputs
    assert model.data.task in LOSSES[model.training.loss].tasks
    assert train_slice(model, Budget(steps=1)).ending is None


def test_another_data_set_keeps_what_was_chosen_of_its_size_its_seed_and_its_share_of_test_points() -> None:
    before = MODEL.data
    after = edited(MODEL, "dataset", "gaussians").data
    assert (after.n, after.seed, after.test, after.classes) == (before.n, before.seed, before.test, before.classes)


def test_a_data_set_has_as_many_classes_as_before_where_it_can() -> None:
    model = edited(MODEL, "classes", 5)
    assert [edited(model, "dataset", name).data.classes for name in ("gaussians", "xor", "saddle")] == [5, 2, 0]


def test_a_generated_data_set_has_its_usual_size_after_ones_own_points() -> None:
    """Four points of one's own are fewer than a generator makes."""
    assert edited(MODELS["own points"], "dataset", "spiral").data.n == dataset("spiral").n


def test_numbers_of_a_place_are_repeated_only_in_part() -> None:
    assert len(str(refusal(lambda: edited(MODEL, "new-weights", layer=10**4000)))) < 100


def test_the_way_to_values_and_back_to_classes_ends_with_one_output_per_class() -> None:
    back = edited(edited(MODEL, "dataset", "bumps"), "dataset", "spiral")
    assert (back.data.classes, back.layers[-1].width) == (3, 3)


# Data of one's own.


def drawn(points: list[list[float]], targets: list[float], task: str = "classes") -> dict[str, Any]:
    return {"points": points, "targets": targets, "task": task}


@models
def test_drawn_points_are_taken_up_whatever_was_there(model: Model) -> None:
    points = [[0.5, -0.25], [0.1, 0.2], [-1, 1]]
    after = edited(model, "own-points", drawn(points, [0, 2, 2]))
    assert [list(point) for point in after.data.points] == points
    assert (after.data.targets, after.data.classes, after.layers[-1].width) == ((0, 2, 2), 3, 3)
    assert (after.domain, after.inputs) == (model.domain, model.inputs)
    assert (after.data.seed, after.data.test) == (model.data.seed, model.data.test)
    values = edited(model, "own-points", drawn(points, [0, 2, 2], "values"))
    assert (values.data.classes, values.layers[-1].width, values.training.loss) == (0, 1, "mean_squared_error")


@pytest.mark.parametrize(("targets", "classes"), [([0, 0], 2), ([1, 1], 2), ([5, 0], 6)])
def test_there_are_as_many_classes_as_the_highest_drawn_says_and_at_least_two(targets: list[int], classes: int) -> None:
    """As when the last point of a class has been removed."""
    after = edited(MODEL, "own-points", drawn([[0, 0], [0.5, 0.5]], targets))
    assert after.data.classes == classes
    assert train_slice(after, Budget(epochs=2)).ending is None


def test_one_more_stroke_keeps_the_weights_and_the_names_of_the_classes() -> None:
    model = MODELS["named classes"]
    after = edited(model, "own-points", drawn([[0, 0], [1, 1]], [0, 1]))
    assert after.data.labels == ("setosa", "é")
    assert_weights_and_epochs_are_kept(model, after)
    more = edited(after, "own-points", drawn([[0, 0], [1, 1]], [0, 3]))
    assert more.data.labels == ("setosa", "é", "class 3", "class 4")


def test_a_table_is_taken_up_with_the_domain_that_its_points_need() -> None:
    text = "x; y; kind\n0; 1e-3; setosa\n200; 0; virginica\n50; 5e-4; setosa"
    after = edited(MODEL, "own-table", {"text": text, "task": "guess"})
    assert after.data.points == ((0, 1e-3), (200, 0), (50, 5e-4))
    assert (after.data.labels, after.data.targets) == (("setosa", "virginica"), (0, 1, 0))
    assert after.domain == ((-10, 210), (-0.0001, 0.0011))
    assert after.inputs == Inputs((100, 0.0005), (110, 0.0006))
    within = edited(after, "own-table", {"text": "0,0,1.5\n1,0.5,-2", "task": "guess"})
    assert (within.domain, within.inputs, within.data.task) == (UNIT_SQUARE, Inputs(), "regression")


def test_what_is_wrong_with_a_table_is_said_with_its_line() -> None:
    error = refusal(lambda: edited(MODEL, "own-table", {"text": "1,2,0.5\n\n1,abc,3", "task": "guess"}))
    assert str(error) == "line 3: 'abc' is not a number in column y"


def test_a_formula_has_the_size_and_noise_of_the_panel() -> None:
    after = edited(edited(MODEL, "noise", 0.1), "formula", "class = (x > 0) + 2*(y > 0)")
    assert after.data == replace(by_formula("class = (x > 0) + 2*(y > 0)", n=48, noise=0.1), test=MODEL.data.test)
    assert after.layers[-1].width == 4
    assert edited(after, "points", 100).data.n == 100
    assert edited(after, "new-points").data.seed == 2
    again = edited(after, "formula", "target = x*y")
    assert (again.data.formula, again.data.classes, again.training.loss) == ("target = x*y", 0, "mean_squared_error")


def test_after_ones_own_points_generators_and_formulas_fill_the_square_again() -> None:
    model = MODELS["named classes"]
    for control, value in (("dataset", "moons"), ("formula", "class = x > y")):
        after = edited(model, control, value)
        assert (after.domain, after.inputs, after.data.labels) == (UNIT_SQUARE, Inputs(), ())
        assert after.data.n == dataset("moons").n
    wide = replace(MODEL, domain=((-3.0, 3.0), (-2.0, 2.0)))
    assert edited(wide, "dataset", "moons").domain == wide.domain


def test_a_change_of_the_number_of_ones_own_points_is_no_change() -> None:
    model = MODELS["own points"]
    assert edited(model, "points", 100).data == model.data


# Weights.


def test_new_weights_are_others_each_time_and_begin_again() -> None:
    model, seen = MODEL, {MODEL.parameters.tobytes()}
    for _ in range(5):
        model = edited(model, "new-weights")
        assert (model.progress.epoch, model.progress.batch, model.progress.state.size) == (0, 0, 0)
        seen.add(model.parameters.tobytes())
    assert len(seen) == 6


@models
def test_the_same_weights_are_the_same_bits(model: Model) -> None:
    fresh = edited(model, "new-weights")
    assert bits(edited(trained(fresh), "same-weights")) == bits(fresh)


@pytest.mark.parametrize("gain", ["0.01", 1, 2.5, "10"])
def test_a_gain_multiplies_the_weights_that_the_seed_gives(gain: Any) -> None:
    fresh, after = edited(MODEL, "same-weights"), edited(MODEL, "initial-gain", gain)
    assert after.initial == replace(MODEL.initial, gain=float(gain))
    assert after.parameters.tobytes() == (float(gain) * fresh.parameters).tobytes()
    assert after.progress.epoch == 0


@pytest.mark.parametrize("bias", ["0", "0.01", 0.5, "10"])
def test_first_biases_are_drawn_and_the_weights_are_those_that_the_seed_gives(bias: Any) -> None:
    fresh, after = edited(MODEL, "same-weights"), edited(MODEL, "initial-bias", bias)
    assert after.initial == replace(MODEL.initial, bias=float(bias))
    assert after.progress.epoch == 0
    pairs = zip(split(fresh.layers, fresh.parameters), split(after.layers, after.parameters), strict=True)
    for (before, _), (weights, biases) in pairs:
        assert weights.tobytes() == before.tobytes()
        assert np.abs(biases).max() <= float(bias)
        assert np.all(biases) == (float(bias) > 0)


def test_a_seed_draws_the_weights_it_always_draws() -> None:
    after = edited(edited(MODEL, "new-weights"), "initial-seed", str(MODEL.initial.seed))
    assert bits(after) == bits(edited(MODEL, "same-weights"))
    assert bits(edited(MODEL, "initial-seed", 2)) == bits(edited(MODEL, "new-weights"))


@pytest.mark.parametrize("name", INITIALIZERS)
def test_an_initialiser_draws_the_weights_it_would_have_drawn_at_first(name: str) -> None:
    after = edited(MODEL, "initializer", name)
    wanted = create(MODEL.data, [4], initial=Initial(name, MODEL.initial.seed))
    assert after.initial == wanted.initial
    assert after.parameters.tobytes() == wanted.parameters.tobytes()


def test_seeds_begin_again_after_the_largest() -> None:
    model = replace(MODEL, initial=replace(MODEL.initial, seed=LARGEST_SEED))
    assert edited(model, "new-weights").initial.seed == 0


# Nonlinearities.


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_a_nonlinearity_is_given_to_a_layer_or_to_one_neuron(name: str) -> None:
    model = MODELS["mixed neurons"]
    layer = edited(model, "layer-activation", name, layer=1)
    assert layer.layers == (MIXED[0], replace(MIXED[1], activation=(name,) * 3), MIXED[2])
    neuron = edited(model, "neuron-activation", name, layer=0, neuron=1)
    assert neuron.layers == (replace(MIXED[0], activation=("tanh", name, "sin")), *MIXED[1:])
    for after in (layer, neuron):
        assert_weights_and_epochs_are_kept(model, after)


@pytest.mark.parametrize(
    "place",
    [{"layer": 2}, {"layer": -1}, {"layer": 10**9}, {"neuron": 4}, {"neuron": -1}, {"layer": 1, "neuron": 3}],
    ids=str,
)
def test_a_place_that_does_not_exist_is_refused(place: dict[str, int]) -> None:
    error = refusal(lambda: edited(MODEL, "neuron-activation", "relu", **place))
    assert error.where == "changes"
    assert f"there is no neuron {place.get('neuron', 0)} in layer {place.get('layer', 0)}" in str(error)


# Whatever comes from the page.


@pytest.mark.parametrize("control", ["", "weights", "__class__", "Dataset", "x" * 10**6])
def test_a_control_that_does_not_exist_is_refused_with_those_that_do(control: str) -> None:
    error = refusal(lambda: edited(MODEL, control, 1))
    assert error.where == "changes"
    assert f"unknown control '{control[:20]}" in str(error)
    assert all(name in str(error) for name in EDITS)
    assert len(str(error)) < 1500


def nested(depth: int) -> list[Any]:
    """A list of a list of … nothing."""
    value: list[Any] = []
    for _ in range(depth):
        value = [value]
    return value


BAD = {
    "nothing": None,
    "a list": [],
    "a list of numbers": [1, 2],
    "a list too deep to be written": nested(990),
    "an object": {},
    "an object with fields": {"name": "spiral"},
    "text": "abc",
    "no text": "",
    "a null byte": "\0",
    "half a character": "\ud800",
    "a long text": "x" * 10**6,
    "a long number": "9" * 10**6,
    "a number as text with a long fraction": "1." + "0" * 10**6 + "1",
    "a huge number as text": "1e400",
    "no number as text": "nan",
    "infinity as text": "-inf",
    "a fraction as text": "0.5",
    "digits of another script": "１２",
    "true": True,
    "zero": 0,
    "minus one": -1,
    "a fraction": 1.5,
    "a huge fraction": 1e300,
    "no number": float("nan"),
    "infinity": float("inf"),
    "a huge number": 10**9,
    "a number beyond float": 10**400,
    "what an object says of itself": "__class__",
}


@models
@pytest.mark.parametrize("control", EDITS)
def test_a_bad_value_gives_a_valid_model_or_a_short_refusal(control: str, model: Model) -> None:
    before = bits(model)
    for name, value in BAD.items():
        after = edited_or_refused(model, control, value)
        if isinstance(after, DocumentError):
            assert after.where, name
            assert 0 < len(str(after)) < 400, name
            assert "\n" not in str(after), name
        else:
            assert bits(parse(serialise(after))) == bits(after), name
            assert np.isfinite(after.parameters).all(), name
        assert bits(model) == before, name


def edited_or_refused(model: Model, control: str, value: Any) -> Model | DocumentError:
    try:
        return edited(model, control, value)
    except DocumentError as error:
        return error


CLEARABLE = [*(f"hyperparameter-{name}" for name in NUMBERS), *(name for name in EDITS if name.startswith("stop-"))]
BUTTONS = (
    *("narrow-layer", "widen-layer", "remove-neuron", "insert-layer", "remove-layer", "layer-up", "layer-down"),
    *("new-weights", "same-weights", "new-points"),
)
OPTIONAL = ("add-layer", "layer-skip")  # what they do without a value is something else
VALUED = [name for name in EDITS if name not in BUTTONS]


@pytest.mark.parametrize("value", [None, [], {}, "abc", "1e400", float("nan")], ids=repr)
@pytest.mark.parametrize("control", VALUED)
def test_what_is_no_value_at_all_is_refused_by_every_control_that_takes_one(control: str, value: Any) -> None:
    if value is None and control in OPTIONAL:
        return
    if value is None and control in CLEARABLE:
        return  # an empty box
    refusal(lambda: edited(MODEL, control, value))


@pytest.mark.parametrize("control", BUTTONS)
def test_a_button_takes_no_notice_of_a_value(control: str) -> None:
    model = edited(MODEL, "add-layer")
    layer = int(control == "layer-up")
    assert bits(edited(model, control, "abc", layer=layer)) == bits(edited(model, control, layer=layer))


@pytest.mark.parametrize(
    ("control", "value", "where"),
    [
        ("dataset", "mnist", "data.name"),
        ("classes", 6, "data.classes"),
        ("points", 9, "data.n"),
        ("points", LIMITS["points"] + 1, "data.n"),
        ("points", 20.5, "data.n"),
        ("noise", -0.1, "data.noise"),
        ("data-seed", -1, "data.seed"),
        ("balance", 0, "data.balance"),
        ("test-share", 1, "data.test"),
        ("formula", "class = z", "data.formula"),
        ("own-points", {"points": [[0, 0]], "targets": [0]}, "data.task"),
        ("own-points", {"points": [[0, 0]], "targets": [0], "task": "both"}, "data.task"),
        ("own-points", {"points": [], "targets": [], "task": "classes"}, "data.points"),
        ("own-points", {"points": [[0, 0]], "targets": [0.5], "task": "classes"}, "data.targets"),
        ("own-points", {"points": [[0, 0]], "targets": ["a"], "task": "values"}, "data.targets[0]"),
        ("own-points", {"points": [[0, float("nan")]], "targets": [0], "task": "classes"}, "data.points[0]"),
        ("own-table", {"text": "1,2,3"}, "data.task"),
        ("own-table", {"text": 5, "task": "guess"}, "data.text"),
        ("own-table", {"text": "1,2,3", "task": []}, "data.task"),
        ("own-table", {"text": "1,2,3", "task": "both"}, "data"),
        ("own-table", {"text": "1,2,3\n1,b,3", "task": "guess"}, "data"),
        ("layer-activation", "swisch", "layers[0].activation"),
        ("neuron-activation", "swisch", "layers[0].activation[0]"),
        ("layer-width", "wide", "layers[0].width"),
        ("initializer", "xavier", "initial.initializer"),
        ("initial-gain", 0, "initial.gain"),
        ("initial-gain", "nan", "initial.gain"),
        ("initial-gain", 10.5, "initial.gain"),
        ("initial-bias", -0.1, "initial.bias"),
        ("initial-bias", "wide", "initial.bias"),
        ("initial-bias", 10.5, "initial.bias"),
        ("initial-seed", -1, "initial.seed"),
        ("initial-seed", LARGEST_SEED + 1, "initial.seed"),
        ("layer-pre", "swisch", "layers[0].pre"),
        ("layer-skip", "yes", "layers[0].skip"),
        ("optimizer", "lyon", "training.optimizer"),
        ("learning-rate", "fast", "training.learning_rate"),
        ("learning-rate", 0, "training.learning_rate"),
        ("batch-size", 0, "training.batch_size"),
        ("loss", "hing", "training.loss"),
        ("l1", -1, "training.l1"),
        ("l2", "nan", "training.l2"),
        ("training-seed", LARGEST_SEED + 1, "training.seed"),
        ("hyperparameter-beta1", 1, "training.hyperparameters.beta1"),
        ("hyperparameter-momentum", 0.5, "training.hyperparameters.momentum"),  # adam has none
        ("schedule", "linear", "training.schedule"),
        ("schedule-epochs", 0, "training.schedule_epochs"),
        ("input-noise", 2, "training.input_noise"),
        ("weight-noise", -1, "training.weight_noise"),
        ("dropout", 0.95, "training.dropout"),
        ("dropout-kind", "gal", "training.dropout_kind"),
        ("stop-epoch", 1.5, "training.stop.epoch"),
        ("stop-loss", "low", "training.stop.loss"),
        ("stop-accuracy", 95, "training.stop.accuracy"),
        ("stop-plateau", 0, "training.stop.plateau"),
    ],
)
def test_a_value_that_is_wrong_is_named_by_its_field(control: str, value: Any, where: str) -> None:
    assert refusal(lambda: edited(MODEL, control, value)).where == where


def test_every_edit_takes_a_layer_that_a_document_can_have() -> None:
    """``Layer`` has six fields; an edit that dropped one would lose what a document says."""
    assert set(vars(Layer(1, ("tanh",)))) == {"width", "activation", "pre", "skip", "frozen", "off"}
