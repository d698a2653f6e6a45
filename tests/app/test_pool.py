"""The worker on this machine: its processes train, survive what happens to them, and end with whoever started them."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import pairwise
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from app.environment import THREAD_LIMITS
from app.pool import TRIES, LocalWorker
from app.tasks import TASKS, Payload
from app.worker import TaskError, Worker, WorkerError
from nets import Budget, Model, create, dataset, train_slice
from tests.app.conditions import until
from tests.app.processes import descendants, environment, fork_servers, is_running, n_threads, state, trainers
from tests.app.runs import at_checkpoint, slice_payload, without_time
from tests.nets.models import bits, spiral_model

ROOT = Path(__file__).parent.parent.parent

LARGE = create(dataset("gaussians", 6, n=1000), hidden=[32] * 7)


@pytest.fixture
def worker() -> Iterator[LocalWorker]:
    worker = LocalWorker(2)
    yield worker
    worker.close()
    until(lambda: not trainers(), "the worker's processes end")


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """Threads to ask from, as those of the server do."""
    with ThreadPoolExecutor(16) as pool:
        yield pool


def run_in_slices(worker: LocalWorker, model: Model, slices: int, **budget: Any) -> Model:
    for _ in range(slices):
        model = at_checkpoint(model, worker.run("train", slice_payload(model, **budget)))
    return model


def test_a_local_worker_is_a_worker(worker: LocalWorker) -> None:
    checked: Worker = worker
    assert checked.processes == 2


def test_a_task_gives_the_same_in_another_process(worker: LocalWorker) -> None:
    asked = slice_payload(spiral_model())
    assert without_time(worker.run("train", asked)) == without_time(TASKS["train"](asked))
    assert trainers()


def test_nothing_is_started_before_there_is_something_to_do() -> None:
    before = descendants(os.getpid())
    worker = LocalWorker(2)
    assert descendants(os.getpid()) == before
    worker.close()


def test_an_error_of_a_task_is_the_callers(worker: LocalWorker) -> None:
    with pytest.raises(TaskError, match="KeyError: 'document'"):
        worker.run("train", {})
    with pytest.raises(TaskError, match="KeyError: 'dream'"):
        worker.run("dream", {})
    assert without_time(worker.run("train", slice_payload(spiral_model())))["ending"] is None


def test_a_process_has_one_thread_for_linear_algebra(worker: LocalWorker, pool: ThreadPoolExecutor) -> None:
    """Besides it there is the one that watches over the process that started it."""
    for future in [pool.submit(worker.run, "train", slice_payload(LARGE, seconds=0.1)) for _ in range(4)]:
        future.result()
    for pid in trainers():
        assert {name: environment(pid)[name] for name in THREAD_LIMITS} == dict.fromkeys(THREAD_LIMITS, "1")
        assert n_threads(pid) == 2


@pytest.mark.parametrize("processes", [1, 2, 3])
def test_there_are_never_more_processes_than_allowed(processes: int, pool: ThreadPoolExecutor) -> None:
    worker = LocalWorker(processes)
    futures = [pool.submit(worker.run, "train", slice_payload(LARGE, seconds=0.02, epochs=None)) for _ in range(40)]
    seen = set()
    while not all(future.done() for future in futures):
        seen.add(len(trainers()))
    for future in futures:
        future.result()
    assert max(seen) == processes
    worker.close()
    until(lambda: not trainers(), "the worker's processes end")


def test_slices_of_many_runs_are_served_in_turns(pool: ThreadPoolExecutor) -> None:
    """With one process, a run that asks again waits behind all that have asked meanwhile."""
    worker = LocalWorker(1)
    served: list[int] = []
    barrier = threading.Barrier(4)

    def run(number: int) -> None:
        barrier.wait()
        for _ in range(6):
            worker.run("train", slice_payload(LARGE, seconds=0.04, epochs=None))
            served.append(number)

    for future in [pool.submit(run, number) for number in range(4)]:
        future.result()
    worker.close()
    until(lambda: not trainers(), "the worker's processes end")
    latest = {number: [place for place, n in enumerate(served) if n == number] for number in range(4)}
    for places in latest.values():
        assert all(later - earlier <= 8 for earlier, later in pairwise(places))


def kill(pids: Iterable[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def busy_trainers() -> set[int]:
    """The processes that are on a processor, or want to be, at this moment."""
    return {pid for pid in trainers() if state(pid) == "R"}


def test_a_process_that_is_killed_in_mid_slice_loses_nothing(worker: LocalWorker, pool: ThreadPoolExecutor) -> None:
    model = spiral_model()
    worker.run("train", slice_payload(model, epochs=1))
    run = pool.submit(run_in_slices, worker, model, 4, epochs=600, snapshots=0)
    for _ in range(2):
        victims = until(busy_trainers, "a process is training")
        kill(victims)
        until(lambda victims=victims: not any(map(is_running, victims)), "the processes that were killed end")
    assert bits(run.result()) == bits(train_slice(model, Budget(epochs=2400, snapshots=0)).model)


def test_runs_of_others_survive_the_death_of_a_process(worker: LocalWorker, pool: ThreadPoolExecutor) -> None:
    model = spiral_model()
    runs = [pool.submit(run_in_slices, worker, model, 2, epochs=400, snapshots=0) for _ in range(6)]
    kill([min(until(busy_trainers, "a process is training"))])
    expected = bits(train_slice(model, Budget(epochs=800, snapshots=0)).model)
    assert [bits(run.result()) for run in runs] == [expected] * 6
    until(lambda: len(trainers()) <= 2, "there are no more processes than before")


def test_the_death_of_a_process_is_nobody_elses_business(worker: LocalWorker, pool: ThreadPoolExecutor) -> None:
    """However often one dies, a task beside it is not tried again."""
    long = pool.submit(worker.run, "train", slice_payload(LARGE, epochs=None, seconds=2.0))
    (its,) = until(busy_trainers, "a process is training")
    for _ in range(2 * TRIES):
        beside = pool.submit(worker.run, "train", slice_payload(LARGE, epochs=None, seconds=0.3))
        kill(until(lambda: busy_trainers() - {its}, "another process is training"))
        assert beside.result()["ending"] is None
        assert is_running(its)
    assert long.result()["seconds"] < 4


def test_a_task_that_takes_too_long_is_ended_and_others_go_on(pool: ThreadPoolExecutor) -> None:
    worker = LocalWorker(2, time_limit=1.0)
    long = pool.submit(worker.run, "train", slice_payload(LARGE, epochs=None, seconds=600.0))
    with pytest.raises(WorkerError, match="a task took more than 1 s"):
        long.result()
    assert without_time(worker.run("train", slice_payload(spiral_model())))["ending"] is None
    worker.close()
    until(lambda: not trainers(), "the worker's processes end")


def test_a_result_says_how_long_a_processor_worked_on_it(worker: LocalWorker) -> None:
    result = worker.run("train", slice_payload(LARGE, epochs=None, seconds=0.2))
    assert 0 < result["work"] <= result["seconds"] + 0.1


def test_the_death_of_the_fork_server_is_survived_too(worker: LocalWorker) -> None:
    model = spiral_model()
    before = run_in_slices(worker, model, 1)
    (server,) = fork_servers(os.getpid())
    victims = {server, *trainers()}
    kill(victims)
    until(lambda: not any(map(is_running, victims)), "the fork server and its processes end")
    assert bits(run_in_slices(worker, before, 1)) == bits(train_slice(model, Budget(epochs=6)).model)


def test_a_task_whose_process_dies_each_time_is_given_up(worker: LocalWorker, pool: ThreadPoolExecutor) -> None:
    doomed: Future[Payload] = pool.submit(worker.run, "train", slice_payload(LARGE, epochs=None, seconds=600.0))

    def is_given_up() -> bool:
        kill(trainers())
        return doomed.done()

    until(is_given_up, "the task is given up")
    with pytest.raises(WorkerError, match=f"the background process died {TRIES} times during 'train'"):
        doomed.result()
    assert worker.run("train", slice_payload(spiral_model()))["ending"] is None  # the next one is served again


def test_a_process_that_is_killed_while_it_is_started_is_started_again(
    worker: LocalWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    start, fates = ForkServerProcess.start, [BrokenPipeError, EOFError]

    def hindered(process: ForkServerProcess) -> None:
        if fates:
            raise fates.pop()
        start(process)

    monkeypatch.setattr(ForkServerProcess, "start", hindered)
    assert worker.run("train", slice_payload(spiral_model()))["ending"] is None
    assert fates == []


def test_close_ends_the_processes_and_can_be_called_twice() -> None:
    worker = LocalWorker(2)
    worker.run("train", slice_payload(spiral_model()))
    own = trainers()
    assert own
    worker.close()
    until(lambda: not any(is_running(pid) for pid in own), "the processes end")
    worker.close()


def test_a_worker_that_was_closed_starts_anew_when_it_is_used() -> None:
    worker = LocalWorker(1)
    first, second = (run_once_and_close(worker) for _ in range(2))
    assert first == second


def run_once_and_close(worker: LocalWorker) -> Payload:
    result = worker.run("train", slice_payload(spiral_model()))
    worker.close()
    until(lambda: not trainers(), "the worker's processes end")
    return without_time(result)


SERVER = """
import json, sys, threading
from app.pool import LocalWorker

worker = LocalWorker(2)
asked = json.load(open(sys.argv[1]))
for _ in range(4):
    threading.Thread(target=worker.run, args=("train", asked), daemon=True).start()
threading.Event().wait()
"""


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGTERM], ids=lambda end: end.name)
def test_the_processes_end_when_the_server_is_ended_though_they_are_in_mid_slice(
    end: signal.Signals, tmp_path: Path
) -> None:
    asked = tmp_path / "asked.json"
    asked.write_text(json.dumps(slice_payload(LARGE, epochs=None, seconds=600.0)))
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(asked)], cwd=ROOT)
    try:
        until(lambda: len(trainers(server.pid)) == 2, "the worker's processes start")
        own = descendants(server.pid)
        server.send_signal(end)
        until(lambda: not any(is_running(pid) for pid in own), "every process that it started ends")
    finally:
        server.kill()
        server.wait()
    assert server.returncode == -end
