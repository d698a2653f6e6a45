"""The worker on this machine: a few processes, each with a pipe of its own.

A process that dies, or is ended because a task takes too long, takes no other's work with it; its
task is tried again in a new one, which is harmless because tasks are pure.
"""

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, wait
from queue import LifoQueue
from traceback import format_exc

import orjson

from app.environment import limit_threads
from app.tasks import Payload, perform
from app.worker import TaskError, WorkerError

TRIES = 3  # of a task whose process was killed under it
TIME_LIMIT = 30.0  # s a task may take
DONE, FAILED = b"+", b"-"  # how an answer begins


class LocalWorker:
    """So many processes on this machine, each started when first needed.

    Args:
        processes: at most.
        time_limit: seconds that a task may take.
    """

    def __init__(self, processes: int, time_limit: float = TIME_LIMIT) -> None:
        self.processes = processes
        self._time_limit = time_limit
        self._lock = threading.Lock()
        self._all = [_Place() for _ in range(processes)]
        self._free: LifoQueue[_Place] = LifoQueue()  # the last one used first: fewer are started while little is asked
        for place in reversed(self._all):
            self._free.put(place)

    def run(self, task: str, payload: Payload) -> Payload:
        asked = orjson.dumps((task, payload))
        with self._place() as place:
            for _ in range(TRIES):
                answer = place.ask(asked, self._time_limit, self._lock)
                if answer is not None:
                    break
            else:
                raise WorkerError(f"the background process died {TRIES} times during '{task}'")
        if answer[:1] == FAILED:
            raise TaskError(answer[1:].decode())
        result: Payload = orjson.loads(answer[1:])
        return result

    def close(self) -> None:
        for place in self._all:
            place.end()

    @contextmanager
    def _place(self) -> Iterator["_Place"]:
        place = self._free.get()
        try:
            yield place
        finally:
            self._free.put(place)


class _Place:
    """Room for one process, with the pipe to the one that is there now."""

    def __init__(self) -> None:
        self._process: multiprocessing.process.BaseProcess | None = None
        self._pipe: Connection | None = None

    def ask(self, asked: bytes, time_limit: float, lock: threading.Lock) -> bytes | None:
        """Return the answer, or None when the process died; only one thread at a time may ask.

        Raises:
            WorkerError: when there is none within the time limit; the process is ended.
        """
        try:
            if self._pipe is None:
                with lock:  # processes of many threads are started one after the other
                    self._start()
            pipe = self._pipe
            assert pipe is not None
            pipe.send_bytes(asked)
            if pipe.poll(time_limit):
                return pipe.recv_bytes()
        except (EOFError, OSError):
            self.end()
            return None
        self.end()
        raise WorkerError(f"a task took more than {time_limit:g} s")

    def end(self) -> None:
        """End the process, whatever it is doing."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if pipe is not None:
            pipe.close()
        if process is not None:
            with suppress(ProcessLookupError):
                process.kill()
            process.join()

    def _start(self) -> None:
        limit_threads()
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["app.tasks", "app.warm"])
        here, there = context.Pipe()
        process = context.Process(target=_serve, args=(there,), daemon=True)
        with there:  # closed here, or the end of the process would not be noticed
            process.start()  # an OSError where it is killed before it has read what it is for
        self._process, self._pipe = process, here


def _serve(pipe: Connection) -> None:
    """Answer what comes through a pipe until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the server, with which this ends
    _follow_parent()
    with suppress(EOFError, OSError):
        while True:
            pipe.send_bytes(_answer(pipe.recv_bytes()))


def _answer(asked: bytes) -> bytes:
    try:
        task, payload = orjson.loads(asked)
        return DONE + orjson.dumps(perform(task, payload))
    except Exception:
        return FAILED + format_exc().encode(errors="backslashreplace")


def _follow_parent() -> None:
    """End this process when the server that started it is gone, however that ended and whatever is under way."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()
