"""Writes which boxes were covered in each frame of a clean video, frame by frame, and reads them back.

Format (ours), all integers little-endian: 8 bytes "TACITMK1"; width and height of the frames as uint32; then blocks of
1 to 2048 frames. A block is its number of frames and the length of what follows as uint32, and so many bytes of zlib
data: the number of boxes of each frame as uint32, then the boxes of all of them as float32 (x, y, width, height in
pixels). A block of no frames, without data, ends the file. It is written from front to back as frames come, so the sink
need not be seekable, and memory does not grow with length.
"""

import struct
import zlib
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from tacit.records.errors import DamagedMasksError

_MAGIC = b"TACITMK1"
_HEADER = struct.Struct("<II")
_BLOCK = struct.Struct("<II")
_BLOCK_FRAMES = 2048
_COUNT_BYTES = 4
_BOX_BYTES = 16


@dataclass(frozen=True)
class Masks:
    """Which boxes are covered in each frame.

    width, height: pixels of the frames.
    first_box: (n_frames + 1,) int64; the boxes of frame k are those from first_box[k] to before first_box[k + 1].
    boxes: (n, 4) float32; x, y, width, height in pixels.
    """

    width: int
    height: int
    first_box: NDArray[np.int64]
    boxes: NDArray[np.float32]

    @property
    def n_frames(self) -> int:
        """How many frames there are."""
        return len(self.first_box) - 1

    def at(self, frame_index: int) -> NDArray[np.float32]:
        """The boxes of one frame, (k, 4)."""
        return self.boxes[self.first_box[frame_index] : self.first_box[frame_index + 1]]

    def shares(self) -> NDArray[np.float64]:
        """Part of the picture's area that is covered, for every frame; (n_frames,)."""
        each = (compute_covered_share(self.at(k), self.width, self.height) for k in range(self.n_frames))
        return np.fromiter(each, np.float64, self.n_frames)


def compute_covered_share(boxes: NDArray[np.float32], width: int, height: int) -> float:
    """Part of a picture's area that lies in at least one of the boxes, from 0 to 1.

    Args:
        boxes: (k, 4); x, y, width, height in pixels; what lies outside the picture does not count.
        width, height: Pixels of the picture.
    """
    if not len(boxes):
        return 0.0
    low = np.clip(boxes[:, :2].astype(np.float64), 0, (width, height))
    high = np.clip(boxes[:, :2].astype(np.float64) + boxes[:, 2:], low, (width, height))
    # Every edge cuts the picture once each way; a cell between neighbouring cuts is covered as a whole or not at all.
    x, y = np.unique([low[:, 0], high[:, 0]]), np.unique([low[:, 1], high[:, 1]])
    within_x = (low[:, :1] <= x[:-1]) & (x[1:] <= high[:, :1])  # (k, columns)
    within_y = (low[:, 1:] <= y[:-1]) & (y[1:] <= high[:, 1:])  # (k, rows)
    is_covered = within_y.T.astype(np.float32) @ within_x.astype(np.float32) > 0  # (rows, columns)
    return float(np.diff(y) @ is_covered @ np.diff(x)) / (width * height)


class MaskWriter:
    """Writes masks into a sink that takes bytes from front to back.

    Args:
        sink: Where they go; it is left open.
        width, height: Pixels of the frames.
    """

    def __init__(self, sink: BinaryIO, width: int, height: int) -> None:
        self._sink = sink
        self._width, self._height = width, height
        self._block: list[NDArray[np.float32]] = []
        self._n_frames = 0
        self._share_sum = 0.0
        sink.write(_MAGIC + _HEADER.pack(width, height))

    @property
    def mean_share(self) -> float:
        """Part of the picture's area that was covered, the mean over the frames so far; 0 before the first."""
        return self._share_sum / self._n_frames if self._n_frames else 0.0

    def add(self, boxes: NDArray[np.float32]) -> None:
        """Put down the boxes (k, 4) of the next frame."""
        self._block.append(boxes.astype("<f4"))
        self._n_frames += 1
        self._share_sum += compute_covered_share(boxes, self._width, self._height)
        if len(self._block) == _BLOCK_FRAMES:
            self._write_block()

    def close(self) -> None:
        """Write what is still held, and the end."""
        if self._block:
            self._write_block()
        self._sink.write(_BLOCK.pack(0, 0))

    def _write_block(self) -> None:
        counts = np.array([len(boxes) for boxes in self._block], "<u4")
        packed = zlib.compress(counts.tobytes() + np.concatenate(self._block).tobytes(), 6)
        self._sink.write(_BLOCK.pack(len(counts), len(packed)) + packed)
        self._block = []


def load_masks(source: BinaryIO) -> Masks:
    """Read masks that a `MaskWriter` wrote.

    Raises:
        DamagedMasksError: The bytes are not such masks, or not all of them.
    """
    if _read(source, len(_MAGIC)) != _MAGIC:
        raise DamagedMasksError("it does not begin like one")
    width, height = _HEADER.unpack(_read(source, _HEADER.size))
    counts, boxes = [np.zeros(1, np.int64)], [np.zeros((0, 4), np.float32)]
    while True:
        n_frames, length = _BLOCK.unpack(_read(source, _BLOCK.size))
        if n_frames == 0:
            return Masks(width, height, np.cumsum(np.concatenate(counts)), np.concatenate(boxes))
        of_frames, of_block = _unpack(_read(source, length), n_frames)
        counts.append(of_frames)
        boxes.append(of_block)


def _unpack(packed: bytes, n_frames: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Numbers of boxes (n_frames,) and boxes (n, 4) of one block."""
    if n_frames > _BLOCK_FRAMES:
        raise DamagedMasksError("a block of it is longer than any")
    inflater = zlib.decompressobj()
    try:
        counts = np.frombuffer(inflater.decompress(packed, _COUNT_BYTES * n_frames), "<u4").astype(np.int64)
        size_bytes = int(counts.sum()) * _BOX_BYTES
        raw = inflater.decompress(inflater.unconsumed_tail, size_bytes + 1)
    except (zlib.error, ValueError) as error:
        raise DamagedMasksError("a block of it cannot be unpacked") from error
    if len(counts) != n_frames or len(raw) != size_bytes or not inflater.eof:
        raise DamagedMasksError("a block of it has another size than it says")
    return counts, np.frombuffer(raw, "<f4").astype(np.float32).reshape(-1, 4)


def _read(source: BinaryIO, size_bytes: int) -> bytes:
    """Read exactly so many bytes; a source may give fewer at a time."""
    parts = []
    while size_bytes:
        part = source.read(size_bytes)
        if not part:
            raise DamagedMasksError("it ends too early")
        parts.append(part)
        size_bytes -= len(part)
    return b"".join(parts)
