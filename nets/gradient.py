"""The gradient: which way training would move every parameter, seen over all training points at once."""

import numpy as np
from numpy.typing import NDArray

from nets.batches import batches_of_data
from nets.model import Model
from nets.objective import Objective

Array = NDArray[np.float64]


def gradient(model: Model) -> tuple[float, Array]:
    """Return what training descends and its slope at every parameter.

    It is the mean loss over all training points plus the penalties l1 · Σ|w| + ½ · l2 · Σw² over all weights;
    where a weight is 0 the slope of |w| is taken as 0. Nothing is dropped and no noise is added. Numbers may be
    infinite, or none, where the network's are.

    Returns:
        the objective, and its slopes, (p,).
    """
    train, _ = batches_of_data(model)
    with np.errstate(all="ignore"):
        objective = Objective(model)
        return objective.loss(*train) + objective.penalty(), objective.gradient
