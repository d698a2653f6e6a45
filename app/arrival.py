"""What has arrived of a request, and whether there is more to wait for.

It decides when a request is handed to a thread, and nothing else: whether it is right is for the parser to say.
"""

import re

LARGEST_HEAD = 32_768  # bytes of request line and headers
LONGEST_LINE = 64  # bytes of the line before a chunk, as far as it is waited for
END_OF_HEAD = b"\r\n\r\n"
LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,4000})[ \t]*\r\n", re.IGNORECASE)
CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r\n]*chunked[ \t]*\r\n", re.IGNORECASE)
EXPECTANT = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*\r\n", re.IGNORECASE)
CHUNK = re.compile(rb"([0-9a-f]{1,8})[^\r\n]*\r\n", re.IGNORECASE)


class Arrival:
    """The bytes of a request, in the order in which they came.

    Attributes:
        data: what has come.
        largest: bytes a body may have; the rest of a longer one is not waited for, because it is refused anyway.
    """

    def __init__(self, largest: int, data: bytes = b"") -> None:
        self.largest = largest
        self.data = bytearray(data)
        self._chunk = 0  # where the next chunk begins, as far as chunks have come

    @property
    def is_expectant(self) -> bool:
        """Whether the client waits to be told that its body is welcome."""
        end = self.data.find(END_OF_HEAD)
        return end >= 0 and len(self.data) == end + 4 and bool(EXPECTANT.search(self.data))

    @property
    def is_head_too_long(self) -> bool:
        """Whether the headers do not end where they have to."""
        return not 0 <= self.data.find(END_OF_HEAD) <= LARGEST_HEAD and len(self.data) > LARGEST_HEAD

    @property
    def is_whole(self) -> bool:
        """Whether the request is complete."""
        return self._missing() == 0

    @property
    def is_ready(self) -> bool:
        """Whether there is nothing more to wait for: the request is complete, or can be refused as it is."""
        return self._missing() is None or self.is_whole

    def _missing(self) -> int | None:
        """Return 0 when nothing is missing, 1 when something is, None when the rest does not matter."""
        body = self.data.find(END_OF_HEAD) + len(END_OF_HEAD)
        if self.is_head_too_long:
            return None
        if body < len(END_OF_HEAD):
            return 1
        head = bytes(self.data[:body])
        if CHUNKED.search(head):
            return self._missing_chunks(body)
        length = LENGTH.search(head)
        if length is None:
            return 0
        if int(length[1]) > self.largest:
            return None
        return int(len(self.data) < body + int(length[1]))

    def _missing_chunks(self, body: int) -> int | None:
        at = max(self._chunk, body)
        while line := CHUNK.match(self.data, at):
            if int(line[1], 16) == 0:
                return int(self.data.find(END_OF_HEAD, line.end() - 2) < 0)
            at = self._chunk = line.end() + int(line[1], 16) + 2
        is_wrong = b"\n" in self.data[at : at + LONGEST_LINE] or len(self.data) > at + LONGEST_LINE
        return None if is_wrong or len(self.data) > body + self.largest else 1
