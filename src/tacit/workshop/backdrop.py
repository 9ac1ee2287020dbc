"""What lies behind the hands: a worn bench top and, over its far edge, the blurred wall of a workshop."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.workshop.camera import Camera
from tacit.workshop.shadow import ShadowMap

Image = NDArray[np.uint8]

_TEXEL_M = 0.0015
_BENCH_LEFT_M, _BENCH_NEAR_M, _BENCH_FAR_M = -1.4, -0.45, 0.70
_WALL_Y_M, _WALL_LEFT_M, _WALL_LOW_M = 2.6, -3.0, -1.6
_WALL_TEXEL_M = 0.012


class Backdrop:
    """Bench and wall, painted once from a random generator and seen by any camera over the bench.

    textured: the bench top has a coarse pattern of many colours instead of plain laminate.
    """

    def __init__(self, rng: np.random.Generator, textured: bool = False) -> None:
        self._bench = _paint_pattern(rng) if textured else _paint_bench(rng)
        self._wall = _paint_wall(rng)

    def draw(self, camera: Camera, shadow: ShadowMap, strength: float = 1.0) -> Image:
        """The picture (height, width, 3) without any solids but with their shadows, so strong, on the bench."""
        size = (camera.width, camera.height)
        bench_plane = camera.plane_homography(
            np.array([_BENCH_LEFT_M, _BENCH_FAR_M, 0]), np.array([_TEXEL_M, 0, 0]), np.array([0, -_TEXEL_M, 0])
        )
        bench = cv2.warpPerspective(self._bench, bench_plane, size, borderMode=cv2.BORDER_REPLICATE)
        dark = 1 - shadow.on_bench(camera) * np.float32(strength)
        bench = cv2.multiply(bench, cv2.merge([dark, dark, dark]), dtype=cv2.CV_8U)
        left, right = _far_edge(camera)
        rows = min(int(max(left, right)) + 2, camera.height)
        if rows <= 2:  # the far edge is above the picture: nothing but bench
            return np.asarray(bench, np.uint8)
        wall_plane = camera.plane_homography(
            np.array([_WALL_LEFT_M, _WALL_Y_M, -_WALL_LOW_M]),
            np.array([_WALL_TEXEL_M, 0, 0]),
            np.array([0, 0, -_WALL_TEXEL_M]),
        )
        top = (camera.width, rows)
        wall = cv2.warpPerspective(self._wall, wall_plane, top, borderMode=cv2.BORDER_REPLICATE)
        mask = np.zeros((rows, camera.width), np.uint8)
        above = np.array([(0, 0), (camera.width, 0), (camera.width, right), (0, left)])
        cv2.fillConvexPoly(mask, np.round(above).astype(np.int32), 1)
        cv2.copyTo(wall, mask, bench[:rows])
        return np.asarray(bench, np.uint8)


def _far_edge(camera: Camera) -> tuple[float, float]:
    """Row at which the bench's far edge crosses the left and the right side of the picture."""
    ahead = np.array([[camera.eye[0] + aside, _BENCH_FAR_M, 0.0] for aside in (-0.3, 0.3)])
    (x0, y0), (x1, y1) = camera.project(camera.to_camera(ahead))
    slope = (y1 - y0) / (x1 - x0)
    return float(y0 - slope * x0), float(y0 + slope * (camera.width - x0))


def hidden_by_bench(camera: Camera, points: NDArray[np.float32]) -> NDArray[np.bool_]:
    """True for points (n, 3) in the world that the bench top keeps from the camera above it."""
    height = np.float32(camera.eye[2])
    drop = np.maximum(height - points[:, 2], np.float32(1e-6))
    crosses_at = camera.eye[1] + height / drop * (points[:, 1] - camera.eye[1])
    return np.asarray((points[:, 2] < 0) & (crosses_at < _BENCH_FAR_M))


def _clouds(rng: np.random.Generator, shape: tuple[int, int], grid: tuple[int, int]) -> NDArray[np.float32]:
    """Smooth random grey of a shape, from -1 to 1, with features as large as the cells of a grid."""
    coarse = rng.uniform(-1, 1, grid).astype(np.float32)
    return np.asarray(cv2.resize(coarse, shape[::-1], interpolation=cv2.INTER_CUBIC), np.float32)


def _bench_size() -> tuple[int, int]:
    """Rows and columns of the bench's picture."""
    return round((_BENCH_FAR_M - _BENCH_NEAR_M) / _TEXEL_M), round(-2 * _BENCH_LEFT_M / _TEXEL_M)


def _paint_pattern(rng: np.random.Generator) -> Image:
    """A mat with checks, stripes and prints in many colours: RGB uint8."""
    high, wide = _bench_size()
    mat = np.full((high, wide, 3), 128, np.uint8)
    cell = round(0.030 / _TEXEL_M)
    for y in range(0, high, cell):
        for x in range(0, wide, cell):
            tone = rng.uniform(50, 205) + rng.normal(0, 28, 3)
            cv2.rectangle(mat, (x, y), (x + cell - 1, y + cell - 1), np.clip(tone, 0, 255).tolist(), -1)
    for _ in range(260):
        start = rng.uniform((0, 0), (wide, high))
        end = start + rng.normal(0, 35, 2)
        tone = rng.uniform(20, 235, 3).tolist()
        cv2.line(mat, start.astype(int).tolist(), end.astype(int).tolist(), tone, int(rng.integers(2, 9)), cv2.LINE_AA)
    return mat


def _paint_bench(rng: np.random.Generator) -> Image:
    """Grey-beige laminate with scratches, seams and stains: RGB uint8."""
    high, wide = _bench_size()
    grey = 0.70 + 0.05 * _clouds(rng, (high, wide), (8, 12)) + 0.03 * _clouds(rng, (high, wide), (200, 40))
    grey += 0.015 * rng.normal(0, 1, (high, wide))
    for _ in range(70):
        start = rng.uniform((0, 0), (wide, high))
        end = start + rng.normal(0, 60, 2)
        tone = float(rng.uniform(0.58, 0.76))
        cv2.line(grey, start.astype(int).tolist(), end.astype(int).tolist(), tone, 1, cv2.LINE_AA)
    seam = round(0.30 / _TEXEL_M)
    for x in range(seam // 2, wide, seam):
        cv2.line(grey, (x, 0), (x, high), 0.52, 2, cv2.LINE_AA)
    cv2.line(grey, (0, seam), (wide, seam), 0.52, 2, cv2.LINE_AA)
    tint = np.array([1.0, 0.975, 0.92])
    return np.asarray(np.clip(grey[:, :, None] * tint * 255, 0, 255), np.uint8)


def _paint_wall(rng: np.random.Generator) -> Image:
    """A pale wall with shelves and boxes, out of focus: RGB uint8."""
    high, wide = round(-2 * _WALL_LOW_M / _WALL_TEXEL_M), round(-2 * _WALL_LEFT_M / _WALL_TEXEL_M)
    wall = np.full((high, wide, 3), (150, 152, 150), np.float32)
    for level in range(20, high, 44):
        x = 0
        while x < wide:
            box_wide, box_high = int(rng.integers(14, 46)), int(rng.integers(10, 36))
            colour = (rng.uniform(60, 190) * np.array([1, 1, 1]) + rng.normal(0, 18, 3)).tolist()
            cv2.rectangle(wall, (x, level + 40 - box_high), (x + box_wide, level + 40), colour, -1)
            x += box_wide + int(rng.integers(4, 30))
        cv2.rectangle(wall, (0, level + 40), (wide, level + 43), (92, 90, 88), -1)
    return np.asarray(cv2.GaussianBlur(wall, (0, 0), 3.2), np.uint8)
