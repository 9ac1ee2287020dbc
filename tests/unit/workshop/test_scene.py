"""The scene: left mirrors right, sleeves and blocks are whole, landmarks are where the skin is."""

import numpy as np
import pytest

from tacit.records.hands import LEFT, RIGHT
from tacit.workshop.choreography import HandMoment, choreograph
from tacit.workshop.forearm import Clothes
from tacit.workshop.hand_mesh import hand_mesh
from tacit.workshop.hand_rig import OPEN, PINCH, RELAXED, grip_point
from tacit.workshop.scene import place_hand
from tacit.workshop.things import block, blocks
from tacit.workshop.viewpoint import head_camera

SLEEVE = Clothes("long", (0.2, 0.3, 0.4), "tan")


def at(x, pose=PINCH, turn_deg=(5.0, -12.0, 14.0)):
    return HandMoment(np.array([x, 0.12, 0.06]), np.array(turn_deg), pose)


@pytest.mark.parametrize("pose", [OPEN, RELAXED, PINCH])
def test_left_is_the_mirror_of_right(pose):
    mesh = hand_mesh("tan")
    right, left = place_hand(RIGHT, at(0.1, pose), mesh, SLEEVE), place_hand(LEFT, at(-0.1, pose), mesh, SLEEVE)
    np.testing.assert_allclose(left.joints, right.joints * (-1, 1, 1), atol=1e-12)
    for one, other in zip(left.solids, right.solids, strict=True):
        np.testing.assert_allclose(one.vertices, other.vertices * np.float32((-1, 1, 1)), atol=1e-6)
        np.testing.assert_array_equal(one.faces, other.faces[:, ::-1])


def test_the_hand_grips_where_it_is_told_to():
    hand = place_hand(RIGHT, at(0.05), hand_mesh("tan"), SLEEVE)
    np.testing.assert_allclose(grip_point(hand.joints), [0.05, 0.12, 0.06], atol=1e-12)


def test_skin_follows_the_bones():
    hand = place_hand(RIGHT, at(0.05), hand_mesh("tan"), SLEEVE)
    skin = hand.solids[0].vertices
    for joint in hand.joints:
        assert np.linalg.norm(skin - joint, axis=1).min() < 0.022


def test_right_hand_comes_from_the_lower_right_and_left_from_the_lower_left():
    camera = head_camera(0.0, 0.0, 640, 480)
    mesh = hand_mesh("tan")
    for which, sign in ((RIGHT, 1), (LEFT, -1)):
        hand = place_hand(which, at(0.1 * sign), mesh, SLEEVE)
        px = camera.project(camera.to_camera(hand.joints))
        assert (px[0, 0] - px[9, 0]) * sign > 0  # the wrist is farther out than the knuckles
        assert px[0, 1] > px[9, 1]


def test_outward_faces_of_sleeve_and_block_look_outwards():
    sleeve = place_hand(RIGHT, at(0.1), hand_mesh("tan"), SLEEVE).solids[1]
    for solid in (sleeve, block(np.array([0.0, 0.1, 0.02]), 0)):
        a, b, c = (solid.vertices[solid.faces[:, i]] for i in range(3))
        agree = np.einsum("ij,ij->i", np.cross(b - a, c - a), solid.normals[solid.faces].mean(1))
        assert (agree > 0).mean() > 0.97


def test_block_has_its_size():
    size = np.ptp(block(np.zeros(3), 0).vertices, axis=0)
    np.testing.assert_allclose(size, (0.028, 0.028, 0.046), atol=1e-6)


def test_a_held_block_moves_with_the_hand_and_none_is_lost():
    story = choreograph(10.0, False, np.random.default_rng(2))
    cycle = story.cycles[0]
    for at_s in (cycle.grasp_s - 0.01, cycle.grasp_s + 0.3, cycle.release_s + 0.01):
        centres = [solid.vertices.mean(0) for solid in blocks(story, at_s)]
        assert centres
    held = max((solid.vertices.mean(0) for solid in blocks(story, cycle.grasp_s + 0.6)), key=lambda c: c[2])
    assert held[2] > 0.03


def test_a_glance_looks_up():
    still, up = head_camera(1.0, 0.0, 640, 480), head_camera(1.0, 1.0, 640, 480)
    assert up.world_to_camera[2, 2] > still.world_to_camera[2, 2] + 0.05


def test_sleeves_leave_as_much_of_the_arm_bare_as_their_length_says():
    mesh = hand_mesh("tan")
    bare = {}
    for length in ("long", "rolled", "none"):
        hand = place_hand(RIGHT, at(0.1), mesh, Clothes(length, (0.2, 0.3, 0.4), "tan"))
        sleeves = [solid for solid in hand.solids[1:] if not solid.skin]
        assert len(sleeves) == (0 if length == "none" else 1)
        wrist = hand.joints[0]
        bare[length] = min((np.linalg.norm(s.vertices - wrist, axis=1).min() for s in sleeves), default=np.inf)
    assert bare["long"] < 0.08 < 0.13 < bare["rolled"] < 0.18
