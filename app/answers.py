"""Answers: how what a Celery task returned finds its way back to the thread that asked for it.

Celery's own Redis backend keeps results under a key each and announces them by publishing; whoever waits subscribes,
looks, and unsubscribes, on connections of its own for every thread. Here an answer is pushed to the list that the
question names, and the thread that asked sleeps in Redis until that list has something: one trip, one connection.
"""

from typing import Any

from celery import Celery, states
from celery.backends.base import BaseBackend
from redis import Redis


class Answers(BaseBackend):  # type: ignore[misc]  # Celery comes without types
    """A result backend of Celery, chosen by ``result_backend = "app.answers:Answers+redis://…"``."""

    def __init__(self, app: Celery, url: str, **options: Any) -> None:
        super().__init__(app, url=url, **options)
        self._redis = Redis.from_url(url)

    def as_uri(self, include_password: bool = False) -> str:
        """Return what a worker's banner and logs call this backend; its URL may hold a password."""
        return "answers"

    def _store_result(
        self, task_id: str, result: Any, state: str, traceback: str | None = None, request: Any = None, **_: Any
    ) -> None:
        # Only what was done is an answer: whoever asked for what has expired meanwhile has asked again.
        if state in (states.SUCCESS, states.FAILURE):
            answer = self.encode({"status": state, "result": result, "traceback": traceback})
            with self._redis.pipeline(transaction=True) as pipeline:
                pipeline.rpush(request.reply_to, answer)
                pipeline.expire(request.reply_to, self.expires)
                pipeline.execute()

    def _get_task_meta_for(self, task_id: str) -> dict[str, Any]:
        return {"status": states.PENDING, "result": None}  # an answer belongs to whoever asked
