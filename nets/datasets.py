"""Data sets: points of the plane with a class or a value each.

Points are (2, n) float64, x in row 0 and y in row 1; those of the generators and of formulas lie in
[−1, 1]², beyond which noise may push a few. Targets are (n,) float64: class numbers from 0, or values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from nets import generators
from nets.formula import read_formula

Array = NDArray[np.float64]

MOST_CLASSES = 32  # of a document's own points; one output neuron each


@dataclass(frozen=True)
class Dataset:
    """One generator of points.

    Attributes:
        name: the name documents use.
        make: ``(rng, spec) -> (points, targets)``.
        classes: the smallest and largest number of classes; (0, 0) marks regression.
        noise: the default noise: the standard deviation added to each coordinate
            (to the value, for regression).
        description: one line for the menu.
    """

    name: str
    make: Callable[[Generator, "DataSpec"], tuple[Array, Array]]
    classes: tuple[int, int]
    noise: float
    description: str

    @property
    def is_regression(self) -> bool:
        return self.classes == (0, 0)


@dataclass(frozen=True)
class DataSpec:
    """What a document says about its data: a generator's arguments, a formula's, or the points themselves.

    Attributes:
        name: a name of ``DATASETS``, or None where there are a ``formula`` or ``points``.
        n: number of points, train and test together.
        noise: see ``Dataset.noise``.
        classes: number of classes, 0 for regression.
        seed: for the generator and for the choice of test points.
        test: share of the points kept for testing, in [0, 1).
        points: ((x, y), …) when the document carries its points.
        targets: class numbers or values, one per point.
        balance: in [0.05, 1], the size of the last class relative to the first, the classes between them
            geometrically. A formula's classes are thinned out by the same factors. Regression ignores it.
        formula: ``class = …`` or ``target = …`` (see ``nets.formula``).
        labels: what the classes of ``points`` are called; empty where they have only numbers.
    """

    name: str | None
    n: int
    noise: float
    classes: int
    seed: int
    test: float
    points: tuple[tuple[float, float], ...] = ()
    targets: tuple[float, ...] = ()
    balance: float = 1.0
    formula: str | None = None
    labels: tuple[str, ...] = ()

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


def _placed(place: Callable[[Generator, Array, int], Array]) -> Callable[[Generator, DataSpec], tuple[Array, Array]]:
    """Return a generator of classes whose points ``place(rng, targets, classes)`` puts in the plane."""

    def make(rng: Generator, spec: DataSpec) -> tuple[Array, Array]:
        targets = generators.deal(spec.n, spec.classes, spec.balance)
        points = place(rng, targets, spec.classes)
        return points + spec.noise * rng.standard_normal((2, spec.n)), targets

    return make


def _surface(height: Callable[[Array, Array], Array]) -> Callable[[Generator, DataSpec], tuple[Array, Array]]:
    """Return a generator of points spread evenly over the square, valued by ``height(x, y)``."""

    def make(rng: Generator, spec: DataSpec) -> tuple[Array, Array]:
        points = rng.uniform(-1, 1, (2, spec.n))
        return points, height(*points) + spec.noise * rng.standard_normal(spec.n)

    return make


_ROWS = (
    Dataset("spiral", _placed(generators.spiral), (2, 5), 0.03, "interleaved spiral arms"),
    Dataset("circles", _placed(generators.circles), (2, 5), 0.05, "rings within rings"),
    Dataset("xor", _placed(generators.xor), (2, 2), 0.03, "opposite quadrants"),
    Dataset("gaussians", _placed(generators.gaussians), (2, 6), 0.16, "normal clouds on a circle"),
    Dataset("moons", _placed(generators.moons), (2, 2), 0.06, "two interlocking half-moons"),
    Dataset("checkerboard", _placed(generators.checkerboard), (2, 2), 0.02, "squares of a board, in turns"),
    Dataset("pinwheel", _placed(generators.pinwheel), (2, 5), 0.03, "bent blades round a hub"),
    Dataset("bumps", _surface(generators.bumps_height), (0, 0), 0.02, "two hills and a valley (regression)"),
    Dataset("saddle", _surface(generators.saddle_height), (0, 0), 0.02, "x² − y² (regression)"),
    Dataset("plane", _surface(generators.plane_height), (0, 0), 0.05, "a slope, (x + y) / 2 (regression)"),
    Dataset("ripple", _surface(generators.ripple_height), (0, 0), 0.02, "rings on water (regression)"),
)

DATASETS: dict[str, Dataset] = {row.name: row for row in _ROWS}


def by_formula(text: str, *, n: int = 400, noise: float = 0.0, seed: int = 1, test: float = 0.25) -> DataSpec:
    """Describe data by a formula, its classes counted.

    Raises:
        FormulaError: when the formula is none.

    >>> by_formula("class = x*y > sin(3*x)").classes
    2
    """
    return DataSpec(None, n, noise, read_formula(text).count_classes(), seed, test, formula=text)


@lru_cache(maxsize=256)  # more than there are runs at a time, each of which comes round again and again
def load(spec: DataSpec) -> Data:
    """Make the points of a spec: the same spec gives the same bytes. The arrays are read-only.

    Raises:
        FormulaError: when the spec's formula is none or gives no data.

    >>> data = load(by_formula("class = x > y", n=20))
    >>> data.points.shape, data.targets[:4].tolist(), int(data.is_test.sum())
    ((2, 20), [0.0, 1.0, 0.0, 0.0], 5)
    """
    rng = np.random.default_rng(spec.seed)
    if spec.formula is not None:
        formula = read_formula(spec.formula)
        points, targets = formula.sample(rng, spec.n, spec.noise, spec.classes, spec.balance)
    elif spec.name is None:
        points = np.array(spec.points, dtype=float).T.copy()
        targets = np.array(spec.targets, dtype=float)
    else:
        points, targets = DATASETS[spec.name].make(rng, spec)
    is_test = np.zeros(spec.n, dtype=bool)
    is_test[np.random.default_rng([spec.seed, 1]).permutation(spec.n)[: spec.n_test]] = True
    data = Data(points, targets, is_test)
    for array in (points, targets, is_test):
        array.flags.writeable = False
    return data


def target_rows(spec: DataSpec, targets: Array) -> Array:
    """Return targets as the outputs should be: one-hot (classes, n), or values (1, n).

    >>> target_rows(by_formula("class = x > y"), np.array([0.0, 1.0, 1.0])).tolist()
    [[1.0, 0.0, 0.0], [0.0, 1.0, 1.0]]
    """
    if not spec.classes:
        return targets[None, :].copy()
    return (targets == np.arange(spec.classes)[:, None]).astype(float)
