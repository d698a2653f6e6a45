"""The background as requests see it: a worker, the turns in which it is used, and how many may wait for it."""

from collections.abc import Iterator
from contextlib import contextmanager

from app.places import QUESTIONS, QUESTIONS_PER_SESSION, Places
from app.settings import Settings
from app.tasks import Payload
from app.turns import Turn, Turns
from app.worker import Worker, WorkerError

TURN = 0.4  # s in which every run would get a slice if handing it over cost nothing
LONGEST_SLICE = 0.05  # s
SHORTEST_SLICE = 0.002  # s
QUESTION = 0.02  # s that a question takes, about
PATIENCE = 20.0  # s that a question waits for its turn


class Background:
    """A worker that is shared out fairly.

    Attributes:
        worker: who does the work.
        turns: in which order.
        streams: the places for training streams.
        questions: the places for whoever waits for a single answer.
    """

    def __init__(self, worker: Worker, settings: Settings) -> None:
        self.worker = worker
        self.turns = Turns(worker.processes)
        self.streams = Places(settings.streams, settings.streams_per_session)
        self.questions = Places(QUESTIONS, QUESTIONS_PER_SESSION)

    @property
    def slice_seconds(self) -> float:
        """How long a slice may be now, so that the slices of all runs fill ``TURN``."""
        fair = TURN * self.worker.processes / max(self.streams.taken, 1)
        return min(max(fair, SHORTEST_SLICE), LONGEST_SLICE)

    @property
    def head_start(self) -> float:
        """How much earlier the turn of somebody comes who waits for a first sign.

        It is worth two slices: the one the session may just have had, and one it has asked for and will not need.
        """
        return 2 * self.slice_seconds

    @contextmanager
    def hold(self, session: str) -> Iterator[Turn]:
        """Wait for a turn for a session that waits for a single answer, and hold it while that is made.

        Raises:
            NoPlaceError: when too many wait already.
            WorkerError: when no turn comes.
        """
        with self.questions.take(session), self.turns.ask(session, QUESTION, self.head_start) as turn:
            if not turn.wait(PATIENCE):
                turn.used = 0.0
                raise WorkerError(f"no turn came within {PATIENCE:g} s")
            yield turn

    def ask(self, session: str, task: str, payload: Payload) -> Payload:
        """Have a task done for a session that waits for its answer; raises what ``hold`` and the worker raise."""
        with self.hold(session) as turn:
            result = self.worker.run(task, payload)
            turn.used = result.pop("work")
            return result

    def close(self) -> None:
        """Let no stream begin any more, and those that are open end after their present slice."""
        self.streams.close()
