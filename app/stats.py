"""The numbers of the transport bar, and what each of them is, in a formula."""

from dataclasses import dataclass
from typing import Any

from nets import LOSSES, Model


@dataclass(frozen=True)
class Stat:
    """One number of the transport bar.

    Attributes:
        id: of the number itself; what holds it and its label is ``stat-<id>``.
        label: what the user reads.
        help: what it is; ``{loss}`` stands for the formula of the chosen loss.
    """

    id: str
    label: str
    help: str


STATS = (
    Stat("train-loss", "train loss", "mean of {loss} over the points the network learns from, penalties left out"),
    Stat("test-loss", "test loss", "mean of {loss} over the points kept for testing"),
    Stat("train-accuracy", "train", "share of training points whose class is argmax over the classes' scores"),
    Stat("test-accuracy", "test", "share of test points whose class is argmax over the classes' scores"),
)


def stat_title(stat: Stat, model: Model) -> str:
    """Return the tooltip of a number.

    >>> from nets import create, dataset
    >>> stat_title(STATS[1], create(dataset("saddle")))
    'mean of Σ (a − t)² over the points kept for testing'
    """
    return stat.help.format(loss=LOSSES[model.training.loss].formula)


def shown_stats(model: Model) -> list[dict[str, Any]]:
    """Return what the numbers must show for a model, as ``app.controls.shown`` does."""
    return [{"id": f"stat-{stat.id}", "props": {"title": stat_title(stat, model)}} for stat in STATS]
