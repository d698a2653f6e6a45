"""Losses: how far the outputs are from what they should be.

Outputs and targets are (outputs, n) float64: one-hot columns for classes, values for regression.
A value is the mean over the n points; a slope is d value / d outputs, the 1/n included.
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
        value_and_slope: ``(outputs, targets) -> (value, slope)``; slope has the outputs' shape.
        tasks: which of "classification" and "regression" it is meaningful for.
        formula: the loss of one point as plain text.
        source: who described it (authors, year).
    """

    name: str
    value_and_slope: Callable[[Array, Array], tuple[float, Array]]
    tasks: tuple[str, ...]
    formula: str
    source: str


def softmax(scores: Array) -> Array:
    """Return exp(s_k) / Σ_j exp(s_j) down each column of ``scores`` (classes, n), without overflow."""
    shifted = np.exp(scores - np.maximum.reduce(scores, axis=0))
    shifted /= np.add.reduce(shifted, axis=0)
    return shifted


def softmax_cross_entropy(outputs: Array, targets: Array) -> tuple[float, Array]:
    """Return −Σ_k t_k log softmax(s)_k, averaged over points, and its slope (softmax(s) − t) / n."""
    _check_shapes(outputs, targets)
    n = outputs.shape[1]
    shifted = outputs - np.maximum.reduce(outputs, axis=0)
    exponentials = np.exp(shifted)
    totals = np.add.reduce(exponentials, axis=0)
    value = (np.add.reduce(np.log(totals)) - np.vdot(targets, shifted)) / n
    exponentials /= totals
    exponentials -= targets
    exponentials /= n
    return float(value), exponentials


def mean_squared_error(outputs: Array, targets: Array) -> tuple[float, Array]:
    """Return Σ_k (a_k − t_k)², averaged over points (no ½), and its slope 2 (a − t) / n."""
    _check_shapes(outputs, targets)
    n = outputs.shape[1]
    difference = outputs - targets
    value = np.vdot(difference, difference) / n
    difference *= 2 / n
    return float(value), difference


def _check_shapes(outputs: Array, targets: Array) -> None:
    """Refuse to broadcast: a (1, n) against a (3, n) is always a mistake."""
    if outputs.shape != targets.shape:
        raise ValueError(f"outputs have shape {outputs.shape} but targets have shape {targets.shape}")


_ROWS = (
    Loss(
        "softmax_cross_entropy",
        softmax_cross_entropy,
        ("classification",),
        "−log softmax(s) of the true class",
        "Bridle, 1990",
    ),
    Loss(
        "mean_squared_error",
        mean_squared_error,
        ("classification", "regression"),
        "Σ (a − t)²",
        "Legendre, 1805; Gauss, 1809",
    ),
)

LOSSES: dict[str, Loss] = {row.name: row for row in _ROWS}
