"""What compose.yaml says, read as a container engine reads it, and started with real processes on the loopback.

Nothing of it is repeated here: commands, settings and the proxy's configuration are those of the files, with only the
addresses replaced.
"""

import http.client
import os
import re
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

import yaml

from tests.app.clusters import ROOT, Process, RedisServer, end, program
from tests.app.conditions import until
from tests.app.containers import read_instructions
from tests.app.names import NameServer
from tests.app.servers import HOST, free_port

WEBS = ("127.0.0.2", "127.0.0.3")  # one port on addresses of their own, like containers

Service = dict[str, Any]

DOCKERFILE = {
    instruction.name: instruction for instruction in read_instructions((ROOT / "Dockerfile").read_text())
}  # the last of each


def read() -> dict[str, Any]:
    """Return compose.yaml with its variables replaced by their defaults."""
    text = (ROOT / "compose.yaml").read_text()
    text = re.sub(r"\$\{(\w+):-([^}]*)\}", r"\2", text)
    composed: dict[str, Any] = yaml.safe_load(text.replace("$$", "$"))
    return composed


class Client:
    """Speaks to one address."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection(self._host, self._port, timeout=30)

    def get(self, path: str) -> tuple[http.client.HTTPResponse, bytes]:
        return self._ask("GET", path)

    def post(self, path: str, body: bytes) -> tuple[http.client.HTTPResponse, bytes]:
        return self._ask("POST", path, body, {"Content-Type": "application/json"})

    def is_healthy(self) -> bool:
        with suppress(OSError, http.client.HTTPException):
            return self.get("/healthz")[0].status == 200
        return False

    def _ask(self, *request: Any) -> tuple[http.client.HTTPResponse, bytes]:
        connection = self.connect()
        try:
            connection.request(*request)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()


def port_free_at(addresses: Iterable[str]) -> int:
    """Return a port that nothing listens on at any of some addresses."""
    while True:
        port = free_port()
        with suppress(OSError), ExitStack() as listeners:
            for address in addresses:
                listeners.enter_context(socket.create_server((address, port)))
            return port


class Composed:
    """Everything that compose.yaml starts.

    Attributes:
        redis, workers, webs, proxy: what runs.
        at_web: how to speak to each web server.
        at_proxy: how to speak to the one address.
        directory: in place of the containers' /tmp.
    """

    def __init__(self, directory: Path, **settings: str) -> None:
        self.directory = directory
        self.services: dict[str, Service] = read()["services"]
        self._settings = settings
        self._port = port_free_at(WEBS)
        self._names = NameServer(list(WEBS))
        self._proxy_port = free_port()
        binary, *options = self.services["redis"]["command"]
        assert binary == "redis-server"
        self.redis = RedisServer(directory, *options)
        self.workers = [self._start("worker", f"worker-{k}") for k in range(self._replicas("worker"))]
        self.webs = [self.start_web(address) for address in WEBS[: self._replicas("web")]]
        self.at_web = [Client(address, self._port) for address in WEBS]
        self.proxy = self._start_proxy()
        self.at_proxy = Client(HOST, self._proxy_port)

    def wait_until_ready(self) -> None:
        for client in (*self.at_web, self.at_proxy):
            until(client.is_healthy, "it answers")
        until((self.directory / "relief-worker").exists, "a worker takes tasks")

    def start_web(self, address: str) -> Process:
        return self._start(
            "web",
            f"web-{address}",
            HOST=address,
            RELIEF_HOSTS=",".join((HOST, *WEBS)),
            PORT=str(self._port),
            **self._settings,
        )

    def close(self) -> None:
        end([self.proxy, *self.webs, *self.workers, self.redis])
        self._names.close()

    def _replicas(self, name: str) -> int:
        replicas: int = self.services[name].get("deploy", {}).get("replicas", 1)
        return replicas

    def _start(self, name: str, log: str, **more: str) -> Process:
        service = self.services[name]
        binary, *arguments = service.get("command") or DOCKERFILE["CMD"].words
        environment = {
            setting: str(value).replace("redis://redis:6379/", self.redis.url.rstrip("0"))
            for setting, value in service["environment"].items()
        }
        command = [str(Path(sys.executable).parent / binary), *arguments]
        return Process(command, self.directory / f"{log}.log", {"TMPDIR": str(self.directory), **environment, **more})

    def _start_proxy(self) -> Process:
        replaced = {
            "resolver 127.0.0.11 ": f"resolver {HOST}:{self._names.port} ",
            "http://web:8050": f"http://web:{self._port}",
            "listen 8080": f"listen {HOST}:{self._proxy_port}",
            "/tmp/": f"{self.directory}/",
        }
        text = (ROOT / "deploy" / "nginx.conf").read_text()
        for old, new in replaced.items():
            assert old in text
            text = text.replace(old, new)
        if os.geteuid() == 0:  # or it would look for rights that the directory of a test does not give
            text = "user root;\n" + text
        configuration = self.directory / "nginx.conf"
        configuration.write_text(text)
        binary, *arguments = self.services["proxy"]["command"]
        command = [program(binary), *arguments, "-c", str(configuration), "-e", "stderr"]
        return Process(command, self.directory / "proxy.log")


@contextmanager
def composed(directory: Path, **settings: str) -> Iterator[Composed]:
    """Start everything, wait until it is well, and see to it that it ends."""
    everything = Composed(directory, **settings)
    try:
        everything.wait_until_ready()
        yield everything
    finally:
        everything.close()
