"""Batches: the points that training looks at, as the network sees them, and the order in which it does."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.datasets import load, target_rows
from nets.draws import Draws, input_noise, order_of_points
from nets.model import Model

Array = NDArray[np.float64]


class Batch(NamedTuple):
    """Points (2, n) and target rows (outputs, n)."""

    points: Array
    targets: Array


class Epoch(NamedTuple):
    """All training points once, in the order and with the noise of one epoch.

    Attributes:
        number: the first is 0.
        points: (2, n) float64.
        targets: (outputs, n) float64.
        batch_size: points a batch; the last one holds what is left and may be smaller.
        draws: what disturbs its steps; None for nothing.
    """

    number: int
    points: Array
    targets: Array
    batch_size: int
    draws: Draws | None

    @property
    def n_batches(self) -> int:
        return -(-self.points.shape[1] // self.batch_size)

    def batch(self, index: int) -> Batch:
        """Return a batch by its number, the first being 0, as views."""
        chosen = slice(index * self.batch_size, (index + 1) * self.batch_size)
        return Batch(self.points[:, chosen], self.targets[:, chosen])


def batches_of_data(model: Model) -> tuple[Batch, Batch]:
    """Return the model's train points and test points."""
    data = load(model.data)
    points = model.inputs.standardise(data.points)
    targets = target_rows(model.data, data.targets)
    train = ~data.is_test
    return (
        Batch(points[:, train], targets[:, train]),
        Batch(points[:, data.is_test], targets[:, data.is_test]),
    )


def epoch_of(model: Model, train: Batch, number: int) -> Epoch:
    """Return the train points as an epoch looks at them; where there is one batch only, their order does not matter."""
    training, n = model.training, train.points.shape[1]
    batch_size = training.batch_size_of(n)
    points, targets = train
    if batch_size < n:
        order = order_of_points(training, number, n)
        points, targets = points.take(order, axis=1), targets.take(order, axis=1)
    if training.input_noise:
        points = points + input_noise(training, number, n)
    is_disturbed = training.dropout or training.weight_noise
    return Epoch(number, points, targets, batch_size, Draws(training, model.layers, number) if is_disturbed else None)
