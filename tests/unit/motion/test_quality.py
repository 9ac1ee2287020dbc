from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.motion.quality import QualityOptions, accepted_ms, find_stretches, payable_ms
from tacit.records.hands import HandTrack
from tacit.records.recording import Stretch

OPTIONS = QualityOptions()


def track_of(seen, fps=30):
    n = len(seen)
    return HandTrack(
        fps,
        np.zeros((n, 2, 21, 2), np.float32),
        np.zeros((n, 2, 21, 3), np.float32),
        np.stack([np.zeros(n), np.asarray(seen)], axis=1).astype(np.float32),
        np.zeros((n, 2), np.float32),
        np.zeros(n, np.uint8),
    )


def find(seen, luma=None, fps=30):
    luma_mean = np.full(len(seen), 100, np.float32) if luma is None else np.asarray(luma, np.float32)
    return find_stretches(track_of(seen, fps), luma_mean, OPTIONS)


def test_ends_go_outwards_to_key_frames():
    assert find([0] * 20 + [1] * 50 + [0] * 80) == ((Stretch(15, 75),), "")


def test_last_stretch_ends_with_the_recording():
    assert find([1] * 100)[0] == (Stretch(0, 100),)


def test_gap_under_a_second_is_bridged_and_a_longer_one_is_not():
    assert find([1] * 45 + [0] * 29 + [1] * 46)[0] == (Stretch(0, 120),)
    assert find([1] * 45 + [0] * 30 + [1] * 45)[0] == (Stretch(0, 45), Stretch(75, 120))


def test_bridged_frames_count_as_hands():
    assert find([0.5] * 60)[0] == (Stretch(0, 60),)


def test_stretches_that_would_overlap_become_one():
    assert find([1] * 16 + [0] * 12 + [1] * 32, fps=10)[0] == (Stretch(0, 60),)


@pytest.mark.parametrize(
    ("seen", "luma", "words"),
    [
        ([0] * 90, None, "No hands"),
        ([0] * 40 + [1] * 20 + [0] * 40, None, "only for moments: 0.7 s"),
        ([1] * 20, None, "Too short: it lasts 0.7 s"),
        ([1] * 90, [17] * 90, "Too dark: 100 %"),
        ([], None, "Too short"),
    ],
)
def test_a_recording_without_stretches_says_why(seen, luma, words):
    stretches, reason = find(seen, luma)
    assert stretches == ()
    assert words in reason
    assert reason.endswith(".")


def test_dark_part_is_left_out():
    assert find([1] * 150, [100] * 60 + [17] * 90)[0] == (Stretch(0, 60),)


def test_accepted_time_is_the_sum_over_stretches():
    parts = (Stretch(0, 46), Stretch(60, 106))
    assert accepted_ms(parts, 30) == 2 * 1533
    assert accepted_ms(parts, 30) == sum(accepted_ms((part,), 30) for part in parts)


def test_bright_gap_between_stretches_is_paid_and_a_dark_or_long_one_is_not():
    parts = (Stretch(0, 60), Stretch(120, 180))
    bright = np.full(900, 100, np.float32)
    assert payable_ms(parts, bright, 30, OPTIONS) == 6000
    assert payable_ms(parts, np.where(np.arange(900) < 90, 100, 17).astype(np.float32), 30, OPTIONS) == 5000
    assert payable_ms((Stretch(0, 60), Stretch(420, 480)), bright, 30, OPTIONS) == 4000
    assert payable_ms((), bright, 30, OPTIONS) == 0


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 60)), max_size=12), st.sampled_from([10, 25, 30]))
def test_stretches_are_ordered_apart_and_on_key_frames_and_lose_no_work(pieces, fps):
    seen = [float(is_seen) for is_seen, length in pieces for _ in range(length)]
    stretches, reason = find(seen, fps=fps)
    assert bool(stretches) != bool(reason)
    for stretch in stretches:
        assert stretch.start_frame % 15 == 0
        assert stretch.end_frame % 15 == 0 or stretch.end_frame == len(seen)
        assert stretch.end_frame - stretch.start_frame >= fps
    for a, b in pairwise(stretches):
        assert a.end_frame <= b.start_frame
    covered = {i for s in stretches for i in range(s.start_frame, s.end_frame)}
    start = 0
    for is_seen, length in pieces:
        if is_seen and length >= fps:
            assert covered.issuperset(range(start, start + length))
        start += length
