"""Shadows of one far light: a height map on the bench, as the light sees it, serves the bench and the solids alike."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.workshop.camera import Camera

Float32 = NDArray[np.float32]

TO_LIGHT = np.array([-0.38, 0.22, 0.90]) / np.linalg.norm([-0.38, 0.22, 0.90])
"""Direction from the bench to the usual light, world frame."""

_LEFT_M, _NEAR_M = -0.60, -0.45
_CELL_M = 0.004
_COLUMNS, _ROWS = 300, 320
_BIAS_M = 0.007  # a point must lie this far under a surface to be in its shadow


class ShadowMap:
    """What stands between the bench and the light.

    vertices: (v, 3) metres, world; neighbours on a surface lie at most two cells apart, so that splats close over it.
    to_light: (3,) unit vector from the bench to the light, world.
    """

    def __init__(self, vertices: Float32, to_light: NDArray[np.float64] = TO_LIGHT) -> None:
        self._lean = (to_light[:2] / to_light[2]).astype(np.float32)
        column, row = (np.floor(cells).astype(np.int32) for cells in self._cells(vertices.T))
        inside = (column >= 0) & (column < _COLUMNS) & (row >= 0) & (row < _ROWS)
        height = np.zeros(_COLUMNS * _ROWS, np.float32)
        np.maximum.at(height, row[inside] * _COLUMNS + column[inside], vertices[inside, 2])
        self._height = cv2.morphologyEx(height.reshape(_ROWS, _COLUMNS), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
        mask = (self._height > 0).astype(np.float32)
        tight, wide = cv2.GaussianBlur(mask, (0, 0), 1.6), cv2.blur(mask, (25, 25))
        self._on_bench = (0.36 * tight + 0.28 * wide).astype(np.float32)

    def covered(self, points: Float32) -> Float32:
        """Part of the light that solids keep from each point (3, n): (n,) from 0 to 1."""
        across, along = self._cells(points)
        column = np.clip(across.astype(np.int32), 1, _COLUMNS - 2)
        row = np.clip(along.astype(np.int32), 1, _ROWS - 2)
        level = points[2] + np.float32(_BIAS_M)
        total = np.zeros(len(level), np.float32)
        for down, right in ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1)):
            total += self._height[row + down, column + right] > level
        return total / np.float32(5)

    def on_bench(self, camera: Camera) -> Float32:
        """Darkness of the bench in each pixel of a picture: (height, width) from 0 to 1, for the plane z = 0."""
        origin = np.array([_LEFT_M, _NEAR_M, 0.0])
        plane = camera.plane_homography(origin, np.array([_CELL_M, 0, 0]), np.array([0, _CELL_M, 0]))
        size = (camera.width, camera.height)
        return np.asarray(cv2.warpPerspective(self._on_bench, plane, size, flags=cv2.INTER_LINEAR), np.float32)

    def _cells(self, points: Float32) -> tuple[Float32, Float32]:
        """Map column and row, (n,) each, of where the light through each point (3, n) meets the bench."""
        column = (points[0] - points[2] * self._lean[0] - np.float32(_LEFT_M)) / np.float32(_CELL_M)
        row = (points[1] - points[2] * self._lean[1] - np.float32(_NEAR_M)) / np.float32(_CELL_M)
        return column, row
