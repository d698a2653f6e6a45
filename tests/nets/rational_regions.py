"""The regions of small piecewise-linear networks in exact rational numbers: slow, plain, and without any rounding.

Each polygon is a list of corners, and is cut alone. Nothing of ``nets`` but the model itself is used.
"""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from nets.model import Model
from nets.network import Layer

Point = tuple[Fraction, Fraction]
Map = tuple[Fraction, Fraction, Fraction]  # times x, y and 1

# Below, between and above its kinks: (slope, intercept).
KINKS = {"identity": (), "relu": (0,), "leaky_relu": (0,), "abs": (0,), "step": (0,), "hard_tanh": (-1, 1)}
PIECES = {
    "identity": ((1, 0),),
    "relu": ((0, 0), (1, 0)),
    "leaky_relu": ((Fraction(0.01), 0), (1, 0)),
    "abs": ((-1, 0), (1, 0)),
    "step": ((0, 0), (0, 1)),
    "hard_tanh": ((0, -1), (1, 0), (0, 1)),
}


@dataclass(frozen=True)
class Region:
    """A polygon in the data's units, the piece of every unit of every layer on it, and the last layer's activations."""

    corners: tuple[Point, ...]
    pattern: tuple[tuple[int, ...], ...]
    activations: tuple[Map, ...]

    @property
    def area(self) -> Fraction:
        around = (*self.corners, self.corners[0])
        return sum((a[0] * b[1] - b[0] * a[1] for a, b in pairwise(around)), Fraction(0)) / 2


def rational_regions(model: Model) -> list[list[Region]]:
    """Return the regions after every layer."""
    numbers = iter(Fraction(number) for number in model.parameters.tolist())
    (x0, x1), (y0, y1) = (tuple(map(Fraction, axis)) for axis in model.domain)
    (cx, cy), (sx, sy) = map(Fraction, model.inputs.centre), map(Fraction, model.inputs.scale)
    inputs = ((1 / sx, Fraction(0), -cx / sx), (Fraction(0), 1 / sy, -cy / sy))
    regions = [Region(((x0, y0), (x1, y0), (x1, y1), (x0, y1)), (), inputs)]
    found = []
    for layer in model.layers:
        n_inputs = len(regions[0].activations) + 2 * layer.skip
        weights = [[next(numbers) for _ in range(n_inputs)] for _ in range(layer.width)]
        biases = [next(numbers) for _ in range(layer.width)]
        regions = [made for region in regions for made in _after(region, layer, weights, biases, inputs)]
        found.append(regions)
    return found


def _after(
    region: Region, layer: Layer, weights: list[list[Fraction]], biases: list[Fraction], inputs: tuple[Map, ...]
) -> list[Region]:
    received = region.activations + (inputs if layer.skip else ())
    made = []
    for corners, pieces in _divided(region.corners, received, [layer.pre] * len(received)):
        u = [_on_piece(layer.pre, piece, row) for piece, row in zip(pieces, received, strict=True)]
        z = [_weighted(row, bias, u) for row, bias in zip(weights, biases, strict=True)]
        names = ["off" if neuron in layer.off else name for neuron, name in enumerate(layer.activation)]
        own = pieces if KINKS[layer.pre] else ()
        for part, its_pieces in _divided(corners, z, names):
            a = tuple(_on_piece(name, piece, row) for name, piece, row in zip(names, its_pieces, z, strict=True))
            made.append(Region(part, (*region.pattern, own + its_pieces), a))
    return made


def _weighted(weights: list[Fraction], bias: Fraction, maps: list[Map]) -> Map:
    x, y, one = (sum((w * m[i] for w, m in zip(weights, maps, strict=True)), Fraction(0)) for i in range(3))
    return x, y, one + bias


def _on_piece(name: str, piece: int, row: Map) -> Map:
    if name == "off":
        return Fraction(0), Fraction(0), Fraction(0)
    slope, intercept = PIECES[name][piece]
    return slope * row[0], slope * row[1], slope * row[2] + intercept


def _divided(
    corners: tuple[Point, ...], maps: tuple[Map, ...] | list[Map], names: list[str]
) -> list[tuple[tuple[Point, ...], tuple[int, ...]]]:
    """Return the parts of a polygon on which every row is on one piece, and those pieces."""
    parts: list[tuple[tuple[Point, ...], tuple[int, ...]]] = [(corners, ())]
    for row, name in zip(maps, names, strict=True):
        divided = []
        for polygon, pieces in parts:
            open_parts = [polygon]
            for piece, kink in enumerate(KINKS.get(name, ())):
                below, above = _cut(open_parts.pop(), row, Fraction(kink))
                if below:
                    divided.append((below, (*pieces, piece)))
                if not above:
                    break
                open_parts.append(above)
            divided.extend((rest, (*pieces, len(KINKS.get(name, ())))) for rest in open_parts)
        parts = divided
    return parts


def _cut(
    corners: tuple[Point, ...], row: Map, kink: Fraction
) -> tuple[tuple[Point, ...] | None, tuple[Point, ...] | None]:
    """Return what of a polygon is below a kink and what is above it; what does not exceed it is below."""
    heights = [row[0] * x + row[1] * y + row[2] - kink for x, y in corners]
    if max(heights) <= 0:
        return corners, None
    if min(heights) >= 0:
        return None, corners
    below, above = [], []
    around = zip(corners, heights, (*corners[1:], corners[0]), (*heights[1:], heights[0]), strict=True)
    for (x, y), height, (next_x, next_y), next_height in around:
        below += [(x, y)] * (height <= 0)
        above += [(x, y)] * (height >= 0)
        if height * next_height < 0:
            share = height / (height - next_height)
            crossing = (x + share * (next_x - x), y + share * (next_y - y))
            below.append(crossing)
            above.append(crossing)
    return tuple(below), tuple(above)
