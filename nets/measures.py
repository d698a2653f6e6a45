"""Measures: what can be said of a network beyond its loss: which classes it takes for which, how much it explains,
how much gradient reaches every layer, and which neurons let none of it through.
"""

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nets.batches import Batch, batches_of_data
from nets.gradient import gradient
from nets.model import Model
from nets.network import forward, split
from nets.saturation import dead_neurons, saturated_neurons
from nets.training import evaluate

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Fit:
    """How well a network answers at some points.

    Attributes:
        points: how many there are.
        loss: as ``nets.training.evaluate`` has it, without penalties; infinite or NaN where the outputs are.
        accuracy: share of the points whose class is the highest output; None for regression.
        confusion: for every true class a row: how many of its points each class is the highest at, and, as a
            last number more, at how many none is because an output is undefined. None for regression.
        r_squared: R² = 1 − Σ (a − t)² / Σ (t − t̄)² with the mean t̄ of these points (Wright, 1921): 1 is perfect, 0
            as good as answering t̄ everywhere, negative worse. None for classes, and where all targets are the same.
    """

    points: int
    loss: float
    accuracy: float | None
    confusion: tuple[tuple[int, ...], ...] | None
    r_squared: float | None


@dataclass(frozen=True)
class LayerMeasures:
    """How training gets at one layer, seen over all training points.

    Attributes:
        gradient_norm: Euclidean norm of the slopes of ``nets.gradient.gradient``, penalties included, at the
            layer's weights and biases. Those of neurons that are frozen or off count as 0.
        dead: neurons that no gradient passes (see ``nets.saturation``), ascending from 0.
        saturated: neurons that are nearly flat at most points, ascending.
    """

    gradient_norm: float
    dead: tuple[int, ...]
    saturated: tuple[int, ...]


@dataclass(frozen=True)
class Measures:
    """What ``measure`` finds; ``test`` is None where no points are kept for testing."""

    train: Fit
    test: Fit | None
    layers: tuple[LayerMeasures, ...]


def measure(model: Model) -> Measures:
    """Measure a network on its own data; of a snapshot, that is ``replace(model, parameters=snapshot.parameters)``.

    >>> from nets import create, dataset
    >>> measured = measure(create(dataset("xor", n=40)))
    >>> [sum(row) for row in measured.train.confusion], len(measured.layers)
    ([14, 16], 3)
    """
    train, test = batches_of_data(model)
    with np.errstate(all="ignore"):
        metrics = evaluate(model)
        train_fit = _fit(model, train, metrics.train_loss, metrics.train_accuracy)
        test_fit = None
        if metrics.test_loss is not None:
            test_fit = _fit(model, test, metrics.test_loss, metrics.test_accuracy)
        return Measures(train_fit, test_fit, _layers(model, train))


def _fit(model: Model, batch: Batch, loss: float, accuracy: float | None) -> Fit:
    outputs = forward(model.layers, model.parameters, batch.points)[-1].activation
    n = batch.points.shape[1]
    if model.data.classes:
        return Fit(n, loss, accuracy, confusion(outputs, batch.targets), None)
    return Fit(n, loss, None, None, r_squared(outputs, batch.targets))


def confusion(outputs: Array, targets: Array) -> tuple[tuple[int, ...], ...]:
    """Count, for every true class, the points each class is taken for, and as a last number those that none is.

    Args:
        outputs: (classes, n) float64; of equally high ones the first counts.
        targets: (classes, n) float64, one-hot.

    >>> confusion(np.array([[1.0, 2.0, np.nan], [0.0, 3.0, 1.0]]), np.array([[1.0, 1.0, 0.0], [0.0, 0.0, 1.0]]))
    ((1, 1, 0), (0, 0, 1))
    """
    classes = len(targets)
    predicted = np.where(np.isnan(outputs).any(axis=0), classes, np.argmax(outputs, axis=0))
    counts = np.zeros((classes, classes + 1), dtype=int)
    np.add.at(counts, (np.argmax(targets, axis=0), predicted), 1)
    return tuple(tuple(row) for row in counts.tolist())


def r_squared(outputs: Array, targets: Array) -> float | None:
    """Return 1 − Σ (a − t)² / Σ (t − t̄)² of outputs and targets (1, n); None where all targets are the same.

    >>> r_squared(np.array([[1.0, 2.0, 6.0]]), np.array([[1.0, 2.0, 3.0]]))
    -3.5
    """
    if np.ptp(targets) == 0:
        return None
    residual, deviation = outputs - targets, targets - targets.mean()
    return float(1 - np.vdot(residual, residual) / np.vdot(deviation, deviation))


def _layers(model: Model, train: Batch) -> tuple[LayerMeasures, ...]:
    _, slopes = gradient(model)
    responses = forward(model.layers, model.parameters, train.points)
    return tuple(
        LayerMeasures(
            math.hypot(*weights.ravel(), *biases),  # neither overflows nor underflows on the way
            dead_neurons(layer, response),
            saturated_neurons(layer, response),
        )
        for layer, (weights, biases), response in zip(model.layers, split(model.layers, slopes), responses, strict=True)
    )


def measures_document(measured: Measures) -> dict[str, Any]:
    """Return measures as JSON can hold them: fields by their names, null for what is infinite or undefined."""
    document: dict[str, Any] = _finite(asdict(measured))
    return document


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, tuple):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
