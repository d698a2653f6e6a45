"""Every data set: its shape in the plane, its reproducibility, its split into train and test points."""

import hashlib
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from nets.datasets import DATASETS, Data, Dataset, DataSpec, load, target_rows
from nets.model import dataset

rows = pytest.mark.parametrize("row", DATASETS.values(), ids=DATASETS)

EVERY_CLASS_COUNT = [(row.name, k) for row in DATASETS.values() for k in range(row.classes[0], row.classes[1] + 1)]
every_class_count = pytest.mark.parametrize(("name", "classes"), EVERY_CLASS_COUNT)


def fresh(spec: DataSpec) -> Data:
    """Make the points of a spec without remembering earlier ones."""
    load.cache_clear()
    return load(spec)


@every_class_count
def test_points_and_targets_have_their_shapes(name: str, classes: int) -> None:
    data = fresh(dataset(name, classes, n=101))
    assert (data.points.shape, data.points.dtype) == ((2, 101), np.float64)
    assert (data.targets.shape, data.targets.dtype) == ((101,), np.float64)
    assert (data.is_test.shape, data.is_test.dtype) == ((101,), np.bool_)


@every_class_count
def test_points_without_noise_lie_in_the_square(name: str, classes: int) -> None:
    assert np.abs(fresh(dataset(name, classes, n=500, noise=0.0)).points).max() <= 1


@pytest.mark.parametrize(("name", "classes"), [(name, k) for name, k in EVERY_CLASS_COUNT if k])
def test_class_sizes_differ_by_at_most_one(name: str, classes: int) -> None:
    targets = fresh(dataset(name, classes, n=101)).targets
    sizes = [np.count_nonzero(targets == k) for k in range(classes)]
    assert sum(sizes) == 101
    assert max(sizes) - min(sizes) <= 1


@rows
def test_the_same_seed_gives_the_same_bytes(row: Dataset) -> None:
    first, second = fresh(dataset(row.name, seed=3)), fresh(dataset(row.name, seed=3))
    for name, array in vars(first).items():
        assert array.tobytes() == vars(second)[name].tobytes()


@rows
def test_another_seed_gives_other_points_and_another_split(row: Dataset) -> None:
    first, second = fresh(dataset(row.name, seed=3, noise=0.1)), fresh(dataset(row.name, seed=4, noise=0.1))
    assert not np.any(first.points == second.points)
    assert np.any(first.is_test != second.is_test)


@rows
def test_noise_is_a_standard_deviation_on_top_of_the_same_points(row: Dataset) -> None:
    clean, noisy = (fresh(dataset(row.name, n=4000, noise=noise)) for noise in (0.0, 0.2))
    if row.is_regression:
        np.testing.assert_array_equal(noisy.points, clean.points)
        added = noisy.targets - clean.targets
    else:
        np.testing.assert_array_equal(noisy.targets, clean.targets)
        added = noisy.points - clean.points
    assert added.std(axis=-1) == pytest.approx(0.2, rel=0.05)
    assert np.abs(added.mean(axis=-1)).max() < 0.01


# What each data set looks like without noise, point by point.

Fact = Callable[[float, float, float, int], bool]


def is_on_its_ring(x: float, y: float, target: float, classes: int) -> bool:
    radius = 0.85 * (target + 0.4) / (classes - 1 + 0.4)
    return math.isclose(math.hypot(x, y), radius)


def is_on_its_arm(x: float, y: float, target: float, classes: int) -> bool:
    angle = 4.2 * math.hypot(x, y) / 0.92 + 2 * math.pi * target / classes
    return math.isclose(math.cos(math.atan2(y, x) - angle), 1) and 0.03 < math.hypot(x, y) <= 0.92


def is_in_its_quadrants(x: float, y: float, target: float, classes: int) -> bool:
    return (x * y > 0) == (target == 1) and min(abs(x), abs(y)) >= 0.08


def is_at_its_centre(x: float, y: float, target: float, classes: int) -> bool:
    turn = 2 * math.pi * target / classes  # from straight up
    return math.dist((x, y), (-0.58 * math.sin(turn), 0.58 * math.cos(turn))) < 1e-12


def is_on_its_moon(x: float, y: float, target: float, classes: int) -> bool:
    side = 1 if target == 0 else -1
    x, y = side * x + 0.27, side * y + 0.13
    return math.isclose(math.hypot(x, y), 0.55) and y >= 0


def is_on_the_bumps(x: float, y: float, target: float, classes: int) -> bool:
    bumps = [(0.9, 0.45, 0.4, 0.12), (0.7, -0.5, 0.35, 0.08), (-0.9, 0.0, -0.5, 0.15)]
    height = sum(h * math.exp(-(math.dist((x, y), (cx, cy)) ** 2) / size) for h, cx, cy, size in bumps)
    return math.isclose(target, height, abs_tol=1e-12)


def is_on_the_saddle(x: float, y: float, target: float, classes: int) -> bool:
    return math.isclose(target, (x + y) * (x - y), abs_tol=1e-12)


def is_on_its_square(x: float, y: float, target: float, classes: int) -> bool:
    return (math.floor(2 * x) + math.floor(2 * y)) % 2 == target


def is_on_its_blade(x: float, y: float, target: float, classes: int) -> bool:
    """Within 55 % of half a sector of the middle of the blade, which turns with the radius."""
    off = math.remainder(math.atan2(y, x) - 1.3 * math.hypot(x, y) - 2 * math.pi * target / classes, 2 * math.pi)
    return abs(off) <= 0.55 * math.pi / classes + 1e-12 and 0.12 <= math.hypot(x, y) <= 0.92


def is_on_the_plane(x: float, y: float, target: float, classes: int) -> bool:
    return math.isclose(target, 0.5 * x + 0.5 * y, abs_tol=1e-12)


def is_on_the_ripple(x: float, y: float, target: float, classes: int) -> bool:
    r = math.sqrt(x * x + y * y)
    return math.isclose(target, 0.8 * math.sin(6 * r) / (1 + r), abs_tol=1e-12)


FACTS: dict[str, Fact] = {
    "spiral": is_on_its_arm,
    "circles": is_on_its_ring,
    "xor": is_in_its_quadrants,
    "gaussians": is_at_its_centre,
    "moons": is_on_its_moon,
    "checkerboard": is_on_its_square,
    "pinwheel": is_on_its_blade,
    "bumps": is_on_the_bumps,
    "saddle": is_on_the_saddle,
    "plane": is_on_the_plane,
    "ripple": is_on_the_ripple,
}


@every_class_count
def test_every_point_without_noise_is_where_its_class_or_value_is(name: str, classes: int) -> None:
    data = fresh(dataset(name, classes, n=200, noise=0.0))
    points = zip(*data.points.tolist(), data.targets.tolist(), strict=True)
    assert [(x, y, target) for x, y, target in points if not FACTS[name](x, y, target, classes)] == []


# Balance: the sizes of the classes.


@pytest.mark.parametrize("balance", [0.05, 0.2, 0.5, 0.9, 1.0])
@pytest.mark.parametrize(("name", "classes"), [(name, k) for name, k in EVERY_CLASS_COUNT if k])
def test_classes_shrink_geometrically_to_the_balance(name: str, classes: int, balance: float) -> None:
    targets = fresh(replace(dataset(name, classes, n=1000), balance=balance)).targets
    shares = [balance ** (k / (classes - 1)) for k in range(classes)]
    sizes = [np.count_nonzero(targets == k) for k in range(classes)]
    assert sum(sizes) == 1000
    assert sizes == pytest.approx([1000 * share / sum(shares) for share in shares], abs=1)


def test_no_class_is_left_without_a_point() -> None:
    assert np.unique(fresh(replace(dataset("gaussians", 6, n=10), balance=0.05)).targets).size == 6


def test_regression_ignores_the_balance() -> None:
    even, uneven = (fresh(replace(dataset("ripple"), balance=balance)) for balance in (1.0, 0.1))
    assert even.points.tobytes() == uneven.points.tobytes()
    assert even.targets.tobytes() == uneven.targets.tobytes()


# SHA-256 of points, targets and split of the first data sets, as they were before there was a balance.
BYTES = {
    ("spiral", 3): "92fff29bd6e61c85",
    ("circles", 2): "b371d750d98dd327",
    ("xor", 2): "4cd60aaf9bcbe809",
    ("gaussians", 6): "2e53187b75e1b720",
    ("moons", 2): "97a7436f9c51f712",
    ("bumps", 0): "56260a10572a1624",
    ("saddle", 0): "ed22f73ad0af58a1",
}


@pytest.mark.parametrize(("name", "classes"), BYTES)
def test_even_classes_have_the_bytes_they_always_had(name: str, classes: int) -> None:
    data = fresh(dataset(name, classes, n=101, seed=3))
    parts = (data.points, data.targets, data.is_test)
    assert hashlib.sha256(b"".join(array.tobytes() for array in parts)).hexdigest()[:16] == BYTES[name, classes]


@pytest.mark.parametrize(
    ("n", "test", "kept"), [(100, 0.25, 25), (10, 0.0, 0), (10, 0.9, 9), (11, 0.5, 6), (3, 0.9, 2), (1, 0.9, 0)]
)
def test_a_share_of_the_points_is_kept_for_testing_but_never_all(n: int, test: float, kept: int) -> None:
    spec = replace(dataset("saddle"), n=n, test=test)
    assert spec.n_test == np.count_nonzero(fresh(spec).is_test) == kept


def test_points_that_a_document_carries_are_loaded_as_they_are() -> None:
    points = ((0.1, 0.2), (0.3, 0.4), (0.5, 0.6))
    data = fresh(DataSpec(None, 3, 0.0, 2, 1, 0.3, points, (1.0, 0.0, 1.0)))
    assert data.points.T.tolist() == [list(point) for point in points]
    assert data.targets.tolist() == [1, 0, 1]
    assert np.count_nonzero(data.is_test) == 1


@rows
def test_loaded_arrays_are_read_only(row: Dataset) -> None:
    assert not any(array.flags.writeable for array in vars(fresh(dataset(row.name))).values())


def test_target_rows_of_classes_are_one_hot_columns() -> None:
    spec = dataset("spiral", 3)
    assert target_rows(spec, np.array([2.0, 0, 1, 1])).tolist() == [[0, 1, 0, 0], [0, 0, 1, 1], [1, 0, 0, 0]]


def test_target_rows_of_values_are_one_row() -> None:
    assert target_rows(dataset("saddle"), np.array([0.5, -2])).tolist() == [[0.5, -2]]


@rows
def test_there_is_one_output_per_class_and_one_for_regression(row: Dataset) -> None:
    spec = dataset(row.name)
    assert spec.task == ("regression" if row.is_regression else "classification")
    assert spec.n_outputs == (1 if row.is_regression else spec.classes)


@pytest.mark.parametrize("name", DATASETS)
def test_every_row_says_its_name_and_describes_itself(name: str) -> None:
    row = DATASETS[name]
    assert row.name == name
    assert row.description
    assert row.is_regression or 2 <= row.classes[0] <= row.classes[1]
    assert 0 <= row.noise <= 1
