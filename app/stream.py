"""The training stream: one run as lines of newline-delimited JSON, a slice at a time.

The connection is the run: whoever reads the lines keeps it going, and closing the connection
ends it. Slices of all runs queue at the worker one behind the other, and get shorter the more
runs there are, so that everybody's turn comes round within ``TURN`` seconds.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from app.worker import Worker
from nets.document import serialise
from nets.model import Model

TURN = 0.4  # s within which every run gets a slice
LONGEST_SLICE = 0.05  # s
SHORTEST_SLICE = 0.002  # s
SNAPSHOTS_A_SECOND = 60
CHECKPOINTS_A_SECOND = 20
MOST_EPOCHS = 100_000
LARGEST_RATE = 1000  # epochs a second
NDJSON = "application/x-ndjson"


class TooManyRunsError(Exception):
    """All places are taken; try again a little later."""


class Turns:
    """Counts the active runs of this server and tells how long a slice may be."""

    def __init__(self, processes: int, most: int) -> None:
        self._processes = processes
        self._most = most
        self._active = 0
        self._lock = threading.Lock()

    @property
    def slice_seconds(self) -> float:
        fair = TURN * self._processes / max(self._active, 1)
        return min(max(fair, SHORTEST_SLICE), LONGEST_SLICE)

    @contextmanager
    def take(self) -> Iterator[None]:
        """Hold a place for a run.

        Raises:
            TooManyRunsError: when there is none.
        """
        with self._lock:
            if self._active >= self._most:
                raise TooManyRunsError
            self._active += 1
        try:
            yield
        finally:
            with self._lock:
                self._active -= 1


@dataclass(frozen=True)
class Run:
    """What a page asks for: a model to train, for how many epochs, at how many a second at most."""

    model: Model
    epochs: int = MOST_EPOCHS
    rate: float | None = None


class Pace:
    """Decides how many epochs and snapshots the next slice may have."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._epochs = 0
        self._start = self._last = time.monotonic()
        self._snapshots = 2.0  # allowance, growing with time
        self._last_checkpoint = float("-inf")

    def wait(self) -> None:
        """Sleep until the rate allows another epoch; what was missed by more than a turn is not made up for."""
        if self._rate:
            now = time.monotonic()
            self._start = max(self._start, now - self._epochs / self._rate - TURN)
            time.sleep(max(0.0, self._start + self._epochs / self._rate - now))

    def epochs_due(self, left: int) -> int:
        """Return how many of the epochs left the rate allows now."""
        if not self._rate:
            return left
        return min(left, max(1, int((time.monotonic() - self._start) * self._rate) + 1 - self._epochs))

    def snapshots_due(self, epochs: int) -> int | None:
        """Return how many snapshots the next slice may send; None for one every epoch, where there is room for that."""
        now = time.monotonic()
        self._snapshots = min(self._snapshots + SNAPSHOTS_A_SECOND * (now - self._last), SNAPSHOTS_A_SECOND * TURN)
        self._last = now
        most = int(self._snapshots)
        return None if epochs <= most else most

    def spend(self, epochs: int, snapshots: int) -> None:
        """Count what a slice has done."""
        self._epochs += epochs
        self._snapshots -= snapshots

    def is_checkpoint_due(self) -> bool:
        """Whether the last checkpoint is long enough ago for another."""
        now = time.monotonic()
        if now - self._last_checkpoint < 1 / CHECKPOINTS_A_SECOND:
            return False
        self._last_checkpoint = now
        return True


def lines(worker: Worker, turns: Turns, run: Run) -> Iterator[bytes]:
    """Yield the run's lines, in groups as they are computed (see ``ARCHITECTURE.md`` for the wire).

    The caller holds a place of ``turns`` meanwhile.
    """
    document = serialise(run.model)
    state: dict[str, Any] = {"parameters": document["parameters"], "progress": document["progress"]}
    last_epoch = run.model.progress.epoch + run.epochs
    text = orjson.dumps(document).decode()
    pace = Pace(run.rate)
    while True:
        pace.wait()
        epoch = state["progress"]["epoch"]
        due = pace.epochs_due(last_epoch - epoch)
        result = worker.run(
            "train",
            {
                "document": text,
                **state,
                "seconds": turns.slice_seconds,
                "epochs": due,
                "snapshots": pace.snapshots_due(due),
            },
        )
        state = {"parameters": result["parameters"], "progress": result["progress"]}
        pace.spend(state["progress"]["epoch"] - epoch, len(result["snapshots"]))
        end = _end(result, last_epoch)
        yield _encode(result, end, pace.is_checkpoint_due() or end is not None)
        if end is not None:
            return


def _end(result: dict[str, Any], last_epoch: int) -> dict[str, str] | None:
    """Return the fields that end a run after this slice, or None."""
    if result["ending"]:
        ending = dict(result["ending"])
        return {"end": ending.pop("kind"), **ending}
    if result["progress"]["epoch"] >= last_epoch:
        return {"end": "epochs"}
    return None


def _encode(result: dict[str, Any], end: dict[str, str] | None, is_checkpoint: bool) -> bytes:
    """Return a slice's snapshots as lines, the last one a checkpoint where one is due."""
    snapshots = result["snapshots"]
    if is_checkpoint:
        progress = result["progress"]
        checkpoint = {
            "epoch": progress["epoch"],
            "parameters": result["parameters"],
            **result["metrics"],
            "progress": progress,
            **(end or {}),
        }
        is_same_moment = snapshots and snapshots[-1]["epoch"] == progress["epoch"] and progress["batch"] == 0
        snapshots = [*(snapshots[:-1] if is_same_moment else snapshots), checkpoint]
    return b"".join(orjson.dumps(line) + b"\n" for line in snapshots)
