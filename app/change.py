"""A change, and reading the values that controls send: numbers as numbers or as text, names of tables."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from nets.fields import SHOWN, DocumentError
from nets.limits import LIMITS
from nets.model import Model


@dataclass(frozen=True)
class Change:
    """One thing the user did in the setup panel.

    Attributes:
        control: the name of the control, a key of ``app.edits.EDITS``.
        value: what it was set to; None for buttons.
        layer: index into ``Model.layers``, where the control belongs to a layer.
        neuron: index into that layer, where it belongs to a neuron.
    """

    control: str
    value: Any = None
    layer: int = 0
    neuron: int = 0


Edit = Callable[[Model, Change], Model]


def short(value: Any) -> str:
    """Return the beginning of a wrong value, for an error to repeat; lists may be too deep to be written out."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"


def choice(value: Any, where: str, what: str, choices: Collection[str]) -> str:
    """Read a name that must be one of a table's; what is no text may not even be looked for there."""
    if not isinstance(value, str) or value not in choices:
        raise DocumentError(f"unknown {what} {short(value)}; choose from {', '.join(choices)}", where)
    return value


def whole(value: Any, where: str) -> int:
    """Read a whole number that a control gave as a number or as text.

    >>> whole("12", "layers[0].width")
    12
    """
    try:
        number = float(value)
        whole = int(number)
    except (TypeError, ValueError, OverflowError):
        raise DocumentError(f"expected a whole number, found {short(value)}", where) from None
    if whole != number:
        raise DocumentError(f"expected a whole number, found {short(value)}", where)
    return whole


def real(value: Any, where: str) -> float:
    """Read a number that a control gave as a number or as text."""
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        raise DocumentError(f"expected a number, found {short(value)}", where) from None


def or_nothing(read: Callable[[Any, str], Any]) -> Callable[[Any, str], Any]:
    """Return ``read`` for a box that may be empty, which is None."""
    return lambda value, where: None if value is None or value == "" else read(value, where)


def name_of(what: str, choices: Collection[str]) -> Callable[[Any, str], str]:
    """Return the reading of a name of one table, see ``choice``."""
    return lambda value, where: choice(value, where, what, choices)


def possible_width(width: int) -> int:
    """Return the nearest width that a layer can have; the document's check says what is wrong with it elsewhere."""
    return min(max(width, 1), LIMITS["neurons a layer"])
