"""Tasks through real Celery workers at a real Redis server: the same bits, in order, bounded, and as JSON."""

import pickle
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from kombu import Connection, Producer

from app import cluster
from app.application import choose_worker
from app.cluster import CONFIGURATION, MOST_WAITING, QUEUE, CeleryWorker, application
from app.settings import read_settings
from app.tasks import TASKS, Payload, perform
from app.worker import TaskError, Worker, WorkerError
from nets import Model, create, dataset, serialise
from tests.app.applications import application as web_application
from tests.app.clusters import ROOT, RedisServer, celery_processes
from tests.app.conditions import until
from tests.app.processes import is_running
from tests.app.runs import assert_is_that_run, oracle, read_lines, slice_payload, without_time
from tests.app.servers import HOST, free_port
from tests.app.toys import HARD, LIMITS, SOFT, TOYS
from tests.nets.models import spiral_model

WIDE = create(dataset("spiral", 3, n=300), hidden=[16, 16], activation="relu")
NOBODY = 1  # a database where no worker looks


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture(scope="module", autouse=True)
def workers(server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch, celery_processes(server.url, tmp_path_factory.mktemp("workers")):
        for name, task in TOYS.items():
            patch.setitem(TASKS, name, task)
        for name, limit in LIMITS.items():  # which travel with a message
            patch.setitem(CONFIGURATION, name, limit)
        yield


@pytest.fixture
def worker(server: RedisServer) -> Iterator[CeleryWorker]:
    worker = CeleryWorker(server.url, 2)
    yield worker
    worker.close()


@pytest.fixture
def impatient(server: RedisServer) -> Iterator[CeleryWorker]:
    worker = CeleryWorker(server.url, 2, patience=0.1, longest=0.3)
    yield worker
    worker.close()


@pytest.fixture
def patient(server: RedisServer) -> Iterator[CeleryWorker]:
    """One that does not ask again."""
    worker = CeleryWorker(server.url, 2, patience=30)
    yield worker
    worker.close()


def payload(model: Model, task: str) -> Payload:
    asked = slice_payload(model)
    if task == "train":
        return asked
    neuron = {"layer": 1, "neuron": 2, "kind": "activation"} if task == "curvature" else {}
    return {"document": asked["document"], **neuron}


def both_processes(worker: CeleryWorker, *, but: frozenset[int] = frozenset()) -> frozenset[int]:
    """Ask until both processes of the worker have answered; those that are left out are taken to have ended."""
    found: set[int] = set()

    def ask() -> bool:
        with ThreadPoolExecutor(4) as pool:
            found.update(pool.map(lambda _: worker.run("echo", {})["pid"], range(8)))
        return len(found - but) >= 2

    until(ask, "both processes answer")
    return frozenset(found - but)


# What comes back.


def test_a_celery_worker_is_a_worker(worker: CeleryWorker) -> None:
    checked: Worker = worker
    assert checked.processes == 2


@pytest.mark.parametrize("model", [spiral_model(), WIDE], ids=["small", "wide"])
@pytest.mark.parametrize("task", ["train", "gradient", "measures", "regions", "curvature"])
def test_a_task_gives_the_same_bits_as_here(worker: CeleryWorker, task: str, model: Model) -> None:
    asked = payload(model, task)
    assert without_time(worker.run(task, asked)) == without_time(perform(task, asked))


def test_every_task_is_one_of_celerys(server: RedisServer) -> None:
    celery = application(server.url)
    assert {name for name in celery.tasks if not name.startswith("celery.")} == set(TASKS)


@pytest.mark.parametrize("model", [spiral_model(optimizer="lbfgs"), WIDE], ids=["lbfgs", "wide"])
def test_the_same_document_gives_the_same_stream_bit_by_bit(worker: CeleryWorker, model: Model) -> None:
    app = web_application(worker)
    asked = {"model": serialise(model), "epochs": 40}
    with app.server.test_client().post("/api/train", json=asked) as response:
        assert_is_that_run(read_lines(response.get_data()), oracle(model, 40))


def test_what_has_no_value_arrives_as_nothing(worker: CeleryWorker) -> None:
    assert worker.run("echo", {"a": float("nan"), "b": [float("inf"), "ü"]})["b"] == [None, "ü"]


def test_sixty_four_threads_that_ask_at_once_all_get_their_own_answers(
    server: RedisServer, worker: CeleryWorker
) -> None:
    both_processes(worker)
    before = server.n_connections()
    crowded = CeleryWorker(server.url, 4)

    def ask(number: int) -> list[int]:
        return [crowded.run("echo", {"number": (number, k)})["number"] for k in range(5)]

    with ThreadPoolExecutor(64) as pool:
        assert list(pool.map(ask, range(64))) == [[[number, k] for k in range(5)] for number in range(64)]
    # for each of the four a connection to ask with, one that belongs to it, and one to wait at
    assert server.n_connections() - before <= 3 * crowded.processes
    crowded.close()
    until(lambda: server.n_connections() == before, "its connections are closed")
    with server.client() as client:
        assert client.keys("relief-answer-*") == []


def test_an_error_of_a_task_is_the_callers(worker: CeleryWorker) -> None:
    with pytest.raises(TaskError, match="ValueError: as it was asked to"):
        worker.run("fail", {})
    with pytest.raises(TaskError, match="there is no task 'dream'"):
        worker.run("dream", {})
    with pytest.raises(TaskError, match="KeyError"):
        worker.run("train", {})


# What lies in Redis.


def test_no_more_tasks_are_with_the_workers_than_there_are_places(worker: CeleryWorker, server: RedisServer) -> None:
    seen = set()
    with ThreadPoolExecutor(32) as pool, server.client() as client:
        asked = [pool.submit(worker.run, "echo", {"number": number}) for number in range(200)]
        while not all(future.done() for future in asked):
            with client.pipeline() as pipeline:
                seen.add(sum(pipeline.llen(QUEUE).hlen("unacked").execute()))
    # one more may be on its way out, its answer having been faster than its acknowledgement
    assert 1 <= max(seen) <= 2 * worker.processes
    assert {future.result()["number"] for future in asked} == set(range(200))


def test_what_nobody_takes_away_is_bounded_and_who_asked_is_told(
    server: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "MOST_WAITING", 8)
    with server.client(NOBODY) as client, ThreadPoolExecutor(8) as pool:
        for _ in range(4):
            lonely = CeleryWorker(server.database(NOBODY), 8, patience=0.01, longest=0.3)
            for future in [pool.submit(lonely.run, "echo", {}) for _ in range(8)]:
                with pytest.raises(WorkerError, match=r"no background process has answered within 0\.3 s"):
                    future.result()
            assert client.llen(QUEUE) <= 8 + lonely.processes
            lonely.close()
        client.flushdb()
    assert MOST_WAITING >= 64


def test_what_nobody_waits_for_any_more_is_not_done(
    worker: CeleryWorker, impatient: CeleryWorker, tmp_path: Path, server: RedisServer
) -> None:
    busy, never = tmp_path / "busy", tmp_path / "never"
    with ThreadPoolExecutor(2) as pool:
        sleeping = [pool.submit(worker.run, "sleep", {"seconds": 1.0, "mark": str(busy)}) for _ in range(2)]
        until(lambda: busy.exists() and len(busy.read_text().split()) == 2, "both processes sleep")
        with pytest.raises(WorkerError):
            impatient.run("sleep", {"seconds": 0, "mark": str(never)})
        for future in sleeping:
            future.result()
    with server.client() as client:
        until(lambda: client.llen(QUEUE) == client.hlen("unacked") == 0, "the queue is empty")
    assert not never.exists()


def test_an_answer_that_nobody_fetches_is_forgotten(
    impatient: CeleryWorker, server: RedisServer, tmp_path: Path
) -> None:
    with server.client() as client:
        with pytest.raises(WorkerError):
            impatient.run("sleep", {"seconds": 0.5, "mark": str(tmp_path / "mark")})
        (answer, *_) = until(lambda: client.keys("relief-answer-*"), "the answer comes")
        assert 0 < client.ttl(answer) <= CONFIGURATION["result_expires"]
        client.delete(answer)


# What is refused.


class Trap:
    """What unpickling it does: it makes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return (Path.touch, (self.path,))


@pytest.mark.parametrize(
    "content_type", ["application/x-python-serialize", "application/x-yaml", "application/x-unheard-of", "text/plain"]
)
def test_nothing_but_json_is_read(worker: CeleryWorker, server: RedisServer, tmp_path: Path, content_type: str) -> None:
    trap = tmp_path / "sprung"
    body = pickle.dumps(((Trap(trap),), {}, {}))
    headers = {"task": "echo", "id": "x", "lang": "py", "root_id": "x", "parent_id": None, "group": None}
    with Connection(server.url) as connection, Producer(connection) as producer:
        producer.publish(body, routing_key=QUEUE, content_type=content_type, content_encoding="binary", headers=headers)
    with server.client() as client:
        until(lambda: client.llen(QUEUE) == client.hlen("unacked") == 0, "it is taken away")
    assert worker.run("echo", {"is": "well"})["is"] == "well"
    assert not trap.exists()


def test_a_task_that_takes_too_long_is_interrupted_and_the_worker_goes_on(
    patient: CeleryWorker, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    start = time.monotonic()
    with pytest.raises(WorkerError, match="a task took more than"):
        patient.run("sleep", {"seconds": 60, "mark": str(mark)})
    assert time.monotonic() - start >= SOFT
    assert int(mark.read_text()) in both_processes(patient)


def test_one_that_refuses_to_be_interrupted_is_killed_and_replaced(patient: CeleryWorker) -> None:
    before = both_processes(patient)
    start = time.monotonic()
    with pytest.raises(WorkerError, match="a task took more than"):
        patient.run("refuse_to_end", {})
    assert time.monotonic() - start >= HARD
    ended = until(lambda: {pid for pid in before if not is_running(pid)}, "its process ends")
    assert len(ended) == 1
    assert len(both_processes(patient, but=frozenset(ended))) == 2


# Choosing it.


def test_the_setting_chooses_it(server: RedisServer) -> None:
    chosen = choose_worker(read_settings({"CELERY_BROKER_URL": server.url, "RELIEF_PROCESSES": "3"}))
    assert isinstance(chosen, CeleryWorker)
    assert chosen.processes == 3
    assert chosen.run("echo", {"is": "well"})["is"] == "well"
    chosen.close()


@pytest.mark.parametrize("url", ["amqp://somebody:secret@localhost//", "localhost:6379", "http://localhost"])
def test_an_address_that_is_not_of_redis_is_refused_and_its_password_kept(url: str) -> None:
    with pytest.raises(ValueError, match=r"CELERY_BROKER_URL begins with .*; expected redis://") as caught:
        choose_worker(read_settings({"CELERY_BROKER_URL": url}))
    assert "secret" not in str(caught.value)


def test_where_celery_is_not_installed_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "celery", None)  # importing it fails
    monkeypatch.delitem(sys.modules, "app.cluster")
    with pytest.raises(ValueError, match=r"Celery is not installed: pip install -r requirements-cluster\.lock"):
        choose_worker(read_settings({"CELERY_BROKER_URL": "redis://localhost"}))
    assert (ROOT / "requirements-cluster.lock").exists()


@pytest.mark.parametrize(
    ("command", "url", "told"),
    [
        (["-m", "gunicorn"], "amqp://localhost", "CELERY_BROKER_URL begins with 'amqp'"),
        (["-m", "app.celery_worker"], "", "CELERY_BROKER_URL is not set"),
    ],
    ids=["server", "worker"],
)
def test_what_cannot_work_does_not_start_and_says_why(command: list[str], url: str, told: str) -> None:
    environment = {"CELERY_BROKER_URL": url, "HOST": HOST, "PORT": str(free_port())}
    done = subprocess.run(
        [sys.executable, *command], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert told in done.stderr


# Nobody there.


def test_where_there_is_no_redis_it_gives_up_in_time(tmp_path: Path) -> None:
    worker = CeleryWorker(f"redis://{HOST}:{free_port()}/0", 2, longest=0.5)
    start = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        for future in [pool.submit(worker.run, "echo", {}) for _ in range(16)]:
            with pytest.raises(WorkerError):
                future.result()
    assert time.monotonic() - start < 10
    worker.close()


def test_close_ends_what_is_waiting_and_can_be_called_twice(server: RedisServer) -> None:
    worker = CeleryWorker(server.database(NOBODY), 1)
    told: list[str] = []

    def ask() -> None:
        try:
            worker.run("echo", {})
        except WorkerError as error:
            told.append(str(error))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    with server.client(NOBODY) as client:
        until(lambda: client.llen(QUEUE), "a task waits")
        worker.close()
        worker.close()
        client.flushdb()
    for thread in threads:
        thread.join()
    assert told == ["this server is about to end"] * 4
