"""Compression of what is sent, with the bytes of what never changes kept.

Plotly alone is 4.8 MB, and compressing it for each visitor of a class would take a core for
seconds. Dash serves such scripts under fingerprinted names, so what is compressed once stays
right, and so does the layout of the page; nothing else is kept.
"""

from typing import Any

from dash.fingerprint import check_fingerprint
from flask import Flask, Request

KEPT_BELOW = "/_dash-component-suites/"
KEPT = ("/_dash-layout", "/_dash-dependencies")
NOT_KEPT = ""


def configure(server: Flask) -> None:
    """Set Flask-Compress up; to be called before Dash starts it (``compress=True``)."""
    server.config["COMPRESS_ALGORITHM"] = ["zstd", "br", "gzip"]
    server.config["COMPRESS_BR_LEVEL"] = 5
    server.config["COMPRESS_MIMETYPES"] = [
        "text/html",
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/json",
        "image/svg+xml",
    ]
    server.config["COMPRESS_CACHE_KEY"] = cache_key
    server.config["COMPRESS_CACHE_BACKEND"] = CompressedScripts


def cache_key(request: Request) -> str:
    """Return the file whose bytes are asked for where they never change, else ``NOT_KEPT``.

    Dash takes any fingerprint and any query for the same file; keys with them in would grow without end.
    """
    if request.method != "GET" or not (request.path in KEPT or request.path.startswith(KEPT_BELOW)):
        return NOT_KEPT
    path: str = check_fingerprint(request.path)[0]
    return path


class CompressedScripts:
    """The cache Flask-Compress asks for; its keys are "algorithm;cache_key"."""

    def __init__(self) -> None:
        self._bytes: dict[str, Any] = {}

    def get(self, key: str) -> Any:
        return self._bytes.get(key)

    def set(self, key: str, value: Any) -> None:
        if not key.endswith(";" + NOT_KEPT):
            self._bytes[key] = value
