"""The runs of this server: what those that are open do, what all have done, and a line for each that has ended."""

import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from typing import Any

from app.stream import Record, Run
from nets.code_parts import shape_text

COUNTED = tuple(field.name for field in fields(Record) if field.name != "end")


@dataclass(frozen=True)
class Totals:
    """What all runs have done so far, those that are open included.

    Attributes:
        counts: of every number of a ``Record``, the sum.
        endings: how many runs have ended in which way.
    """

    counts: dict[str, float]
    endings: dict[str, int]


class Runs:
    """Keeps the books.

    Args:
        write: is given the line of each run that has ended.
    """

    def __init__(self, write: Callable[[str], None]) -> None:
        self._write = write
        self._lock = threading.Lock()
        self._open: dict[int, Record] = {}
        self._ended = dict.fromkeys(COUNTED, 0.0)
        self._endings: Counter[str] = Counter()

    @contextmanager
    def follow(self, run: Run, has_stalled: Callable[[], bool] = lambda: False) -> Iterator[Record]:
        """Give a record to be filled in, and book it when the run has ended, however that happens.

        Args:
            has_stalled: whether a run that was closed was so because its client did not read.
        """
        record, start, begun = Record(), time.monotonic(), datetime.now(UTC)
        with self._lock:
            self._open[id(record)] = record
        try:
            yield record
        except Exception:
            record.end = "failed"
            raise
        finally:
            if record.end == "closed" and has_stalled():
                record.end = "stalled"
            with self._lock:
                del self._open[id(record)]
                for name in COUNTED:
                    self._ended[name] += getattr(record, name)
                self._endings[record.end] += 1
            self._write(json.dumps(_line(run, record, begun, time.monotonic() - start)))

    def totals(self) -> Totals:
        with self._lock:
            counts = {
                name: self._ended[name] + sum(getattr(record, name) for record in self._open.values())
                for name in COUNTED
            }
            return Totals(counts, dict(self._endings))


def _line(run: Run, record: Record, begun: datetime, seconds: float) -> dict[str, Any]:
    """Return what is logged of a run: how it went, and nothing about whose it was."""
    return {
        "time": begun.isoformat(timespec="milliseconds"),
        "event": "run",
        "seconds": round(seconds, 3),
        "network": shape_text(run.model),
        **{name: round(getattr(record, name), 3) for name in COUNTED},
        "end": record.end,
    }
