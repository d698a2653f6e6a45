"""Descent: takes the steps of training, one batch after another.

This is the reference. What else takes steps (``nets.engine`` chooses) must take the same ones.
"""

from math import isfinite
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from nets.batches import Epoch
from nets.lbfgs import Minimizer, restrained
from nets.model import LARGEST_PARAMETER, LARGEST_STATE, Model
from nets.network import held_parameters
from nets.objective import Objective
from nets.optimizers import OPTIMIZERS, Optimizer

Array = NDArray[np.float64]


class Steps(Protocol):
    """What takes steps.

    Attributes:
        parameters: (p,) float64, as the last step left them; the next one may change them in place.
        state: the optimiser's, likewise.
        stride: how many steps are taken between two looks at the clock.
    """

    parameters: Array
    state: Array
    stride: int

    def take(self, epoch: Epoch, first: int, count: int) -> int:
        """Take a step for each of ``count`` batches, from number ``first`` on.

        Returns:
            how many steps were taken; fewer where the numbers of the next one are not finite, which then changes
            nothing.
        """


class Descent:
    """The steps of an optimiser that looks at a batch once (``Steps``)."""

    stride = 1

    def __init__(self, model: Model) -> None:
        self._training = model.training
        self._held = held_parameters(model.layers)
        self._objective = Objective(model)
        self._rate = model.training.learning_rate_at(model.progress.epoch)
        self._optimizer = self._optimizer_of(self._rate)
        self.parameters = self._objective.parameters
        self.state = starting_state(model, self._optimizer)
        self._new, self._new_state = np.empty_like(self.parameters), np.empty_like(self.state)

    def take(self, epoch: Epoch, first: int, count: int) -> int:
        rate = self._training.learning_rate_at(epoch.number)
        if rate != self._rate:
            self._rate, self._optimizer = rate, self._optimizer_of(rate)
        for index in range(first, first + count):
            if not self._step(epoch, index):
                return index - first
        return count

    def _step(self, epoch: Epoch, index: int) -> bool:
        objective, new, new_state = self._objective, self._new, self._new_state
        value = objective.loss(*epoch.batch(index), epoch.draws, index)
        self._optimizer.write_update(self.parameters, objective.gradient, self.state, new, new_state)
        if self._held is not None:
            new[self._held] = self.parameters[self._held]  # what momentum has gathered would move them still
        if not (isfinite(value) and is_within(new, LARGEST_PARAMETER) and is_within(new_state, LARGEST_STATE)):
            return False
        np.copyto(self.parameters, new)
        self.state, self._new_state = new_state, self.state
        return True

    def _optimizer_of(self, learning_rate: float) -> Optimizer:
        optimizer = OPTIMIZERS[self._training.optimizer].make(learning_rate, **self._training.hyperparameters)
        if not isinstance(optimizer, Optimizer):
            raise TypeError(f"{self._training.optimizer} does not take a batch at a time")
        return optimizer


class LineSearches:
    """The steps of an optimiser that looks at all training points as often as it needs to (``Steps``)."""

    stride = 1

    def __init__(self, model: Model, optimizer: Minimizer) -> None:
        self._optimizer = optimizer
        self._objective = Objective(model)
        self.parameters = model.parameters
        self.state = starting_state(model, optimizer)
        held = held_parameters(model.layers)
        if held is not None:
            self.state = restrained(self.state, held, self.parameters.size)

    def take(self, epoch: Epoch, first: int, count: int) -> int:
        objective, batch = self._objective, epoch.batch(first)

        def function(parameters: Array) -> tuple[float, Array]:
            np.copyto(objective.parameters, parameters)
            value = objective.loss(*batch, epoch.draws)
            return value + objective.penalty(), objective.gradient.copy()

        new, new_state = self._optimizer.update(function, self.parameters, self.state)
        if not (is_within(new, LARGEST_PARAMETER) and is_within(new_state, LARGEST_STATE)):
            return 0
        self.parameters, self.state = new, new_state
        return 1


def starting_state(model: Model, optimizer: Optimizer | Minimizer) -> Array:
    """Return the state to go on from; an empty one stands for a fresh one."""
    state = model.progress.state
    return state.copy() if state.size else optimizer.init(model.parameters)


def is_within(vector: Array, largest: float) -> bool:
    """Whether the vector's norm is below ``largest``; one product finds every NaN and infinity too."""
    return bool(vector.dot(vector) < largest**2)
