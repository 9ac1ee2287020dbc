from itertools import islice

import av
import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.motion.assemble import AssembleOptions, TrackBuilder
from tacit.motion.tracker import HandTracker, TrackerOptions, open_tracker
from tacit.records.frames import CleanFrame
from tacit.records.hands import LEFT, RIGHT
from tacit.workshop.film import FilmOptions, Stage

BRIGHT, DARK = 235, 16


def plain_frame(index, luma, is_repeat=False):
    i420 = np.full((1080, 1280), 128, np.uint8)
    i420[:720] = luma
    return CleanFrame(index, i420, is_repeat, np.zeros((0, 4), np.float32))


def track(tracker, frames):
    seen = [hands for frame in frames for hands in tracker.push(frame)]
    return seen + tracker.flush()


def follow(tracker, lumas):
    return track(tracker, [plain_frame(i, luma) for i, luma in enumerate(lumas)])


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


def test_found_hand_is_followed_back_to_where_it_entered(toy_networks):
    # The toy network finds its palm in any picture, near or not, and is the surer of a dark one that was made lighter.
    options = TrackerOptions(near_part=1.0, tinted_start_min=1.1)
    doubtful = 16 + round(0.55 * 219)
    seen = follow(HandTracker(*toy_networks, options), [DARK] * 3 + [doubtful] * 5 + [BRIGHT] * 3)
    assert [len(hands) for hands in seen] == [0] * 3 + [1] * 8
    assert {hand.track for hands in seen for hand in hands} == {0}
    seen = follow(HandTracker(*toy_networks, options), [doubtful] * 30 + [BRIGHT])
    assert [len(hands) for hands in seen] == [0] * (30 - options.back_frames_max) + [1] * (options.back_frames_max + 1)


class CountingNetwork:
    """A network that counts its runs."""

    def __init__(self, network):
        self._network = network
        self.runs = 0

    def __call__(self, picture):
        self.runs += 1
        return self._network(picture)


def test_half_as_many_searches_do_where_nothing_has_changed_for_long(toy_networks):
    palms = CountingNetwork(toy_networks[0])
    tracker = HandTracker(palms, toy_networks[1], TrackerOptions(calm_frames=20, near_part=1.0))
    frame_index = 0

    def runs_in(n_frames, luma):
        nonlocal frame_index
        before = palms.runs
        for _ in range(n_frames):
            tracker.push(plain_frame(frame_index, luma))
            frame_index += 1
        return palms.runs - before

    assert runs_in(21, DARK) > 10
    assert runs_in(20, DARK) == 5
    assert runs_in(8, BRIGHT) >= 2  # and a hand is found
    assert runs_in(12, BRIGHT) == 6
    assert runs_in(40, BRIGHT) < 15


def test_repeated_frame_gives_the_last_hands_again(tracker):
    frames = [plain_frame(0, BRIGHT), plain_frame(1, DARK, is_repeat=True), plain_frame(2, DARK)]
    first, repeated, dark = track(tracker, frames)
    assert repeated is first
    assert len(first) == 1
    assert not dark


def test_recording_may_begin_with_a_repeat(tracker):
    assert [len(hands) for hands in track(tracker, [plain_frame(0, BRIGHT, is_repeat=True)])] == [1]


@settings(deadline=None, max_examples=10)
@given(st.lists(st.tuples(st.sampled_from([DARK, BRIGHT]), st.booleans()), max_size=20))
def test_every_frame_gets_its_hands_in_order(toy_networks, pictures):
    frames = [plain_frame(i, luma, is_repeat) for i, (luma, is_repeat) in enumerate(pictures)]
    shown = DARK
    expected = []
    for i, (luma, is_repeat) in enumerate(pictures):
        shown = shown if is_repeat and i else luma
        expected.append(shown == BRIGHT)
    seen = track(HandTracker(*toy_networks, TrackerOptions(search_every=(1, 1, 1))), frames)
    assert [bool(hands) for hands in seen] == expected


def test_hands_in_blue_gloves_are_found(model_store):
    stage = Stage(FilmOptions(seconds=3, seed=41, glove="blue"))
    shots = [stage.frame(index) for index in range(6)]
    pictures = [np.asarray(cv2.cvtColor(shot.rgb, cv2.COLOR_RGB2YUV_I420), np.uint8) for shot in shots]
    nothing = np.zeros((0, 4), np.float32)
    frames = [CleanFrame(index, picture, False, nothing) for index, picture in enumerate(pictures)]
    seen = track(open_tracker(model_store, TrackerOptions()), frames)
    for hands, shot in zip(seen, shots, strict=True):
        assert len(hands) == 2
        for hand in hands:
            true_px = shot.px[RIGHT if hand.right_score > 0.5 else LEFT]
            palm_px = np.linalg.norm(true_px[9] - true_px[0])
            assert np.median(np.linalg.norm(hand.landmarks_px[:, :2] - true_px, axis=1)) < 0.25 * palm_px


def clip_frames(path, count):
    """The first frames of a real clip as clean ones; these clips show no face."""
    with av.open(str(path)) as container:
        for index, frame in enumerate(islice(container.decode(video=0), count)):
            yield CleanFrame(index, frame.to_ndarray(format="yuv420p"), False, np.zeros((0, 4), np.float32))


def hands_of_clip(store, path, count):
    return track(open_tracker(store, TrackerOptions()), clip_frames(path, count))


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
