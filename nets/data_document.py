"""The document's ``data``: a generator's arguments, a formula's, or points of one's own, checked."""

from typing import Any

from nets.datasets import DATASETS, MOST_CLASSES, DataSpec, load
from nets.expressions import FormulaError
from nets.fields import (
    DocumentError,
    read_choice,
    read_fields,
    read_integer,
    read_list,
    read_number,
    shown,
)
from nets.formula import LONGEST, read_formula
from nets.inputs import FARTHEST
from nets.limits import LARGEST_SEED, MOST_POINTS

FEWEST_POINTS = 10  # that a generator makes
SMALLEST_BALANCE = 0.05
LARGEST_TARGET = 1e6
LONGEST_LABEL = 40  # characters
LARGEST_SHARE = 0.9  # of the points, kept for testing


def read_data(value: Any) -> DataSpec:
    """Check the field ``data`` of a document.

    Raises:
        DocumentError: naming the first field that is wrong.
    """
    if isinstance(value, dict) and "points" in value:
        return _given_points(value)
    if isinstance(value, dict) and "formula" in value:
        return _by_formula(value)
    fields = read_fields(value, "data", required=("name",), optional=GENERATED)
    row = DATASETS[read_choice(fields["name"], "data.name", "data set", DATASETS)]
    lowest, highest = row.classes
    return DataSpec(
        name=row.name,
        classes=read_integer(fields.get("classes", lowest), "data.classes", lowest, highest),
        **_generated(fields, row.noise),
    )


def data_document(data: DataSpec) -> dict[str, Any]:
    """Return the field ``data``; reading it gives the same spec."""
    split = {"seed": data.seed, "test": data.test}
    if data.points:
        labels = {"labels": list(data.labels)} if data.labels else {}
        points = [list(point) for point in data.points]
        return {"points": points, "targets": list(data.targets), "classes": data.classes, **labels, **split}
    source = {"name": data.name} if data.formula is None else {"formula": data.formula}
    return {**source, "n": data.n, "noise": data.noise, "classes": data.classes, **split, "balance": data.balance}


GENERATED = ("n", "noise", "classes", "seed", "test", "balance")


def _split(fields: dict[str, Any]) -> dict[str, Any]:
    """Read what every kind of data has."""
    return {
        "seed": read_integer(fields.get("seed", 1), "data.seed", 0, LARGEST_SEED),
        "test": read_number(fields.get("test", 0.25), "data.test", 0, LARGEST_SHARE),
    }


def _generated(fields: dict[str, Any], noise: float) -> dict[str, Any]:
    """Read what generators and formulas have in common."""
    return {
        "n": read_integer(fields.get("n", 400), "data.n", FEWEST_POINTS, MOST_POINTS),
        "noise": read_number(fields.get("noise", noise), "data.noise", 0, 1),
        "balance": read_number(fields.get("balance", 1.0), "data.balance", SMALLEST_BALANCE, 1),
        **_split(fields),
    }


def _by_formula(value: dict[str, Any]) -> DataSpec:
    fields = read_fields(value, "data", required=("formula",), optional=GENERATED)
    text = fields["formula"]
    if not isinstance(text, str):
        raise DocumentError(f"expected a formula of at most {LONGEST} characters, found {shown(text)}", "data.formula")
    try:
        counted = read_formula(text).count_classes()
        classes = read_integer(fields.get("classes", counted), "data.classes", counted, counted)
        data = DataSpec(name=None, classes=classes, formula=text, **_generated(fields, 0.0))
        load(data)
    except FormulaError as error:
        raise DocumentError(str(error), "data.formula") from None
    return data


def _given_points(value: dict[str, Any]) -> DataSpec:
    fields = read_fields(value, "data", required=("points", "targets"), optional=("classes", "labels", "seed", "test"))
    items = read_list(fields["points"], "data.points", 1, MOST_POINTS, "points")
    points = []
    for i, item in enumerate(items):
        where = f"data.points[{i}]"
        x, y = read_list(item, where, 2, 2, "coordinates")
        points.append((read_number(x, where, -FARTHEST, FARTHEST), read_number(y, where, -FARTHEST, FARTHEST)))
    numbers = read_list(fields["targets"], "data.targets", len(points), len(points), "targets")
    targets = tuple(
        read_number(t, f"data.targets[{i}]", -LARGEST_TARGET, LARGEST_TARGET) for i, t in enumerate(numbers)
    )
    are_classes = all(isinstance(t, int) and 0 <= t < MOST_CLASSES for t in numbers)
    guessed = max(2, int(max(targets)) + 1) if are_classes else 0
    classes = read_integer(fields.get("classes", guessed), "data.classes", 0, MOST_CLASSES)
    if classes == 1:
        raise DocumentError(
            f"one class leaves nothing to tell apart; 0 (regression) or 2 to {MOST_CLASSES} are allowed", "data.classes"
        )
    for i, target in enumerate(targets):
        if classes and (target != int(target) or not 0 <= target < classes):
            raise DocumentError(
                f"expected a class from 0 to {classes - 1}, found {shown(numbers[i])}", f"data.targets[{i}]"
            )
    return DataSpec(
        name=None,
        n=len(points),
        noise=0.0,
        classes=classes,
        points=tuple(points),
        targets=targets,
        labels=_labels(fields.get("labels", []), classes),
        **_split(fields),
    )


def _labels(value: Any, classes: int) -> tuple[str, ...]:
    """Read the names of the classes: one each, or none at all."""
    items = read_list(value, "data.labels", 0, MOST_CLASSES, "labels")
    if items and len(items) != classes:
        raise DocumentError(f"{len(items)} labels for {classes} classes", "data.labels")
    for i, label in enumerate(items):
        if not isinstance(label, str) or not label.isprintable() or not (label.strip() and len(label) <= LONGEST_LABEL):
            raise DocumentError(
                f"expected a name of 1 to {LONGEST_LABEL} characters, found {shown(label)}", f"data.labels[{i}]"
            )
    return tuple(items)
