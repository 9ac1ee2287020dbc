import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.motion.metres import MetresOptions, assumed_intrinsics, compute_metres

WIDTH, HEIGHT = 1280, 720


def measure(hand, **options):
    xyz, sigma = compute_metres(hand.landmarks_px[None], hand.world_m[None], WIDTH, HEIGHT, MetresOptions(**options))
    return xyz[0], float(sigma[0])


def test_assumed_camera_sees_the_assumed_field():
    camera = assumed_intrinsics(1280, 720, MetresOptions(horizontal_field_deg=90))
    assert camera == {"fx": pytest.approx(640), "fy": pytest.approx(640), "cx": 640, "cy": 360}


@given(
    tilt=st.sampled_from([-50, -30, 30, 50]),
    roll=st.floats(-180, 180),
    side=st.sampled_from([1, -1]),
    x=st.floats(-0.25, 0.25),
    y=st.floats(-0.12, 0.12),
    z=st.floats(0.35, 0.9),
)
def test_average_hand_is_put_where_it_is(lab, tilt, roll, side, x, y, z):

    points = lab.flat_hand_m() * (side, 1, 1) @ lab.turn("x", tilt).T @ lab.turn("z", roll).T + (x, y, z)
    xyz, _ = measure(lab.see(points))
    assert np.linalg.norm(xyz[0] - points[0]) < 0.1 * z
    assert np.linalg.norm(xyz - points, axis=1).max() < 0.2 * z  # at 35 degrees off the axis it is 0.163


def test_points_project_onto_what_was_seen(lab):
    hand = lab.hand_at(0.1, 0.05, 0.5, turned=40)
    xyz, _ = measure(hand)
    np.testing.assert_allclose(lab.project(xyz), hand.landmarks_px[:, :2], atol=0.01)


def test_slant_is_read_from_the_picture_even_where_the_models_shape_is_flat(lab):
    points = lab.flat_hand_m() @ lab.turn("x", 50).T + (0, 0, 0.5)
    hand = lab.see(points)._replace(world_m=lab.flat_hand_m().astype(np.float32))
    xyz, _ = measure(hand)
    along = xyz[9] - xyz[0]
    true = points[9] - points[0]
    angle = np.degrees(np.arccos(along @ true / np.linalg.norm(along) / np.linalg.norm(true)))
    assert angle < 8


def test_hand_twice_as_far_looks_half_as_large(lab):
    near, far = measure(lab.hand_at(0, 0.067, 0.3))[0], measure(lab.hand_at(0, 0.067, 0.6))[0]
    assert far[0, 2] / near[0, 2] == pytest.approx(2, rel=0.03)


def test_larger_hand_is_further_away(lab):
    hand = lab.hand_at(0, 0, 0.5)
    assert measure(hand, palm_scale=1.2)[0][0, 2] / measure(hand)[0][0, 2] == pytest.approx(1.2, rel=1e-3)


def test_sigma_covers_the_hand_size_and_the_lens(lab):
    hand = lab.hand_at(0.1, 0, 0.5)
    known, unknown = measure(hand, focal_error=0.0)[1], measure(hand, focal_error=0.2)[1]
    assert 0.05 < known < 0.09
    assert unknown > known + 0.04


def test_a_broken_reading_stays_finite(lab):
    hand = lab.hand_at(0, 0, 0.5)
    flat = hand._replace(landmarks_px=np.full((21, 3), 100, np.float32), world_m=np.zeros((21, 3), np.float32))
    xyz, sigma = measure(flat)
    assert np.isfinite(xyz).all()
    assert np.isfinite(sigma)


def test_no_sightings_give_no_points():
    xyz, sigma = compute_metres(
        np.zeros((0, 21, 3), np.float32), np.zeros((0, 21, 3), np.float16), WIDTH, HEIGHT, MetresOptions()
    )
    assert xyz.shape == (0, 21, 3)
    assert sigma.shape == (0,)
