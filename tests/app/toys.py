"""A Celery worker with tasks that tests can look at and get into trouble: python -m tests.app.toys."""

import os
import time
from contextlib import suppress
from pathlib import Path

from celery.exceptions import SoftTimeLimitExceeded

from app.tasks import Payload

SOFT, HARD = 1.5, 2.5  # s
LIMITS = {"task_soft_time_limit": SOFT, "task_time_limit": HARD}


def echo(payload: Payload) -> Payload:
    """Return what came, and where it was."""
    return {**payload, "pid": os.getpid()}


def sleep(payload: Payload) -> Payload:
    """Sleep for ``seconds``; a line in the file ``mark`` says who sleeps, so that he can be woken by force."""
    with Path(payload["mark"]).open("a") as file:
        file.write(f"{os.getpid()}\n")
    time.sleep(payload["seconds"])
    return {"pid": os.getpid()}


def refuse_to_end(payload: Payload) -> Payload:
    """Go on and on, whatever one is told."""
    while True:
        with suppress(SoftTimeLimitExceeded):
            time.sleep(60)


def fail(payload: Payload) -> Payload:
    """Make a mistake."""
    raise ValueError("as it was asked to")


TOYS = {"echo": echo, "sleep": sleep, "refuse_to_end": refuse_to_end, "fail": fail}


if __name__ == "__main__":
    from app.environment import limit_threads

    limit_threads()

    from app import celery_worker
    from app.cluster import CONFIGURATION
    from app.tasks import TASKS

    TASKS.update(TOYS)
    CONFIGURATION.update(LIMITS)
    celery_worker.main()
