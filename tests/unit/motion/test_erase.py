"""Of a cut the track says nothing, and neither does what was computed from it."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.motion.assemble import AssembleOptions
from tacit.motion.erase import cut_stretches, erase_hands
from tacit.motion.quality import QualityOptions
from tacit.records.hands import HandTrack
from tacit.records.recording import Stretch

FPS, N_FRAMES = 30, 300
OPTIONS, QUALITY = AssembleOptions(), QualityOptions()
MARGIN = 5  # frames: three deviations of 0.05 s


def make_track(seen: Any = None) -> HandTrack:
    rng = np.random.default_rng(1)
    seen = np.ones((N_FRAMES, 2), np.float32) if seen is None else seen
    px = rng.normal(size=(N_FRAMES, 2, 21, 2)).astype(np.float32)
    xyz = rng.normal(size=(N_FRAMES, 2, 21, 3)).astype(np.float32)
    sigma = rng.random((N_FRAMES, 2)).astype(np.float32)
    return HandTrack(FPS, px, xyz, seen, sigma, np.full(N_FRAMES, 2, np.uint8))


def same(one: HandTrack, other: HandTrack) -> bool:
    names = ("px", "xyz", "seen", "sigma_m", "n_hands")
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=name != "n_hands") for name in names)


def test_r4_no_hand_is_left_in_a_cut_nor_where_its_depth_was_smoothed_with_the_cut() -> None:
    track = make_track()
    erased = erase_hands(track, [(90, 180)], OPTIONS)
    gone = slice(90 - MARGIN, 180 + MARGIN)
    assert (erased.seen[gone] == 0).all()
    for values in (erased.px, erased.xyz, erased.sigma_m):
        assert np.isnan(values[gone]).all()
        assert np.isfinite(values[: 90 - MARGIN]).all()
        assert np.isfinite(values[180 + MARGIN :]).all()
    assert (erased.n_hands[90:180] == 0).all()
    assert (erased.n_hands[:90] == 2).all()
    assert (erased.n_hands[180:] == 2).all()
    assert same(track, make_track())  # what was given is left alone


def test_r4_a_bridge_that_ends_in_a_cut_goes_with_it_and_others_stay() -> None:
    seen = np.ones((N_FRAMES, 2), np.float32)
    seen[70:88, 0] = 0.5  # over the margin into the cut
    seen[20:30, 0] = 0.5
    seen[72:85, 1] = 0.5  # ends right beside what is erased
    erased = erase_hands(make_track(seen), [(90, 180)], OPTIONS)
    assert (erased.seen[70:90, 0] == 0).all()
    assert (erased.seen[72:85, 1] == 0).all()
    assert (erased.seen[20:30, 0] == 0.5).all()
    assert (erased.seen[30:70, 0] == 1).all()
    assert (erased.seen[:72, 1] == 1).all()


spans = st.tuples(st.integers(0, 59), st.integers(1, 12)).map(
    lambda at: (at[0] * 5, min((at[0] + at[1]) * 5, N_FRAMES))
)
levels = st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=20, max_size=20)


@given(spans, spans, levels, levels)
def test_r4_cutting_twice_is_cutting_both_at_once(first: Any, second: Any, left: Any, right: Any) -> None:
    seen = np.repeat(np.array([left, right], np.float32).T, N_FRAMES // 20, axis=0)
    track = make_track(seen)
    both = sorted((first, second))
    once = erase_hands(track, both, OPTIONS)
    twice = erase_hands(erase_hands(track, [first], OPTIONS), [first, second], OPTIONS)
    assert same(once, twice)
    assert same(once, erase_hands(once, both, OPTIONS))
    filmed = (Stretch(0, 150), Stretch(165, N_FRAMES))
    after_first = erase_hands(track, [first], OPTIONS)
    step = cut_stretches(filmed, after_first, [first], QUALITY)
    assert cut_stretches(step, once, both, QUALITY) == cut_stretches(filmed, once, both, QUALITY)


@pytest.mark.parametrize(
    ("cut", "left"),
    [
        ((90, 180), ((0, 90), (180, 300))),
        ((0, 60), ((60, 300),)),
        ((240, 300), ((0, 240),)),
        ((0, 300), ()),
        ((20, 300), ()),  # 20 frames are too short
        ((30, 280), ()),  # long enough, but the hands beside the cut went with it
        ((40, 280), ((0, 40),)),
    ],
)
def test_stretches_lose_the_cut_and_what_is_too_short_for_work(cut: Any, left: Any) -> None:
    track = erase_hands(make_track(), [cut], OPTIONS)
    found = cut_stretches((Stretch(0, N_FRAMES),), track, [cut], QUALITY)
    assert found == tuple(Stretch(start, end) for start, end in left)


def test_stretch_without_hands_in_what_is_left_of_it_is_none() -> None:
    seen = np.ones((N_FRAMES, 2), np.float32)
    seen[:90] = 0
    track = erase_hands(make_track(seen), [(90, 180)], OPTIONS)
    assert cut_stretches((Stretch(0, N_FRAMES),), track, [(90, 180)], QUALITY) == (Stretch(180, N_FRAMES),)
