"""Training: gradient descent over mini-batches, deterministic and resumable to the bit.

Whatever is random comes from ``nets.draws`` and everything else from the model itself, so a run that is cut into
slices anywhere, in mid-epoch too, ends with the same bits as one that is not. The last batch of an epoch holds what
is left and may be smaller.
"""

from dataclasses import dataclass, replace
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.batches import Batch, batches_of_data, epoch_of
from nets.divergence import diagnose
from nets.engine import gauge_of, steps_of
from nets.metrics import Metrics
from nets.model import Model, Progress
from nets.stopping import Ending, ending, improved

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


def train_slice(model: Model, budget: Budget, engine: str | None = None) -> Slice:
    """Train ``model`` for one budget; a pure function of the model but for ``budget.seconds``.

    ``engine`` is a name of ``nets.engine.ENGINES``; None for the one that suits the model.

    A run is over when a stop condition holds at the end of an epoch, the one before the slice
    included, or when the numbers stop being finite. On divergence the slice ends with the model as
    it was before the step that was not finite, and its last snapshot is of the last epoch that it
    finished.
    """
    with np.errstate(all="ignore"):
        return _Run(model, budget, engine).go()


class _Run:
    """A slice under way: where training is, and what it has left behind."""

    def __init__(self, model: Model, budget: Budget, engine: str | None) -> None:
        progress = model.progress
        self._model = model
        self._budget = budget
        self._train, test = batches_of_data(model)
        self._gauge = gauge_of(model, self._train, test, engine)
        self._steps = steps_of(model, engine)
        self._epoch, self._batch, self._best = progress.epoch, progress.batch, progress.best
        self._last_epoch = None if budget.epochs is None else progress.epoch + budget.epochs
        self._clock = SliceClock(budget)
        self._left = budget.steps
        self._snapshots: list[Snapshot] = []
        self._finished: tuple[int, Array] | None = None  # the last epoch that ended, and the parameters then

    def go(self) -> Slice:
        """Train until the budget is spent or the run is over."""
        over = self._stopped() if self._batch == 0 else None
        while over is None and not self._is_spent():
            over = self._train_epoch()
        return Slice(self._present(), self._snapshots, over)

    def _present(self) -> Model:
        steps = self._steps
        progress = Progress(self._epoch, self._batch, steps.state.copy(), self._best)
        return replace(self._model, parameters=steps.parameters.copy(), progress=progress)

    def _is_spent(self) -> bool:
        return self._left == 0 or self._epoch == self._last_epoch or self._clock.is_over()

    def _train_epoch(self) -> Ending | None:
        """Go on to the end of the epoch, or of the budget."""
        epoch = epoch_of(self._model, self._train, self._epoch)
        while True:
            wanted = min(self._steps.stride, epoch.n_batches - self._batch)
            if self._left is not None:
                wanted = min(wanted, self._left)
            taken = self._steps.take(epoch, self._batch, wanted)
            self._batch += taken
            self._left = None if self._left is None else self._left - taken
            if taken < wanted:
                return self._diverge(epoch.batch(self._batch))
            if self._batch == epoch.n_batches:
                self._epoch, self._batch = self._epoch + 1, 0
                return self._end_epoch()
            if self._is_spent():
                return None

    def _end_epoch(self) -> Ending | None:
        """Take a snapshot where one is due, and see whether the run is over."""
        is_snapshot_due = self._clock.is_snapshot_due(len(self._snapshots))
        metrics = None
        if is_snapshot_due or self._model.training.stop.needs_metrics:
            metrics = self._gauge(self._steps.parameters)
            if not np.isfinite(metrics.train_loss):
                return self._diverge(self._train)
        parameters = self._steps.parameters.copy()
        if metrics and is_snapshot_due:
            self._snapshots.append(Snapshot(self._epoch, parameters, metrics))
        self._finished = self._epoch, parameters
        return self._stopped(metrics)

    def _stopped(self, metrics: Metrics | None = None) -> Ending | None:
        """Return the ending where a stop condition holds at the end of an epoch; what is over remembers no best."""
        stop = self._model.training.stop
        if metrics is None and stop.needs_metrics:
            metrics = self._gauge(self._steps.parameters)
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
                metrics = self._gauge(parameters)
                if np.isfinite(metrics.train_loss):
                    self._snapshots.append(Snapshot(epoch, parameters, metrics))
        return diagnose(self._present(), *batch, self._train.points)


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


def evaluate(model: Model) -> Metrics:
    """Return the model's losses (without penalties) and, for classes, the shares it gets right."""
    return gauge_of(model, *batches_of_data(model))(model.parameters)
