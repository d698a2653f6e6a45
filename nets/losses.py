"""Losses: how far the outputs are from what they should be.

Outputs and targets are (outputs, n) float64: one-hot columns for classes, values for regression.
A value is the mean over the n points; a slope is d value / d outputs, the 1/n included. At a kink the slope
of mean_absolute_error is midway between the two sides' (0), that of hinge is the flat side's: a class exactly
at the margin does not count. The others have no kinks.

Rows write into arrays that exist already, so that training makes none.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Loss:
    """One loss.

    Attributes:
        name: the name documents use.
        write_slope: ``(outputs, targets, slope, scratch) -> value`` writes the slope, (outputs, n); what
            ``scratch``, (outputs + 1, n), holds afterwards is of no use.
        tasks: which of "classification" and "regression" it is meaningful for.
        formula: the loss of one point as plain text.
        source: who described it (authors, year).
    """

    name: str
    write_slope: Callable[[Array, Array, Array, Array], float]
    tasks: tuple[str, ...]
    formula: str
    source: str

    def value_and_slope(self, outputs: Array, targets: Array) -> tuple[float, Array]:
        """Return the loss and its slope, a new array of the outputs' shape.

        Raises:
            ValueError: when the shapes differ: a (1, n) against a (3, n) is always a mistake.

        >>> LOSSES["mean_squared_error"].value_and_slope(np.array([[3.0, 1.0]]), np.array([[1.0, 1.0]]))
        (2.0, array([[2., 0.]]))
        """
        if outputs.shape != targets.shape:
            raise ValueError(f"outputs have shape {outputs.shape} but targets have shape {targets.shape}")
        n_outputs, n = outputs.shape
        slope = np.empty_like(outputs)
        return self.write_slope(outputs, targets, slope, np.empty((n_outputs + 1, n))), slope


def softmax(scores: Array) -> Array:
    """Return exp(s_k) / Σ_j exp(s_j) down each column of ``scores`` (classes, n), without overflow."""
    shifted = np.exp(scores - np.maximum.reduce(scores, axis=0))
    shifted /= np.add.reduce(shifted, axis=0)
    return shifted


def _softmax_cross_entropy(outputs: Array, targets: Array, slope: Array, scratch: Array) -> float:
    """Return −Σ_k t_k log softmax(s)_k; the slope is (softmax(s) − t) / n."""
    n, column, side_by_side = outputs.shape[1], scratch[-1], scratch[:-1]
    np.maximum.reduce(outputs, 0, None, column)
    np.subtract(outputs, column, slope)
    np.copyto(side_by_side, targets)  # vdot would make a copy of a part of an epoch
    of_targets = np.vdot(side_by_side, slope)
    np.exp(slope, slope)
    np.add.reduce(slope, 0, None, column)
    np.divide(slope, column, slope)
    np.subtract(slope, targets, slope)
    np.multiply(slope, 1 / n, slope)
    np.log(column, column)
    return float(np.add.reduce(column) - of_targets) / n


def _mean_squared_error(outputs: Array, targets: Array, slope: Array, scratch: Array) -> float:
    """Return Σ_k (a_k − t_k)² (no ½); the slope is 2 (a − t) / n."""
    n = outputs.shape[1]
    np.subtract(outputs, targets, slope)
    value = float(np.vdot(slope, slope)) / n
    np.multiply(slope, 2 / n, slope)
    return value


def _mean_absolute_error(outputs: Array, targets: Array, slope: Array, scratch: Array) -> float:
    """Return Σ_k |a_k − t_k|; the slope is sign(a − t) / n."""
    n, difference = outputs.shape[1], scratch[:-1]
    np.subtract(outputs, targets, difference)
    np.sign(difference, slope)
    value = float(np.vdot(slope, difference)) / n
    np.multiply(slope, 1 / n, slope)
    return value


def _huber(outputs: Array, targets: Array, slope: Array, scratch: Array) -> float:
    """Return Σ_k ½ d² where |d| ≤ 1 and |d| − ½ beyond, d = a − t; the slope is d / n, cut off at ±1 / n.

    With c for the d that is cut off, both are c (d − ½ c).
    """
    n, difference = outputs.shape[1], scratch[:-1]
    np.subtract(outputs, targets, difference)
    np.clip(difference, -1, 1, slope)
    value = float(np.vdot(slope, difference) - np.vdot(slope, slope) / 2) / n
    np.multiply(slope, 1 / n, slope)
    return value


def _hinge(outputs: Array, targets: Array, slope: Array, scratch: Array) -> float:
    """Return Σ_{k ≠ t} max(0, 1 + s_k − s_t); the slope counts the classes that come too near, over n."""
    n, column, of_targets = outputs.shape[1], scratch[-1], scratch[:-1]
    np.multiply(outputs, targets, of_targets)
    np.add.reduce(of_targets, 0, None, column)
    np.subtract(outputs, column, slope)
    np.add(slope, 1, slope)
    np.subtract(slope, targets, slope)  # 0 for the class itself
    np.maximum(slope, 0, out=slope)
    value = float(np.add.reduce(slope, None)) / n
    np.sign(slope, slope)
    np.add.reduce(slope, 0, None, column)
    np.multiply(targets, column, of_targets)
    np.subtract(slope, of_targets, slope)
    np.multiply(slope, 1 / n, slope)
    return value


_CLASSES, _BOTH = ("classification",), ("classification", "regression")

_ROWS = (
    Loss(
        "softmax_cross_entropy",
        _softmax_cross_entropy,
        _CLASSES,
        "−log softmax(s) of the true class",
        "Bridle, 1990",
    ),
    Loss("mean_squared_error", _mean_squared_error, _BOTH, "Σ (a − t)²", "Legendre, 1805; Gauss, 1809"),
    Loss("mean_absolute_error", _mean_absolute_error, _BOTH, "Σ |a − t|", "Boscovich, 1757; Laplace, 1793"),
    Loss("huber", _huber, _BOTH, "Σ ½ d² for |d| ≤ 1, else |d| − ½; d = a − t", "Huber, 1964"),
    Loss(
        "hinge",
        _hinge,
        _CLASSES,
        "Σ max(0, 1 + s_k − s_t) over the classes k but the true one t",
        "Weston and Watkins, 1999",
    ),
)

LOSSES: dict[str, Loss] = {row.name: row for row in _ROWS}
