"""Finds faces in a picture with the CenterFace network.

In: an I420 picture. Out: boxes with scores. It only says where a face is; it never computes whose face it is.
CenterFace predicts, for every cell of 4 x 4 pixels, how likely a face is centred there, how high and wide it is, and
where within the cell its centre lies.

Source: Xu et al., "CenterFace: Joint Face Detection and Alignment Using Face as Point", 2019, section 3; the layout of
the four outputs was found by running the network on pictures with known faces, November 2026.
"""

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.models.inference import Pixels, open_network
from tacit.records.frames import I420

Faces = NDArray[np.float32]
"""(k, 5) float32: x and y of the upper left corner, width, height in pixels, and score from 0 to 1; best first."""

_CELL_PX = 4
_SIDE_MULTIPLE_PX = 32


@dataclass(frozen=True)
class DetectOptions:
    """How faces are searched. All values ours.

    score_min: boxes below it are not reported. long_side_px_max: larger pictures are scaled down to this.
    overlap_max: of two boxes with a larger intersection over union the better one stays.
    threads: processor threads for one search. bfloat16: compute in it where the processor does so by itself.
    """

    score_min: float = 0.2
    long_side_px_max: int = 1920
    overlap_max: float = 0.3
    threads: int = 1
    bfloat16: bool = True


class FaceDetector:
    """Finds faces in pictures of one size, at that size, so that small faces are found too.

    Args:
        model: Path of the CenterFace model.
        width, height: Pixels of the pictures.
    """

    def __init__(self, model: Path, width: int, height: int, options: DetectOptions | None = None) -> None:
        self._options = options or DetectOptions()
        scale = min(1.0, self._options.long_side_px_max / max(width, height))
        self._width, self._height = round(width * scale), round(height * scale)
        self._scale = np.array([width / self._width, height / self._height] * 2, np.float32)
        rows, columns = _round_up(self._height), _round_up(self._width)
        self._network = open_network(
            model,
            (1, 3, rows, columns),
            threads=self._options.threads,
            pixels=Pixels(divisor=1, layout="NCHW"),
            bfloat16=self._options.bfloat16,
            n_outputs=3,  # the fourth are landmarks, a tenth of the time
        )
        self._input = np.zeros((1, rows, columns, 3), np.uint8)

    def find(self, i420: I420) -> Faces:
        """Every face in the picture, from `score_min` on, in pixels of that picture."""
        return self.find_rgb(np.asarray(cv2.cvtColor(i420, cv2.COLOR_YUV2RGB_I420), np.uint8))

    def find_rgb(self, rgb: NDArray[np.uint8]) -> Faces:
        """As `find`, in an RGB picture (height, width, 3)."""
        height, width = rgb.shape[:2]
        if (height, width) != (self._height, self._width):
            how = cv2.INTER_AREA if height > self._height else cv2.INTER_LINEAR
            rgb = np.asarray(cv2.resize(rgb, (self._width, self._height), interpolation=how), np.uint8)
        self._input[0, : self._height, : self._width] = rgb
        heat, size, offset = self._network(self._input)
        faces = _decode(heat[0, 0], size[0], offset[0], self._options.score_min)
        faces = _suppress(faces, self._options.overlap_max)
        faces[:, :4] *= self._scale
        return faces


def _round_up(side_px: int) -> int:
    """The next length that the network takes."""
    return -(-side_px // _SIDE_MULTIPLE_PX) * _SIDE_MULTIPLE_PX


def _decode(
    heat: NDArray[np.float32], size: NDArray[np.float32], offset: NDArray[np.float32], score_min: float
) -> Faces:
    """Turn the network's maps into boxes.

    Args:
        heat: (rows, columns); how likely a face is centred in the cell.
        size: (2, rows, columns); logarithm of height and width in cells.
        offset: (2, rows, columns); of the centre within its cell, down and right, in cells.
        score_min: Cells below it are left out.

    Returns:
        Faces in pixels of the network's input, best first, many for each face.
    """
    row, column = np.nonzero(heat >= score_min)
    score = heat[row, column]
    order = np.argsort(-score, kind="stable")
    row, column, score = row[order], column[order], score[order]
    height = np.exp(size[0, row, column]) * _CELL_PX
    width = np.exp(size[1, row, column]) * _CELL_PX
    y = (row + offset[0, row, column] + 0.5) * _CELL_PX
    x = (column + offset[1, row, column] + 0.5) * _CELL_PX
    return np.stack([x - width / 2, y - height / 2, width, height, score], axis=1).astype(np.float32)


def _suppress(faces: Faces, overlap_max: float) -> Faces:
    """Leave the best of every group of overlapping boxes; `faces` are best first."""
    kept: list[int] = []
    is_open = np.ones(len(faces), bool)
    for i in range(len(faces)):
        if is_open[i]:
            kept.append(i)
            is_open[i:] &= compute_overlap(faces[i, :4], faces[i:, :4]) <= overlap_max
    return faces[kept]


def compute_overlap(box: NDArray[np.floating], boxes: NDArray[np.floating]) -> NDArray[np.float32]:
    """Intersection over union of one box (4,) with many (k, 4); boxes are x, y, width, height."""
    low = np.maximum(box[:2], boxes[:, :2])
    high = np.minimum(box[:2] + box[2:], boxes[:, :2] + boxes[:, 2:])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    total = box[2] * box[3] + boxes[:, 2] * boxes[:, 3] - shared
    return np.asarray(shared / np.maximum(total, 1e-9), np.float32)
