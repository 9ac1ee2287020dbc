"""Message catalogues by language: text by key, with named places to fill in.

A language is one file beside this one with a mapping `MESSAGES`, and one entry in `_CATALOGUES`. English is the source;
every other catalogue has the same keys, and the same places in each text, but for what is English only; tests hold
that. What a licensee reads is English only, by design: a licence has one wording, and no worker signs it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tacit.words import bn, en, hi, kn, ta

SOURCE_LANGUAGE = "en"
ENGLISH_ONLY = ("license.",)
"""What the keys begin with that no other language has."""

_CATALOGUES: Mapping[str, Mapping[str, str]] = {
    "bn": bn.MESSAGES,
    "en": en.MESSAGES,
    "hi": hi.MESSAGES,
    "kn": kn.MESSAGES,
    "ta": ta.MESSAGES,
}


@dataclass(frozen=True)
class Catalogue:
    """The messages of one language. `language` is its BCP 47 primary subtag, such as "en"."""

    language: str
    messages: Mapping[str, str]

    def text(self, key: str, **places: object) -> str:
        """The message of a key with its places filled in; an unknown key or place is an error of ours (KeyError)."""
        return self.messages[key].format_map(places)

    @property
    def worker_messages(self) -> dict[str, str]:
        """The messages that a worker reads, by key: all but those that are English only."""
        return {key: text for key, text in self.messages.items() if not key.startswith(ENGLISH_ONLY)}


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
    return Catalogue(SOURCE_LANGUAGE, en.MESSAGES)
