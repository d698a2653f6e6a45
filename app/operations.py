"""What an operator asks: whether it is alive, whether it is ready, and how much is going on."""

import threading
from concurrent.futures import Future

import orjson
from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST

from app.background import Background
from app.metrics import Metrics
from app.places import RETRY_AFTER
from app.worker import Worker

READY_TIME = 2.0  # s in which the background answers, when it is well


def register(server: Flask, background: Background, metrics: Metrics) -> None:
    """Add ``/healthz``, ``/readyz`` and ``/metrics`` to a Flask server."""
    readiness = Readiness(background.worker)

    @server.get("/healthz")
    def healthz() -> Response:
        return _status(200, "ok")

    @server.get("/readyz")
    def readyz() -> Response:
        reason = "the server is ending" if background.streams.is_closed else readiness.reason_against()
        if reason is None:
            return _status(200, "ready")
        response = _status(503, reason)
        response.headers["Retry-After"] = str(RETRY_AFTER)
        return response

    @server.get("/metrics")
    def all_metrics() -> Response:
        return Response(metrics.text(), content_type=CONTENT_TYPE_LATEST)


def _status(code: int, status: str) -> Response:
    return Response(orjson.dumps({"status": status}), code, mimetype="application/json")


class Readiness:
    """Asks a worker whether it answers, once at a time however many want to know."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._lock = threading.Lock()
        self._asked: Future[None] | None = None

    def reason_against(self) -> str | None:
        """Return None when the background answers in time, else what is wrong."""
        try:
            self._ask().result(READY_TIME)
        except TimeoutError:
            return f"the background has not answered within {READY_TIME:g} s"
        except Exception as error:
            return f"the background does not answer: {error}"
        return None

    def _ask(self) -> "Future[None]":
        with self._lock:
            if self._asked is None:
                self._asked = Future()
                # a thread that does not keep the server from ending, whatever the background does
                threading.Thread(target=self._be_answered, args=(self._asked,), daemon=True).start()
            return self._asked

    def _be_answered(self, asked: "Future[None]") -> None:
        try:
            self._worker.run("ready", {})
        except Exception as error:
            outcome: Exception | None = error
        else:
            outcome = None
        with self._lock:
            self._asked = None
        if outcome is None:
            asked.set_result(None)
        else:
            asked.set_exception(outcome)
