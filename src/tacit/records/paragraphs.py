"""Longer texts that people type: complaints and answers. They may hold line ends and tabs, and no other control."""

from tacit.records.errors import ControlCharacterError, EmptyTextError, LongTextError
from tacit.records.oneline import find_control

LENGTH_MAX = 20_000


def require_paragraphs(noun: str, text: str) -> None:
    """Check that a text can be read and printed.

    Raises:
        EmptyTextError: There is nothing in it.
        LongTextError: It has more than 20,000 characters.
        ControlCharacterError: It holds a control character other than line ends and tabs.
    """
    if not text.strip():
        raise EmptyTextError(noun)
    if len(text) > LENGTH_MAX:
        raise LongTextError(noun, len(text), LENGTH_MAX)
    control = find_control(text.replace("\n", "").replace("\t", ""))
    if control:
        raise ControlCharacterError(noun, control)
