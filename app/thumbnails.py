"""Thumbnails: the data sets as small pictures, drawn from the very points their generators make."""

from urllib.parse import quote

from app.palette import LIGHT, class_colour
from nets import dataset
from nets.datasets import load


def dataset_picture(name: str, size: int = 44, n: int = 100) -> str:
    """Draw a data set as a small SVG data URI; as percent-encoded text, which compresses better than base64."""
    spec = dataset(name, n=n)
    data = load(spec)
    dots = "".join(
        f"<circle cx='{size * (1 + 0.92 * x) / 2:.1f}' cy='{size * (1 - 0.92 * y) / 2:.1f}' r='1.7'"
        f" {_dot_paint(target, spec.classes)}/>"
        for (x, y), target in zip(data.points.T, data.targets, strict=True)
    )
    svg = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {size} {size}'>{dots}</svg>"
    return "data:image/svg+xml," + quote(svg, safe=" =:/'")


def _dot_paint(target: float, classes: int) -> str:
    """Return a dot's SVG paint: its class's colour, or the sign of its value, paler towards zero."""
    if classes:
        return f"fill='{class_colour(int(target))}'"
    colour = LIGHT["positive" if target > 0 else "negative"]
    return f"fill='{colour}' fill-opacity='{min(0.12 + abs(target), 1):.2f}'"
