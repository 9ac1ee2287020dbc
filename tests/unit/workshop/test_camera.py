"""The camera: centre, directions, and planes that agree with points."""

import numpy as np
import pytest

from tacit.workshop.camera import focal_length_px, look_at

EYE, TARGET = np.array([0.1, -0.3, 0.5]), np.array([0.0, 0.2, 0.0])


@pytest.fixture
def camera():
    return look_at(EYE, TARGET, 60.0, 640, 480)


def test_what_the_camera_looks_at_is_in_the_middle(camera):
    seen = camera.to_camera(TARGET)
    np.testing.assert_allclose(seen, [0, 0, np.linalg.norm(TARGET - EYE)], atol=1e-12)
    np.testing.assert_allclose(camera.project(seen), [320, 240], atol=1e-9)


def test_right_is_right_and_up_is_up_in_the_picture(camera):
    right = camera.project(camera.to_camera(TARGET + np.array([0.05, 0, 0])))
    up = camera.project(camera.to_camera(TARGET + np.array([0, 0, 0.05])))
    assert right[0] > 330
    assert up[1] < 230


def test_rotation_is_proper(camera):
    np.testing.assert_allclose(camera.world_to_camera @ camera.world_to_camera.T, np.eye(3), atol=1e-12)
    assert np.linalg.det(camera.world_to_camera) == pytest.approx(1)


def test_field_of_view_spans_the_height():
    focal = focal_length_px(90.0, 480)
    assert focal == pytest.approx(240)


def test_plane_homography_agrees_with_projection(camera):
    origin, across, along = np.array([-0.2, 0.1, 0.0]), np.array([0.01, 0, 0]), np.array([0, 0.02, 0])
    matrix = camera.plane_homography(origin, across, along)
    for a, b in ((0, 0), (13, 7), (30, 2)):
        x, y, w = matrix @ (a, b, 1)
        expected = camera.project(camera.to_camera(origin + a * across + b * along))
        np.testing.assert_allclose([x / w, y / w], expected, atol=1e-9)
