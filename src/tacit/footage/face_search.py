"""Searches a frame for faces in several ways: the whole of it, a small picture of it, a turned one, a close look.

In: I420 pictures. Out: faces in pixels of the canvas. CenterFace finds upright faces from 24 pixels on; heads that lean
by more than 60 degrees it does not (measured), so the picture is turned for them; of a small or masked face it is less
sure than of the same face enlarged, so weak finds are looked at closely.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.footage.canvas import CanvasFit
from tacit.footage.faces import DetectOptions, FaceDetector, Faces
from tacit.footage.follow import Box
from tacit.records.frames import I420, planes

UPRIGHT = 0
TURNS = (1, 3, 2)
"""Quarter turns against the clock by which a picture is turned to look for leaning heads."""


class SearchesFaces(Protocol):
    """Whatever finds faces in the ways that the anonymiser needs; all boxes in pixels of the canvas."""

    def whole(self, source: I420) -> Faces:
        """Every face in a picture of the source's size."""

    def small(self, canvas: I420, quarter_turns: int) -> Faces:
        """Large faces in a picture of the canvas's size, turned by so many quarter turns."""

    def look(self, canvas: I420, box: Box, quarter_turns: int) -> Faces:
        """The face in a box, seen from close; at most one."""


@dataclass(frozen=True)
class SearchOptions:
    """How closely is searched. All values ours.

    detect: how the network is run. small_px: long side of the small picture.
    look_px: side of the square of a close look. look_face_px: the face is scaled to this in it.
    look_score_min: boxes below it are not reported by a close look.
    """

    detect: DetectOptions = field(default_factory=DetectOptions)
    small_px: int = 640
    look_px: int = 160
    look_face_px: int = 64
    look_score_min: float = 0.1


class FaceSearch:
    """Searches the pictures of one source.

    Args:
        model: Path of the CenterFace model.
        width, height: Pixels of the source's pictures.
        fit: Where they lie on the canvas.
    """

    def __init__(
        self, model: Path, width: int, height: int, fit: CanvasFit, options: SearchOptions | None = None
    ) -> None:
        self._options = options or SearchOptions()
        self.model = model
        self._fit = fit
        detect = self._options.detect
        self._source_size = (width, height)
        enlarged = float(np.sqrt(fit.canvas_width * fit.canvas_height / (width * height)))
        self._whole_size = (round(width * enlarged), round(height * enlarged))
        self._whole = FaceDetector(model, *self._whole_size, detect)
        scale = min(1.0, self._options.small_px / max(fit.width, fit.height))
        self._size = (round(fit.width * scale), round(fit.height * scale))
        self._upright = FaceDetector(model, *self._size, detect)
        self._turned = FaceDetector(model, *self._size[::-1], detect)
        close = replace(detect, score_min=self._options.look_score_min)
        self._look = FaceDetector(model, self._options.look_px, self._options.look_px, close)

    def whole(self, source: I420) -> Faces:
        """Every face in a picture of the source's size, searched with as many pixels as the canvas has.

        So a source larger than the canvas costs no more, a smaller one is enlarged, in which small faces are found
        better, and one held upright is searched larger than it will be.
        """
        fit = self._fit
        faces = self._whole.find_rgb(cut_rgb(source, (0, 0), self._source_size, self._whole_size))
        faces[:, :4] *= fit.width / self._whole_size[0]
        faces[:, :2] += np.array([fit.offset_x, fit.offset_y], np.float32)
        return faces

    def small(self, canvas: I420, quarter_turns: int) -> Faces:
        """Large faces in a picture of the canvas's size, turned by so many quarter turns."""
        fit = self._fit
        rgb = cut_rgb(canvas, (fit.offset_x, fit.offset_y), (fit.width, fit.height), self._size)
        detector = self._upright if quarter_turns % 2 == 0 else self._turned
        faces = _turn_back(detector.find_rgb(np.rot90(rgb, quarter_turns)), quarter_turns, *self._size)
        faces[:, :4] *= fit.width / self._size[0]
        faces[:, :2] += np.array([fit.offset_x, fit.offset_y], np.float32)
        return faces

    def look(self, canvas: I420, box: Box, quarter_turns: int) -> Faces:
        """The face in a box, seen from close; at most one."""
        options = self._options
        scale = options.look_face_px / float(np.sqrt(box[2] * box[3]))
        side = options.look_px / scale
        height, width = canvas.shape[0] * 2 // 3, canvas.shape[1]
        low = np.clip(np.floor((box[:2] + box[2:] / 2 - side / 2) / 2), 0, None).astype(int) * 2
        high = np.minimum(np.ceil((box[:2] + box[2:] / 2 + side / 2) / 2).astype(int) * 2, (width, height))
        if (high - low < 2).any():
            return np.zeros((0, 5), np.float32)
        size = np.maximum(np.minimum(np.round((high - low) * scale), options.look_px), 1).astype(int)
        rgb = cut_rgb(canvas, low.tolist(), (high - low).tolist(), size.tolist())
        square = np.zeros((options.look_px, options.look_px, 3), np.uint8)
        square[: size[1], : size[0]] = rgb
        faces = self._look.find_rgb(np.rot90(square, quarter_turns))
        faces = _turn_back(faces, quarter_turns, options.look_px, options.look_px)
        middle = (box[:2] + box[2:] / 2 - low) * scale
        away = np.hypot(*(faces[:, :2] + faces[:, 2:4] / 2 - middle).T)
        faces = np.asarray(faces[away < options.look_face_px / 2][:1], np.float32)
        faces[:, :4] /= scale
        faces[:, :2] += low
        return faces


def cut_rgb(i420: I420, corner: Sequence[int], size: Sequence[int], scaled: Sequence[int]) -> NDArray[np.uint8]:
    """A piece of a picture in RGB (height, width, 3), scaled to a size; corner and size are even x, y pixels."""
    (x, y), (across, down) = corner, size
    whole, *halved = planes(i420)
    luma = whole[y : y + down, x : x + across]
    chroma = [plane[y // 2 : (y + down) // 2, x // 2 : (x + across) // 2] for plane in halved]
    half = (max(2, -(-scaled[0] // 2) * 2), max(2, -(-scaled[1] // 2) * 2))  # I420 needs even sizes
    how = cv2.INTER_CUBIC if half[0] > across else cv2.INTER_AREA
    parts = [cv2.resize(luma, half, interpolation=how).ravel()]
    parts += [cv2.resize(plane, (half[0] // 2, half[1] // 2), interpolation=how).ravel() for plane in chroma]
    rgb = cv2.cvtColor(np.concatenate(parts).reshape(-1, half[0]), cv2.COLOR_YUV2RGB_I420)
    return np.asarray(rgb[: scaled[1], : scaled[0]], np.uint8)


def _turn_back(faces: Faces, quarter_turns: int, width: int, height: int) -> Faces:
    """Boxes found in a picture that was turned against the clock, in pixels of the picture before it was turned.

    width, height: of the picture before.
    """
    for turn in range(quarter_turns):
        is_wide = (quarter_turns - turn) % 2 == 0
        across = height if is_wide else width
        x, y, box_width, box_height = faces[:, :4].T.copy()
        faces[:, :4] = np.stack([across - y - box_height, x, box_height, box_width], axis=1)
    return faces
