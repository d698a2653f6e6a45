"""A server as the container starts it, on the loopback, without the right to write anything."""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from tests.app.conditions import until
from tests.app.containers import Image
from tests.app.processes import children, descendants, is_running, trainers

HOST = "127.0.0.1"


class Server:
    """A server that runs.

    Attributes:
        port: where it is on the loopback.
        process: what was started.
        log: what it has said.
    """

    def __init__(self, image: Image, scratch: Path, **settings: str) -> None:
        self.image = image
        self.port = free_port()
        self.environment = {
            **image.environment,
            "PATH": image.search_path,
            "HOME": "/nonexistent",
            "TMPDIR": str(scratch),
            "HOST": HOST,
            "PORT": str(self.port),
            **settings,
        }
        self._log = scratch / "log"
        with self._log.open("wb") as log:
            self.process = self.start(image.command, stdout=log, stderr=log, start_new_session=True)

    @property
    def log(self) -> str:
        return self._log.read_text()

    def start(self, command: list[str], **options: Any) -> "subprocess.Popen[bytes]":
        """Start something where the server is started, with as few rights."""
        return subprocess.Popen(
            [*without_powers(), *command], cwd=self.image.directory, env=self.environment, **options
        )

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(HOST, self.port, timeout=30)

    def get(self, path: str, **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask for something and read all of it."""
        connection = self.connect()
        try:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()

    def is_healthy(self) -> bool:
        assert self.process.poll() is None, self.log
        with suppress(OSError, http.client.HTTPException):
            return self.get("/healthz")[0].status == 200
        return False

    def send(self, data: bytes) -> bytes:
        """Send some bytes, and return the beginning of what comes back while the connection stays open."""
        with self.connect_raw(data) as connection:
            return connection.recv(65536)

    def connect_raw(self, data: bytes) -> socket.socket:
        """Connect, and send some bytes."""
        connection = socket.create_connection((HOST, self.port), timeout=30)
        connection.sendall(data)
        return connection

    @property
    def web(self) -> int:
        """The process that answers requests."""
        (pid,) = children(self.process.pid)
        return pid

    def trainers(self) -> set[int]:
        return trainers(self.web)


class Stream:
    """A training stream; leaving it breaks the connection."""

    def __init__(self, server: Server, **request: Any) -> None:
        self._connection = server.connect()
        self._connection.request(
            "POST", "/api/train", json.dumps(request).encode(), {"Content-Type": "application/json"}
        )
        self._response = self._connection.getresponse()
        self.status = self._response.status
        self.headers = self._response.headers

    def read(self) -> dict[str, Any]:
        """Return the next line."""
        line = b"\n"
        while line == b"\n":  # which only says that the connection is well
            line = self._response.readline()
        assert line.endswith(b"\n"), "the stream broke off"
        parsed: dict[str, Any] = json.loads(line)
        return parsed

    def rest(self) -> list[dict[str, Any]]:
        """Return all lines that are still to come."""
        return [json.loads(line) for line in self._response.read().splitlines() if line]

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *_: object) -> None:
        self._response.close()
        self._connection.close()


def free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def without_powers() -> list[str]:
    """Return what takes from root the power to write what may not be written; nobody else has it."""
    return [] if os.geteuid() else ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]


@contextmanager
def serve(image: Image, **settings: str) -> Iterator[Server]:
    """Start a server, wait until it is well, and see to it that it ends."""
    scratch = Path(tempfile.mkdtemp())
    server = Server(image, scratch, **settings)
    everything: set[int] = set()
    try:
        until(server.is_healthy, "the server answers")
        yield server
        everything = descendants(server.process.pid)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(server.process.pid, signal.SIGKILL)  # a session of its own
        server.process.wait()
        until(lambda: not any(map(is_running, everything)), "every process of the server ends")
        shutil.rmtree(scratch)
