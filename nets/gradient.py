"""The gradient: which way training would move every parameter, seen over all training points at once."""

import numpy as np
from numpy.typing import NDArray

from nets.model import Model
from nets.network import is_weight
from nets.training import batches_of_data, penalised_gradient

Array = NDArray[np.float64]


def gradient(model: Model) -> tuple[float, Array]:
    """Return the loss that training descends and its slope at every parameter.

    The loss is the mean over all training points plus the penalty l1 · Σ|w| + ½ · l2 · Σw² over all
    weights; where a weight is 0 the slope of |w| is taken as 0. Numbers may be infinite, or none,
    where the network's are.

    Returns:
        the loss, and d loss / d parameters of shape (p,).
    """
    train, _ = batches_of_data(model)
    with np.errstate(all="ignore"):
        loss, slope = penalised_gradient(model)(model.parameters, train)
        return loss + _penalty(model), slope


def _penalty(model: Model) -> float:
    weights = model.parameters[is_weight(model.layers) == 1]
    return float(model.training.l1 * np.abs(weights).sum() + model.training.l2 / 2 * weights.dot(weights))
