"""Points from a table of text: comma-separated values and what spreadsheets make of them.

Three columns, x, y and target, in any order where a first line names them. Cells are separated by
commas, semicolons, tabs or spaces and may be quoted; blank lines and lines that begin with # count
for nothing; where commas do not separate, they may be decimal points.
"""

import csv
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass

from nets.data_document import LARGEST_TARGET, LONGEST_LABEL
from nets.datasets import MOST_CLASSES
from nets.inputs import FARTHEST
from nets.limits import MOST_POINTS

ROLES = ("x", "y", "target")
# What the columns are called, besides their roles. In "x1, x2, y" the target is y.
ALIASES = {"x1": "x", "x_1": "x", "x2": "y", "x_2": "y", "class": "target", "label": "target", "value": "target"}
TASKS = ("guess", "classes", "values")
MOST_GUESSED = 10  # whole numbers from 0 that are taken for classes
SHOWN = 20  # characters of a wrong cell that an error repeats


class TableError(ValueError):
    """A table that is none: ``str(error)`` is one sentence with the number of the line, counted from 1."""


@dataclass(frozen=True)
class Table:
    """What was read: points, their targets, how many classes (0 for values), and what the classes are called."""

    points: tuple[tuple[float, float], ...]
    targets: tuple[float, ...]
    classes: int
    labels: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A line's cells and its number."""

    number: int
    cells: Sequence[str]


def read_table(text: str, task: str = "guess") -> Table:
    """Read points and targets.

    Args:
        text: the table.
        task: whether targets are "classes" or "values". To "guess", they are classes if most are no
            numbers, or if they are whole numbers, few, and none is left out from 0 on.

    Raises:
        TableError: saying what is wrong, in which line and column.

    >>> read_table("x; y; kind\\n0,5; 1; setosa\\n2; 3; virginica").labels
    ('setosa', 'virginica')
    """
    if task not in TASKS:
        raise TableError(f"unknown kind of targets {task[:SHOWN]!r}; choose from {', '.join(TASKS)}")
    separator, lines = _lines(text)
    columns, rows = _columns(lines)
    if len(rows) < 2:
        raise TableError(f"{len(rows) or 'no'} point{'s' if len(rows) != 1 else ''}; at least 2 are needed")
    if len(rows) > MOST_POINTS:
        raise TableError(f"line {rows[MOST_POINTS].number}: more than {MOST_POINTS} points, the most there may be")
    has_decimal_comma = separator != ","
    for row in rows:
        if len(row.cells) != len(rows[0].cells):
            raise TableError(f"line {row.number}: {len(row.cells)} columns, but {len(rows[0].cells)} before")
    points = tuple(
        (
            _number(row, columns[0], "x", FARTHEST, has_decimal_comma),
            _number(row, columns[1], "y", FARTHEST, has_decimal_comma),
        )
        for row in rows
    )
    texts = [row.cells[columns[2]] for row in rows]
    numbers = [_parsed(cell, has_decimal_comma) for cell in texts]
    if task == "values" or (task == "guess" and not _are_classes(numbers)):
        values = tuple(_number(row, columns[2], "target", LARGEST_TARGET, has_decimal_comma) for row in rows)
        return Table(points, values, 0, ())
    return _classified(points, rows, columns[2], numbers)


def _lines(text: str) -> tuple[str, list[Line]]:
    """Split the text into lines of cells; return what separates them, too."""
    numbered = [
        (number, line)
        for number, line in enumerate(re.split(r"\r\n|\r|\n", text.removeprefix("\ufeff")), 1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not numbered:
        raise TableError("there is nothing in it; three columns x, y and target are needed")
    first = numbered[0][1]
    separator = next((mark for mark in ";\t," if mark in first), " ")
    lines = []
    for number, line in numbered:
        try:
            (cells,) = csv.reader([line.strip(" ")], delimiter=separator, skipinitialspace=True, strict=True)
        except csv.Error:
            raise TableError(f"line {number}: the quotes do not match") from None
        lines.append(Line(number, [cell.strip() for cell in cells]))
    return separator, lines


def _columns(lines: list[Line]) -> tuple[tuple[int, int, int], list[Line]]:
    """Return which columns are x, y and target, and the lines that hold points."""
    first = lines[0]
    names = [cell.lower() for cell in first.cells]
    has_header = not any(_parsed(cell, True) is not None for cell in names)
    if len(names) < len(ROLES):
        raise TableError(f"line {first.number}: {len(names)} columns; three are needed: x, y and target")
    if not has_header:
        if len(names) > len(ROLES):
            raise TableError(
                f"line {first.number}: {len(names)} columns; of more than three a first line must name x, y and target"
            )
        return (0, 1, 2), lines
    roles = _roles(names)
    missing = [role for role in ROLES if role not in roles]
    unnamed = [i for i in range(len(names)) if i not in roles.values()]
    if missing and len(missing) != len(unnamed):
        raise TableError(
            f"line {first.number}: no column named {' or '.join(missing)}; there are {', '.join(names)[:200]}"
        )
    roles |= dict(zip(missing, unnamed, strict=False))
    return (roles["x"], roles["y"], roles["target"]), lines[1:]


def _roles(names: list[str]) -> dict[str, int]:
    """Return the columns whose role their name tells; the first of two with the same name."""
    is_numbered = {"x1", "x2"} <= set(names) or {"x_1", "x_2"} <= set(names)
    known = {role: role for role in ROLES} | ALIASES | ({"y": "target"} if is_numbered else {})
    roles: dict[str, int] = {}
    for i, name in enumerate(names):
        if name in known:
            roles.setdefault(known[name], i)
    return roles


def _parsed(cell: str, has_decimal_comma: bool) -> float | None:
    """Return a cell's number; None where it is none."""
    text = cell.replace("−", "-")
    if has_decimal_comma and text.count(",") == 1 and "." not in text:
        text = text.replace(",", ".")
    try:
        return float(text) if "_" not in text else None
    except ValueError:
        return None


def _number(row: Line, column: int, role: str, largest: float, has_decimal_comma: bool) -> float:
    cell = row.cells[column]
    number = _parsed(cell, has_decimal_comma)
    if number is None:
        found = repr(cell if len(cell) <= SHOWN else cell[:SHOWN] + "…") if cell else "nothing"
        raise TableError(f"line {row.number}: {found} is not a number in column {role}")
    if not abs(number) <= largest:
        raise TableError(f"line {row.number}: {number:g} in column {role}; allowed are numbers up to ±{largest:g}")
    return number


def _are_classes(numbers: Sequence[float | None]) -> bool:
    if numbers.count(None) > len(numbers) / 2:
        return True
    distinct = set(numbers)
    return len(distinct) <= MOST_GUESSED and distinct == set(range(len(distinct)))


def _classified(
    points: tuple[tuple[float, float], ...], rows: list[Line], column: int, numbers: Sequence[float | None]
) -> Table:
    """Number the classes: 0, 1, … as they are; other numbers by size, names as they appear."""
    names = [row.cells[column] for row in rows]
    values = [number for number in numbers if number is not None]
    if len(values) == len(rows):
        if not all(map(math.isfinite, values)):
            bad = next(row for row, value in zip(rows, values, strict=True) if not math.isfinite(value))
            raise TableError(f"line {bad.number}: {bad.cells[column]!r} is no class")
        distinct = sorted(set(values))
        targets = tuple(float(distinct.index(value)) for value in values)
        labels = () if distinct == list(range(len(distinct))) else tuple(f"{value:g}" for value in distinct)
        n_classes = len(distinct)
    else:
        order = list(dict.fromkeys(names))
        for row, name in zip(rows, names, strict=True):
            if not 1 <= len(name) <= LONGEST_LABEL or not name.isprintable():
                raise TableError(f"line {row.number}: a class has a name of 1 to {LONGEST_LABEL} characters")
        numbered = {name: float(i) for i, name in enumerate(order)}
        targets, labels, n_classes = tuple(numbered[name] for name in names), tuple(order), len(order)
    if n_classes == 1:
        raise TableError(f"all points are of one class ({names[0]}); at least two are needed")
    if n_classes > MOST_CLASSES:
        raise TableError(f"{n_classes} classes; {MOST_CLASSES} are the most there may be")
    return Table(points, targets, n_classes, labels)
