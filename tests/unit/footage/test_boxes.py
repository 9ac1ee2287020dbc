"""Boxes and edit lists, written by hand; whatever their lengths say, reading them ends."""

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.footage.boxes import Edit, read_edits, walk_boxes


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


def film(version: int, track_id: int) -> bytes:
    """A film of two tracks; the first, number 7, has no edit list."""
    entry = struct.Struct(">Qqi" if version else ">Iii")
    edits = entry.pack(500, -1, 1 << 16) + entry.pack(2000, 3000, 1 << 15)
    elst = box(b"elst", bytes([version, 0, 0, 0]) + struct.pack(">I", 2) + edits)
    first, second = (box(b"tkhd", bytes(12) + struct.pack(">I", number) + bytes(68)) for number in (7, track_id))
    tracks = box(b"trak", first) + box(b"trak", second + box(b"edts", elst))
    return box(b"ftyp", b"isom") + box(b"moov", box(b"mvhd", bytes(100)) + tracks)


@pytest.mark.parametrize("version", [0, 1])
def test_the_edit_list_is_that_of_the_track(version: int) -> None:
    content = film(version, 9)
    assert read_edits(io.BytesIO(content), len(content), 9) == [Edit(-1, 1.0), Edit(3000, 0.5)]
    assert read_edits(io.BytesIO(content), len(content), 7) == []
    assert read_edits(io.BytesIO(content), len(content), 8) == []


def test_a_list_that_says_it_is_longer_than_it_is_gives_what_is_there() -> None:
    content = film(0, 9).replace(struct.pack(">I", 2) + struct.pack(">Ii", 500, -1), b"\xff" * 4 + bytes(8))
    assert len(read_edits(io.BytesIO(content), len(content), 9)) == 2


def test_long_boxes_and_boxes_to_the_end_are_followed() -> None:
    content = struct.pack(">I4sQ", 1, b"mdat", 20) + b"abcd" + struct.pack(">I4s", 0, b"free") + b"rest"
    boxes = list(walk_boxes(io.BytesIO(content), 0, len(content)))
    assert [(one.kind, one.body_at, one.end) for one in boxes] == [(b"mdat", 16, 20), (b"free", 28, len(content))]


@given(content=st.binary(max_size=300), place=st.integers(0, 200))
def test_whatever_the_bytes_are_reading_ends(content: bytes, place: int) -> None:
    spoilt = film(0, 9)
    spoilt = spoilt[:place] + content + spoilt[place:]
    assert len(read_edits(io.BytesIO(spoilt), len(spoilt), 9)) < len(spoilt)
    assert len(list(walk_boxes(io.BytesIO(content), 0, len(content)))) <= len(content) // 8 + 1
