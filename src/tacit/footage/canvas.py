"""Fits frames onto a canvas of fixed size: scaled with their aspect kept, and black bars around."""

from dataclasses import dataclass

import cv2
import numpy as np

from tacit.records.frames import I420, planes

_BLACK_Y, _BLACK_UV = 16, 128


@dataclass(frozen=True)
class CanvasFit:
    """Where a source's pictures lie on the canvas.

    A point (u, v) of the source lies at (u * scale_x + offset_x, v * scale_y + offset_y) of the canvas.
    The two scales differ by less than two pixels over the whole picture, because sizes are even.
    canvas_width, canvas_height: pixels of the canvas; even.
    width, height: pixels of the picture on the canvas; even. offset_x, offset_y: its corner; even.
    """

    canvas_width: int
    canvas_height: int
    scale_x: float
    scale_y: float
    offset_x: int
    offset_y: int
    width: int
    height: int

    @property
    def is_whole(self) -> bool:
        """True where pictures have the canvas's size already."""
        return (self.scale_x, self.scale_y, self.width, self.height) == (1, 1, self.canvas_width, self.canvas_height)


def compute_fit(source_width: int, source_height: int, width: int, height: int) -> CanvasFit:
    """Compute where pictures of the source's size lie on a canvas; sizes in even pixels."""
    scale = min(width / source_width, height / source_height)
    fit_width = min(width, max(2, round(source_width * scale / 2) * 2))
    fit_height = min(height, max(2, round(source_height * scale / 2) * 2))
    return CanvasFit(
        canvas_width=width,
        canvas_height=height,
        scale_x=fit_width / source_width,
        scale_y=fit_height / source_height,
        offset_x=(width - fit_width) // 4 * 2,
        offset_y=(height - fit_height) // 4 * 2,
        width=fit_width,
        height=fit_height,
    )


def fit_picture(i420: I420, fit: CanvasFit) -> I420:
    """Put a picture onto its canvas; one that has the canvas's size is handed on as it is, not copied."""
    if fit.is_whole:
        return i420
    fitted = np.empty((fit.canvas_height * 3 // 2, fit.canvas_width), np.uint8)
    fitted[: fit.canvas_height] = _BLACK_Y
    fitted[fit.canvas_height :] = _BLACK_UV
    for source, target, halving in zip(planes(i420), planes(fitted), (1, 2, 2), strict=True):
        x, y, w, h = (value // halving for value in (fit.offset_x, fit.offset_y, fit.width, fit.height))
        how = cv2.INTER_AREA if h < source.shape[0] else cv2.INTER_LINEAR
        target[y : y + h, x : x + w] = cv2.resize(source, (w, h), interpolation=how)
    return fitted
