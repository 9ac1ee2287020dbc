"""Texts of one plain line: what is refused, what is not, and how it is shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.errors import ControlCharacterError
from tacit.records.oneline import escape_controls, find_control, require_one_line


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("a\x1b[2Jb", "U+001B"),
        ("two\nlines", "U+000A"),
        ("a\tb", "U+0009"),
        ("nul\0", "U+0000"),
        ("\x9b31m", "U+009B"),
        ("line\u2028end", "U+2028"),
        ("turned \u202egnp.exe", "U+202E"),
        ("half \udcff", "U+DCFF"),
    ],
)
def test_what_could_drive_a_terminal_is_found_and_not_repeated(text, found):
    assert find_control(text) == found
    with pytest.raises(ControlCharacterError) as caught:
        require_one_line("task", text)
    assert f"The task holds the control character {found}" in str(caught.value)
    assert text not in str(caught.value)


@pytest.mark.parametrize("text", ["", "move the block", "गियर लाइन पर काम", "क्\u200dष", "🖐\ufe0f", "a\u00a0b", "שלום"])
def test_the_writing_of_any_language_is_plain(text):
    assert find_control(text) == ""
    require_one_line("task", text)
    assert escape_controls(text) == text


@given(st.text(st.characters()))
def test_what_was_written_out_is_plain_and_keeps_everything_else(text):
    shown = escape_controls(text)
    assert find_control(shown) == ""
    plain = [sign for sign in text if not find_control(sign)]
    rest = iter(shown)
    assert all(sign in rest for sign in plain)
    assert not any(unicodedata.category(sign) == "Cc" for sign in shown)


def test_lines_of_a_message_stay_lines_where_asked():
    assert escape_controls("one\ntwo\x1b", kept="\n") == "one\ntwo\\x1b"
    assert escape_controls("one\ntwo") == "one\\ntwo"
