"""What random histories need: a model of what was agreed, and ports that crash when they are told to.

The model states the rules a second time, in other words than the kernel's and without reading it. People are known by
their opaque ids, recordings by theirs.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tacit.records.purposes import Purpose


class Crash(BaseException):
    """The process is gone: nothing that handles errors may handle this."""


@dataclass
class Fuse:
    """Burns down with every call on a port; at its end the process is gone, before that call or just after it."""

    left: int | None = None
    after: bool = False

    @contextmanager
    def lit(self, calls: int | None, after: bool) -> Iterator[None]:
        """Crash at this call from now, if there are so many; never for None."""
        self.left, self.after = calls, after
        try:
            yield
        finally:
            self.left = None

    def burn(self) -> bool:
        """True where this is the call."""
        if self.left is None:
            return False
        self.left -= 1
        return self.left < 0


class Crashing:
    """A port, or an object store, whose calls may be the last thing that the process does."""

    def __init__(self, inner: Any, fuse: Fuse) -> None:
        self._inner, self._fuse = inner, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found

        def call(*arguments: Any, **named: Any) -> Any:
            if not self._fuse.burn():
                return found(*arguments, **named)
            if self._fuse.after:
                found(*arguments, **named)
            raise Crash

        return call


@dataclass
class Terms:
    """One version of the agreement."""

    digest: str
    purposes: frozenset[Purpose]
    valid_from: date
    valid_to: date
    review: timedelta
    since: datetime | None = None  # a later version cannot have been said yes to before it was there


@dataclass
class Yes:
    """A yes as it was given."""

    consent_id: str
    digest: str
    purposes: frozenset[Purpose]
    at: datetime
    last_day: date | None
    signed: bool


@dataclass
class Word:
    """A release: from when, until when (None: it stands), and whether the worker signed it."""

    at: datetime
    until: datetime | None
    signed: bool


@dataclass
class Film:
    """A recording.

    seen_from: since when its preview can be seen; None before it was processed. cuts: frames that were erased. usable:
    enough of it is left to be of use.
    """

    recording_id: str
    filmed_at: datetime
    seen_from: datetime | None = None
    release: Word | None = None
    cuts: list[tuple[int, int]] = field(default_factory=list)
    usable: bool = True


@dataclass
class Person:
    """A worker, until they are erased."""

    uid: str
    label: str
    yeses: list[Yes] = field(default_factory=list)
    noes: list[tuple[frozenset[Purpose], frozenset[str]]] = field(default_factory=list)  # with what they take back
    films: dict[str, Film] = field(default_factory=dict)
    standing: list[Word] = field(default_factory=list)
    erased: bool = False

    def stands(self, purpose: Purpose) -> bool:
        """True where some yes to this was not followed by a no, whatever was filmed."""
        return any(purpose in yes.purposes and not self.undone(yes, purpose) for yes in self.yeses)

    def undone(self, yes: Yes, purpose: Purpose) -> bool:
        """True where the worker said no to this purpose after that yes."""
        return any(purpose in purposes and yes.consent_id in taken for purposes, taken in self.noes)

    def say_no(self, purposes: frozenset[Purpose]) -> None:
        """Take back every yes that there is, for some purposes."""
        self.noes.append((purposes, frozenset(yes.consent_id for yes in self.yeses)))


@dataclass
class Model:
    """All that was agreed and said."""

    versions: list[Terms] = field(default_factory=list)
    paused: bool = False
    people: dict[str, Person] = field(default_factory=dict)

    def find(self, label: str) -> Person | None:
        """The worker who goes by that label now."""
        return next((one for one in self.people.values() if one.label == label and not one.erased), None)

    def terms(self, person: Person, filmed_at: datetime) -> Terms | None:
        """What binds footage of that moment: the words of the last yes before it."""
        before = [yes for yes in person.yeses if yes.at <= filmed_at]
        if person.erased or not before:
            return None
        last = max(before, key=lambda yes: yes.at)
        return next(version for version in self.versions if version.digest == last.digest)

    def covering(self, person: Person, filmed_at: datetime, purpose: Purpose, at: datetime) -> list[Yes]:
        """Every yes that lets footage of that moment be used for this; none where it may not be."""
        terms = self.terms(person, filmed_at)
        if terms is None or self.paused or purpose not in terms.purposes or filmed_at > at:
            return []
        if not all(terms.valid_from <= moment.date() <= terms.valid_to for moment in (filmed_at, at)):
            return []
        return [
            yes
            for yes in person.yeses
            if yes.digest == terms.digest
            and purpose in yes.purposes
            and yes.at <= filmed_at
            and not person.undone(yes, purpose)
            and (yes.last_day is None or at.date() <= yes.last_day)
        ]

    def releases(self, person: Person, film: Film, at: datetime) -> list[Word]:
        """Every word that lets a recording leave the inner room at that moment."""
        words = [film.release] if film.release is not None else []
        terms = self.terms(person, film.filmed_at)
        for word in person.standing:
            runs = word.until is None
            seen = terms is not None and film.seen_from is not None
            if runs and seen and max(film.seen_from, word.at) + terms.review <= at:
                words.append(word)
        return words

    def wanted(self, purpose: Purpose, digest: str, at: datetime) -> set[str]:
        """The recordings that a dataset for this purpose, under these words, holds."""
        return {
            film.recording_id
            for person in self.people.values()
            for film in person.films.values()
            if film.seen_from is not None
            and film.usable
            and self.covering(person, film.filmed_at, purpose, at)
            and self.releases(person, film, at)
            and self.terms(person, film.filmed_at).digest == digest
        }

    def licensed(self, recordings: set[str], purposes: frozenset[Purpose], at: datetime) -> set[str]:
        """Those of some recordings that may leave under a licence: signed words only, for every purpose."""
        return {
            film.recording_id
            for person in self.people.values()
            for film in person.films.values()
            if film.recording_id in recordings
            and any(word.signed for word in self.releases(person, film, at))
            and all(
                any(yes.signed for yes in self.covering(person, film.filmed_at, purpose, at)) for purpose in purposes
            )
        }
