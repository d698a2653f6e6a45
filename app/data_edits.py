"""Edits of the data: what is learnt, by name, by formula or as one's own points."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.change import Change, Edit, choice, possible_width, real, short, whole
from nets.data_document import read_data
from nets.datasets import DATASETS, DataSpec, load
from nets.fields import DocumentError, read_choice, read_fields
from nets.inputs import UNIT_SQUARE, Inputs, frame
from nets.limits import LIMITS
from nets.losses import LOSSES
from nets.model import Model, dataset
from nets.reshape import resize_layer
from nets.table import TableError, read_table


def with_data(model: Model, data: DataSpec) -> Model:
    """Give the model other data: the outputs and the loss follow, and only the weights of added outputs are new."""
    changed = replace(model, data=data, progress=replace(model.progress, batch=0, best=None))
    if data.task not in LOSSES[model.training.loss].tasks:
        suited = next(row.name for row in LOSSES.values() if data.task in row.tasks)
        changed = replace(changed, training=replace(model.training, loss=suited))
    return resize_layer(changed, len(model.layers) - 1, possible_width(data.n_outputs))


def _choose_dataset(model: Model, change: Change) -> Model:
    name = choice(change.value, "data.name", "data set", DATASETS)
    data = model.data
    lowest, highest = DATASETS[name].classes
    classes = min(max(data.classes or 3, lowest), highest)
    n = dataset(name).n if data.points else data.n  # one's own points may be fewer than a generator makes
    chosen = dataset(name, classes, n=n, seed=data.seed, test=data.test)
    return with_data(_in_the_square(model), replace(chosen, balance=data.balance))


def _in_the_square(model: Model) -> Model:
    """Return to the square that generators and formulas fill, from where one's own points were."""
    return replace(model, domain=UNIT_SQUARE, inputs=Inputs()) if model.data.points else model


def _edit_data(field: str, read: Callable[[Any, str], Any]) -> Edit:
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
            raise DocumentError(f"expected text, found {short(value)}", f"data.{name}")
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


DATA_EDITS: dict[str, Edit] = {
    "dataset": _choose_dataset,
    "classes": _edit_data("classes", whole),
    "points": _edit_data("n", whole),
    "noise": _edit_data("noise", real),
    "data-seed": _edit_data("seed", whole),
    "balance": _edit_data("balance", real),
    "test-share": _edit_data("test", real),
    "new-points": _new_points,
    "own-points": _draw_points,
    "own-table": _import_table,
    "formula": _set_formula,
}
