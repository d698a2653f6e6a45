"""The real server, started as ``make run`` starts it, on a free port of this machine."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import perf_counter, sleep
from typing import NamedTuple
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
HOST = "127.0.0.1"
PATIENCE = 30.0  # s to wait for the server to answer, and then again to end
LOOK_EVERY = 0.01  # s


class Server(NamedTuple):
    """A running server: where it is, its first process, and how many seconds it took until ``/healthz`` answered."""

    port: int
    pid: int
    seconds: float

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/"


@contextmanager
def serve(**settings: str) -> Iterator[Server]:
    """Run gunicorn from this interpreter's directory; it and all processes it started end with the block.

    Args:
        settings: environment variables.

    Raises:
        RuntimeError: when it ends, or has not answered within ``PATIENCE``.
    """
    port = free_port()
    start = perf_counter()
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "gunicorn")],
        cwd=ROOT,
        env={**os.environ, "HOST": HOST, "PORT": str(port), **settings},
        stdout=subprocess.DEVNULL,
        start_new_session=True,  # a process group of its own, which can be ended as a whole
    )
    try:
        _wait_until_healthy(process, port, start)
        yield Server(port, process.pid, perf_counter() - start)
    finally:
        _end(process)


def free_port() -> int:
    """Return a port of the loopback interface nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def _wait_until_healthy(process: subprocess.Popen[bytes], port: int, start: float) -> None:
    while perf_counter() - start < PATIENCE:
        if process.poll() is not None:
            raise RuntimeError(f"the server ended with exit code {process.returncode}")
        with suppress(URLError, OSError), urlopen(f"http://{HOST}:{port}/healthz", timeout=PATIENCE):
            return
        sleep(LOOK_EVERY)
    raise RuntimeError(f"the server did not answer within {PATIENCE:g} s")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(PATIENCE)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # whoever of its group is left
    process.wait()
