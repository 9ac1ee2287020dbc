import ast
import re
import string
import unicodedata
from pathlib import Path

import pytest

from tacit import words
from tacit.words.catalogue import ENGLISH_ONLY, english, find_catalogue, languages

ROOM = Path(words.__file__).parent
TRANSLATIONS = [language for language in languages() if language != "en"]
SCRIPTS = {"bn": "BENGALI", "hi": "DEVANAGARI", "kn": "KANNADA", "ta": "TAMIL"}
# What stays in Latin letters everywhere: commands that are typed as they stand, a name of a technique, units and signs.
LATIN = {"GPS", "tacit", "consent", "withdraw", "grievance", "open", "tacit-verify", "s", "x"}


def places(text):
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", languages())
def test_every_catalogue_has_the_keys_and_places_of_the_english_one(language):
    catalogue, source = find_catalogue(language), english().worker_messages
    assert catalogue.worker_messages.keys() == source.keys()
    for key, text in source.items():
        assert places(catalogue.messages[key]) == places(text), key


def test_only_what_licensees_read_is_english_only():
    assert {key.split(".")[0] for key in english().messages} - {
        key.split(".")[0] for key in english().worker_messages
    } == {"license"}
    assert all(
        not key.startswith(ENGLISH_ONLY) for language in TRANSLATIONS for key in find_catalogue(language).messages
    )


def test_there_are_catalogues_in_five_languages():
    assert languages() == ("bn", "en", "hi", "kn", "ta")


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_no_english_is_left_in_a_translation(language):
    for key, text in find_catalogue(language).messages.items():
        bare = re.sub(r"\{\w+\}", "", text)
        assert set(re.findall(r"[A-Za-z][A-Za-z-]*", bare)) <= LATIN, key
        assert text != english().messages[key], key


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_is_written_in_one_script(language):
    """The sentence end of Hindi and Bengali is in the Devanagari block of Unicode, for both."""
    for key, text in find_catalogue(language).messages.items():
        assert unicodedata.is_normalized("NFC", text), key
        for character in set(text) - {"\N{DEVANAGARI DANDA}", "\N{ZERO WIDTH NON-JOINER}"}:
            assert ord(character) < 128 or unicodedata.name(character).startswith(SCRIPTS[language]), (key, character)


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_figures_in_a_translation_are_those_of_the_english(language):
    for key, text in find_catalogue(language).messages.items():
        figures = [re.findall(r"[0-9][0-9,]*[0-9]|[0-9]", one) for one in (text, english().messages[key])]
        assert sorted(figures[0]) == sorted(figures[1]), key


def test_a_regional_tag_finds_its_language():
    assert find_catalogue("en-IN").language == "en"
    assert find_catalogue("EN").language == "en"


@pytest.mark.parametrize("language", ["", "xx", "english", "../en"])
def test_a_language_without_a_catalogue_is_not_found(language):
    assert find_catalogue(language) is None


def test_no_message_is_empty_or_has_two_spaces():
    for language in languages():
        for key, text in find_catalogue(language).messages.items():
            assert text.strip() == text, key
            assert text, key
            assert "  " not in text, key


def test_a_place_that_is_not_filled_in_is_an_error():
    with pytest.raises(KeyError):
        english().text("license.price", price="1.00 INR")


def test_no_message_is_there_that_nothing_says():
    """Keys stand in the code whole, or as the beginning of an f-string, or of a key that the place completes."""
    source = "".join(
        path.read_text("utf-8")
        for room in ("words", "pages")
        for path in (ROOM.parent / room).rglob("*")
        if path.suffix in (".py", ".html") and path.stem not in languages()
    )
    sections = ("purpose.", "owner.", "notice.", "license.", "statement.", "certificate.", "grievance.")
    starts = [
        node.values[0].value
        for path in ROOM.glob("*.py")
        if path.stem not in languages()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant)
    ]
    starts += [text for text in re.findall(r'"([a-z.]+\.)"', source) if text.count(".") > 1]
    prefixes = tuple(start for start in starts if start.startswith(sections) and start != "notice.")
    said_by_item = ("notice.filmed.", "notice.locked")
    for key in english().messages:
        item = f'"{key.removeprefix("notice.")}"'
        assert f'"{key}"' in source or key.startswith(prefixes) or (key.startswith(said_by_item) and item in source), (
            key
        )
