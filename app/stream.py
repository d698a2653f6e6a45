"""The training stream: one run as lines of newline-delimited JSON, a slice at a time.

The connection is the run: whoever reads the lines keeps it going, and closing the connection
ends it. Runs take turns in the background, and their slices get shorter the more runs there are,
so that everybody's turn comes round within ``TURN`` seconds.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from app.background import TURN, Background
from app.worker import WorkerError
from nets.document import serialise
from nets.model import Model

SNAPSHOTS_A_SECOND = 60
CHECKPOINTS_A_SECOND = 20
MOST_EPOCHS = 100_000
SIGN_OF_LIFE = 2.0  # s without a line, after which an empty one says that the connection is well


@dataclass(frozen=True)
class Run:
    """What a page asks for: a model to train, for how many epochs, at how many a second at most; and who asks."""

    model: Model
    epochs: int = MOST_EPOCHS
    rate: float | None = None
    session: str = ""


@dataclass
class Record:
    """What became of a run.

    Attributes:
        epochs: that were finished.
        snapshots: moments that were sent, those of checkpoints included.
        slices: turns that it had.
        busy: processor seconds that it used.
        waited: seconds for which it waited for them.
        end: "epochs", "stopped" or "diverged", as the last line said; "closed" by whoever asked; "shutdown" of the
            server; "background" where that could not answer.
    """

    epochs: int = 0
    snapshots: int = 0
    slices: int = 0
    busy: float = 0.0
    waited: float = 0.0
    end: str = "closed"


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


def lines(
    background: Background, run: Run, record: Record, is_gone: Callable[[], bool] = lambda: False
) -> Iterator[bytes]:
    """Yield the run's lines, in groups as they are computed (see ``ARCHITECTURE.md`` for the wire).

    The caller holds a place of ``background.streams`` meanwhile. A run that the server cannot go on with ends after a
    checkpoint, without an end: the page then asks for the rest.

    Args:
        record: to be filled in as the run goes.
        is_gone: whether nobody reads the lines any more, which writing them finds out a slice later.
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
        seconds = background.slice_seconds
        with background.turns.ask(run.session, seconds, is_first=not record.slices) as turn:
            while not turn.wait(SIGN_OF_LIFE):
                yield b"\n"
            record.waited += turn.waited
            turn.used = 0.0
            if is_gone():
                return
            budget = {"seconds": seconds, "epochs": due, "snapshots": pace.snapshots_due(due)}
            try:
                result = background.worker.run("train", {"document": text, **state, **budget})
            except WorkerError:
                record.end = "background"
                return
            turn.used = result["work"]
        state = {"parameters": result["parameters"], "progress": result["progress"]}
        pace.spend(state["progress"]["epoch"] - epoch, len(result["snapshots"]))
        end = _end(result, last_epoch)
        is_last = end is not None or background.streams.is_closed
        chunk, sent = _encode(result, end, pace.is_checkpoint_due() or is_last)
        record.epochs += state["progress"]["epoch"] - epoch
        record.slices += 1
        record.snapshots += sent
        record.busy += result["work"]
        yield chunk
        if is_last:
            record.end = end["end"] if end else "shutdown"
            return


def _end(result: dict[str, Any], last_epoch: int) -> dict[str, str] | None:
    """Return the fields that end a run after this slice, or None."""
    if result["ending"]:
        ending = dict(result["ending"])
        return {"end": ending.pop("kind"), **ending}
    if result["progress"]["epoch"] >= last_epoch:
        return {"end": "epochs"}
    return None


def _encode(result: dict[str, Any], end: dict[str, str] | None, is_checkpoint: bool) -> tuple[bytes, int]:
    """Return a slice's snapshots as lines, the last one a checkpoint where one is due, and how many they are."""
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
    return b"".join(orjson.dumps(line) + b"\n" for line in snapshots), len(snapshots)
