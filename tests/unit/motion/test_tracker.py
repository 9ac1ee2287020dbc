from itertools import islice

import av
import numpy as np
import pytest

from tacit.motion.assemble import AssembleOptions, TrackBuilder
from tacit.motion.tracker import HandTracker, TrackerOptions, open_tracker
from tacit.records.frames import CleanFrame
from tacit.records.hands import RIGHT

BRIGHT, DARK = 235, 16


def plain_frame(index, luma, is_repeat=False):
    i420 = np.full((1080, 1280), 128, np.uint8)
    i420[:720] = luma
    return CleanFrame(index, i420, is_repeat, np.zeros((0, 4), np.float32))


def follow(tracker, lumas):
    return [tracker.step(plain_frame(i, luma)) for i, luma in enumerate(lumas)]


@pytest.fixture
def tracker(toy_networks):
    return HandTracker(*toy_networks, TrackerOptions())


def test_hand_is_found_at_once_and_keeps_its_number(lab, tracker):
    seen = follow(tracker, [BRIGHT] * 20)
    assert [len(hands) for hands in seen] == [1] * 20
    assert {hand.track for hands in seen for hand in hands} == {0}
    middle = seen[-1][0].landmarks_px[[0, 9], :2].mean(axis=0)
    assert np.linalg.norm(middle - np.array([lab.width / 2, lab.height / 2])) < 100  # half the palm that was found
    assert seen[-1][0].right_score == pytest.approx(0.97)


def test_hand_that_is_not_there_is_not_reported(tracker):
    assert not any(follow(tracker, [DARK] * 10))


def test_hand_that_comes_back_soon_keeps_its_number(tracker):
    seen = follow(tracker, [BRIGHT] * 5 + [DARK] * 8 + [BRIGHT] * 5)
    assert [len(hands) for hands in seen[5:13]] == [0] * 8
    assert seen[-1][0].track == 0


def test_hand_that_comes_back_late_is_a_new_track(tracker):
    seen = follow(tracker, [BRIGHT] * 5 + [DARK] * 20 + [BRIGHT] * 5)
    assert seen[-1][0].track == 1


def test_doubtful_hand_is_kept_but_none_is_begun(toy_networks):
    doubtful = 16 + round(0.55 * 219)
    kept = follow(HandTracker(*toy_networks, TrackerOptions()), [BRIGHT] * 3 + [doubtful] * 5)
    assert [len(hands) for hands in kept] == [1] * 8
    assert not any(follow(HandTracker(*toy_networks, TrackerOptions()), [doubtful] * 5))


def test_repeated_frame_gives_the_last_hands_again(tracker):
    first = tracker.step(plain_frame(0, BRIGHT))
    assert tracker.step(plain_frame(1, DARK, is_repeat=True)) is first


def test_recording_may_begin_with_a_repeat(tracker):
    assert len(tracker.step(plain_frame(0, BRIGHT, is_repeat=True))) == 1


def clip_frames(path, count):
    """The first frames of a real clip as clean ones; these clips show no face."""
    with av.open(str(path)) as container:
        for index, frame in enumerate(islice(container.decode(video=0), count)):
            yield CleanFrame(index, frame.to_ndarray(format="yuv420p"), False, np.zeros((0, 4), np.float32))


def hands_of_clip(store, path, count):
    tracker = open_tracker(store, TrackerOptions())
    return [tracker.step(frame) for frame in clip_frames(path, count)]


@pytest.mark.footage
def test_open_hand_of_a_real_clip_is_found_in_every_frame(model_store, footage):
    seen = hands_of_clip(model_store, footage / "gesture_one_hand_720p.mp4", 40)
    assert [len(hands) for hands in seen] == [1] * 40
    builder = TrackBuilder(30, 1280, 720, AssembleOptions())
    for hands in seen:
        builder.add(hands)
    assert (builder.finish().seen[:, RIGHT] == 1).all()


@pytest.mark.footage
def test_scenery_of_a_real_clip_holds_no_hand(model_store, footage):
    assert not any(hands_of_clip(model_store, footage / "walk_no_hands_telemetry.mp4", 60))


@pytest.mark.footage
def test_both_hands_of_a_real_clip_are_told_apart_and_stay_the_same_when_run_again(model_store, footage):
    seen = hands_of_clip(model_store, footage / "pour_two_hands_720p.mp4", 20)
    assert [len(hands) for hands in seen] == [2] * 20
    again = hands_of_clip(model_store, footage / "pour_two_hands_720p.mp4", 20)
    for hands, same in zip(seen, again, strict=True):
        for a, b in zip(hands, same, strict=True):
            assert a.landmarks_px.tobytes() == b.landmarks_px.tobytes()
    by_place = sorted(seen[-1], key=lambda hand: hand.landmarks_px[0, 0])
    assert by_place[0].right_score > 0.9
    assert by_place[1].right_score < 0.1
