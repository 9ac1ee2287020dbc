"""The head's camera: as far from the work as asked for, and moving as a head does."""

import numpy as np
import pytest

from tacit.workshop.viewpoint import DISTANCE_M, head_camera

WORK = np.array([0.0, 0.12, 0.04])


def camera(at_s=1.0, **options):
    return head_camera(at_s, 0.0, 640, 480, **options)


@pytest.mark.parametrize("distance_m", [0.35, DISTANCE_M, 0.80])
def test_eye_is_as_far_from_the_work_as_asked_for_and_the_work_is_in_the_picture(distance_m):
    seen = camera(distance_m=distance_m)
    assert np.linalg.norm(seen.eye - WORK) == pytest.approx(distance_m, abs=0.012)
    u, v = seen.project(seen.to_camera(WORK))
    assert 220 < u < 420
    assert 160 < v < 380


def heading_deg(motion, at_s):
    forward = camera(at_s, motion=motion).world_to_camera[2]
    return np.degrees(np.arctan2(forward[0], forward[1]))


def test_a_turning_head_looks_to_both_sides_quickly_but_never_jumps():
    times_s = np.arange(0, 4, 1 / 120)
    heading = np.array([heading_deg("turn", t) for t in times_s])
    assert heading.max() > 18
    assert heading.min() < -18
    speed = np.abs(np.diff(heading)) * 120
    assert 100 < speed.max() < 250  # degrees a second


def test_a_walking_head_rises_and_falls_twice_a_second_or_so():
    eyes = np.array([camera(t, motion="walk").eye for t in np.arange(0, 2, 1 / 60)])
    still = np.array([camera(t).eye for t in np.arange(0, 2, 1 / 60)])
    assert 0.03 < np.ptp(eyes[:, 2]) < 0.07
    assert np.ptp(still[:, 2]) < 0.02
    rising = np.diff(eyes[:, 2]) > 0
    assert 6 <= np.count_nonzero(rising[1:] != rising[:-1]) <= 9
