"""A model as a program of its own, a row per library: a script that holds the weights and checks itself when run."""

from collections.abc import Callable
from dataclasses import dataclass

from nets import code_keras, code_numpy, code_torch
from nets.code_parts import Parts, parts_of
from nets.model import Model


@dataclass(frozen=True)
class Format:
    """A library that a model can be written for; ``needs`` is what has to be installed to run the script."""

    name: str
    title: str
    needs: str
    write: Callable[[Parts], str]


_ROWS = (
    Format("numpy", "NumPy", "numpy", code_numpy.write),
    Format("torch", "PyTorch", "torch", code_torch.write),
    Format("keras", "Keras", "keras 3 with any backend", code_keras.write),
)

FORMATS: dict[str, Format] = {row.name: row for row in _ROWS}


def code(model: Model, name: str = "numpy") -> str:
    """Return a model as a Python script for a library of ``FORMATS``.

    The script defines the network as a function of points (n, 2); run by itself it prints its outputs at
    three points and fails where they are not the model's.

    Raises:
        ValueError: when there is no such format.

    >>> from nets import create, dataset
    >>> code(create(dataset("moons"), hidden=[3]), "torch").splitlines()[0]
    '\"\"\"The network 2-3-2 of Relief, after 0 epochs, in PyTorch.'
    """
    if name not in FORMATS:
        raise ValueError(f"unknown format {name!r}; choose from {', '.join(FORMATS)}")
    return FORMATS[name].write(parts_of(model))
