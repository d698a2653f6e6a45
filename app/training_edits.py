"""Edits of training: how the network learns. Weights and epochs stay."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from app.change import Change, Edit, name_of, or_nothing, real, whole
from nets.losses import LOSSES
from nets.model import Model, Progress
from nets.optimizers import HYPERPARAMETERS, OPTIMIZERS, applicable
from nets.regularizers import DROPOUTS, REGULARIZERS
from nets.schedules import SCHEDULES


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


def _edit_training(field: str, read: Callable[[Any, str], Any]) -> Edit:
    def edit(model: Model, change: Change) -> Model:
        return with_training(model, **{field: read(change.value, f"training.{field}")})

    return edit


def _edit_hyperparameter(name: str) -> Edit:
    """Return the edit of one of the optimiser's numbers; an empty box is its default."""

    def edit(model: Model, change: Change) -> Model:
        hyperparameters = dict(model.training.hyperparameters)
        hyperparameters.pop(name, None)
        value = or_nothing(real)(change.value, f"training.hyperparameters.{name}")
        return with_training(model, hyperparameters=hyperparameters | ({} if value is None else {name: value}))

    return edit


def _edit_stop(name: str, read: Callable[[Any, str], Any]) -> Edit:
    """Return the edit of a stop condition; an empty box is never."""

    def edit(model: Model, change: Change) -> Model:
        value = or_nothing(read)(change.value, f"training.stop.{name}")
        return with_training(model, stop=replace(model.training.stop, **{name: value}))

    return edit


TRAINING_EDITS: dict[str, Edit] = {
    "optimizer": _edit_training("optimizer", name_of("optimizer", OPTIMIZERS)),
    "learning-rate": _edit_training("learning_rate", real),
    "batch-size": _edit_training("batch_size", whole),
    "loss": _edit_training("loss", name_of("loss", LOSSES)),
    **{name.replace("_", "-"): _edit_training(name, real) for name in REGULARIZERS},
    "dropout-kind": _edit_training("dropout_kind", name_of("kind of dropout", DROPOUTS)),
    **{f"hyperparameter-{name}": _edit_hyperparameter(name) for name in HYPERPARAMETERS},
    "schedule": _edit_training("schedule", name_of("schedule", SCHEDULES)),
    "schedule-epochs": _edit_training("schedule_epochs", whole),
    "training-seed": _edit_training("seed", whole),
    "stop-epoch": _edit_stop("epoch", whole),
    "stop-loss": _edit_stop("loss", real),
    "stop-accuracy": _edit_stop("accuracy", real),
    "stop-plateau": _edit_stop("plateau", whole),
}
