"""The answer to ``POST /api/regions``: a network's regions as the page reads them."""

from typing import Any

import numpy as np

from nets.exact_levels import class_regions
from nets.fields import encode
from nets.model import Model
from nets.polygons import Polygons
from nets.region_counts import most_regions
from nets.regions import Creases, Partition, regions

MOST_REGIONS = 60_000  # of all layers together: up to 6 MB to send and two seconds to compute
LARGEST_WHOLE = 2**53  # of the numbers that JavaScript tells apart

Answer = dict[str, Any]


def answer(model: Model) -> Answer:
    """Return the partitions after every layer of a model, as far as there are any, arrays in base64.

    Positions are in the unit square of the domain, in single precision. A partition that is the same as that of the
    layer before is None; a crease's ``bends`` has a bit for each neuron of its layer, the first one the lowest.
    """
    partitions, end = regions(model, MOST_REGIONS)
    bounds = most_regions(model.layers[: len(partitions)])
    is_whole = len(partitions) == len(model.layers)
    return {
        "layers": [
            {"regions": len(partition), "most": most if most < LARGEST_WHOLE else float(most)}
            for partition, most in zip(partitions, bounds, strict=True)
        ],
        "end": end and end._asdict(),
        "creases": _creases(partitions[-1].creases if partitions else None),
        "partitions": [
            None if before and partition.polygons is before.polygons else _partition(partition)
            for before, partition in zip((None, *partitions), partitions, strict=False)
        ],
        "classes": _classes(partitions[-1]) if is_whole and model.data.classes else None,
    }


def _polygons(polygons: Polygons) -> Answer:
    return {"corners": encode(polygons.corners, "<f4"), "counts": encode(polygons.counts, "<u2")}


def _partition(partition: Partition) -> Answer:
    return {
        **_polygons(partition.polygons),
        "born": encode(partition.born, "<u1"),
        "edges": encode(partition.polygons.edges, "<i4"),
    }


def _creases(creases: Creases | None) -> Answer:
    if creases is None:
        return {"ends": "", "layers": "", "neurons": "", "bends": ""}
    return {
        "ends": encode(creases.ends, "<f4"),
        "layers": encode(creases.layers, "<u1"),
        "neurons": encode(creases.neurons, "<i2"),
        "bends": encode(creases.bends @ 2 ** np.arange(creases.bends.shape[1]), "<u4"),
    }


def _classes(partition: Partition) -> Answer:
    found = class_regions(partition)
    return {
        **_polygons(found.polygons),
        "classes": encode(found.classes, "<u1"),
        "boundary": encode(found.boundary, "<f4"),
    }
