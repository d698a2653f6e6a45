"""The benchmark measures what it says it does; what it measures is not tested."""

import sys
from dataclasses import replace
from itertools import product

import pytest

from nets.batches import Batch, batches_of_data
from nets.document import parse, serialise
from nets.model import Model
from tests.benchmark import frames, image, regions, slices, start, steps, wire
from tests.benchmark.networks import LARGEST, NETWORKS
from tests.benchmark.tables import Benchmark, paired_ratio

BENCHMARKS = {
    module.BENCHMARK.name: module.BENCHMARK for module in (frames, image, regions, slices, start, steps, wire)
}


@pytest.mark.parametrize(("name", "batch_size"), [*product(steps.MEASURED, steps.BATCH_SIZES)])
def test_the_bare_kernels_take_the_steps_that_training_takes(name: str, batch_size: int) -> None:
    model = steps.with_batches_of(NETWORKS[name], batch_size)
    points, targets = batches_of_data(model)[0]
    batch = Batch(points[:, :batch_size].copy(), targets[:, :batch_size].copy())
    steps.check_kernels(model, batch, steps.bare_kernels(model, batch))


def test_the_check_of_the_bare_kernels_notices_another_gradient() -> None:
    model = NETWORKS["2-8-8-3"]
    train = batches_of_data(model)[0]
    other = replace(model, training=replace(model.training, loss="mean_squared_error"))
    with pytest.raises(AssertionError):
        steps.check_kernels(other, train, steps.bare_kernels(model, train))


@pytest.mark.parametrize("benchmark", BENCHMARKS.values(), ids=BENCHMARKS)
def test_every_column_shows_a_field_of_the_benchmarks_rows(benchmark: Benchmark) -> None:
    row = sys.modules[benchmark.measure.__module__].Row
    assert all(hasattr(row, column.field) for column in benchmark.columns)


@pytest.mark.parametrize("model", [*NETWORKS.values(), *slices.documents().values()])
def test_every_network_is_one_that_a_document_may_hold(model: Model) -> None:
    assert parse(serialise(model)).layers == model.layers


def test_the_largest_network_is_the_largest() -> None:
    assert [layer.width for layer in NETWORKS[LARGEST].layers] == [32] * 8


def test_a_paired_ratio_is_not_misled_by_a_machine_that_is_slow_for_a_while() -> None:
    assert paired_ratio([2, 20, 2, 2], [1, 10, 1, 1]) == 2
