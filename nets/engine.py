"""The engine: who takes the steps of training."""

from nets.descent import Descent, LineSearches, Steps
from nets.lbfgs import Minimizer
from nets.model import Model
from nets.optimizers import OPTIMIZERS


def steps_of(model: Model) -> Steps:
    """Return what takes the steps of the model's training."""
    optimizer = OPTIMIZERS[model.training.optimizer].make(model.training.learning_rate)
    return LineSearches(model, optimizer) if isinstance(optimizer, Minimizer) else Descent(model)
