"""An upper bound of the number of regions of piecewise-linear networks, by their shape alone.

n lines cut the plane into 1 + n + n(n − 1)/2 regions at most (Steiner, 1826; in every dimension: Zaslavsky, 1975).
On each region of the layers before, a layer's creases are lines again, as many as its neurons have kinks, so that
the numbers multiply (Montúfar, 2017); those of one neuron are parallel. Once a layer has only one neuron, or is
constant on every region, what follows is a function of fewer dimensions, and is cut into fewer.
"""

from nets.activations import ACTIVATIONS
from nets.network import N_INPUTS, Layers, shapes


def most_regions(layers: Layers) -> list[int]:
    """Return the upper bound after every layer, all of which have to be piecewise linear.

    The first layer's can be reached; later ones in general not, because a neuron that is off on a region, as relu is
    on half of them, does not let what follows vary there.

    >>> from nets.network import uniform_layers
    >>> most_regions(uniform_layers([3, 4, 2], "relu"))
    [7, 77, 77]
    """
    counts = []
    most, dimensions = 1, N_INPUTS
    for layer, (_, n_inputs) in zip(layers, shapes(layers), strict=True):
        if layer.skip:
            dimensions = N_INPUTS
        pre = ACTIVATIONS[layer.pre]
        most *= cells([len(pre.kinks)] * n_inputs, dimensions)
        if all(slope == 0 for slope, _ in pre.pieces):
            dimensions = 0
        rows = [ACTIVATIONS[name] for neuron, name in enumerate(layer.activation) if neuron not in layer.off]
        most *= cells([len(row.kinks) for row in rows], dimensions)
        counts.append(most)
        dimensions = min(dimensions, sum(any(slope for slope, _ in row.pieces) for row in rows))
    return counts


def cells(lines: list[int], dimensions: int) -> int:
    """Return into how many cells families of parallel lines cut the plane at most.

    Args:
        lines: the number of lines in each family.
        dimensions: 2; 1 for points on a line, 0 where nothing can be cut.

    >>> cells([1, 1, 1], 2), cells([2, 2], 2), cells([2, 2], 1)
    (7, 9, 5)
    """
    n = sum(lines)
    pairs = (n * n - sum(count * count for count in lines)) // 2  # of lines that can cross
    return sum((1, n, pairs)[: dimensions + 1])
