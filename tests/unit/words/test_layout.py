import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.words.layout import WIDTH, bullet, count_columns, wrap


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("hand", 4),
        ("हाथ", 3),
        ("कि", 2),
        ("की", 2),
        ("हूँ", 1),
        ("கை", 2),
        ("ক্ষ", 2),
        ("ರೋಬೋಟ್\N{ZERO WIDTH NON-JOINER}ಗೆ", 6),
    ],
)
def test_marks_above_and_below_a_letter_take_no_column(text, columns):
    assert count_columns(text) == columns


@given(st.text("abcdefgh \n", max_size=600))
def test_latin_text_breaks_as_the_standard_library_does(text):
    plain = " ".join(text.split())
    expected = textwrap.wrap(plain, WIDTH, break_long_words=False, break_on_hyphens=False) or [""]
    assert wrap(text) == expected


@given(st.lists(st.text("कखगािीुूँंाা", min_size=1, max_size=30), min_size=1, max_size=60))
def test_no_word_is_lost_or_broken_and_no_line_is_too_wide(words):
    words = [word for word in words if word.strip()] or ["क"]
    lines = bullet(" ".join(words))
    assert " ".join(line[5:] for line in lines).split() == words
    assert lines[0].startswith("   - ")
    assert all(count_columns(line) <= WIDTH for line in lines)


def test_a_word_wider_than_a_line_stays_whole():
    word = "क" * (WIDTH + 5)
    assert wrap(f"एक {word} दो") == ["एक", word, "दो"]


@pytest.mark.parametrize("figure", ["2,500.00 INR", "20 %", "42.500 s"])
def test_a_figure_stays_with_its_unit(figure):
    for filler in range(60, 90):
        lines = wrap(f"{'a' * filler} {figure}, b")
        assert any(f"{figure}," in line for line in lines)
