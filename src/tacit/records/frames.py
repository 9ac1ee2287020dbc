"""Frames of video. A clean frame is another type than a raw one, so no raw face can be handed on by mistake."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

I420 = NDArray[np.uint8]


def planes(i420: I420) -> tuple[I420, I420, I420]:
    """Views of the three planes of an I420 array: luma (height, width), and two of chroma of half that each way."""
    height, width = i420.shape[0] * 2 // 3, i420.shape[1]
    chroma = i420[height:].reshape(2, height // 2, width // 2)
    return i420[:height], chroma[0], chroma[1]


@dataclass(frozen=True)
class RawFrame:
    """One frame as filmed, upright, on the constant frame-rate grid.

    frame_index: counts from 0 at the start of the recording.
    i420: (height * 3 // 2, width) uint8; planar YUV 4:2:0, width and height even, limited range.
    is_repeat: True where the source had no new picture for this place of the grid, so it equals the frame before.
    """

    frame_index: int
    i420: I420
    is_repeat: bool


@dataclass(frozen=True)
class CleanFrame:
    """One frame after every face in it was replaced. Made by the anonymiser and by the reader of clean video only.

    covered: (k, 4) float32; x, y, width, height in pixels of what was replaced; k may be 0.
    """

    frame_index: int
    i420: I420
    is_repeat: bool
    covered: NDArray[np.float32]

    @property
    def width(self) -> int:
        """Pixels in a row."""
        return int(self.i420.shape[1])

    @property
    def height(self) -> int:
        """Rows of pixels."""
        return int(self.i420.shape[0]) * 2 // 3
