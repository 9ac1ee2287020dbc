"""Puts a moment of the choreography into the world: skinned hands, each on its forearm."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tacit.records.hands import LEFT
from tacit.workshop.choreography import HandMoment
from tacit.workshop.forearm import Clothes, Forearm, forearm
from tacit.workshop.hand_mesh import HandMesh
from tacit.workshop.hand_rig import grip_point, skeleton, turn, turn_between
from tacit.workshop.render import Solid

Float64 = NDArray[np.float64]
Float32 = NDArray[np.float32]

_ELBOW = (0.27, -0.27, 0.10)  # of the right arm
_BEYOND_ELBOW_M = 0.15  # drawn, so that no arm ends in the picture
_FOLLOW = 0.7  # how far a hand turns with the line from its elbow


@dataclass(frozen=True)
class PlacedHand:
    """A hand in the world: its landmarks (21, 3) and what is drawn for it."""

    joints: Float64
    solids: tuple[Solid, ...]


def place_hand(which: int, at: HandMoment, mesh: HandMesh, clothes: Clothes) -> PlacedHand:
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
        skin=mesh.bare,
        grain=mesh.grain,
    )
    joints = (posed.joints @ hand.T + wrist) * mirror
    reach_m = float(np.linalg.norm(elbow - wrist)) + _BEYOND_ELBOW_M
    return PlacedHand(joints, (skin, *forearm(Forearm(wrist, arm, reach_m, mirror), clothes)))


def _turned(blend: Float32, points: Float32) -> Float32:
    """Apply each point's own matrix, the first nine rows of blend (12, v), to it: (v, 3) to (v, 3)."""
    x, y, z = np.ascontiguousarray(points.T)
    return np.stack([blend[row] * x + blend[row + 1] * y + blend[row + 2] * z for row in (0, 3, 6)], 1)


def _flip(points: Float32, mirror: Float64) -> Float32:
    """Mirror points or directions (v, 3)."""
    return np.asarray(points * mirror, np.float32)
