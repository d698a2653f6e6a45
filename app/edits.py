"""Edits: what each control of the setup panel does to a model. Pure functions, model to model.

A value comes from the page, so it is believed no more than a document is: the edited model goes
through ``nets.parse`` before anything else sees it (see ``app.callbacks``).
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from typing import Any

from nets.activations import ACTIVATIONS
from nets.data_document import read_data
from nets.datasets import DATASETS, DataSpec, load
from nets.fields import SHOWN, DocumentError, read_boolean, read_choice, read_fields, read_integer, read_number
from nets.initializers import INITIALIZERS
from nets.inputs import UNIT_SQUARE, Inputs, frame
from nets.limits import GAINS, LARGEST_SEED, LIMITS
from nets.losses import LOSSES
from nets.model import Model, Progress, dataset, new_weights
from nets.network import Layer
from nets.optimizers import HYPERPARAMETERS, OPTIMIZERS, applicable
from nets.reshape import insert_layer, move_layer, remove_layer, remove_neuron, resize_layer, set_skip
from nets.schedules import SCHEDULES
from nets.table import TableError, read_table

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


def with_data(model: Model, data: DataSpec) -> Model:
    """Give the model other data: the outputs and the loss follow, and only the weights of added outputs are new."""
    changed = replace(model, data=data, progress=replace(model.progress, batch=0, best=None))
    if data.task not in LOSSES[model.training.loss].tasks:
        suited = next(row.name for row in LOSSES.values() if data.task in row.tasks)
        changed = replace(changed, training=replace(model.training, loss=suited))
    return resize_layer(changed, len(model.layers) - 1, _possible_width(data.n_outputs))


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


def _possible_width(width: int) -> int:
    """Return the nearest width that a layer can have; the document's check says what is wrong with it elsewhere."""
    return min(max(width, 1), LIMITS["neurons a layer"])


def _with_layer(model: Model, index: int, layer: Layer) -> Model:
    """Give the model another layer of the same shape; the weights stay."""
    return replace(model, layers=(*model.layers[:index], layer, *model.layers[index + 1 :]))


def _choose_dataset(model: Model, change: Change) -> Model:
    name = _choice(change.value, "data.name", "data set", DATASETS)
    data = model.data
    lowest, highest = DATASETS[name].classes
    classes = min(max(data.classes or 3, lowest), highest)
    n = dataset(name).n if data.points else data.n  # one's own points may be fewer than a generator makes
    chosen = dataset(name, classes, n=n, seed=data.seed, test=data.test)
    return with_data(_in_the_square(model), replace(chosen, balance=data.balance))


def _in_the_square(model: Model) -> Model:
    """Return to the square that generators and formulas fill, from where one's own points were."""
    return replace(model, domain=UNIT_SQUARE, inputs=Inputs()) if model.data.points else model


def _edit_data(field: str, read: Callable[[Any, str], Any]) -> Callable[[Model, Change], Model]:
    def edit(model: Model, change: Change) -> Model:
        return with_data(model, replace(model.data, **{field: read(change.value, f"data.{field}")}))

    return edit


def _new_points(model: Model, change: Change) -> Model:
    return with_data(model, replace(model.data, seed=(model.data.seed + 1) % 2**32))


def _draw_points(model: Model, change: Change) -> Model:
    """Take up ``{"points": [[x, y], …], "targets": […], "task": "classes" | "values"}``; names of classes stay."""
    fields = read_fields(change.value, "data", required=("points", "targets", "task"))
    task = read_choice(fields["task"], "data.task", "kind of targets", ("classes", "values"))
    given = {name: fields[name] for name in ("points", "targets")} | _split(model.data)
    data = read_data(given if task == "classes" else {**given, "classes": 0})
    if task == "classes" and not data.classes:
        most = LIMITS["neurons a layer"]
        raise DocumentError(f"expected classes, which are whole numbers from 0 to {most - 1}", "data.targets")
    known = model.data.labels[: data.classes]
    added = tuple(f"class {k + 1}" for k in range(len(known), data.classes))
    return with_data(model, replace(data, labels=(*known, *added) if known else ()))


def _import_table(model: Model, change: Change) -> Model:
    """Take up ``{"text": …, "task": "guess" | "classes" | "values"}``; the domain follows the data."""
    fields = read_fields(change.value, "data", required=("text", "task"))
    for name, value in fields.items():
        if not isinstance(value, str):
            raise DocumentError(f"expected text, found {_short(value)}", f"data.{name}")
    try:
        table = read_table(fields["text"], fields["task"])
    except TableError as error:
        raise DocumentError(str(error), "data") from None
    data = DataSpec(None, len(table.points), 0.0, table.classes, points=table.points, **_split(model.data))
    data = replace(data, targets=table.targets, labels=table.labels)
    domain, inputs = frame(load(data).points)
    return with_data(replace(model, domain=domain, inputs=inputs), data)


def _set_formula(model: Model, change: Change) -> Model:
    data = model.data
    size = {} if data.points else {"n": data.n, "noise": data.noise, "balance": data.balance}
    spec = read_data({"formula": change.value, **size, **_split(data)})
    return with_data(_in_the_square(model), spec)


def _split(data: DataSpec) -> dict[str, Any]:
    """Return what chooses the test points."""
    return {"seed": data.seed, "test": data.test}


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
    return resize_layer(model, change.layer, _possible_width(width))


def _step_width(step: int) -> Callable[[Model, Change], Model]:
    def edit(model: Model, change: Change) -> Model:
        return resize_layer(model, change.layer, _possible_width(model.layers[change.layer].width + step))

    return edit


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


def _remove_neuron(model: Model, change: Change) -> Model:
    return remove_neuron(model, change.layer, change.neuron)


def _set_pre(model: Model, change: Change) -> Model:
    name = _choice(change.value, f"layers[{change.layer}].pre", "activation", ACTIVATIONS)
    return _with_layer(model, change.layer, replace(model.layers[change.layer], pre=name))


def _set_skip(model: Model, change: Change) -> Model:
    """Set whether the layer also receives x and y; the switch itself, which sends no value, turns it over."""
    is_on = model.layers[change.layer].skip
    skip = not is_on if change.value is None else read_boolean(change.value, f"layers[{change.layer}].skip")
    return set_skip(model, change.layer, skip)


def _add_layer(model: Model, change: Change) -> Model:
    """Add a layer before the outputs, or before the layer that the value names; it is like the one before it."""
    last = len(model.layers) - 1
    place = last if change.value is None else _whole(change.value, "layers")
    if not 0 <= place <= last:
        raise DocumentError(f"a layer can be added at 0 to {last}, not at {_short(change.value)}", "layers")
    alike = model.layers[max(place - 1, 0)] if last else NEW_LAYER
    return insert_layer(model, place, Layer(alike.width, alike.activation, alike.pre, alike.skip))


def _insert_layer(model: Model, change: Change) -> Model:
    return _add_layer(model, replace(change, value=change.layer))


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


def _remove_layer(model: Model, change: Change) -> Model:
    return remove_layer(model, change.layer)


def _move_layer(model: Model, change: Change) -> Model:
    step = _whole(change.value, "changes")
    return move_layer(model, change.layer, change.layer + step)


def _step_layer(step: int) -> Callable[[Model, Change], Model]:
    return lambda model, change: _move_layer(model, replace(change, value=step))


def _new_weights(model: Model, change: Change) -> Model:
    return new_weights(model, replace(model.initial, seed=(model.initial.seed + 1) % 2**32))


def _same_weights(model: Model, change: Change) -> Model:
    return new_weights(model, model.initial)


def _edit_initial(field: str, read: Callable[[Any, str], Any]) -> Callable[[Model, Change], Model]:
    """Change where the weights come from: they are drawn anew, because that is what it is for."""

    def edit(model: Model, change: Change) -> Model:
        return new_weights(model, replace(model.initial, **{field: read(change.value, f"initial.{field}")}))

    return edit


def _gain(value: Any, where: str) -> float:
    return read_number(_real(value, where), where, *GAINS)


def _seed(value: Any, where: str) -> int:
    return read_integer(_whole(value, where), where, 0, LARGEST_SEED)


EDITS: dict[str, Callable[[Model, Change], Model]] = {
    "dataset": _choose_dataset,
    "classes": _edit_data("classes", _whole),
    "points": _edit_data("n", _whole),
    "noise": _edit_data("noise", _real),
    "data-seed": _edit_data("seed", _whole),
    "balance": _edit_data("balance", _real),
    "test-share": _edit_data("test", _real),
    "new-points": _new_points,
    "own-points": _draw_points,
    "own-table": _import_table,
    "formula": _set_formula,
    "layer-width": _set_width,
    "narrow-layer": _step_width(-1),
    "widen-layer": _step_width(1),
    "layer-activation": _set_activation,
    "neuron-activation": _set_neuron_activation,
    "remove-neuron": _remove_neuron,
    "layer-pre": _set_pre,
    "layer-skip": _set_skip,
    "neuron-frozen": _mark_neuron("frozen"),
    "neuron-off": _mark_neuron("off"),
    "layer-frozen": _freeze_layer,
    "add-layer": _add_layer,
    "insert-layer": _insert_layer,
    "remove-layer": _remove_layer,
    "move-layer": _move_layer,
    "layer-up": _step_layer(-1),
    "layer-down": _step_layer(1),
    "initializer": _edit_initial("initializer", _name_of("initializer", INITIALIZERS)),
    "initial-gain": _edit_initial("gain", _gain),
    "initial-seed": _edit_initial("seed", _seed),
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
