"""Someone who walks past at the far side of the bench: a head with a face that face detectors find.

Nobody's likeness: a field of ellipsoids with a painted face, no measurements of any person. Head frame, metres: x to
the viewer's right, y away from the viewer, z up; the face looks along -y, the origin lies between the ears.
Source of all proportions and colours: ours.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from tacit.workshop.hand_mesh import SKINS, Skin
from tacit.workshop.hand_rig import turn
from tacit.workshop.render import Solid
from tacit.workshop.surface import Float32, Mesh, extract, round_cone, smooth_union

Float64 = NDArray[np.float64]

WALK_Y_M, HEAD_Z_M = 1.15, 0.155
_WALK_SPEED_M_S = 0.42
_WALK_HALF_M = 1.05  # from the middle to where he is out of the picture
_MM = 1e-3
_STEP_MM = 4.8
_BOX_LOW_MM, _BOX_HIGH_MM = (-215.0, -126.0, -552.0), (215.0, 160.0, 138.0)
_EYE_X_MM, _EYE_Z_MM = 31.0, 12.0
_HAIR, _SHIRT = (0.10, 0.075, 0.06), (0.33, 0.38, 0.36)


@dataclass(frozen=True)
class HeadMesh:
    """A head at rest with neck and shoulders: surface, colour, and which points belong to the face."""

    mesh: Mesh
    albedo: Float32
    openness: Float32
    face: NDArray[np.bool_]


def _ellipsoid(points: Float32, centre: tuple[float, float, float], radii: tuple[float, float, float]) -> Float32:
    """About the distance to an ellipsoid; right on the surface, roughly right near it."""
    away = (points - np.array(centre, np.float32)) / np.array(radii, np.float32)
    length = np.linalg.norm(away, axis=1)
    slope = np.linalg.norm(away / np.array(radii, np.float32), axis=1)
    return np.asarray(length * (length - 1) / np.maximum(slope, 1e-6), np.float32)


def head_field_mm(points: Float32) -> Float32:
    """How far outside the head points (n, 3) lie, both in millimetres. One side is the mirror of the other."""
    p = points.copy()
    p[:, 0] = np.abs(p[:, 0])

    def cone(start: tuple[float, float, float], end: tuple[float, float, float], first: float, last: float) -> Float32:
        return round_cone(p, np.array(start), np.array(end), (first, last))

    head = _ellipsoid(p, (0, 10, 36), (75, 94, 84))
    head = smooth_union(head, _ellipsoid(p, (0, -18, -18), (62, 72, 84)), 22)
    head = smooth_union(head, _ellipsoid(p, (0, -34, -66), (47, 50, 44)), 20)
    head = smooth_union(head, cone((0, -74, -96), (8, -73, -96), 14, 13), 16)
    head = smooth_union(head, cone((0, -84, 31), (38, -66, 33), 11, 9), 12)
    head = smooth_union(head, cone((40, -58, -14), (54, -30, -6), 16, 12), 18)
    head = -smooth_union(-head, -_hollow(p), 10)
    head = smooth_union(head, _ellipsoid(p, (_EYE_X_MM, -70, _EYE_Z_MM), (16, 14.5, 13)), 3)
    head = smooth_union(head, cone((0, -88, 24), (0, -108, -22), 7, 10), 9)
    head = smooth_union(head, cone((9, -96, -25), (11, -94, -25), 7, 7), 6)
    head = smooth_union(head, cone((0, -90, -50), (18, -82, -53), 7, 4), 6)
    head = smooth_union(head, cone((0, -88, -60), (15, -82, -59), 8, 5), 6)
    head = smooth_union(head, _ellipsoid(p, (77, 14, -2), (7, 17, 30)), 5)
    head = smooth_union(head, cone((0, 18, -60), (0, 32, -190), 50, 56), 22)
    head = smooth_union(head, cone((0, 36, -240), (120, 38, -262), 66, 52), 34)
    return smooth_union(head, _ellipsoid(p, (0, 42, -370), (158, 90, 170)), 40)


def _hollow(p: Float32) -> Float32:
    """Negative inside the eye sockets, to be cut out."""
    return -_ellipsoid(p, (_EYE_X_MM, -98, _EYE_Z_MM + 2), (24, 22, 15))


def _blend(colour: Float32, share: NDArray[np.floating], other: tuple[float, float, float] | Float64) -> None:
    """Mix another colour in, by a share (v,) from 0 to 1."""
    colour += np.clip(share, 0, 1)[:, None].astype(np.float32) * (np.array(other, np.float32) - colour)


def _spot(
    x: NDArray[np.floating], z: NDArray[np.floating], half_width: float, half_height: float, soft: float
) -> Float32:
    """1 inside an ellipse around (0, 0), fading to 0 over `soft` of its radius."""
    return np.asarray((1 + soft / 2 - np.hypot(x / half_width, z / half_height)) / soft, np.float32)


def _paint(points: Float32, openness: Float32, skin: Skin) -> tuple[Float32, NDArray[np.bool_]]:
    """Albedo (v, 3, linear) of points in millimetres, and which of them belong to the face."""
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    tone = np.array(SKINS[skin])
    colour = np.tile(tone.astype(np.float32), (len(points), 1))
    front = np.clip((-y - 20) / 25, 0, 1)
    ex, ez = x - _EYE_X_MM, z - _EYE_Z_MM
    _blend(colour, _spot(x - 44, z + 24, 24, 22, 1.2) * front * 0.35, tone * (1.0, 0.72, 0.68))
    _blend(colour, _spot(x, z + 18, 14, 20, 1.0) * front * 0.20, tone * (1.0, 0.78, 0.74))
    _blend(colour, _spot(ex, ez, 24, 15, 0.9) * front * 0.45, tone * (0.62, 0.52, 0.50))
    _blend(colour, _spot(ex, ez, 15.5, 6.8, 0.35) * front, (0.90, 0.88, 0.86))
    _blend(colour, _spot(ex + 0.5, ez, 6.4, 6.6, 0.4) * front, (0.10, 0.06, 0.04))
    lid = np.abs(ez - 6.5 * np.sqrt(np.clip(1 - (ex / 17) ** 2, 0, 1)))
    _blend(colour, (1.4 - lid / 2.6) * (np.abs(ex) < 17) * front, (0.10, 0.07, 0.06))
    brow = np.abs(z - 33 + 0.006 * (x - 32) ** 2)
    _blend(colour, (1.6 - brow / 3.6) * (x > 13) * (x < 53) * front * 0.9, _HAIR)
    _blend(colour, _spot(x, z + 55, 25, 10.5, 0.4) * front * 0.9, tone * (0.80, 0.48, 0.46))
    _blend(colour, (1.3 - np.abs(z + 55) / 1.9) * (x < 23) * front * 0.8, tone * (0.38, 0.24, 0.22))
    _blend(colour, _spot(x - 9, z + 31, 5.5, 3.6, 0.6) * front * 0.85, tone * (0.30, 0.22, 0.20))
    line = 74 - 0.006 * x**2 + 0.35 * np.clip(y + 60, -40, 0)  # the hairline, lower at the temples
    hair = np.maximum((z - line) / 5, np.minimum((y - 2) / 6, (z + 50) / 10))
    _blend(colour, hair * (np.hypot((y - 14) / 20, (z + 2) / 34) > np.where(x > 72, 1, 0)), _HAIR)
    shirt = (-z - 168) / 8
    _blend(colour, shirt, _SHIRT)
    colour *= (0.35 + 0.65 * openness)[:, None] ** np.array([0.7, 0.95, 1.0])
    face = (y < 0) & (z < line) & (z > -112) & (x < 72)
    return np.asarray(np.clip(colour, 0, 1) ** 2.2, np.float32), face


@cache
def head_mesh(skin: Skin) -> HeadMesh:
    """Build the head in one skin tone; the second call in a process costs nothing."""
    raw, openness = _shape_mm()
    albedo, face = _paint(raw.vertices, openness, skin)
    mesh = Mesh(raw.vertices * np.float32(_MM), raw.faces, raw.normals)
    return HeadMesh(mesh, albedo, openness, face)


@cache
def _shape_mm() -> tuple[Mesh, Float32]:
    """Surface in millimetres and openness; the same for every skin tone."""
    raw = extract(head_field_mm, _BOX_LOW_MM, _BOX_HIGH_MM, _STEP_MM)
    openness = np.ones(len(raw.vertices), np.float32)
    for reach, strength in ((6, 0.30), (14, 0.30), (30, 0.25)):
        room = head_field_mm(raw.vertices + raw.normals * np.float32(reach)) / np.float32(reach)
        openness -= np.float32(strength) * np.clip(1 - room, 0, 1)
    return raw, np.clip(openness, 0.15, 1)


@dataclass(frozen=True)
class Walker:
    """A moment of someone walking past: what to draw, and the points of the face (k, 3) in the world."""

    solid: Solid
    face: Float64


def walk_past(at_s: float, middle_s: float, skin: Skin) -> Walker | None:
    """The walker at a moment, from left to right, in the middle of the picture at `middle_s`; None while out of it."""
    x = (at_s - middle_s) * _WALK_SPEED_M_S
    if abs(x) > _WALK_HALF_M:
        return None
    head = head_mesh(skin)
    stride = 2 * np.pi * 0.85 * at_s
    place = np.array([x, WALK_Y_M + 0.01 * np.sin(stride), HEAD_Z_M + 0.012 * np.sin(2 * stride)])
    toward_camera = float(np.degrees(np.arctan2(-x, WALK_Y_M + 0.24)))
    spin = turn((0, 0, 1), 0.75 * toward_camera + 8 * np.sin(0.8 * at_s)) @ turn((1, 0, 0), 7.0)
    vertices = head.mesh.vertices @ spin.T.astype(np.float32) + place.astype(np.float32)
    solid = Solid(
        vertices,
        head.mesh.normals @ spin.T.astype(np.float32),
        head.mesh.faces,
        head.mesh.vertices,
        head.albedo,
        np.full(len(vertices), 0.15, np.float32),
        head.openness,
        skin=True,
        grain=0.02,
    )
    return Walker(solid, vertices[head.face].astype(np.float64))


def glance(at_s: float, middle_s: float) -> float:
    """How far the worker looks up at who walks past, from 0 to 1."""
    away_s = abs(at_s - middle_s) - 0.6 * _WALK_HALF_M / _WALK_SPEED_M_S
    share = float(np.clip(1 - away_s / 1.0, 0, 1))
    return share * share * (3 - 2 * share)
