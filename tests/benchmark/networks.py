"""The networks that are measured, by their widths."""

import numpy as np

from nets.datasets import DataSpec
from nets.limits import LIMITS
from nets.model import Model, create, dataset

MOST_LAYERS, MOST_NEURONS = LIMITS["layers"], LIMITS["neurons a layer"]
LARGEST = f"2-{MOST_NEURONS}×{MOST_LAYERS}"  # as many layers of as many neurons as a document may have


def largest() -> Model:
    """Return the largest network there can be: its points have as many classes as a layer has neurons."""
    rng = np.random.default_rng(1)
    n = 10 * MOST_NEURONS
    points = tuple((x, y) for x, y in rng.uniform(-1, 1, (n, 2)).round(3).tolist())
    classes = tuple(float(i % MOST_NEURONS) for i in range(n))
    data = DataSpec(None, n, 0.0, MOST_NEURONS, 1, 0.25, points, classes)
    return create(data, hidden=[MOST_NEURONS] * (MOST_LAYERS - 1))


NETWORKS: dict[str, Model] = {
    "2-4-2-1": create(dataset("bumps"), hidden=[4, 2]),
    "2-8-8-1": create(dataset("bumps"), hidden=[8, 8]),
    "2-8-8-3": create(dataset("spiral"), hidden=[8, 8]),
    "2-8-8-8-3": create(dataset("spiral"), hidden=[8, 8, 8]),
    "2-8-8-8-8-3": create(dataset("spiral"), hidden=[8, 8, 8, 8]),
    LARGEST: largest(),
}
