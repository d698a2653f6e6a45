"""The kernel: gradient steps compiled, for batches so small that calling numpy costs more than what it computes.

``nets.descent`` is the reference; a step here gives the same numbers to 1e-12. Loops go along the points of a batch,
which lie side by side, so that the processor works on several of them at a time; and a batch goes through the network
a strip of points after the other, so that what a strip makes on its way stays in a near cache.
"""

from typing import Any

import numpy as np
from numba import njit

from nets.kernel_functions import IDENTITY, OPTIONS, compiled, multiply_by_slope, write_value
from nets.kernel_losses import write_loss_slope
from nets.kernel_optimizers import write_update

WIDTH, INPUTS, BEFORE, PRE, FIRST_UNIT, FIRST_INPUT, FIRST_PARAMETER = range(7)  # columns of a plan

STRIP = 256  # points

sums = njit(**OPTIONS | {"fastmath": {"contract", "reassoc"}})  # may be added up in any order

# Said beforehand, so that there is nothing to compile for arrays of another layout while somebody waits.
SIGNATURE = (
    "int64(int64[:, ::1], int64[::1], UniTuple(int64, 2), float64[::1], float64[:, ::1], float64[:, ::1], "
    "int64, int64, int64, float64[:, ::1], float64[:, :, ::1], float64[::1], boolean[::1], float64[::1], float64[::1])"
)


@compiled
def write_forward(
    layer: Any,
    names: Any,
    parameters: Any,
    points: Any,
    start: int,
    n: int,
    mask: Any,
    done: int,
    received: Any,
    inputs: Any,
    z: Any,
    a: Any,
) -> None:
    """Write what a layer receives of n points, its inputs, pre-activations and activations.

    The points are those from ``start`` on, ``done`` of their batch having been before them.
    """
    width, n_inputs, before, unit = layer[WIDTH], layer[INPUTS], layer[BEFORE], layer[FIRST_UNIT]
    first, place = layer[FIRST_INPUT], layer[FIRST_PARAMETER]
    is_bent = layer[PRE] != IDENTITY
    for i in range(n_inputs):
        row = received[first + i, :n] if is_bent else inputs[first + i, :n]
        if unit == 0 or i >= before:
            row[:] = points[(i - before) % 2, start : start + n]
        else:
            row[:] = a[unit - before + i, :n]
            _drop(mask, unit - before + i, done, row)
        if is_bent:
            write_value(layer[PRE], row, inputs[first + i, :n])
    for j in range(width):
        row = z[unit + j, :n]
        row[:] = parameters[place + width * n_inputs + j]
        weights = parameters[place + j * n_inputs : place + (j + 1) * n_inputs]
        _add_products(row, weights, inputs[first : first + n_inputs])
        write_value(names[unit + j], row, a[unit + j, :n])


@compiled
def _backward(
    layer: Any,
    names: Any,
    parameters: Any,
    n: int,
    mask: Any,
    done: int,
    received: Any,
    inputs: Any,
    z: Any,
    a: Any,
    upstream: Any,
    gradient: Any,
) -> None:
    """Add to a layer's part of the gradient, and write to ``upstream`` the slopes of the layer before."""
    width, n_inputs, before, unit = layer[WIDTH], layer[INPUTS], layer[BEFORE], layer[FIRST_UNIT]
    first, place = layer[FIRST_INPUT], layer[FIRST_PARAMETER]
    for j in range(width):
        slope = upstream[unit + j, :n]
        _drop(mask, unit + j, done, slope)
        _let_go(mask, unit + j, done, slope)
        multiply_by_slope(names[unit + j], z[unit + j, :n], a[unit + j, :n], slope)
        for i in range(n_inputs):
            gradient[place + j * n_inputs + i] += _dot(slope, inputs[first + i, :n])
        gradient[place + width * n_inputs + j] += _sum(slope)
    if unit == 0:
        return
    for i in range(before):
        below = upstream[unit - before + i, :n]
        below[:] = 0.0
        weights = parameters[place + i : place + i + width * n_inputs : n_inputs]
        _add_products(below, weights, upstream[unit : unit + width])
        if layer[PRE] != IDENTITY:
            multiply_by_slope(layer[PRE], received[first + i, :n], inputs[first + i, :n], below)


@compiled
def _drop(mask: Any, unit: int, done: int, row: Any) -> None:
    """Multiply a row by a neuron's row of the masks, where it has one."""
    if unit >= mask.shape[0]:
        return
    if mask.shape[1] == 1:
        for p in range(row.size):
            row[p] *= mask[unit, 0]
    else:
        for p in range(row.size):
            row[p] *= mask[unit, done + p]


@compiled
def _let_go(mask: Any, unit: int, done: int, slope: Any) -> None:
    """Write 0 where a neuron is dropped, however steep what follows is."""
    if unit >= mask.shape[0]:
        return
    last = mask.shape[1] - 1
    for p in range(slope.size):
        slope[p] = slope[p] if mask[unit, min(done + p, last)] != 0 else 0.0


@sums
def _add_products(row: Any, weights: Any, rows: Any) -> None:
    """Add weights @ rows to a row, four products at a time, so that it is read and written a quarter as often."""
    count = weights.size
    for i in range(0, count - 3, 4):
        u, v, w, x = weights[i], weights[i + 1], weights[i + 2], weights[i + 3]
        for p in range(row.size):
            row[p] += u * rows[i, p] + v * rows[i + 1, p] + w * rows[i + 2, p] + x * rows[i + 3, p]
    for i in range(count - count % 4, count):
        for p in range(row.size):
            row[p] += weights[i] * rows[i, p]


@sums
def _dot(first: Any, second: Any) -> float:
    total = 0.0
    for p in range(first.size):
        total += first[p] * second[p]
    return total


@sums
def _sum(row: Any) -> float:
    total = 0.0
    for p in range(row.size):
        total += row[p]
    return total


@sums
def _square(vector: Any) -> float:
    total = 0.0
    for i in range(vector.size):
        total += vector[i] * vector[i]
    return total


@njit(SIGNATURE, **OPTIONS)
def take_steps(
    plan: Any,
    names: Any,
    choices: Any,
    numbers: Any,
    points: Any,
    targets: Any,
    first: int,
    batch_size: int,
    count: int,
    noise: Any,
    masks: Any,
    is_weight: Any,
    is_held: Any,
    parameters: Any,
    state: Any,
) -> int:
    """Take steps for ``count`` batches from number ``first`` on; write to ``parameters`` and ``state``.

    All arrays are C-contiguous.

    Args:
        plan: (layers, 7) int64, a row a layer: width, inputs, width of the layer before, number of the
            nonlinearity before the weights, and where its neurons, its inputs and its parameters begin.
        names: (neurons,) int64, numbers of their nonlinearities.
        choices: numbers of the loss and of the optimiser.
        numbers: learning rate, l1, l2, largest norms of the parameters and of the state, then the optimiser's.
        points: (2, n) float64, of the epoch.
        targets: (outputs, n) float64.
        noise: (count, p) float64, added to the parameters before the gradient is taken; (0, 0) for none.
        masks: (count, hidden neurons, batch_size or 1) float64; (0, 0, 0) for none.
        is_weight: (p,) float64, 1 where penalties act.
        is_held: (p,) bool, what stays as it is.

    Returns:
        how many steps were taken; fewer where the numbers of the next one are not finite.
    """
    loss, optimizer = choices
    rate, l1, l2, largest, largest_state = numbers[:5]
    strip = min(STRIP, batch_size)
    n_inputs = plan[-1, FIRST_INPUT] + plan[-1, INPUTS]
    received, inputs = np.empty((n_inputs, strip)), np.empty((n_inputs, strip))
    z, a, upstream = (np.empty((names.size, strip)), np.empty((names.size, strip)), np.empty((names.size, strip)))
    column = np.empty(strip)
    gradient, new, new_state = np.empty_like(parameters), np.empty_like(parameters), np.empty_like(state)
    at = parameters.copy()
    outputs = plan[-1, FIRST_UNIT]
    for step in range(count):
        start = (first + step) * batch_size
        n = min(batch_size, points.shape[1] - start)
        at[:] = parameters
        if noise.size:
            for i in range(at.size):
                at[i] += 0.0 if is_held[i] else noise[step, i]
        mask = masks[step] if masks.size else masks.reshape(0, 0)
        gradient[:] = 0.0
        value = 0.0
        for done in range(0, n, strip):
            size = min(strip, n - done)
            for layer in range(len(plan)):
                write_forward(plan[layer], names, at, points, start + done, size, mask, done, received, inputs, z, a)
            value += write_loss_slope(loss, a[outputs:], targets, start + done, size, n, upstream[outputs:], column)
            for layer in range(len(plan) - 1, -1, -1):
                _backward(plan[layer], names, at, size, mask, done, received, inputs, z, a, upstream, gradient)
        for i in range(gradient.size):
            w = parameters[i]
            sign = (1.0 if w > 0 else 0.0) - (1.0 if w < 0 else 0.0)
            slope = gradient[i] + is_weight[i] * (l1 * sign + l2 * w)
            gradient[i] = 0.0 if is_held[i] else slope
        write_update(optimizer, rate, numbers[5:], parameters, gradient, state, new, new_state)
        for i in range(new.size):
            new[i] = parameters[i] if is_held[i] else new[i]
        is_finite = np.isfinite(value) and _square(new) < largest**2 and _square(new_state) < largest_state**2
        if not is_finite:
            return step
        parameters[:] = new
        state[:] = new_state
    return count
