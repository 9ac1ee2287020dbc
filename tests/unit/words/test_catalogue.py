import ast
import string
from pathlib import Path

import pytest

from tacit import words
from tacit.words.catalogue import english, find_catalogue, languages

ROOM = Path(words.__file__).parent


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", languages())
def test_every_catalogue_has_the_keys_and_places_of_the_english_one(language):
    catalogue = find_catalogue(language)
    assert catalogue.messages.keys() == english().messages.keys()
    for key, text in english().messages.items():
        assert places(catalogue.messages[key]) == places(text), key


def test_a_regional_tag_finds_its_language():
    assert find_catalogue("en-IN").language == "en"
    assert find_catalogue("EN").language == "en"


@pytest.mark.parametrize("language", ["", "xx", "english", "../en"])
def test_a_language_without_a_catalogue_is_not_found(language):
    assert find_catalogue(language) is None


def test_no_message_is_empty_or_has_two_spaces():
    for key, text in english().messages.items():
        assert text.strip() == text, key
        assert text, key
        assert "  " not in text, key


def test_a_place_that_is_not_filled_in_is_an_error():
    with pytest.raises(KeyError):
        english().text("license.price", price="1.00 INR")


def test_no_message_is_there_that_nothing_says():
    """Keys stand in the code whole, or as the beginning of an f-string."""
    source = "".join(
        path.read_text("utf-8")
        for room in ("words", "pages")
        for path in (ROOM.parent / room).rglob("*")
        if path.suffix in (".py", ".html") and path.name != "en.py"
    )
    sections = ("purpose.", "owner.", "notice.", "license.", "statement.")
    starts = [
        node.values[0].value
        for path in ROOM.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
    ]
    prefixes = tuple(start for start in starts if start.startswith(sections) and start != "notice.")
    said_by_item = ("notice.filmed.", "notice.locked")
    for key in english().messages:
        item = f'"{key.removeprefix("notice.")}"'
        assert f'"{key}"' in source or key.startswith(prefixes) or (key.startswith(said_by_item) and item in source), (
            key
        )
