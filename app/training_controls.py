"""The controls of training: a row each."""

from typing import Any

from app.control import Control, number_text
from nets import DROPOUTS, LOSSES, OPTIMIZERS, REGULARIZERS, SCHEDULES, Model
from nets.limits import LARGEST_EPOCH, LARGEST_SEED, LIMITS, LONGEST_PERIOD
from nets.optimizers import HYPERPARAMETERS, Hyperparameter

LEARNING_RATES = ("0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3")
FULL_BATCH = str(LIMITS["points"])
BATCH_SIZES = ("1", "4", "8", "10", "16", "32", "64", "128", "256", FULL_BATCH)
PENALTIES = ("0", "0.00001", "0.0001", "0.001", "0.003", "0.01", "0.03", "0.1")
NEVER = "never"  # what an empty stop condition means


def _is_by_batches(model: Model) -> bool:
    """Whether the optimiser takes a batch at a time, by steps of a length that is set."""
    return not model.training.is_full_batch


def _penalty(name: str, *, is_advanced: bool = False) -> Control:
    """Return the menu of a penalty's size."""
    row = REGULARIZERS[name]
    return Control(
        name,
        row.label,
        "training",
        lambda model: number_text(getattr(model.training, name)),
        PENALTIES,
        is_advanced=is_advanced,
        help=row.meaning,
    )


def _disturbance(name: str, highest: float) -> Control:
    """Return the slider of how much a regulariser disturbs the steps, as far as is of use."""
    row = REGULARIZERS[name]
    return Control(
        name.replace("_", "-"),
        row.label,
        "training",
        lambda model: getattr(model.training, name),
        limits=(0, highest, 0.01),
        is_advanced=True,
        help=row.meaning,
    )


def _own_hyperparameter(model: Model, name: str) -> Hyperparameter | None:
    """Return the row of a hyperparameter of the model's optimiser; None where it has none of that name."""
    rows = OPTIMIZERS[model.training.optimizer].hyperparameters
    return next((row for row in rows if row.name == name), None)


def _hyperparameter(entry: Hyperparameter) -> Control:
    """Return the box of one of the optimisers' numbers."""

    def default(model: Model) -> float:
        return (_own_hyperparameter(model, entry.name) or entry).default

    return Control(
        f"hyperparameter-{entry.name}",
        entry.label,
        "training",
        lambda model: model.training.hyperparameters.get(entry.name, default(model)),
        limits=(entry.low, entry.high, 0.01),
        is_shown=lambda model: _own_hyperparameter(model, entry.name) is not None,
        is_advanced=True,
        is_box=True,
        empty=lambda model: number_text(default(model)),
        help=f"{entry.meaning}; from {entry.low:g} to {entry.high:g}, empty for the default",
    )


def _stop(name: str, limits: tuple[float, float, float], sentence: str, needs_classes: bool = False) -> Control:
    """Return the box of a stop condition."""

    def read(model: Model) -> Any:
        value = getattr(model.training.stop, name)
        return "" if value is None else value

    return Control(
        f"stop-{name}",
        f"until {name}",
        "training",
        read,
        limits=limits,
        is_shown=lambda model: not needs_classes or model.data.classes > 0,
        is_advanced=True,
        is_box=True,
        empty=lambda model: NEVER,
        help=sentence,
    )


TRAINING_CONTROLS = (
    Control(
        "optimizer",
        "optimiser",
        "training",
        lambda model: model.training.optimizer,
        tuple(OPTIMIZERS),
        help=lambda model: f"one step: {OPTIMIZERS[model.training.optimizer].formula}",
    ),
    Control(
        "learning-rate",
        "learning rate",
        "training",
        lambda model: number_text(model.training.learning_rate),
        LEARNING_RATES,
        is_shown=_is_by_batches,
        help="η, the length of a step along the gradient",
    ),
    Control(
        "batch-size",
        "batch size",
        "training",
        lambda model: str(model.training.batch_size),
        BATCH_SIZES,
        is_shown=_is_by_batches,
        help="how many points a step's gradient is the mean of; full is all of them",
    ),
    Control(
        "loss",
        "loss",
        "training",
        lambda model: model.training.loss,
        tuple(LOSSES),
        help=lambda model: f"the mean over the points of {LOSSES[model.training.loss].formula}",
    ),
    _penalty("l2"),
    *(_hyperparameter(entry) for entry in HYPERPARAMETERS.values()),
    Control(
        "schedule",
        "schedule",
        "training",
        lambda model: model.training.schedule,
        tuple(SCHEDULES),
        is_shown=_is_by_batches,
        is_advanced=True,
        help=lambda model: f"the learning rate of epoch e is η times {SCHEDULES[model.training.schedule].formula}",
    ),
    Control(
        "schedule-epochs",
        "T in epochs",
        "training",
        lambda model: model.training.schedule_epochs,
        limits=(1, LONGEST_PERIOD, 10),
        is_shown=lambda model: _is_by_batches(model) and model.training.schedule != "constant",
        is_advanced=True,
        is_box=True,
        help=lambda model: f"the T of the schedule's {SCHEDULES[model.training.schedule].formula}",
    ),
    _penalty("l1", is_advanced=True),
    _disturbance("dropout", REGULARIZERS["dropout"].highest),
    Control(
        "dropout-kind",
        "kind",
        "training",
        lambda model: model.training.dropout_kind,
        tuple(DROPOUTS),
        is_shown=lambda model: model.training.dropout > 0,
        is_advanced=True,
        help=lambda model: f"a ← a m / (1 − p), with {DROPOUTS[model.training.dropout_kind].formula}",
    ),
    _disturbance("weight_noise", 0.5),
    _disturbance("input_noise", 0.5),
    Control(
        "training-seed",
        "seed",
        "training",
        lambda model: model.training.seed,
        limits=(0, LARGEST_SEED, 1),
        is_advanced=True,
        is_box=True,
        help="decides the order of the points, all noise and what is dropped; the same seed gives the same run",
    ),
    _stop("epoch", (1, LARGEST_EPOCH, 10), "ends the run at the end of this epoch; empty for never"),
    _stop("loss", (0, 100, 0.01), "ends the run when the train loss is this or lower; empty for never"),
    _stop(
        "accuracy",
        (0, 1, 0.01),
        "ends the run when this share of the training points, from 0 to 1, is right; empty for never",
        needs_classes=True,
    ),
    _stop(
        "plateau",
        (1, LONGEST_PERIOD, 10),
        "ends the run when the train loss has not fallen by 0.1 % for so many epochs; empty for never",
    ),
)
