"""The command that runs tasks for web servers elsewhere: python -m app.celery_worker."""

import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from celery import Celery, bootsteps

from app.environment import leave_kernel, limit_threads, take_kernel
from app.settings import Settings, read_settings

PULSE = Path(tempfile.gettempdir()) / "relief-worker"
BEAT = 2.0  # s


class Pulse(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery comes without types
    """Touches a file while the worker is at Redis and takes tasks, which is what a container's check of health asks."""

    requires = ("celery.worker.consumer.tasks:Tasks",)

    def __init__(self, consumer: Any, **options: Any) -> None:
        super().__init__(consumer, **options)
        self._timer = None

    def start(self, consumer: Any) -> None:
        PULSE.touch()
        self._timer = consumer.timer.call_repeatedly(BEAT, PULSE.touch)

    def stop(self, consumer: Any) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        PULSE.unlink(missing_ok=True)


def prepare(settings: Settings) -> Celery:
    """Make the Celery application for a worker, with everything loaded that its processes have in common."""
    from app.cluster import application  # noqa: PLC0415  after the environment is as numpy and numba should find it

    made = application(settings.celery_broker_url)
    made.steps["consumer"].add(Pulse)
    from app import warm  # noqa: F401, PLC0415

    return made


def serve(celery: Celery, processes: int) -> None:
    """Take tasks until told to end."""
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel=WARNING")
    celery.worker_main(["--quiet", "worker", f"--concurrency={processes}", *quiet])


def main() -> None:
    settings = read_settings(os.environ)
    if not settings.celery_broker_url:
        sys.exit("CELERY_BROKER_URL is not set; a worker needs to know at which Redis server tasks wait")
    limit_threads()
    take_kernel()
    try:
        serve(prepare(settings), settings.processes)
    finally:
        leave_kernel()


if __name__ == "__main__":
    main()
