"""Reading values that are not to be believed: one function per kind of value.

Each takes a value from parsed JSON and ``where``, its path in the document, and returns it checked
or raises ``DocumentError`` with what was found and what is allowed. ``encode`` writes what ``read_vector`` reads.
"""

import base64
import binascii
import math
from collections.abc import Collection
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

SHOWN = 40  # characters of a wrong value that an error repeats


class DocumentError(ValueError):
    """A document that is not one: ``str(error)`` is one sentence, ``error.where`` the field's path."""

    def __init__(self, message: str, where: str) -> None:
        super().__init__(message)
        self.where = where


def shown(value: Any) -> str:
    """Return a wrong value as an error repeats it."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    if isinstance(value, int) and abs(value) >= 10**SHOWN:
        return f"a number of more than {SHOWN} digits"
    text = repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def path_of(where: str, name: str) -> str:
    """Return the path of a field of the object at ``where``.

    >>> path_of("data", "seed"), path_of("", "version")
    ('data.seed', 'version')
    """
    return f"{where}.{name}" if where else name


def read_fields(
    value: Any, where: str, required: Collection[str] = (), optional: Collection[str] = ()
) -> dict[str, Any]:
    """Read an object that has all required fields and no field but these."""
    if not isinstance(value, dict):
        raise DocumentError(f"expected an object, found {shown(value)}", where)
    allowed = [*required, *optional]
    for name in value:
        if name not in allowed:
            raise DocumentError(
                f"unknown field {shown(name)}; the fields are {', '.join(allowed)}", path_of(where, str(name)[:SHOWN])
            )
    for name in required:
        if name not in value:
            raise DocumentError(f"the field '{name}' is missing", path_of(where, name))
    return value


def read_list(value: Any, where: str, shortest: int, longest: int, what: str) -> list[Any]:
    """Read a list of ``shortest`` to ``longest`` items, called ``what`` in errors."""
    if not isinstance(value, list | tuple):
        raise DocumentError(f"expected a list of {what}, found {shown(value)}", where)
    if not shortest <= len(value) <= longest:
        raise DocumentError(f"{len(value)} {what}; allowed are {shortest} to {longest}", where)
    return list(value)


def read_choice(value: Any, where: str, what: str, choices: Collection[str]) -> str:
    """Read a name that must be one of ``choices``.

    >>> read_choice("swisch", "layers[0].activation", "activation", ["relu", "tanh"])
    Traceback (most recent call last):
        ...
    nets.fields.DocumentError: unknown activation 'swisch'; choose from relu, tanh
    """
    if not isinstance(value, str) or value not in choices:
        raise DocumentError(f"unknown {what} {shown(value)}; choose from {', '.join(choices)}", where)
    return value


def read_boolean(value: Any, where: str) -> bool:
    """Read true or false."""
    if not isinstance(value, bool):
        raise DocumentError(f"expected true or false, found {shown(value)}", where)
    return value


def read_integer(value: Any, where: str, low: int, high: int) -> int:
    """Read a whole number from ``low`` to ``high``."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise DocumentError(f"expected a whole number from {low} to {high}, found {shown(value)}", where)
    return value


def read_number(value: Any, where: str, low: float, high: float) -> float:
    """Read a number from ``low`` to ``high``."""
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:
        raise DocumentError(f"expected a number from {low:g} to {high:g}, found {shown(value)}", where)
    return float(value)


def encode(values: NDArray[Any], dtype: str = "<f8") -> str:
    """Return a vector as base64 of its little-endian bytes.

    >>> encode(np.array([1.0]))
    'AAAAAAAA8D8='
    """
    return base64.b64encode(values.astype(dtype, copy=False).tobytes()).decode("ascii")


def read_vector(value: Any, length: int, where: str, largest: float) -> Array:
    """Read ``length`` float64 numbers from base64 of their little-endian bytes, none beyond ±``largest``."""
    if not isinstance(value, str):
        raise DocumentError(f"expected {length} float64 numbers in base64, found {shown(value)}", where)
    if len(value) != 4 * math.ceil(8 * length / 3):
        raise DocumentError(
            f"expected {length} float64 numbers, which are {4 * math.ceil(8 * length / 3)} characters of base64, "
            f"found {len(value)}",
            where,
        )
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise DocumentError("this is not base64", where) from None
    if len(raw) != 8 * length:
        raise DocumentError(f"expected {8 * length} bytes, found {len(raw)}", where)
    vector = np.frombuffer(raw, dtype="<f8").astype(np.float64)
    wrong = np.flatnonzero(~(np.abs(vector) <= largest))
    if wrong.size:
        raise DocumentError(
            f"number {wrong[0]} is {vector[wrong[0]]}; allowed is up to ±{largest:g}", f"{where}[{wrong[0]}]"
        )
    return vector
