"""Workers and a clock for tests, which need no process and no time."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from app.tasks import Payload, perform


@dataclass
class InProcessWorker:
    """Runs tasks where it is called. What goes in and out travels as JSON, as it would to another machine.

    Attributes:
        payloads: everything that was asked for.
        results: everything that was answered.
        before: called before each task, with the payload.
        is_closed: whether ``close`` was called.
    """

    processes: int = 1
    payloads: list[Payload] = field(default_factory=list)
    results: list[Payload] = field(default_factory=list)
    before: Callable[[Payload], None] = lambda payload: None
    is_closed: bool = False

    def run(self, task: str, payload: Payload) -> Payload:
        self.payloads.append(payload)
        self.before(payload)
        result: Payload = json.loads(json.dumps(perform(task, json.loads(json.dumps(payload)))))
        self.results.append(result)
        return result

    def close(self) -> None:
        self.is_closed = True


class Clock:
    """A clock that stands still but for sleep, and for training: every look at it there takes ``look`` seconds."""

    def __init__(self, look: float = 1e-3) -> None:
        self.now = 1000.0
        self.look = look

    def monotonic(self) -> float:
        return self.now

    def perf_counter(self) -> float:
        self.now += self.look
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let streams and training look at this clock, and training do so after every step."""
        monkeypatch.setattr("app.stream.time", self)
        monkeypatch.setattr("app.pace.time", self)
        monkeypatch.setattr("nets.training.perf_counter", self.perf_counter)
        monkeypatch.setattr("nets.compiled_descent.WORK", 0)
