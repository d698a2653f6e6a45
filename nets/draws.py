"""Draws: the random numbers of an epoch, each a function of training's seed, the epoch and the batch alone.

A stream is a generator of its own, ``default_rng([seed, epoch, stream])``. What is drawn for batch b of a stream
begins b golden sections of its period into it, so that a run which is resumed there draws the same.
"""

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence
from numpy.typing import NDArray

from nets.model import Training
from nets.network import Layers
from nets.regularizers import DROPOUTS

Array = NDArray[np.float64]

INPUT_NOISE, WEIGHT_NOISE, DROPOUT = 1, 2, 3  # streams; the order of the points is the one without a number
# How far apart batches begin: a golden section of the period 2¹²⁸, an odd number. Were it a power of two, the lower
# halves of the generator's states would be the same in all batches, and what is drawn for one would tell of the next.
APART = 0x9E3779B97F4A7C15F39CC0605CEDC835


def order_of_points(training: Training, epoch: int, n: int) -> NDArray[np.intp]:
    """Return a permutation of n points."""
    return np.random.default_rng([training.seed, epoch]).permutation(n)


def input_noise(training: Training, epoch: int, n: int) -> Array:
    """Return what is added to n points, (2, n)."""
    rng = np.random.default_rng([training.seed, epoch, INPUT_NOISE])
    return training.input_noise * rng.standard_normal((2, n))


class Draws:
    """What the steps of an epoch are disturbed by."""

    def __init__(self, training: Training, layers: Layers, epoch: int) -> None:
        self._training = training
        self._n_units = sum(layer.width for layer in layers[:-1])
        self._weights = _Stream(training.seed, epoch, WEIGHT_NOISE)
        self._units = _Stream(training.seed, epoch, DROPOUT)

    def weight_noise(self, batch: int, p: int) -> Array:
        """Return what is added to p parameters, (p,)."""
        return self._training.weight_noise * self._weights.at(batch).standard_normal(p)

    def masks(self, batch: int, n: int) -> Array:
        """Return what the hidden neurons' activations at the n points of a batch are multiplied by.

        (hidden neurons, n or, where the points share it, 1): 0 with probability p, else 1 / (1 − p).
        """
        left = 1 - self._training.dropout
        columns = 1 if DROPOUTS[self._training.dropout_kind].is_shared else n
        return (self._units.at(batch).random((self._n_units, columns)) < left) / left


class _Stream:
    def __init__(self, *seed: int) -> None:
        self._bits = PCG64(SeedSequence(seed))
        self._start = self._bits.state
        self._rng = Generator(self._bits)

    def at(self, batch: int) -> Generator:
        self._bits.state = self._start
        self._bits.advance(batch * APART)
        return self._rng
