"""Stopping: the conditions under which a run ends by itself, checked at the ends of epochs.

They depend on what training computes and never on the clock or on how a run is cut into slices.
"""

from dataclasses import dataclass
from typing import NamedTuple

IMPROVEMENT = 0.001  # share by which a loss must fall below the best before it to count as better


@dataclass(frozen=True)
class Stop:
    """When to end a run; None means never.

    Attributes:
        epoch: at the end of this epoch.
        loss: when the train loss is this or lower.
        accuracy: when the train accuracy is this or higher; classes only.
        plateau: when the train loss has not improved by 0.1 % for so many epochs.
    """

    epoch: int | None = None
    loss: float | None = None
    accuracy: float | None = None
    plateau: int | None = None

    @property
    def needs_metrics(self) -> bool:
        """Whether the train points have to be measured to know."""
        return (self.loss, self.accuracy, self.plateau) != (None, None, None)


class Best(NamedTuple):
    """The epoch with the best train loss since the plateau condition was set, and that loss."""

    epoch: int
    loss: float


class Ending(NamedTuple):
    """Why a run is over.

    Attributes:
        kind: "stopped", a stop condition was met; or "diverged", the numbers stopped being finite.
        where: path of the field of the document that it has to do with.
        why: a sentence for people.
    """

    kind: str
    where: str
    why: str


def improved(best: Best | None, epoch: int, loss: float) -> Best:
    """Return the best epoch so far, given that of the epochs before (None where there were none).

    >>> improved(Best(3, 1.0), 4, 0.9995)
    Best(epoch=3, loss=1.0)
    """
    is_better = best is None or loss < (1 - IMPROVEMENT) * best.loss
    return Best(epoch, loss) if is_better or best is None else best


def ending(
    stop: Stop, epoch: int, loss: float | None, accuracy: float | None, best: Best | None = None
) -> Ending | None:
    """Return the ending of a run that has come to the end of an epoch, None where it goes on.

    Args:
        stop: the conditions.
        epoch: whole epochs so far.
        loss: of the train points; None where no condition needs it.
        accuracy: share of the train points that is right; None where there is no such thing.
        best: the best epoch so far, this one included; None where nothing is watched for a plateau.

    >>> ending(Stop(accuracy=0.95), epoch=7, loss=0.2, accuracy=0.96).why
    'train accuracy 0.96 reached 0.95 at epoch 7'
    >>> ending(Stop(epoch=100), epoch=7, loss=0.2, accuracy=0.96)  # it goes on: no ending
    """
    if stop.epoch is not None and epoch >= stop.epoch:
        return _stopped("epoch", f"epoch {epoch} is {'reached' if epoch == stop.epoch else f'past epoch {stop.epoch}'}")
    if stop.loss is not None and loss is not None and loss <= stop.loss:
        return _stopped("loss", f"train loss {loss:.4g} reached {stop.loss:g} at epoch {epoch}")
    if stop.accuracy is not None and accuracy is not None and accuracy >= stop.accuracy:
        return _stopped("accuracy", f"train accuracy {accuracy:.4g} reached {stop.accuracy:g} at epoch {epoch}")
    if stop.plateau is not None and best is not None and epoch - best.epoch >= stop.plateau:
        return _stopped(
            "plateau",
            f"train loss has not improved by 0.1 % for {epoch - best.epoch} epochs, since {best.loss:.4g} "
            f"at epoch {best.epoch}",
        )
    return None


def _stopped(condition: str, why: str) -> Ending:
    return Ending("stopped", f"training.stop.{condition}", why)
