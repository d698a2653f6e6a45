"""Presets: states of the page that tell a story, opened with one click or by ``?preset=id``."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from app.presets import by_hand, carved, trouble
from app.presets.preset import Preset
from nets import Budget, Model, serialise, train_slice

__all__ = ["CHAPTERS", "PRESETS", "Chapter", "Preset", "gallery", "model_of", "opened"]


@dataclass(frozen=True)
class Chapter:
    """A part of the gallery."""

    title: str
    rows: tuple[Preset, ...]


CHAPTERS = (
    Chapter("Made by hand", by_hand.ROWS),
    Chapter("Carved by training", carved.ROWS),
    Chapter("What goes wrong", trouble.ROWS),
)

PRESETS: dict[str, Preset] = {row.id: row for chapter in CHAPTERS for row in chapter.rows}


@lru_cache(maxsize=len(PRESETS))
def model_of(id_: str) -> Model:
    """Return a preset's model, built when it is first asked for.

    Raises:
        KeyError: when there is no preset of that name.
    """
    return PRESETS[id_].make()


@lru_cache(maxsize=len(PRESETS))
def _pictured(id_: str) -> dict[str, Any]:
    """Return what a preset's picture is drawn from: the network, once it looks like what it is about."""
    row = PRESETS[id_]
    model = model_of(id_)
    if row.pictured:
        model = train_slice(model, Budget(epochs=row.pictured)).model
    document = serialise(model)
    layer, neuron = row.select
    network = {name: document[name] for name in ("layers", "parameters", "inputs", "domain")}
    return {**network, "layer": layer, "neuron": neuron}


def gallery() -> list[dict[str, Any]]:
    """Return every chapter with its presets, as the page shows them."""
    return [
        {
            "title": chapter.title,
            "presets": [
                {"id": row.id, "title": row.title, "look": row.look, "picture": _pictured(row.id)}
                for row in chapter.rows
            ],
        }
        for chapter in CHAPTERS
    ]


def opened(id_: str) -> dict[str, Any]:
    """Return all that opening a preset takes.

    Raises:
        KeyError: when there is no preset of that name.
    """
    row = PRESETS[id_]
    return {
        "id": row.id,
        "title": row.title,
        "look": row.look,
        "select": list(row.select),
        "plays": row.plays,
        "tilt": row.tilt,
        "rate": row.rate,
        "document": serialise(model_of(id_)),
    }
