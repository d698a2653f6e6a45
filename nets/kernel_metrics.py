"""Metrics for the kernel: the compiled twin of ``nets.metrics``."""

from typing import Any

import numpy as np
from numba import njit

from nets.kernel import FIRST_INPUT, FIRST_UNIT, INPUTS, write_forward
from nets.kernel_functions import OPTIONS, compiled
from nets.kernel_losses import write_loss_slope

STRIP = 64  # points; what longer strips need is so large that every call would get its memory from the system anew
SIGNATURE = "Tuple((float64, int64))(int64[:, ::1], int64[::1], int64, float64[::1], float64[:, ::1], float64[:, ::1])"


@compiled
def _is_highest(outputs: Any, targets: Any, p: int, place: int) -> int:
    """Return 1 where the first of the highest outputs is the point's class; 0 elsewhere, and where one is NaN."""
    highest, true = 0, 0
    for k in range(outputs.shape[0]):
        if np.isnan(outputs[k, p]):
            return 0
        highest = k if outputs[k, p] > outputs[highest, p] else highest
        true = k if targets[k, place] > targets[true, place] else true
    return 1 if highest == true else 0


@njit(SIGNATURE, **OPTIONS)
def measure(plan: Any, names: Any, loss: int, parameters: Any, points: Any, targets: Any) -> tuple[float, int]:
    """Return the loss, and at how many points the output that should be highest is; arrays as ``kernel.take_steps``."""
    n = points.shape[1]
    strip = min(STRIP, n)
    n_inputs = plan[-1, FIRST_INPUT] + plan[-1, INPUTS]
    received, inputs = np.empty((n_inputs, strip)), np.empty((n_inputs, strip))
    z, a = np.empty((names.size, strip)), np.empty((names.size, strip))
    outputs = a[plan[-1, FIRST_UNIT] :]
    slope, column, mask = np.empty((outputs.shape[0], strip)), np.empty(strip), np.empty((0, 0))
    value, right = 0.0, 0
    for start in range(0, n, strip):
        size = min(strip, n - start)
        for layer in range(len(plan)):
            write_forward(plan[layer], names, parameters, points, start, size, mask, 0, received, inputs, z, a)
        value += write_loss_slope(loss, outputs, targets, start, size, n, slope, column)
        for p in range(size):
            right += _is_highest(outputs, targets, p, start + p)
    return value, right
