"""Workers: the only processes besides the web server.

A worker runs a task of ``app.tasks`` somewhere else and waits for its result; calls from many
threads are served in the order in which they came, which is what lets everybody's runs take
turns.
"""

import multiprocessing
import os
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Protocol

from app.environment import limit_threads
from app.tasks import TASKS, Payload

TRIES = 3  # of a task whose process was killed under it


class WorkerError(RuntimeError):
    """The background cannot answer now; asking again later is harmless."""


class Worker(Protocol):
    """Something that runs tasks in the background."""

    processes: int

    def run(self, task: str, payload: Payload) -> Payload:
        """Run ``TASKS[task](payload)`` elsewhere and return its result; blocks the calling thread."""

    def close(self) -> None:
        """End the worker's processes."""


class LocalWorker:
    """A bounded pool of processes on this machine, started when first used.

    A process that dies takes its pool with it (that is how the standard library's pool works);
    the pool is then made anew and the task tried again, which is harmless because tasks are pure.
    """

    def __init__(self, processes: int) -> None:
        self.processes = processes
        self._lock = threading.Lock()
        self._pool: ProcessPoolExecutor | None = None

    def run(self, task: str, payload: Payload) -> Payload:
        for _ in range(TRIES):
            pool = self._current_pool()
            try:
                return pool.submit(_run, task, payload).result()
            except BrokenProcessPool:
                self._discard(pool)
        raise RuntimeError(f"the background process died {TRIES} times during '{task}'")

    def close(self) -> None:
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=False, cancel_futures=True)

    def _current_pool(self) -> ProcessPoolExecutor:
        with self._lock:
            if self._pool is None:
                limit_threads()
                context = multiprocessing.get_context("forkserver")
                context.set_forkserver_preload(["app.tasks", "app.warm"])
                self._pool = ProcessPoolExecutor(self.processes, context, initializer=_follow_parent)
                # All processes start with the first task: one that were started while another dies could be
                # overlooked when the pool ends the others, and would stay for ever.
                self._pool._safe_to_dynamically_spawn_children = False  # type: ignore[attr-defined]
            return self._pool

    def _discard(self, pool: ProcessPoolExecutor) -> None:
        with self._lock:
            if self._pool is pool:
                self._pool = None
        pool.shutdown(wait=False, cancel_futures=True)


def _run(task: str, payload: Payload) -> Payload:
    return TASKS[task](payload)


def _follow_parent() -> None:
    """End this process when the server that started it is gone, however that ended."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
