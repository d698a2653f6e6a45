"""The model: everything that defines a session, as one frozen value, and how to start one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nets.activations import ACTIVATIONS
from nets.datasets import DATASETS, DataSpec
from nets.initializers import INITIALIZERS
from nets.inputs import UNIT_SQUARE, Domain, Inputs
from nets.network import Layers, initial_parameters, split, uniform_layers
from nets.optimizers import OPTIMIZERS
from nets.schedules import SCHEDULES
from nets.stopping import Best, Stop

Array = NDArray[np.float64]

LARGEST_PARAMETER = 1e30  # can be squared in float64 and drawn in float32
LARGEST_STATE = 1e100  # of an optimiser's state, which holds squared gradients


@dataclass(frozen=True)
class Training:
    """How the network is trained.

    The penalty l1 · Σ|w| + ½ · l2 · Σw² over all weights (biases excepted) is added to the loss
    that is descended; the losses reported are without it.

    Attributes:
        hyperparameters: those of the optimiser that are not its defaults, by name.
        schedule: a name of ``SCHEDULES``: how the learning rate falls from epoch to epoch.
        schedule_epochs: the schedule's T.
        weight_noise, input_noise, dropout: sizes of ``REGULARIZERS``; the losses reported are without them.
        dropout_kind: a name of ``DROPOUTS``.
        stop: when a run ends by itself.
    """

    loss: str = "softmax_cross_entropy"
    optimizer: str = "adam"
    learning_rate: float = 0.01
    batch_size: int = 32
    l1: float = 0.0
    l2: float = 0.0
    seed: int = 1
    hyperparameters: Mapping[str, float] = field(default_factory=dict)
    schedule: str = "constant"
    schedule_epochs: int = 200
    weight_noise: float = 0.0
    input_noise: float = 0.0
    dropout: float = 0.0
    dropout_kind: str = "ordinary"
    stop: Stop = field(default_factory=Stop)

    @property
    def is_full_batch(self) -> bool:
        """Whether the optimiser looks at all training points at once and finds the length of its steps by itself."""
        return OPTIMIZERS[self.optimizer].is_full_batch

    def learning_rate_at(self, epoch: int) -> float:
        """Return the learning rate of an epoch by its number, the first being 0."""
        return self.learning_rate * SCHEDULES[self.schedule].factor(epoch, self.schedule_epochs)

    def batch_size_of(self, n: int) -> int:
        """Return how many of n training points a batch holds: all of them where the optimiser wants that."""
        return n if self.is_full_batch else min(self.batch_size, n)


@dataclass(frozen=True)
class Progress:
    """How far training has come: whole epochs, batches within the next, the optimiser's state.

    An empty state means a fresh optimiser. ``best`` is what the plateau condition remembers; None where
    nothing is watched yet.
    """

    epoch: int = 0
    batch: int = 0
    state: Array = field(default_factory=lambda: np.empty(0))
    best: Best | None = None


@dataclass(frozen=True)
class Initial:
    """Where weights and biases come from: the initialiser and its seed, so that they can be had again.

    Attributes:
        initializer: a name of ``INITIALIZERS``.
        gain: what the weights that are drawn are multiplied by, and biases are not.
        bias: biases are drawn from U(−bias, bias), after all weights, which are the same whatever it is.
    """

    initializer: str = "glorot"
    seed: int = 1
    gain: float = 1.0
    bias: float = 0.0

    def draw_biases(self, rng: Generator, width: int) -> Array:
        """Draw the biases of a layer, shape (width,). Where they are 0 nothing is drawn."""
        return rng.uniform(-self.bias, self.bias, width) if self.bias else np.zeros(width)


@dataclass(frozen=True)
class Model:
    """A network over the plane with its data and its training.

    Attributes:
        layers: hidden layers and the output layer.
        parameters: (p,) float64, see ``nets.network`` for the order.
        data: what is learnt.
        domain: ((x_min, x_max), (y_min, y_max)), the part of the plane that is drawn, in the data's units.
        inputs: how a point of the plane is standardised before the network sees it.
    """

    layers: Layers
    parameters: Array
    data: DataSpec
    training: Training = Training()
    progress: Progress = field(default_factory=Progress)
    initial: Initial = Initial()
    domain: Domain = UNIT_SQUARE
    inputs: Inputs = field(default_factory=Inputs)


def new_weights(model: Model, initial: Initial) -> Model:
    """Draw the model's weights and biases anew and take training back to its start.

    The same ``initial`` gives the same bits.

    >>> model = create(dataset("xor"), hidden=[3])
    >>> wide = new_weights(model, Initial("glorot", seed=1, gain=3.0))
    >>> bool((wide.parameters == 3 * model.parameters).all())
    True
    """
    rng = np.random.default_rng(initial.seed)
    parameters = initial.gain * initial_parameters(model.layers, INITIALIZERS[initial.initializer], rng)
    for _, biases in split(model.layers, parameters):
        biases[...] = initial.draw_biases(rng, biases.size)
    return replace(model, parameters=parameters, progress=Progress(), initial=initial)


def dataset(
    name: str,
    classes: int | None = None,
    *,
    n: int = 400,
    noise: float | None = None,
    seed: int = 1,
    test: float = 0.25,
) -> DataSpec:
    """Describe a data set of ``DATASETS``, with its own default noise and as near to 3 classes as it has.

    Raises:
        ValueError: when there is no data set of that name.

    >>> dataset("xor").classes
    2
    """
    if name not in DATASETS:
        raise ValueError(f"unknown data set {name!r}; choose from {', '.join(DATASETS)}")
    row = DATASETS[name]
    lowest, highest = row.classes
    return DataSpec(
        name=name,
        n=n,
        noise=row.noise if noise is None else noise,
        classes=min(max(3, lowest), highest) if classes is None else classes,
        seed=seed,
        test=test,
    )


def create(
    data: DataSpec,
    hidden: Sequence[int] = (8, 8),
    activation: str = "tanh",
    training: Training | None = None,
    initial: Initial | None = None,
) -> Model:
    """Start a model: hidden layers of the given widths, one output per class (one for regression).

    >>> model = create(dataset("spiral"), hidden=[8, 8])
    >>> model.parameters.size
    123
    """
    if activation not in ACTIVATIONS:
        raise ValueError(f"unknown activation {activation!r}; choose from {', '.join(ACTIVATIONS)}")
    if training is None:
        training = Training(loss="softmax_cross_entropy" if data.classes else "mean_squared_error")
    layers = uniform_layers([*hidden, data.n_outputs], activation)
    return new_weights(Model(layers, np.empty(0), data, training), initial or Initial())
