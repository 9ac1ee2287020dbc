"""Searches places for markers of somebody who was erased: texts, or pieces of a file (rule D5).

In: markers, and places that give bytes. Out: where each was found, and how much was searched. It shares no code with
what erases, so that a mistake there is not made here again.
"""

import base64
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tacit.records.errors import ShortMarkerError, UnreadableFileError

MARKER_LENGTH_MIN = 3
_CHUNK_BYTES = 1 << 20
_PIECES = 32  # of a file: how many are searched for, how long each is, and how varied, so that it is of this file alone
_PIECE_BYTES = 48
_PIECE_VARIETY_MIN = 24
_BASE64_LENGTH_MIN = 6  # shorter ones are found by chance


@dataclass(frozen=True)
class Needle:
    """One form of one marker. marker: its number, from 1. form: how it is written."""

    marker: int
    form: str
    content: bytes


@dataclass(frozen=True)
class Place:
    """Somewhere to search. parts: gives its bytes, in order; what lies across two parts is found, too."""

    name: str
    parts: Callable[[], Iterator[bytes]]


@dataclass(frozen=True)
class Finding:
    """A marker was found: where, which, and in which form."""

    place: str
    marker: int
    form: str


@dataclass
class Audit:
    """What was searched, and found. unread: places that could not be read, with the reason."""

    n_places: int = 0
    n_bytes: int = 0
    findings: list[Finding] = field(default_factory=list)
    unread: list[tuple[str, str]] = field(default_factory=list)


def make_needles(texts: Sequence[str], files: Sequence[Path]) -> list[Needle]:
    """Every form in which a marker could lie somewhere: texts first, then pieces of files.

    Raises:
        ShortMarkerError: A text has fewer than three characters, or a file nothing that is its own.
        UnreadableFileError: A file cannot be read.
    """
    needles = [needle for number, text in enumerate(texts, start=1) for needle in _forms_of_text(number, text)]
    for number, path in enumerate(files, start=len(texts) + 1):
        needles += _forms_of_file(number, path)
    return needles


def search(places: Iterable[Place], needles: Sequence[Needle]) -> Audit:
    """Search every place for every needle; each is told once for each place."""
    audit = Audit()
    overlap = max((len(needle.content) for needle in needles), default=1) - 1
    for place in places:
        audit.n_places += 1
        named = os.fsencode(place.name)
        audit.findings += [Finding(f"name of {place.name}", n.marker, n.form) for n in needles if n.content in named]
        left, tail = list(needles), b""
        try:
            for part in place.parts():
                audit.n_bytes += len(part)
                window = tail + part
                found = [needle for needle in left if needle.content in window]
                audit.findings += [Finding(place.name, needle.marker, needle.form) for needle in found]
                left = [needle for needle in left if needle not in found]
                tail = window[-overlap:] if overlap else b""
        except OSError as error:  # also what a place says of itself
            audit.unread.append((place.name, error.strerror or "unknown"))
    return audit


def file_places(folder: Path) -> Iterator[Place]:
    """Every file below a folder, or the file itself, as it lies on the disk."""
    if folder.is_file():
        yield Place(str(folder), lambda: _read(folder))
        return
    for top, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(top) / name
            if path.is_file() and not path.is_symlink():
                yield Place(str(path), lambda path=path: _read(path))  # type: ignore[misc]


def _read(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK_BYTES):
                yield chunk
    except FileNotFoundError:
        return  # gone since it was listed


def _forms_of_text(number: int, text: str) -> Iterator[Needle]:
    if len(text) < MARKER_LENGTH_MIN:
        raise ShortMarkerError(MARKER_LENGTH_MIN)
    plain = text.encode()
    yield Needle(number, "utf-8", plain)
    yield Needle(number, "utf-16", text.encode("utf-16-le"))
    yield Needle(number, "utf-16", text.encode("utf-16-be"))
    yield from _forms_of_bytes(number, plain)
    escaped = text.encode("ascii", "backslashreplace")
    if escaped != plain:
        yield Needle(number, "escaped", escaped)
    quoted = quote(text).encode()
    if quoted != plain:
        yield Needle(number, "percent", quoted)


def _forms_of_file(number: int, path: Path) -> Iterator[Needle]:
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            pieces = []
            for index in range(_PIECES):
                file.seek(max(size - _PIECE_BYTES, 0) * index // max(_PIECES - 1, 1))
                pieces.append(file.read(_PIECE_BYTES))
    except OSError as error:
        raise UnreadableFileError(str(path), error.strerror or "unknown") from error
    # A run of zeros or a name of a program stands in many files.
    own = [piece for piece in dict.fromkeys(pieces) if len(set(piece)) >= _PIECE_VARIETY_MIN and not piece.isascii()]
    if not own:
        raise ShortMarkerError(MARKER_LENGTH_MIN, str(path))
    for piece in own:
        yield Needle(number, "bytes", piece)
        yield from _forms_of_bytes(number, piece)


def _forms_of_bytes(number: int, content: bytes) -> Iterator[Needle]:
    yield Needle(number, "hex", content.hex().encode())
    yield Needle(number, "hex", content.hex().upper().encode())
    for shift in range(3):  # where it begins within a group of three bytes
        encoded = base64.b64encode(bytes(shift) + content)
        # Only the letters that depend on nothing before or after it.
        own = encoded[(shift * 8 + 5) // 6 : (shift + len(content)) * 8 // 6]
        if len(own) >= _BASE64_LENGTH_MIN:
            yield Needle(number, "base64", own)
            if own.translate(bytes.maketrans(b"+/", b"-_")) != own:
                yield Needle(number, "base64", own.translate(bytes.maketrans(b"+/", b"-_")))
