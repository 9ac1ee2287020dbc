"""From a distance field to a closed triangle mesh: round cones, smooth unions and naive surface nets.

Source: naive surface nets after Gibson, "Constrained Elastic Surface Nets" (1998); the numpy form is ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]
Field = Callable[[Float32], Float32]
"""Takes points (n, 3) and returns about how far outside the surface each is (n,), negative inside."""


@dataclass(frozen=True)
class Mesh:
    """A triangle mesh.

    vertices: (v, 3) float32. faces: (f, 3) int32, counter-clockwise seen from outside. normals: (v, 3) float32, unit.
    """

    vertices: Float32
    faces: NDArray[np.int32]
    normals: Float32


def round_cone(
    points: Float32,
    start: NDArray[np.float64],
    end: NDArray[np.float64],
    radii: tuple[float, float],
    flatness: float = 1.0,
) -> Float32:
    """Distance to a segment with a radius that changes along it; flatness below 1 squeezes it in z."""
    origin, along = start.astype(np.float32), (end - start).astype(np.float32)
    away = points - origin
    share = np.clip(away @ along / np.float32(along @ along), 0, 1)
    away -= share[:, None] * along
    away[:, 2] /= np.float32(flatness)
    distance: Float32 = np.sqrt(np.einsum("ij,ij->i", away, away))
    return np.asarray(distance - radii[0] - np.float32(radii[1] - radii[0]) * share, np.float32)


def smooth_union(a: Float32, b: Float32, width: float) -> Float32:
    """The nearer of two fields, with a fillet of about `width` where they meet."""
    overlap: Float32 = np.maximum(np.float32(width) - np.abs(a - b), 0)
    return np.asarray(np.minimum(a, b) - overlap * overlap / np.float32(4 * width), np.float32)


def field_normals(field: Field, points: Float32, step: float) -> Float32:
    """Unit gradient of a field at points, by central differences over `step`: (n, 3)."""
    gradient = np.empty_like(points)
    for axis in range(3):
        offset = np.zeros(3, np.float32)
        offset[axis] = step / 2
        gradient[:, axis] = field(points + offset) - field(points - offset)
    length = np.linalg.norm(gradient, axis=1, keepdims=True)
    return np.asarray(gradient / np.maximum(length, 1e-12), np.float32)


def extract(field: Field, low: tuple[float, ...], high: tuple[float, ...], step: float) -> Mesh:
    """Mesh the zero level of a field inside a box; the surface must not reach the faces of the box.

    low, high: corners of the box. step: edge of a grid cell, in the same unit; a mesh edge is about as long.
    """
    axes = [np.arange(a, b + step, step, dtype=np.float32) for a, b in zip(low, high, strict=True)]
    grid = np.stack(np.meshgrid(*axes, indexing="ij"), -1)
    values = field(grid.reshape(-1, 3)).reshape(grid.shape[:3])
    vertices, number = _cell_points(values)
    faces = _quads(values < 0, number)
    vertices = vertices * np.float32(step) + np.array([axis[0] for axis in axes], np.float32)
    for _ in range(2):  # the nets cut corners; two steps down the gradient put the points onto the surface
        vertices -= field_normals(field, vertices, step * 0.5) * field(vertices)[:, None]
    return Mesh(vertices, faces, field_normals(field, vertices, step * 0.7))


def _cell_points(values: Float32) -> tuple[Float32, NDArray[np.int32]]:
    """One point for each cell that the surface crosses: the mean of its edges' crossings.

    Returns the points (n, 3) in grid units and the number of each cell's point (-1 where it has none).
    """
    inside = values < 0
    cells = [axis - 1 for axis in values.shape]
    corners = list(product((0, 1), repeat=3))

    def corner(grid: NDArray[np.generic], at: tuple[int, ...]) -> NDArray[np.generic]:
        return grid[tuple(slice(o, o + n) for o, n in zip(at, cells, strict=True))]

    count = np.sum([corner(inside, at) for at in corners], axis=0, dtype=np.int8)
    crossed = (count > 0) & (count < 8)
    level = {at: corner(values, at)[crossed].astype(np.float32) for at in corners}
    total = np.zeros((len(level[0, 0, 0]), 3), np.float32)
    hits = np.zeros(len(total), np.float32)
    for at in corners:
        for axis in range(3):
            if at[axis]:
                continue
            other = tuple(1 if i == axis else o for i, o in enumerate(at))
            a, b = level[at], level[other]
            hit = (a < 0) != (b < 0)
            place = np.tile(np.array(at, np.float32), (len(a), 1))
            place[:, axis] = np.where(hit, a / np.where(hit, a - b, 1), 0)
            total += place * hit[:, None]
            hits += hit
    number = np.full(crossed.shape, -1, np.int32)
    number[crossed] = np.arange(len(total), dtype=np.int32)
    return total / hits[:, None] + np.argwhere(crossed).astype(np.float32), number


def _quads(inside: NDArray[np.bool_], number: NDArray[np.int32]) -> NDArray[np.int32]:
    """Two triangles around each grid edge that crosses the surface, joining the points of the four cells there."""
    triangles = []
    for axis in range(3):
        u, v = (axis + 1) % 3, (axis + 2) % 3
        a = np.moveaxis(inside, (axis, u, v), (0, 1, 2))
        cell = np.moveaxis(number, (axis, u, v), (0, 1, 2))
        begin, end = a[:-1, 1:-1, 1:-1], a[1:, 1:-1, 1:-1]
        around = [cell[:, :-1, :-1], cell[:, 1:, :-1], cell[:, 1:, 1:], cell[:, :-1, 1:]]
        for crossing, order in ((begin & ~end, (0, 1, 2, 3)), (end & ~begin, (0, 3, 2, 1))):
            p, q, r, s = (around[i][crossing] for i in order)
            triangles += [np.stack([p, q, r], 1), np.stack([p, r, s], 1)]
    return np.concatenate(triangles)
