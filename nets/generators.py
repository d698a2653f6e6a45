"""Generators: where the points of each data set lie, and the heights of the regression surfaces.

A placement is ``(rng, targets, classes) -> points``: it puts one point of the square [−1, 1]² for each
class number of ``targets``, (n,), without noise, and returns (2, n) float64.
"""

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Array = NDArray[np.float64]


def deal(n: int, classes: int, balance: float = 1.0) -> Array:
    """Deal n points out to the classes, one after another; return their class numbers, (n,).

    Class k is to have a share proportional to balance^(k / (classes − 1)): the last one is ``balance``
    times as large as the first. Each point goes to the class with the largest share/√(s(s + 1)), where s
    is the number of points it has, so that every class has one before any has two (the method of equal
    proportions: Huntington, 1921). With balance 1 that is 0, 1, 2, 0, 1, 2, …

    >>> deal(7, 3).tolist()
    [0.0, 1.0, 2.0, 0.0, 1.0, 2.0, 0.0]
    >>> deal(7, 2, balance=0.25).tolist()
    [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    shares = balance ** (np.arange(classes) / max(classes - 1, 1))
    had = np.arange(n)[:, None]
    with np.errstate(divide="ignore"):
        claims = shares / np.sqrt(had * (had + 1.0))
    order = np.argsort(-claims, axis=None, kind="stable")
    return (order[:n] % classes).astype(float)


def _polar(radius: Array, angle: Array) -> Array:
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)])


def spiral(rng: Generator, targets: Array, classes: int) -> Array:
    """Interleaved arms, one per class, each turning by 4.2 radians from the centre to the rim."""
    t = rng.uniform(0.04, 1, targets.size)
    return _polar(0.92 * t, 4.2 * t + 2 * np.pi * targets / classes)


def circles(rng: Generator, targets: Array, classes: int) -> Array:
    """Concentric rings, class 0 innermost."""
    radius = 0.85 * (targets + 0.4) / (classes - 0.6)
    return _polar(radius, rng.uniform(0, 2 * np.pi, targets.size))


def xor(rng: Generator, targets: Array, classes: int) -> Array:
    """Two classes on opposite quadrants: class 1 where x and y have the same sign."""
    magnitude = rng.uniform(0.08, 0.92, (2, targets.size))
    x_sign = rng.choice([-1.0, 1.0], targets.size)
    y_sign = x_sign * (2 * targets - 1)
    return magnitude * np.stack([x_sign, y_sign])


def gaussians(rng: Generator, targets: Array, classes: int) -> Array:
    """The centres of clouds evenly round a circle; the noise is the clouds' standard deviation."""
    return _polar(np.full(targets.size, 0.58), 2 * np.pi * targets / classes + np.pi / 2)


def moons(rng: Generator, targets: Array, classes: int) -> Array:
    """Two interlocking half-moons."""
    angle = rng.uniform(0, np.pi, targets.size)
    upper = np.stack([0.55 * np.cos(angle) - 0.27, 0.55 * np.sin(angle) - 0.13])
    return np.where(targets == 0, upper, -upper)


def checkerboard(rng: Generator, targets: Array, classes: int) -> Array:
    """A board of 4 × 4 squares with margins; class 0 has the one at the lower left."""
    column = rng.integers(0, 4, targets.size)
    row = 2 * rng.integers(0, 2, targets.size) + (column + targets) % 2
    within = rng.uniform(0.06, 0.94, (2, targets.size))
    return (np.stack([column, row]) + within) / 2 - 1


def pinwheel(rng: Generator, targets: Array, classes: int) -> Array:
    """Broad blades round a hub, one per class, bent by 1.3 radians from the hub to the rim."""
    radius = rng.uniform(0.12, 0.92, targets.size)
    across = rng.uniform(-1, 1, targets.size)  # of the blade, which is 55 % as wide as its sector
    return _polar(radius, 1.3 * radius + np.pi * (2 * targets + 0.55 * across) / classes)


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


def plane_height(x: Array, y: Array) -> Array:
    """(x + y) / 2."""
    return (x + y) / 2


def ripple_height(x: Array, y: Array) -> Array:
    """0.8 sin(6r) / (1 + r), r the distance from the centre."""
    r = np.hypot(x, y)
    return 0.8 * np.sin(6 * r) / (1 + r)
