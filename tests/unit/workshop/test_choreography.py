"""The choreography: smooth, in order, the same for the same seed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.workshop.choreography import block_places, choreograph, cross_over, minimum_jerk, moment

STEP_S = 1 / 120


@pytest.fixture(scope="module", params=[False, True])
def story(request):
    return choreograph(20.0, request.param, np.random.default_rng(4))


def test_same_seed_tells_the_same_story_and_another_seed_another():
    a, b, c = (choreograph(12.0, True, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert a.cycles == b.cycles
    assert [key.grip for key in a.right] == [key.grip for key in b.right]
    assert a.cycles != c.cycles


def test_cycles_follow_each_other_without_overlap(story):
    assert len(story.cycles) >= 4
    for cycle in story.cycles:
        assert cycle.start_s < cycle.grasp_s < cycle.release_s < cycle.end_s
        assert 2.5 < cycle.end_s - cycle.start_s < 6.0
    for before, after in zip(story.cycles, story.cycles[1:], strict=False):
        assert before.end_s < after.start_s


def test_keys_are_in_time_order(story):
    for keys in (story.right, story.left):
        assert (np.diff([key.at_s for key in keys]) > 0).all()


def test_hands_move_smoothly_and_at_human_speed(story):
    for keys in filter(None, (story.right, story.left)):
        places = np.array([moment(keys, t).grip for t in np.arange(0, 20, STEP_S)])
        speed_m_s = np.linalg.norm(np.diff(places, axis=0), axis=1) / STEP_S
        assert speed_m_s.max() < 1.0
        assert np.abs(np.diff(speed_m_s)).max() / STEP_S < 10.0  # m/s2
        assert places[:, 2].min() > 0.02


def test_the_hand_is_at_the_block_when_it_grasps_and_when_it_releases(story):
    for cycle in story.cycles[:-1]:
        np.testing.assert_allclose(moment(story.right, cycle.grasp_s).grip[:2], cycle.pick, atol=1e-6)
        np.testing.assert_allclose(moment(story.right, cycle.release_s).grip[:2], cycle.place, atol=1e-6)


def test_a_block_rests_where_it_is_grasped_and_where_it_was_put(story):
    cycle = story.cycles[1]
    assert (1, cycle.pick) in block_places(story.cycles, cycle.grasp_s)
    assert (1, cycle.place) in block_places(story.cycles, cycle.release_s)
    held = block_places(story.cycles, (cycle.grasp_s + cycle.release_s) / 2)
    assert 1 not in [index for index, _ in held]


def test_blocks_never_jump(story):
    before: dict[int, tuple[float, float]] = {}
    for at_s in np.arange(0, 19, STEP_S):
        now = dict(block_places(story.cycles, at_s))
        for index in now.keys() & before.keys():
            assert np.hypot(*np.subtract(now[index], before[index])) < 0.01
        before = now


def test_crossing_hands_move_smoothly_too_and_carry_nothing():
    story = cross_over(10.0, np.random.default_rng(3))
    assert story.cycles == ()
    for keys in (story.right, story.left):
        assert (np.diff([key.at_s for key in keys]) > 0).all()
        places = np.array([moment(keys, t).grip for t in np.arange(0, 10, STEP_S)])
        assert (np.linalg.norm(np.diff(places, axis=0), axis=1) / STEP_S).max() < 1.2


def test_one_hand_only_has_no_left_keys():
    assert choreograph(5.0, False, np.random.default_rng(0)).left == ()


def test_before_the_first_and_after_the_last_key_a_hand_stays(story):
    np.testing.assert_array_equal(moment(story.right, -5).grip, story.right[0].grip)
    np.testing.assert_array_equal(moment(story.right, 1e6).grip, story.right[-1].grip)


@given(st.floats(0, 1), st.floats(0, 1))
def test_minimum_jerk_rises_from_nought_to_one(a, b):
    low, high = sorted((a, b))
    assert 0 <= minimum_jerk(low) <= minimum_jerk(high) + 1e-12 <= 1 + 2e-12
    assert (minimum_jerk(0.0), minimum_jerk(1.0), minimum_jerk(0.5)) == (0, 1, 0.5)
