"""Compression: large scripts once, pages and answers each time, streams never."""

import gzip
import re
from collections import Counter
from typing import Any

import brotli
import pytest
from dash import Dash
from flask import Request
from flask.testing import FlaskClient
from flask_compress import flask_compress
from flask_compress.compat import compression
from werkzeug.test import EnvironBuilder, TestResponse

from app.compression import NOT_KEPT, CompressedScripts, cache_key
from nets import serialise
from tests.app import applications
from tests.app.applications import application, ask
from tests.app.pages import Page
from tests.nets.models import spiral_model

SUITE = "/_dash-component-suites/dash/dcc/dash_core_components.js"
EXPAND = {"zstd": compression.zstd.decompress, "br": brotli.decompress, "gzip": gzip.decompress}

algorithms = pytest.mark.parametrize("algorithm", EXPAND)


@pytest.fixture
def fresh() -> Dash:
    """An application that has compressed nothing yet."""
    return application()


@pytest.fixture
def compressed(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of what is compressed while a test runs."""
    sizes: list[int] = []
    compress = flask_compress._compress_data

    def count(app: Any, data: bytes, algorithm: str) -> bytes:
        sizes.append(len(data))
        return compress(app, data, algorithm)

    monkeypatch.setattr(flask_compress, "_compress_data", count)
    return sizes


def fetch(client: FlaskClient, path: str, accept: str, **options: Any) -> TestResponse:
    return applications.fetch(client, path, headers={"Accept-Encoding": accept}, **options)


def without_token(page: bytes) -> bytes:
    """A page without the token that is another one each time."""
    return re.sub(rb'"end_id":"[^"]*"', b"", page)


@algorithms
@pytest.mark.parametrize("path", ["/", SUITE, "/_dash-layout"])
def test_what_is_compressed_expands_to_what_it_was(client: FlaskClient, path: str, algorithm: str) -> None:
    response = fetch(client, path, algorithm)
    plain = fetch(client, path, "identity")
    assert response.headers["Content-Encoding"] == algorithm
    assert without_token(EXPAND[algorithm](response.get_data())) == without_token(plain.get_data())
    assert len(response.get_data()) < 0.6 * len(plain.get_data())
    assert "Accept-Encoding" in response.headers["Vary"]


@algorithms
@pytest.mark.filterwarnings("ignore:unclosed file:ResourceWarning")  # Flask-Compress leaves it to be collected
def test_a_module_is_compressed(client: FlaskClient, algorithm: str) -> None:
    response = fetch(client, "/assets/main.mjs", f"{algorithm}, deflate, br")
    assert response.headers["Content-Encoding"]
    assert len(response.get_data()) < 0.6 * len(fetch(client, "/assets/main.mjs", "identity").get_data())


def test_who_asks_for_nothing_gets_it_plain(client: FlaskClient) -> None:
    assert "Content-Encoding" not in client.get(SUITE).headers


def test_browsers_get_the_algorithm_that_is_cheapest_for_both(client: FlaskClient) -> None:
    assert fetch(client, "/", "gzip, deflate, br, zstd").headers["Content-Encoding"] == "zstd"


@algorithms
def test_a_script_of_dash_is_compressed_once(fresh: Dash, compressed: list[int], algorithm: str) -> None:
    client = fresh.server.test_client()
    bodies = {fetch(client, SUITE, algorithm).get_data() for _ in range(3)}
    assert len(bodies) == 1
    assert len(compressed) == 1


def test_every_script_of_the_page_is_compressed_once(fresh: Dash, compressed: list[int]) -> None:
    client = fresh.server.test_client()
    urls = [url for url in Page(client.get("/").get_data(as_text=True)).urls if "component-suites" in url]
    for _ in range(2):
        for url in urls:
            fetch(client, url, "zstd")
    assert len(urls) > 3
    assert len(compressed) == len(urls)


def test_a_script_is_compressed_once_whatever_fingerprint_or_question_it_is_asked_for_with(
    fresh: Dash, compressed: list[int]
) -> None:
    """They all name one file; were each kept, anybody could fill the memory by counting upwards."""
    client = fresh.server.test_client()
    sizes = Counter(
        len(fetch(client, f"{SUITE[:-3]}{fingerprint}.js{query}", "zstd").get_data())
        for fingerprint in ("", ".v1m1", ".v1m2", ".v4_4_1m1795243155")
        for query in ("", "?", "?x=1", "?x=2")
    )
    assert sizes.total() == 16
    assert len(sizes) == 1
    assert len(compressed) == 1


def test_a_script_in_different_encodings_is_the_same_script(fresh: Dash) -> None:
    client = fresh.server.test_client()
    plain = fetch(client, SUITE, "identity").get_data()
    for algorithm in [*EXPAND, *EXPAND]:
        response = fetch(client, SUITE, algorithm)
        assert response.headers["Content-Encoding"] == algorithm
        assert EXPAND[algorithm](response.get_data()) == plain


def test_different_scripts_are_not_mixed_up(fresh: Dash) -> None:
    client = fresh.server.test_client()
    urls = [url for url in Page(client.get("/").get_data(as_text=True)).urls if "component-suites" in url]
    for url in [*urls, *reversed(urls)]:
        assert EXPAND["zstd"](fetch(client, url, "zstd").get_data()) == fetch(client, url, "identity").get_data()


def test_a_script_that_is_missing_is_not_kept(fresh: Dash) -> None:
    client = fresh.server.test_client()
    assert fetch(client, "/assets/lib/missing.mjs", "zstd").status_code == 404
    assert fetch(client, SUITE, "zstd").status_code == 200


def test_the_page_is_compressed_each_time(fresh: Dash, compressed: list[int]) -> None:
    client = fresh.server.test_client()
    for n in (1, 2, 3):
        fetch(client, "/", "zstd")
        assert len(compressed) == n


@pytest.mark.parametrize("path", ["/_dash-layout", "/_dash-dependencies"])
def test_what_dash_says_of_the_page_is_written_and_compressed_once(
    fresh: Dash, compressed: list[int], path: str
) -> None:
    client = fresh.server.test_client()
    assert len({fetch(client, path, "zstd").get_data() for _ in range(3)}) == 1
    assert len(compressed) == 1


def test_answers_of_callbacks_are_compressed_each_time_and_each_is_its_own(fresh: Dash, compressed: list[int]) -> None:
    client = fresh.server.test_client()
    client.environ_base["HTTP_ACCEPT_ENCODING"] = "zstd"
    bodies = []
    for sequence in (1, 2, 3):
        response = ask(client, {"sequence": sequence, "document": serialise(spiral_model())})
        assert response.headers["Content-Encoding"] == "zstd"
        bodies.append(EXPAND["zstd"](response.get_data()))
    assert [f'"sequence":{n}'.encode() in body for n, body in enumerate(bodies, 1)] == [True] * 3
    assert len(compressed) == 3


@pytest.mark.parametrize(
    ("method", "path", "key"),
    [
        ("GET", SUITE, SUITE),
        ("GET", f"{SUITE}?m=1", SUITE),
        ("POST", SUITE, NOT_KEPT),
        ("GET", "/", NOT_KEPT),
        ("GET", "/_dash-layout", "/_dash-layout"),
        ("GET", "/_dash-layout/", NOT_KEPT),
        ("GET", "/_dash-layouts", NOT_KEPT),
        ("GET", "/assets/main.mjs", NOT_KEPT),
        ("POST", "/_dash-update-component", NOT_KEPT),
        ("GET", "/assets/_dash-component-suites/a.js", NOT_KEPT),
    ],
)
def test_only_what_never_changes_is_kept(method: str, path: str, key: str) -> None:
    assert cache_key(Request(EnvironBuilder(path, method=method).get_environ())) == key


@algorithms
def test_what_is_not_kept_is_not_found_again(algorithm: str) -> None:
    kept = CompressedScripts()
    for key in (SUITE, NOT_KEPT):
        kept.set(f"{algorithm};{key}", b"compressed")
    assert kept.get(f"{algorithm};{SUITE}") == b"compressed"
    assert kept.get(f"{algorithm};{NOT_KEPT}") is None


@algorithms
def test_a_stream_is_sent_as_it_is(client: FlaskClient, algorithm: str) -> None:
    """Compressed lines would wait in the compressor until enough of them had come together."""
    body = {"model": serialise(spiral_model()), "epochs": 3}
    response = fetch(client, "/api/train", algorithm, method="POST", json=body)
    assert "Content-Encoding" not in response.headers
    assert "Content-Length" not in response.headers
    assert response.headers["X-Accel-Buffering"] == "no"  # nor may a proxy before the server hold it back
    assert response.get_data().startswith(b'{"epoch":')
