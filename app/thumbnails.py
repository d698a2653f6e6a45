"""Thumbnails: the data sets as small pictures, drawn from the very points their generators make."""

from urllib.parse import quote

from app.palette import LIGHT, class_colour
from nets import dataset
from nets.datasets import load

LEVELS = 4  # shades of a value's size


def dataset_picture(name: str, size: int = 44, n: int = 100) -> str:
    """Draw a data set as a small SVG data URI: a path of dots for every colour, which is a few bytes a dot."""
    spec = dataset(name, n=n)
    data = load(spec)
    dots: dict[str, list[str]] = {}
    for (x, y), target in zip(data.points.T, data.targets, strict=True):
        place = f"M{size * (1 + 0.92 * x) / 2:.1f} {size * (1 - 0.92 * y) / 2:.1f}h0"
        dots.setdefault(_paint(target, spec.classes), []).append(place)
    paths = "".join(f"<path {paint} d='{''.join(places)}'/>" for paint, places in dots.items())
    svg = (
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {size} {size}'>"
        f"<g stroke-width='3.4' stroke-linecap='round'>{paths}</g></svg>"
    )
    return "data:image/svg+xml," + quote(svg, safe=" =:/'")


def _paint(target: float, classes: int) -> str:
    """Return a dot's SVG paint: its class's colour, or the sign of its value, paler towards zero."""
    if classes:
        return f"stroke='{class_colour(int(target))}'"
    colour = LIGHT["positive" if target > 0 else "negative"]
    strength = min(int(LEVELS * abs(target)) + 1, LEVELS) / LEVELS
    return f"stroke='{colour}' stroke-opacity='{strength:g}'"
