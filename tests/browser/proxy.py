"""A network between the page and the server that a test can break: connections cut, reset, or left hanging."""

import select
import socket
import struct
import threading
from contextlib import suppress

ABORT = struct.pack("ii", 1, 0)  # SO_LINGER: close with a reset instead of an end
PULSE = 0.1  # s between looks at whether the proxy is closed


class Proxy:
    """Passes bytes on to a server.

    Attributes:
        url: where it listens.
        cuts: after how many bytes of their answers the next training streams are broken, and whether by a reset.
        n_cut: how many were.
        n_streams: how many were begun.
    """

    def __init__(self, port: int) -> None:
        self._server_port = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.cuts: list[tuple[int, bool]] = []
        self.n_cut = 0
        self.n_streams = 0
        self.is_closed = False
        self.flows = threading.Event()  # whether connections made just now let anything through
        self.flows.set()
        threading.Thread(target=self._accept, daemon=True).start()

    def hang(self) -> None:
        """Let nothing through any more on the connections that are open; those that are made later are well."""
        self.flows.clear()
        self.flows = threading.Event()
        self.flows.set()

    def close(self) -> None:
        self.is_closed = True
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                page, _ = self._listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self._server_port))
            except OSError:
                page.close()  # nobody is there just now
                continue
            threading.Thread(target=Connection(self, page, server).run, daemon=True).start()


class Connection:
    """One connection, both ways; a thread of its own passes on what comes."""

    def __init__(self, proxy: Proxy, page: socket.socket, server: socket.socket) -> None:
        self.proxy, self.page, self.server = proxy, page, server
        self.flows = proxy.flows
        self.cut: tuple[int, bool] | None = None
        self.passed = 0

    def run(self) -> None:
        with self.page, self.server, suppress(OSError):
            while not self.proxy.is_closed:
                ready, _, _ = select.select([self.page, self.server], [], [], PULSE)
                if not all(self._pass(source) for source in ready):
                    return

    def _pass(self, source: socket.socket) -> bool:
        """Pass on what has come from one side; return whether the connection goes on."""
        data = source.recv(4096)
        if not data:
            return False
        if not self.flows.is_set():
            return True  # it is lost on the way, and nobody is told
        if source is self.page:
            self._listen(data)
            self.server.sendall(data)
            return True
        return not self._is_cut_by(data) and self.page.sendall(data) is None

    def _listen(self, data: bytes) -> None:
        if b"POST /api/train " in data:
            self.proxy.n_streams += 1
            self.passed = 0
            self.cut = self.proxy.cuts.pop(0) if self.proxy.cuts else None

    def _is_cut_by(self, data: bytes) -> bool:
        """Break the connection where its time has come, in the middle of whatever is said there."""
        if self.cut is None or self.passed + len(data) < self.cut[0]:
            self.passed += len(data)
            return False
        most, is_reset = self.cut
        self.page.sendall(data[: most - self.passed])
        if is_reset:
            self.page.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, ABORT)
        self.proxy.n_cut += 1
        return True
