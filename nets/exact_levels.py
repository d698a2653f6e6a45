"""Exact level sets and the exact decision boundary of piecewise-linear networks, as segments.

On a region every landscape is a plane, so that its level sets are straight there. At a crease a landscape may also
only touch its height, and that of a network with ``step`` may jump over it.
"""

from typing import NamedTuple

import numpy as np

from nets.affine_maps import AffineMaps
from nets.polygons import Array, Indices, Polygons, cut, shared_edges
from nets.regions import Partition


class ClassRegions(NamedTuple):
    """Convex polygons of the unit square on each of which one output is the highest, p of them.

    Attributes:
        polygons: each within one region.
        classes: (p,) the highest output; where several are, the first of them.
        boundary: (m, 2, 2) the segments along which the class changes.
    """

    polygons: Polygons
    classes: Indices
    boundary: Array


def level_set(partition: Partition, neuron: int, height: float, kind: str = "activation") -> Array:
    """Return where a neuron of the partition's layer is exactly at a height: segments (m, 2, 2) of the unit square.

    Where the neuron is at the height throughout a region the segments are edges of that region; where it jumps over the
    height they are the place of the jump.

    Args:
        kind: "activation" or "preactivation".

    >>> from dataclasses import replace
    >>> from nets import create, dataset
    >>> from nets.network import Layer
    >>> from nets.regions import regions
    >>> ramp = replace(create(dataset("saddle")), layers=(Layer(1, ("relu",)),), parameters=np.array([1.0, 0.0, 0.0]))
    >>> level_set(regions(ramp).partitions[0], 0, 0.5).tolist()  # of max(x, 0) over [−1, 1]²
    [[[0.75, 0.0], [0.75, 1.0]]]
    """
    maps: AffineMaps = getattr(partition, kind)
    polygons, ends = partition.polygons, partition.creases.ends
    heights = maps.heights(neuron, polygons.corners, polygons.owners, height)
    reaches_below = np.minimum.reduceat(heights, polygons.starts[:-1]) < 0
    made = cut(polygons, heights, len(ends))
    sides = np.where(made.is_above, 1, np.where(reaches_below[made.sources], -1, 0))
    edges = shared_edges(made.polygons, np.concatenate([ends, made.ends]))
    below, above = made.sources[edges.below], made.sources[edges.above]
    is_touched = np.ones(len(edges.cuts), bool)
    for points in (edges.ends[:, 0], edges.ends[:, 1]):
        for region in (below, above):
            is_touched &= maps.heights(neuron, points, region, height) == 0
    is_level = (sides[edges.below] == 0) & (sides[edges.above] == 0)
    return edges.ends[(sides[edges.below] != sides[edges.above]) | (is_touched & ~is_level)]


def class_regions(partition: Partition) -> ClassRegions:
    """Cut the regions after the last layer of a classification where the highest output changes.

    >>> from nets import create, dataset
    >>> from nets.regions import regions
    >>> from dataclasses import replace
    >>> model = replace(create(dataset("xor"), hidden=[]), parameters=np.array([1.0, 0.0, 0.0, 0.0, 0.0, 0.0]))
    >>> found = class_regions(regions(model).partitions[0])  # of the scores x and 0
    >>> found.classes.tolist(), found.boundary.tolist()
    ([0, 1], [[[0.5, 1.0], [0.5, 0.0]]])
    """
    coefficients, sizes = partition.activation
    polygons, ends = partition.polygons, partition.creases.ends
    sources, classes = np.arange(len(partition)), np.zeros(len(partition), np.intp)
    for challenger in range(1, coefficients.shape[1]):
        lead = AffineMaps(
            coefficients[sources, None, challenger] - coefficients[sources, classes][:, None],
            sizes[sources, None, challenger] + sizes[sources, classes][:, None],
        )
        made = cut(polygons, lead.heights(0, polygons.corners, polygons.owners), len(ends))
        ends = np.concatenate([ends, made.ends])
        polygons, sources, classes = made.polygons, sources[made.sources], classes[made.sources]
        classes[made.is_above] = challenger
    edges = shared_edges(polygons, ends)
    return ClassRegions(polygons, classes, edges.ends[classes[edges.below] != classes[edges.above]])
