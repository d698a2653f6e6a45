"""Data sets: points of the plane with a class or a value each.

Points are (2, n) float64 in [−1, 1]² (noise may push a few beyond), x in row 0 and y in row 1.
Targets are (n,) float64: class numbers from 0, or values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Dataset:
    """One generator of points.

    Attributes:
        name: the name documents use.
        make: ``(rng, n, noise, classes) -> (points, targets)``.
        classes: the smallest and largest number of classes; (0, 0) marks regression.
        noise: the default noise: the standard deviation added to each coordinate
            (to the value, for regression).
        description: one line for the menu.
    """

    name: str
    make: Callable[[Generator, int, float, int], tuple[Array, Array]]
    classes: tuple[int, int]
    noise: float
    description: str

    @property
    def is_regression(self) -> bool:
        return self.classes == (0, 0)


@dataclass(frozen=True)
class DataSpec:
    """What a document says about its data: a generator's arguments, or the points themselves.

    Attributes:
        name: a name of ``DATASETS``, or None where ``points`` are given.
        n: number of points, train and test together.
        noise: see ``Dataset.noise``.
        classes: number of classes, 0 for regression.
        seed: for the generator and for the choice of test points.
        test: share of the points kept for testing, in [0, 1).
        points: ((x, y), …) when the document carries its points.
        targets: class numbers or values, one per point.
    """

    name: str | None
    n: int
    noise: float
    classes: int
    seed: int
    test: float
    points: tuple[tuple[float, float], ...] = ()
    targets: tuple[float, ...] = ()

    @property
    def n_outputs(self) -> int:
        """One output neuron per class; one for regression."""
        return self.classes or 1

    @property
    def task(self) -> str:
        return "classification" if self.classes else "regression"

    @property
    def n_test(self) -> int:
        """How many points are kept for testing; at least one always remains for training."""
        return min(round(self.n * self.test), self.n - 1)


@dataclass(frozen=True)
class Data:
    """Points ready for training: (2, n), (n,), and (n,) bool telling the test points."""

    points: Array
    targets: Array
    is_test: NDArray[np.bool_]


def _classes_of(n: int, classes: int) -> Array:
    """Deal n points out to the classes in turn, so that their sizes differ by at most one."""
    return np.arange(n, dtype=float) % classes


def _polar(radius: Array, angle: Array) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)])


def spiral(rng: Generator, n: int, noise: float, classes: int) -> tuple[Array, Array]:
    """Interleaved arms, one per class, each turning by 4.2 radians from the centre to the rim."""
    targets = _classes_of(n, classes)
    t = rng.uniform(0.04, 1, n)
    points = _polar(0.92 * t, 4.2 * t + 2 * np.pi * targets / classes)
    return points + noise * rng.standard_normal((2, n)), targets


def circles(rng: Generator, n: int, noise: float, classes: int) -> tuple[Array, Array]:
    """Concentric rings, class 0 innermost."""
    targets = _classes_of(n, classes)
    radius = 0.85 * (targets + 0.4) / (classes - 0.6)
    points = _polar(radius, rng.uniform(0, 2 * np.pi, n))
    return points + noise * rng.standard_normal((2, n)), targets


def xor(rng: Generator, n: int, noise: float, classes: int) -> tuple[Array, Array]:
    """Two classes on opposite quadrants: class 1 where x and y have the same sign."""
    targets = _classes_of(n, 2)
    magnitude = rng.uniform(0.08, 0.92, (2, n))
    x_sign = rng.choice([-1.0, 1.0], n)
    y_sign = x_sign * (2 * targets - 1)
    return magnitude * np.stack([x_sign, y_sign]) + noise * rng.standard_normal((2, n)), targets


def gaussians(rng: Generator, n: int, noise: float, classes: int) -> tuple[Array, Array]:
    """Normal clouds evenly round a circle; the noise is their standard deviation."""
    targets = _classes_of(n, classes)
    centres = _polar(np.full(n, 0.58), 2 * np.pi * targets / classes + np.pi / 2)
    return centres + noise * rng.standard_normal((2, n)), targets


def moons(rng: Generator, n: int, noise: float, classes: int) -> tuple[Array, Array]:
    """Two interlocking half-moons."""
    targets = _classes_of(n, 2)
    angle = rng.uniform(0, np.pi, n)
    upper = np.stack([0.55 * np.cos(angle) - 0.27, 0.55 * np.sin(angle) - 0.13])
    points = np.where(targets == 0, upper, -upper)
    return points + noise * rng.standard_normal((2, n)), targets


def _surface(height: Callable[[Array, Array], Array]) -> Callable[..., tuple[Array, Array]]:
    """Return a generator of points spread evenly over the square, valued by ``height(x, y)``."""

    def make(rng: Generator, n: int, noise: float, classes: int) -> tuple[Array, Array]:
        points = rng.uniform(-1, 1, (2, n))
        return points, height(*points) + noise * rng.standard_normal(n)

    return make


def bumps_height(x: Array, y: Array) -> Array:
    """Two hills and a valley: Gaussian bumps of height 0.9, 0.7 and −0.9."""
    return (
        0.9 * np.exp(-((x - 0.45) ** 2 + (y - 0.4) ** 2) / 0.12)
        + 0.7 * np.exp(-((x + 0.5) ** 2 + (y - 0.35) ** 2) / 0.08)
        - 0.9 * np.exp(-(x**2 + (y + 0.5) ** 2) / 0.15)
    )


def saddle_height(x: Array, y: Array) -> Array:
    """x² − y²."""
    return x * x - y * y


_ROWS = (
    Dataset("spiral", spiral, (2, 5), 0.03, "interleaved spiral arms"),
    Dataset("circles", circles, (2, 5), 0.05, "rings within rings"),
    Dataset("xor", xor, (2, 2), 0.03, "opposite quadrants"),
    Dataset("gaussians", gaussians, (2, 6), 0.16, "normal clouds on a circle"),
    Dataset("moons", moons, (2, 2), 0.06, "two interlocking half-moons"),
    Dataset("bumps", _surface(bumps_height), (0, 0), 0.02, "two hills and a valley (regression)"),
    Dataset("saddle", _surface(saddle_height), (0, 0), 0.02, "x² − y² (regression)"),
)

DATASETS: dict[str, Dataset] = {row.name: row for row in _ROWS}


@lru_cache(maxsize=64)
def load(spec: DataSpec) -> Data:
    """Make the points of a spec: the same spec gives the same bytes. The arrays are read-only."""
    if spec.name is None:
        points = np.array(spec.points, dtype=float).T.copy()
        targets = np.array(spec.targets, dtype=float)
    else:
        rng = np.random.default_rng(spec.seed)
        points, targets = DATASETS[spec.name].make(rng, spec.n, spec.noise, spec.classes)
    is_test = np.zeros(spec.n, dtype=bool)
    is_test[np.random.default_rng([spec.seed, 1]).permutation(spec.n)[: spec.n_test]] = True
    data = Data(points, targets, is_test)
    for array in (points, targets, is_test):
        array.flags.writeable = False
    return data


def target_rows(spec: DataSpec, targets: Array) -> Array:
    """Return targets as the outputs should be: one-hot (classes, n), or values (1, n)."""
    if not spec.classes:
        return targets[None, :].copy()
    return (targets == np.arange(spec.classes)[:, None]).astype(float)
