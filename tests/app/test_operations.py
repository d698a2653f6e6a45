"""What an operator asks: whether it is alive, whether it is ready, and how much is going on."""

import json
import threading
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

import app as app_package
from app import VERSION, create_app, operations
from app.metrics import RUN_METRICS
from app.runs import Runs
from app.settings import read_settings
from app.stream import Run
from app.tasks import Payload
from app.worker import WorkerError
from nets import create, dataset, serialise
from tests.app.applications import fetch
from tests.app.runs import read_lines
from tests.app.workers import InProcessWorker
from tests.nets.models import spiral_model

ROOT = Path(app_package.__file__).parent.parent
DOCUMENT = serialise(spiral_model())
NAN_MODEL = create(dataset("moons", n=40), hidden=[2], activation="log")


class Operated:
    """An application with its log and its metrics."""

    def __init__(self, before: Callable[[Payload], None] = lambda payload: None) -> None:
        self.log: list[str] = []
        self.worker = InProcessWorker(before=before)
        self.app = create_app(read_settings({}), self.worker, self.log.append)
        self.client: FlaskClient = self.app.server.test_client()

    def train(self, **request: Any) -> list[dict[str, Any]]:
        answer = self.client.post("/api/train", json={"model": DOCUMENT, **request})
        return read_lines(answer.get_data())

    def metric(self, sample: str, **labels: str) -> float:
        """Return the sum of all samples of that name with those labels, read by the official parser."""
        text = self.client.get("/metrics").get_data(as_text=True)
        return sum(
            one.value
            for family in text_string_to_metric_families(text)
            for one in family.samples
            if one.name == sample and labels.items() <= one.labels.items()
        )

    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log]


@pytest.fixture
def operated() -> Operated:
    return Operated()


# Alive, ready.


def test_whether_it_is_alive_is_answered_without_the_background() -> None:
    def fail(payload: Payload) -> None:
        raise AssertionError("asked")

    answer = Operated(fail).client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_it_is_ready_when_the_background_answers(operated: Operated) -> None:
    for _ in range(2):
        answer = operated.client.get("/readyz")
        assert (answer.status_code, answer.json) == (200, {"status": "ready"})
    assert operated.worker.payloads == [{}, {}]


def test_it_is_not_ready_when_the_background_fails_and_says_why() -> None:
    def fail(payload: Payload) -> None:
        raise WorkerError("the broker is away")

    operated = Operated(fail)
    answer = operated.client.get("/readyz")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.json == {"status": "the background does not answer: the broker is away"}
    assert operated.metric("relief_background_failures_total", task="ready") == 1


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    gate = threading.Event()
    yield gate
    gate.set()


def test_it_is_not_ready_when_the_background_takes_too_long(
    gate: threading.Event, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is asked once, however many want to know; and is ready again when it answers."""
    monkeypatch.setattr(operations, "READY_TIME", 0.1)
    operated = Operated(lambda payload: gate.wait() and None)
    for _ in range(3):
        answer = operated.client.get("/readyz")
        assert (answer.status_code, answer.json) == (503, {"status": "the background has not answered within 0.1 s"})
    assert len(operated.worker.payloads) == 1
    gate.set()
    monkeypatch.setattr(operations, "READY_TIME", 20.0)
    assert operated.client.get("/readyz").status_code == 200


def test_a_server_that_is_ending_is_alive_but_not_ready_and_takes_no_more_runs(operated: Operated) -> None:
    operated.app.server.extensions["background"].close()
    assert operated.client.get("/healthz").status_code == 200
    answer = operated.client.get("/readyz")
    assert (answer.status_code, answer.json) == (503, {"status": "the server is ending"})
    refused = operated.client.post("/api/train", json={"model": DOCUMENT})
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")


# How much is going on.


def test_metrics_come_in_the_format_they_are_scraped_in(operated: Operated) -> None:
    answer = operated.client.get("/metrics")
    assert answer.content_type.startswith("text/plain; version=")
    families = {family.name for family in text_string_to_metric_families(answer.get_data(as_text=True))}
    assert families >= {name for name, _ in RUN_METRICS.values()} | {
        "relief_build_info",
        "relief_runs",
        "relief_streams_open",
        "relief_turns_waiting",
        "relief_request_seconds",
        "relief_background_failures",
        "process_resident_memory_bytes",
        "process_cpu_seconds",
    }
    assert operated.metric("relief_build_info", version=VERSION) == 1


def test_the_version_is_that_of_the_project() -> None:
    assert tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"] == VERSION


def test_numbers_add_up_after_known_runs(operated: Operated) -> None:
    lines = operated.train(epochs=7) + operated.train(epochs=5)
    slices = sum("epochs" in payload for payload in operated.worker.payloads)
    work = sum(result["work"] for result in operated.worker.results)
    assert operated.metric("relief_epochs_total") == 12
    assert operated.metric("relief_snapshots_total") == len(lines)
    assert operated.metric("relief_slices_total") == slices
    assert operated.metric("relief_slice_seconds_total") == pytest.approx(work)
    assert operated.metric("relief_queue_seconds_total") >= 0
    assert operated.metric("relief_runs_total", end="epochs") == operated.metric("relief_runs_total") == 2
    assert operated.metric("relief_streams_open") == 0


def test_a_run_that_is_under_way_is_counted_already(operated: Operated) -> None:
    with operated.client.post("/api/train", json={"model": DOCUMENT}, buffered=False) as answer:
        next(answer.response)
        assert operated.metric("relief_streams_open") == 1
        assert operated.metric("relief_slices_total") == 1
        assert operated.metric("relief_epochs_total") > 0
        assert operated.metric("relief_runs_total") == 0
        assert operated.log == []
    assert operated.metric("relief_streams_open") == 0
    assert operated.metric("relief_slices_total") == 1
    assert operated.metric("relief_runs_total", end="closed") == 1


def test_requests_are_counted_by_route_and_status(operated: Operated) -> None:
    operated.train(epochs=1)
    operated.client.post("/api/train", json={})
    for name in ("xor", "plane", "nothing"):
        fetch(operated.client, f"/api/presets/{name}")
    fetch(operated.client, "/", headers={"Host": "evil.example"})
    count = "relief_request_seconds_count"
    assert operated.metric(count, route="/api/train", status="200") == 1
    assert operated.metric(count, route="/api/train", status="422") == 1
    assert operated.metric(count, route="/api/presets/<name>", status="200") == 2
    assert operated.metric(count, route="/api/presets/<name>", status="404") == 1
    assert operated.metric(count, status="400") == 1
    assert operated.metric("relief_request_seconds_bucket", route="/api/train", le="+Inf") == 2


def test_names_that_visitors_make_up_do_not_become_metrics(operated: Operated) -> None:
    for number in range(20):
        fetch(operated.client, f"/api/{number}")
        fetch(operated.client, f"/assets/{number}.mjs")
        fetch(operated.client, "/api/train", method="POST", headers={"X-Relief-Session": f"name{number}"})
    text = operated.client.get("/metrics").get_data(as_text=True)
    assert "name1" not in text
    assert "/assets/1" not in text


def test_two_applications_count_for_themselves() -> None:
    first, second = Operated(), Operated()
    first.train(epochs=3)
    assert (first.metric("relief_epochs_total"), second.metric("relief_epochs_total")) == (3, 0)


# A line for each run.


def test_a_run_leaves_one_line_when_it_has_ended(operated: Operated) -> None:
    operated.train(epochs=7)
    (line,) = operated.log_lines()
    assert {name: line[name] for name in ("event", "network", "epochs", "end")} == {
        "event": "run",
        "network": "2-" + "-".join(str(layer.width) for layer in spiral_model().layers),
        "epochs": 7,
        "end": "epochs",
    }
    assert set(line) == {
        "time", "event", "seconds", "network", "epochs", "snapshots", "slices", "busy", "waited", "end",
    }  # fmt: skip
    assert line["seconds"] >= line["busy"] > 0
    assert line["slices"] >= 1
    assert line["time"].endswith("+00:00")


def test_the_line_says_nothing_about_whose_run_it_was(operated: Operated) -> None:
    operated.client.post(
        "/api/train", json={"model": DOCUMENT, "epochs": 1}, headers={"X-Relief-Session": "somebody"}
    ).get_data()
    assert "somebody" not in operated.log[0]
    assert "127.0.0.1" not in operated.log[0]


@pytest.mark.parametrize(
    ("request_", "end"),
    [
        ({"epochs": 1}, "epochs"),
        ({"model": {**DOCUMENT, "training": {**DOCUMENT["training"], "stop": {"epoch": 1}}}}, "stopped"),
        ({"model": serialise(NAN_MODEL)}, "diverged"),
    ],
)
def test_it_says_how_the_run_ended(operated: Operated, request_: dict[str, Any], end: str) -> None:
    lines = operated.train(**request_)
    assert lines[-1]["end"] == end == operated.log_lines()[0]["end"]
    assert operated.metric("relief_runs_total", end=end) == 1


def test_a_background_that_fails_ends_the_run_and_says_so() -> None:
    def fail_later(payload: Payload) -> None:
        if len(operated.worker.payloads) > 1:
            raise WorkerError("the broker is away")

    operated = Operated(fail_later)
    assert "end" not in operated.train()[-1]
    assert operated.log_lines()[0]["end"] == "background"
    assert operated.metric("relief_background_failures_total", task="train") == 1


@pytest.mark.parametrize(("has_stalled", "end"), [(True, "stalled"), (False, "closed")])
def test_who_does_not_read_is_told_from_who_leaves(has_stalled: bool, end: str) -> None:
    written: list[str] = []
    runs = Runs(written.append)
    with runs.follow(Run(spiral_model()), lambda: has_stalled):
        pass
    assert json.loads(written[0])["end"] == end
    assert runs.totals().endings == {end: 1}


def test_a_mistake_of_ours_is_no_ending_like_others() -> None:
    written: list[str] = []
    with pytest.raises(ZeroDivisionError), Runs(written.append).follow(Run(spiral_model())):
        raise ZeroDivisionError
    assert json.loads(written[0])["end"] == "failed"
