"""The rig: bones never stretch, fingers bend towards the palm, rotations are rotations."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tacit.workshop.hand_rig import (
    FINGER_ROOTS,
    HAND_BREADTH_M,
    HAND_LENGTH_M,
    OPEN,
    PINCH,
    READY,
    TIP_FLESH_M,
    grip_point,
    rest_joints,
    skeleton,
    turn,
    turn_between,
)

BONES = [(0, root) for root in FINGER_ROOTS] + [(root + i, root + i + 1) for root in FINGER_ROOTS for i in range(3)]
poses = arrays(np.float64, (5, 4), elements=st.floats(-30, 100))
directions = arrays(np.float64, 3, elements=st.floats(-1, 1)).filter(lambda v: np.linalg.norm(v) > 0.1)


def lengths(joints):
    return np.array([np.linalg.norm(joints[a] - joints[b]) for a, b in BONES])


@given(poses)
def test_bones_keep_their_length_in_any_pose(pose):
    np.testing.assert_allclose(lengths(skeleton(pose).joints), lengths(rest_joints()), atol=1e-12)


@given(poses)
def test_bone_transforms_carry_the_rest_joints_to_the_landmarks(pose):
    posed, rest = skeleton(pose), rest_joints()
    for finger, root in enumerate(FINGER_ROOTS):
        for bone in range(3):
            index = 1 + 3 * finger + bone
            for joint in (root + bone, root + bone + 1):
                moved = posed.turns[index] @ rest[joint] + posed.shifts[index]
                np.testing.assert_allclose(moved, posed.joints[joint], atol=1e-12)


def test_a_pose_of_zeros_is_the_rest_pose():
    np.testing.assert_allclose(skeleton(np.zeros((5, 4))).joints, rest_joints(), atol=1e-15)


def test_the_flat_hand_is_as_long_and_broad_as_it_says():
    joints = rest_joints()
    assert joints[12, 1] + TIP_FLESH_M[2] == pytest.approx(HAND_LENGTH_M, abs=0.003)
    flesh_m = 0.011 + 0.010  # beside the knuckles of index and little finger
    assert joints[17, 0] - joints[5, 0] + flesh_m == pytest.approx(HAND_BREADTH_M, abs=0.006)


# Lengths of bones in radiographs, millimetres, and their standard deviations; Buryanov and Kotiuk, Int. J. Morphol.
# 28(3), 2010. A segment between joint centres is longer than the bone by about the radius of the head before it and
# shorter by that of its own: 3 mm for a proximal phalanx, 1 mm for a middle one, longer by that alone for the last.
RADIOGRAPHS = [
    ((2, 3), 31.57, 3.13, 3),
    ((3, 4), 21.67, 1.60, 5),
    ((5, 6), 39.78, 4.94, 3),
    ((6, 7), 22.38, 2.51, 1),
    ((7, 8), 15.82, 2.26, 3),
    ((9, 10), 44.63, 3.81, 3),
    ((10, 11), 26.33, 3.00, 1),
    ((11, 12), 17.40, 1.85, 3),
    ((13, 14), 41.37, 3.87, 3),
    ((14, 15), 25.65, 3.29, 1),
    ((15, 16), 17.30, 2.22, 3),
    ((17, 18), 32.74, 2.77, 3),
    ((18, 19), 18.11, 2.54, 1),
    ((19, 20), 15.96, 2.45, 3),
]


@pytest.mark.parametrize(("ends", "bone_mm", "spread_mm", "heads_mm"), RADIOGRAPHS)
def test_segments_lie_within_two_deviations_of_radiographs(ends, bone_mm, spread_mm, heads_mm):
    joints = rest_joints() * 1000
    segment = np.linalg.norm(joints[ends[1]] - joints[ends[0]])
    assert abs(segment - (bone_mm + heads_mm)) < 2 * spread_mm


def test_the_thumb_springs_from_beside_the_wrist():
    saddle = rest_joints()[1]
    assert np.linalg.norm(saddle[:2]) == pytest.approx(0.118 * HAND_LENGTH_M, abs=0.001)
    assert saddle[0] < -0.015
    assert saddle[2] < 0  # before the palm


@pytest.mark.parametrize("finger", range(1, 5))
def test_bending_a_finger_brings_its_tip_towards_the_palm(finger):
    pose = np.zeros((5, 4))
    tip = FINGER_ROOTS[finger] + 3
    heights = []
    for bend in (0, 30, 60, 90):
        pose[finger, 0] = bend
        heights.append(skeleton(pose).joints[tip, 2])
    assert (np.diff(heights) < -0.01).all()


def test_positive_spread_parts_index_and_little_finger():
    apart = OPEN.copy()
    apart[1, 1] += 10
    apart[4, 1] += 10
    gap = [np.linalg.norm(skeleton(p).joints[8] - skeleton(p).joints[20]) for p in (OPEN, apart)]
    assert gap[1] > gap[0] + 0.02


def test_thumb_swings_under_the_palm():
    pose = np.zeros((5, 4))
    pose[0, 1] = 45
    assert skeleton(pose).joints[4, 2] < rest_joints()[4, 2] - 0.02


def test_pinch_closes_on_a_block_and_ready_leaves_room_for_it():
    gaps = [np.linalg.norm(skeleton(pose).joints[4] - skeleton(pose).joints[8]) for pose in (PINCH, READY)]
    assert gaps[0] == pytest.approx(0.042, abs=0.008)  # 28 mm of wood and the flesh of two finger tips
    assert gaps[1] > gaps[0] + 0.010


def test_grip_point_lies_between_thumb_and_index():
    joints = skeleton(PINCH).joints
    assert np.linalg.norm(grip_point(joints) - joints[4]) < 0.030
    assert np.linalg.norm(grip_point(joints) - joints[8]) < 0.030


def test_named_poses_cannot_be_changed_by_accident():
    with pytest.raises(ValueError, match="read-only"):
        PINCH[0, 0] = 1


@given(directions, st.floats(-360, 360))
def test_turn_is_a_rotation_that_keeps_its_axis(axis, degrees):
    rotation = turn(axis, degrees)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(rotation) == pytest.approx(1)
    np.testing.assert_allclose(rotation @ axis, axis, atol=1e-9)


def test_turn_is_right_handed():
    np.testing.assert_allclose(turn((0, 0, 2), 90) @ [1, 0, 0], [0, 1, 0], atol=1e-12)


@given(directions, directions)
def test_turn_between_takes_one_direction_to_the_other(start, end):
    a, b = start / np.linalg.norm(start), end / np.linalg.norm(end)
    if a @ b < -0.9:
        return
    rotation = turn_between(a, b)
    np.testing.assert_allclose(rotation @ a, b, atol=1e-9)
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
