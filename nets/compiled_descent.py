"""Compiled descent: takes the steps of training in the kernel. Importing it needs numba."""

import numpy as np
from numpy.typing import NDArray

from nets import kernel_functions, kernel_losses, kernel_optimizers
from nets.batches import Epoch
from nets.descent import starting_state
from nets.kernel import take_steps
from nets.model import LARGEST_PARAMETER, LARGEST_STATE, Model
from nets.network import Layer, held_parameters, is_weight, plan
from nets.optimizers import OPTIMIZERS

Array = NDArray[np.float64]

WORK = 200_000  # multiplications between two looks at the clock: a fraction of a millisecond


class CompiledDescent:
    """The steps of an optimiser that looks at a batch once, compiled (``nets.descent.Steps``)."""

    def __init__(self, model: Model) -> None:
        training = model.training
        self._training = training
        self.parameters = model.parameters.copy()
        row = OPTIMIZERS[training.optimizer]
        self.state = starting_state(model, row.make(training.learning_rate))
        self.stride = max(1, WORK // (self.parameters.size * training.batch_size))
        self._plan, self._names = kernel_plan(model), kernel_names(model.layers)
        self._choices = (kernel_losses.NAMES.index(training.loss), kernel_optimizers.NAMES.index(training.optimizer))
        hyperparameters = {entry.name: entry.default for entry in row.hyperparameters} | dict(training.hyperparameters)
        own = [hyperparameters.get(name, 0.0) for name in kernel_optimizers.NUMBERS]
        self._numbers = np.array([0.0, training.l1, training.l2, LARGEST_PARAMETER, LARGEST_STATE, *own])
        self._is_weight = is_weight(model.layers)
        self._is_held = np.zeros(self.parameters.size, dtype=bool)
        held = held_parameters(model.layers)
        if held is not None:
            self._is_held[held] = True

    def take(self, epoch: Epoch, first: int, count: int) -> int:
        self._numbers[0] = self._training.learning_rate_at(epoch.number)
        noise, masks = self._draw(epoch, first, count)
        return int(
            take_steps(
                self._plan,
                self._names,
                self._choices,
                self._numbers,
                np.ascontiguousarray(epoch.points),
                np.ascontiguousarray(epoch.targets),
                first,
                epoch.batch_size,
                count,
                noise,
                masks,
                self._is_weight,
                self._is_held,
                self.parameters,
                self.state,
            )
        )

    def _draw(self, epoch: Epoch, first: int, count: int) -> tuple[Array, Array]:
        """Return what disturbs the steps: noise (count, p) and masks (count, hidden, n), empty where there is none."""
        noise, masks = np.empty((0, 0)), np.empty((0, 0, 0))
        batches = range(first, first + count)
        if epoch.draws and self._training.weight_noise:
            noise = np.array([epoch.draws.weight_noise(index, self.parameters.size) for index in batches])
        if epoch.draws and self._training.dropout:
            drawn = [epoch.draws.masks(index, epoch.batch(index).points.shape[1]) for index in batches]
            columns = max(mask.shape[1] for mask in drawn)
            masks = np.array([np.pad(mask, ((0, 0), (0, columns - mask.shape[1]))) for mask in drawn])
        return noise, masks


def kernel_plan(model: Model) -> NDArray[np.int64]:
    """Return the kernel's plan of a network, (layers, 7)."""
    rows, first_input = [], 0
    for layer, part in zip(model.layers, plan(model.layers), strict=True):
        width, inputs = part.shape
        pre = kernel_functions.NAMES.index(layer.pre)
        rows.append((width, inputs, part.before, pre, part.units.start, first_input, part.weights.start))
        first_input += inputs
    return np.array(rows)


def kernel_names(layers: tuple[Layer, ...]) -> NDArray[np.int64]:
    """Return the number of every neuron's nonlinearity."""
    names = []
    for layer in layers:
        numbers = [kernel_functions.NAMES.index(name) for name in layer.activation]
        names += [kernel_functions.OFF if i in layer.off else number for i, number in enumerate(numbers)]
    return np.array(names)
