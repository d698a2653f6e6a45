"""HTTP as the simulated pages speak it: one request a connection, answers read as they come."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

HOST = "127.0.0.1"
LARGEST_PART = 2**20  # bytes of an answer held while waiting for the rest of a line


@dataclass
class Answer:
    """An answer whose head has been read.

    Attributes:
        status: as a number.
        headers: by their names in small letters.
    """

    status: int
    headers: dict[str, str]
    _reader: asyncio.StreamReader
    _writer: asyncio.StreamWriter

    async def parts(self) -> AsyncIterator[bytes]:
        """Yield the body as it arrives.

        Raises:
            asyncio.IncompleteReadError: where it breaks off.
        """
        if self.headers.get("transfer-encoding") != "chunked":
            yield await self._reader.readexactly(int(self.headers["content-length"]))
            return
        while size := int(await self._reader.readline() or b"0", 16):
            yield (await self._reader.readexactly(size + 2))[:-2]

    def drop(self) -> None:
        """Break the connection off without saying so."""
        self._writer.transport.abort()

    async def body(self) -> bytes:
        """Read all of the body."""
        return b"".join([part async for part in self.parts()])


@asynccontextmanager
async def request(port: int, method: str, path: str, body: bytes = b"", **headers: str) -> AsyncIterator[Answer]:
    """Send a request and wait for the head of its answer; leaving the block closes the connection."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=LARGEST_PART)
    try:
        lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}:{port}", f"Content-Length: {len(body)}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode() + body)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").splitlines()
        fields = (line.partition(":") for line in head[1:] if line)
        headers_of_answer = {name.lower(): value.strip() for name, _, value in fields}
        yield Answer(int(head[0].split()[1]), headers_of_answer, reader, writer)
    finally:
        writer.close()
