"""A name server on the loopback that knows one name: what containers have from their engine."""

import socket
import struct
import threading

from tests.app.servers import HOST


class NameServer:
    """Answers every question for an address with all addresses of the one name.

    Attributes:
        port: where it is on the loopback.
        addresses: of the name; may be changed while it runs.
    """

    def __init__(self, addresses: list[str]) -> None:
        self.addresses = addresses
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind((HOST, 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", (HOST, self.port))  # which wakes the thread
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            asked, sender = self._socket.recvfrom(512)
            if not asked:
                return
            self._socket.sendto(self._answer(asked), sender)

    def _answer(self, asked: bytes) -> bytes:
        """Return the header with the number of answers, the question, and the answers (RFC 1035, section 4)."""
        question = asked[12 : asked.index(b"\0", 12) + 5]
        header = asked[:2] + struct.pack(">HHHHH", 0x8180, 1, len(self.addresses), 0, 0)
        records = [struct.pack(">HHHIH", 0xC00C, 1, 1, 1, 4) + socket.inet_aton(address) for address in self.addresses]
        return header + question + b"".join(records)
