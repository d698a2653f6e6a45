"""What a benchmark is, and its measurements as an aligned plain-text table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median
from textwrap import fill
from typing import Any, NamedTuple

WIDTH = 110  # characters of a caption's line
GAP = "  "
MISSING = "–"


class Column(NamedTuple):
    """One column: its heading (unit included), the field of a row it shows, and how a number is written."""

    heading: str
    field: str
    format: str = ".1f"


@dataclass(frozen=True)
class Benchmark:
    """One benchmark, which is one table.

    Attributes:
        name: what the command line calls it.
        title: what is measured.
        caption: how, precisely, and what each column means.
        columns: of the table.
        measure: ``repetitions -> rows``, each with the fields the columns name.
        repetitions: how often everything is measured, interleaved.
        quick: the same with ``--quick``.
    """

    name: str
    title: str
    caption: str
    columns: tuple[Column, ...]
    measure: Callable[[int], Sequence[Any]]
    repetitions: int
    quick: int


def render(benchmark: Benchmark, rows: Sequence[Any], repetitions: int) -> str:
    """Return title, table and caption as text.

    >>> weights = Benchmark("w", "weights", "On the Moon.", (Column("who", "who"), Column("kg", "kg")), list, 3, 1)
    >>> Row = NamedTuple("Row", [("who", str), ("kg", float | None)])
    >>> print(render(weights, [Row("a cat", 4), Row("it", None)], 3))
    weights  (3 repetitions)
    <BLANKLINE>
    who     kg
    -----  ---
    a cat  4.0
    it       –
    <BLANKLINE>
    On the Moon.
    """
    title = f"{benchmark.title}  ({repetitions} repetitions)"
    return "\n".join([title, "", grid(benchmark.columns, rows), "", fill(benchmark.caption, WIDTH)])


def grid(columns: Sequence[Column], rows: Sequence[Any]) -> str:
    """Return the table alone."""
    cells = [[_text(getattr(row, column.field), column.format) for column in columns] for row in rows]
    head = [column.heading for column in columns]
    widths = [max(map(len, column)) for column in zip(head, *cells, strict=True)]
    return "\n".join(_line(line, widths) for line in (head, ["-" * width for width in widths], *cells))


def paired_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """Return the median of the quotients of two series measured side by side.

    What slows the machine down for a while slows both halves of a pair, so this is steadier than
    the quotient of the medians.
    """
    return median(a / b for a, b in zip(above, below, strict=True))


def _text(value: Any, form: str) -> str:
    if value is None:
        return MISSING
    return value if isinstance(value, str) else format(value, form)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    """Align the first column left and the others, which are numbers, right."""
    first, *others = (cell.rjust(width) for cell, width in zip(cells, widths, strict=True))
    return GAP.join([cells[0].ljust(len(first)), *others]).rstrip()
