"""The controls of training: a row each."""

from typing import Any

from app.control import Control, number_text
from nets import LOSSES, OPTIMIZERS, SCHEDULES, Model
from nets.fields import LARGEST_SEED
from nets.limits import LARGEST_EPOCH, LIMITS, LONGEST_PERIOD
from nets.optimizers import HYPERPARAMETERS, Hyperparameter

LEARNING_RATES = ("0.0001", "0.0003", "0.001", "0.003", "0.01", "0.03", "0.1", "0.3", "1", "3")
FULL_BATCH = str(LIMITS["points"])
BATCH_SIZES = ("1", "4", "8", "10", "16", "32", "64", "128", "256", FULL_BATCH)
PENALTIES = ("0", "0.00001", "0.0001", "0.001", "0.003", "0.01", "0.03", "0.1")
NEVER = "never"  # what an empty stop condition means


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
        help="η, the length of a step along the gradient",
    ),
    Control(
        "batch-size",
        "batch size",
        "training",
        lambda model: str(model.training.batch_size),
        BATCH_SIZES,
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
    Control(
        "l2",
        "L2",
        "training",
        lambda model: number_text(model.training.l2),
        PENALTIES,
        help="λ of the penalty ½ λ Σw², which pulls every weight towards 0 in proportion to its size",
    ),
    *(_hyperparameter(entry) for entry in HYPERPARAMETERS.values()),
    Control(
        "schedule",
        "schedule",
        "training",
        lambda model: model.training.schedule,
        tuple(SCHEDULES),
        is_advanced=True,
        help=lambda model: f"the learning rate of epoch e is η times {SCHEDULES[model.training.schedule].formula}",
    ),
    Control(
        "schedule-epochs",
        "T in epochs",
        "training",
        lambda model: model.training.schedule_epochs,
        limits=(1, LONGEST_PERIOD, 10),
        is_shown=lambda model: model.training.schedule != "constant",
        is_advanced=True,
        is_box=True,
        help=lambda model: f"the T of the schedule's {SCHEDULES[model.training.schedule].formula}",
    ),
    Control(
        "l1",
        "L1",
        "training",
        lambda model: number_text(model.training.l1),
        PENALTIES,
        is_advanced=True,
        help="λ of the penalty λ Σ|w|, which pulls every weight towards 0 at the same speed",
    ),
    Control(
        "input-noise",
        "input noise",
        "training",
        lambda model: model.training.input_noise,
        limits=(0, 0.5, 0.01),
        is_advanced=True,
        help="standard deviation of what is added to x and y of every training point, anew in every epoch",
    ),
    Control(
        "training-seed",
        "seed",
        "training",
        lambda model: model.training.seed,
        limits=(0, LARGEST_SEED, 1),
        is_advanced=True,
        is_box=True,
        help="decides the order of the points and the noise added to them; the same seed gives the same run",
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
