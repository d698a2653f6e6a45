"""The engine: who takes the steps of training, and measures what they lead to.

All engines take the same steps to 1e-12; which one does is decided by the model alone and by what is installed, never
by the clock, so that a run which is cut into slices stays one run.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nets.batches import Batch, batches_of_data, epoch_of
from nets.descent import Descent, LineSearches, Steps
from nets.lbfgs import Minimizer
from nets.metrics import LossAndAccuracy, Metrics, gauge, loss_and_accuracy
from nets.model import Model, create, dataset
from nets.network import n_parameters
from nets.optimizers import OPTIMIZERS

Array = NDArray[np.float64]

MOST_WORK = 500_000  # parameters times points of a batch; beyond it numpy's matrix products are as fast


class Engine(NamedTuple):
    """One way to take steps.

    Attributes:
        name: what ``train_slice`` calls it.
        make: ``model -> Steps``.
        measures: ``(model, points) -> LossAndAccuracy``.
        is_available: whether it can be used here.
        is_suited: whether it is a good choice for a model; the first of the table that is is taken.
    """

    name: str
    make: Callable[[Model], Steps]
    measures: Callable[[Model, Batch], LossAndAccuracy]
    is_available: Callable[[], bool]
    is_suited: Callable[[Model], bool]


def steps_of(model: Model, engine: str | None = None) -> Steps:
    """Return what takes the steps of the model's training.

    Args:
        engine: a name of ``ENGINES``; None for the one that suits the model.

    Raises:
        ValueError: when there is no engine of that name, or it cannot be used here.
    """
    optimizer = OPTIMIZERS[model.training.optimizer].make(model.training.learning_rate)
    if isinstance(optimizer, Minimizer):
        return LineSearches(model, optimizer)
    return _engine_of(model, engine).make(model)


def gauge_of(model: Model, train: Batch, test: Batch, engine: str | None = None) -> Callable[[Array], Metrics]:
    """Return what measures parameters of a model on train and test points; ``engine`` as in ``steps_of``."""
    measures = _engine_of(model, engine).measures
    return gauge(measures(model, train), measures(model, test) if test.points.size else None)


def _engine_of(model: Model, name: str | None) -> Engine:
    if name is None:
        return next(row for row in ENGINES.values() if row.is_available() and row.is_suited(model))
    if name not in ENGINES:
        raise ValueError(f"unknown engine {name!r}; choose from {', '.join(ENGINES)}")
    if not ENGINES[name].is_available():
        raise ValueError(f"the engine {name!r} needs what requirements-fast.txt lists")
    return ENGINES[name]


def warm_up() -> None:
    """Load the compiled engine if it is here, and compile it where that has not been done: half a minute, once."""
    if ENGINES["compiled"].is_available():
        model = create(dataset("xor", n=10), hidden=[2])
        train, _ = batches_of_data(model)
        ENGINES["compiled"].make(model).take(epoch_of(model, train, 0), 0, 1)
        ENGINES["compiled"].measures(model, train)(model.parameters)


def _is_small(model: Model) -> bool:
    batch_size = model.training.batch_size_of(model.data.n - model.data.n_test)
    return n_parameters(model.layers) * batch_size <= MOST_WORK


@lru_cache(maxsize=1)
def _is_compiler_here() -> bool:
    try:
        import nets.compiled_descent  # noqa: F401, PLC0415  half a second, and only where it is installed
    except (ImportError, RuntimeError):  # not installed, or nowhere to keep what was compiled
        return False
    return True


def _compiled_descent(model: Model) -> Steps:
    from nets.compiled_descent import CompiledDescent  # noqa: PLC0415

    return CompiledDescent(model)


def _compiled_measures(model: Model, batch: Batch) -> LossAndAccuracy:
    from nets.compiled_metrics import compiled_loss_and_accuracy  # noqa: PLC0415

    return compiled_loss_and_accuracy(model, batch)


_ROWS = (
    Engine("compiled", _compiled_descent, _compiled_measures, _is_compiler_here, _is_small),
    Engine("numpy", Descent, loss_and_accuracy, lambda: True, lambda model: True),
)

ENGINES: dict[str, Engine] = {row.name: row for row in _ROWS}
