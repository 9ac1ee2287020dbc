import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tacit.motion.regions import Region, compute_region_of_hand, compute_region_of_palm

angles = st.floats(-3.1, 3.1)


def turned(points, angle, about=(0, 0)):
    c, s = math.cos(angle), math.sin(angle)
    return (points - about) @ np.array([[c, -s], [s, c]]).T + about


def upright_hand():
    rng = np.random.default_rng(3)
    points = rng.uniform((260, 160), (340, 240), (21, 2))
    points[0] = (300, 300)
    points[[5, 9, 13], 0] = (270, 300, 330)
    points[[5, 9, 13], 1] = 200
    return points


@given(st.floats(0, 1000), st.floats(0, 1000), st.floats(10, 900), angles)
def test_crop_keeps_its_middle_and_its_scale(x, y, size, angle):
    matrix = Region(x, y, size, angle).crop_to_frame(224)
    np.testing.assert_allclose(matrix @ (112, 112, 1), (x, y), atol=1e-2)
    side = matrix @ (224, 112, 1) - matrix @ (0, 112, 1)
    assert math.isclose(float(np.linalg.norm(side)), size, rel_tol=1e-4)


def test_upright_hand_needs_no_turn():
    assert abs(compute_region_of_hand(upright_hand()).angle) < 1e-6


@given(angles)
def test_region_turns_with_the_hand(angle):
    plain = compute_region_of_hand(upright_hand())
    region = compute_region_of_hand(turned(upright_hand(), angle, (plain.x, plain.y)))
    np.testing.assert_allclose((region.x, region.y, region.size), (plain.x, plain.y, plain.size), rtol=1e-3)
    assert abs(math.remainder(region.angle - angle, 2 * math.pi)) < 1e-3


@given(angles)
def test_fingers_point_up_in_the_crop(angle):
    points = turned(upright_hand(), angle)
    matrix = compute_region_of_hand(points).crop_to_frame(224)
    crop = (points - matrix[:, 2]) @ np.linalg.inv(matrix[:, :2]).T
    assert crop[9, 1] < crop[0, 1]
    assert abs(crop[[5, 9, 13], 0].mean() - crop[0, 0]) < 5


def test_region_of_a_palm_lies_towards_the_fingers():
    low, high = np.array([100.0, 100.0]), np.array([200.0, 200.0])
    region = compute_region_of_palm(low, high, np.array([150.0, 200.0]), np.array([150.0, 120.0]))
    assert (region.x, region.y, region.size) == (150, 100, 260)
    assert abs(region.angle) < 1e-6
