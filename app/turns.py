"""Turns: who may use the background when.

Work is shared out by session, not by run and not by address: a session is a browser, and a whole
class may have one address. What every session uses is counted in seconds, and the next turn is that
of the one that has used least (start-time fair queueing: Goyal, Vin and Cheng, 1996). So whoever
needs long slices gets them less often, and nobody more than a fair share.
"""

import heapq
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

MANY = 1000  # sessions whose use is remembered, at most


@dataclass
class Turn:
    """A turn that was asked for.

    Attributes:
        session: whose it is.
        used: seconds of work, which it costs; expected ones until whoever holds it says better.
        waited: seconds until it came.
        has_come: whether it has.
    """

    session: str
    used: float
    waited: float = 0.0
    has_come: bool = False
    _asked: float = field(default_factory=time.monotonic)
    _gate: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, seconds: float) -> bool:
        """Wait for it to come, so many seconds at most. Returns whether it has."""
        has_come = self._gate.acquire(timeout=seconds)
        self.waited = time.monotonic() - self._asked
        return has_come


class Turns:
    """The order of turns; ``at_once`` of them are held at the same time."""

    def __init__(self, at_once: int) -> None:
        self._at_once = self._free = at_once
        self._lock = threading.Lock()
        self._queue: list[tuple[float, int, Turn]] = []
        self._numbers = count()
        self._used: dict[str, float] = {}  # by session, in seconds of a clock that runs as everybody is served
        self._clock = 0.0  # where the one who was served last stood

    @property
    def waiting(self) -> int:
        """How many have asked for a turn that has not come."""
        return len(self._queue)

    @contextmanager
    def ask(self, session: str, seconds: float, earlier: float = 0.0) -> Iterator[Turn]:
        """Ask for a turn, to be waited for in the block, whose end is the end of the turn.

        Args:
            session: whose it is.
            seconds: how much it will probably use.
            earlier: it comes as if the session had used so many seconds less. Its next ones come as late as ever, so
                that asking anew again and again gains nothing.
        """
        turn = Turn(session, seconds)
        turn._gate.acquire()
        with self._lock:
            stands = max(self._used.get(session, 0.0), self._clock)
            self._used[session] = stands + seconds
            heapq.heappush(self._queue, (stands - earlier, next(self._numbers), turn))
            self._let_come()
        try:
            yield turn
        finally:
            with self._lock:
                self._used[session] = self._used.get(session, self._clock) + turn.used - seconds
                self._leave(turn)
                self._forget()

    def _let_come(self) -> None:
        """Let those come who are next, while there is room."""
        while self._free and self._queue:
            stands, _, turn = heapq.heappop(self._queue)
            self._free -= 1
            self._clock = max(self._clock, stands)
            turn.has_come = True
            turn._gate.release()

    def _leave(self, turn: Turn) -> None:
        if turn.has_come:
            self._free += 1
            self._let_come()
        else:  # nobody waited for it to the end
            self._queue = [entry for entry in self._queue if entry[2] is not turn]
            heapq.heapify(self._queue)

    def _forget(self) -> None:
        """Where nobody had to wait, nobody owes anything; and of very many, those who owe least are let off."""
        if self._free == self._at_once:
            self._used.clear()
        elif len(self._used) > MANY:
            ahead = [(used, session) for session, used in self._used.items() if used > self._clock]
            self._used = {session: used for used, session in heapq.nlargest(MANY // 2, ahead)}
