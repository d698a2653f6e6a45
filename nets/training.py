"""Training: gradient descent over mini-batches, deterministic and resumable to the bit.

The order of epoch e's points comes from ``default_rng([seed, e])``, the noise added to them from
``default_rng([seed, e, 1])`` and everything else from the model itself, so a run that is cut into
slices anywhere, in mid-epoch too, ends with the same bits as one that is not. The last batch of an
epoch holds what is left and may be smaller.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.datasets import load, target_rows
from nets.divergence import diagnose
from nets.losses import LOSSES
from nets.model import LARGEST_PARAMETER, LARGEST_STATE, Model, Progress, Training
from nets.network import forward, held_parameters, is_weight, loss_and_gradient
from nets.optimizers import OPTIMIZERS
from nets.stopping import Ending, ending, improved

Array = NDArray[np.float64]
Update = Callable[[Array, Array, Array], tuple[Array, Array]]


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


class Slice(NamedTuple):
    """What a slice of training leaves: the model to go on from, the snapshots, and the run's ending, if it is over."""

    model: Model
    snapshots: list[Snapshot]
    ending: Ending | None


class Batch(NamedTuple):
    """Points (2, n) and target rows (outputs, n)."""

    points: Array
    targets: Array


def train_slice(model: Model, budget: Budget) -> Slice:
    """Train ``model`` for one budget; a pure function of the model but for ``budget.seconds``.

    A run is over when a stop condition holds at the end of an epoch, the one before the slice
    included, or when the numbers stop being finite. On divergence the slice ends with the model as
    it was before the step that was not finite, and its last snapshot is of the last epoch that it
    finished.
    """
    with np.errstate(all="ignore"):
        return _Run(model, budget).go()


class _Run:
    """A slice under way: where training is, and what it has left behind."""

    def __init__(self, model: Model, budget: Budget) -> None:
        progress = model.progress
        self._model = model
        self._budget = budget
        self._train, _ = batches_of_data(model)
        self._n_batches = -(-self._train.points.shape[1] // model.training.batch_size)
        self._gradient = penalised_gradient(model)
        self._parameters, self._state = model.parameters, progress.state
        if not progress.state.size:
            optimizer = OPTIMIZERS[model.training.optimizer].make(model.training.learning_rate)
            self._state = optimizer.init(model.parameters)
        self._epoch, self._batch, self._best = progress.epoch, progress.batch, progress.best
        self._last_epoch = None if budget.epochs is None else progress.epoch + budget.epochs
        self._clock = SliceClock(budget)
        self._steps = 0
        self._snapshots: list[Snapshot] = []
        self._finished: tuple[int, Array] | None = None  # the last epoch that ended, and the parameters then

    def go(self) -> Slice:
        """Train until the budget is spent or the run is over."""
        over = self._stopped() if self._batch == 0 else None
        while over is None and not self._is_spent():
            over = self._train_epoch()
        return Slice(self._present(), self._snapshots, over)

    def _present(self) -> Model:
        progress = Progress(self._epoch, self._batch, self._state, self._best)
        return replace(self._model, parameters=self._parameters, progress=progress)

    def _is_spent(self) -> bool:
        return self._steps == self._budget.steps or self._epoch == self._last_epoch or self._clock.is_over()

    def _train_epoch(self) -> Ending | None:
        """Go on to the end of the epoch, or of the budget."""
        update = update_rule(self._model, self._epoch)
        gradient, parameters, state = self._gradient, self._parameters, self._state
        for batch in shuffled(self._train, self._model.training, self._epoch, self._batch):
            value, slope = gradient(parameters, batch)
            new, new_state = update(parameters, slope, state)
            if not (np.isfinite(value) and _is_within(new, LARGEST_PARAMETER) and _is_within(new_state, LARGEST_STATE)):
                return self._diverge(batch)
            self._parameters, self._state = parameters, state = new, new_state
            self._batch += 1
            self._steps += 1
            if self._batch < self._n_batches and self._is_spent():
                return None
        self._epoch, self._batch = self._epoch + 1, 0
        return self._end_epoch()

    def _end_epoch(self) -> Ending | None:
        """Take a snapshot where one is due, and see whether the run is over."""
        is_snapshot_due = self._clock.is_snapshot_due(len(self._snapshots))
        metrics = None
        if is_snapshot_due or self._model.training.stop.needs_metrics:
            metrics = evaluate(self._present())
            if not np.isfinite(metrics.train_loss):
                return self._diverge(self._train)
        if metrics and is_snapshot_due:
            self._snapshots.append(Snapshot(self._epoch, self._parameters, metrics))
        self._finished = self._epoch, self._parameters
        return self._stopped(metrics)

    def _stopped(self, metrics: Metrics | None = None) -> Ending | None:
        """Return the ending where a stop condition holds at the end of an epoch; what is over remembers no best."""
        stop = self._model.training.stop
        if metrics is None and stop.needs_metrics:
            metrics = evaluate(self._present())
        loss = accuracy = best = None
        if metrics and np.isfinite(metrics.train_loss):
            loss, accuracy = metrics.train_loss, metrics.train_accuracy
            best = improved(self._best, self._epoch, loss) if stop.plateau else None
        over = ending(stop, self._epoch, loss, accuracy, best)
        self._best = None if over else best
        return over

    def _diverge(self, batch: Batch) -> Ending:
        """Keep the end of the last finite epoch among the snapshots, and say what happened."""
        if self._finished:
            epoch, parameters = self._finished
            if not self._snapshots or self._snapshots[-1].epoch < epoch:
                metrics = evaluate(replace(self._model, parameters=parameters))
                if np.isfinite(metrics.train_loss):
                    self._snapshots.append(Snapshot(epoch, parameters, metrics))
        return diagnose(self._present(), *batch, self._train.points)


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
    """Yield the mini-batches of one epoch in its own order and with its own noise, from batch ``first`` on.

    Noise on the inputs is a penalty on how fast the outputs change (Bishop, 1995). It is drawn for the
    whole epoch, so that batches are the same wherever a slice begins.
    """
    n = train.points.shape[1]
    order = np.random.default_rng([training.seed, epoch]).permutation(n)
    points, targets = train.points[:, order], train.targets[:, order]
    if training.input_noise:
        noise = np.random.default_rng([training.seed, epoch, 1]).standard_normal(points.shape)
        points = points + training.input_noise * noise
    for start in range(first * training.batch_size, n, training.batch_size):
        chosen = slice(start, start + training.batch_size)
        yield Batch(points[:, chosen], targets[:, chosen])


def update_rule(model: Model, epoch: int) -> Update:
    """Return the optimiser's update in an epoch; parameters of frozen neurons come out of it as they went in."""
    training = model.training
    row = OPTIMIZERS[training.optimizer]
    update = row.make(training.learning_rate_at(epoch), **training.hyperparameters).update
    held = held_parameters(model.layers)
    if held is None:
        return update

    def update_others(parameters: Array, gradient: Array, state: Array) -> tuple[Array, Array]:
        new, new_state = update(parameters, gradient, state)
        new[held] = parameters[held]  # what momentum has gathered would move them still
        return new, new_state

    return update_others


def penalised_gradient(model: Model) -> Callable[[Array, Batch], tuple[float, Array]]:
    """Return ``(parameters, batch) -> (loss, gradient)`` with the penalties' slopes in the gradient.

    The gradient is 0 for the parameters of neurons that are frozen or switched off.
    """
    loss = LOSSES[model.training.loss]
    l1, l2 = model.training.l1, model.training.l2
    mask = is_weight(model.layers)
    l1_mask, l2_mask = l1 * mask, l2 * mask
    held = held_parameters(model.layers)

    def gradient(parameters: Array, batch: Batch) -> tuple[float, Array]:
        value, slope = loss_and_gradient(model.layers, parameters, batch.points, batch.targets, loss)
        if l1:
            slope += l1_mask * np.sign(parameters)
        if l2:
            slope += l2_mask * parameters
        if held is not None:
            slope[held] = 0
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
