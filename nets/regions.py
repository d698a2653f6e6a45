"""Regions: the convex polygons into which a piecewise-linear network cuts its domain.

Where every nonlinearity is piecewise linear, every neuron is too. It bends along its creases, where its
nonlinearity has a kink, and between all creases, in a region, it is exactly affine. A region is what has the same
activation pattern: each neuron's nonlinearity is on the same piece. The regions after a layer are those after the
layer before, cut along the creases of the layer's neurons, which are straight within each (Montúfar, Pascanu, Cho
and Bengio, 2014).

The geometry is that of the unit square: (u, v) goes from (0, 0) at the domain's lower left corner to (1, 1), so
that numbers are of one size whatever the data's units are.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.inputs import Domain
from nets.model import Model
from nets.network import Layer, split
from nets.polygons import Array, Indices, Polygons, cut, rectangle

MOST_REGIONS = 100_000
LARGEST = 1e150  # a height that can still be compared with another
NEAR = 1e-12  # sides of the square: a line that passes a corner no farther away goes through it
ROUNDING = 128 * np.finfo(np.float64).eps  # of a height, as a part of the largest number that it was computed from

Pieces = NDArray[np.uint8]


class PiecewiseLinear(NamedTuple):
    """A function of one variable: its kinks, ascending, and (slope, intercept) between them."""

    kinks: tuple[float, ...]
    pieces: tuple[tuple[float, float], ...]


OFF = PiecewiseLinear((), ((0, 0),))  # what is left of a neuron's nonlinearity


class AffineMaps(NamedTuple):
    """What w neurons are on each of r regions: coefficients[…, 0] u + coefficients[…, 1] v + coefficients[…, 2].

    Attributes:
        coefficients: (r, w, 3).
        sizes: (r, w) what the absolute values of all terms add up to at most, which bounds what rounding does.
    """

    coefficients: Array
    sizes: Array

    def of(self, sources: Indices) -> "AffineMaps":
        """Return the maps on other regions, each of which lies in one of these."""
        return AffineMaps(self.coefficients[sources], self.sizes[sources])

    def heights(self, row: int, points: Array, sources: Indices, level: float = 0.0) -> Array:
        """Return how far neuron ``row`` is above a level at points, exactly 0 where rounding might decide.

        Args:
            points: (n, 2).
            sources: (n,) the region whose map is meant at each.
        """
        slope_u, slope_v, constant = self.coefficients[:, row].T
        unsure = np.maximum(NEAR * np.hypot(slope_u, slope_v), ROUNDING * (self.sizes[:, row] + abs(level)))
        heights = slope_u[sources] * points[:, 0] + slope_v[sources] * points[:, 1] + (constant - level)[sources]
        heights[np.abs(heights) <= unsure[sources]] = 0
        return np.asarray(heights)


class Creases(NamedTuple):
    """Segments of the unit square along which neurons bend, c of them; where creases coincide, the first one's.

    Attributes:
        ends: (c, 2, 2).
        layers: (c,) the layer, from 1, whose nonlinearity has its kink there.
        neurons: (c,) the neuron, from 0; −1 where it is the nonlinearity before the layer's weights.
    """

    ends: Array
    layers: NDArray[np.uint8]
    neurons: NDArray[np.int16]


@dataclass(frozen=True)
class Partition:
    """The r regions after a layer.

    Attributes:
        polygons: in the unit square, their edges numbered by crease.
        parents: (r,) the region of the layer before that each lies in.
        pieces: (r, units) on which piece, from 0, each of the layer's units is: the values that the nonlinearity
            before its weights bends, if there is one, then the neurons. With those of the parents this is the
            activation pattern.
        born: (r,) the layer that cut last; 0 for the whole domain.
        preactivation, activation: the layer's neurons.
        creases: of this layer and those before it.
        domain: of the network.
    """

    polygons: Polygons
    parents: Indices
    pieces: Pieces
    born: NDArray[np.uint8]
    preactivation: AffineMaps
    activation: AffineMaps
    creases: Creases
    domain: Domain

    def __len__(self) -> int:
        return len(self.polygons)

    def in_units(self, maps: AffineMaps) -> Array:
        """Return coefficients (r, w, 3) over x, y and 1 in the data's units, instead of over the unit square.

        >>> from nets import create, dataset
        >>> plane = regions(create(dataset("xor"), hidden=[2], activation="relu")).partitions[0]
        >>> plane.in_units(plane.preactivation).shape
        (4, 2, 3)
        """
        lows, highs = np.array(self.domain).T
        slopes = maps.coefficients[..., :2] / (highs - lows)
        constants = maps.coefficients[..., 2] - (slopes * lows).sum(axis=-1)
        return np.concatenate([slopes, constants[..., None]], axis=-1)


def to_units(points: Array, domain: Domain) -> Array:
    """Return points (…, 2) of the unit square in the data's units; its corners are the domain's, to the bit."""
    lows, highs = np.array(domain).T
    return np.asarray((1 - points) * lows + points * highs)


class End(NamedTuple):
    """Why there are no regions from some layer on: its ``kind``, the layer's path, and a sentence.

    ``kind`` is "smooth", "many" (too many of them) or "large" (numbers that cannot be compared any more).
    """

    kind: str
    where: str
    why: str


class Regions(NamedTuple):
    """The partitions after layer 1, 2, …, as far as there are any, and what ended them; None after the last layer."""

    partitions: tuple[Partition, ...]
    end: End | None


def regions(model: Model, most: int = MOST_REGIONS) -> Regions:
    """Cut a model's domain into its regions, layer by layer.

    Where a neuron is exactly at a kink throughout a region, it counts as below it, as its value does.

    Args:
        most: regions after a layer; a layer that makes more of them ends the list.

    >>> from nets import create, dataset
    >>> found = regions(create(dataset("xor"), hidden=[3, 2], activation="relu"))
    >>> [len(partition) for partition in found.partitions], found.end
    ([6, 7, 7], None)
    """
    plane = before = _plane(model)
    found: list[Partition] = []
    for number, (layer, (w, b)) in enumerate(zip(model.layers, split(model.layers, model.parameters), strict=True), 1):
        try:
            before = _partition(before, plane.activation, layer, w, b, number=number, most=most)
        except _EndError as error:
            return Regions(tuple(found), error.end)
        found.append(before)
    return Regions(tuple(found), None)


class _EndError(Exception):
    def __init__(self, kind: str, number: int, field: str, why: str) -> None:
        super().__init__(why)
        self.end = End(kind, f"layers[{number - 1}]{field}", why)


def _plane(model: Model) -> Partition:
    """Return the domain as the one region before all layers, whose neurons are the inputs as the network sees them."""
    axes = list(zip(model.domain, model.inputs.centre, model.inputs.scale, strict=True))
    coefficients = np.zeros((1, 2, 3))
    for axis, ((low, high), centre, scale) in enumerate(axes):
        coefficients[0, axis, axis] = (high - low) / scale
        coefficients[0, axis, 2] = (low - centre) / scale
    sizes = np.array([[(max(abs(low), abs(high)) + abs(centre)) / scale for (low, high), centre, scale in axes]])
    maps = AffineMaps(coefficients, sizes)
    creases = Creases(np.empty((0, 2, 2)), np.empty(0, np.uint8), np.empty(0, np.int16))
    polygons = rectangle()
    parents, born = np.zeros(1, np.intp), np.zeros(1, np.uint8)
    return Partition(polygons, parents, np.zeros((1, 0), np.uint8), born, maps, maps, creases, model.domain)


@np.errstate(over="ignore", invalid="ignore")  # what is too large is refused
def _partition(
    before: Partition, inputs: AffineMaps, layer: Layer, weights: Array, biases: Array, *, number: int, most: int
) -> Partition:
    """Return the partition after a layer, of that before it and of the network's two inputs on the one domain."""
    received = before.activation
    if layer.skip:
        everywhere = inputs.of(np.zeros(len(before), np.intp))
        received = AffineMaps(
            np.concatenate([received.coefficients, everywhere.coefficients], axis=1),
            np.concatenate([received.sizes, everywhere.sizes], axis=1),
        )
    n_creases = len(before.creases.layers)
    pre, functions = _functions(layer, number)
    before_weights = [pre] * received.sizes.shape[1]
    entry = _divide(before.polygons, received, before_weights, number=number, n_creases=n_creases, most=most)
    u = _on_pieces(received.of(entry.sources), entry.pieces, before_weights) if pre.kinks else received

    coefficients = np.matmul(weights, u.coefficients)
    coefficients[..., 2] += biases
    z = AffineMaps(coefficients, u.sizes @ np.abs(weights).T + np.abs(biases))
    own = _divide(entry.polygons, z, functions, number=number, n_creases=n_creases + len(entry.rows), most=most)
    z = z.of(own.sources)

    parents = entry.sources[own.sources]
    is_cut = np.bincount(parents)[parents] > 1
    ends = np.concatenate([before.creases.ends, entry.ends, own.ends])
    layers = np.append(before.creases.layers, np.full(len(entry.rows) + len(own.rows), number, np.uint8))
    neurons = np.concatenate([before.creases.neurons, np.full(len(entry.rows), -1), own.rows]).astype(np.int16)
    return Partition(
        polygons=own.polygons,
        parents=parents,
        pieces=np.hstack([entry.pieces[own.sources], own.pieces]) if pre.kinks else own.pieces,
        born=np.where(is_cut, number, before.born[parents]).astype(np.uint8),
        preactivation=z,
        activation=_on_pieces(z, own.pieces, functions),
        creases=Creases(ends, layers, neurons),
        domain=before.domain,
    )


def _functions(layer: Layer, number: int) -> tuple[PiecewiseLinear, list[PiecewiseLinear]]:
    """Return the nonlinearity before a layer's weights, and that of each of its neurons.

    Raises:
        _EndError: when one of them is smooth.
    """
    pre, *rows = (ACTIVATIONS[name] for name in (layer.pre, *layer.activation))
    if not pre.pieces:
        raise _EndError("smooth", number, ".pre", f"the {pre.name} before the weights of layer {number} is smooth")
    functions = []
    for neuron, row in enumerate(rows):
        if not (row.pieces or neuron in layer.off):
            raise _EndError("smooth", number, ".activation", f"layer {number} has {row.name}, which is smooth")
        functions.append(OFF if neuron in layer.off else PiecewiseLinear(row.kinks, row.pieces))
    return PiecewiseLinear(pre.kinks, pre.pieces), functions


class _Division(NamedTuple):
    """What became of polygons: which each lies in, on which piece each row is there, the cuts' ends and rows."""

    polygons: Polygons
    sources: Indices
    pieces: Pieces
    ends: Array
    rows: Indices


def _divide(
    polygons: Polygons, maps: AffineMaps, functions: list[PiecewiseLinear], *, number: int, n_creases: int, most: int
) -> _Division:
    """Cut polygons where rows of their maps are at the kinks of their nonlinearities."""
    if not (maps.sizes < LARGEST).all():
        raise _EndError("large", number, "", f"the numbers of layer {number} are too large to be compared")
    sources = np.arange(len(polygons))
    pieces = np.zeros((len(polygons), len(functions)), np.uint8)
    ends, rows = [np.empty((0, 2, 2))], [np.empty(0, np.intp)]
    for row, function in enumerate(functions):
        for piece, kink in enumerate(function.kinks, start=1):
            made = cut(polygons, maps.heights(row, polygons.corners, sources[polygons.owners], kink), n_creases)
            polygons, sources, pieces = made.polygons, sources[made.sources], pieces[made.sources]
            pieces[made.is_above, row] = piece
            ends.append(made.ends)
            rows.append(np.full(len(made.ends), row))
            n_creases += len(made.ends)
            if len(polygons) > most:
                raise _EndError("many", number, "", f"layer {number} makes more than {most} regions")
    return _Division(polygons, sources, pieces, np.concatenate(ends), np.concatenate(rows))


def _on_pieces(maps: AffineMaps, pieces: Pieces, functions: list[PiecewiseLinear]) -> AffineMaps:
    """Return what nonlinearities make of maps, rows of which are on the given pieces."""
    table = np.zeros((len(functions), max(len(function.pieces) for function in functions), 2))
    for row, function in enumerate(functions):
        table[row, : len(function.pieces)] = function.pieces
    slopes, intercepts = np.moveaxis(table[np.arange(len(functions)), pieces], -1, 0)
    coefficients = maps.coefficients * slopes[..., None]
    coefficients[..., 2] += intercepts
    return AffineMaps(coefficients, maps.sizes * np.abs(slopes) + np.abs(intercepts))
