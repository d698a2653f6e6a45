"""Places: how many may do something at the same time, in all and each session."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

QUESTIONS = 32  # that may be open at once, each holding a thread
QUESTIONS_PER_SESSION = 4
RETRY_AFTER = 2  # s until it is worth asking again


class NoPlaceError(Exception):
    """All places are taken; try again a little later."""


class Places:
    """A number of places.

    Args:
        most: how many there are.
        most_per_session: how many of them one session may hold.
    """

    def __init__(self, most: int, most_per_session: int) -> None:
        self._most = most
        self._most_per_session = most_per_session
        self._lock = threading.Lock()
        self._held: Counter[str] = Counter()
        self.taken = 0
        self.is_closed = False

    def close(self) -> None:
        """Give nobody a place any more; who holds one keeps it."""
        self.is_closed = True

    @contextmanager
    def take(self, session: str) -> Iterator[None]:
        """Hold a place.

        Raises:
            NoPlaceError: when there is none, for this session or for anybody.
        """
        with self._lock:
            if self.is_closed or self.taken >= self._most or self._held[session] >= self._most_per_session:
                raise NoPlaceError
            self._held[session] += 1
            self.taken += 1
        try:
            yield
        finally:
            with self._lock:
                self.taken -= 1
                self._held[session] -= 1
                if not self._held[session]:
                    del self._held[session]
