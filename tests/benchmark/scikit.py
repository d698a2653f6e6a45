"""The same training in scikit-learn: the same widths, nonlinearity, loss, optimiser and batches.

Its squared error has a factor ½ that ours has not, which Adam does not notice.
"""

from collections.abc import Callable
from math import ceil
from typing import Any
from warnings import catch_warnings

import numpy as np
from numpy.typing import NDArray

from nets.batches import Batch, batches_of_data
from nets.model import Model

Array = NDArray[np.float64]


def fit(model: Model, steps: int) -> Callable[[], int]:
    """Return a function that trains from the beginning, whole epochs until ``steps`` at least, and says how many."""
    train = batches_of_data(model)[0]
    x, y = _as_rows(model, train)
    batches_an_epoch = ceil(y.size / model.training.batch_size)
    epochs = ceil(steps / batches_an_epoch)
    network, _ = _network(model, epochs)

    def run() -> int:
        with catch_warnings(action="ignore"):  # that it could go on
            network.fit(x, y)
        return epochs * batches_an_epoch

    return run


def _network(model: Model, epochs: int) -> tuple[Any, dict[str, Any]]:
    """Return a network of the same widths, nonlinearity and optimiser, and partial_fit's options."""
    # imported here, because only requirements-bench.txt has it, and the tests read this module too
    from sklearn.neural_network import MLPClassifier, MLPRegressor  # noqa: PLC0415

    *hidden, _ = (layer.width for layer in model.layers)
    make, options = (
        (MLPClassifier, {"classes": range(model.data.classes)}) if model.data.classes else (MLPRegressor, {})
    )
    network = make(
        hidden_layer_sizes=hidden,
        activation="tanh",
        solver="adam",
        alpha=0,
        batch_size=model.training.batch_size,
        learning_rate_init=model.training.learning_rate,
        max_iter=epochs,
        n_iter_no_change=epochs + 1,
    )
    return network, options


def _as_rows(model: Model, batch: Batch) -> tuple[Array, Array]:
    """Return points as rows, and class numbers or values."""
    targets = np.argmax(batch.targets, axis=0) if model.data.classes else batch.targets[0]
    return np.ascontiguousarray(batch.points.T), targets
