"""Damages video files as bad cards, broken recorders and attackers do: the bits, the numbers and the structure.

In: a healthy file and a source of chance. Out: a damaged one. It knows the parts of mp4 and mov (boxes), of avi
(chunks) and of mkv and webm (elements), so that it can hurt a table of sample sizes or an edit list, and not only what
is large.

Source: ISO/IEC 14496-12 section 4.2 and 8 (boxes), Microsoft "AVI RIFF File Reference" (chunks), RFC 8794 section 4 and
RFC 9559 (elements); read November 2026.
"""

import random
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

_BOXES = (
    *(b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts", b"moof", b"traf", b"mvex", b"dinf", b"udta", b"meta"),
    *(b"stsd", b"dref"),
)
"""Boxes with boxes in them."""
_FULL_BOXES = {b"meta": 4, b"stsd": 8, b"dref": 8}
"""Bytes that stand before the inner boxes of these."""
_SAMPLE_ENTRY_BYTES = 86
"""From the start of the description of a video sample to the boxes in it, such as avcC."""
_SAMPLE_ENTRIES = (b"avc1", b"hvc1", b"hev1", b"av01", b"mp4v", b"apcn", b"apco", b"AVdh", b"dvc ", b"s263", b"vp09")
_LISTS = (b"RIFF", b"LIST")
_ELEMENTS = frozenset(
    bytes.fromhex(number)
    for number in (
        *("18538067", "114d9b74", "4dbb", "1549a966", "1654ae6b", "ae", "e0", "e1", "55b0", "7670", "6d80", "6240"),
        *("1f43b675", "a0", "75a1", "a6", "1c53bb6b", "bb", "b7", "1254c367", "7373", "67c8"),
    )
)
"""Elements with elements in them."""
_NAMES = (
    *_BOXES,
    *(b"stts", b"ctts", b"stsc", b"stsz", b"stss", b"stco", b"co64", b"elst", b"sidx", b"tfhd", b"trun", b"tkhd"),
    *(b"mdat", b"free", b"00dc", b"idx1", b"avcC", b"hvcC", b"colr", b"pasp", b"sgpd", b"saio", b"senc", b"cmov"),
)
_HUGE = (0, 1, 7, 8, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0xFFFFFFF0, 0x00FFFFFF)

Mutation = Callable[[bytearray, random.Random], None]


@dataclass(frozen=True)
class _Part:
    """A box, chunk or element: where it begins, the bytes of its header, and its length with the header."""

    at: int
    header_bytes: int
    length: int


def mutate(healthy: bytes, rng: random.Random) -> bytes:
    """One damaged file, after one to four mutations."""
    data = bytearray(healthy)
    for _ in range(rng.choice((1, 1, 2, 4))):
        if len(data) > 64:
            rng.choice(MUTATIONS)(data, rng)
    return bytes(data)


def _flip_bits(data: bytearray, rng: random.Random) -> None:
    """Flip some bits, anywhere or close together."""
    start, span = rng.randrange(len(data)), rng.choice((16, 512, len(data)))
    for _ in range(rng.choice((1, 4, 32))):
        data[(start + rng.randrange(span)) % len(data)] ^= 1 << rng.randrange(8)


def _clear(data: bytearray, rng: random.Random) -> None:
    """Overwrite a stretch with zeros, ones or noise, as a bad memory card does."""
    at, length = rng.randrange(len(data)), rng.choice((16, 512, 4096))
    length = min(length, len(data) - at)
    data[at : at + length] = rng.choice((bytes(length), b"\xff" * length, rng.randbytes(length)))


def _cut(data: bytearray, rng: random.Random) -> None:
    """Cut the end off, or a piece out of the middle."""
    at = rng.randrange(1, len(data))
    del data[at : rng.choice((len(data), at + rng.randrange(1, 4096)))]


def _splice(data: bytearray, rng: random.Random) -> None:
    """Copy a stretch of the file over or into another place."""
    start, length = rng.randrange(len(data)), rng.choice((4, 64, 1024, 8192))
    piece, at = bytes(data[start : start + length]), rng.randrange(len(data))
    data[at : at + rng.choice((0, len(piece)))] = piece


def _put_number(data: bytearray, rng: random.Random) -> None:
    """Overwrite a number in the body of a part, mostly a small one, since those are headers and tables."""
    parts = [part for part in find_parts(data) if part.length > part.header_bytes]
    small = [part for part in parts if part.length < 400]
    part = rng.choice(small or parts or [_Part(0, 0, len(data))])
    body = range(part.at + part.header_bytes, part.at + part.length)
    n_bytes = rng.choice([width for width in (1, 2, 4, 8) if width <= len(body)])
    at = rng.choice(body[:: n_bytes if rng.random() < 0.8 else 1])
    at = min(at, body[-1] + 1 - n_bytes)
    order: Literal["little", "big"] = "little" if data[:4] == b"RIFF" else "big"
    there = int.from_bytes(data[at : at + n_bytes], order)
    wrong = rng.choice((rng.choice(_HUGE), there + rng.choice((-1, 1)), there * 2, rng.randrange(1 << 32), -there))
    data[at : at + n_bytes] = (wrong % (1 << 8 * n_bytes)).to_bytes(n_bytes, order)


def _change_length(data: bytearray, rng: random.Random) -> None:
    """Make a part say that it is longer or shorter than it is."""
    parts = find_parts(data)
    if not parts:
        return _flip_bits(data, rng)
    part = rng.choice(parts)
    wrong = rng.choice((part.length + rng.randrange(-64, 64), part.length * 2, rng.choice(_HUGE))) % (1 << 32)
    if data[:4] == b"RIFF":
        data[part.at + 4 : part.at + 8] = struct.pack("<I", wrong)
    elif data[4:8].isalnum():
        data[part.at : part.at + 4] = struct.pack(">I", wrong)
    else:
        _, start = _read_id(data, part.at)
        n_bytes = part.at + part.header_bytes - start
        data[start : start + n_bytes] = (wrong % (1 << 7 * n_bytes) | 1 << 7 * n_bytes).to_bytes(n_bytes, "big")
    return None


def _move_part(data: bytearray, rng: random.Random) -> None:
    """Remove a part, double it, nest it in itself, rename it, or put another in its place."""
    parts = find_parts(data)
    if not parts:
        return _splice(data, rng)
    part, other = rng.choice(parts), rng.choice(parts)
    at, end = part.at, part.at + part.length
    piece, more = bytes(data[at:end]), bytes(data[other.at : other.at + other.length])
    how = rng.randrange(5)
    if how == 0:
        del data[at:end]
    elif how == 1:
        data[at:at] = piece * rng.choice((1, 2, 50 if len(piece) < 1000 else 1))
    elif how == 2:
        inside = at + part.header_bytes
        data[inside:inside] = piece
    elif how == 3:
        _rename(data, part, other, rng)
    else:
        data[at:end] = more
    return None


def _rename(data: bytearray, part: _Part, other: _Part, rng: random.Random) -> None:
    """Give a part the name of another kind, of the same length where that is an mkv's."""
    if data[:4] == b"RIFF" or data[4:8].isalnum():
        place = part.at if data[:4] == b"RIFF" else part.at + 4
        data[place : place + 4] = rng.choice(_NAMES)
        return
    (name, start), (other_name, _) = _read_id(data, part.at), _read_id(data, other.at)
    if len(name) == len(other_name):
        data[part.at : start] = other_name


MUTATIONS: tuple[Mutation, ...] = (
    *(_flip_bits, _clear, _cut, _splice),
    *(_put_number, _put_number, _put_number, _change_length, _move_part),
)
"""Numbers come more often: there are more of them than of anything else, and each means something."""


def find_parts(data: bytearray) -> list[_Part]:
    """The parts of a file, inner ones too, in order; as far as they can be followed."""
    if data[:4] == b"RIFF":
        return _walk(data, _read_chunk)
    if data[:4] == b"\x1a\x45\xdf\xa3":
        return _walk(data, _read_element)
    return _walk(data, _read_box)


def _walk(data: bytearray, read: Callable[[bytearray, int, int], tuple[_Part, int] | None]) -> list[_Part]:
    """Every part, by a reader that gives the part at a place and where its inner parts begin (0 for none)."""
    found, waiting = [], [(0, len(data))]
    while waiting:
        at, end = waiting.pop()
        while at < end and (answer := read(data, at, end)):
            part, inside = answer
            found.append(part)
            if inside:
                waiting.append((inside, part.at + part.length))
            at += part.length
    return sorted(found, key=lambda part: (part.at, -part.length))


def _read_box(data: bytearray, at: int, end: int) -> tuple[_Part, int] | None:
    length, kind = int.from_bytes(data[at : at + 4], "big"), bytes(data[at + 4 : at + 8])
    if not 8 <= length <= end - at or not kind.strip().isalnum():
        return None
    inside = 0
    if kind in _BOXES:
        inside = at + 8 + _FULL_BOXES.get(kind, 0)
    elif kind in _SAMPLE_ENTRIES:
        inside = at + _SAMPLE_ENTRY_BYTES
    return _Part(at, 8, length), inside


def _read_chunk(data: bytearray, at: int, end: int) -> tuple[_Part, int] | None:
    kind, length = bytes(data[at : at + 4]), 8 + int.from_bytes(data[at + 4 : at + 8], "little")
    if at + 8 > end or length > end - at:
        return None
    return _Part(at, 8, length + length % 2), at + 12 if kind in _LISTS else 0


def _read_element(data: bytearray, at: int, end: int) -> tuple[_Part, int] | None:
    name, start = _read_id(data, at)
    if not name or start >= end or not data[start]:
        return None
    n_bytes = 9 - data[start].bit_length()
    size = int.from_bytes(data[start : start + n_bytes], "big") & ((1 << 7 * n_bytes) - 1)
    if size == (1 << 7 * n_bytes) - 1:  # unknown: as far as there is something
        size = end - start - n_bytes
    header_bytes = start + n_bytes - at
    if header_bytes + size > end - at:
        return None
    return _Part(at, header_bytes, header_bytes + size), at + header_bytes if name in _ELEMENTS else 0


def _read_id(data: bytearray, at: int) -> tuple[bytes, int]:
    """The name of an element and where its length begins; b"" where there is none."""
    if at >= len(data) or data[at] < 0x10:
        return b"", at
    n_bytes = 9 - data[at].bit_length()
    return bytes(data[at : at + n_bytes]), at + n_bytes
