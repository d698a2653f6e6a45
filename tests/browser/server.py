"""A real Relief server for the tests: gunicorn on a free port of the loopback interface."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_LIMIT = 30  # s


def free_port() -> int:
    """Return a port that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server process that can be started, killed and started again at the same address."""

    def __init__(self, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Server":
        environment = {**os.environ, "HOST": "127.0.0.1", "PORT": str(self.port)}
        gunicorn = Path(sys.executable).parent / "gunicorn"
        self.process = subprocess.Popen(
            [gunicorn], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, start_new_session=True
        )
        self._wait_until_alive()
        return self

    def kill(self) -> None:
        """End every process of the server at once, as a crash would."""
        if self.process is not None:
            os.killpg(self.process.pid, 9)
            self.process.wait()
            self.process = None

    def stop(self) -> None:
        """Ask the server to end, and wait until it has."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(START_LIMIT)
            self.process = None

    def _wait_until_alive(self) -> None:
        end = time.monotonic() + START_LIMIT
        while time.monotonic() < end:
            try:
                with urllib.request.urlopen(f"{self.url}/healthz", timeout=1):
                    return
            except (urllib.error.URLError, TimeoutError, ConnectionError):
                time.sleep(0.02)
        raise TimeoutError(f"the server did not answer within {START_LIMIT} s")
