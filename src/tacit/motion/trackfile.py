"""Writes a hand track as bytes and reads back the very same bits.

Format (ours), all integers little-endian: 8 bytes "TACITHT1"; fps and number of frames as uint32; then blocks of up
to 2048 frames. A block is, for each of the arrays px, xyz, seen, sigma_m, n_hands in this order: a uint32 length and
so many bytes of zlib data. Unpacked, these are the array's frames in C order with their bytes sorted by place: first
the first byte of every number, then the second, and so on, each column as differences from frame to frame (mod 256).
It is written from front to back, so the sink need not be seekable, and little memory is used whatever the length.
"""

import struct
import zlib
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from tacit.records.errors import DamagedTrackError
from tacit.records.hands import N_LANDMARKS, HandTrack

_MAGIC = b"TACITHT1"
_HEADER = struct.Struct("<II")
_LENGTH = struct.Struct("<I")
_BLOCK_FRAMES = 2048
_ARRAYS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("px", "<f4", (2, N_LANDMARKS, 2)),
    ("xyz", "<f4", (2, N_LANDMARKS, 3)),
    ("seen", "<f4", (2,)),
    ("sigma_m", "<f4", (2,)),
    ("n_hands", "u1", ()),
)


def save_track(track: HandTrack, sink: BinaryIO) -> None:
    """Write a track into a sink that takes bytes from front to back."""
    sink.write(_MAGIC + _HEADER.pack(track.fps, track.n_frames))
    for start in range(0, track.n_frames, _BLOCK_FRAMES):
        for name, dtype, _ in _ARRAYS:
            packed = _pack(getattr(track, name)[start : start + _BLOCK_FRAMES].astype(dtype, copy=False))
            sink.write(_LENGTH.pack(len(packed)) + packed)


def load_track(source: BinaryIO) -> HandTrack:
    """Read a track that `save_track` wrote.

    Raises:
        DamagedTrackError: The bytes are not such a track, or not all of it.
    """
    if _read(source, len(_MAGIC)) != _MAGIC:
        raise DamagedTrackError("it does not begin like one")
    fps, n_frames = _HEADER.unpack(_read(source, _HEADER.size))
    blocks: dict[str, list[NDArray[Any]]] = {name: [np.empty((0, *shape), dtype)] for name, dtype, shape in _ARRAYS}
    for start in range(0, n_frames, _BLOCK_FRAMES):
        for name, dtype, shape in _ARRAYS:
            (length,) = _LENGTH.unpack(_read(source, _LENGTH.size))
            n = min(_BLOCK_FRAMES, n_frames - start)
            blocks[name].append(_unpack(_read(source, length), dtype, (n, *shape)))
    arrays = {name: np.concatenate(parts).astype(parts[0].dtype.newbyteorder("=")) for name, parts in blocks.items()}
    return HandTrack(fps, arrays["px"], arrays["xyz"], arrays["seen"], arrays["sigma_m"], arrays["n_hands"])


def _pack(values: NDArray[Any]) -> bytes:
    """Sort the bytes of numbers by place, take differences over frames, and deflate."""
    n = len(values)
    columns = np.ascontiguousarray(values).view(np.uint8).reshape(n, -1, values.itemsize)
    planes = columns.transpose(2, 1, 0).copy()  # (byte place, number in frame, frame)
    planes[..., 1:] -= planes[..., :-1].copy()
    return zlib.compress(planes.tobytes(), 6)


def _unpack(packed: bytes, dtype: str, shape: tuple[int, ...]) -> NDArray[Any]:
    """Undo `_pack` for an array of the given type and shape."""
    itemsize = np.dtype(dtype).itemsize
    size_bytes = int(np.prod(shape)) * itemsize
    inflater = zlib.decompressobj()
    try:
        raw = inflater.decompress(packed, size_bytes + 1)
    except zlib.error as error:
        raise DamagedTrackError("a block of it cannot be unpacked") from error
    if len(raw) != size_bytes or not inflater.eof:
        raise DamagedTrackError("a block of it has another size than its header says")
    planes = np.frombuffer(raw, np.uint8).reshape(itemsize, -1, shape[0])
    columns = np.cumsum(planes, axis=-1, dtype=np.uint8).transpose(2, 1, 0)
    return np.ascontiguousarray(columns).view(dtype).reshape(shape)


def _read(source: BinaryIO, size_bytes: int) -> bytes:
    """Read exactly so many bytes; a source may give fewer at a time."""
    parts = []
    while size_bytes:
        part = source.read(size_bytes)
        if not part:
            raise DamagedTrackError("it ends too early")
        parts.append(part)
        size_bytes -= len(part)
    return b"".join(parts)
