"""L-BFGS: steps along a direction that remembers how the gradient changed (Nocedal, 1980; Liu and Nocedal, 1989).

It looks at all training points at once and chooses the length of a step by a line search, so that it has no
learning rate. Where the objective has kinks the search may find no way down, or none that is longer than the rounding
of the parameters; then what was remembered is forgotten, and where the steepest descent leads no farther either the
parameters stay where they are.
"""

from collections.abc import Callable
from math import isfinite
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.line_search import Trial, line_search

Vector = NDArray[np.float64]
Function = Callable[[Vector], tuple[float, Vector]]  # parameters -> (value, gradient); the gradient is a new array

MOST_PAIRS = 10  # that are remembered
MOST_NUMBERS = 15_000  # of a state, so that it travels in a document; large networks remember fewer pairs
LEAST_CURVATURE = 1e-10  # of a pair s, y that is kept: s·y over y·y


class Minimizer(NamedTuple):
    """An optimiser that looks at the objective as often as it needs to.

    Attributes:
        init: ``parameters -> state``.
        update: ``(function, parameters, state) -> (new parameters, new state)``; changes nothing it is given.
    """

    init: Callable[[Vector], Vector]
    update: Callable[[Function, Vector, Vector], tuple[Vector, Vector]]


def lbfgs() -> Minimizer:
    """Limited-memory BFGS. The state is the number of pairs, then the steps s and the changes y of the gradient.

    (1 + 2 m p,), the newest pair first, with m = 10 pairs or as many as 15,000 numbers have room for, but at least one.
    """
    return Minimizer(lambda parameters: np.zeros(1 + 2 * _room(parameters.size) * parameters.size), _update)


def _room(p: int) -> int:
    return min(max(MOST_NUMBERS // (2 * p), 1), MOST_PAIRS)


def restrained(state: Vector, places: NDArray[np.intp], p: int) -> Vector:
    """Return the state of p parameters as if those at ``places`` had never moved."""
    new = state.copy()
    new[1:].reshape(-1, p)[:, places] = 0
    return new


def _update(function: Function, parameters: Vector, state: Vector) -> tuple[Vector, Vector]:
    value, gradient = function(parameters)
    if not (isfinite(value) and np.isfinite(gradient).all()):
        return np.full_like(parameters, np.nan), state
    steps, changes = _pairs(state, parameters.size)
    for count in (len(steps), 0) if len(steps) else (0,):
        pairs = steps[:count], changes[:count]
        direction = -_inverse_hessian_times(gradient, *pairs)
        start = Trial(0.0, value, gradient, float(gradient.dot(direction)))
        if start.slope < 0:
            first = 1.0 if count else min(1.0, 1 / float(np.abs(gradient).sum()))
            trial = line_search(_along(function, parameters, direction), start, first)
            if trial is not None:
                step = trial.step * direction
                new = parameters + step
                if not np.array_equal(new, parameters):
                    return new, _remember(state, *pairs, step, trial.gradient - gradient)
    return parameters.copy(), np.zeros_like(state)


def _along(function: Function, parameters: Vector, direction: Vector) -> Callable[[float], Trial]:
    """Return the function and its slope as they are along a direction."""

    def look(step: float) -> Trial:
        value, gradient = function(parameters + step * direction)
        return Trial(step, value, gradient, float(gradient.dot(direction)))

    return look


def _inverse_hessian_times(gradient: Vector, steps: Vector, changes: Vector) -> Vector:
    """Return H g by the two loops of Nocedal, 1980; the first H is the newest pair's s·y / y·y on the diagonal."""
    result = gradient.copy()
    shares = []
    for s, y in zip(steps, changes, strict=True):
        shares.append(s.dot(result) / s.dot(y))
        result -= shares[-1] * y
    if len(steps):
        result *= steps[0].dot(changes[0]) / changes[0].dot(changes[0])
    for s, y, share in zip(steps[::-1], changes[::-1], shares[::-1], strict=True):
        result += (share - y.dot(result) / s.dot(y)) * s
    return result


def _pairs(state: Vector, p: int) -> tuple[Vector, Vector]:
    """Return the steps and the changes of the gradient, (pairs, p) each, newest first, as views."""
    steps, changes = state[1:].reshape(2, -1, p)
    count = int(min(max(state[0], 0), len(steps)))
    return steps[:count], changes[:count]


def _remember(state: Vector, steps: Vector, changes: Vector, step: Vector, change: Vector) -> Vector:
    """Return a state with one more pair, unless the function is not convex along it."""
    is_convex = int(step.dot(change) > LEAST_CURVATURE * change.dot(change))
    new = np.zeros_like(state)
    new_steps, new_changes = new[1:].reshape(2, -1, step.size)
    kept = min(len(steps), len(new_steps) - is_convex)
    for place, newest, older in ((new_steps, step, steps), (new_changes, change, changes)):
        if is_convex:
            place[0] = newest
        place[is_convex : is_convex + kept] = older[:kept]
    new[0] = kept + is_convex
    return new
