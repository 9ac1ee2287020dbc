"""Scoring: exact hits score full, misses and strangers are counted, a constant offset can be taken away."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.motion.accuracy import (
    FoundHands,
    TrueHands,
    add_scores,
    compute_figures,
    covered_part,
    fit_offset,
    score_hands,
)
from tacit.records.hands import LEFT, RIGHT

SIDES = np.array([LEFT, RIGHT], np.int8)
ZERO = np.zeros((21, 2))


def hand(at, turn_deg=0.0, size=100.0):
    """A hand of 21 points that points up, its palm `size` pixels long, turned and put at a place."""
    points = np.array([[0, 0]] + [[(f - 2) * 0.3, 0.5 + 0.25 * j] for f in range(5) for j in range(4)], float)
    points[9] = (0, 1)
    angle = np.radians(turn_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return (points * (1, -1) * size @ turn.T + at).astype(np.float32)


def truth(n=10):
    px = np.stack([[hand((200 + 3 * i, 300), 10), hand((450, 320 - 2 * i), -15)] for i in range(n)])
    return TrueHands(px, np.ones((n, 2), bool))


def found(px, n=10):
    return FoundHands(px.astype(np.float32), np.tile(SIDES, (n, 1)))


def figures(true, seen, offset=ZERO):
    return compute_figures(score_hands(true, seen), offset)


def test_the_truth_itself_scores_full():
    got = figures(truth(), found(truth().px))
    assert (got.n_frames, got.n_visible) == (10, 20)
    assert (got.found_share, got.side_share, got.error_percent, got.false_per_1000) == (1, 1, 0, 0)


def test_a_shift_of_a_tenth_of_the_palm_is_an_error_of_ten_percent():
    true = truth()
    palm = np.linalg.norm(true.px[:, :, 9] - true.px[:, :, 0], axis=-1)
    got = figures(true, found(true.px + (0.1 * palm)[..., None, None] * np.array([1.0, 0.0])))
    assert got.error_percent == pytest.approx(10, abs=1e-3)
    assert got.error_percent_p95 == pytest.approx(10, abs=1e-3)
    assert got.landmark_percent == pytest.approx(10, abs=1e-3)


def test_few_landmarks_that_lie_far_off_weigh_on_the_hand_and_not_on_the_median_landmark():
    true = truth()
    palm = np.linalg.norm(true.px[:, :, 9] - true.px[:, :, 0], axis=-1)
    px = true.px.copy()
    px[:, :, 17:] += (1.05 * palm)[..., None, None].astype(np.float32) * np.array([0, 1], np.float32)
    got = figures(true, found(np.where(np.arange(21)[:, None] == 17, true.px, px)))
    assert got.landmark_percent == 0
    assert got.error_percent == pytest.approx(15, abs=1e-3)


def test_hands_that_are_not_found_and_hands_that_are_not_there_are_counted():
    true, px = truth(), truth().px.copy()
    px[:4, LEFT] = np.nan
    px[6:, RIGHT] += 250  # far from any hand
    got = figures(true, found(px))
    assert got.found_share == pytest.approx(12 / 20)
    assert got.false_per_1000 == pytest.approx(400)


def test_a_second_hand_on_the_same_hand_is_false():
    true = truth()
    px = true.px.copy()
    px[:, RIGHT] = px[:, LEFT] + 5
    got = figures(true, found(px))
    assert got.found_share == pytest.approx(0.5)
    assert got.false_per_1000 == pytest.approx(1000)


def test_the_wrong_side_is_seen_whatever_the_order():
    true = truth()
    swapped = FoundHands(true.px, np.tile(SIDES[::-1], (10, 1)))
    assert figures(true, swapped).side_share == 0
    reordered = FoundHands(true.px[:, ::-1], np.tile(SIDES[::-1], (10, 1)))
    assert figures(true, reordered).side_share == 1


def test_a_hand_that_is_not_visible_is_neither_missed_nor_false():
    true = truth()
    hidden = TrueHands(true.px, np.array([[True, False]] * 10))
    assert figures(hidden, found(true.px)).n_visible == 10
    assert figures(hidden, found(true.px)).false_per_1000 == 0
    px = true.px.copy()
    px[:, RIGHT] = np.nan
    assert figures(hidden, found(px)).found_share == 1


def test_nothing_to_measure_gives_no_figures():
    true = TrueHands(np.full((3, 2, 21, 2), np.nan, np.float32), np.zeros((3, 2), bool))
    got = figures(true, found(np.full((3, 2, 21, 2), np.nan), 3))
    assert (got.found_share, got.side_share, got.error_percent, got.landmark_percent) == (None,) * 4
    assert fit_offset(score_hands(true, found(np.full((3, 2, 21, 2), np.nan), 3))).shape == (21, 2)


def rotated(px, turn_deg, about=(300.0, 300.0)):
    angle = np.radians(turn_deg)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return ((px - about) @ turn.T + about).astype(np.float32)


@given(st.floats(-180, 180), st.integers(0, 5))
def test_an_offset_fitted_on_one_film_is_gone_in_another_however_its_hands_lie(turn_deg, seed):
    shifts = np.random.default_rng(seed).normal(0, 0.06, (21, 2))
    shifts[[0, 9]] = 0  # the frame itself stays

    def seen(true_px):
        along = true_px[:, :, 9] - true_px[:, :, 0]
        across = np.stack([-along[..., 1], along[..., 0]], -1)
        across[:, LEFT] *= -1
        return (
            true_px - np.einsum("nhk,ja->nhjk", across, shifts[:, :1]) - np.einsum("nhk,ja->nhjk", along, shifts[:, 1:])
        )

    first, second = truth(), TrueHands(rotated(truth(6).px, turn_deg), np.ones((6, 2), bool))
    offset = fit_offset(score_hands(first, found(seen(first.px))))
    got = figures(second, found(seen(second.px), 6), offset)
    assert got.error_percent > 2
    assert got.error_percent_less_offset < 0.1
    assert got.landmark_percent_less_offset < 0.1


def test_scores_of_films_add_up():
    true = truth()
    miss = true.px.copy()
    miss[:, LEFT] = np.nan
    both = add_scores([score_hands(true, found(true.px)), score_hands(true, found(miss))])
    got = compute_figures(both, ZERO)
    assert (got.n_frames, got.n_visible) == (20, 40)
    assert got.found_share == pytest.approx(0.75)


def test_covered_part_is_that_of_the_union():
    box = np.array([10.0, 10.0, 20.0, 20.0])
    assert covered_part(box, np.zeros((0, 4))) == 0
    assert covered_part(box, np.array([[0.0, 0.0, 100.0, 100.0]])) == 1
    assert covered_part(box, np.array([[10.0, 10.0, 10.0, 20.0], [10.0, 10.0, 10.0, 20.0]])) == 0.5
    assert covered_part(box, np.array([[10.0, 10.0, 10.0, 20.0], [20.0, 10.0, 40.0, 20.0]])) == 1
    assert covered_part(box, np.array([[60.0, 60.0, 10.0, 20.0]])) == 0
