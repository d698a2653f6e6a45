"""Domains: where a network asks a nonlinearity for what it has no answer to, and what to say of it.

``log`` and ``sqrt`` are undefined below 0, and infinitely steep, or infinite, at 0. Whatever follows from
that is not a number either, so only the first layer in which it happens is worth naming.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.network import Layers, Response, forward

Array = NDArray[np.float64]
Mask = NDArray[np.bool_]

ADVICE = "raise the biases before it, or choose another nonlinearity"


class Gap(NamedTuple):
    """The path of a layer and one sentence about it."""

    where: str
    why: str


def find_gap(layers: Layers, parameters: Array, points: Array, what: str = "points") -> Gap | None:
    """Return where a network is first undefined at some of ``points`` (2, n), or has no slope; None if nowhere.

    Args:
        what: what the sentence calls the points.
    """
    with np.errstate(all="ignore"):
        responses = forward(layers, parameters, points)
        for is_missing, problem in ((_has_no_value, "is undefined"), (_has_no_slope, "has no finite slope")):
            for index, (layer, response) in enumerate(zip(layers, responses, strict=True)):
                for name, where, z, a in _steps(layer.pre, layer.activation, index, response):
                    missing = is_missing(name, z, a).any(axis=0)
                    if missing.any():
                        count = f"at {np.count_nonzero(missing)} of the {missing.size} {what}"
                        return Gap(f"layers[{index}]", f"{where} {problem} {count}; {ADVICE}")
    return None


def _steps(
    pre: str, activation: tuple[str, ...], index: int, response: Response
) -> list[tuple[str, str, Array, Array]]:
    """Return every nonlinearity of a layer with its place in words, its arguments and its values, in their order."""
    number = index + 1
    before = (pre, f"the {pre} before the weights of layer {number}", response.received, response.inputs)
    after = []
    for name in dict.fromkeys(activation):
        rows = np.array([own == name for own in activation])
        after.append((name, f"layer {number}'s {name}", response.preactivation[rows], response.activation[rows]))
    return [before, *after]


def _has_no_value(name: str, z: Array, a: Array) -> Mask:
    """Whether a finite argument has no finite value because of the domain; an overflow is something else."""
    return np.isfinite(z) & ~np.isfinite(a) & (z <= ACTIVATIONS[name].lowest)


def _has_no_slope(name: str, z: Array, a: Array) -> Mask:
    """Whether a finite argument has no finite slope, as at the lower end of the domain of sqrt."""
    return np.isfinite(z) & ~np.isfinite(ACTIVATIONS[name].slope(z, a)) & (z <= ACTIVATIONS[name].lowest)
