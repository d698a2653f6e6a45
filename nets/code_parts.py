"""What a script in any library has to say of a model: its layers as they are written, and a few points to check by."""

import builtins
import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.code_expressions import EXPRESSIONS, OFF
from nets.model import Model
from nets.network import Layer, forward, split

Array = NDArray[np.float64]

CHECKED = ((0.2, 0.85), (0.5, 0.35), (0.85, 0.6))  # of the way across the domain: where a script is checked


@dataclass(frozen=True)
class Run:
    """Consecutive neurons with one nonlinearity: ``start`` to ``stop``, the latter not among them."""

    name: str
    start: int
    stop: int


@dataclass(frozen=True)
class Part:
    """One layer, with ``weights`` (width, inputs) and ``biases`` (width,); ``name`` is its variable in the script."""

    name: str
    title: str
    weights: Array
    biases: Array
    pre: str
    skip: bool
    runs: tuple[Run, ...]

    @property
    def width(self) -> int:
        return self.biases.size


@dataclass(frozen=True)
class Parts:
    """A model as scripts write it.

    Attributes:
        shape: its widths, ``2-8-8-3``.
        centre, scale: the first layer sees (point − centre) / scale.
        points: (k, 2) to check the script at; ``outputs`` (k, m) is what it has to say there.
    """

    shape: str
    epoch: int
    layers: tuple[Part, ...]
    centre: tuple[float, float]
    scale: tuple[float, float]
    points: Array
    outputs: Array

    @property
    def is_standardised(self) -> bool:
        return (self.centre, self.scale) != ((0.0, 0.0), (1.0, 1.0))

    @property
    def functions(self) -> list[str]:
        """The nonlinearities that the script needs, in the order of their table."""
        used = {run.name for part in self.layers for run in part.runs} | {part.pre for part in self.layers}
        return [name for name in EXPRESSIONS if name in used - {"identity"}]


def shape_text(model: Model) -> str:
    """Return the network's widths, inputs first.

    >>> from nets import create, dataset
    >>> shape_text(create(dataset("spiral"), hidden=[8, 8]))
    '2-8-8-3'
    """
    return "-".join(str(width) for width in (2, *(layer.width for layer in model.layers)))


def parts_of(model: Model) -> Parts:
    """Take a model apart."""
    names = [f"hidden_{index + 1}" for index in range(len(model.layers) - 1)] + ["output"]
    layers = tuple(
        Part(name, name.replace("_", " "), weights, biases, layer.pre, layer.skip, runs(layer))
        for name, layer, (weights, biases) in zip(
            names, model.layers, split(model.layers, model.parameters), strict=True
        )
    )
    centre, scale = model.inputs.centre, model.inputs.scale
    low, high = np.array(model.domain).T
    points = low + np.array(CHECKED) * (high - low)
    return Parts(shape_text(model), model.progress.epoch, layers, centre, scale, points, _outputs(model, points))


def runs(layer: Layer) -> tuple[Run, ...]:
    """Return a layer's neurons as runs of one nonlinearity each; a neuron that is switched off has ``OFF``."""
    names = [OFF if index in layer.off else name for index, name in enumerate(layer.activation)]
    found: list[Run] = []
    for name, group in groupby(names):
        start = found[-1].stop if found else 0
        found.append(Run(name, start, start + len(list(group))))
    return tuple(found)


def _outputs(model: Model, points: Array) -> Array:
    with np.errstate(all="ignore"):
        seen = model.inputs.standardise(points.T)
        return forward(model.layers, model.parameters, seen)[-1].activation.T


# Python text.


def function_name(name: str) -> str:
    """Return what a nonlinearity is called in a script: its name, unless Python has it already.

    >>> function_name("tanh"), function_name("abs")
    ('tanh', 'abs_')
    """
    return f"{name}_" if hasattr(builtins, name) else name


def definitions(names: Iterable[str], library: str) -> str:
    """Return a Python function for each nonlinearity, in the words of a column of ``EXPRESSIONS``."""
    return "\n\n\n".join(
        f"def {function_name(name)}(z):\n    return {getattr(EXPRESSIONS[name], library)}" for name in names
    )


def applied(found: tuple[Run, ...], join: str) -> str:
    """Return the expression of a layer's activation from ``z`` (n, width); ``join`` puts columns side by side."""
    if len(found) == 1:
        return called(found[0].name, "z")
    return join.format(", ".join(called(run.name, f"z[:, {run.start}:{run.stop}]") for run in found))


def called(name: str, argument: str) -> str:
    """Return the expression of one nonlinearity of an argument; the identity is the argument itself."""
    return argument if name == "identity" else f"{function_name(name)}({argument})"


def described(part: Part) -> str:
    """Return a layer in a few words: ``hidden 1: 8 neurons, tanh``."""
    names = list(dict.fromkeys(run.name for run in part.runs))
    extra = [f"{part.pre} before the weights"] * (part.pre != "identity") + ["x and y appended"] * part.skip
    neurons = "1 neuron" if part.width == 1 else f"{part.width} neurons"
    return f"{part.title}: {neurons}, {'; '.join([', '.join(names), *extra])}"


def literal(values: Array, indent: int = 0) -> str:
    """Return an array as nested lists that read back to the same bits, a row a line.

    >>> print(literal(np.array([[1.0, 0.5], [np.nan, 2.0]])))
    [
        [1.0, 0.5],
        [float("nan"), 2.0],
    ]
    """
    if values.ndim == 1:
        return f"[{', '.join(_number(value) for value in values.tolist())}]"
    margin = " " * indent
    rows = "".join(f"{margin}    {literal(row)},\n" for row in values)
    return f"[\n{rows}{margin}]"


def _number(value: Any) -> str:
    return repr(value) if math.isfinite(value) else f'float("{value}")'
