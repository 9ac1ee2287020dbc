"""Surface nets against shapes whose answers are known."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.workshop.surface import extract, field_normals, round_cone, smooth_union


def is_closed(faces):
    """Every edge is walked once in each direction."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    forth = sorted(map(tuple, edges))
    return len(set(forth)) == len(forth) and forth == sorted(map(tuple, edges[:, ::-1]))


def volume(mesh):
    a, b, c = (mesh.vertices[mesh.faces[:, i]].astype(np.float64) for i in range(3))
    return np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6


def ball(points):
    return (np.linalg.norm(points - np.float32(0.3), axis=1) - 10).astype(np.float32)


def test_a_ball_becomes_a_closed_mesh_of_the_right_volume():
    mesh = extract(ball, (-12, -12, -12), (12, 12, 12), 1.0)
    assert is_closed(mesh.faces)
    assert volume(mesh) == pytest.approx(4 / 3 * np.pi * 1000, rel=0.02)


def test_vertices_lie_on_the_surface_and_normals_point_outwards():
    mesh = extract(ball, (-12, -12, -12), (12, 12, 12), 1.0)
    out = mesh.vertices - np.float32(0.3)
    np.testing.assert_allclose(np.linalg.norm(out, axis=1), 10, atol=0.01)
    np.testing.assert_allclose(mesh.normals, out / np.linalg.norm(out, axis=1, keepdims=True), atol=0.01)


def test_two_joined_cones_stay_closed():
    ends = [np.array(p, float) for p in ((-8, 0, 0), (0, 0, 0), (6, 6, 2))]

    def field(points):
        return smooth_union(
            round_cone(points, ends[0], ends[1], (3, 2)), round_cone(points, ends[1], ends[2], (2, 1.5)), 1.5
        )

    mesh = extract(field, (-13, -5, -6), (11, 11, 7), 0.7)
    assert is_closed(mesh.faces)
    assert volume(mesh) > 150


def test_round_cone_is_the_distance_to_a_capsule_where_radii_are_equal():
    points = np.array([[0, 5, 0], [-4, 0, 0], [13, 0, 0], [5, 0, 1]], np.float32)
    distance = round_cone(points, np.zeros(3), np.array([10.0, 0, 0]), (2, 2))
    np.testing.assert_allclose(distance, [3, 2, 1, -1], atol=1e-6)


@given(st.floats(-5, 5), st.floats(-5, 5), st.floats(0.1, 4))
def test_smooth_union_never_lies_outside_either(a, b, width):
    union = smooth_union(np.array([a], np.float32), np.array([b], np.float32), width)[0]
    assert union <= min(a, b) + 1e-6
    assert union >= min(a, b) - width / 4 - 1e-6


def test_field_normals_of_a_slope_are_its_direction():
    normals = field_normals(lambda p: 3 * p[:, 0] - 4 * p[:, 2], np.zeros((2, 3), np.float32), 0.1)
    np.testing.assert_allclose(normals, [[0.6, 0, -0.8]] * 2, atol=1e-5)
