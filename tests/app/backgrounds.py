"""Backgrounds for tests: the default settings but for those given, a worker in this process but for another."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from app.background import Background
from app.settings import read_settings
from app.stream import Record, Run, lines
from app.worker import Worker
from tests.app.workers import InProcessWorker


def background(worker: Worker | None = None, **settings: Any) -> Background:
    return Background(worker or InProcessWorker(), replace(read_settings({}), **settings))


def chunks(run: Run, worker: Worker | None = None, record: Record | None = None) -> Iterator[bytes]:
    """The lines of a run that is alone."""
    return lines(background(worker), run, record or Record())
