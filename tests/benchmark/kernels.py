"""The bare numpy kernels of a gradient step: what cannot be avoided when a step is made of numpy calls.

For one network and one batch a program without any structure is written, line by line: no loop,
no table, no object, no allocation; only products of matrices, tanh, the loss, sums and Adam's
vector operations, on arrays that exist already, through ``out=``. Hidden layers are tanh, the
outputs linear. It is the same mathematics on the same float64 arrays as ``nets.network``.
"""

from collections.abc import Callable
from itertools import pairwise
from math import sqrt
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

# Lines for layer k, which receives the activations a of layer j = k − 1: z is its pre-activation, d the slope there.
FORWARD = """
dot(W{k}, a{j}, z{k})
add(z{k}, c{k}, z{k})
"""
TANH = """
tanh(z{k}, a{k})
"""
BACKWARD = """
dot(d{k}, aT{j}, gW{k})
sum(d{k}, 1, None, gb{k})
"""
UPSTREAM = """
dot(WT{k}, d{k}, d{j})
multiply(a{j}, a{j}, a{j})
subtract(1.0, a{j}, a{j})
multiply(d{j}, a{j}, d{j})
"""
LOSS = {
    "softmax_cross_entropy": """
highest(z{k}, 0, None, top)
subtract(z{k}, top, z{k})
exp(z{k}, d{k})
sum(d{k}, 0, None, total)
divide(d{k}, total, d{k})
subtract(d{k}, targets, d{k})
multiply(d{k}, 1.0 / n, d{k})
log(total, total)
value = (sum(total) - vdot(targets, z{k})) / n
""",
    "mean_squared_error": """
subtract(z{k}, targets, d{k})
value = vdot(d{k}, d{k}) / n
multiply(d{k}, 2.0 / n, d{k})
""",
}
ADAM = """
t += 1
multiply(m, 0.9, m)
multiply(g, 1 - 0.9, s)
add(m, s, m)
multiply(v, 0.999, v)
multiply(g, g, s)
multiply(s, 1 - 0.999, s)
add(v, s, v)
sqrts(v, s)
correction = sqrt(1 - 0.999**t)
add(s, 1e-8 * correction, s)
divide(m, s, s)
multiply(s, learning_rate * correction / (1 - 0.9**t), s)
subtract(w, s, w)
"""
NUMPY = {
    "dot": np.dot,  # half the overhead of matmul
    "vdot": np.vdot,
    "sum": np.add.reduce,
    "highest": np.maximum.reduce,
    "sqrts": np.sqrt,
    "sqrt": sqrt,
    **{name: getattr(np, name) for name in ("add", "subtract", "multiply", "divide", "tanh", "exp", "log")},
}


class Kernels(NamedTuple):
    """A program for one network and one batch, and the arrays it works on.

    ``restart(parameters)`` begins anew; ``run(steps)`` takes so many steps and returns the last
    one's loss; ``parameters`` and ``gradient`` are (p,) float64, written by every step.
    """

    restart: Callable[[Array], None]
    run: Callable[[int], float]
    parameters: Array
    gradient: Array


def kernels(widths: tuple[int, ...], points: Array, targets: Array, loss: str, learning_rate: float) -> Kernels:
    """Write the program of a tanh network of the given widths (the two inputs first).

    Args:
        points: (2, n) float64.
        targets: (outputs, n) float64.
        loss: a name of ``LOSS``.
    """
    arrays = _arrays(widths, points, targets)
    scope: dict[str, Any] = {**NUMPY, **arrays, "n": points.shape[1], "learning_rate": learning_rate}
    exec(source(len(widths) - 1, loss), scope)
    clock = {"t": 0}

    def restart(parameters: Array) -> None:
        arrays["w"][:] = parameters
        arrays["m"][:] = arrays["v"][:] = 0
        clock["t"] = 0

    def run(steps: int) -> float:
        value, clock["t"] = scope["run"](steps, clock["t"])
        return float(value)

    return Kernels(restart, run, arrays["w"], arrays["g"])


def source(n_layers: int, loss: str) -> str:
    """Return the program as text: ``run(steps, t) -> (loss, t)`` with t the number of steps taken before."""
    layers = range(1, n_layers + 1)
    pieces = [FORWARD.format(k=k, j=k - 1) + (TANH.format(k=k) if k < n_layers else "") for k in layers]
    pieces.append(LOSS[loss].format(k=n_layers))
    pieces += [BACKWARD.format(k=k, j=k - 1) + (UPSTREAM.format(k=k, j=k - 1) if k > 1 else "") for k in layers[::-1]]
    lines = [line for piece in [*pieces, ADAM] for line in piece.split("\n") if line]
    return "\n        ".join(["def run(steps, t):\n    for _ in range(steps):", *lines]) + "\n    return value, t\n"


def _arrays(widths: tuple[int, ...], points: Array, targets: Array) -> dict[str, Array]:
    """Make every array of the program; those of single layers are views of w and g where they are parts of them."""
    n = points.shape[1]
    size = sum(width * (inputs + 1) for inputs, width in pairwise(widths))
    arrays: dict[str, Array] = {name: np.zeros(size) for name in "wgmvs"}
    arrays |= {"targets": targets, "top": np.empty(n), "total": np.empty(n), "a0": points, "aT0": points.T}
    start = 0
    for k, (inputs, width) in enumerate(pairwise(widths), 1):
        middle, end = start + width * inputs, start + width * (inputs + 1)
        for vector, prefix in (("w", ""), ("g", "g")):
            arrays[f"{prefix}W{k}"] = arrays[vector][start:middle].reshape(width, inputs)
            arrays[f"{prefix}b{k}"] = arrays[vector][middle:end]
        arrays[f"WT{k}"], arrays[f"c{k}"] = arrays[f"W{k}"].T, arrays[f"b{k}"][:, None]
        for name in "zad":
            arrays[f"{name}{k}"] = np.empty((width, n))
        arrays[f"aT{k}"] = arrays[f"a{k}"].T
        start = end
    return arrays
