"""What a training slice costs beyond its bare computation."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from statistics import median, quantiles
from time import perf_counter
from typing import Any, NamedTuple

import orjson

from app import tasks
from app.stream import LONGEST_SLICE, SHORTEST_SLICE, SNAPSHOTS_A_SECOND, TURN
from app.tasks import Payload
from app.worker import LocalWorker
from nets.datasets import load
from nets.document import serialise
from nets.limits import LIMITS
from nets.model import Model, dataset
from tests.benchmark.networks import LARGEST, NETWORKS
from tests.benchmark.tables import Benchmark, Column

BUDGET = 3.0  # ms
FIRSTS = 5  # runs whose first slice is measured
SEEDS = count(100)


class Row(NamedTuple):
    """Times in ms: medians over slices, but for the first slice of a run and the slowest twentieth."""

    document: str
    kilobytes: float
    slice: float
    computation: float
    round_trip: float
    overhead: float
    overhead_p95: float
    task: float
    transport: float
    first: float
    budget: float = BUDGET


class Times(NamedTuple):
    """Of one slice, in seconds: the call of ``run``, the task in the worker, ``train_slice`` in the task."""

    round_trip: float
    task: float
    computation: float


def measure(repetitions: int) -> list[Row]:
    """Hand slices to a worker of one process, cases in turn."""
    cases = [
        (name, model, seconds) for name, model in documents().items() for seconds in (LONGEST_SLICE, SHORTEST_SLICE)
    ]
    with watched_worker() as worker:
        runs = [Run(worker, model, seconds) for _, model, seconds in cases]
        times = [[run.slice() for run in runs] for _ in range(repetitions)]
        firsts = [[Run(worker, other, run.seconds).slice() for other in others(run)] for run in runs]
    return [
        _row(name, run, list(taken), first)
        for (name, *_), run, taken, first in zip(cases, runs, zip(*times, strict=True), firsts, strict=True)
    ]


def documents() -> dict[str, Model]:
    """Return the models that are trained: small, with its own points as many as may be, and the largest network."""
    small = NETWORKS["2-8-8-3"]
    return {"2-8-8-3": small, "2-8-8-3, own 4,000 points": with_own_points(small), LARGEST: NETWORKS[LARGEST]}


def with_own_points(model: Model) -> Model:
    """Return the model with as many points as there may be, carried by the document itself."""
    spec = dataset(model.data.name or "spiral", n=LIMITS["points"])
    data = load(spec)
    points = tuple((x, y) for x, y in data.points.T.tolist())
    return replace(model, data=replace(spec, name=None, noise=0.0, points=points, targets=tuple(data.targets.tolist())))


def others(run: "Run") -> Iterator[Model]:
    """Yield models like this run's whose documents no process has seen."""
    for _ in range(FIRSTS):
        yield replace(run.model, data=replace(run.model.data, seed=next(SEEDS)))


class Run:
    """A run of training in a worker, slice after slice, as ``app.stream`` drives it."""

    def __init__(self, worker: LocalWorker, model: Model, seconds: float) -> None:
        document = serialise(model)
        self.worker, self.model, self.seconds = worker, model, seconds
        self.text = orjson.dumps(document).decode()
        self.state: Payload = {name: document[name] for name in ("parameters", "progress")}
        waiting = TURN if seconds == SHORTEST_SLICE else seconds  # since this run's last slice
        self.snapshots = round(SNAPSHOTS_A_SECOND * waiting)

    def slice(self) -> Times:
        budget = {"seconds": self.seconds, "epochs": None, "snapshots": self.snapshots}
        start = perf_counter()
        result = self.worker.run("train", {"document": self.text, **self.state, **budget})
        round_trip = perf_counter() - start
        self.state = {name: result[name] for name in self.state}
        return Times(round_trip, result["seconds"], _in_worker(self.worker, _last_computation))


@contextmanager
def watched_worker() -> Iterator[LocalWorker]:
    """Start a worker of one process whose ``train_slice`` is timed where it runs; it ends with the block."""
    worker = LocalWorker(processes=1)
    try:
        _in_worker(worker, _watch)
        yield worker
    finally:
        worker.close()


def _in_worker(worker: LocalWorker, function: Any) -> Any:
    return worker._current_pool().submit(function).result()


# The next two run in the worker's process.

_computations = [0.0]  # s, of the calls of train_slice


def _watch() -> None:
    train_slice = tasks.train_slice

    def timed(*arguments: Any) -> Any:
        start = perf_counter()
        result = train_slice(*arguments)
        _computations.append(perf_counter() - start)
        return result

    tasks.train_slice = timed


def _last_computation() -> float:
    return _computations[-1]


def _row(name: str, run: Run, times: list[Times], first: list[Times]) -> Row:
    def milliseconds(values: Iterator[float]) -> float:
        return 1000 * median(values)

    overheads = [one.round_trip - one.computation for one in times]
    return Row(
        name,
        len(run.text) / 1000,
        1000 * run.seconds,
        milliseconds(one.computation for one in times),
        milliseconds(one.round_trip for one in times),
        milliseconds(iter(overheads)),
        1000 * quantiles(overheads, n=20)[-1],
        milliseconds(one.task - one.computation for one in times),
        milliseconds(one.round_trip - one.task for one in times),
        milliseconds(one.round_trip - one.computation for one in first),
    )


BENCHMARK = Benchmark(
    name="slices",
    title="A training slice in the background worker, over its bare computation; ms",
    caption=(
        "A run's slices through LocalWorker.run, the documents taking turns. 'train_slice': what the function itself "
        "ran, by a stopwatch around it in the worker's process. 'overhead': the whole call less that; of it 'in task' "
        "is reading what came, measuring the end and writing the result, and 'between' is pickling, queues and pipes. "
        "'p95' is the overhead of the slowest slice in twenty, 'first slice' that of a document new to the process."
    ),
    columns=(
        Column("document", "document"),
        Column("kB", "kilobytes"),
        Column("slice", "slice", ".0f"),
        Column("train_slice", "computation", ".2f"),
        Column("whole call", "round_trip", ".2f"),
        Column("overhead", "overhead", ".2f"),
        Column("budget", "budget", ".0f"),
        Column("p95", "overhead_p95", ".2f"),
        Column("in task", "task", ".2f"),
        Column("between", "transport", ".2f"),
        Column("first slice", "first", ".2f"),
    ),
    measure=measure,
    repetitions=60,
    quick=20,
)
