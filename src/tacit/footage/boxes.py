"""Walks the boxes of an mp4 or mov file, and reads from them what FFmpeg does not tell: the edit list of a track.

In: an open file. Out: boxes, edits. It reads headers and that one list, never pictures or sound, and trusts no number
in them.

Source: ISO/IEC 14496-12 section 4.2 (boxes), 8.3.2 (tkhd) and 8.6.6 (elst); read November 2026.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_ONCE = 1 << 16
"""The usual rate of an edit, as a number with 16 bits behind the point."""
_EDITS_MAX = 1000
"""More edits are not read; two are too many already."""


@dataclass(frozen=True)
class Box:
    """A box: its kind, where its body begins, and where it says that it ends, which may be behind its parent's end."""

    kind: bytes
    body_at: int
    end: int


@dataclass(frozen=True)
class Edit:
    """A piece of a film.

    media_at: where it begins, in ticks of the track; -1 for a pause. speed: how fast it is played; 1 for as filmed.
    """

    media_at: int
    speed: float


def walk_boxes(file: BinaryIO, at: int, end: int) -> Iterator[Box]:
    """The boxes between two places of a file, as far as they can be followed; the last may be too long or too short."""
    while at + 8 <= end:
        file.seek(at)
        header = file.read(16)
        length, kind = int.from_bytes(header[:4], "big"), header[4:8]
        body_at = at + 8
        if length == 1:
            length, body_at = int.from_bytes(header[8:16], "big"), at + 16
        elif length == 0:
            length = end - at
        yield Box(kind, body_at, at + length)
        if length < 8:
            return
        at += length


def read_edits(file: BinaryIO, size_bytes: int, track_id: int) -> list[Edit]:
    """The edit list of a track, by the track's number in the file; empty where it has none."""
    # A film in fragments has thousands of boxes behind the first moov, so the walk ends there.
    film = next((box for box in walk_boxes(file, 0, size_bytes) if box.kind == b"moov"), None)
    for track in _inside(file, [film] if film else [], b"trak"):
        if _read_track_id(file, track) == track_id:
            lists = _inside(file, _inside(file, [track], b"edts"), b"elst")
            return [edit for one in lists for edit in _read_list(file, one)]
    return []


def _inside(file: BinaryIO, parents: list[Box], kind: bytes) -> list[Box]:
    """The boxes of a kind directly in these."""
    return [box for parent in parents for box in walk_boxes(file, parent.body_at, parent.end) if box.kind == kind]


def _read_track_id(file: BinaryIO, track: Box) -> int:
    for box in _inside(file, [track], b"tkhd")[:1]:
        file.seek(box.body_at)
        body = file.read(24)
        at = 20 if body[:1] == b"\1" else 12
        return int.from_bytes(body[at : at + 4], "big")
    return 0


def _read_list(file: BinaryIO, box: Box) -> Iterator[Edit]:
    file.seek(box.body_at)
    body = file.read(min(8 + _EDITS_MAX * 20, max(0, box.end - box.body_at)))
    form = struct.Struct(">Qqi" if body[:1] == b"\1" else ">Iii")
    n_edits = min(int.from_bytes(body[4:8], "big"), (len(body) - 8) // form.size)
    for number in range(n_edits):
        _, media_at, rate = form.unpack_from(body, 8 + number * form.size)
        yield Edit(media_at, rate / _ONCE)
