"""The colours of every page, computed against the contrast that WCAG 2.2 asks for."""

import re
from pathlib import Path

import pytest

from tacit import pages

STYLE = (Path(pages.__file__).parent / "templates" / "style.html").read_text("utf-8")
THEMES = [dict(re.findall(r"--([a-z0-9]+):(#[0-9a-f]{3,6})", block)) for block in re.findall(r":root\{[^}]*\}", STYLE)]


def luminance(color):
    digits = color[1:] if len(color) == 7 else "".join(2 * digit for digit in color[1:])
    channels = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_formula_gives_the_known_extremes():
    assert contrast("#fff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#fff") == pytest.approx(4.48, abs=0.01)


def test_there_is_a_light_a_dark_and_a_printed_theme_with_the_same_colours():
    assert len(THEMES) == 3
    assert THEMES[0].keys() == THEMES[1].keys() == THEMES[2].keys()


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark", "print"])
@pytest.mark.parametrize("ink", ["ink", "soft", "accent", "warn"])
@pytest.mark.parametrize("ground", ["paper", "card"])
def test_text_can_be_read(theme, ink, ground):
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES, ids=["light", "dark", "print"])
@pytest.mark.parametrize("mark", ["left", "right", "episode", "episode2"])
def test_marks_stand_out_from_the_timeline(theme, mark):
    assert contrast(theme[mark], theme["track"]) >= 3
