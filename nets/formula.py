"""Data by formula: ``class = x*y > sin(3*x)`` or ``target = x**2 - y``, drawn from the square [−1, 1]².

The right-hand side is read by ``nets.expressions``.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nets.expressions import Expression, FormulaError, read_expression

Array = NDArray[np.float64]

LONGEST = 200  # characters
MOST_CLASSES = 6
LARGEST_VALUE = 1e6  # a target beyond it counts as undefined: a document's own targets are not larger either
TRIES = 40  # points drawn, at most, for each point wanted
COUNTING_GRID = 101  # points an axis at which classes are counted

SPELLINGS = str.maketrans("−·×", "-**")  # what is pasted from a text, one character for one
HEAD = re.compile(r"\s*(class|target)\s*=(?!=)\s*")
STRANGE = re.compile(r"[^A-Za-z0-9_ .,+\-*/%()<>=!^|&~]")


@dataclass(frozen=True)
class Formula:
    """A formula that was read.

    Attributes:
        is_class: whether it says which class a point has, or which value.
        expression: its right-hand side; of a class true is 1 and false is 0.
    """

    is_class: bool
    expression: Expression

    def values(self, points: Array) -> Array:
        """Return the formula's values at points (2, n), as (n,); NaN where it is undefined.

        Raises:
            FormulaError: where a class is none.
        """
        x, y = points
        with np.errstate(all="ignore"):
            values = self.expression.compute(x, y) + np.zeros_like(x)
        values[~(np.abs(values) <= LARGEST_VALUE)] = np.nan
        is_right = np.isnan(values) | ((values == np.floor(values)) & (values >= 0) & (values < MOST_CLASSES))
        if self.is_class and not is_right.all():
            i = np.argmin(is_right)
            raise FormulaError(
                f"a class is true or false, or a whole number from 0 to {MOST_CLASSES - 1}; "
                f"at x = {x[i]:.3g}, y = {y[i]:.3g} this one is {values[i]:.6g}"
            )
        return values

    def count_classes(self) -> int:
        """Return one more than the highest class on a grid over the square, at least 2; 0 for values."""
        if not self.is_class:
            return 0
        axis = np.linspace(-1, 1, COUNTING_GRID)
        grid = np.stack([np.tile(axis, axis.size), np.repeat(axis, axis.size)])
        return max(2, int(np.nanmax(self.values(grid), initial=0.0)) + 1)

    def sample(self, rng: Generator, n: int, noise: float, classes: int, balance: float) -> tuple[Array, Array]:
        """Draw n points, spread evenly over that part of the square where the formula is defined.

        A point of class k is kept with probability balance^(k / (classes − 1)). One beyond ``classes``, of
        a region so small that counting has missed it, is left out.

        Returns:
            points (2, n) and targets (n,). Noise is the standard deviation of what is added to the
            coordinates once the class is decided, or to the value.

        Raises:
            FormulaError: where the formula is undefined nearly everywhere.
        """
        points, targets = np.empty((2, 0)), np.empty(0)
        for _ in range(TRIES):
            drawn = rng.uniform(-1, 1, (2, n))
            values = self.values(drawn)
            is_kept = ~np.isnan(values)
            if self.is_class:
                share = balance ** (np.nan_to_num(values) / (classes - 1))
                is_kept &= (values < classes) & (rng.uniform(0, 1, n) < share)
            points = np.concatenate([points, drawn[:, is_kept]], axis=1)[:, :n]
            targets = np.concatenate([targets, values[is_kept]])[:n]
            if targets.size == n:
                break
        else:
            raise FormulaError(
                f"undefined nearly everywhere: of {TRIES * n} points of the square it gives "
                f"something for {targets.size}, and {n} are wanted"
            )
        if self.is_class:
            return points + noise * rng.standard_normal((2, n)), targets
        return points, targets + noise * rng.standard_normal(n)


@lru_cache(maxsize=64)
def read_formula(text: str) -> Formula:
    """Read a formula.

    Raises:
        FormulaError: saying what is wrong, and at which character.

    >>> formula = read_formula("target = x**2 - y")
    >>> formula.values(np.array([[0.0, 2.0], [1.0, 1.0]])).tolist()
    [-1.0, 3.0]
    """
    if len(text) > LONGEST:
        raise FormulaError(f"a formula has at most {LONGEST} characters; this one has {len(text)}")
    text = text.translate(SPELLINGS)
    strange = STRANGE.search(text)
    if strange:
        raise FormulaError(f"unexpected {strange.group()!r} at character {strange.start() + 1}")
    head = HEAD.match(text)
    if not head:
        raise FormulaError("a formula begins with 'class =' or 'target =', for example class = x*y > 0")
    expression = text[head.end() :].rstrip()
    if not expression:
        raise FormulaError(f"nothing follows the = at character {head.end()}")
    return Formula(head.group(1) == "class", read_expression(expression, head.end()))
