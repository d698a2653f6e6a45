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

from nets.affine_maps import AffineMaps
from nets.inputs import Domain
from nets.kinks import NoRegionsError, Pieces, bends_along, divide, functions_of, on_pieces
from nets.model import Model
from nets.network import Layer, split
from nets.polygons import Array, Indices, Polygons, unit_square

MOST_REGIONS = 200_000


class Creases(NamedTuple):
    """Segments of the unit square along which neurons bend, c of them; each once, also where neurons share it.

    Attributes:
        ends: (c, 2, 2).
        layers: (c,) the layer, from 1, whose nonlinearity has its kink there.
        neurons: (c,) the first neuron, from 0, that bends there; −1 where it is the nonlinearity before the weights.
        bends: (c, w) whether each neuron of that layer bends there, w being the widest layer's width; none where it is
            the nonlinearity before the weights.
    """

    ends: Array
    layers: NDArray[np.uint8]
    neurons: NDArray[np.int16]
    bends: NDArray[np.bool_]


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
        most: regions of all partitions together; a layer that makes more of them ends the list.

    >>> from nets import create, dataset
    >>> found = regions(create(dataset("xor"), hidden=[3, 2], activation="relu"))
    >>> [len(partition) for partition in found.partitions], found.end
    ([6, 7, 7], None)
    """
    plane = before = _plane(model)
    found: list[Partition] = []
    for number, (layer, (w, b)) in enumerate(zip(model.layers, split(model.layers, model.parameters), strict=True), 1):
        left = most - sum(map(len, found))
        try:
            before = _partition(before, plane.activation, layer, w, b, number=number, most=left)
        except NoRegionsError as error:
            return Regions(
                tuple(found), End(error.kind, f"layers[{number - 1}]{error.field}", f"layer {number} {error}")
            )
        found.append(before)
    return Regions(tuple(found), None)


def _plane(model: Model) -> Partition:
    """Return the domain as the one region before all layers, whose neurons are the inputs as the network sees them."""
    axes = list(zip(model.domain, model.inputs.centre, model.inputs.scale, strict=True))
    coefficients = np.zeros((1, 2, 3))
    for axis, ((low, high), centre, scale) in enumerate(axes):
        coefficients[0, axis, axis] = (high - low) / scale
        coefficients[0, axis, 2] = (low - centre) / scale
    sizes = np.array([[max(abs(low - centre), abs(high - centre)) / scale for (low, high), centre, scale in axes]])
    maps = AffineMaps(coefficients, sizes)
    widest = max(layer.width for layer in model.layers)
    creases = Creases(np.empty((0, 2, 2)), np.empty(0, np.uint8), np.empty(0, np.int16), np.empty((0, widest), bool))
    polygons = unit_square()
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
    pre, functions = functions_of(layer)
    before_weights = [pre] * received.sizes.shape[1]
    entry = divide(before.polygons, received, before_weights, first_cut=n_creases, most=most)
    u = on_pieces(received.of(entry.sources), entry.pieces, before_weights) if pre.kinks else received

    coefficients = np.matmul(weights, u.coefficients)
    coefficients[..., 2] += biases
    z = AffineMaps(coefficients, u.sizes @ np.abs(weights).T + np.abs(biases))
    own = divide(entry.polygons, z, functions, first_cut=n_creases + len(entry.rows), most=most)

    parents = entry.sources[own.sources]
    is_cut = np.bincount(parents)[parents] > 1
    ends = np.concatenate([before.creases.ends, entry.ends, own.ends])
    layers = np.append(before.creases.layers, np.full(len(entry.rows) + len(own.rows), number, np.uint8))
    neurons = np.concatenate([before.creases.neurons, np.full(len(entry.rows), -1), own.rows]).astype(np.int16)
    bends = np.zeros((len(layers), before.creases.bends.shape[1]), bool)
    bends[:n_creases] = before.creases.bends
    bends[n_creases + len(entry.rows) :, : layer.width] = bends_along(own, z, functions)
    z = z.of(own.sources)
    return Partition(
        polygons=own.polygons,
        parents=parents,
        pieces=np.hstack([entry.pieces[own.sources], own.pieces]) if pre.kinks else own.pieces,
        born=np.where(is_cut, number, before.born[parents]).astype(np.uint8),
        preactivation=z,
        activation=on_pieces(z, own.pieces, functions),
        creases=Creases(ends, layers, neurons, bends),
        domain=before.domain,
    )
