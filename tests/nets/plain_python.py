"""The library's mathematics once more, number by number and with nothing but ``math``: the tests' oracle.

Formulas are as they stand in the literature, not rearranged for the tails; they hold for |z| ≤ 700.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from nets.network import Layers

ACTIVATIONS: dict[str, Callable[[float], float]] = {
    "identity": lambda z: z,
    "relu": lambda z: max(z, 0.0),
    "leaky_relu": lambda z: z if z > 0 else 0.01 * z,
    "elu": lambda z: z if z > 0 else math.exp(z) - 1,
    "softplus": lambda z: math.log(1 + math.exp(z)),
    "tanh": math.tanh,
    "sigmoid": lambda z: 1 / (1 + math.exp(-z)),
    "hard_tanh": lambda z: min(max(z, -1.0), 1.0),
    "sin": math.sin,
    "gaussian": lambda z: math.exp(-(z**2)),
    "step": lambda z: 1.0 if z > 0 else 0.0,
    "abs": math.fabs,
    "square": lambda z: z**2,
    "silu": lambda z: z / (1 + math.exp(-z)),
    "log": lambda z: math.log(z) if z > 0 else (-math.inf if z == 0 else math.nan),
    "exp": math.exp,
    "sqrt": lambda z: math.sqrt(z) if z >= 0 else math.nan,
    "gelu": lambda z: 0.5 * z * (1 + math.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3))),
}


def softmax_cross_entropy(scores: Sequence[float], targets: Sequence[float]) -> float:
    """−Σ t log softmax(s) of one point."""
    total = sum(math.exp(score) for score in scores)
    return -sum(t * math.log(math.exp(s) / total) for s, t in zip(scores, targets, strict=True))


def mean_squared_error(outputs: Sequence[float], targets: Sequence[float]) -> float:
    """Σ (a − t)² of one point."""
    return sum((a - t) ** 2 for a, t in zip(outputs, targets, strict=True))


def mean_absolute_error(outputs: Sequence[float], targets: Sequence[float]) -> float:
    """Σ |a − t| of one point."""
    return sum(abs(a - t) for a, t in zip(outputs, targets, strict=True))


def huber(outputs: Sequence[float], targets: Sequence[float]) -> float:
    """A parabola with straight arms, of one point."""
    distances = [abs(a - t) for a, t in zip(outputs, targets, strict=True)]
    return sum(d**2 / 2 if d <= 1 else d - 0.5 for d in distances)


def hinge(scores: Sequence[float], targets: Sequence[float]) -> float:
    """By how much other classes come nearer to the true one than 1, summed up."""
    true = list(targets).index(1)
    return sum(max(0.0, 1 - (scores[true] - score)) for k, score in enumerate(scores) if k != true)


LOSSES = {
    "softmax_cross_entropy": softmax_cross_entropy,
    "mean_squared_error": mean_squared_error,
    "mean_absolute_error": mean_absolute_error,
    "huber": huber,
    "hinge": hinge,
}


class Response(NamedTuple):
    """What one layer made of one point: one number per neuron."""

    preactivation: list[float]
    activation: list[float]


def forward(layers: Layers, parameters: Iterable[float], x: float, y: float) -> list[Response]:
    """Return every layer's response to the point (x, y), taking the parameters one after another."""
    numbers = iter(parameters)
    values = [x, y]
    responses = []
    for layer in layers:
        received = [*values, x, y] if layer.skip else values
        inputs = [ACTIVATIONS[layer.pre](value) for value in received]
        sums = [sum(float(next(numbers)) * u for u in inputs) for _ in range(layer.width)]
        z = [total + float(next(numbers)) for total in sums]
        values = [ACTIVATIONS[name](number) for name, number in zip(layer.activation, z, strict=True)]
        responses.append(Response(z, values))
    if list(numbers):
        raise ValueError("more parameters than the layers need")
    return responses
