import pytest

from tacit.records.errors import ControlCharacterError, EmptyTextError, LongTextError
from tacit.records.paragraphs import LENGTH_MAX, require_paragraphs


@pytest.mark.parametrize("text", ["Nobody asked me.", "एक\nदो\tतीन", "ರೋಬೋಟ್\N{ZERO WIDTH NON-JOINER}ಗೆ", "a" * LENGTH_MAX])
def test_paragraphs_in_any_script_are_taken(text):
    require_paragraphs("complaint", text)


@pytest.mark.parametrize("text", ["", " \n\t "])
def test_nothing_is_no_text(text):
    with pytest.raises(EmptyTextError, match="The complaint is empty"):
        require_paragraphs("complaint", text)


@pytest.mark.parametrize("control", ["\x1b", "\r", "\0", "\N{RIGHT-TO-LEFT OVERRIDE}", "\N{LINE SEPARATOR}"])
def test_what_drives_a_terminal_is_refused(control):
    with pytest.raises(ControlCharacterError, match="The answer holds the control character U"):
        require_paragraphs("answer", f"We look.{control}")


def test_a_text_without_end_is_refused():
    with pytest.raises(LongTextError, match="20,001 characters"):
        require_paragraphs("complaint", "a" * (LENGTH_MAX + 1))
