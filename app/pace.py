"""Pace: how fast a run goes, how much of it is sent, and how long it may be silent."""

import time

from app.background import TURN

SNAPSHOTS_A_SECOND = 60
CHECKPOINTS_A_SECOND = 20
LONG_SILENCE = 2.0  # s without a line, after which an empty one says that the connection is well


class Pace:
    """Decides how many epochs and snapshots the next slice may have."""

    def __init__(self, rate: float | None) -> None:
        self._rate = rate
        self._epochs = 0
        self._start = self._last = time.monotonic()
        self._snapshots = 2.0  # allowance, growing with time
        self._last_checkpoint = float("-inf")

    def seconds_left(self) -> float:
        """Return how long it is until the rate allows another epoch; what was missed by more than a turn is lost."""
        if not self._rate:
            return 0.0
        now = time.monotonic()
        self._start = max(self._start, now - self._epochs / self._rate - TURN)
        return max(0.0, self._start + self._epochs / self._rate - now)

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


class Silence:
    """Tells how long nothing has been said."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def is_long(self) -> bool:
        """Whether it has been long since this was last so, or since the beginning."""
        now = time.monotonic()
        if now - self._since < LONG_SILENCE:
            return False
        self._since = now
        return True
