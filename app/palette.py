"""Colours: one table for both themes. The page reads them as CSS variables of the same names.

Heights use one diverging map, orange below zero and blue above, which the common forms of colour
blindness keep apart; it is pale at zero on a light page and dark at zero on a dark one. Weights
use its two ends. Classes have colours that are not in it, and so has the level set at which a
landscape is cut.
"""

HEIGHT_STOPS = (-1.0, -0.55, 0.0, 0.55, 1.0)  # of height / scale, one per height colour

LIGHT = {
    "paper": "#fbfaf8",
    "panel": "#ffffff",
    "soft": "#f3f1ec",
    "line": "#e4e1da",
    "ink": "#1c1f24",
    "muted": "#616875",
    "accent": "#1f6f8b",
    "on-accent": "#ffffff",
    "warning": "#a8321f",
    "positive": "#1d6fa5",
    "negative": "#c8692b",
    "height-0": "#a6461c",
    "height-1": "#e08d58",
    "height-2": "#f1ede6",
    "height-3": "#64a8cd",
    "height-4": "#165c8f",
    "level": "#191c21",
    "cut": "#e0007a",
    "crease": "#4a1d96",
    "class-0": "#0f8f7c",
    "class-1": "#7a56c9",
    "class-2": "#d19a00",
    "class-3": "#c2347e",
    "class-4": "#5a8a1c",
    "class-5": "#6b5f57",
}

DARK = {
    "paper": "#14171b",
    "panel": "#1b1f25",
    "soft": "#262c34",
    "line": "#323943",
    "ink": "#e9e7e2",
    "muted": "#9ca4b0",
    "accent": "#5bb3d0",
    "on-accent": "#10151a",
    "warning": "#ff9d85",
    "positive": "#5aa9dd",
    "negative": "#e58d52",
    "height-0": "#ffb873",
    "height-1": "#c76b33",
    "height-2": "#2b3038",
    "height-3": "#3380b8",
    "height-4": "#8cd1ff",
    "level": "#f2f2f2",
    "cut": "#ff5caf",
    "crease": "#6dffb8",
    "class-0": "#3cc7b0",
    "class-1": "#a98bf0",
    "class-2": "#f0bf3c",
    "class-3": "#f277b1",
    "class-4": "#a3cc5c",
    "class-5": "#b8aaa0",
}

N_CLASS_COLOURS = sum(name.startswith("class-") for name in LIGHT)


def style_sheet() -> str:
    """Return both themes as CSS custom properties; the attribute is the one Mantine sets on <html>."""
    themes = ((":root", LIGHT), (":root[data-mantine-color-scheme='dark']", DARK))
    return "\n".join(f"{selector}{{{_declarations(theme)}}}" for selector, theme in themes)


def _declarations(theme: dict[str, str]) -> str:
    return "".join(f"--{name}:{colour};" for name, colour in theme.items())


def colorscale(theme: dict[str, str] = LIGHT) -> list[list[float | str]]:
    """Return the height colours as a Plotly colour scale over [0, 1]."""
    return [[(stop + 1) / 2, theme[f"height-{i}"]] for i, stop in enumerate(HEIGHT_STOPS)]


def class_colour(index: int, theme: dict[str, str] = LIGHT) -> str:
    """Return the colour of a class; they repeat after ``N_CLASS_COLOURS``."""
    return theme[f"class-{index % N_CLASS_COLOURS}"]
