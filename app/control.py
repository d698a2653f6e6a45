"""A control of the setup panel, as data."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from nets import Model


@dataclass(frozen=True)
class Control:
    """A control whose value is read off the model.

    Attributes:
        name: key of ``app.edits.EDITS``.
        label: what the user reads.
        section: "data", "network" or "training".
        read: ``model -> value`` as the component wants it.
        choices: the values of a menu; None for a slider or a number box.
        limits: smallest, largest and step of a slider or a number box.
        is_shown: whether the control means anything for this model.
        is_advanced: whether it stands under "more", which is closed at first.
        is_box: whether it is a number box and no slider.
        empty: what a box that may be empty means then; its value is "" there. None: it may not.
        help: a sentence about it, its formula where it has one; of the model where that depends on it.
    """

    name: str
    label: str
    section: str
    read: Callable[[Model], Any]
    choices: tuple[str, ...] | None = None
    limits: tuple[float, float, float] = (0, 1, 1)
    is_shown: Callable[[Model], bool] = lambda model: True
    is_advanced: bool = False
    is_box: bool = False
    empty: Callable[[Model], str] | None = None
    help: str | Callable[[Model], str] = ""

    @property
    def kind(self) -> str:
        """What it is: "menu", "box" or "slider"."""
        if self.choices:
            return "menu"
        return "box" if self.is_box else "slider"

    def help_for(self, model: Model) -> str:
        """Return the sentence about it for a model."""
        return self.help if isinstance(self.help, str) else self.help(model)


def number_text(number: float) -> str:
    """Write a number as the menus do: 0.0001, not 1e-04.

    >>> number_text(0.0001), number_text(3.0)
    ('0.0001', '3')
    """
    return f"{number:.10f}".rstrip("0").rstrip(".")
