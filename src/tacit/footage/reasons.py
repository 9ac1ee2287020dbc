"""Tells, from the first bytes and the outer boxes of a file, why it is no readable video.

In: a path. Out: plain words for the person who recorded it. It reads headers only and changes nothing.
FFmpeg answers "invalid data" to almost everything; a worker can do nothing with that.

Source: ISO/IEC 14496-12 section 4.2 (boxes of mp4 and mov); RFC 8794 section 4 (EBML of mkv and webm);
the RIFF form of avi (Microsoft, "AVI RIFF File Reference"); read November 2026.
"""

from pathlib import Path
from typing import BinaryIO

_HEAD_BYTES = 4096
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"pnot")


def find_file_fault(path: Path) -> str:
    """What is wrong with the file before any video is looked for; "" where it is a file with bytes in it."""
    if not path.exists():
        return "there is no such file"
    if path.is_dir():
        return "it is a folder, not a video file"
    if not path.is_file():
        return "it is not an ordinary file"
    if path.stat().st_size == 0:
        return "the file is empty (0 bytes)"
    return ""


def explain_unopened(path: Path) -> str:
    """Say in plain words why a file with bytes in it could not be opened as a video."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        if head[:4] == _EBML:
            return "its header is damaged or cut off (it begins as an mkv or webm file)"
        if head[:4] == b"RIFF" and head[8:12] == b"AVI ":
            return "its header is damaged or cut off (it begins as an avi file)"
        if head[4:8] in _MP4_BOXES:
            return _explain_mp4(file, size_bytes)
    if not head.strip(b"\0"):
        return "it holds only zeros; the copy or the recording failed"
    if _is_text(head):
        return "it holds text, not video"
    return "it is not an mp4, mov, mkv, webm or avi file, or its header is damaged"


def explain_undecoded(path: Path, codec: str) -> str:
    """Say in plain words why a file with a video track gave no picture."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        if file.read(8)[4:] in _MP4_BOXES:
            _, end = _walk_boxes(file, size_bytes)
            if end > size_bytes:
                return _cut_off(end - size_bytes)
    return f"nothing of its video track ({codec}) can be decoded"


def find_cut(path: Path) -> str:
    """Say that an mkv or webm file is shorter than it says; "" where it is not, and for all other files.

    Players read such a file up to the cut without a word, so the length it declares is checked here. Mp4 needs no
    such check (its index lists every picture), and avi files lie about their length.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if head[:4] != _EBML:
        return ""
    header_bytes, at = _read_vint(head, 4)
    at += header_bytes or 0
    if head[at : at + 4] != _SEGMENT:
        return ""
    segment_bytes, body_at = _read_vint(head, at + 4)
    missing_bytes = 0 if segment_bytes is None else body_at + segment_bytes - path.stat().st_size
    return _cut_off(missing_bytes) if missing_bytes > 0 else ""


def _read_vint(data: bytes, at: int) -> tuple[int | None, int]:
    """Read an EBML number; returns it (None where it means "unknown") and the place behind it."""
    if at >= len(data) or data[at] == 0:
        return None, at
    n_bytes = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + n_bytes], "big") & ((1 << (7 * n_bytes)) - 1)
    is_unknown = value == (1 << (7 * n_bytes)) - 1
    return (None if is_unknown else value), at + n_bytes


def _explain_mp4(file: BinaryIO, size_bytes: int) -> str:
    """Name what is missing or cut off among the outer boxes of an mp4 or mov file."""
    kinds, end = _walk_boxes(file, size_bytes)
    if b"moov" not in kinds:
        return "it has no index (no moov box): the recorder was stopped before it could finish the file"
    if end > size_bytes:
        return _cut_off(end - size_bytes)
    return "its index (moov box) is damaged"


def _cut_off(missing_bytes: int) -> str:
    """The reason for a file that says it is longer than it is."""
    return f"it is cut off: {missing_bytes} bytes are missing at its end"


def _walk_boxes(file: BinaryIO, size_bytes: int) -> tuple[list[bytes], int]:
    """The kinds of the outer boxes of an mp4 or mov file, and where the last one says that it ends."""
    kinds = []
    at = 0
    while at + 8 <= size_bytes:
        file.seek(at)
        header = file.read(16)
        box_bytes, kind = int.from_bytes(header[:4], "big"), header[4:8]
        if box_bytes == 1:
            box_bytes = int.from_bytes(header[8:16], "big")
        elif box_bytes == 0:
            box_bytes = size_bytes - at
        kinds.append(kind)
        if box_bytes < 8:
            break
        at += box_bytes
    return kinds, at


def _is_text(head: bytes) -> bool:
    """True where the bytes are readable as text."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as fault:
        if fault.start < len(head) - 3:
            return False
        text = head[: fault.start].decode("utf-8")
    return all(sign.isprintable() or sign.isspace() for sign in text)
