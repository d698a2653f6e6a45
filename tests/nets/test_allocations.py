"""A step of training makes no array: what it needs was made before the first one."""

import tracemalloc
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from nets.activations import ACTIVATIONS
from nets.batches import batches_of_data, epoch_of
from nets.descent import Descent
from nets.inputs import Inputs
from nets.losses import LOSSES
from nets.model import Model, dataset
from nets.network import Layer, Layers, is_weight
from nets.optimizers import OPTIMIZERS
from tests.nets.models import model_of

N_POINTS = 1000
WIDTH = 8
FIRST_ORDER = [name for name, row in OPTIMIZERS.items() if not row.is_full_batch]
DATA = dataset("gaussians", 3, n=2 * N_POINTS, test=0)


A_ROW = 8 * N_POINTS  # bytes: less than any array of a batch
NEEDS_ANOTHER = ("silu", "gelu")  # as the docstring of nets.activations says


def network(name: str = "tanh", pre: str = "identity") -> Layers:
    return (
        Layer(WIDTH, (name,) * WIDTH),
        Layer(WIDTH, (*(name,) * (WIDTH - 1), "tanh"), pre=pre, skip=True, frozen=(0,), off=(1,)),
        Layer(3, ("identity",) * 3),
    )


@pytest.fixture
def _small_buffers() -> Iterator[None]:
    """What numpy buffers while it goes through an array is of one size whatever the array's: here a small one."""
    before = np.setbufsize(160)
    yield
    np.setbufsize(before)


def most_bytes_of_a_step(model: Model) -> int:
    """The most memory that 50 steps held at a time beyond what was there after the first ones."""
    epoch = epoch_of(model, batches_of_data(model)[0], 0)
    steps = Descent(model)
    with np.errstate(all="ignore"):
        assert steps.take(epoch, 0, 2) == 2
        tracemalloc.start()
        try:
            before, _ = tracemalloc.get_traced_memory()
            taken = sum(steps.take(epoch, 0, 2) for _ in range(25))
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert taken == 50
    return most - before


def model(layers: Layers, **training: Any) -> Model:
    """Of numbers that are all above 0, so that log and sqrt have values, and whose steps are short."""
    made = model_of(layers, DATA, batch_size=N_POINTS, **{"learning_rate": 1e-8, **training})
    parameters = 0.1 * np.abs(made.parameters) + 2 * (is_weight(layers) == 0)
    return replace(made, parameters=parameters, inputs=Inputs(centre=(-2.0, -2.0)))


pytestmark = pytest.mark.usefixtures("_small_buffers")


@pytest.mark.parametrize("penalty", [{}, {"l1": 0.1, "l2": 0.1}], ids=["plain", "with penalties"])
@pytest.mark.parametrize("optimizer", FIRST_ORDER)
def test_no_optimiser_makes_arrays(optimizer: str, penalty: dict[str, float]) -> None:
    assert most_bytes_of_a_step(model(network(), optimizer=optimizer, **penalty)) < A_ROW


@pytest.mark.parametrize("loss", LOSSES)
def test_no_loss_makes_arrays(loss: str) -> None:
    assert most_bytes_of_a_step(model(network(), loss=loss)) < A_ROW


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name not in NEEDS_ANOTHER])
def test_no_nonlinearity_makes_arrays(name: str) -> None:
    assert most_bytes_of_a_step(model(network(name))) < A_ROW


@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name not in NEEDS_ANOTHER])
def test_no_nonlinearity_before_the_weights_makes_arrays(name: str) -> None:
    assert most_bytes_of_a_step(model(network("tanh", pre=name))) < A_ROW


@pytest.mark.parametrize("name", NEEDS_ANOTHER)
def test_the_slopes_of_two_nonlinearities_need_a_few_arrays_of_a_layer_for_a_moment(name: str) -> None:
    """Which shows too that an array would not go unnoticed."""
    assert A_ROW * WIDTH < most_bytes_of_a_step(model(network(name))) < 4 * A_ROW * WIDTH
