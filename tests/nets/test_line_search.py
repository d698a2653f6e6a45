"""The line search against the strong Wolfe conditions, on functions whose minima are known."""

from collections.abc import Callable
from math import cos, exp, inf, log, nan, sin, sqrt

import numpy as np
import pytest

from nets.line_search import DECREASE, FLATNESS, MOST_TRIALS, Trial, line_search

Function = Callable[[float], tuple[float, float]]  # step -> (value, slope)

FUNCTIONS: dict[str, Function] = {
    "a parabola": lambda t: ((t - 1) ** 2, 2 * (t - 1)),
    "a narrow parabola": lambda t: (1e6 * (t - 1e-3) ** 2, 2e6 * (t - 1e-3)),
    "a quartic, flat at its minimum": lambda t: ((t - 2) ** 4, 4 * (t - 2) ** 3),
    "a minimum behind a long plain": lambda t: (-t / (t * t + 2), (t * t - 2) / (t * t + 2) ** 2),
    "several minima": lambda t: (0.05 * (t - 9) ** 2 - sin(3 * t), 0.1 * (t - 9) - 3 * cos(3 * t)),
    "ripples": lambda t: ((t - 3) ** 2 + 0.05 * sin(40 * t), 2 * (t - 3) + 2 * cos(40 * t)),
    "a wall": lambda t: (exp(min(t, 600)) - 5 * t, exp(min(t, 600)) - 5),
    "a barrier": lambda t: (-log(1 - t) - 3 * t, 1 / (1 - t) - 3) if t < 1 else (inf, nan),
    "the end of a domain": lambda t: (sqrt(1 - t) - 1 + t * t, 2 * t - 0.5 / sqrt(1 - t)) if t < 1 else (nan, nan),
}

functions = pytest.mark.parametrize("function", FUNCTIONS.values(), ids=FUNCTIONS)
FIRST = [1e-6, 1e-3, 0.1, 1.0, 30.0, 1e3]


class Line:
    """A function of one number, seen as the search sees it; counts how often it is looked at."""

    def __init__(self, function: Function) -> None:
        self._function = function
        self.looks = 0

    def __call__(self, step: float) -> Trial:
        self.looks += 1
        value, slope = self._function(step)
        return Trial(step, value, np.array([slope]), slope)


def assert_fulfils_the_strong_wolfe_conditions(trial: Trial | None, start: Trial) -> None:
    assert trial is not None
    assert trial.step > 0
    assert trial.value <= start.value + DECREASE * trial.step * start.slope
    assert abs(trial.slope) <= FLATNESS * abs(start.slope)


@functions
@pytest.mark.parametrize("first", FIRST)
def test_what_is_found_fulfils_the_strong_wolfe_conditions_whatever_is_tried_first(
    function: Function, first: float
) -> None:
    line = Line(function)
    start = line(0.0)
    assert start.slope < 0
    assert_fulfils_the_strong_wolfe_conditions(line_search(line, start, first), start)
    assert line.looks <= 1 + 2 * MOST_TRIALS


def test_a_first_step_that_is_good_is_taken_at_one_look() -> None:
    line = Line(FUNCTIONS["a parabola"])
    start = line(0.0)
    found = line_search(line, start, 0.9)
    assert (found.step if found else None, line.looks) == (0.9, 2)


@pytest.mark.parametrize("first", [1.6, 1.9], ids=["from a lower end beyond it", "from a higher end beyond it"])
def test_a_cubic_is_minimised_at_the_second_look(first: float) -> None:
    """t³ − 3 t has its minimum at 1; the cubic through both ends of a bracket is the function."""
    line = Line(lambda t: (t**3 - 3 * t, 3 * t * t - 3))
    start = line(0.0)
    found = line_search(line, start, first)
    assert found is not None
    assert found.step == pytest.approx(1, rel=1e-12)
    assert line.looks == 3


@pytest.mark.parametrize("beyond", [(inf, inf), (inf, nan), (nan, nan), (-inf, -inf), (1e300, 1e300), (1e308, 1e308)])
@pytest.mark.parametrize("end", [1e-4, 0.1, 1.5])
def test_values_that_are_not_finite_or_as_good_as_infinite_are_too_far(end: float, beyond: tuple[float, float]) -> None:
    """A parabola with its minimum at 1 that is cut off before, or soon after, it."""
    line = Line(lambda t: ((t - 1) ** 2, 2 * (t - 1)) if t < end else beyond)
    start = line(0.0)
    found = line_search(line, start, 1.6)
    assert found is not None
    assert 0 < found.step < end
    assert found.value <= start.value + DECREASE * found.step * start.slope


@pytest.mark.parametrize("slope", [inf, -inf, nan])
def test_a_slope_that_is_not_finite_is_too_far_though_the_value_is_low(slope: float) -> None:
    line = Line(lambda t: ((t - 1) ** 2, 2 * (t - 1) if t < 0.5 else slope))
    found = line_search(line, line(0.0), 0.9)
    assert found is not None
    assert 0 < found.step < 0.5


def test_at_a_kink_whose_sides_are_both_steep_what_is_found_is_lower_than_the_start() -> None:
    """|t − 1| has slopes of ±1 only, which is never flat enough."""
    line = Line(lambda t: (abs(t - 1), 1.0 if t > 1 else -1.0))
    start = line(0.0)
    found = line_search(line, start, 0.3)
    assert found is not None
    assert found.value < start.value
    assert found.step == pytest.approx(1, abs=0.1)


def test_where_a_slope_promises_what_no_step_keeps_nothing_is_found() -> None:
    """As at a kink where the slope of the other side was taken."""
    line = Line(lambda t: (t, 1.0 if t > 0 else -1.0))
    assert line_search(line, line(0.0), 1.0) is None


def test_where_it_goes_down_forever_the_farthest_look_is_taken() -> None:
    line = Line(lambda t: (-t, -1.0))
    found = line_search(line, line(0.0), 1.0)
    assert found is not None
    assert found.step == 4.0 ** (MOST_TRIALS - 1)
