"""Tasks: what the background worker can be asked to do.

A task is a pure function from a JSON-able dictionary to a JSON-able dictionary, so that it can
run in any process on any machine. Its input was validated before it was handed over.
"""

import json
import time
from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np

from app.regions import answer
from nets.curvature import curvature as curvature_map
from nets.document import parse, with_progress
from nets.fields import encode
from nets.gradient import gradient as loss_and_slopes
from nets.health import findings
from nets.measures import measure, measures_document
from nets.metrics import Metrics
from nets.model import Model
from nets.training import Budget, evaluate, train_slice
from nets.training_document import progress_document

Payload = dict[str, Any]


@lru_cache(maxsize=256)  # as nets.datasets.load; where all are as large as may be, a quarter of a gigabyte
def _model(document: str) -> Model:
    """Parse the part of a document that stays the same from slice to slice of a run."""
    return parse(json.loads(document))


def train(payload: Payload) -> Payload:
    """Train for one slice.

    Args:
        payload: ``document`` (JSON text; its parameters and progress are ignored), ``parameters``
            and ``progress`` as in a document, and the budget: ``seconds``, ``epochs`` (or None)
            and ``snapshots``.

    Returns:
        ``parameters`` and ``progress`` to go on from, their ``metrics``, the ``snapshots`` as lines
        of the wire, ``ending`` (None, or kind, where and why), and the ``seconds`` it took.
    """
    start = time.perf_counter()
    model = with_progress(_model(payload["document"]), payload["parameters"], payload["progress"])
    budget = Budget(epochs=payload["epochs"], seconds=payload["seconds"], snapshots=payload["snapshots"])
    model, snapshots, ending = train_slice(model, budget)
    lines = [
        {"epoch": snapshot.epoch, "parameters": encode(snapshot.parameters, "<f4"), **snapshot.metrics._asdict()}
        for snapshot in snapshots
    ]
    return {
        "parameters": encode(model.parameters),
        "progress": progress_document(model.progress),
        "metrics": _metrics_at_end(model, snapshots[-1].metrics if snapshots else None, lines)._asdict(),
        "snapshots": lines,
        "ending": ending and ending._asdict(),
        "seconds": time.perf_counter() - start,
    }


def _metrics_at_end(model: Model, last: Metrics | None, lines: list[Payload]) -> Metrics:
    """Return the metrics of the slice's last parameters; those of a snapshot just taken are not computed again."""
    is_at_snapshot = lines and lines[-1]["epoch"] == model.progress.epoch and model.progress.batch == 0
    if is_at_snapshot and last:
        return last
    with np.errstate(all="ignore"):  # after a divergence the loss itself may be infinite
        return evaluate(model)


def gradient(payload: Payload) -> Payload:
    """Find out which way training would move every parameter.

    Args:
        payload: ``document`` (JSON text).

    Returns:
        ``loss`` over all training points, penalties included, and ``gradient``, its slopes in the order
        of the parameters; both None where a number of theirs is not finite.
    """
    loss, slopes = loss_and_slopes(parse(json.loads(payload["document"])))
    if not (np.isfinite(loss) and np.isfinite(slopes).all()):
        return {"loss": None, "gradient": None}
    return {"loss": loss, "gradient": encode(slopes)}


def measures(payload: Payload) -> Payload:
    """Measure a network on its own data, and say what is wrong with its gradients.

    Args:
        payload: ``document`` (JSON text).

    Returns:
        the fields of ``nets.measures.Measures``, None where a number is not finite, and ``findings``: of each
        its ``where`` and ``why``.
    """
    model = parse(json.loads(payload["document"]))
    measured = measure(model)
    return {**measures_document(measured), "findings": [finding._asdict() for finding in findings(model, measured)]}


def regions(payload: Payload) -> Payload:
    """Cut a network's domain into its regions.

    Args:
        payload: ``document`` (JSON text).

    Returns:
        see ``app.regions.answer``.
    """
    return answer(parse(json.loads(payload["document"])))


def curvature(payload: Payload) -> Payload:
    """Map how much a neuron's landscape is curved.

    Args:
        payload: ``document`` (JSON text), ``layer`` from 1, ``neuron`` from 0, ``kind`` as in ``nets.curvature``.

    Returns:
        ``points`` an axis, ``curvature``, that many squared in float32, row = y ascending, NaN where it is undefined
        or beyond float32, and ``scale``, the largest absolute value of what is left, None where nothing is.
    """
    model = parse(json.loads(payload["document"]))
    found = curvature_map(model, payload["layer"], payload["neuron"], payload["kind"])
    with np.errstate(over="ignore"):
        sent = found.astype(np.float32)
    is_there = np.isfinite(sent)
    return {
        "points": len(found),
        "curvature": encode(np.where(is_there, sent, np.nan), "<f4"),
        "scale": float(np.abs(sent[is_there]).max()) if is_there.any() else None,
    }


def ready(payload: Payload) -> Payload:
    """Say that there is somebody to ask."""
    return {}


TASKS: dict[str, Callable[[Payload], Payload]] = {
    "train": train,
    "gradient": gradient,
    "measures": measures,
    "regions": regions,
    "curvature": curvature,
    "ready": ready,
}


def perform(task: str, payload: Payload) -> Payload:
    """Do a task, as every worker does; its result also says in ``work`` how many processor seconds it took.

    Those, unlike seconds that pass, do not depend on what else the machine has to do.

    Raises:
        KeyError: when there is no such task.
    """
    start = time.thread_time()
    return {**TASKS[task](payload), "work": time.thread_time() - start}
