"""Divergence: what happened where numbers stopped being finite, in which layer, and what to try instead."""

import numpy as np
from numpy.typing import NDArray

from nets.backpropagation import loss_and_gradient
from nets.domains import find_gap
from nets.losses import LOSSES
from nets.model import Model
from nets.network import Layer, Response, forward, split
from nets.stopping import Ending

Array = NDArray[np.float64]

EXPLODED = 1e3  # a weight beyond this is no longer what training with sensible steps makes of one
FAST = ("square", "exp")  # nonlinearities that grow faster than what they are given
SMALLEST_RATE = 1e-8


def diagnose(model: Model, points: Array, targets: Array, train_points: Array) -> Ending:
    """Say what was the first not to be finite in the step after ``model``, the last one that was.

    Args:
        model: as it was before the step.
        points: (2, n) float64, the step's batch.
        targets: (outputs, n) float64.
        train_points: (2, m) float64, all that the network learns from.
    """
    gap = find_gap(model.layers, model.parameters, train_points, "training points")
    if gap:
        return Ending("diverged", gap.where, gap.why)
    responses = forward(model.layers, model.parameters, points)
    for index, (layer, response) in enumerate(zip(model.layers, responses, strict=True)):
        if not np.isfinite(response.activation).all() or not np.isfinite(response.preactivation).all():
            return _ending(f"layers[{index}]", *_in_layer(model, index, layer, response))
    outputs = responses[-1].activation
    loss, _ = LOSSES[model.training.loss].value_and_slope(outputs, targets)
    if not np.isfinite(loss):
        what = f"the outputs grew to {_largest(outputs):.2g}, so large that the loss overflowed"
        return _ending(f"layers[{len(model.layers) - 1}]", what, _advice(model))
    return _ending("training.learning_rate", _in_step(model, points, targets), _advice(model))


def _ending(where: str, what: str, advice: str) -> Ending:
    return Ending("diverged", where, f"{what}; {advice}")


def _in_layer(model: Model, index: int, layer: Layer, response: Response) -> tuple[str, str]:
    """Return what was not finite in a layer, and what to try."""
    number = index + 1
    if not np.isfinite(response.inputs).all():
        verb, example = _example((layer.pre,) * len(response.inputs), response.received, response.inputs)
        what = f"the inputs of layer {number} {verb}: {example}"
    elif not np.isfinite(response.preactivation).all():
        verb, weights = "overflowed", split(model.layers, model.parameters)[index][0]
        what = (
            f"the pre-activations of layer {number} overflowed: its weights go up to {_largest(weights):.2g}, "
            f"what they are multiplied with up to {_largest(response.inputs):.2g}"
        )
    else:
        verb, example = _example(layer.activation, response.preactivation, response.activation)
        what = f"the activations of layer {number} {verb}: {example}"
    if verb == "are undefined":
        return what, "try a nonlinearity that is defined everywhere, or new weights"
    return what, _advice(model)


def _example(names: tuple[str, ...], before: Array, after: Array) -> tuple[str, str]:
    """Return what happened to the first value that a nonlinearity did not leave finite, and how it came about."""
    row, column = np.argwhere(~np.isfinite(after))[0]
    verb = "are undefined" if np.isnan(after[row, column]) else "overflowed"
    return verb, f"{names[row]} of {before[row, column]:.2g}"


def _in_step(model: Model, points: Array, targets: Array) -> str:
    """Return what a step out of range was made of."""
    loss = LOSSES[model.training.loss]
    _, gradient = loss_and_gradient(model.layers, model.parameters, points, targets, loss)
    norms = [np.sqrt(np.vdot(w, w) + np.vdot(b, b)) for w, b in split(model.layers, gradient)]
    steepest = int(np.argmax(np.nan_to_num(norms, nan=np.inf, posinf=np.inf)))
    is_finite = np.isfinite(norms[steepest])
    size = f"has norm {norms[steepest]:.2g}" if is_finite else "overflowed"
    rate = model.training.learning_rate_at(model.progress.epoch)
    return f"a step of learning rate {rate:g} went out of range: the gradient of layer {steepest + 1} {size}"


def _advice(model: Model) -> str:
    """Return what to try where numbers have grown too large."""
    largest = [_largest(weights) for weights, _ in split(model.layers, model.parameters)]
    layer = int(np.argmax(largest))
    is_exploded = largest[layer] > EXPLODED
    smaller = model.training.learning_rate / 10
    cause = f"the weights of layer {layer + 1} have exploded, up to {largest[layer]:.2g}; " if is_exploded else ""
    start = "from an earlier moment or with new weights" if is_exploded else "or new weights"
    has_smaller = smaller >= SMALLEST_RATE and not model.training.is_full_batch
    rate = f"try a learning rate of {smaller:g} {start}" if has_smaller else "try other weights"
    fast = sorted({name for layer in model.layers for name in (*layer.activation, layer.pre)} & set(FAST))
    instead = f", and instead of {' and '.join(fast)} a nonlinearity that grows more slowly" if fast else ""
    return f"{cause}{rate}{instead}"


def _largest(values: Array) -> float:
    return float(np.abs(values).max())
