"""Message catalogues by language: text by key, with named places to fill in.

A language is one file beside this one with a mapping `MESSAGES`, and one entry in `_CATALOGUES`. Every catalogue has
the same keys, and the same places in each text, as the English one; a test holds that.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tacit.words import en

_CATALOGUES: Mapping[str, Mapping[str, str]] = {"en": en.MESSAGES}


@dataclass(frozen=True)
class Catalogue:
    """The messages of one language. `language` is its BCP 47 primary subtag, such as "en"."""

    language: str
    messages: Mapping[str, str]

    def text(self, key: str, **places: object) -> str:
        """The message of a key with its places filled in; an unknown key or place is an error of ours (KeyError)."""
        return self.messages[key].format_map(places)


def languages() -> tuple[str, ...]:
    """The languages that there are catalogues in, sorted."""
    return tuple(sorted(_CATALOGUES))


def find_catalogue(language: str) -> Catalogue | None:
    """The catalogue of a language (BCP 47 tag; only the part before the first hyphen counts), or None."""
    primary = language.split("-")[0].lower()
    messages = _CATALOGUES.get(primary)
    return None if messages is None else Catalogue(primary, messages)


def english() -> Catalogue:
    """The catalogue that is always there."""
    return Catalogue("en", en.MESSAGES)
