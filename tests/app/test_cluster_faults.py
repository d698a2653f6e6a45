"""Nothing is lost in a cluster, whatever is killed, restarted or out of reach."""

import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import redis

from app import cluster
from app.cluster import CeleryWorker
from app.tasks import TASKS
from nets import Budget, Model, train_slice
from tests.app.clusters import CeleryProcess, RedisServer, celery_processes, end
from tests.app.conditions import until
from tests.app.processes import children, is_running, state
from tests.app.runs import at_checkpoint, slice_payload
from tests.app.toys import TOYS
from tests.nets.models import bits, spiral_model

SLICES, EPOCHS = 10, 500


@pytest.fixture(scope="module", autouse=True)
def toys() -> Iterator[None]:
    """Tasks to look at; and nobody waits long for what does not come."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cluster, "LOOK", 0.2)
        for name, task in TOYS.items():
            patch.setitem(TASKS, name, task)
        yield


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(4) as pool:
        yield pool


@contextmanager
def asking(server: RedisServer, patience: float) -> Iterator[CeleryWorker]:
    worker = CeleryWorker(server.url, 2, patience=patience)
    try:
        yield worker
    finally:
        worker.close()


def busy(celery: CeleryProcess) -> set[int]:
    """Return those processes of a worker that are on a processor, or want to be, at this moment."""
    return {pid for pid in children(celery.pid) if state(pid) == "R"}


def sleeper(mark: Path) -> int:
    """Return the process that began to sleep last."""
    return int(until(lambda: mark.exists() and mark.read_text().split(), "a process is in mid-task")[-1])


# Workers that are killed.


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.kill()


@pytest.fixture(scope="module")
def workers(server: RedisServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[CeleryProcess]]:
    with celery_processes(server.url, tmp_path_factory.mktemp("workers"), number=2, processes=1) as workers:
        yield workers


def test_a_process_that_is_killed_in_mid_task_loses_nothing(
    workers: list[CeleryProcess], server: RedisServer, pool: ThreadPoolExecutor, tmp_path: Path
) -> None:
    """Its task goes back into the queue, long before anybody asks again."""
    mark = tmp_path / "mark"
    with asking(server, patience=20) as worker:
        asked = pool.submit(worker.run, "sleep", {"seconds": 0.5, "mark": str(mark)})
        victim = sleeper(mark)
        os.kill(victim, signal.SIGKILL)
        assert asked.result()["pid"] != victim
    assert len(mark.read_text().split()) == 2


def test_a_process_that_is_killed_in_mid_slice_leaves_the_run_as_it_was(
    workers: list[CeleryProcess], server: RedisServer, pool: ThreadPoolExecutor
) -> None:
    model = spiral_model()
    with asking(server, patience=20) as worker:
        run = pool.submit(run_in_slices, worker, model)
        victim = until(lambda: next(iter(set().union(*map(busy, workers))), None), "a process is training")
        os.kill(victim, signal.SIGKILL)
        until(lambda: not is_running(victim), "it ends")
        assert bits(run.result()) == undisturbed(model)


def test_a_whole_worker_that_is_killed_loses_nothing(
    workers: list[CeleryProcess], server: RedisServer, pool: ThreadPoolExecutor, tmp_path: Path
) -> None:
    """Nobody is left to give its task back: it is asked for again."""
    mark = tmp_path / "mark"
    with asking(server, patience=1) as worker:
        asked = pool.submit(worker.run, "sleep", {"seconds": 0.5, "mark": str(mark)})
        victim = sleeper(mark)
        (hit,) = [celery for celery in workers if victim in children(celery.pid)]
        hit.kill()
        assert asked.result()["pid"] != victim


def test_the_processes_of_a_worker_that_is_killed_do_not_stay(
    workers: list[CeleryProcess], server: RedisServer
) -> None:
    (celery,) = [celery for celery in workers if celery.process.poll() is None]
    own = children(celery.pid)
    assert own
    os.kill(celery.pid, signal.SIGKILL)
    celery.process.wait()
    until(lambda: not any(map(is_running, own)), "its processes end")


def test_a_worker_that_is_told_to_end_finishes_what_it_does_and_leaves_nothing(
    server: RedisServer, pool: ThreadPoolExecutor, tmp_path: Path
) -> None:
    mark = tmp_path / "mark"
    with asking(server, patience=20) as worker, celery_processes(server.url, tmp_path / "one") as (celery,):
        asked = pool.submit(worker.run, "sleep", {"seconds": 0.5, "mark": str(mark)})
        sleeper(mark)
        celery.process.terminate()
        assert celery.process.wait() == 0
        assert len(mark.read_text().split()) == 1
        assert asked.result()
        assert [path.name for path in (tmp_path / "one" / "worker-0").iterdir()] == ["worker.log"]


# Redis that is not there.


def restart_with_its_data(server: RedisServer) -> None:
    server.kill()
    server.start()


def restart_without_its_data(server: RedisServer) -> None:
    server.kill()
    server.forget()
    server.start()


def be_out_of_reach(server: RedisServer) -> None:
    """Connections stay, and nothing comes on them, for longer than anybody listens."""
    os.kill(server.process.pid, signal.SIGSTOP)
    try:
        client = redis.Redis.from_url(server.url, socket_timeout=cluster.LOOK + 1.5)
        with client, pytest.raises(redis.TimeoutError):
            client.ping()
    finally:
        os.kill(server.process.pid, signal.SIGCONT)


@pytest.fixture(scope="module")
def remembering(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A Redis server that keeps everything in a file, with a worker that was there before it."""
    directory = tmp_path_factory.mktemp("remembering")
    server = RedisServer(directory, "--appendonly", "yes", "--appendfsync", "always")
    server.kill()
    celery = CeleryProcess(server.url, directory)
    try:
        until(lambda: "Connection refused" in celery.log.read_text(), "the worker finds no Redis")
        server.start()
        yield server
    finally:
        end([celery, server])


def test_a_worker_that_comes_before_redis_waits_for_it(remembering: RedisServer) -> None:
    with asking(remembering, patience=1) as worker:
        assert worker.run("echo", {"is": "well"})["is"] == "well"


@pytest.mark.parametrize("happen", [restart_with_its_data, restart_without_its_data, be_out_of_reach])
def test_whatever_redis_does_nothing_is_lost(
    remembering: RedisServer, pool: ThreadPoolExecutor, tmp_path: Path, happen: Callable[[RedisServer], None]
) -> None:
    mark = tmp_path / "mark"
    model = spiral_model()
    with asking(remembering, patience=1) as worker:
        run_in_slices(worker, model)
        asked = pool.submit(worker.run, "sleep", {"seconds": 0.3, "mark": str(mark)})
        sleeper(mark)
        happen(remembering)
        assert asked.result()
        assert bits(run_in_slices(worker, model)) == undisturbed(model)


def run_in_slices(worker: CeleryWorker, model: Model) -> Model:
    for _ in range(SLICES):
        model = at_checkpoint(model, worker.run("train", slice_payload(model, epochs=EPOCHS, snapshots=0)))
    return model


def undisturbed(model: Model) -> object:
    return bits(train_slice(model, Budget(epochs=SLICES * EPOCHS, snapshots=0)).model)
