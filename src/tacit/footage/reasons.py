"""Tells, from the first bytes and the outer boxes of a file, why it is no readable video.

In: a path. Out: plain words for the person who recorded it. It reads headers only and changes nothing.
FFmpeg answers "invalid data" to almost everything; a worker can do nothing with that.

Source: ISO/IEC 14496-12 section 4.2 (boxes of mp4 and mov); RFC 8794 section 4 (EBML of mkv and webm);
the RIFF form of avi (Microsoft, "AVI RIFF File Reference"); ISO/IEC 13818-1 section 2.4.3.2 (transport packets); the
first bytes of other files as the `file` command's magic table lists them; read November 2026.
"""

from pathlib import Path
from typing import BinaryIO

from tacit.footage.boxes import read_edits, walk_boxes

_HEAD_BYTES = 4096
_EBML = b"\x1a\x45\xdf\xa3"
_SEGMENT = b"\x18\x53\x80\x67"
_MP4_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"skip", b"wide", b"styp", b"pnot")
_NO_VIDEOS = {
    b"\x89PNG": "a picture (png)",
    b"\xff\xd8\xff": "a picture (jpeg)",
    b"GIF8": "a picture (gif)",
    b"ID3": "sound (mp3)",
    b"fLaC": "sound (flac)",
    b"PK\3\4": "a zip archive",
    b"%PDF": "a PDF document",
}
"""How files begin that people take for a video."""
_OTHER_CONTAINERS = {
    b"\0\0\1\xba": "MPEG program stream",
    b"FLV\1": "flv",
    b"OggS": "ogg",
    b"\x06\x0e\x2b\x34": "mxf",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11": "Windows Media",
}
"""How video files begin that are not read."""
_PHOTOGRAPHS = (b"heic", b"heix", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis")
"""Brands of photographs and of bursts of them (ISO/IEC 23008-12 annex B; AV1 Image File Format section 6)."""
_RIFF_KINDS = {b"WAVE": "sound (wav)", b"WEBP": "a picture (webp)"}
_TS_PACKETS = ((0, 188), (4, 192))
"""Where the sync byte of an MPEG transport stream stands first, and after how many bytes again (.ts; .mts, .m2ts)."""


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
    what = _RIFF_KINDS.get(head[8:12]) if head[:4] == b"RIFF" else _find_start(_NO_VIDEOS, head)
    if what:
        return f"it holds {what}, not video"
    if _is_text(head):
        return "it holds text, not video"
    other = "MPEG transport stream" if _is_transport_stream(head) else _find_start(_OTHER_CONTAINERS, head)
    if other:
        return f"it is a file of another kind ({other}), which is not read; convert it to mp4"
    return "it is not an mp4, mov, mkv, webm or avi file, or its header is damaged"


def _find_start(names: dict[bytes, str], head: bytes) -> str | None:
    """The name of the kind of file that begins so."""
    return next((name for start, name in names.items() if head.startswith(start)), None)


def _is_transport_stream(head: bytes) -> bool:
    return any(len(head) > first + step and set(head[first::step]) == {0x47} for first, step in _TS_PACKETS)


def explain_undecoded(path: Path, codec: str) -> str:
    """Say in plain words why a file with a video track gave no picture."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        if file.read(8)[4:] in _MP4_BOXES:
            end = max((box.end for box in walk_boxes(file, 0, size_bytes)), default=0)
            if end > size_bytes:
                return _cut_off(end - size_bytes)
    return f"nothing of its video track ({codec}) can be decoded"


def find_film_fault(path: Path, track_id: int) -> str:
    """Say why an mp4 or mov file that can be decoded is not read as a film; "" where it is.

    Phones write photographs in the same boxes, and FFmpeg reads one as a film of a second. Edit lists it obeys exactly
    where they show one piece, after a pause or not; of several pieces it lets all but the first begin too early, by up
    to some pictures (measured), and it does not play a piece faster or slower.
    """
    with path.open("rb") as file:
        head = file.read(12)
        if head[4:8] == b"ftyp" and head[8:] in _PHOTOGRAPHS:
            return "it holds a picture (heic or avif), not video"
        edits = read_edits(file, path.stat().st_size, track_id)
    pieces = [edit for edit in edits if edit.media_at >= 0]
    if len(pieces) > 1:
        return f"its edit list puts {len(pieces)} pieces together; export it once more as one film"
    if any(edit.speed not in (0, 1) for edit in pieces):
        return "its edit list plays it faster or slower than it was filmed; export it at its own speed"
    return ""


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
    boxes = list(walk_boxes(file, 0, size_bytes))
    end = max((box.end for box in boxes), default=0)
    if all(box.kind != b"moov" for box in boxes):
        return "it has no index (no moov box): the recorder was stopped before it could finish the file"
    if end > size_bytes:
        return _cut_off(end - size_bytes)
    return "its index (moov box) is damaged"


def _cut_off(missing_bytes: int) -> str:
    """The reason for a file that says it is longer than it is."""
    return f"it is cut off: {missing_bytes} bytes are missing at its end"


def _is_text(head: bytes) -> bool:
    """True where the bytes are readable as text."""
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError as fault:
        if fault.start < len(head) - 3:
            return False
        text = head[: fault.start].decode("utf-8")
    return all(sign.isprintable() or sign.isspace() for sign in text)
