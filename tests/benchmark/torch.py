"""The same steps in PyTorch's eager mode, where it happens to be installed; its default build is of gigabytes."""

from collections.abc import Callable
from importlib.util import find_spec

import numpy as np

from nets.batches import Batch
from nets.model import Model
from nets.network import N_INPUTS


def is_installed() -> bool:
    """Whether there is a PyTorch to measure against."""
    return find_spec("torch") is not None


def steps(model: Model, batch: Batch, count: int) -> Callable[[], int]:
    """Return a function that takes ``count`` steps of Adam on a batch and says how many."""
    # imported here, because nothing that has to be installed brings it
    import torch  # type: ignore[import-not-found]  # noqa: PLC0415

    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    modules, before = [], N_INPUTS
    for layer in model.layers:
        modules += [torch.nn.Linear(before, layer.width), torch.nn.Tanh()]
        before = layer.width
    network = torch.nn.Sequential(*modules[:-1])
    optimizer = torch.optim.Adam(network.parameters(), lr=model.training.learning_rate)
    points = torch.from_numpy(np.ascontiguousarray(batch.points.T))
    if model.data.classes:
        targets, loss = torch.from_numpy(np.argmax(batch.targets, axis=0)), torch.nn.CrossEntropyLoss()
    else:
        targets, loss = torch.from_numpy(np.ascontiguousarray(batch.targets.T)), torch.nn.MSELoss()

    def run() -> int:
        for _ in range(count):
            optimizer.zero_grad()
            loss(network(points), targets).backward()
            optimizer.step()
        return count

    return run
