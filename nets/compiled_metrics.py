"""Compiled metrics: measures parameters in the kernel. Importing it needs numba."""

import numpy as np
from numpy.typing import NDArray

from nets import kernel_losses
from nets.batches import Batch
from nets.compiled_descent import kernel_names, kernel_plan
from nets.kernel_metrics import measure
from nets.metrics import LossAndAccuracy
from nets.model import Model

Array = NDArray[np.float64]


def compiled_loss_and_accuracy(model: Model, batch: Batch) -> LossAndAccuracy:
    """Return what measures parameters of a model on some points (``nets.metrics.loss_and_accuracy``), compiled."""
    plan, names = kernel_plan(model), kernel_names(model.layers)
    loss = kernel_losses.NAMES.index(model.training.loss)
    points, targets = np.ascontiguousarray(batch.points), np.ascontiguousarray(batch.targets)

    def measured(parameters: Array) -> tuple[float, float | None]:
        value, right = measure(plan, names, loss, parameters, points, targets)
        return value, right / points.shape[1] if model.data.classes else None

    return measured
