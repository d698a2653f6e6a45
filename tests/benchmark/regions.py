"""What it takes to cut a domain into the regions of a network, and how that grows with their number."""

from dataclasses import replace
from statistics import median
from time import perf_counter
from typing import NamedTuple

import numpy as np
import orjson

from app.regions import answer
from nets.model import Model, create, dataset
from nets.network import n_parameters, uniform_layers
from nets.regions import regions
from nets.training import Budget, train_slice
from tests.benchmark.tables import Benchmark, Column

EPOCHS = 300  # of training
TRAINED = {"2-16-16-3": ([16, 16], 100.0), "2-32-32-32-3": ([32, 32, 32], 2000.0)}  # hidden layers, budget in ms
GROWING = (0.35, 0.45, 0.6, 1.2, 2.5)  # sizes of random weights: the larger, the more regions


class Row(NamedTuple):
    """Times in ms, medians; that of a region in µs."""

    network: str
    regions: int
    cut: float
    budget: float | None
    a_region: float
    answer: float
    kilobytes: float


def measure(repetitions: int) -> list[Row]:
    """Cut the networks, in turn, so often."""
    networks = {**{f"{name} relu, trained": trained(name) for name in TRAINED}, **growing()}
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in networks}
    for _ in range(repetitions):
        for name, model in networks.items():
            times[name].append((_seconds(regions, model), _seconds(answer, model)))
    return [_row(name, model, times[name]) for name, model in networks.items()]


def trained(name: str) -> Model:
    """Return one of ``TRAINED``, its networks trained on a spiral."""
    start = create(dataset("spiral", 3), hidden=TRAINED[name][0], activation="relu")
    return train_slice(start, Budget(epochs=EPOCHS)).model


def growing() -> dict[str, Model]:
    """Return networks of one shape, whose regions are more and more."""
    layers = uniform_layers([32, 32, 32, 3], "hard_tanh")
    draws = np.random.default_rng(1).standard_normal(n_parameters(layers))
    start = replace(create(dataset("spiral", 3)), layers=layers)
    return {f"2-32-32-32-3 hard_tanh, weights {size:g}": replace(start, parameters=size * draws) for size in GROWING}


def _seconds(what: object, model: Model) -> float:
    start = perf_counter()
    what(model)  # type: ignore[operator]
    return perf_counter() - start


def _row(name: str, model: Model, times: list[tuple[float, float]]) -> Row:
    count = len(regions(model).partitions[-1])
    cut, answering = (1e3 * median(series) for series in zip(*times, strict=True))
    budget = next((most for shape, (_, most) in TRAINED.items() if name == f"{shape} relu, trained"), None)
    return Row(name, count, cut, budget, 1e3 * cut / count, answering, len(orjson.dumps(answer(model))) / 1000)


BENCHMARK = Benchmark(
    name="regions",
    title="exact regions of piecewise-linear networks",
    caption="cut: nets.regions, all layers. answer: what POST /api/regions has the background do: the same, the "
    "regions of each class and the decision boundary, and writing them down; kB: what is sent. Weights of one draw, "
    "multiplied, have more and more regions: the time a region takes shows how cost grows with their number.",
    columns=(
        Column("network", "network"),
        Column("regions", "regions", "d"),
        Column("cut ms", "cut"),
        Column("budget ms", "budget", ".0f"),
        Column("µs a region", "a_region"),
        Column("answer ms", "answer"),
        Column("kB", "kilobytes", ".0f"),
    ),
    measure=measure,
    repetitions=7,
    quick=2,
)
