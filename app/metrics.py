"""Metrics: what an operator wants to see, in the text format of Prometheus. Each application has its own."""

import platform
import time
from collections.abc import Iterable

from flask import Flask, Response, g, request
from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    Info,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector

from app import VERSION
from app.background import Background
from app.runs import Runs
from app.tasks import Payload
from app.worker import Worker

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # s

# Of every number of a run's record: name and meaning.
RUN_METRICS = {
    "epochs": ("relief_epochs", "Epochs of training that were finished"),
    "snapshots": ("relief_snapshots", "Moments that were sent"),
    "slices": ("relief_slices", "Turns of training"),
    "busy": ("relief_slice_seconds", "Processor seconds of training"),
    "waited": ("relief_queue_seconds", "Seconds for which runs waited for their turns"),
}


class Metrics:
    """The metrics of an application.

    Attributes:
        registry: of all of them.
    """

    def __init__(self, runs: Runs) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.registry.register(RunCollector(runs))
        Info("relief_build", "What this is", registry=self.registry).info(
            {"version": VERSION, "python": platform.python_version()}
        )
        self._failures = Counter(
            "relief_background_failures", "Tasks that the background did not do", ["task"], registry=self.registry
        )
        self._requests = Histogram(
            "relief_request_seconds",
            "Seconds until an answer began, by route and status; a run's goes on after that",
            ["route", "status"],
            buckets=BUCKETS,
            registry=self.registry,
        )

    def watched(self, worker: Worker) -> Worker:
        """Return a worker that does the same and has its failures counted."""
        return WatchedWorker(worker, self._failures)

    def watch(self, server: Flask, background: Background) -> None:
        """Count the requests of a server and look at its background; to be called before others look at requests."""
        streams = Gauge("relief_streams_open", "Runs under way", registry=self.registry)
        streams.set_function(lambda: background.streams.taken)
        waiting = Gauge("relief_turns_waiting", "Slices and questions that wait for a turn", registry=self.registry)
        waiting.set_function(lambda: background.turns.waiting)

        @server.before_request
        def begin() -> None:
            g.begun = time.perf_counter()

        @server.after_request
        def count(response: Response) -> Response:
            route = request.url_rule.rule if request.url_rule else "none"
            seconds = time.perf_counter() - g.begun
            self._requests.labels(route, str(response.status_code)).observe(seconds)
            return response

    def text(self) -> bytes:
        """Return all metrics as they are scraped."""
        return generate_latest(self.registry)


class RunCollector(Collector):
    """The runs' books as metrics: what open runs have done is in them as well."""

    def __init__(self, runs: Runs) -> None:
        self._runs = runs

    def collect(self) -> Iterable[Metric]:
        totals = self._runs.totals()
        for field, (name, meaning) in RUN_METRICS.items():
            yield CounterMetricFamily(name, meaning, value=totals.counts[field])
        ended = CounterMetricFamily("relief_runs", "Runs that have ended, by how they did", labels=["end"])
        for end, number in totals.endings.items():
            ended.add_metric([end], number)
        yield ended


class WatchedWorker:
    """A worker whose failures are counted."""

    def __init__(self, worker: Worker, failures: Counter) -> None:
        self.processes = worker.processes
        self._worker = worker
        self._failures = failures

    def run(self, task: str, payload: Payload) -> Payload:
        try:
            return self._worker.run(task, payload)
        except Exception:
            self._failures.labels(task).inc()
            raise

    def close(self) -> None:
        self._worker.close()
