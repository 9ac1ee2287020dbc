"""The skin of a hand at rest, or the glove on it: its surface, how each point follows the bones, and its colour.

The surface is the zero level of a field of round cones around the joints of `hand_rig`; a right hand with the forearm
down to under the sleeve. Built once in a process. Source of all proportions and colours: ours.
"""

from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np

from tacit.workshop.glove import GLOVES, Glove, put_on
from tacit.workshop.hand_rig import FINGER_ROOTS, FOREARM, N_BONES, PALM, TIP_FLESH_M, rest_joints
from tacit.workshop.surface import Float32, Mesh, extract, field_normals, round_cone, smooth_union

Skin = Literal["fair", "tan", "brown", "dark"]

SKINS: dict[Skin, tuple[float, float, float]] = {
    "fair": (0.84, 0.64, 0.53),
    "tan": (0.76, 0.55, 0.42),
    "brown": (0.60, 0.41, 0.30),
    "dark": (0.40, 0.27, 0.20),
}
"""Colour of the back of the hand, sRGB from 0 to 1."""

_MM = 1e-3
_STEP_MM = 3.5
_SKIN_GRAIN = 0.045
_BOX_LOW_MM, _BOX_HIGH_MM = (-88.0, -124.0, -41.5), (64.0, 210.0, 34.0)
_THUMB_RADII_MM = (13.0, 11.4, 10.2, 8.0)
_FINGER_RADII_MM = (
    (9.8, 8.6, 7.7, 6.6),
    (10.0, 8.8, 7.9, 6.8),
    (9.4, 8.2, 7.4, 6.4),
    (8.4, 7.2, 6.4, 5.7),
)

# Palm, wrist and forearm: start, end (mm), radii (mm), flatness, width of the fillet towards what came before (mm). An
# end that is a number is that landmark's place, moved by the offset.
_Place = tuple[float, float, float]
_BODY_MM: tuple[tuple[_Place, _Place | tuple[int, _Place], tuple[float, float], float, float], ...] = (
    ((-11.0, 4.0, 0.0), (5, (1.0, -2.0, -4.0)), (13.0, 11.0), 1.0, 0.0),
    ((-2.0, 3.0, 0.0), (9, (0.0, -3.0, -5.0)), (13.5, 11.5), 1.0, 9.0),
    ((7.0, 3.0, 0.0), (13, (0.0, -2.0, -4.0)), (13.0, 11.0), 1.0, 9.0),
    ((13.0, 4.0, 0.0), (17, (-1.0, -2.0, -3.0)), (13.0, 10.2), 1.0, 9.0),
    ((18.0, 20.0, -7.0), (17, (-2.0, -15.0, -5.0)), (11.0, 9.5), 1.0, 9.0),
    ((-20.0, 16.0, -8.0), (2, (1.5, -2.0, -0.5)), (14.5, 12.0), 1.0, 10.0),
    ((-15.0, 22.0, -7.0), (5, (-4.0, -24.0, -9.0)), (12.0, 9.0), 1.0, 10.0),
    ((0.0, 2.0, 0.0), (0.0, -50.0, -1.0), (25.0, 26.0), 0.74, 14.0),
    ((0.0, -50.0, -1.0), (0.0, -88.0, -2.0), (26.0, 29.0), 0.80, 12.0),
)


@dataclass(frozen=True)
class HandMesh:
    """A hand at rest, hand frame of a right hand, metres.

    mesh: the surface. weights: (v, 17) float32, how much each bone moves each point; every row sums to one.
    albedo: (v, 3) float32, linear RGB. gloss: (v,) float32, 0 dull to 1 nail. openness: (v,) float32, the part of the
    sky that a point sees at rest. bare: it is skin, no glove. grain: how rough it looks, 0 smooth.
    """

    mesh: Mesh
    weights: Float32
    albedo: Float32
    gloss: Float32
    openness: Float32
    bare: bool
    grain: float


def _body_mm(points: Float32) -> Float32:
    """Field of palm, wrist and forearm, millimetres."""
    joints = rest_joints() / _MM
    body = np.full(len(points), 1e3, np.float32)
    for start, end, radii, flatness, fillet in _BODY_MM:
        stop = joints[end[0]] + np.array(end[1]) if len(end) == 2 else np.array(end)
        part = round_cone(points, np.array(start), stop, radii, flatness)
        body = smooth_union(body, part, fillet) if fillet else np.minimum(body, part)
    for left, right in ((5, 9), (9, 13), (13, 17)):
        low = np.array([0.0, 2.0, -4.0])
        body = smooth_union(body, round_cone(points, joints[left] + low, joints[right] + low, (8.0, 8.0)), 6)
    for root in FINGER_ROOTS[1:]:
        bump = joints[root] + np.array([0.0, -1.0, 3.0])
        tendon = joints[root] * 0.45 + np.array([0.0, 0.0, 8.0])
        body = smooth_union(body, round_cone(points, bump, bump - (0, 4, 0.6), (7.8, 6.8)), 5)
        body = smooth_union(body, round_cone(points, bump, tendon, (5.0, 3.0)), 4)
    return body


def _finger_mm(points: Float32, finger: int) -> Float32:
    """Field of one finger, millimetres: three cones, a little thicker at the joints."""
    root = FINGER_ROOTS[finger]
    joints = rest_joints()[root : root + 4] / _MM
    radii = _finger_radii_mm(finger)
    last = (joints[3] - joints[2]) / np.linalg.norm(joints[3] - joints[2])
    joints[3] += last * (TIP_FLESH_M[finger] / _MM - radii[3])  # so that the flesh ends where it should
    field = np.full(len(points), 1e3, np.float32)
    for bone in range(3):
        part = round_cone(points, joints[bone], joints[bone + 1], (radii[bone], radii[bone + 1]), 0.94)
        field = smooth_union(field, part, 3)
    forth = np.array([0.0, 1.0, 0.0])
    for joint in (1, 2):
        raised = joints[joint] + np.array([0.0, 0.0, 0.7])
        swell = radii[joint] * 1.05
        field = smooth_union(field, round_cone(points, raised - forth, raised + forth, (swell, swell)), 3)
    return field


def _finger_radii_mm(finger: int) -> tuple[float, float, float, float]:
    """Radii at a finger's root, joints and tip."""
    return _THUMB_RADII_MM if finger == 0 else _FINGER_RADII_MM[finger - 1]


def hand_field_mm(points: Float32) -> Float32:
    """How far outside the hand at rest points lie (n,), both in millimetres; fingers never melt into each other."""
    body = _body_mm(points)
    unions = [smooth_union(body, _finger_mm(points, finger), 9 if finger == 0 else 6) for finger in range(5)]
    return np.asarray(np.minimum.reduce(unions), np.float32)


def _ramp(x: Float32, start: float, end: float) -> Float32:
    """Smooth step from 0 at start to 1 at end."""
    share = np.clip((x - np.float32(start)) / np.float32(end - start), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def _weights(points: Float32) -> Float32:
    """How each point (v, 3) in millimetres follows the bones: (v, 17); rows sum to one."""
    joints = rest_joints() / _MM
    weights = np.zeros((len(points), N_BONES), np.float32)
    for finger, root in enumerate(FINGER_ROOTS):
        chain = joints[root : root + 4]
        along = np.diff(chain, axis=0)
        along /= np.linalg.norm(along, axis=1, keepdims=True)
        aside = np.minimum.reduce([round_cone(points, chain[bone], chain[bone + 1], (0.0, 0.0)) for bone in range(3)])
        far = [np.asarray((points - chain[bone]) @ along[bone], np.float32) for bone in range(3)]
        if finger == 0:
            whole = _ramp(far[0], -14, 24) * (1 - _ramp(aside, 14, 24))
            middle, last = _ramp(far[1], -9, 9), _ramp(far[2], -7, 7)
        else:
            whole = _ramp(far[0], -9, 10) * (1 - _ramp(aside, 11, 15))
            middle, last = _ramp(far[1], -6, 6), _ramp(far[2], -5, 5)
        first = 1 + 3 * finger
        weights[:, first] = whole * (1 - middle)
        weights[:, first + 1] = whole * middle * (1 - last)
        weights[:, first + 2] = whole * middle * last
    weights /= np.maximum(weights.sum(1, keepdims=True), 1)
    rest = np.maximum(1 - weights.sum(1), 0)
    arm = 1 - _ramp(points[:, 1], -26, 12)
    weights[:, PALM], weights[:, FOREARM] = rest * (1 - arm), rest * arm
    return np.asarray(weights / weights.sum(1, keepdims=True), np.float32)


def _paint(points: Float32, normals: Float32, openness: Float32, skin: Skin) -> tuple[Float32, Float32]:
    """Albedo (v, 3, linear) and gloss (v,): a paler palm, redder knuckles and finger ends, nails, blotches."""
    joints = rest_joints() / _MM
    colour = np.tile(np.array(SKINS[skin], np.float32), (len(points), 1))
    pale = np.array([1.0, 0.80, 0.70], np.float32) * max(0.62, SKINS[skin][0])
    colour += _ramp(-normals[:, 2], 0.1, 0.8)[:, None] * (pale - colour) * 0.35
    upward = np.clip(normals[:, 2], 0, 1)
    for joint in (3, 5, 6, 7, 9, 10, 11, 13, 14, 15, 17, 18, 19):
        near = np.exp(-(np.linalg.norm(points - joints[joint], axis=1) ** 2) / 80) * upward
        colour *= 1 - near[:, None] * np.array([0.04, 0.15, 0.16])
    gloss = np.full(len(points), 0.12, np.float32)
    for finger, root in enumerate(FINGER_ROOTS):
        tip, before = joints[root + 3], joints[root + 2]
        along = (tip - before) / np.linalg.norm(tip - before)
        out = np.array([-0.62, -0.22, 0.75]) if finger == 0 else np.array([0.0, 0.0, 1.0])
        out -= along * (out @ along)
        out /= np.linalg.norm(out)
        radius = _finger_radii_mm(finger)[3]
        offset = points - (tip + along * (TIP_FLESH_M[finger] / _MM - radius))
        forth, aside, above = offset @ along, offset @ np.cross(along, out), offset @ out
        colour *= 1 - np.exp(-np.einsum("ij,ij->i", offset, offset) / 100)[:, None] * np.array([0.0, 0.09, 0.08])
        shape = np.abs(forth / radius) ** 3 + np.abs(aside / (0.8 * radius)) ** 3
        faces_out = (above > 0.25 * radius) & (normals @ out > 0.2)
        nail = faces_out & (shape < 1)
        rim = faces_out & (shape >= 1) & (shape < 1.7)
        colour[nail] = 0.35 * colour[nail] + 0.65 * np.array([0.90, 0.72, 0.66]) * max(0.7, SKINS[skin][0])
        colour[rim] *= np.array([0.88, 0.78, 0.76])
        gloss[nail] = 0.75
    rng = np.random.default_rng(7)
    waves = np.sin(points @ rng.normal(0, 0.16, (3, 12)) + rng.uniform(0, 6.28, 12)).mean(1)
    colour *= 1 + waves[:, None] * np.array([0.06, 0.10, 0.10])
    shade = (0.4 + 0.6 * openness)[:, None] ** np.array([0.6, 0.9, 1.0])
    return np.asarray(np.clip(colour * shade, 0, 1) ** 2.2, np.float32), gloss


@cache
def hand_mesh(skin: Skin, glove: Glove | None = None) -> HandMesh:
    """Build the right hand in one skin tone, bare or in a glove; the second call in a process costs nothing."""
    mesh, weights, openness = _shape()
    albedo, gloss = _paint(mesh.vertices / np.float32(_MM), mesh.normals, openness, skin)
    if glove is None:
        return HandMesh(mesh, weights, albedo, gloss, openness, True, _SKIN_GRAIN)
    mesh, albedo, gloss = put_on(glove, mesh, albedo, gloss, openness)
    return HandMesh(mesh, weights, albedo, gloss, openness, False, GLOVES[glove].grain)


@cache
def _shape() -> tuple[Mesh, Float32, Float32]:
    """Surface (metres), bone weights and openness; the same for every skin tone."""
    raw = extract(hand_field_mm, _BOX_LOW_MM, _BOX_HIGH_MM, _STEP_MM)
    openness = np.ones(len(raw.vertices), np.float32)
    for reach, strength in ((4, 0.32), (9, 0.32), (16, 0.27)):
        room = hand_field_mm(raw.vertices + raw.normals * np.float32(reach)) / np.float32(reach)
        openness -= np.float32(strength) * np.clip(1 - room, 0, 1)
    normals = field_normals(hand_field_mm, raw.vertices, 1.2)
    mesh = Mesh(raw.vertices * np.float32(_MM), raw.faces, normals)
    return mesh, _weights(raw.vertices), np.clip(openness, 0.12, 1)
