"""The parts of the document that say how a network is trained and how far it has come, and their validation."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from nets.datasets import DataSpec
from nets.fields import (
    SHOWN,
    DocumentError,
    encode,
    path_of,
    read_choice,
    read_fields,
    read_integer,
    read_number,
    read_vector,
    shown,
)
from nets.limits import LARGEST_EPOCH, LARGEST_SEED, LIMITS, LONGEST_PERIOD
from nets.losses import LOSSES
from nets.model import LARGEST_STATE, Progress, Training
from nets.network import Layers, n_parameters
from nets.optimizers import OPTIMIZERS
from nets.regularizers import DROPOUTS, REGULARIZERS
from nets.schedules import SCHEDULES
from nets.stopping import Best, Stop

LARGEST_LOSS = float(np.finfo(np.float64).max)
RATES = (1e-8, 1e3)  # learning rates, smallest and largest


def training_document(training: Training) -> dict[str, Any]:
    """Return the ``training`` field of a document."""
    return {
        **vars(training),
        "hyperparameters": dict(training.hyperparameters),
        "stop": dict(vars(training.stop)),
    }


def progress_document(progress: Progress) -> dict[str, Any]:
    """Return the ``progress`` field of a document."""
    best = {} if progress.best is None else {"best": progress.best._asdict()}
    return {"epoch": progress.epoch, "batch": progress.batch, "state": encode(progress.state), **best}


def read_training(value: Any, data: DataSpec) -> Training:
    """Read the ``training`` field; what is left out has its default.

    Raises:
        DocumentError: naming the first field that is wrong, as the functions below do.
    """
    names = tuple(vars(Training()))
    fields = read_fields(value, "training", optional=names)
    suited = [row.name for row in LOSSES.values() if data.task in row.tasks]
    loss = read_choice(fields.get("loss", suited[0]), "training.loss", "loss", LOSSES)
    if loss not in suited:
        raise DocumentError(f"{loss} is not for {data.task}; choose from {', '.join(suited)}", "training.loss")
    values = vars(Training()) | fields
    optimizer = read_choice(values["optimizer"], "training.optimizer", "optimizer", OPTIMIZERS)
    return Training(
        loss=loss,
        optimizer=optimizer,
        learning_rate=read_number(values["learning_rate"], "training.learning_rate", *RATES),
        batch_size=read_integer(values["batch_size"], "training.batch_size", 1, LIMITS["points"]),
        **{name: read_number(values[name], f"training.{name}", 0, row.highest) for name, row in REGULARIZERS.items()},
        dropout_kind=read_choice(values["dropout_kind"], "training.dropout_kind", "kind of dropout", DROPOUTS),
        seed=read_integer(values["seed"], "training.seed", 0, LARGEST_SEED),
        hyperparameters=_hyperparameters(values["hyperparameters"], optimizer),
        schedule=read_choice(values["schedule"], "training.schedule", "schedule", SCHEDULES),
        schedule_epochs=read_integer(values["schedule_epochs"], "training.schedule_epochs", 1, LONGEST_PERIOD),
        stop=_stop(fields.get("stop", {})),
    )


def _hyperparameters(value: Any, optimizer: str) -> dict[str, float]:
    where = "training.hyperparameters"
    own = {entry.name: entry for entry in OPTIMIZERS[optimizer].hyperparameters}
    fields = read_fields(value, where, optional=value if isinstance(value, dict) else ())
    for name in fields:
        if name not in own:
            allowed = f"those of {optimizer} are {', '.join(own)}" if own else f"{optimizer} has none"
            raise DocumentError(f"unknown hyperparameter {shown(name)}; {allowed}", path_of(where, str(name)[:SHOWN]))
    return {
        name: read_number(fields[name], path_of(where, name), entry.low, entry.high)
        for name, entry in own.items()
        if name in fields
    }


def _stop(value: Any) -> Stop:
    fields = read_fields(value, "training.stop", optional=tuple(vars(Stop())))

    def optional(name: str, read: Callable[[Any, str, Any, Any], Any], low: float, high: float) -> Any:
        found = fields.get(name)
        return None if found is None else read(found, f"training.stop.{name}", low, high)

    return Stop(
        epoch=optional("epoch", read_integer, 1, LARGEST_EPOCH),
        loss=optional("loss", read_number, 0, LARGEST_LOSS),
        accuracy=optional("accuracy", read_number, 0, 1),
        plateau=optional("plateau", read_integer, 1, LONGEST_PERIOD),
    )


def read_progress(value: Any, layers: Layers, data: DataSpec, training: Training) -> Progress:
    """Read the ``progress`` field of a document with those layers, that data and that training.

    Raises:
        DocumentError: naming the first field that is wrong.
    """
    fields = read_fields(value, "progress", optional=("epoch", "batch", "state", "best"))
    n_train = data.n - data.n_test
    n_batches = math.ceil(n_train / training.batch_size_of(n_train))
    optimizer = OPTIMIZERS[training.optimizer].make(training.learning_rate)
    state = fields.get("state", "")
    length = optimizer.init(np.zeros(n_parameters(layers))).size if state != "" else 0
    epoch = read_integer(fields.get("epoch", 0), "progress.epoch", 0, LARGEST_EPOCH)
    return Progress(
        epoch=epoch,
        batch=read_integer(fields.get("batch", 0), "progress.batch", 0, n_batches - 1),
        state=read_vector(state, length, "progress.state", LARGEST_STATE),
        best=None if fields.get("best") is None else _best(fields["best"], epoch),
    )


def _best(value: Any, epoch: int) -> Best:
    fields = read_fields(value, "progress.best", required=Best._fields)
    return Best(
        read_integer(fields["epoch"], "progress.best.epoch", 0, epoch),
        read_number(fields["loss"], "progress.best.loss", 0, LARGEST_LOSS),
    )
