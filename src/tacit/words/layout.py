"""Lines of text for a terminal and a printed page, in every script that we write."""

import re
import unicodedata

WIDTH = 88  # columns in a line; fits a terminal and a printed page
# Spaces where a line may break: all but those between a figure and its unit.
_BREAK = re.compile(r"(?!(?<=[0-9.])\s(?:[A-Z]{3}\b|s\b|%))\s+")
_NO_WIDTH = {"Mn", "Me", "Cf"}  # marks that stand over or under a letter, and joiners


def count_columns(text: str) -> int:
    """How many columns a text takes: one for each character that does not stand over, under or between others.

    A vowel sign beside its letter (category Mc) takes a column of its own, as terminals draw it. Scripts that take two
    columns a character are not among our languages.
    """
    return sum(unicodedata.category(character) not in _NO_WIDTH for character in text)


def wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    """Break a text at its spaces into lines of at most `WIDTH` columns; a longer word stays whole.

    A figure stays with its unit.

    Args:
        text: One paragraph.
        first: What the first line begins with.
        rest: What every other line begins with.
    """
    lines: list[str] = []
    line, begin = first, True
    for word in _BREAK.split(text.strip()):
        if not begin and count_columns(line) + 1 + count_columns(word) > WIDTH:
            lines.append(line)
            line, begin = rest, True
        line += word if begin else f" {word}"
        begin = False
    return [*lines, line]


def bullet(text: str) -> list[str]:
    """Break a text into lines as an item of a list."""
    return wrap(text, "   - ", "     ")
