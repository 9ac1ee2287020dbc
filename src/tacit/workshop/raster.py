"""A z-buffer in plain numpy: which triangle each pixel sees. Method: triangle to rows to pixels, all at once; ours."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Int32 = NDArray[np.int32]
Float32 = NDArray[np.float32]

_EDGE_PX = 1e-3  # neighbours overlap by this much, so that rounding leaves no hole between them


@dataclass(frozen=True)
class Hits:
    """The pixels that see something, in the order of the picture.

    pixel: (n,) index into the flattened picture. face: (n,) index of the nearest triangle.
    """

    pixel: Int32
    face: Int32


def rasterise(points: Float32, depth: Float32, faces: Int32, width: int, height: int) -> Hits:
    """Find the nearest triangle for each pixel.

    Args:
        points: (v, 2) pixels.
        depth: (v,) linear over the picture, the larger the nearer: 1 / z under perspective.
        faces: (f, 3); those that run clockwise on the screen (y down) face away and are left out.
        width: Pixels in a row.
        height: Rows.
    """
    kept = _facing(points, depth, faces)
    corners = points[faces[kept]]  # (t, 3, 2)
    face, y = _rows(corners[:, :, 1], height)
    begin, end = _spans(corners, face, y, width)
    count = np.maximum(end - begin + 1, 0)
    row = np.repeat(np.arange(len(face), dtype=np.int32), count)
    x = _ramp(count) + begin[row]
    slope_x, slope_y, at_zero = _planes(corners, depth[faces[kept]])
    level = (at_zero[face] + slope_y[face] * _middle(y))[row] + slope_x[face][row] * _middle(x)
    pixel = (y * np.int32(width))[row] + x

    nearest = np.full(width * height, -np.inf, np.float32)
    np.maximum.at(nearest, pixel, level)
    won = level == nearest[pixel]
    winner = np.full(width * height, -1, np.int32)
    winner[pixel[won]] = face[row[won]]
    seen = np.flatnonzero(winner >= 0).astype(np.int32)
    return Hits(seen, kept[winner[seen]])


def corner_shares(points: Float32, depth: Float32, faces: Int32, hits: Hits, width: int) -> Float32:
    """How much each corner of its triangle counts at each hit, right under perspective: (n, 3), rows sum to one."""
    corner = faces.take(hits.face, axis=0)
    dx = points[:, 0].take(corner) - _middle(hits.pixel % width)[:, None]
    dy = points[:, 1].take(corner) - _middle(hits.pixel // width)[:, None]
    shares = depth.take(corner)
    for i, j, k in ((0, 1, 2), (1, 2, 0), (2, 0, 1)):
        shares[:, i] *= np.maximum(dy[:, j] * dx[:, k] - dx[:, j] * dy[:, k], 0)  # a centre may lie a hair outside
    shares /= shares.sum(1, keepdims=True)
    return shares


def _facing(points: Float32, depth: Float32, faces: Int32) -> Int32:
    """Indices of the triangles that face the camera and lie in front of it."""
    x, y = points[:, 0][faces], points[:, 1][faces]
    area = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0]) - (y[:, 1] - y[:, 0]) * (x[:, 2] - x[:, 0])
    kept = area < -1e-6
    behind = depth <= 0
    if behind.any():
        kept &= ~behind[faces].any(1)
    return np.flatnonzero(kept).astype(np.int32)


def _middle(index: Int32) -> Float32:
    """Coordinate of the middle of each pixel, row or column."""
    return index.astype(np.float32) + np.float32(0.5)


def _ramp(count: Int32) -> Int32:
    """0, 1, ... count[0] - 1, 0, 1, ... count[1] - 1, and so on."""
    ends = np.cumsum(count, dtype=np.int64)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total, dtype=np.int32) - np.repeat(ends - count, count).astype(np.int32)


def _rows(ys: Float32, height: int) -> tuple[Int32, Int32]:
    """Every picture row that each triangle (t, 3) covers: index of the triangle and of the row."""
    first = np.clip(np.ceil(ys.min(1) - 0.5), 0, height).astype(np.int32)
    last = np.clip(np.floor(ys.max(1) - 0.5), -1, height - 1).astype(np.int32)
    count = np.maximum(last - first + 1, 0)
    face = np.repeat(np.arange(len(ys), dtype=np.int32), count)
    return face, _ramp(count) + first[face]


def _spans(corners: Float32, face: Int32, y: Int32, width: int) -> tuple[Int32, Int32]:
    """First and last pixel of a triangle in each of its rows."""
    low = np.full(len(face), -1.0, np.float32)
    high = np.full(len(face), width + 1.0, np.float32)
    middle = _middle(y)
    for start, end in ((0, 1), (1, 2), (2, 0)):
        rise = corners[:, end, 1] - corners[:, start, 1]
        flat = np.abs(rise) < 1e-7  # a level edge bounds no row between the lowest and the highest corner
        slope = np.where(flat, 0, (corners[:, end, 0] - corners[:, start, 0]) / np.where(flat, 1, rise))
        offset = corners[:, start, 0] - slope * corners[:, start, 1]
        at = offset[face] + slope[face] * middle
        rising = ((rise > 0) & ~flat)[face]
        falling = ((rise < 0) & ~flat)[face]
        low = np.where(rising, np.maximum(low, at), low)
        high = np.where(falling, np.minimum(high, at), high)
    first = np.clip(np.ceil(low - np.float32(0.5 + _EDGE_PX)), 0, width).astype(np.int32)
    last = np.clip(np.floor(high - np.float32(0.5 - _EDGE_PX)), -1, width - 1).astype(np.int32)
    return first, last


def _planes(corners: Float32, values: Float32) -> tuple[Float32, Float32, Float32]:
    """Slopes in x and y, and the value at (0, 0), of the plane through each triangle's corner values (t, 3)."""
    a, b, c = corners[:, 0], corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    area = b[:, 0] * c[:, 1] - b[:, 1] * c[:, 0]
    up_b, up_c = values[:, 1] - values[:, 0], values[:, 2] - values[:, 0]
    slope_x = (up_b * c[:, 1] - up_c * b[:, 1]) / area
    slope_y = (up_c * b[:, 0] - up_b * c[:, 0]) / area
    return slope_x, slope_y, values[:, 0] - slope_x * a[:, 0] - slope_y * a[:, 1]
