"""Domains: where a network asks a nonlinearity for what it has no answer to, and what to say of it.

``log`` and ``sqrt`` are undefined below 0, and infinitely steep, or infinite, at 0. Whatever follows from
that is not a number either, so only the first layer in which it happens is worth naming.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.network import Layers, Response, forward, plan

Array = NDArray[np.float64]
Sides = Iterator[tuple[Array, Array, Array, Array]]

ADVICE = "raise the biases before it, or choose another nonlinearity"


class Gap(NamedTuple):
    """The path of a layer and one sentence about it."""

    where: str
    why: str


def find_gap(layers: Layers, parameters: Array, points: Array, what: str = "points") -> Gap | None:
    """Return where a network is first undefined at some of ``points`` (2, n), or has no slope; None if nowhere.

    Args:
        what: what the sentence calls the points.

    >>> from nets.network import Layer
    >>> layers = (Layer(1, ("log",)),)
    >>> find_gap(layers, np.array([1.0, 0.0, 0.5]), np.array([[-1.0, 0.0, 1.0], [0.0, 0.0, 0.0]])).why
    "layer 1's log is undefined at 1 of the 3 points; raise the biases before it, or choose another nonlinearity"
    """
    with np.errstate(all="ignore"):
        responses = forward(layers, parameters, points)
        return _first(layers, _values(layers, responses), "is undefined", what) or _first(
            layers, _slopes(layers, responses), "has no finite slope", what
        )


def _values(layers: Layers, responses: list[Response]) -> Sides:
    """Yield every layer's arguments and values, of the nonlinearity before its weights and of those after them."""
    for response in responses:
        yield response.received, response.inputs, response.preactivation, response.activation


def _slopes(layers: Layers, responses: list[Response]) -> Sides:
    """Yield the same with slopes in place of values, as far as a gradient uses them."""
    for index, (part, response) in enumerate(zip(plan(layers), responses, strict=True)):
        received, inputs, z, a = response
        before = np.zeros_like(inputs) if index == 0 or part.pre is None else part.pre.slope(received, inputs)
        after = np.zeros_like(a)
        if part.write_slope is not None:
            part.write_slope(z, a, after)
        yield received, before, z, after


def _first(layers: Layers, numbers: Sides, problem: str, what: str) -> Gap | None:
    for index, (layer, (received, before, z, after)) in enumerate(zip(layers, numbers, strict=True)):
        sides = (
            ((layer.pre,) * len(received), received, before, "the {0} before the weights of layer {1}"),
            (layer.activation, z, after, "layer {1}'s {0}"),
        )
        for names, arguments, results, sentence in sides:
            lowest = np.array([ACTIVATIONS[name].lowest for name in names])[:, None]
            # a finite argument without a finite result inside the domain is an overflow, which is something else
            missing = np.isfinite(arguments) & ~np.isfinite(results) & (arguments <= lowest)
            if missing.any():
                name = names[int(np.argmax(missing.any(axis=1)))]
                is_concerned = missing[[own == name for own in names]].any(axis=0)
                count = f"at {np.count_nonzero(is_concerned)} of the {is_concerned.size} {what}"
                return Gap(f"layers[{index}]", f"{sentence.format(name, index + 1)} {problem} {count}; {ADVICE}")
    return None
