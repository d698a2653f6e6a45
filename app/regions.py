"""The answer to ``POST /api/regions``: a network's regions as the page reads them."""

from typing import Any

from nets.exact_levels import class_regions
from nets.fields import encode
from nets.model import Model
from nets.polygons import Polygons
from nets.region_counts import most_regions
from nets.regions import Creases, Partition, regions

MOST_REGIONS = 30_000  # after a layer: 4 MB to send, a second to compute
LARGEST_WHOLE = 2**53  # of the numbers that JavaScript tells apart

Answer = dict[str, Any]


def answer(model: Model) -> Answer:
    """Return the partitions after every layer of a model, as far as there are any, arrays in base64.

    Positions are in the unit square of the domain, in single precision.
    """
    partitions, end = regions(model, MOST_REGIONS)
    maxima = most_regions(model.layers[: len(partitions)])
    is_whole = len(partitions) == len(model.layers)
    return {
        "layers": [
            {"regions": len(partition), "most": most if most < LARGEST_WHOLE else float(most)}
            for partition, most in zip(partitions, maxima, strict=True)
        ],
        "end": end and end._asdict(),
        "creases": _creases(partitions[-1].creases if partitions else None),
        "partitions": [_partition(partition) for partition in partitions],
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
        return {"ends": "", "layers": "", "neurons": ""}
    return {
        "ends": encode(creases.ends, "<f4"),
        "layers": encode(creases.layers, "<u1"),
        "neurons": encode(creases.neurons, "<i2"),
    }


def _classes(partition: Partition) -> Answer:
    found = class_regions(partition)
    return {
        **_polygons(found.polygons),
        "classes": encode(found.classes, "<u1"),
        "boundary": encode(found.boundary, "<f4"),
    }
