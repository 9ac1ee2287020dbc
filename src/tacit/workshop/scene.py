"""Puts a moment of the choreography into the world: skinned hands on forearms in sleeves, blocks, and the camera."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tacit.records.hands import LEFT
from tacit.workshop.camera import Camera, look_at
from tacit.workshop.choreography import BLOCK_M, Choreography, HandMoment, block_places, moment
from tacit.workshop.hand_mesh import HandMesh
from tacit.workshop.hand_rig import grip_point, skeleton, turn, turn_between
from tacit.workshop.render import Solid

Float64 = NDArray[np.float64]
Float32 = NDArray[np.float32]

FOVY_DEG = 62.0
_EYE = (0.0, -0.24, 0.46)
_LOOK_DOWN_DEG = 44.0
_ELBOW = (0.27, -0.27, 0.10)  # of the right arm
_FOLLOW = 0.7  # how far a hand turns with the line from its elbow
_SLEEVE_START_M = 0.070  # from the wrist, towards the elbow
_BLOCK_COLOURS = ((0.46, 0.07, 0.04), (0.05, 0.15, 0.33), (0.50, 0.29, 0.03))


@dataclass(frozen=True)
class PlacedHand:
    """A hand in the world: its landmarks (21, 3) and what is drawn for it."""

    joints: Float64
    solids: tuple[Solid, Solid]


def head_camera(at_s: float, glance: float, width: int, height: int) -> Camera:
    """The camera on the worker's head, which is never quite still; glance (0 to 1) lifts it to who walks past."""
    eye = np.array(_EYE) + 0.006 * np.sin(np.array([1.3, 2.1, 1.7]) * at_s + np.array([0.0, 1.0, 2.0]))
    down = np.radians(_LOOK_DOWN_DEG - 9.0 * glance + 0.8 * np.sin(1.1 * at_s))
    aside = np.radians(1.2 * np.sin(0.9 * at_s))
    forward = np.array([np.sin(aside) * np.cos(down), np.cos(aside) * np.cos(down), -np.sin(down)])
    return look_at(eye, eye + forward, FOVY_DEG, width, height)


def place_hand(which: int, at: HandMoment, mesh: HandMesh, sleeve_colour: tuple[float, float, float]) -> PlacedHand:
    """Skin a hand for one moment and run its forearm back to the elbow.

    which: LEFT or RIGHT; a left hand is the mirror image of a right one in x.
    """
    mirror = np.array([-1.0 if which == LEFT else 1.0, 1.0, 1.0])
    posed = skeleton(at.pose)
    elbow = np.array(_ELBOW)
    ahead = at.grip * mirror - elbow
    yaw, pitch, roll = at.turn_deg
    yaw += _FOLLOW * float(np.degrees(np.arctan2(-ahead[0], ahead[1])))
    hand = turn((0, 0, 1), yaw) @ turn((1, 0, 0), pitch) @ turn((0, 1, 0), roll)
    wrist = at.grip * mirror - hand @ grip_point(posed.joints)
    along = (elbow - wrist) / np.linalg.norm(elbow - wrist)
    arm = turn_between(-hand[:, 1], along) @ hand

    bones = np.concatenate([hand @ posed.turns, arm[None]])  # (17, 3, 3), into the world of a right hand
    shifts = np.concatenate([posed.shifts @ hand.T + wrist, wrist[None]])
    table = np.concatenate([bones.reshape(17, 9), shifts], 1).astype(np.float32)
    # Each point's own rotation, row by row, and shift: (12, v). Not `@`, which wakes a pool of threads that cost more.
    blend = np.einsum("vb,bk->kv", mesh.weights, table)
    vertices = _turned(blend, mesh.mesh.vertices) + blend[9:].T
    normals = _turned(blend, mesh.mesh.normals)
    skin = Solid(
        _flip(vertices, mirror),
        _flip(normals, mirror),
        mesh.mesh.faces[:, ::-1] if which == LEFT else mesh.mesh.faces,
        mesh.mesh.vertices,
        mesh.albedo,
        mesh.gloss,
        mesh.openness,
        skin=True,
        grain=0.045,
    )
    joints = (posed.joints @ hand.T + wrist) * mirror
    reach = float(np.linalg.norm(elbow - wrist))
    return PlacedHand(joints, (skin, _sleeve(wrist, arm, reach, mirror, sleeve_colour)))


def _turned(blend: Float32, points: Float32) -> Float32:
    """Apply each point's own matrix, the first nine rows of blend (12, v), to it: (v, 3) to (v, 3)."""
    x, y, z = np.ascontiguousarray(points.T)
    return np.stack([blend[row] * x + blend[row + 1] * y + blend[row + 2] * z for row in (0, 3, 6)], 1)


def _flip(points: Float32, mirror: Float64) -> Float32:
    """Mirror points or directions (v, 3)."""
    return np.asarray(points * mirror, np.float32)


@cache
def _sleeve_grid(n_around: int, n_along: int) -> tuple[Float64, Float64, NDArray[np.int32]]:
    """Angles and shares along of a tube's points, and its faces; the first rows turn in to close the cuff."""
    angle, share = np.meshgrid(np.linspace(0, 2 * np.pi, n_around, endpoint=False), np.arange(n_along))
    a = np.arange(n_along * n_around).reshape(n_along, n_around)
    p, q = a[:-1], np.roll(a, -1, 1)[:-1]
    r, s = np.roll(a, -1, 1)[1:], a[1:]
    faces = np.concatenate([np.stack([p, q, r], -1).reshape(-1, 3), np.stack([p, r, s], -1).reshape(-1, 3)])
    return angle.ravel(), share.ravel().astype(float), faces.astype(np.int32)


def _sleeve(wrist: Float64, arm: Float64, reach: float, mirror: Float64, colour: tuple[float, float, float]) -> Solid:
    """A sleeve with folds from below the wrist to the elbow."""
    n_around, n_along = 40, 40
    angle, row, faces = _sleeve_grid(n_around, n_along)
    share = np.clip((row - 2) / (n_along - 3), 0, 1)
    y = -_SLEEVE_START_M - share * max(reach - _SLEEVE_START_M, 0.05) + np.where(row == 0, -0.012, 0)
    folds = 0.0016 * np.sin(y * 210 + 2.0 * np.sin(angle)) + 0.0012 * np.sin(3 * angle + 60 * y)
    girth = 0.034 + 0.016 * share + folds * np.clip(row - 2, 0, 1) - np.where(row == 0, 0.006, 0)
    hem = np.exp(-(((y + _SLEEVE_START_M + 0.014) / 0.003) ** 2)) * 0.0012
    rest = np.stack([np.cos(angle) * (girth - hem), y, np.sin(angle) * (girth - hem) * 0.86 - 0.002], 1)
    grid = rest.reshape(n_along, n_around, 3)
    around = np.roll(grid, -1, 1) - np.roll(grid, 1, 1)
    outward = np.cross(around, np.gradient(grid, axis=0)).reshape(-1, 3)
    outward /= np.maximum(np.linalg.norm(outward, axis=1, keepdims=True), 1e-12)
    dark = np.where(row < 1, 0.35, 1 - 0.25 * hem / 0.0012)[:, None]
    return Solid(
        _flip(np.asarray(rest @ arm.T + wrist, np.float32), mirror),
        _flip(np.asarray(outward @ arm.T, np.float32), mirror),
        faces if mirror[0] > 0 else faces[:, ::-1],
        rest.astype(np.float32),
        np.asarray(np.array(colour) ** 2.2 * dark, np.float32),
        np.zeros(len(rest), np.float32),
        np.ones(len(rest), np.float32),
        skin=False,
        grain=0.09,
    )


@cache
def _box(n_cells: int) -> tuple[Float32, Float32, NDArray[np.int32]]:
    """A box from -1 to 1 with each side cut into n by n cells: corners (v, 3), normals (v, 3), faces (f, 3)."""
    steps = np.linspace(-1, 1, n_cells + 1)
    a, b = (grid.ravel() for grid in np.meshgrid(steps, steps, indexing="ij"))
    index = np.arange(len(a)).reshape(n_cells + 1, n_cells + 1)
    p, q, r, s = (i.ravel() for i in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
    corners: list[Float64] = []
    normals: list[Float64] = []
    faces: list[NDArray[np.int64]] = []
    for axis in range(3):
        for sign in (-1.0, 1.0):
            unit = np.eye(3)
            out, u, v = unit[axis] * sign, unit[(axis + 1) % 3], unit[(axis + 2) % 3] * sign
            start = len(corners) * len(a)
            faces.append(np.concatenate([np.stack([p, q, r], 1), np.stack([p, r, s], 1)]) + start)
            corners.append(out + a[:, None] * u + b[:, None] * v)
            normals.append(np.tile(out, (len(a), 1)))
    return (
        np.concatenate(corners).astype(np.float32),
        np.concatenate(normals).astype(np.float32),
        np.concatenate(faces).astype(np.int32),
    )


def block(centre: Float64, colour_index: int) -> Solid:
    """A painted wooden block, upright and square to the bench, with its centre in the world."""
    corners, normals, faces = _box(6)
    rest = np.asarray(corners * np.array(BLOCK_M) / 2, np.float32)
    count = len(rest)
    colour = np.array(_BLOCK_COLOURS[colour_index % len(_BLOCK_COLOURS)])
    return Solid(
        np.asarray(rest + centre, np.float32),
        normals,
        faces,
        rest,
        np.tile(colour, (count, 1)).astype(np.float32),
        np.full(count, 0.15, np.float32),
        np.full(count, 0.9, np.float32),
        skin=False,
        grain=0.03,
    )


def blocks(story: Choreography, at_s: float) -> list[Solid]:
    """Every block at a moment: those on the bench, and the one in the right hand."""
    standing = [block(np.array([*place, BLOCK_M[2] / 2]), index) for index, place in block_places(story.cycles, at_s)]
    for index, cycle in enumerate(story.cycles):
        if cycle.grasp_s < at_s < cycle.release_s:
            grip = moment(story.right, at_s).grip
            standing.append(block(grip - np.array([0, 0, BLOCK_M[2] * 0.22]), index))
    return standing
