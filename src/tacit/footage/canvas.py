"""Fits clean frames onto a canvas of fixed size: scaled with their aspect kept, and black bars around."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.records.frames import CleanFrame

_BLACK_Y, _BLACK_UV = 16, 128


@dataclass(frozen=True)
class CanvasFit:
    """Where a frame lies on its canvas.

    A point (u, v) of the frame lies at (u * scale_x + offset_x, v * scale_y + offset_y) of the canvas.
    The two scales differ by less than two pixels over the whole picture, because sizes are even.
    width, height: pixels of the frame's picture on the canvas; even. offset_x, offset_y: its corner; even.
    """

    scale_x: float
    scale_y: float
    offset_x: int
    offset_y: int
    width: int
    height: int


def canvas_scale(source_width: int, source_height: int, width: int, height: int) -> CanvasFit:
    """Compute where a frame of the source's size lies on a canvas; sizes in even pixels."""
    scale = min(width / source_width, height / source_height)
    fit_width = min(width, max(2, round(source_width * scale / 2) * 2))
    fit_height = min(height, max(2, round(source_height * scale / 2) * 2))
    return CanvasFit(
        scale_x=fit_width / source_width,
        scale_y=fit_height / source_height,
        offset_x=(width - fit_width) // 4 * 2,
        offset_y=(height - fit_height) // 4 * 2,
        width=fit_width,
        height=fit_height,
    )


def fit_to_canvas(frame: CleanFrame, width: int, height: int) -> CleanFrame:
    """Put a frame onto a canvas of even sizes; a frame of that size is handed on as it is."""
    if (frame.width, frame.height) == (width, height):
        return frame
    fit = canvas_scale(frame.width, frame.height, width, height)
    i420 = np.empty((height * 3 // 2, width), np.uint8)
    i420[:height] = _BLACK_Y
    i420[height:] = _BLACK_UV
    for source, target, halving in zip(_planes(frame.i420), _planes(i420), (1, 2, 2), strict=True):
        x, y, w, h = (value // halving for value in (fit.offset_x, fit.offset_y, fit.width, fit.height))
        shrinks = h < source.shape[0]
        how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        target[y : y + h, x : x + w] = cv2.resize(source, (w, h), interpolation=how)
    scale = np.array([fit.scale_x, fit.scale_y] * 2, np.float32)
    offset = np.array([fit.offset_x, fit.offset_y, 0, 0], np.float32)
    return CleanFrame(frame.frame_index, i420, frame.is_repeat, frame.covered * scale + offset)


def _planes(i420: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """Views of the three planes of an I420 array."""
    height = i420.shape[0] * 2 // 3
    chroma = i420[height:].reshape(2, height // 2, i420.shape[1] // 2)
    return i420[:height], chroma[0], chroma[1]
