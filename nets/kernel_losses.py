"""Losses for the kernel: the compiled twins of ``nets.losses``."""

import math
from typing import Any

from nets.kernel_functions import compiled, exp

NAMES = ("softmax_cross_entropy", "mean_squared_error", "mean_absolute_error", "huber", "hinge")
SOFTMAX_CROSS_ENTROPY, MEAN_SQUARED_ERROR, MEAN_ABSOLUTE_ERROR, HUBER, HINGE = range(len(NAMES))


@compiled
def write_loss_slope(
    name: int, outputs: Any, targets: Any, start: int, size: int, n: int, slope: Any, column: Any
) -> float:
    """Return what ``size`` of a batch's n points add to loss number ``name``, and write its slope there.

    Their targets are those from ``start`` on. The other arrays have room for them at least; what ``column`` holds
    afterwards is of no use.
    """
    if name == SOFTMAX_CROSS_ENTROPY:
        return _cross_entropy(outputs, targets, start, size, n, slope, column)
    if name == HINGE:
        return _hinge(outputs, targets, start, size, n, slope, column)
    value = 0.0
    for k in range(outputs.shape[0]):
        for p in range(size):
            d = outputs[k, p] - targets[k, start + p]
            sign = (1.0 if d > 0 else 0.0) - (1.0 if d < 0 else 0.0)
            cut = d if abs(d) <= 1 else sign
            if name == MEAN_SQUARED_ERROR:
                value += d * d
                slope[k, p] = 2 * d / n
            elif name == MEAN_ABSOLUTE_ERROR:
                value += abs(d)
                slope[k, p] = sign / n
            else:
                value += cut * (d - cut / 2)
                slope[k, p] = cut / n
    return value / n


@compiled
def _cross_entropy(outputs: Any, targets: Any, start: int, size: int, n: int, slope: Any, column: Any) -> float:
    n_outputs = outputs.shape[0]
    value = 0.0
    for p in range(size):
        column[p] = outputs[0, p]
    for k in range(1, n_outputs):
        for p in range(size):
            column[p] = max(column[p], outputs[k, p])
    for k in range(n_outputs):
        for p in range(size):
            shifted = outputs[k, p] - column[p]
            value -= targets[k, start + p] * shifted
            slope[k, p] = exp(shifted)
    for p in range(size):
        column[p] = 0.0
    for k in range(n_outputs):
        for p in range(size):
            column[p] += slope[k, p]
    for k in range(n_outputs):
        for p in range(size):
            slope[k, p] = (slope[k, p] / column[p] - targets[k, start + p]) / n
    for p in range(size):
        value += math.log(column[p])
    return value / n


@compiled
def _hinge(outputs: Any, targets: Any, start: int, size: int, n: int, slope: Any, column: Any) -> float:
    n_outputs = outputs.shape[0]
    value = 0.0
    for p in range(size):
        column[p] = 0.0
        for k in range(n_outputs):
            column[p] += targets[k, start + p] * outputs[k, p]
    for p in range(size):
        near = 0.0
        for k in range(n_outputs):
            margin = outputs[k, p] - column[p] + 1 - targets[k, start + p]
            is_near = 0.0 if margin <= 0 else 1.0
            value += is_near * margin
            near += is_near
            slope[k, p] = is_near
        for k in range(n_outputs):
            slope[k, p] = (slope[k, p] - targets[k, start + p] * near) / n
    return value / n
