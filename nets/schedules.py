"""Schedules: by what factor the learning rate of an epoch is smaller than the one that was set.

A factor depends on the epoch's number alone, so a run that is cut anywhere goes on to the bit.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

CORNERS = ((0, 0.45, 0.9, 1), (0.1, 1, 0.1, 0.001))  # of the one cycle: shares of T, and the factors there


@dataclass(frozen=True)
class Schedule:
    """One schedule.

    Attributes:
        name: the name documents use.
        factor: ``(epoch, T) -> factor`` from 0 to 1 of the epoch with that number, the first being 0;
            T is a number of epochs.
        formula: the factor as plain text; e = epoch.
        source: who described it (authors, year).
    """

    name: str
    factor: Callable[[int, int], float]
    formula: str
    source: str


def _one_cycle(epoch: int, period: int) -> float:
    """Return the factor between the corners of the cycle; after its end the last one."""
    return float(np.interp(epoch / period, *CORNERS))


_ROWS = (
    Schedule("constant", lambda epoch, period: 1.0, "1", "the plain choice"),
    Schedule(
        "exponential",
        lambda epoch, period: 2.0 ** -(epoch / period),
        "2^(−e / T)",
        "Senior, Heigold, Ranzato and Yang, 2013",
    ),
    Schedule(
        "step",
        lambda epoch, period: 10.0 ** -(epoch // period),
        "10^(−⌊e / T⌋)",
        "He, Zhang, Ren and Sun, 2016",
    ),
    Schedule(
        "cosine",
        lambda epoch, period: (1 + math.cos(math.pi * (epoch % period) / period)) / 2,
        "½ (1 + cos(π (e mod T) / T))",
        "Loshchilov and Hutter, 2016",
    ),
    Schedule(
        "one_cycle",
        _one_cycle,
        "0.1 → 1 → 0.1 → 0.001 in straight lines, at 0, 0.45 T, 0.9 T and T",
        "Smith and Topin, 2017",
    ),
    Schedule("inverse", lambda epoch, period: 1 / (1 + epoch / period), "1 / (1 + e / T)", "Darken and Moody, 1991"),
)

SCHEDULES: dict[str, Schedule] = {row.name: row for row in _ROWS}
