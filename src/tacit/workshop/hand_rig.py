"""The bones of a hand: joints at rest, poses, and forward kinematics to 21 landmarks and bone transforms.

Hand frame of a right hand, metres: origin in the wrist, x towards the little finger, y along the fingers, z out of the
back of the hand. A left hand is the mirror image in x; whoever places it in the world mirrors it.

The joints lie where anatomy has them, fixed before anything was measured on the films:

- The hand is 187 mm long (distal wrist crease to the end of the middle finger) and 85 mm broad, halfway between the
  mean woman and the mean man. Source: Gordon et al., 1988 Anthropometric Survey of U.S. Army Personnel, NATICK
  TR-89/044 (hand length 180.5 and 194.1 mm, breadth 79.4 and 90.4 mm).
- Segments between joint centres, from the wrist on, are fractions of hand length. Source: Buchholz and Armstrong, A
  kinematic model of the human hand to evaluate its prehensile capabilities, Journal of Biomechanics 25(2), 1992.
- A joint centre is the centre of curvature of the head of the bone before; places are counted from the distal wrist
  crease and, across, from the long axis of the middle metacarpal in fractions of hand breadth. Source: Buchholz,
  Armstrong and Goldstein, Anthropometric data for describing the kinematics of the human hand, Ergonomics 35(3), 1992.
- Bone lengths in radiographs of 66 adults bear the segments out, and a finger's flesh reaches 3.9 mm beyond its last
  bone, the thumb's 5.7 mm. Source: Buryanov and Kotiuk, Proportions of hand segments, International Journal of
  Morphology 28(3), 2010.

A tip landmark is the end of the last bone. Depths (z) and directions at rest are ours.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tacit.records.hands import N_LANDMARKS

Float64 = NDArray[np.float64]

FINGER_ROOTS = (1, 5, 9, 13, 17)
"""First landmark of thumb, index, middle, ring and little finger; each finger has four in a row."""

N_BONES = 17
PALM, FOREARM = 0, 16
"""Bones: 0 the palm, then three for each finger from the thumb on, and the forearm last."""

HAND_LENGTH_M, HAND_BREADTH_M = 0.187, 0.085
TIP_FLESH_M = (0.0057, 0.0039, 0.0039, 0.0039, 0.0039)
"""How far each finger's flesh reaches beyond its last bone, thumb first."""

# Fractions of hand breadth (x) and length (y), metres of depth (z).
_SADDLE = (-0.218, 0.065, -0.008)
_KNUCKLES = ((-0.295, 0.447, 0.002), (0.0, 0.446, 0.004), (0.207, 0.409, 0.002), (0.410, 0.368, -0.002))
# Fractions of hand length.
_THUMB_BONES = (0.251, 0.196, 0.158)
_PHALANGES = ((0.245, 0.143, 0.097), (0.266, 0.170, 0.108), (0.244, 0.165, 0.107), (0.204, 0.117, 0.093))
# Directions at rest: of the thumb's bones, and of the fingers away from y.
_THUMB_ALONG = ((-27.0, 37.8, -6.6), (-13.0, 30.0, -3.0), (-7.0, 25.0, -1.0))
_SPLAY_DEG = (-10.0, -2.0, 7.0, 17.0)

# The thumb's joints turn about these directions: out of its nail, and the long axis of its saddle joint.
_THUMB_NAIL = (-0.62, -0.22, 0.75)
_THUMB_SADDLE = (0.25, 0.94, 0.18)

Pose = Float64
"""(5, 4) degrees, thumb first: bend at the root joint, spread (away from the middle of the hand, for the thumb: swing
under the palm), bend at the middle joint, bend at the last joint."""


def _pose(*fingers: tuple[float, float, float, float]) -> Pose:
    """Write-protected array of joint angles."""
    angles = np.array(fingers)
    angles.flags.writeable = False
    return angles


OPEN = _pose((0, 8, 4, 4), (8, -2, 8, 5), (6, 0, 8, 5), (8, 1, 9, 5), (10, 2, 10, 6))
RELAXED = _pose((6, 22, 12, 14), (20, 0, 24, 14), (24, 0, 27, 16), (27, 0, 29, 17), (30, 0, 28, 17))
READY = _pose((1, 26, 14, 22), (16, -2, 20, 11), (18, 0, 22, 12), (25, 0, 29, 17), (31, -1, 32, 19))
PINCH = _pose((4, 39, 6, 8), (24, 0, 28, 22), (27, 0, 30, 23), (34, 0, 38, 25), (40, -2, 42, 26))


@dataclass(frozen=True)
class Skeleton:
    """A posed hand.

    joints: (21, 3) metres, hand frame; the landmarks.
    turns: (16, 3, 3) rotation of each bone of palm and fingers out of the rest pose.
    shifts: (16, 3) metres; a point p of the rest pose goes to turns[b] @ p + shifts[b].
    """

    joints: Float64
    turns: Float64
    shifts: Float64


def rest_joints() -> Float64:
    """Landmarks of the flat hand that the mesh is built around: (21, 3) metres, hand frame."""
    joints = np.zeros((N_LANDMARKS, 3))
    size = np.array([HAND_BREADTH_M, HAND_LENGTH_M, 1.0])
    joints[1] = np.array(_SADDLE) * size
    for bone, (share, along) in enumerate(zip(_THUMB_BONES, np.array(_THUMB_ALONG), strict=True)):
        joints[bone + 2] = joints[bone + 1] + share * HAND_LENGTH_M * along / np.linalg.norm(along)
    for root, knuckle, splay, shares in zip(FINGER_ROOTS[1:], _KNUCKLES, _SPLAY_DEG, _PHALANGES, strict=True):
        along = np.array([np.sin(np.radians(splay)), np.cos(np.radians(splay)), 0.0])
        joints[root] = np.array(knuckle) * size
        joints[root + 1 : root + 4] = joints[root] + np.cumsum(shares)[:, None] * HAND_LENGTH_M * along
    return joints


def turn(axis: NDArray[np.float64] | tuple[float, float, float], degrees: float) -> Float64:
    """Rotation matrix about an axis of any length, right-handed."""
    x, y, z = np.asarray(axis, float) / np.linalg.norm(axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = np.radians(degrees)
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross)


def turn_between(start: Float64, end: Float64) -> Float64:
    """Smallest rotation that takes one unit direction to another; they must not be opposite."""
    v = np.cross(start, end)
    cross = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    return np.asarray(np.eye(3) + cross + cross @ cross / (1 + start @ end))


def _finger_turns(finger: int, along: Float64, angles: Float64) -> list[Float64]:
    """Rotations of a finger's three bones for one row of a pose; `along` is its direction at rest."""
    root, spread, middle, last = angles
    if finger == 0:
        hinge = np.cross(along, _THUMB_NAIL)
        first = turn(_THUMB_SADDLE, -spread) @ turn(hinge, -root)
    else:
        hinge = np.cross(along, (0.0, 0.0, 1.0))
        first = turn((0, 0, 1), spread if finger < 3 else -spread) @ turn(hinge, -root)
    second = first @ turn(hinge, -middle)
    return [first, second, second @ turn(hinge, -last)]


def skeleton(pose: Pose) -> Skeleton:
    """Bend the hand: landmarks and bone transforms of a pose."""
    rest = rest_joints()
    joints = rest.copy()
    turns, shifts = [np.eye(3)], [np.zeros(3)]
    for finger, root in enumerate(FINGER_ROOTS):
        along = rest[root + 1] - rest[root]
        here = rest[root]
        for bone, rotation in enumerate(_finger_turns(finger, along / np.linalg.norm(along), pose[finger])):
            start, end = rest[root + bone], rest[root + bone + 1]
            turns.append(rotation)
            shifts.append(here - rotation @ start)
            here = here + rotation @ (end - start)
            joints[root + bone + 1] = here
    return Skeleton(joints, np.stack(turns), np.stack(shifts))


def grip_point(joints: Float64) -> Float64:
    """Where a small thing is held: the middle between the tips of thumb, index and middle finger.

    joints: (21, 3) in any frame; the result (3,) is in the same.
    """
    return np.asarray(0.5 * joints[4] + 0.3 * joints[8] + 0.2 * joints[12])
