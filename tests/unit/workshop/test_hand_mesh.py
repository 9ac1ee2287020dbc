"""The hand's skin: closed, weighted by its bones, around its landmarks."""

import numpy as np
import pytest

from tacit.workshop.hand_mesh import SKINS, hand_field_mm, hand_mesh
from tacit.workshop.hand_rig import FOREARM, rest_joints


@pytest.fixture(scope="module")
def hand():
    return hand_mesh("tan")


def test_mesh_is_closed(hand):
    faces = hand.mesh.faces
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    count = len(hand.mesh.vertices)
    forth, back = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    np.testing.assert_array_equal(np.sort(forth), np.sort(back))
    assert len(np.unique(forth)) == len(forth)


def test_volume_is_that_of_a_hand_and_a_wrist(hand):
    a, b, c = (hand.mesh.vertices[hand.mesh.faces[:, i]].astype(np.float64) for i in range(3))
    volume_cm3 = np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6 * 1e6
    assert 400 < volume_cm3 < 600


def test_every_landmark_lies_inside_the_flesh():
    depth_mm = hand_field_mm((rest_joints() * 1000).astype(np.float32))
    assert (depth_mm < -3.8).all()


def test_weights_are_shares(hand):
    assert (hand.weights >= 0).all()
    np.testing.assert_allclose(hand.weights.sum(1), 1, atol=1e-5)


def test_finger_tips_follow_their_last_bone_and_the_cuff_end_the_forearm(hand):
    joints = rest_joints()
    for finger in range(5):
        nearest = np.linalg.norm(hand.mesh.vertices - joints[4 + 4 * finger], axis=1).argmin()
        assert hand.weights[nearest, 3 + 3 * finger] > 0.99
    assert hand.weights[hand.mesh.vertices[:, 1].argmin(), FOREARM] == pytest.approx(1)


def test_normals_agree_with_the_faces(hand):
    a, b, c = (hand.mesh.vertices[hand.mesh.faces[:, i]] for i in range(3))
    across = np.cross(b - a, c - a)
    assert (np.einsum("ij,ij->i", across, hand.mesh.normals[hand.mesh.faces[:, 0]]) > 0).mean() > 0.999


@pytest.mark.parametrize(("lighter", "darker"), [("fair", "tan"), ("tan", "brown"), ("brown", "dark")])
def test_skin_tones_differ_in_colour_alone(lighter, darker):
    a, b = hand_mesh(lighter), hand_mesh(darker)
    assert a.albedo.mean() > b.albedo.mean() + 0.02
    assert a.mesh is b.mesh


def test_colours_are_colours(hand):
    assert set(SKINS) == {"fair", "tan", "brown", "dark"}
    assert hand.albedo.min() >= 0
    assert hand.albedo.max() <= 1
    assert hand.openness.min() > 0
    assert hand.openness.max() <= 1
