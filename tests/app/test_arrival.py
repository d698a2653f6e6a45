"""When a request is there as a whole: not a byte too early, and at once where waiting is of no use."""

import pytest

from app.arrival import LARGEST_HEAD, Arrival

LARGEST = 1000
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"

WHOLE = {
    "without a body": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "an empty body": b"POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n",
    "a body": b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n12345",
    "a body that looks like a head": b"POST / HTTP/1.1\r\ncontent-length:8 \r\n\r\n1\r\n\r\n678",
    "chunks": CHUNKED + b"2\r\n{}\r\nA;name=value\r\n0123\r\n\r\n89\r\n0\r\n\r\n",
    "no chunk": b"POST / HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "a trailer": CHUNKED + b"1\r\n0\r\n0\r\nTrailer: 1\r\n\r\n",
}

# Requests whose rest is not waited for, because what there is of them is refused.
REFUSED = {
    "a body that is too long": b"POST / HTTP/1.1\r\nContent-Length: 1001\r\n\r\n",
    "headers without end": b"GET / HTTP/1.1\r\n" + b"a" * LARGEST_HEAD,
    "chunks that are too long": CHUNKED + b"7d0\r\n" + b" " * 1001,
    "a chunk without a number": CHUNKED + b"x\r\n",
    "a chunk that is longer than it says": CHUNKED + b"2\r\n{}{}\r\n0\r\n\r\n",
    "a chunk of negative length": CHUNKED + b"-2\r\n",
    "the line of a chunk that does not end": CHUNKED + b"" + b"1" * 65,
}

# What the parser refuses, and what is after all no request with a body.
LENGTHS = ["-1", "a", "1e9", "", "+5", "9" * 30]


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_a_request_is_whole_with_its_last_byte_and_not_before(data: bytes) -> None:
    arrival = Arrival(LARGEST)
    for byte in data:
        assert not arrival.is_ready
        arrival.data.append(byte)
    assert arrival.is_ready
    assert arrival.is_whole


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_however_it_comes_in_pieces(data: bytes) -> None:
    for cut in range(len(data)):
        arrival = Arrival(LARGEST, data[:cut])
        assert not arrival.is_ready
        arrival.data += data[cut:]
        assert arrival.is_whole


@pytest.mark.parametrize("data", WHOLE.values(), ids=WHOLE)
def test_what_follows_belongs_to_the_next_request(data: bytes) -> None:
    assert Arrival(LARGEST, data + b"GET / HTTP/1.1\r\n").is_whole


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_anyway_is_not_waited_for(data: bytes) -> None:
    arrival = Arrival(LARGEST, data)
    assert arrival.is_ready
    assert not arrival.is_whole


@pytest.mark.parametrize("length", LENGTHS)
def test_what_is_no_length_is_left_to_the_parser(length: str) -> None:
    assert Arrival(LARGEST, f"POST / HTTP/1.1\r\nContent-Length: {length}\r\n\r\n".encode()).is_ready


def test_headers_may_be_as_long_as_the_limit_and_no_longer() -> None:
    def with_head_of(n: int) -> Arrival:
        return Arrival(LARGEST, b"GET / HTTP/1.1\r\n" + b"a" * (n - 16) + b"\r\n\r\n")

    assert not with_head_of(LARGEST_HEAD).is_head_too_long
    assert with_head_of(LARGEST_HEAD + 1).is_head_too_long
    assert with_head_of(LARGEST_HEAD + 1).is_ready


def test_a_client_that_waits_to_be_asked_for_its_body_is_noticed() -> None:
    head = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"
    assert Arrival(LARGEST, head).is_expectant
    assert not Arrival(LARGEST, head[:-1]).is_expectant
    assert not Arrival(LARGEST, head + b"{").is_expectant
    assert not Arrival(LARGEST, WHOLE["a body"]).is_expectant


def test_many_small_chunks_are_looked_at_once_each() -> None:
    """Or a client could keep the main loop busy by sending them one by one."""
    arrival = Arrival(10**6, CHUNKED + b"")
    for _ in range(20_000):
        arrival.data += b"1\r\n \r\n"
        assert not arrival.is_ready
    arrival.data += b"0\r\n\r\n"
    assert arrival.is_whole
