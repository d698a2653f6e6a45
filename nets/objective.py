"""The objective: what training descends, the loss of a batch plus the penalties of the weights.

Where a weight is 0, the slope of its |w| is taken as 0.
"""

import numpy as np
from numpy.typing import NDArray

from nets.backpropagation import Backpropagation
from nets.draws import Draws
from nets.losses import LOSSES
from nets.model import Model
from nets.network import held_parameters, is_weight

Array = NDArray[np.float64]


class Objective:
    """The objective of one model and its gradient, in arrays that are made once.

    Attributes:
        parameters: (p,) float64, where it is looked at; whoever uses it writes to it.
        gradient: (p,) float64, written by every call; 0 for the parameters of neurons that are frozen or switched off.
    """

    def __init__(self, model: Model) -> None:
        self.parameters = model.parameters.copy()
        self.gradient = np.empty_like(self.parameters)
        self._model = model
        self._held = held_parameters(model.layers)
        self._scratch = np.empty_like(self.parameters)
        self._disturbed = np.empty_like(self.parameters) if model.training.weight_noise else self.parameters
        self._mask = mask = is_weight(model.layers)
        self._l1, self._l2 = (size * mask if size else None for size in (model.training.l1, model.training.l2))
        self._by_size: dict[tuple[int, bool], Backpropagation] = {}

    def loss(self, points: Array, targets: Array, draws: Draws | None = None, batch: int = 0) -> float:
        """Return the loss of a batch, without penalties, and write the gradient, with them.

        Args:
            points: (2, n) float64, as the network sees them.
            targets: (outputs, n) float64.
            draws: what disturbs the step; None for nothing.
            batch: its number within the epoch.
        """
        n = points.shape[1]
        masks = draws.masks(batch, n) if draws and self._model.training.dropout else None
        if self._disturbed is not self.parameters:
            np.copyto(self._disturbed, self.parameters)
            if draws:
                self._disturb(draws.weight_noise(batch, self.parameters.size))
        value = self._backpropagation(n, masks is not None)(points, targets, masks)
        if self._l1 is not None:
            np.sign(self.parameters, self._scratch)
            np.multiply(self._scratch, self._l1, self._scratch)
            np.add(self.gradient, self._scratch, self.gradient)
        if self._l2 is not None:
            np.multiply(self.parameters, self._l2, self._scratch)
            np.add(self.gradient, self._scratch, self.gradient)
        if self._held is not None:
            self.gradient[self._held] = 0
        return value

    def penalty(self) -> float:
        """Return l1 · Σ|w| + ½ · l2 · Σw² over all weights."""
        weights, training = self.parameters[self._mask == 1], self._model.training
        return float(training.l1 * np.abs(weights).sum() + training.l2 / 2 * weights.dot(weights))

    def _disturb(self, noise: Array) -> None:
        if self._held is not None:
            noise[self._held] = 0
        np.add(self._disturbed, noise, self._disturbed)

    def _backpropagation(self, n: int, has_dropout: bool) -> Backpropagation:
        key = n, has_dropout
        if key not in self._by_size:
            loss = LOSSES[self._model.training.loss]
            self._by_size[key] = Backpropagation(
                self._model.layers, self._disturbed, self.gradient, loss, n, has_dropout=has_dropout
            )
        return self._by_size[key]
