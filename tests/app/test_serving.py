"""The worker that serves: whatever clients do with their connections, others are answered. All with real sockets."""

import http.client
import json
import os
import re
import selectors
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger
from gunicorn.workers import gthread

from app import serving
from app.serving import PatientWorker
from nets import create, dataset, serialise
from tests.app.applications import application
from tests.app.conditions import until
from tests.nets.models import spiral_model

HOST = "127.0.0.1"
SOON = 6.0  # s; what a user would call at once, on a machine that does many other things too
THREADS = 8
GRACE = 5  # s
CROWD = 60  # many more than there are threads
RUN = json.dumps({"model": serialise(spiral_model()), "epochs": 2}).encode()
LARGE = json.dumps({"model": serialise(create(dataset("gaussians", 6, n=100), hidden=[32] * 7))}).encode()
CHUNKED = b"POST /api/train HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
SCRIPT = b"GET /_dash-component-suites/plotly/package_data/plotly.min.js HTTP/1.1\r\nHost: localhost\r\n\r\n"


def post(body: bytes, headers: bytes = b"") -> bytes:
    head = b"POST /api/train HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return head + b"Content-Length: %d\r\n%s\r\n%s" % (len(body), headers, body)


class Told(Logger):  # type: ignore[misc]
    """gunicorn's log from the level that is set for it, in a list."""

    def __init__(self, cfg: Config) -> None:
        super().__init__(cfg)
        self.lines: list[str] = []
        for level in ("error", "exception", "critical"):
            setattr(self, level, lambda text, *arguments, **_: self.lines.append(str(text) % arguments))


class Served:
    """A worker with the real application, in a thread of this process."""

    def __init__(self, threads: int, connections: int, **settings: Any) -> None:
        self.listener = socket.create_server((HOST, 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        config = Config()
        config.set("threads", threads)
        config.set("worker_connections", connections)
        config.set("graceful_timeout", GRACE)
        config.set("sendfile", False)
        self.app = application(**settings)
        self.log = Told(config)
        self.worker = PatientWorker(1, os.getppid(), [self.listener], None, 30, config, self.log)
        self.worker.wsgi = self.app
        self.worker.tpool = self.worker.get_thread_pool()
        self.worker.poller = selectors.DefaultSelector()
        self.worker.method_queue.init()
        self.thread = threading.Thread(target=self.worker.run)
        self.thread.start()

    def connect(self, data: bytes = b"", receive_buffer: int = 0) -> socket.socket:
        client = socket.socket()
        client.settimeout(20)
        if receive_buffer:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        client.connect((HOST, self.port))
        client.sendall(data)
        return client

    def ask(self, data: bytes) -> bytes:
        """Send a request and return all that comes until the connection is closed."""
        with self.connect(data) as client:
            return read_all(client)

    def seconds_to_be_answered(self) -> float:
        start = time.monotonic()
        connection = http.client.HTTPConnection(HOST, self.port, timeout=20)
        connection.request("GET", "/healthz")
        assert connection.getresponse().status == 200
        connection.close()
        return time.monotonic() - start

    @property
    def runs(self) -> int:
        taken: int = self.app.server.extensions["background"].streams.taken
        return taken


def read_all(client: socket.socket) -> bytes:
    pieces = []
    with suppress(ConnectionError):
        while piece := client.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


@pytest.fixture(scope="module", autouse=True)
def no_lingering() -> Iterator[None]:
    """A connection that is kept alive would hold each end for 2 s."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(gthread, "STOP_KEEPALIVE_LINGER", 0.1)
        yield


@contextmanager
def served(threads: int = THREADS, connections: int = 1000, **settings: Any) -> Iterator[Served]:
    one = Served(threads, connections, **settings)
    try:
        yield one
    finally:
        one.worker.handle_exit(15, None)
        one.thread.join(20)
        one.worker.tmp.close()
        assert not one.thread.is_alive()
        assert one.log.lines == [], one.log.lines


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with served() as one:
        yield one


# Requests that come in the usual ways.


def test_a_request_in_pieces_is_answered_like_any_other(server: Served) -> None:
    data = post(RUN, b"Connection: close\r\n")
    with server.connect() as client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for start in range(0, len(data), 97):
            client.sendall(data[start : start + 97])
        answer = read_all(client)
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b'"end":"epochs"' in answer
    assert answer.endswith(b"0\r\n\r\n")


def test_a_connection_is_used_again_and_again(server: Served) -> None:
    connection = http.client.HTTPConnection(HOST, server.port, timeout=20)
    for _ in range(3):
        connection.request("POST", "/api/train", RUN, {"Content-Type": "application/json"})
        assert connection.getresponse().read().count(b'"end":"epochs"') == 1
        connection.request("GET", "/healthz")
        assert json.loads(connection.getresponse().read()) == {"status": "ok"}
    connection.close()


def test_requests_that_are_sent_one_behind_the_other_are_answered_in_that_order(server: Served) -> None:
    answer = server.ask(GET + post(RUN) + GET + post(RUN, b"Connection: close\r\n"))
    assert (
        re.findall(rb"HTTP/1.1 (\d+) |(\"end\")|(\"ok\")", answer)
        == [
            (b"200", b"", b""),
            (b"", b"", b'"ok"'),
            (b"200", b"", b""),
            (b"", b'"end"', b""),
        ]
        * 2
    )


def test_a_body_in_chunks_is_read(server: Served) -> None:
    head = b"POST /api/train HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nConnection: close\r\n"
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(RUN[i : i + 500]), RUN[i : i + 500]) for i in range(0, len(RUN), 500))
    answer = server.ask(head + b"Transfer-Encoding: chunked\r\n\r\n" + chunks + b"0\r\n\r\n")
    assert b'"end":"epochs"' in answer


def test_a_client_that_wants_to_be_asked_for_its_body_is_asked(server: Served) -> None:
    data = post(RUN, b"Expect: 100-continue\r\nConnection: close\r\n")
    with server.connect(data[: -len(RUN)]) as client:
        assert client.recv(25) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(RUN)
        assert b'"end":"epochs"' in read_all(client)


# Requests that are refused.


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 40_000, b"431"),
        (b"nonsense\r\n\r\n", b"400"),
        (b"\r\n\r\nGET", b"400"),
        (post(b"")[:-4].replace(b": 0", b": 1000000000") + b"\r\n\r\n{", b"413"),
        (post(b"")[:-4].replace(b": 0", b": " + b"9" * 30) + b"\r\n\r\n{", b"413"),
        (post(b"")[:-4].replace(b": 0", b": -1") + b"\r\n\r\n{", b"400"),
    ],
    ids=["long headers", "nonsense", "nothing", "a gigabyte", "more than there is", "less than nothing"],
)
def test_what_is_refused_is_refused_at_once_and_the_connection_closed(
    server: Served, data: bytes, status: bytes
) -> None:
    start = time.monotonic()
    answer = server.ask(data)
    assert answer[9:12] == status
    assert time.monotonic() - start < SOON


# Clients that take their time.


def half(data: bytes) -> bytes:
    return data[: len(data) // 2]


SLOW = {
    "that say nothing": b"",
    "with half a line": b"GET /heal",
    "with half a head": half(GET),
    "with half a body": half(post(RUN)),
    "with half a chunk": half(post(b"")).replace(b"Content-Length: 0", b"")
    + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{",
    "that were refused and stay": b"nonsense\r\n\r\n",
    "with empty lines": b"\r\n\r\n",
}


@pytest.mark.parametrize("data", SLOW.values(), ids=SLOW)
def test_others_are_answered_at_once_beside_a_crowd_of_clients(server: Served, data: bytes) -> None:
    with ExitStack() as stack:
        crowd = [stack.enter_context(server.connect(data)) for _ in range(CROWD)]
        assert server.seconds_to_be_answered() < SOON
        for client in crowd:  # drop by drop
            with suppress(OSError):
                client.send(b" ")
        assert server.seconds_to_be_answered() < SOON


def test_a_request_that_does_not_arrive_in_time_is_given_up_though_it_goes_on_coming(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serving, "PATIENCE", 0.4)
    with served() as server, server.connect(b"GET /") as silent, server.connect(b"GET /") as dripping:

        def is_closed() -> bool:
            with suppress(ConnectionError):
                dripping.send(b"a")
                dripping.setblocking(False)
                with suppress(BlockingIOError):
                    return dripping.recv(1) == b""
                return False
            return True

        until(is_closed, "the dripping connection is closed")
        assert read_all(silent) == b""


def test_where_there_is_no_room_those_who_keep_waiting_longest_make_some() -> None:
    with served(connections=20) as server, ExitStack() as stack:
        crowd = [stack.enter_context(server.connect(b"GET /")) for _ in range(CROWD)]
        assert server.seconds_to_be_answered() < SOON
        assert server.worker.nr_conns <= 20
        assert read_all(crowd[0]) == b""


def test_bodies_that_wait_take_up_no_more_memory_than_there_is_for_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "MOST_WAITING", 1_000_000)
    body = post(b" " * 400_000)[:-1]
    with served() as server, ExitStack() as stack:
        for _ in range(10):
            with suppress(ConnectionError):
                stack.enter_context(server.connect(body))
        assert server.seconds_to_be_answered() < SOON
        until(lambda: server.worker.nr_conns < 10, "some are let go")
        assert server.worker._waiting_bytes() < 1_500_000


# Clients that do not read.


def test_a_stream_that_nobody_reads_ends_and_its_place_is_free(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "WRITE_TIME", 0.3)
    monkeypatch.setattr(serving, "SLOWEST", 10_000_000.0)
    with served(streams=1) as server:
        with server.connect(post(LARGE), receive_buffer=4096):
            until(lambda: server.runs == 1, "the run begins")
            until(lambda: server.runs == 0, "the run ends")
        assert b'"end":"epochs"' in server.ask(post(RUN, b"Connection: close\r\n"))


def test_a_crowd_that_does_not_read_is_let_go_when_others_want_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each holds a thread with an answer that is larger than what lies ready on the way."""
    monkeypatch.setattr(serving, "HURRY", 0.2)
    with served() as server, ExitStack() as stack:
        for _ in range(3 * THREADS):
            stack.enter_context(server.connect(SCRIPT, receive_buffer=4096))
        assert server.seconds_to_be_answered() < 10 * SOON


def test_who_reads_slowly_gets_all_of_it_where_there_is_room(server: Served) -> None:
    with server.connect(SCRIPT.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), receive_buffer=4096) as client:
        until(lambda: any(conn.sock.since < time.monotonic() for conn in list(server.worker.answered)), "it is written")
        answer = read_all(client)
    length = re.findall(rb"Content-Length: (\d+)", answer)
    assert len(answer.partition(b"\r\n\r\n")[2]) == int(length[0]) > 10**6


# The end.


@pytest.fixture
def ending() -> Iterator[tuple[Served, Callable[[], float]]]:
    one = Served(THREADS, 1000)

    def end() -> float:
        start = time.monotonic()
        one.worker.handle_exit(15, None)
        one.thread.join(20)
        assert not one.thread.is_alive()
        return time.monotonic() - start

    yield one, end
    one.worker.tmp.close()
    assert one.log.lines == []


def test_streams_end_with_a_checkpoint_and_the_rest_is_let_go(ending: tuple[Served, Callable[[], float]]) -> None:
    server, end = ending
    body = json.dumps({"model": serialise(spiral_model())}).encode()
    with server.connect(post(body)) as stream, server.connect(half(GET)), server.connect():
        until(lambda: server.runs == 1, "the run begins")
        assert end() < GRACE
        answer = read_all(stream)
    assert answer.endswith(b"\n\r\n0\r\n\r\n")  # the last chunk, and the one that says so
    last = json.loads(answer.splitlines()[-4])
    assert "end" not in last
    assert last["progress"]["epoch"] > 0


def test_a_run_that_waits_for_its_rate_does_not_keep_it(ending: tuple[Served, Callable[[], float]]) -> None:
    server, end = ending
    body = json.dumps({"model": serialise(spiral_model()), "rate": 0.1}).encode()
    with server.connect(post(body)) as stream:
        beginning = b""
        while b'"epoch":1' not in beginning:
            beginning += stream.recv(65536)
        assert end() < GRACE
        assert read_all(stream).endswith(b"0\r\n\r\n")


def test_clients_that_do_not_read_do_not_keep_it(ending: tuple[Served, Callable[[], float]]) -> None:
    server, end = ending
    with server.connect(SCRIPT, receive_buffer=4096):
        until(lambda: any(conn.sock.since < time.monotonic() for conn in list(server.worker.answered)), "it is written")
        assert end() < GRACE + SOON
        server.worker.tpool.shutdown(wait=True)
        for conn in server.worker.answered:
            conn.close()
