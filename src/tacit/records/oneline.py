"""Text of one line, as people type it: nothing in it may drive a terminal, turn the direction of writing or end a line.

In: a text. Out: what in it is no plain text, or the text with such characters written out. Never a repaired text.
"""

import unicodedata

from tacit.records.errors import ControlCharacterError

# Control characters, halves of characters, and separators of lines and paragraphs (Unicode 15, section 4.5).
_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# They show text in another order than it is stored in (Unicode Standard Annex 9, section 2). Joiners stay allowed:
# Hindi and its neighbours are not written without them.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def find_control(text: str) -> str:
    """The first character of a text that has no place in one plain line, such as "U+001B"; "" where there is none."""
    found = next((sign for sign in text if _is_control(sign)), "")
    return f"U+{ord(found):04X}" if found else ""


def require_one_line(noun: str, text: str) -> None:
    """Check that a text is one plain line.

    Args:
        noun: What the text is, for the sentence; the text itself is not repeated.

    Raises:
        ControlCharacterError: A character in it could drive a terminal or break a line.
    """
    control = find_control(text)
    if control:
        raise ControlCharacterError(noun, control)


def escape_controls(text: str, kept: str = "") -> str:
    """Write out what could drive a terminal, as Python writes it in a text; characters in `kept` stay as they are."""
    return "".join(
        sign.encode("unicode_escape").decode("ascii") if _is_control(sign) and sign not in kept else sign
        for sign in text
    )


def _is_control(sign: str) -> bool:
    return unicodedata.category(sign) in _CATEGORIES or sign in _TURNS
