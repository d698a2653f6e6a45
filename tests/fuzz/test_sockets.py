"""What is no HTTP, or hardly, sent to a real server: it is refused or answered, and the server lives on."""

import json
import os
import random
import re
import socket
import urllib.request
from collections.abc import Iterator
from http import HTTPStatus

import pytest
from hypothesis import settings

from nets import create, dataset, serialise
from tests.browser.server import Server

BODY = json.dumps({"model": serialise(create(dataset("xor", n=24), hidden=[2]))}).encode()
RUN = BODY.removesuffix(b"}") + b', "epochs": 1}'
TYPE = b"Content-Type: application/json\r\n"
HOST = b"Host: 127.0.0.1\r\n"
CLOSE = b"Connection: close\r\n"
PATIENCE = 20  # s
N_DAMAGED = 40 if settings.get_current_profile_name() == "quick" else 1500


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server().start()
    yield server
    server.kill()


def send(server: Server, data: bytes, is_ended: bool = True) -> bytes:
    """Send bytes and return all that comes back until the server closes the connection, or says no more."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        answer = b""
        try:
            connection.sendall(data)
            if is_ended:
                connection.shutdown(socket.SHUT_WR)
            while chunk := connection.recv(65536):
                answer += chunk
        except OSError:  # what it has not read is thrown away when it closes
            pass
        return answer


def is_fault(status: int) -> bool:
    """Whether a status says that the server has failed; 501 is how HTTP says that it cannot do what was asked."""
    return status >= 500 and status != HTTPStatus.NOT_IMPLEMENTED


def statuses(answer: bytes) -> list[int]:
    """Return the status of every answer in a stream of them."""
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3}) ", answer)]


def posted(*headers: bytes, body: bytes = BODY, path: bytes = b"/api/gradient") -> bytes:
    return b"POST " + path + b" HTTP/1.1\r\n" + HOST + TYPE + CLOSE + b"".join(headers) + b"\r\n" + body


def sized(body: bytes = BODY) -> bytes:
    return b"Content-Length: %d\r\n" % len(body)


CHUNKED = b"Transfer-Encoding: chunked\r\n"


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


STRANGE: dict[str, bytes] = {
    "nothing": b"",
    "a new line": b"\r\n\r\n",
    "garbage": bytes(range(256)) * 20,
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200),
    "half a line": b"GET /hea",
    "half a head": b"GET /healthz HTTP/1.1\r\nHost: x",
    "no version": b"GET /healthz\r\n\r\n",
    "another version": b"GET /healthz HTTP/9.7\r\n" + HOST + b"\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a method that is none": b"\x01\x02 / HTTP/1.1\r\n" + HOST + b"\r\n",
    "CONNECT": b"CONNECT example:443 HTTP/1.1\r\n" + HOST + b"\r\n",
    "a method of a thousand letters": b"X" * 1000 + b" / HTTP/1.1\r\n" + HOST + b"\r\n",
    "a path of 100,000 letters": b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\n" + HOST + b"\r\n",
    "a header of 100,000 letters": b"GET / HTTP/1.1\r\nX: " + b"x" * 100_000 + b"\r\n\r\n",
    "ten thousand headers": b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 10_000 + b"\r\n",
    "a header without a colon": b"GET / HTTP/1.1\r\nHost x\r\n\r\n",
    "a header with a null byte": b"GET / HTTP/1.1\r\nHost: \0\r\n\r\n",
    "folded headers": b"GET /healthz HTTP/1.1\r\nHost: x\r\n y\r\n\r\n",
    "two hosts": b"GET /healthz HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
    "no host": b"GET /healthz HTTP/1.1\r\n\r\n",
    "two lengths": posted(sized(), b"Content-Length: 3\r\n"),
    "a length and chunks": posted(sized(), CHUNKED, body=chunk(BODY) + b"0\r\n\r\n"),
    "a length that is too short": posted(b"Content-Length: 10\r\n"),
    "a length that is too long": posted(b"Content-Length: 99999\r\n"),
    "chunks that are cut": posted(CHUNKED, body=b"400\r\nabc"),
    "chunks of no length": posted(CHUNKED, body=b"\r\n\r\n"),
    "chunks of a length that is none": posted(CHUNKED, body=b"zz\r\nabc\r\n0\r\n\r\n"),
    "a chunk longer than it says": posted(CHUNKED, body=b"2\r\nabcdef\r\n0\r\n\r\n"),
    "a chunk of an enormous length": posted(CHUNKED, body=b"f" * 40 + b"\r\nabc\r\n"),
    "an encoding that nobody knows": posted(b"Transfer-Encoding: gzip, chunked\r\n", body=chunk(BODY) + b"0\r\n\r\n"),
    "chunks spelt oddly": posted(b"Transfer-Encoding:\tChUnKeD\r\n", body=chunk(BODY) + b"0\r\n\r\n"),
    "an expectation": posted(b"Expect: a miracle\r\n", sized()),
    "paths out of the folder": b"GET /assets/../../app.py HTTP/1.1\r\n" + HOST + b"\r\n",
    "escaped paths out of the folder": b"GET /assets/%2e%2e%2f%2e%2e%2fapp.py HTTP/1.1\r\n" + HOST + b"\r\n",
    "a path that is a proxy's": b"GET http://elsewhere/healthz HTTP/1.1\r\n" + HOST + b"\r\n",
    "broken escapes": b"GET /api/presets/%zz%f HTTP/1.1\r\n" + HOST + b"\r\n",
    "escapes that are no text": b"GET /api/presets/%ff%fe%00 HTTP/1.1\r\n" + HOST + b"\r\n",
    "bytes that are no text": b"GET /api/presets/\xff\xfe HTTP/1.1\r\n" + HOST + b"\r\n",
    "only an asterisk": b"OPTIONS * HTTP/1.1\r\n" + HOST + b"\r\n",
}


def assert_lives(server: Server) -> None:
    with urllib.request.urlopen(f"{server.url}/healthz", timeout=PATIENCE) as answer:
        assert answer.status == 200


@pytest.mark.parametrize("data", STRANGE.values(), ids=STRANGE)
def test_what_is_hardly_http_is_no_fault_of_the_server(server: Server, data: bytes) -> None:
    answer = send(server, data)
    assert not any(map(is_fault, statuses(answer))), answer[:300]
    assert b"Traceback" not in answer
    assert b"create_app" not in answer  # of app.py, which is outside
    assert_lives(server)


def test_requests_one_behind_the_other_are_answered_in_their_order(server: Server) -> None:
    """A client need not wait for an answer before it asks again."""
    look, body = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n", BODY
    ask = b"POST /api/gradient HTTP/1.1\r\n" + HOST + TYPE + sized() + b"\r\n" + body
    refused = b"POST /api/gradient HTTP/1.1\r\n" + HOST + TYPE + b"Content-Length: 2\r\n\r\n[]"
    last = b"GET /api/nothing HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n"
    assert statuses(send(server, look + ask + refused + look + ask + last, is_ended=False)) == [
        200,
        200,
        422,
        200,
        200,
        404,
    ]


def test_a_request_that_comes_byte_by_byte_is_answered(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in posted(sized(b"[]"), body=b"[]"):
            connection.send(bytes([byte]))
        assert statuses(connection.recv(65536)) == [422]


def test_damaged_requests_are_no_fault_of_the_server(server: Server) -> None:
    """A right request, cut, changed or added to at any place of its head or body."""
    seed = random.Random(os.environ.get("SEED", "1"))
    whole = [
        posted(sized()),
        posted(sized(RUN), body=RUN, path=b"/api/train"),
        posted(CHUNKED, body=chunk(BODY) + b"0\r\n\r\n"),
    ]
    for _ in range(N_DAMAGED):
        data = bytearray(seed.choice(whole))
        for _ in range(seed.randint(1, 4)):
            at = seed.randrange(min(len(data), 400))
            how = seed.choice(["flip", "remove", "insert", "cut"])
            if how == "flip":
                data[at] ^= 1 << seed.randrange(8)
            elif how == "remove":
                del data[at : at + seed.randint(1, 9)]
            elif how == "insert":
                data[at:at] = seed.randbytes(seed.randint(1, 9))
            elif seed.random() < 0.1:
                del data[at:]
            data = data or bytearray(b"x")
        answer = send(server, bytes(data))
        assert not any(map(is_fault, statuses(answer))), (bytes(data), answer[:300])
    assert_lives(server)
