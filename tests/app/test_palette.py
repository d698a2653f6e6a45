"""Colours: two themes of the same names, and text that can be read in both."""

import re
from pathlib import Path

import pytest

from app import palette
from app.palette import DARK, HEIGHT_STOPS, LIGHT, N_CLASS_COLOURS, class_colour, colorscale, style_sheet
from nets import DATASETS

THEMES = {"light": LIGHT, "dark": DARK}
BACKGROUNDS = ("paper", "panel", "soft")
TEXTS = ("ink", "muted", "accent", "warning", "level")  # what is written in these colours on those backgrounds
LEGIBLE = 4.5  # contrast of text, WCAG 2.2, success criterion 1.4.3
VISIBLE = 3.0  # contrast of what is not text, success criterion 1.4.11

STYLE = "".join(path.read_text() for path in (Path(palette.__file__).parent.parent / "assets").rglob("*.css"))

themes = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it, of #rrggbb."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    darker, lighter = sorted([luminance(a), luminance(b)])
    return (lighter + 0.05) / (darker + 0.05)


def test_the_measure_of_contrast_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_both_themes_have_the_same_names_in_the_same_order() -> None:
    assert list(LIGHT) == list(DARK)


@themes
def test_every_colour_is_six_hexadecimal_digits(theme: dict[str, str]) -> None:
    for name, colour in theme.items():
        assert re.fullmatch(r"#[0-9a-f]{6}", colour), name


@themes
@pytest.mark.parametrize("background", BACKGROUNDS)
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read_on_every_background(theme: dict[str, str], text: str, background: str) -> None:
    assert contrast(theme[text], theme[background]) >= LEGIBLE


@themes
def test_text_can_be_read_on_a_button_of_the_accent_colour(theme: dict[str, str]) -> None:
    assert contrast(theme["on-accent"], theme["accent"]) >= LEGIBLE


@themes
@pytest.mark.parametrize("name", ["positive", "negative", "height-0", "height-4"])
def test_the_ends_of_the_height_colours_and_the_weights_can_be_seen_on_the_page(
    theme: dict[str, str], name: str
) -> None:
    assert contrast(theme[name], theme["paper"]) >= VISIBLE


@themes
@pytest.mark.parametrize("background", ["paper", "panel", "height-2"])
def test_the_level_set_of_a_cut_can_be_seen_on_the_page_and_on_neutral_ground(
    theme: dict[str, str], background: str
) -> None:
    """On the strong ends of the height colours it has a rim of the page's colour."""
    assert contrast(theme["cut"], theme[background]) >= VISIBLE


@themes
def test_the_colour_of_a_cut_is_no_other(theme: dict[str, str]) -> None:
    assert list(theme.values()).count(theme["cut"]) == 1


@themes
def test_dark_is_dark_and_light_is_light(theme: dict[str, str]) -> None:
    assert (luminance(theme["paper"]) > luminance(theme["ink"])) == (theme is LIGHT)


@themes
def test_the_height_colours_grow_away_from_the_page_towards_both_ends(theme: dict[str, str]) -> None:
    steps = [contrast(theme[f"height-{i}"], theme["paper"]) for i in range(len(HEIGHT_STOPS))]
    assert steps[0] > steps[1] > steps[2] < steps[3] < steps[4]


@themes
def test_the_colours_of_classes_are_all_different(theme: dict[str, str]) -> None:
    colours = {class_colour(index, theme) for index in range(N_CLASS_COLOURS)}
    assert len(colours) == N_CLASS_COLOURS
    assert not colours & {theme["positive"], theme["negative"]}


def test_there_is_a_colour_for_every_class_of_every_data_set() -> None:
    assert max(row.classes[1] for row in DATASETS.values()) <= N_CLASS_COLOURS


def test_more_classes_than_colours_begin_again() -> None:
    assert class_colour(N_CLASS_COLOURS) == class_colour(0)


def variables(selector: str) -> dict[str, str]:
    """The custom properties that the style sheet declares for a selector."""
    body = style_sheet().split(f"{selector}{{")[1].split("}")[0]
    return dict(re.findall(r"--([\w-]+):([^;]+);", body))


def test_the_style_sheet_declares_every_colour_of_both_themes() -> None:
    assert variables(":root") == LIGHT
    assert variables(":root[data-mantine-color-scheme='dark']") == DARK


def test_every_variable_that_the_style_sheet_of_the_page_uses_is_a_colour_or_its_own() -> None:
    own = set(re.findall(r"--([\w-]+):", STYLE))
    used = set(re.findall(r"var\(--([\w-]+)", STYLE))
    assert {name for name in used - own if not name.startswith("mantine-")} <= set(LIGHT)


def test_text_has_no_colour_but_those_that_are_tested_for_contrast() -> None:
    assert set(re.findall(r"(?<![\w-])color:\s*var\(--([\w-]+)\)", STYLE)) <= {*TEXTS, "on-accent"}


@themes
def test_the_colour_scale_runs_from_0_to_1_through_the_stops(theme: dict[str, str]) -> None:
    scale = colorscale(theme)
    assert [colour for _, colour in scale] == [theme[f"height-{i}"] for i in range(len(HEIGHT_STOPS))]
    assert [position for position, _ in scale] == pytest.approx([(stop + 1) / 2 for stop in HEIGHT_STOPS])
    assert (scale[0][0], scale[len(scale) // 2][0], scale[-1][0]) == (0, 0.5, 1)
