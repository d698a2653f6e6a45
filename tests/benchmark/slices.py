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
from app.background import LONGEST_SLICE, SHORTEST_SLICE, TURN
from app.pace import SNAPSHOTS_A_SECOND
from app.pool import LocalWorker
from app.tasks import Payload
from nets.datasets import load
from nets.document import serialise
from nets.limits import LIMITS
from nets.model import Model, dataset
from nets.training import train_slice
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
    overhead: float
    overhead_p95: float
    task: float
    transport: float
    first: float
    budget: float = BUDGET


class Times(NamedTuple):
    """Of one slice, in seconds: ``train_slice``, the rest of the task, and what the call takes beyond the task."""

    computation: float
    task: float
    transport: float

    @property
    def overhead(self) -> float:
        return self.task + self.transport


def measure(repetitions: int) -> list[Row]:
    """Hand slices to a worker of one process, cases in turn; the same slices are computed here too."""
    cases = [
        (name, model, seconds) for name, model in documents().items() for seconds in (LONGEST_SLICE, SHORTEST_SLICE)
    ]
    worker = LocalWorker(processes=1)
    try:
        runs = [Run(worker, model, seconds) for _, model, seconds in cases]
        times = [[run.slice() for run in runs] for _ in range(repetitions)]
        firsts = [[Run(worker, other, run.seconds).slice() for other in others(run)] for run in runs]
    finally:
        worker.close()
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
        payload = {"document": self.text, **self.state, **budget}
        start = perf_counter()
        result = self.worker.run("train", payload)
        transport = perf_counter() - start - result["seconds"]
        with watched() as computations:
            task = tasks.train(payload)["seconds"]
        self.state = {name: result[name] for name in self.state}
        return Times(computations[-1], task - computations[-1], transport)


@contextmanager
def watched() -> Iterator[list[float]]:
    """Note the seconds of each call of ``train_slice`` in the task."""
    computations: list[float] = []

    def timed(*arguments: Any) -> Any:
        start = perf_counter()
        result = train_slice(*arguments)
        computations.append(perf_counter() - start)
        return result

    tasks.train_slice = timed
    try:
        yield computations
    finally:
        tasks.train_slice = train_slice


def _row(name: str, run: Run, times: list[Times], first: list[Times]) -> Row:
    def milliseconds(values: Iterator[float]) -> float:
        return 1000 * median(values)

    return Row(
        name,
        len(run.text) / 1000,
        1000 * run.seconds,
        milliseconds(one.computation for one in times),
        milliseconds(one.overhead for one in times),
        1000 * quantiles([one.overhead for one in times], n=20)[-1],
        milliseconds(one.task for one in times),
        milliseconds(one.transport for one in times),
        milliseconds(one.overhead for one in first),
    )


BENCHMARK = Benchmark(
    name="slices",
    title="A training slice in the background worker, over its bare computation; ms",
    caption=(
        "A run's slices through LocalWorker.run, the documents taking turns. 'train_slice': the function itself. "
        "'overhead' is what comes on top; of it 'in task' is reading what came, measuring the end and writing the "
        "result (measured on the same slice in this process), and 'between' JSON and the pipe. 'p95' is the overhead "
        "of the slowest slice in twenty, 'first slice' that of a document that is new to the process."
    ),
    columns=(
        Column("document", "document"),
        Column("kB", "kilobytes"),
        Column("slice", "slice", ".0f"),
        Column("train_slice", "computation", ".2f"),
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
