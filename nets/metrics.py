"""Metrics: what is reported of a network at every snapshot: loss, without penalties, and the share it gets right."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.batches import Batch
from nets.losses import LOSSES
from nets.model import Model
from nets.network import forward

Array = NDArray[np.float64]


class Metrics(NamedTuple):
    """Loss and accuracy on the train and the test points; None where there is no such thing."""

    train_loss: float
    test_loss: float | None
    train_accuracy: float | None
    test_accuracy: float | None


# (p,) parameters -> the loss and, for classes, the share of points whose class is the highest output
LossAndAccuracy = Callable[[Array], tuple[float, float | None]]


def gauge(train: LossAndAccuracy, test: LossAndAccuracy | None) -> Callable[[Array], Metrics]:
    """Return what measures parameters on train and test points, where there are any of these."""

    def measure(parameters: Array) -> Metrics:
        train_loss, train_accuracy = train(parameters)
        test_loss, test_accuracy = test(parameters) if test else (None, None)
        return Metrics(train_loss, test_loss, train_accuracy, test_accuracy)

    return measure


def loss_and_accuracy(model: Model, batch: Batch) -> LossAndAccuracy:
    """Return what measures parameters of a model on some points: the reference."""
    loss = LOSSES[model.training.loss]
    classes = np.argmax(batch.targets, axis=0)

    def measure(parameters: Array) -> tuple[float, float | None]:
        outputs = forward(model.layers, parameters, batch.points)[-1].activation
        value, _ = loss.value_and_slope(outputs, batch.targets)
        if not model.data.classes:
            return value, None
        is_right = np.argmax(outputs, axis=0) == classes
        is_right &= ~np.isnan(outputs).any(axis=0)  # no class is the highest where one is undefined
        return value, float(np.mean(is_right))

    return measure
