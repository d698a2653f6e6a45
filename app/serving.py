"""gunicorn's threaded worker, made so that no client holds a thread by being slow.

gunicorn gives a connection a thread as soon as its first bytes are there, and lets it wait for the rest: as many slow
clients as there are threads, and nobody else is answered. Here the main loop collects a request, and a thread gets
it when it is there as a whole. Answers have to be taken within a time limit, and at once where threads run short.
"""

import errno
import math
import signal
import socket
import time
from collections.abc import Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.arrival import Arrival

PATIENCE = 30.0  # s from a request's first byte, or from connecting, to its last
WRITE_TIME = 10.0  # s in which a client takes a piece of an answer,
SLOWEST = 20_000.0  # and the bytes it has to take in each second beyond them
SPARE = 4  # threads; with fewer left, whoever has not taken a piece within
HURRY = 2.0  # s is cut off
LINGER = 1.0  # s in which a client notices that its connection is closed, before it is cut
PIECE = 65_536  # bytes read at once
MOST_WAITING = 64_000_000  # bytes of all requests that are not there as a whole


class Outlet(socket.socket):
    """A socket that gives up on a client who does not read, and in a thread never waits for one to send.

    Attributes:
        since: when the piece that is being written was begun; infinite while there is none.
        has_stalled: whether it has given up.
    """

    since = math.inf
    has_stalled = False

    def recv(self, size: int, flags: int = 0) -> bytes:
        """Receive; in a thread, whose sockets know no time limit, only what is there.

        Raises:
            ConnectionResetError: where that is nothing: the request is handed over as a whole.
        """
        if flags or self.gettimeout() is not None:
            return super().recv(size, flags)
        try:
            return super().recv(size, socket.MSG_DONTWAIT)
        except BlockingIOError:
            raise ConnectionResetError(errno.ECONNRESET, "the rest of the request is missing") from None

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send everything.

        Raises:
            BrokenPipeError: where that took too long.
        """
        before = self.gettimeout()
        self.settimeout(WRITE_TIME + len(data) / SLOWEST)
        self.since = time.monotonic()
        try:
            super().sendall(data, flags)
        except TimeoutError:
            self.has_stalled = True
            raise BrokenPipeError(errno.EPIPE, "the client does not read its answer") from None
        finally:
            self.since = math.inf
            self.settimeout(before)


class Connection(TConn):  # type: ignore[misc]  # gunicorn comes without types
    """A connection whose requests are collected before they are parsed.

    Attributes:
        arrival: what has come of the present request; None while that is answered.
        is_leaving: whether all has been said, and only the client has not closed yet.
    """

    def __init__(self, largest: int, cfg: Any, client: socket.socket, *addresses: Any) -> None:
        super().__init__(cfg, Outlet(fileno=client.detach()), *addresses)
        self.data_ready = True  # no thread waits for it
        self.is_leaving = False
        self._largest = largest
        self.arrival: Arrival | None = None
        self._begin()

    def _begin(self, data: bytes = b"") -> None:
        self.arrival = Arrival(self._largest, data)
        self.timeout = time.monotonic() + PATIENCE

    def receive(self) -> bool:
        """Take what has come, and return whether a thread can go on with it.

        Raises:
            ConnectionError: when nothing more will come.
        """
        self.sock.setblocking(False)
        if self.is_leaving:
            if not self._read():
                raise ConnectionResetError
            return False
        if self.arrival is None:
            self._begin(self.parser.unreader.take_buffered())
        assert self.arrival is not None
        while not self.arrival.is_ready:
            data = self._read()
            if data is None:
                return False
            if not data:
                raise ConnectionResetError
            self.arrival.data += data
            if self.arrival.is_expectant and not self.arrival.is_ready:
                self.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return True

    def _read(self) -> bytes | None:
        try:
            data: bytes = self.sock.recv(PIECE)
        except BlockingIOError:
            return None
        return data

    def init(self) -> None:
        """Hand over what has come, in the thread that answers."""
        super().init()
        arrival, self.arrival = self.arrival, None
        if arrival is None:
            return
        self.is_whole = arrival.is_whole
        self.parser.unreader.unread(bytes(arrival.data))

    def close(self, graceful: bool = False) -> None:
        """Close; ``graceful`` lets the client read the answer to its end, and does not wait for it here."""
        if graceful and not self.is_leaving:
            try:
                self.sock.shutdown(socket.SHUT_WR)
            except OSError:
                super().close()
            else:
                self.is_leaving = True
                self.timeout = time.monotonic() + LINGER
        else:
            super().close()
            self.is_leaving = False


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """The worker: patient with clients in its main loop, and never in a thread."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.answered: set[Connection] = set()  # by a thread at this moment

    def accept(self, listener: Any) -> None:
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK, errno.EMFILE, errno.ENFILE):
                raise
            return
        self.nr_conns += 1
        largest = self.wsgi.server.config["MAX_CONTENT_LENGTH"]
        self.enqueue_req(Connection(largest, self.cfg, client, address, listener.getsockname()))
        self._make_room()

    def enqueue_req(self, conn: Connection) -> None:
        """Give a thread to a connection when its request is there, and until then watch for more of it."""
        try:
            if conn.receive():
                self.answered.add(conn)
                super().enqueue_req(conn)
            elif time.monotonic() > conn.timeout or self._waiting_bytes() > MOST_WAITING:
                self._drop(conn)
            else:
                self._watch(conn)
        except OSError:
            self._drop(conn)

    def finish_request(self, conn: Connection, future: "Future[Any]") -> None:
        self.answered.discard(conn)
        super().finish_request(conn, future)
        if conn.is_leaving:
            self.nr_conns += 1
            self._watch(conn)

    def handle(self, conn: Connection) -> Any:
        if conn.arrival is not None and conn.arrival.is_head_too_long:
            util.write_error(conn.sock, 431, "Request Header Fields Too Large", "the headers are too long")
            return False
        return super().handle(conn)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        if not conn.is_whole:
            req.force_close()
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        super().murder_pending()
        if len(self.answered) > self.cfg.threads - SPARE:
            slow = [conn for conn in self.answered if time.monotonic() - conn.sock.since > HURRY]
            for conn in slow:
                conn.sock.has_stalled = True
            self._cut(slow)

    def handle_exit(self, sig: int, frame: Any) -> None:
        self.wsgi.server.extensions["background"].close()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: Any) -> None:
        for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGTERM):
            signal.signal(number, lambda *_: None)  # to be told again while it ends would only interrupt that
        self.wsgi.server.extensions["background"].close()
        self._cut(self.answered)
        super().handle_quit(sig, frame)

    def run(self) -> None:
        super().run()
        self._cut(self.answered)  # or the process would wait for clients that do not read

    def _cut(self, connections: Iterable[Connection]) -> None:
        for conn in list(connections):
            with suppress(OSError):
                conn.sock.shutdown(socket.SHUT_RDWR)

    def _cap_keepalive(self, deadline: float) -> None:
        super()._cap_keepalive(deadline)
        for conn in self.pending_conns:
            conn.timeout = min(conn.timeout, deadline)

    def _watch(self, conn: Connection) -> None:
        conn.sock.setblocking(False)
        self.pending_conns.append(conn)
        self.poller.register(conn.sock, EVENT_READ, partial(self.on_pending_socket_readable, conn))

    def _drop(self, conn: Connection) -> None:
        self.nr_conns -= 1
        conn.close()

    def _make_room(self) -> None:
        """Let go those that have kept us waiting longest, where there is no room for another connection."""
        while self.nr_conns >= self.worker_connections and (idle := self.pending_conns or self.keepalived_conns):
            conn = idle.popleft()
            self.poller.unregister(conn.sock)
            self._drop(conn)

    def _waiting_bytes(self) -> int:
        return sum(len(conn.arrival.data) for conn in self.pending_conns if conn.arrival is not None)
