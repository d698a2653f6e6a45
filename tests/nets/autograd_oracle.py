"""The objective once more, in formulas from the literature, for automatic differentiation: the tests' second oracle.

Nothing is shared with the library but the description of the layers. Derivatives are autograd's (Maclaurin, Duvenaud
and Johnson), which knows those of sums, products and functions like exp, and nothing of networks.
"""

from collections.abc import Callable
from typing import Any

import autograd.numpy as np
from autograd import value_and_grad

from nets.network import Layers

Array = Any

ACTIVATIONS: dict[str, Callable[[Array], Array]] = {
    "identity": lambda z: z,
    "relu": lambda z: np.where(z > 0, z, 0.0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, np.exp(np.minimum(z, 0)) - 1),
    "softplus": lambda z: np.log(1 + np.exp(z)),
    "tanh": lambda z: (np.exp(z) - np.exp(-z)) / (np.exp(z) + np.exp(-z)),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
    "hard_tanh": lambda z: np.where(z > 1, 1.0, np.where(z < -1, -1.0, z)),
    "sin": np.sin,
    "gaussian": lambda z: np.exp(-(z**2)),
    "step": lambda z: np.where(z > 0, 1.0, 0.0),
    "abs": lambda z: np.where(z > 0, z, -z),
    "square": lambda z: z * z,
    "silu": lambda z: z / (1 + np.exp(-z)),
    "gelu": lambda z: 0.5 * z * (1 + np.tanh(np.sqrt(2 / np.pi) * (z + 0.044715 * z**3))),
    "log": np.log,
    "exp": np.exp,
    "sqrt": lambda z: z**0.5,
}


def softmax_cross_entropy(scores: Array, targets: Array) -> Array:
    total = np.log(np.sum(np.exp(scores), axis=0))
    return np.mean(total - np.sum(targets * scores, axis=0))


def mean_squared_error(outputs: Array, targets: Array) -> Array:
    return np.mean(np.sum((outputs - targets) ** 2, axis=0))


def mean_absolute_error(outputs: Array, targets: Array) -> Array:
    return np.mean(np.sum(np.abs(outputs - targets), axis=0))


def huber(outputs: Array, targets: Array) -> Array:
    d = outputs - targets
    return np.mean(np.sum(np.where(np.abs(d) <= 1, d**2 / 2, np.abs(d) - 0.5), axis=0))


def hinge(scores: Array, targets: Array) -> Array:
    true = np.sum(scores * targets, axis=0)
    return np.mean(np.sum((1 - targets) * np.maximum(0, 1 + scores - true), axis=0))


LOSSES = {
    "softmax_cross_entropy": softmax_cross_entropy,
    "mean_squared_error": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "huber": huber,
    "hinge": hinge,
}


def outputs(layers: Layers, parameters: Array, points: Array, masks: Array | None = None) -> Array:
    """The last layer's activations, (outputs, n); ``masks``, (hidden neurons, n or 1), multiply those before it."""
    values, start, unit = points, 0, 0
    for layer in layers:
        received = np.concatenate([values, points]) if layer.skip else values
        end = start + layer.width * len(received)
        weights = np.reshape(parameters[start:end], (layer.width, len(received)))
        biases = np.reshape(parameters[end : end + layer.width], (layer.width, 1))
        z = np.dot(weights, ACTIVATIONS[layer.pre](received)) + biases
        rows = [0 * z[i] if i in layer.off else ACTIVATIONS[name](z[i]) for i, name in enumerate(layer.activation)]
        values = np.stack(rows)
        if masks is not None and layer is not layers[-1]:
            values = values * masks[unit : unit + layer.width]
        start, unit = end + layer.width, unit + layer.width
    return values


def penalty(layers: Layers, parameters: Array, l1: float, l2: float) -> Array:
    """l1 Σ|w| + ½ l2 Σw² over all weights, biases left out."""
    total, start, before = 0.0, 0, 2
    for layer in layers:
        end = start + layer.width * (before + 2 * layer.skip)
        weights = parameters[start:end]
        total = total + l1 * np.sum(np.abs(weights)) + l2 / 2 * np.sum(weights**2)
        start, before = end + layer.width, layer.width
    return total


def loss_and_gradient(
    layers: Layers, parameters: Array, points: Array, targets: Array, loss: str, *, masks: Array | None = None
) -> tuple[float, Array]:
    """The loss of a batch and its slope at every parameter."""

    def function(at: Array) -> Array:
        return LOSSES[loss](outputs(layers, at, points, masks), targets)

    return value_and_grad(function)(parameters)


def penalty_gradient(layers: Layers, parameters: Array, l1: float, l2: float) -> Array:
    """The slope of the penalty at every parameter."""
    return value_and_grad(lambda at: penalty(layers, at, l1, l2))(parameters)[1]
