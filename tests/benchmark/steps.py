"""One gradient step, beside its bare numpy kernels and beside scikit-learn."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from statistics import median
from time import process_time
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.backpropagation import loss_and_gradient
from nets.batches import Batch, Epoch, batches_of_data
from nets.descent import Descent
from nets.losses import LOSSES
from nets.model import Model, dataset
from nets.network import N_INPUTS
from nets.optimizers import OPTIMIZERS
from nets.training import Budget, train_slice
from tests.benchmark import scikit
from tests.benchmark.kernels import Kernels, kernels
from tests.benchmark.networks import NETWORKS
from tests.benchmark.tables import Benchmark, Column, paired_ratio

Array = NDArray[np.float64]

MEASURED = ("2-4-2-1", "2-8-8-3", "2-8-8-8-8-3")
BATCH_SIZES = (10, 32, 250)
N_POINTS = 1000  # 750 to train on: every batch size fits, the largest thrice
FEW, MANY = 25, 100  # steps timed at a time
BUDGET = 1.5  # times the bare kernels


class Row(NamedTuple):
    """Times are medians in µs of processor time a step; ratios are medians of the repetitions' ratios."""

    network: str
    batch: int
    kernels: float
    step: float
    partial_fit: float
    trained: float
    fit: float
    step_over_kernels: float
    partial_fit_over_step: float
    fit_over_trained: float
    budget: float = BUDGET


def measure(repetitions: int) -> list[Row]:
    """Time every network at every batch size."""
    return [_row(name, batch_size, repetitions) for name, batch_size in product(MEASURED, BATCH_SIZES)]


def check_kernels(model: Model, batch: Batch, bare: Kernels) -> None:
    """Make sure that the bare kernels compute what the model's training does: loss, gradient and three steps of Adam.

    Raises:
        AssertionError: with the numbers that differ.
    """
    training = model.training
    optimizer = OPTIMIZERS[training.optimizer].make(training.learning_rate)
    parameters, state = model.parameters, optimizer.init(model.parameters)
    bare.restart(parameters)
    for _ in range(3):
        value, gradient = loss_and_gradient(model.layers, parameters, *batch, LOSSES[training.loss])
        parameters, state = optimizer.update(parameters, gradient, state)
        np.testing.assert_allclose(bare.run(1), value, rtol=1e-12)
        np.testing.assert_allclose(bare.gradient, gradient, rtol=1e-9, atol=1e-14)
        np.testing.assert_allclose(bare.parameters, parameters, rtol=1e-9, atol=1e-14)


def bare_kernels(model: Model, batch: Batch) -> Kernels:
    """Write the bare kernels of a model and a batch."""
    widths = (N_INPUTS, *(layer.width for layer in model.layers))
    return kernels(widths, *batch, model.training.loss, model.training.learning_rate)


def _row(name: str, batch_size: int, repetitions: int) -> Row:
    model = with_batches_of(NETWORKS[name], batch_size)
    points, targets = batches_of_data(model)[0]
    batch = Batch(points[:, :batch_size].copy(), targets[:, :batch_size].copy())
    bare = bare_kernels(model, batch)
    check_kernels(model, batch, bare)
    runs = (
        _bare(model, bare),
        _step(model, batch),
        scikit.partial_fit(model, batch, FEW),
        _trained(model),
        scikit.fit(model, MANY),
    )
    times: list[list[float]] = [[] for _ in runs]
    for repetition in range(-1, repetitions):  # the first one, number −1, warms up
        for run, taken in zip(runs, times, strict=True):
            start = process_time()
            steps = run()
            if repetition >= 0:
                taken.append((process_time() - start) / steps * 1e6)
    bare_times, step_times, partial_fit_times, trained_times, fit_times = times
    ratios = (
        paired_ratio(step_times, bare_times),
        paired_ratio(partial_fit_times, step_times),
        paired_ratio(fit_times, trained_times),
    )
    return Row(name, batch_size, *(median(taken) for taken in times), *ratios)


def with_batches_of(model: Model, batch_size: int) -> Model:
    """Return the model with more points, so that there are full batches of every size."""
    data = dataset(model.data.name or "spiral", n=N_POINTS)
    return replace(model, data=data, training=replace(model.training, batch_size=batch_size))


# Each of the following returns a function that takes some steps and says how many.


def _bare(model: Model, bare: Kernels) -> Callable[[], int]:
    def run() -> int:
        bare.restart(model.parameters)
        bare.run(FEW)
        return FEW

    return run


def _step(model: Model, batch: Batch) -> Callable[[], int]:
    """Gradient and update, as the inner loop of ``nets.training`` calls them."""
    steps = Descent(model)
    epoch = Epoch(0, *batch, batch.points.shape[1], None)

    def run() -> int:
        for _ in range(FEW):
            steps.take(epoch, 0, 1)
        return FEW

    return run


def _trained(model: Model) -> Callable[[], int]:
    def run() -> int:
        train_slice(model, Budget(steps=MANY, snapshots=0))
        return MANY

    return run


BENCHMARK = Benchmark(
    name="steps",
    title="One gradient step: tanh, Adam, one BLAS thread; µs a step",
    caption=(
        "'bare': straight-line numpy written for exactly this network, on preallocated arrays (matrix products, tanh, "
        "loss, sums, Adam's vector operations; checked to give the same loss, gradient and parameters). 'step': "
        "loss_and_gradient and the optimiser's update on one batch, as nets.training calls them; beside it "
        "scikit-learn's partial_fit of that batch, which also checks its input. 'in a slice': train_slice, which "
        "adds shuffling, cutting batches and making sure that the numbers are finite; beside it scikit-learn's fit on "
        "the same points. Times are medians of processor time, ratios medians of the ratios within each repetition."
    ),
    columns=(
        Column("network", "network"),
        Column("batch", "batch", "d"),
        Column("bare", "kernels"),
        Column("step", "step"),
        Column("partial_fit", "partial_fit"),
        Column("in a slice", "trained"),
        Column("fit", "fit"),
        Column("step/bare", "step_over_kernels", ".2f"),
        Column("budget", "budget", ".2f"),
        Column("partial_fit/step", "partial_fit_over_step"),
        Column("fit/slice", "fit_over_trained"),
    ),
    measure=measure,
    repetitions=101,
    quick=15,
)
