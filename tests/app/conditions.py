"""Waiting for something to become true, and never for time to pass."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 30  # s, on a machine that does other things too


def until(condition: Callable[[], Found], what: str, patience: float = PATIENCE) -> Found:
    """Return the first value of ``condition()`` that is true; fail, saying what did not happen, when there is none."""
    deadline = time.monotonic() + patience
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {patience} s")
        time.sleep(0.005)
