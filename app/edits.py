"""Edits: what each control of the setup panel does to a model. Pure functions, model to model.

A value comes from the page, so it is believed no more than a document is: the edited model goes
through ``nets.parse`` before anything else sees it (see ``app.callbacks``).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from nets.activations import ACTIVATIONS
from nets.datasets import DATASETS, DataSpec
from nets.document import LIMITS
from nets.fields import SHOWN, DocumentError, read_boolean
from nets.initializers import INITIALIZERS
from nets.losses import LOSSES
from nets.model import Initial, Model, Progress, dataset, new_weights
from nets.network import Layer, Layers
from nets.optimizers import HYPERPARAMETERS, OPTIMIZERS, applicable
from nets.schedules import SCHEDULES

NEW_LAYER = Layer(4, ("tanh",) * 4)


@dataclass(frozen=True)
class Change:
    """One thing the user did in the setup panel.

    Attributes:
        control: the name of the control, a key of ``EDITS``.
        value: what it was set to; None for buttons.
        layer: index into ``Model.layers``, where the control belongs to a layer.
        neuron: index into that layer, where it belongs to a neuron.
    """

    control: str
    value: Any = None
    layer: int = 0
    neuron: int = 0


def apply(model: Model, change: Change) -> Model:
    """Return the model after one change.

    Raises:
        DocumentError: for a control that does not exist or a value it cannot have.
    """
    if change.control not in EDITS:
        raise DocumentError(f"unknown control {_short(change.control)}; the controls are {', '.join(EDITS)}", "changes")
    if not 0 <= change.layer < len(model.layers) or not 0 <= change.neuron < model.layers[change.layer].width:
        place = f"neuron {_short(change.neuron)} in layer {_short(change.layer)}"
        raise DocumentError(f"there is no {place}", "changes")
    return EDITS[change.control](model, change)


def _short(value: Any) -> str:
    """Return the beginning of a wrong value, for an error to repeat; lists may be too deep to be written out."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def _choice(value: Any, where: str, what: str, choices: Collection[str]) -> str:
    """Read a name that must be one of a table's; what is no text may not even be looked for there."""
    if not isinstance(value, str) or value not in choices:
        raise DocumentError(f"unknown {what} {_short(value)}; choose from {', '.join(choices)}", where)
    return value


def _whole(value: Any, where: str) -> int:
    """Read a whole number that a control gave as a number or as text."""
    try:
        number = float(value)
        whole = int(number)
    except (TypeError, ValueError, OverflowError):
        raise DocumentError(f"expected a whole number, found {_short(value)}", where) from None
    if whole != number:
        raise DocumentError(f"expected a whole number, found {_short(value)}", where)
    return whole


def _real(value: Any, where: str) -> float:
    """Read a number that a control gave as a number or as text."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise DocumentError(f"expected a number, found {_short(value)}", where) from None


def _or_nothing(read: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Return ``read`` for a box that may be empty, which is None."""
    return lambda value, where: None if value is None or value == "" else read(value, where)


def with_layers(model: Model, layers: Layers) -> Model:
    """Give the model other layers; new weights only where the shape of the network changes."""
    changed = replace(model, layers=layers)
    if _shape(layers) == _shape(model.layers):
        return changed
    return new_weights(changed, model.initial)


def _shape(layers: Layers) -> list[tuple[int, bool]]:
    return [(layer.width, layer.skip) for layer in layers]


def with_data(model: Model, data: DataSpec) -> Model:
    """Give the model other data: the outputs and the loss follow, the weights stay if they fit."""
    changed = replace(model, data=data, progress=replace(model.progress, batch=0, best=None))
    if data.task not in LOSSES[model.training.loss].tasks:
        suited = next(row.name for row in LOSSES.values() if data.task in row.tasks)
        changed = replace(changed, training=replace(model.training, loss=suited))
    return with_layers(changed, (*model.layers[:-1], _resized(model.layers[-1], data.n_outputs)))


def with_training(model: Model, **settings: Any) -> Model:
    """Change how the model is trained; weights and epochs stay, another optimiser starts afresh.

    What is watched for a plateau is watched anew: the best loss so far may be one of another kind.
    """
    training = replace(model.training, **settings)
    progress = replace(model.progress, batch=0, best=None)
    if training.optimizer != model.training.optimizer:
        training = replace(training, hyperparameters=applicable(training.optimizer, training.hyperparameters))
        progress = Progress(progress.epoch)
    return replace(model, training=training, progress=progress)


def _resized(layer: Layer, width: int) -> Layer:
    """Return the layer with another width; added neurons have the last one's nonlinearity, and are on and trained."""
    width = min(max(width, 1), LIMITS["neurons a layer"])
    names = layer.activation + layer.activation[-1:] * width
    frozen, off = (tuple(neuron for neuron in marked if neuron < width) for marked in (layer.frozen, layer.off))
    return replace(layer, width=width, activation=names[:width], frozen=frozen, off=off)


def _with_layer(model: Model, index: int, layer: Layer) -> Model:
    return with_layers(model, (*model.layers[:index], layer, *model.layers[index + 1 :]))


def _choose_dataset(model: Model, change: Change) -> Model:
    name = _choice(change.value, "data.name", "data set", DATASETS)
    data = model.data
    lowest, highest = DATASETS[name].classes
    classes = min(max(data.classes or 3, lowest), highest)
    n = data.n if data.name else dataset(name).n  # one's own points may be fewer than a generator makes
    return with_data(model, dataset(name, classes, n=n, seed=data.seed, test=data.test))


def _edit_data(field: str, read: Callable[[Any, str], Any]) -> Callable[[Model, Change], Model]:
    def edit(model: Model, change: Change) -> Model:
        return with_data(model, replace(model.data, **{field: read(change.value, f"data.{field}")}))

    return edit


def _edit_training(field: str, read: Callable[[Any, str], Any]) -> Callable[[Model, Change], Model]:
    def edit(model: Model, change: Change) -> Model:
        return with_training(model, **{field: read(change.value, f"training.{field}")})

    return edit


def _edit_hyperparameter(name: str) -> Callable[[Model, Change], Model]:
    """Return the edit of one of the optimiser's numbers; an empty box is its default."""

    def edit(model: Model, change: Change) -> Model:
        hyperparameters = dict(model.training.hyperparameters)
        hyperparameters.pop(name, None)
        value = _or_nothing(_real)(change.value, f"training.hyperparameters.{name}")
        return with_training(model, hyperparameters=hyperparameters | ({} if value is None else {name: value}))

    return edit


def _edit_stop(name: str, read: Callable[[Any, str], Any]) -> Callable[[Model, Change], Model]:
    """Return the edit of a stop condition; an empty box is never."""

    def edit(model: Model, change: Change) -> Model:
        value = _or_nothing(read)(change.value, f"training.stop.{name}")
        return with_training(model, stop=replace(model.training.stop, **{name: value}))

    return edit


def _name_of(what: str, choices: Collection[str]) -> Callable[[Any, str], str]:
    return lambda value, where: _choice(value, where, what, choices)


def _set_width(model: Model, change: Change) -> Model:
    width = _whole(change.value, f"layers[{change.layer}].width")
    return _with_layer(model, change.layer, _resized(model.layers[change.layer], width))


def _set_activation(model: Model, change: Change) -> Model:
    layer = model.layers[change.layer]
    name = _choice(change.value, f"layers[{change.layer}].activation", "activation", ACTIVATIONS)
    return _with_layer(model, change.layer, replace(layer, activation=(name,) * layer.width))


def _set_neuron_activation(model: Model, change: Change) -> Model:
    layer = model.layers[change.layer]
    names = list(layer.activation)
    where = f"layers[{change.layer}].activation[{change.neuron}]"
    names[change.neuron] = _choice(change.value, where, "activation", ACTIVATIONS)
    return _with_layer(model, change.layer, replace(layer, activation=tuple(names)))


def _mark_neuron(field: str) -> Callable[[Model, Change], Model]:
    """Return the edit that puts a neuron among a layer's frozen or switched off ones, or takes it out."""

    def edit(model: Model, change: Change) -> Model:
        layer = model.layers[change.layer]
        others = {*getattr(layer, field)} - {change.neuron}
        is_marked = read_boolean(change.value, f"layers[{change.layer}].{field}")
        marked: Any = tuple(sorted(others | {change.neuron} if is_marked else others))
        return _with_layer(model, change.layer, replace(layer, **{field: marked}))

    return edit


def _freeze_layer(model: Model, change: Change) -> Model:
    layer = model.layers[change.layer]
    is_frozen = read_boolean(change.value, f"layers[{change.layer}].frozen")
    return _with_layer(model, change.layer, replace(layer, frozen=tuple(range(layer.width)) if is_frozen else ()))


def _add_layer(model: Model, change: Change) -> Model:
    hidden = model.layers[:-1]
    added = replace(hidden[-1], frozen=(), off=()) if hidden else NEW_LAYER
    return with_layers(model, (*hidden, added, model.layers[-1]))


def _remove_layer(model: Model, change: Change) -> Model:
    if change.layer == len(model.layers) - 1:
        raise DocumentError("the output layer cannot be removed", f"layers[{change.layer}]")
    return with_layers(model, model.layers[: change.layer] + model.layers[change.layer + 1 :])


def _new_weights(model: Model, change: Change) -> Model:
    return new_weights(model, replace(model.initial, seed=(model.initial.seed + 1) % 2**32))


def _same_weights(model: Model, change: Change) -> Model:
    return new_weights(model, model.initial)


def _set_initializer(model: Model, change: Change) -> Model:
    name = _choice(change.value, "initial.initializer", "initializer", INITIALIZERS)
    return new_weights(model, Initial(name, model.initial.seed))


EDITS: dict[str, Callable[[Model, Change], Model]] = {
    "dataset": _choose_dataset,
    "classes": _edit_data("classes", _whole),
    "points": _edit_data("n", _whole),
    "noise": _edit_data("noise", _real),
    "data-seed": _edit_data("seed", _whole),
    "layer-width": _set_width,
    "layer-activation": _set_activation,
    "neuron-activation": _set_neuron_activation,
    "neuron-frozen": _mark_neuron("frozen"),
    "neuron-off": _mark_neuron("off"),
    "layer-frozen": _freeze_layer,
    "add-layer": _add_layer,
    "remove-layer": _remove_layer,
    "initializer": _set_initializer,
    "new-weights": _new_weights,
    "same-weights": _same_weights,
    "optimizer": _edit_training("optimizer", _name_of("optimizer", OPTIMIZERS)),
    "learning-rate": _edit_training("learning_rate", _real),
    "batch-size": _edit_training("batch_size", _whole),
    "loss": _edit_training("loss", _name_of("loss", LOSSES)),
    "l1": _edit_training("l1", _real),
    "l2": _edit_training("l2", _real),
    **{f"hyperparameter-{name}": _edit_hyperparameter(name) for name in HYPERPARAMETERS},
    "schedule": _edit_training("schedule", _name_of("schedule", SCHEDULES)),
    "schedule-epochs": _edit_training("schedule_epochs", _whole),
    "input-noise": _edit_training("input_noise", _real),
    "training-seed": _edit_training("seed", _whole),
    "stop-epoch": _edit_stop("epoch", _whole),
    "stop-loss": _edit_stop("loss", _real),
    "stop-accuracy": _edit_stop("accuracy", _real),
    "stop-plateau": _edit_stop("plateau", _whole),
}
