"""One gradient step, beside its bare numpy kernels and beside other libraries."""

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
from nets.compiled_descent import CompiledDescent
from nets.descent import Descent, Steps
from nets.losses import LOSSES
from nets.model import Model, dataset
from nets.network import N_INPUTS
from nets.optimizers import OPTIMIZERS
from nets.training import Budget, train_slice
from tests.benchmark import scikit, torch
from tests.benchmark.kernels import Kernels, kernels
from tests.benchmark.networks import NETWORKS
from tests.benchmark.tables import Benchmark, Column, paired_ratio

Array = NDArray[np.float64]

MEASURED = ("2-4-2-1", "2-8-8-1", "2-8-8-3", "2-8-8-8-8-3")
N_POINTS = 1000  # 750 to train on
BATCH_SIZES = (10, 32, 250, 750)  # the last one is all of them
# µs a step that TensorFlow's playground (2022) took on a machine of this kind, in Node; beside it numpy's bare
# kernels took 20 µs for 2-4-2-1 in batches of 10.
PLAYGROUND = {("2-4-2-1", 10): 6.6, ("2-8-8-1", 10): 22.0, ("2-8-8-1", 32): 78.0, ("2-8-8-1", 250): 548.0}
FEW, MANY = 25, 100  # steps timed at a time
BUDGET = 1.5  # times the bare kernels


class Row(NamedTuple):
    """Times are medians in µs of processor time a step; ratios are medians of the repetitions' ratios."""

    network: str
    batch: int
    kernels: float
    numpy: float
    compiled: float
    trained: float
    fit: float
    torch: float | None
    playground: float | None
    numpy_over_kernels: float
    fit_over_trained: float
    torch_over_trained: float | None
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
    runs = {
        "kernels": _bare(model, bare),
        "numpy": _steps(Descent(model), batch),
        "compiled": _steps(CompiledDescent(model), batch),
        "trained": _trained(model),
        "fit": scikit.fit(model, MANY),
        **({"torch": torch.steps(model, batch, FEW)} if torch.is_installed() else {}),
    }
    times: dict[str, list[float]] = {run: [] for run in runs}
    for repetition in range(-1, repetitions):  # the first one, number −1, warms up
        for run, take in runs.items():
            start = process_time()
            steps = take()
            if repetition >= 0:
                times[run].append((process_time() - start) / steps * 1e6)
    medians = {run: median(taken) for run, taken in times.items()}
    return Row(
        name,
        batch_size,
        **{"torch": None, **medians},
        playground=PLAYGROUND.get((name, batch_size)),
        numpy_over_kernels=paired_ratio(times["numpy"], times["kernels"]),
        fit_over_trained=paired_ratio(times["fit"], times["trained"]),
        torch_over_trained=paired_ratio(times["torch"], times["trained"]) if "torch" in times else None,
    )


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


def _steps(steps: Steps, batch: Batch) -> Callable[[], int]:
    """Steps on one batch, as ``nets.training`` has them taken."""
    n = batch.points.shape[1]
    points, targets = (np.tile(rows, FEW) for rows in batch)
    epoch = Epoch(0, points, targets, n, None)

    def run() -> int:
        return steps.take(epoch, 0, FEW)

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
        "loss, sums, Adam's vector operations; checked to give the same loss, gradient and parameters). 'numpy': a "
        "step of nets.descent, which also makes sure that the numbers are finite. 'compiled': the same in the kernel. "
        "'in a slice': train_slice with the engine that it chooses, which adds shuffling and the ends of epochs; "
        "beside it scikit-learn's fit on the same points, and PyTorch's eager mode, one step after another on one "
        "batch, where it is installed. 'playground': measured once on a machine of this kind, not in this run. Times "
        "are medians of processor time, ratios medians of the ratios within each repetition."
    ),
    columns=(
        Column("network", "network"),
        Column("batch", "batch", "d"),
        Column("bare", "kernels"),
        Column("numpy", "numpy"),
        Column("compiled", "compiled"),
        Column("in a slice", "trained"),
        Column("fit", "fit"),
        Column("torch", "torch"),
        Column("playground", "playground"),
        Column("numpy/bare", "numpy_over_kernels", ".2f"),
        Column("budget", "budget", ".2f"),
        Column("fit/slice", "fit_over_trained"),
        Column("torch/slice", "torch_over_trained"),
    ),
    measure=measure,
    repetitions=101,
    quick=15,
)
