"""Training: gradient descent over mini-batches, deterministic and resumable to the bit.

The order of epoch e's points comes from ``default_rng([seed, e])`` and everything else from the
model itself, so a run that is cut into slices anywhere, in mid-epoch too, ends with the same bits
as one that is not. The last batch of an epoch holds what is left and may be smaller.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.datasets import load, target_rows
from nets.domains import find_gap
from nets.losses import LOSSES
from nets.model import LARGEST_PARAMETER, LARGEST_STATE, Model, Progress, Training
from nets.network import Layers, forward, is_weight, loss_and_gradient
from nets.optimizers import OPTIMIZERS

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Budget:
    """How much of a run one slice may do; it ends at whichever limit comes first.

    Attributes:
        steps: gradient steps.
        epochs: ends of epochs.
        seconds: of wall time. Where such a slice ends depends on the clock; what it computes does not.
        snapshots: at most so many snapshots, spread evenly over ``seconds``; None: one every epoch.
    """

    steps: int | None = None
    epochs: int | None = None
    seconds: float | None = None
    snapshots: int | None = None


class Metrics(NamedTuple):
    """Loss and accuracy on the train and the test points; None where there is no such thing."""

    train_loss: float
    test_loss: float | None
    train_accuracy: float | None
    test_accuracy: float | None


class Snapshot(NamedTuple):
    """The network at the end of an epoch."""

    epoch: int
    parameters: Array
    metrics: Metrics


class Divergence(NamedTuple):
    """Where the numbers stopped being finite, and what happened there, as sentences for people."""

    where: str
    why: str


class Slice(NamedTuple):
    """What a slice of training leaves: the model to go on from, the snapshots, and the end, if it diverged."""

    model: Model
    snapshots: list[Snapshot]
    divergence: Divergence | None


class Batch(NamedTuple):
    """Points (2, n) and target rows (outputs, n)."""

    points: Array
    targets: Array


def train_slice(model: Model, budget: Budget) -> Slice:
    """Train ``model`` for one budget; a pure function of the model but for ``budget.seconds``.

    On divergence the slice ends with the model as it was before the step that was not finite.
    """
    with np.errstate(all="ignore"):
        return _train_slice(model, budget)


def _train_slice(model: Model, budget: Budget) -> Slice:
    train, _ = batches_of_data(model)
    training = model.training
    optimizer = OPTIMIZERS[training.optimizer].make(training.learning_rate)
    gradient = penalised_gradient(model)
    parameters = model.parameters
    state = model.progress.state if model.progress.state.size else optimizer.init(parameters)
    epoch, first_batch = model.progress.epoch, model.progress.batch
    last_epoch = None if budget.epochs is None else epoch + budget.epochs
    clock = SliceClock(budget)
    snapshots: list[Snapshot] = []
    steps = 0

    def at(epoch: int, batch: int) -> Model:
        return replace(model, parameters=parameters, progress=Progress(epoch, batch, state))

    def is_spent() -> bool:
        return steps == budget.steps or epoch == last_epoch or clock.is_over()

    while not is_spent():
        n_batches = -(-train.points.shape[1] // training.batch_size)
        for index, batch in enumerate(shuffled(train, training, epoch, first_batch), first_batch):
            value, slope = gradient(parameters, batch)
            new, new_state = optimizer.update(parameters, slope, state)
            if not (np.isfinite(value) and _is_within(new, LARGEST_PARAMETER) and _is_within(new_state, LARGEST_STATE)):
                return Slice(at(epoch, index), snapshots, diagnose(model.layers, parameters, batch, training, train))
            parameters, state = new, new_state
            steps += 1
            if index + 1 < n_batches and is_spent():
                return Slice(at(epoch, index + 1), snapshots, None)
        epoch, first_batch = epoch + 1, 0
        if clock.is_snapshot_due(len(snapshots)):
            metrics = evaluate(at(epoch, 0))
            if not np.isfinite(metrics.train_loss):
                return Slice(at(epoch, 0), snapshots, diagnose(model.layers, parameters, train, training))
            snapshots.append(Snapshot(epoch, parameters, metrics))
    return Slice(at(epoch, first_batch), snapshots, None)


def _is_within(vector: Array, largest: float) -> bool:
    """Whether the vector's norm is below ``largest``; one product finds every NaN and infinity too."""
    return bool(vector.dot(vector) < largest**2)


class SliceClock:
    """Tells when a slice's seconds are over and when its next snapshot is due."""

    def __init__(self, budget: Budget) -> None:
        self.start = perf_counter()
        self.seconds = budget.seconds
        self.snapshots = budget.snapshots

    def is_over(self) -> bool:
        return self.seconds is not None and perf_counter() - self.start >= self.seconds

    def is_snapshot_due(self, taken: int) -> bool:
        if self.snapshots is None:
            return True
        if taken >= self.snapshots:
            return False
        return perf_counter() - self.start >= (self.seconds or 0) * taken / self.snapshots


def batches_of_data(model: Model) -> tuple[Batch, Batch]:
    """Return the model's train points and test points, as the network sees them."""
    data = load(model.data)
    points = model.inputs.standardise(data.points)
    targets = target_rows(model.data, data.targets)
    train = ~data.is_test
    return (
        Batch(points[:, train], targets[:, train]),
        Batch(points[:, data.is_test], targets[:, data.is_test]),
    )


def shuffled(train: Batch, training: Training, epoch: int, first: int = 0) -> Iterator[Batch]:
    """Yield the mini-batches of one epoch in its own order, from batch ``first`` on."""
    n = train.points.shape[1]
    order = np.random.default_rng([training.seed, epoch]).permutation(n)
    points, targets = train.points[:, order], train.targets[:, order]
    for start in range(first * training.batch_size, n, training.batch_size):
        chosen = slice(start, start + training.batch_size)
        yield Batch(points[:, chosen], targets[:, chosen])


def penalised_gradient(model: Model) -> Callable[[Array, Batch], tuple[float, Array]]:
    """Return ``(parameters, batch) -> (loss, gradient)`` with the penalties' slopes in the gradient."""
    loss = LOSSES[model.training.loss]
    l1, l2 = model.training.l1, model.training.l2
    mask = is_weight(model.layers)
    l1_mask, l2_mask = l1 * mask, l2 * mask

    def gradient(parameters: Array, batch: Batch) -> tuple[float, Array]:
        value, slope = loss_and_gradient(model.layers, parameters, batch.points, batch.targets, loss)
        if l1:
            slope += l1_mask * np.sign(parameters)
        if l2:
            slope += l2_mask * parameters
        return value, slope

    return gradient


def evaluate(model: Model) -> Metrics:
    """Return the model's losses (without penalties) and, for classes, the shares it gets right."""
    train, test = batches_of_data(model)
    train_loss, train_accuracy = _loss_and_accuracy(model, train)
    if not test.points.size:
        return Metrics(train_loss, None, train_accuracy, None)
    test_loss, test_accuracy = _loss_and_accuracy(model, test)
    return Metrics(train_loss, test_loss, train_accuracy, test_accuracy)


def _loss_and_accuracy(model: Model, batch: Batch) -> tuple[float, float | None]:
    outputs = forward(model.layers, model.parameters, batch.points)[-1].activation
    loss, _ = LOSSES[model.training.loss].value_and_slope(outputs, batch.targets)
    if not model.data.classes:
        return loss, None
    is_right = np.argmax(outputs, axis=0) == np.argmax(batch.targets, axis=0)
    is_right &= ~np.isnan(outputs).any(axis=0)  # no class is the highest where one is undefined
    return loss, float(np.mean(is_right))


def diagnose(
    layers: Layers, parameters: Array, batch: Batch, training: Training, train: Batch | None = None
) -> Divergence:
    """Say which layer's numbers were the first not to be finite, or whether it was the loss or the step itself."""
    gap = find_gap(layers, parameters, (train or batch).points, "training points")
    if gap:
        return Divergence(*gap)
    advice = "try a smaller learning rate or new weights"
    responses = forward(layers, parameters, batch.points)
    for number, response in enumerate(responses, 1):
        for quantity, values in (("pre-activations", response.preactivation), ("activations", response.activation)):
            if not np.isfinite(values).all():
                return Divergence(f"layers[{number - 1}]", f"the {quantity} of layer {number} overflowed; {advice}")
    loss, _ = LOSSES[training.loss].value_and_slope(responses[-1].activation, batch.targets)
    if not np.isfinite(loss):
        return Divergence(f"layers[{len(layers) - 1}]", f"the outputs grew so large that the loss overflowed; {advice}")
    return Divergence(
        "training.learning_rate",
        f"a step of learning rate {training.learning_rate:g} took the parameters, "
        f"or what the optimiser remembers, out of range; {advice}",
    )
