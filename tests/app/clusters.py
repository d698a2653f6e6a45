"""Redis servers, Celery workers and web servers for tests, real ones, which end with whoever started them."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
import redis

from tests.app.conditions import until
from tests.app.install import find, told
from tests.app.processes import descendants, is_running
from tests.app.servers import HOST, free_port

ROOT = Path(__file__).parent.parent.parent
WITH_THE_TESTS = ("setpriv", "--pdeathsig", "KILL")  # ends with the process that runs the tests, if that is killed


def program(name: str) -> str:
    """Return the path of a program; without it a test is skipped, and fails where everything should be there."""
    path = find(name)
    if path is None:
        if os.environ.get("CI"):
            pytest.fail(f"{name}: {told(name)}")
        pytest.skip(f"{name}: {told(name)}")
    return path


class Process:
    """Something that runs in a session of its own.

    Attributes:
        process: what was started.
        log: where it says what it has to say.
    """

    def __init__(self, command: list[str], log: Path, environment: dict[str, str] | None = None) -> None:
        self.log = log
        self._everything: set[int] = set()
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [*WITH_THE_TESTS, *command],
                cwd=ROOT,
                env={**os.environ, **(environment or {})},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def kill(self) -> None:
        """End every process of it at once, as when a machine fails."""
        everything = {self.pid, *descendants(self.pid)}
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()
        until(lambda: not any(map(is_running, everything)), "all its processes end")


class RedisServer:
    """A Redis server that can be ended and started again at the same address.

    Attributes:
        port: where it is on the loopback.
        url: of its first database, which ``database`` gives for others.
    """

    def __init__(self, directory: Path, *options: str) -> None:
        self.port = free_port()
        self._command = [program("redis-server"), "--port", str(self.port), "--bind", HOST]
        self._command += ["--dir", str(directory), *(options or ("--save", "", "--appendonly", "no"))]
        self._directory = directory
        self._log = directory / "redis.log"
        self.start()

    @property
    def url(self) -> str:
        return self.database(0)

    def database(self, number: int) -> str:
        return f"redis://{HOST}:{self.port}/{number}"

    @contextmanager
    def client(self, number: int = 0) -> Iterator["redis.Redis"]:
        with redis.Redis.from_url(self.database(number)) as client:
            yield client

    def start(self) -> None:
        self.process = Process(self._command, self._log)
        until(self._answers, "Redis answers")

    def _answers(self) -> bool:
        assert self.process.process.poll() is None, self._log.read_text()
        with suppress(redis.ConnectionError), self.client() as client:
            return bool(client.ping())
        return False

    def kill(self) -> None:
        self.process.kill()

    def forget(self) -> None:
        """Delete what it has kept, while it does not run."""
        shutil.rmtree(self._directory / "appendonlydir", ignore_errors=True)

    def n_connections(self) -> int:
        with self.client() as client:
            return len(client.client_list())


class CeleryProcess(Process):
    """A worker as ``app.celery_worker`` starts it, with the tasks of ``tests.app.toys`` besides its own."""

    def __init__(self, url: str, directory: Path, processes: int = 2) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._pulse = directory / "relief-worker"
        environment = {"CELERY_BROKER_URL": url, "RELIEF_PROCESSES": str(processes), "TMPDIR": str(directory)}
        super().__init__([sys.executable, "-m", "tests.app.toys"], directory / "worker.log", environment)

    def wait_until_ready(self) -> None:
        until(self._is_ready, "the worker is ready")

    def _is_ready(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        return self._pulse.exists()


@contextmanager
def celery_processes(url: str, directory: Path, number: int = 1, processes: int = 2) -> Iterator[list[CeleryProcess]]:
    """Start workers, wait until they are ready, and see to it that they end."""
    workers = [CeleryProcess(url, directory / f"worker-{k}", processes) for k in range(number)]
    try:
        for worker in workers:
            worker.wait_until_ready()
        yield workers
    finally:
        end(workers)


def end(processes: Iterable[Any]) -> None:
    for process in processes:
        process.kill()
