"""The training stream: one run as lines of newline-delimited JSON, a slice at a time.

The connection is the run: whoever reads the lines keeps it going, and closing the connection
ends it. Runs take turns in the background, and their slices get shorter the more runs there are,
so that everybody's turn comes round soon.
"""

import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from app.background import Background
from app.pace import Pace, Silence
from app.tasks import Payload
from app.worker import WorkerError
from nets.document import serialise
from nets.model import Model

MOST_EPOCHS = 100_000
LARGEST_RATE = 1000  # epochs a second
NDJSON = "application/x-ndjson"
LOOK_EVERY = 0.5  # s; whether anybody still waits
SIGN_OF_LIFE = b"\n"


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
            server; "background" where that could not answer. ``app.runs`` adds "stalled" for who did not read, and
            "failed" for a mistake of ours.
    """

    epochs: int = 0
    snapshots: int = 0
    slices: int = 0
    busy: float = 0.0
    waited: float = 0.0
    end: str = "closed"


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
    return _Stream(background, run, record, is_gone).lines()


class _Stream:
    """A run under way."""

    def __init__(self, background: Background, run: Run, record: Record, is_gone: Callable[[], bool]) -> None:
        self._background = background
        self._run = run
        self._record = record
        self._is_gone = is_gone
        self._pace = Pace(run.rate)

    def lines(self) -> Iterator[bytes]:
        document = serialise(self._run.model)
        text = orjson.dumps(document).decode()
        state: Payload = {"parameters": document["parameters"], "progress": document["progress"]}
        last_epoch = self._run.model.progress.epoch + self._run.epochs
        while True:
            epoch = state["progress"]["epoch"]
            yield from self._pause()
            result = yield from self._slice({"document": text, **state}, last_epoch - epoch)
            if result is None:
                return
            state = {"parameters": result["parameters"], "progress": result["progress"]}
            self._pace.spend(state["progress"]["epoch"] - epoch, len(result["snapshots"]))
            end = _end(result, last_epoch)
            is_last = end is not None or self._background.streams.is_closed
            chunk, sent = _encode(result, end, self._pace.is_checkpoint_due() or is_last)
            self._record.epochs += state["progress"]["epoch"] - epoch
            self._record.snapshots += sent
            yield chunk
            if is_last:
                self._record.end = end["end"] if end else "shutdown"
                return

    def _pause(self) -> Iterator[bytes]:
        """Wait until the rate allows another epoch, or the server ends, with signs of life."""
        silence = Silence()
        streams = self._background.streams
        while (left := self._pace.seconds_left()) > 0 and not (self._is_gone() or streams.is_closed):
            time.sleep(min(left, LOOK_EVERY))
            if silence.is_long():
                yield SIGN_OF_LIFE

    def _slice(self, payload: Payload, epochs_left: int) -> Generator[bytes, None, Payload | None]:
        """Have a slice trained in turn, with signs of life meanwhile; returns its result, None where there is none."""
        background, record, silence = self._background, self._record, Silence()
        is_first = not record.slices
        seconds = background.slice_seconds
        with background.turns.ask(self._run.session, seconds, background.head_start if is_first else 0.0) as turn:
            turn.used = 0.0
            while not turn.wait(LOOK_EVERY) and not self._is_gone():
                if silence.is_long():
                    yield SIGN_OF_LIFE
            if self._is_gone():
                return None
            # the first slice is there to be seen at once
            epochs = self._pace.epochs_due(1 if is_first else epochs_left)
            budget = {"seconds": seconds, "epochs": epochs, "snapshots": self._pace.snapshots_due(epochs)}
            try:
                result = background.worker.run("train", {**payload, **budget})
            except WorkerError:
                record.end = "background"
                return None
            turn.used = result["work"]
            record.slices += 1
            record.busy += turn.used
            record.waited += turn.waited
            return result


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
