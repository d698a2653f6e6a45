"""Line search: how far to go in a direction, so that the strong Wolfe conditions hold (Wolfe, 1969).

The algorithm is that of Nocedal and Wright, Numerical Optimization, 2006, section 3.5: go farther until a
minimum is bracketed, then close in on it by cubic interpolation.
"""

from collections.abc import Callable
from math import inf, isfinite, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

DECREASE = 1e-4  # share of the decrease that the slope promises which is enough
FLATNESS = 0.9  # share of the slope at the start that may be left
FARTHER = 4.0  # times as far, until a minimum is bracketed
MOST_TRIALS = 20  # each way
MARGIN = 0.1  # of a bracket, at each end, where no trial is made


class Trial(NamedTuple):
    """One point on the line: how far along, the function's value and gradient, and its slope along the line."""

    step: float
    value: float
    gradient: Array
    slope: float


def line_search(look: Callable[[float], Trial], start: Trial, first: float) -> Trial | None:
    """Return a trial that fulfils the strong Wolfe conditions, or at least that of sufficient decrease.

    Args:
        look: ``step -> Trial``; where the value or the slope is not finite, the step is taken as too far.
        start: the trial of step 0, whose slope is negative.
        first: the step that is tried first.

    Returns:
        the trial; None where no step was found that goes down far enough.
    """
    before, step = start, first
    for _ in range(MOST_TRIALS):
        trial = look(step)
        if not _is_low_enough(trial, start) or (before is not start and trial.value >= before.value):
            return _close_in(look, start, before, trial)
        if abs(trial.slope) <= -FLATNESS * start.slope:
            return trial
        if trial.slope >= 0:
            return _close_in(look, start, trial, before)
        before, step = trial, FARTHER * step
    return before


def _close_in(look: Callable[[float], Trial], start: Trial, low: Trial, high: Trial) -> Trial | None:
    """Search between two trials of which ``low`` is the lower one and slopes down towards ``high``."""
    for _ in range(MOST_TRIALS):
        trial = look(_between(low, high))
        if not _is_low_enough(trial, start) or trial.value >= low.value:
            high = trial
            continue
        if abs(trial.slope) <= -FLATNESS * start.slope:
            return trial
        if trial.slope * (high.step - low.step) >= 0:
            high = low
        low = trial
    return None if low is start else low


def _is_low_enough(trial: Trial, start: Trial) -> bool:
    if not (isfinite(trial.value) and isfinite(trial.slope)):
        return False
    return trial.value <= start.value + DECREASE * trial.step * start.slope


def _between(low: Trial, high: Trial) -> float:
    """Return the minimum of the cubic through both values and slopes, kept away from the ends; else the middle."""
    width = high.step - low.step
    share = 0.5
    if isfinite(high.value) and isfinite(high.slope):
        chord = 3 * (high.value - low.value) / width
        bend = low.slope + high.slope - chord
        discriminant = bend * bend - low.slope * high.slope
        if 0 <= discriminant < inf:
            root = sqrt(discriminant) * (1 if width > 0 else -1)
            divisor = high.slope - low.slope + 2 * root
            share = 1 - (high.slope + root - bend) / divisor if divisor else share
    return low.step + min(max(share, MARGIN), 1 - MARGIN) * width
