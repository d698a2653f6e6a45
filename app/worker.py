"""Workers: what runs tasks in the background. There is one on this machine (``app.pool``), and one on many."""

from typing import Protocol

from app.tasks import Payload


class WorkerError(RuntimeError):
    """The background cannot answer now; asking again later is harmless."""


class TaskError(RuntimeError):
    """A task failed by a mistake in it or in what it was given; says what it said."""


class Worker(Protocol):
    """Something that runs tasks in the background."""

    processes: int

    def run(self, task: str, payload: Payload) -> Payload:
        """Have ``tasks.perform(task, payload)`` done elsewhere and return its result; blocks the calling thread.

        Both are JSON on the way: NaN and infinity arrive as None.

        Raises:
            WorkerError: when there is no result now, and might be one later.
            TaskError: when the task itself fails.
        """

    def close(self) -> None:
        """End what belongs to this worker alone."""
