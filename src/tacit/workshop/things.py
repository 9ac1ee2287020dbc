"""Things on the bench: the painted blocks that are moved about, and clutter that only lies there."""

from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tacit.workshop.choreography import BLOCK_M, Choreography, block_places, moment
from tacit.workshop.hand_rig import turn
from tacit.workshop.render import Solid
from tacit.workshop.surface import Float32, Mesh, extract, round_cone

Float64 = NDArray[np.float64]
Clutter = Literal["none", "coloured", "textured", "skin-coloured"]
"""Bright boxes and rods, a bench with a coarse pattern, or wood and cardboard in the colours of hands."""

_BLOCK_COLOURS = ((0.46, 0.07, 0.04), (0.05, 0.15, 0.33), (0.50, 0.29, 0.03))  # linear
_BRIGHT = ((0.75, 0.10, 0.10), (0.95, 0.80, 0.10), (0.10, 0.55, 0.25), (0.10, 0.30, 0.75), (0.85, 0.40, 0.75))
_WOOD = ((0.80, 0.62, 0.46), (0.72, 0.53, 0.38), (0.62, 0.43, 0.30), (0.86, 0.66, 0.54), (0.48, 0.33, 0.24))
_MESH_M = 0.0075  # edges of a mesh may not be longer, or its shadow would have holes
# Where clutter lies, (x, y) metres: beside and behind the work, never in the way of the blocks.
_PLACES = ((-0.30, 0.10), (-0.24, 0.25), (-0.11, 0.27), (0.02, 0.29), (0.13, 0.26), (0.25, 0.24), (0.30, 0.09))
_ROD_M = (0.105, 0.0085)  # length and radius, like a finger


@cache
def _box(cells: tuple[int, int, int]) -> tuple[Float32, Float32, NDArray[np.int32]]:
    """A box from -1 to 1, cut into cells along each axis: corners (v, 3), normals (v, 3), faces (f, 3)."""
    corners: list[Float64] = []
    normals: list[Float64] = []
    faces: list[NDArray[np.int64]] = []
    start = 0
    for axis in range(3):
        first, second = (axis + 1) % 3, (axis + 2) % 3
        rows, columns = cells[first], cells[second]
        a, b = (
            grid.ravel()
            for grid in np.meshgrid(np.linspace(-1, 1, rows + 1), np.linspace(-1, 1, columns + 1), indexing="ij")
        )
        index = np.arange(len(a)).reshape(rows + 1, columns + 1)
        p, q, r, s = (i.ravel() for i in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
        for sign in (-1.0, 1.0):
            unit = np.eye(3)
            out, u, v = unit[axis] * sign, unit[first], unit[second] * sign
            faces.append(np.concatenate([np.stack([p, q, r], 1), np.stack([p, r, s], 1)]) + start)
            corners.append(out + a[:, None] * u + b[:, None] * v)
            normals.append(np.tile(out, (len(a), 1)))
            start += len(a)
    return (
        np.concatenate(corners).astype(np.float32),
        np.concatenate(normals).astype(np.float32),
        np.concatenate(faces).astype(np.int32),
    )


def box(centre: Float64, size_m: tuple[float, float, float], yaw_deg: float, colour: Float64, grain: float) -> Solid:
    """An upright box of one linear colour, turned to the left, with its centre in the world."""
    x, y, z = (max(2, int(np.ceil(side / _MESH_M))) for side in size_m)
    corners, normals, faces = _box((x, y, z))
    rest = np.asarray(corners * np.array(size_m) / 2, np.float32)
    return _solid(rest, normals, faces, turn((0, 0, 1), yaw_deg), centre, colour, grain)


def block(centre: Float64, colour_index: int) -> Solid:
    """A painted wooden block, upright and square to the bench, with its centre in the world."""
    return box(centre, BLOCK_M, 0.0, np.array(_BLOCK_COLOURS[colour_index % len(_BLOCK_COLOURS)]), 0.03)


@cache
def _rod() -> Mesh:
    """A rod with round ends along x, metres."""
    half, radius = _ROD_M[0] / 2 * 1000, _ROD_M[1] * 1000

    def field(points: Float32) -> Float32:
        return round_cone(points, np.array([-half, 0, 0]), np.array([half, 0, 0]), (radius, radius))

    reach = radius + 5
    raw = extract(field, (-half - reach, -reach, -reach), (half + reach, reach, reach), 4.0)
    return Mesh(raw.vertices * np.float32(1e-3), raw.faces, raw.normals)


def rod(centre: Float64, yaw_deg: float, colour: Float64, grain: float) -> Solid:
    """A rod of one linear colour that lies level, turned to the left of x, with its centre in the world."""
    mesh = _rod()
    return _solid(mesh.vertices, mesh.normals, mesh.faces, turn((0, 0, 1), yaw_deg), centre, colour, grain)


def _solid(
    rest: Float32,
    normals: Float32,
    faces: NDArray[np.int32],
    rotation: Float64,
    centre: Float64,
    colour: Float64,
    grain: float,
) -> Solid:
    count = len(rest)
    return Solid(
        np.asarray(rest @ rotation.T + centre, np.float32),
        np.asarray(normals @ rotation.T, np.float32),
        faces,
        rest,
        np.tile(colour, (count, 1)).astype(np.float32),
        np.full(count, 0.15, np.float32),
        np.full(count, 0.9, np.float32),
        skin=False,
        grain=grain,
    )


def blocks(story: Choreography, at_s: float) -> list[Solid]:
    """Every block at a moment: those on the bench, and the one in the right hand."""
    standing = [block(np.array([*place, BLOCK_M[2] / 2]), index) for index, place in block_places(story.cycles, at_s)]
    for index, cycle in enumerate(story.cycles):
        if cycle.grasp_s < at_s < cycle.release_s:
            grip = moment(story.right, at_s).grip
            standing.append(block(grip - np.array([0, 0, BLOCK_M[2] * 0.22]), index))
    return standing


def clutter(kind: Clutter, rng: np.random.Generator) -> list[Solid]:
    """What lies about on the bench, other things in other places for another state of the generator."""
    if kind not in ("coloured", "skin-coloured"):
        return []
    palette = _BRIGHT if kind == "coloured" else _WOOD
    solids = []
    for x, y in _PLACES:
        place = np.array([x, y]) + rng.uniform(-0.02, 0.02, 2)
        colour = np.array(palette[rng.integers(len(palette))]) ** 2.2
        yaw = float(rng.uniform(0, 180))
        if rng.random() < 0.5:
            size = (float(rng.uniform(0.03, 0.09)), float(rng.uniform(0.03, 0.07)), float(rng.uniform(0.02, 0.06)))
            solids.append(box(np.array([*place, size[2] / 2]), size, yaw, colour, 0.05))
            continue
        for offset in range(int(rng.integers(2, 6))):  # a bundle, side by side
            beside = turn((0, 0, 1), yaw) @ np.array([0.0, 0.019 * offset, 0.0])
            solids.append(rod(np.array([*place, _ROD_M[1]]) + beside, yaw, colour, 0.05))
    return solids
