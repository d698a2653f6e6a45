"""Kinks: polygons cut where piecewise-linear nonlinearities bend, and what these make of affine maps between."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.affine_maps import ROUNDING, AffineMaps
from nets.network import Layer
from nets.polygons import Array, Indices, Polygons, cut

LARGEST = 1e150  # a height that can still be compared with another

Pieces = NDArray[np.uint8]


class NoRegionsError(Exception):
    """Why a layer has no regions: a ``kind`` of ``nets.regions.End``, what of the layer it is, and its field's path."""

    def __init__(self, kind: str, why: str, field: str = "") -> None:
        super().__init__(why)
        self.kind, self.field = kind, field


class PiecewiseLinear(NamedTuple):
    """A function of one variable: its kinks, ascending, and (slope, intercept) between them."""

    kinks: tuple[float, ...]
    pieces: tuple[tuple[float, float], ...]


OFF = PiecewiseLinear((), ((0, 0),))  # what is left of a neuron's nonlinearity


def functions_of(layer: Layer) -> tuple[PiecewiseLinear, list[PiecewiseLinear]]:
    """Return the nonlinearity before a layer's weights, and that of each of its neurons.

    Raises:
        NoRegionsError: when one of them is smooth.
    """
    pre, *rows = (ACTIVATIONS[name] for name in (layer.pre, *layer.activation))
    if not pre.pieces:
        raise NoRegionsError("smooth", f"has {pre.name} before its weights, which is smooth", ".pre")
    functions = []
    for neuron, row in enumerate(rows):
        if not (row.pieces or neuron in layer.off):
            raise NoRegionsError("smooth", f"has {row.name}, which is smooth", ".activation")
        functions.append(OFF if neuron in layer.off else PiecewiseLinear(row.kinks, row.pieces))
    return PiecewiseLinear(pre.kinks, pre.pieces), functions


class Division(NamedTuple):
    """What became of p polygons, by c cuts.

    Attributes:
        polygons: r of them.
        sources: (r,) which of the p polygons each lies in.
        pieces: (r, rows) on which piece each row is there, from 0.
        ends: (c, 2, 2) of the cuts.
        rows: (c,) which row made each.
        places: (c,) in which of the p polygons.
    """

    polygons: Polygons
    sources: Indices
    pieces: Pieces
    ends: Array
    rows: Indices
    places: Indices


def divide(
    polygons: Polygons, maps: AffineMaps, functions: list[PiecewiseLinear], *, first_cut: int, most: int
) -> Division:
    """Cut polygons where rows of their maps are at the kinks of their nonlinearities.

    Args:
        maps: of one row for each of the functions, on each of the polygons.
        first_cut: the number of the first cut; see ``nets.polygons.cut``.
        most: polygons that there may be.

    Raises:
        NoRegionsError: when there are more, or numbers are too large to be compared.
    """
    if not (maps.sizes < LARGEST).all():
        raise NoRegionsError("large", "has numbers that are too large to be compared")
    sources = np.arange(len(polygons))
    pieces = np.zeros((len(polygons), len(functions)), np.uint8)
    ends, rows, places = [np.empty((0, 2, 2))], [np.empty(0, np.intp)], [np.empty(0, np.intp)]
    for row, function in enumerate(functions):
        for piece, kink in enumerate(function.kinks, start=1):
            made = cut(polygons, maps.heights(row, polygons.corners, sources[polygons.owners], kink), first_cut)
            polygons, sources, pieces = made.polygons, sources[made.sources], pieces[made.sources]
            pieces[made.is_above, row] = piece
            ends.append(made.ends)
            rows.append(np.full(len(made.ends), row))
            places.append(sources[len(sources) - len(made.ends) :])
            first_cut += len(made.ends)
            if len(polygons) > most:
                raise NoRegionsError("many", "makes too many regions")
    return Division(polygons, sources, pieces, np.concatenate(ends), np.concatenate(rows), np.concatenate(places))


def bends_along(division: Division, maps: AffineMaps, functions: list[PiecewiseLinear]) -> NDArray[np.bool_]:
    """Return which rows of the maps bend along every cut, (c, rows): those that are at a kink at both of its ends."""
    ends, places = division.ends, division.places
    bends = np.zeros((len(ends), len(functions)), bool)
    slopes = np.hypot(maps.coefficients[..., 0], maps.coefficients[..., 1])
    is_sloping = slopes > ROUNDING * maps.sizes
    for row, function in enumerate(functions):
        for kink in function.kinks:
            heights = [maps.heights(row, ends[:, end], places, kink) for end in (0, 1)]
            bends[:, row] |= (heights[0] == 0) & (heights[1] == 0) & is_sloping[places, row]
    bends[np.arange(len(ends)), division.rows] = True
    return bends


def on_pieces(maps: AffineMaps, pieces: Pieces, functions: list[PiecewiseLinear]) -> AffineMaps:
    """Return what nonlinearities make of maps, whose rows are on the given pieces (r, rows)."""
    table = np.zeros((len(functions), max(len(function.pieces) for function in functions), 2))
    for row, function in enumerate(functions):
        table[row, : len(function.pieces)] = function.pieces
    slopes, intercepts = np.moveaxis(table[np.arange(len(functions)), pieces], -1, 0)
    coefficients = maps.coefficients * slopes[..., None]
    coefficients[..., 2] += intercepts
    return AffineMaps(coefficients, maps.sizes * np.abs(slopes) + np.abs(intercepts))
