"""What a preset is, and how a network is built whose weights are set by hand."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets import Initial, Model, Training
from nets.datasets import DataSpec
from nets.network import Layer

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Preset:
    """One state of the page that tells a story.

    Attributes:
        id: its name in links: ``?preset=id``.
        title: what it is.
        look: two sentences: what to do and what is then seen.
        make: builds its model; the same one every time.
        select: (layer, neuron) to look at, layer 0 being the inputs; also the neuron of its picture.
        plays: whether it is there to be trained, and begins at once.
        tilt: of the wall, from 0 (landscapes) to 1 (maps).
        rate: epochs a second, as text; None leaves it.
        pictured: epochs of training after which its picture is taken.
    """

    id: str
    title: str
    look: str
    make: Callable[[], Model]
    select: tuple[int, int]
    plays: bool = False
    tilt: float = 0.0
    rate: str | None = None
    pictured: int = 0


class Neurons(NamedTuple):
    """A layer as it is written down: one nonlinearity, a row of weights per neuron, a bias per neuron."""

    activation: str
    weights: Sequence[Sequence[float]]
    biases: Sequence[float]


def by_hand(data: DataSpec, *layers: Neurons) -> Model:
    """Build a network from its weights.

    >>> from nets import dataset
    >>> by_hand(dataset("saddle"), Neurons("identity", [[1, 2]], [3])).parameters.tolist()
    [1.0, 2.0, 3.0]
    """
    parameters = [np.append(np.ravel(layer.weights), layer.biases) for layer in layers]
    return Model(
        layers=tuple(Layer(len(layer.biases), (layer.activation,) * len(layer.biases)) for layer in layers),
        parameters=np.concatenate(parameters).astype(float),
        data=data,
        training=Training(loss="softmax_cross_entropy" if data.classes else "mean_squared_error"),
        initial=Initial(),
    )


def samples(height: Callable[[Array, Array], Array], n: int, seed: int = 1) -> DataSpec:
    """Take the values of ``height(x, y)`` at ``n`` points spread evenly over the square, to thousandths."""
    points = np.random.default_rng(seed).uniform(-1, 1, (2, n)).round(3)
    return own_points(points, height(*points).round(3), classes=0)


def own_points(points: Array, targets: Array, classes: int) -> DataSpec:
    """Describe data by its points (2, n) and targets (n,) themselves; a quarter is kept for testing."""
    return DataSpec(
        name=None,
        n=targets.size,
        noise=0.0,
        classes=classes,
        seed=1,
        test=0.25,
        points=tuple((x, y) for x, y in points.T.tolist()),
        targets=tuple(targets.tolist()),
    )
