"""Curvature: how every neuron's landscape slopes and bends, exactly, and how much that curves it as a surface.

A landscape is known to second order at a point by six numbers, its height, gradient and Hessian: its *jet*. Jets go
through a network as heights do. Weights add them up, and a nonlinearity f takes them on by the chain rule,

    ∇f(u) = f′(u) ∇u        ∇²f(u) = f′(u) ∇²u + f″(u) ∇u ∇uᵀ

so that nothing is approximated. Derivatives are with respect to x and y in the data's own units. At a kink they are
what ``nets.activations`` and ``nets.second_derivatives`` say there: a crease is no curvature.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.model import Model
from nets.network import N_INPUTS, runs, split, write_activation, write_activation_slope
from nets.second_derivatives import SECOND_DERIVATIVES
from nets.surfaces import LayerSurfaces, grid

Array = NDArray[np.float64]

CURVATURE_POINTS = 121  # an axis: as many as the inspector draws at rest
STRIP = 512  # points that are taken through the network at once: their jets fit a near cache


class Jets(NamedTuple):
    """Landscapes to second order at n points.

    ``height`` is (width, n), ``gradient`` (2, width, n): along x and y, ``hessian`` (3, width, n): xx, xy and yy.
    """

    height: Array
    gradient: Array
    hessian: Array


def jets(model: Model, points: Array, layer: int, kind: str = "activation") -> Jets:
    """Return height, gradient and Hessian of the landscapes of a layer's neurons.

    Layers after it are not evaluated. Where a height is undefined, or a slope on the way is infinite (sqrt at 0),
    numbers are not finite, without a warning.

    Args:
        points: (2, n) float64 in the data's units.
        layer: its number, the first hidden layer being 1.
        kind: ``"activation"`` or ``"preactivation"``.

    Raises:
        ValueError: when there is no such layer or kind.
    """
    if not 1 <= layer <= len(model.layers):
        raise ValueError(f"no layer {layer}; choose from 1 to {len(model.layers)}")
    if kind not in LayerSurfaces._fields:
        raise ValueError(f"unknown kind {kind!r}; choose from {', '.join(LayerSurfaces._fields)}")
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        z, a = _responses(model, points, layer)
    rows = a if kind == "activation" else z
    return Jets(rows[0], rows[1:3], rows[3:])


def _responses(model: Model, points: Array, layer: int) -> tuple[Array, Array]:
    """Return the jets (6, width, n) of a layer's pre-activations and activations."""
    inputs = a = _inputs(model, points)
    off: tuple[int, ...] = ()
    for own, (weights, biases) in list(zip(model.layers, split(model.layers, model.parameters), strict=True))[:layer]:
        u = np.concatenate([a, inputs], axis=1) if own.skip else a
        if own.pre != "identity":
            u = _bent((own.pre,) * u.shape[1], u)
            u[1:, list(off)] = 0  # what is switched off is the same everywhere, also where the slope is infinite
        z = np.matmul(weights, u)
        z[0] += biases[:, None]
        a = _bent(own.activation, z)
        a[:, list(own.off)] = 0
        off = own.off
    return z, a


def _inputs(model: Model, points: Array) -> Array:
    """Return the jets (6, 2, n) of x and y as the network sees them."""
    rows = np.zeros((6, *points.shape))
    rows[0] = model.inputs.standardise(points)
    for axis in range(N_INPUTS):
        rows[1 + axis, axis] = 1 / model.inputs.scale[axis]
    return rows


def _bent(names: tuple[str, ...], u: Array) -> Array:
    """Return the jets of row i's nonlinearity ``names[i]`` of row i of the jets ``u`` (6, rows, n)."""
    height, x, y = u[:3]
    value, slope, bend = np.empty_like(u[:3])
    write_activation(names, (), height, value)
    write_activation_slope(names, (), height, value, slope)
    for name, rows in runs(names):
        bend[rows] = SECOND_DERIVATIVES[name](height[rows], value[rows])
    bent = slope * u
    bent[0] = value
    bend_x, bend_y = bend * x, bend * y
    bent[3] += bend_x * x
    bent[4] += bend_x * y
    bent[5] += bend_y * y
    return bent


def principal_curvatures(gradient: Array, hessian: Array) -> tuple[Array, Array]:
    """Return the two principal curvatures κ₁ ≥ κ₂ of surfaces z = f(x, y) (do Carmo, 1976).

    They are the eigenvalues of the shape operator, in one over the data's unit: 1 / radius. With the normal that
    points upwards a valley has positive ones and a ridge negative ones. NaN where they are undefined.

    With e the direction of steepest ascent, t that of the level set and w = √(1 + |∇f|²), the surface's unit tangents
    above e and t are (e, |∇f|) / w and (t, 0), and in these the operator is the symmetric matrix
    [[f_ee / w³, f_et / w²], [f_et / w², f_tt / w]].

    Args:
        gradient: (2, …) float64, along x and y.
        hessian: (3, …) float64: xx, xy and yy.

    >>> [float(curvature) for curvature in principal_curvatures(np.zeros(2), np.array([1.0, 0.0, -3.0]))]
    [1.0, -3.0]
    """
    xx, xy, yy = hessian
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        steepness = np.hypot(*gradient)
        is_level = steepness == 0  # where any direction is as good as another
        x, y = (np.where(is_level, own, slope / steepness) for own, slope in zip((1, 0), gradient, strict=True))
        w = np.hypot(1, steepness)
        ee = (x * x * xx + 2 * x * y * xy + y * y * yy) / w / w / w
        et = (x * y * (yy - xx) + (x * x - y * y) * xy) / w / w
        tt = (y * y * xx - 2 * x * y * xy + x * x * yy) / w
        mean, deviation = ee / 2 + tt / 2, np.hypot(ee / 2 - tt / 2, et)
        both = np.stack([mean + deviation, mean - deviation])
    highest, lowest = np.where(np.isfinite(both), both, np.nan)
    return highest, lowest


def curvature(model: Model, layer: int, neuron: int, kind: str = "activation", n: int = CURVATURE_POINTS) -> Array:
    """Return a map of how much a neuron's landscape is curved: of its two principal curvatures the larger one, signed.

    Args:
        layer: its number, the first hidden layer being 1.
        neuron: its number within the layer, from 0.
        kind: ``"activation"`` or ``"preactivation"``.
        n: points an axis.

    Returns:
        (n, n) float64 over the domain, ends included, row = y and column = x ascending; positive where the stronger
        curvature is a valley's, negative where a ridge's. NaN where the landscape is undefined, infinite, or
        infinitely steep.

    Raises:
        ValueError: when there is no such layer or kind.
        IndexError: when there is no such neuron.

    >>> from nets import create, dataset
    >>> curvature(create(dataset("xor"), hidden=[4], activation="relu"), layer=2, neuron=0, n=2).tolist()
    [[0.0, 0.0], [0.0, 0.0]]
    """
    points = grid(model, n)
    strips = [_strip(model, points[:, start : start + STRIP], layer, neuron, kind) for start in range(0, n * n, STRIP)]
    return np.concatenate(strips).reshape(n, n)


def _strip(model: Model, points: Array, layer: int, neuron: int, kind: str) -> Array:
    height, gradient, hessian = jets(model, points, layer, kind)
    highest, lowest = principal_curvatures(gradient[:, neuron], hessian[:, neuron])
    stronger = np.where(np.abs(highest) >= np.abs(lowest), highest, lowest)
    return np.where(np.isfinite(height[neuron]), stronger, np.nan)
