"""Training runs as the wire tells them, and the same runs made without it."""

import base64
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from nets import Budget, Model, Snapshot, parse, serialise, train_slice

Line = dict[str, Any]

METRICS = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
SNAPSHOT = {"epoch", "parameters", *METRICS}
CHECKPOINT = SNAPSHOT | {"progress"}


def refuse(text: str) -> Any:
    raise ValueError(f"{text} is not JSON")


def read_lines(data: bytes) -> list[Line]:
    """Read newline-delimited JSON strictly: every line ends, no number is NaN or infinite. Empty lines say nothing."""
    assert data == b"" or data.endswith(b"\n")
    return [json.loads(line, parse_constant=refuse) for line in data.splitlines() if line]


def floats(text: str, dtype: str) -> np.ndarray:
    return np.frombuffer(base64.b64decode(text, validate=True), dtype)


@dataclass(frozen=True)
class Oracle:
    """One uninterrupted run: its snapshots by epoch, its last model."""

    snapshots: dict[int, Snapshot]
    last: Model


def oracle(model: Model, epochs: int) -> Oracle:
    result = train_slice(model, Budget(epochs=epochs))
    assert result.ending is None
    return Oracle({snapshot.epoch: snapshot for snapshot in result.snapshots}, result.model)


def at_checkpoint(model: Model, line: Line) -> Model:
    """The model to go on from after a checkpoint."""
    return parse({**serialise(model), "parameters": line["parameters"], "progress": line["progress"]})


def assert_is_that_run(lines: Iterable[Line], expected: Oracle) -> None:
    """Every snapshot is what an uninterrupted run has at its epoch, in float32, and the end is its end, to the bit."""
    *before, end = lines
    for line in before:
        if "progress" not in line:
            snapshot = expected.snapshots[line["epoch"]]
            assert floats(line["parameters"], "<f4").tobytes() == snapshot.parameters.astype("<f4").tobytes()
            assert {name: line[name] for name in METRICS} == snapshot.metrics._asdict()
    last = expected.last
    assert end["end"] == "epochs"
    assert floats(end["parameters"], "<f8").tobytes() == last.parameters.tobytes()
    assert (end["progress"]["epoch"], end["progress"]["batch"]) == (last.progress.epoch, 0)
    assert floats(end["progress"]["state"], "<f8").tobytes() == last.progress.state.tobytes()
    assert {name: end[name] for name in METRICS} == expected.snapshots[last.progress.epoch].metrics._asdict()


def with_training(model: Model, **settings: Any) -> Model:
    return replace(model, training=replace(model.training, **settings))


def slice_payload(model: Model, **budget: Any) -> Line:
    """What the task "train" is given for a slice of a minute, three epochs and a snapshot of each at most."""
    document = serialise(model)
    return {
        "document": json.dumps(document),
        "parameters": document["parameters"],
        "progress": document["progress"],
        "seconds": 60.0,
        "epochs": 3,
        "snapshots": 3,
        **budget,
    }


def without_time(result: Line) -> Line:
    """The result of a task without what differs from time to time."""
    return {name: value for name, value in result.items() if name not in ("seconds", "work")}
