import numpy as np
import pytest

from tacit.motion.assemble import AssembleOptions, TrackBuilder
from tacit.records.hands import LEFT, RIGHT

WIDTH, HEIGHT = 1280, 720


def build(frames, **options):
    builder = TrackBuilder(30, WIDTH, HEIGHT, AssembleOptions(**options))
    for hands in frames:
        builder.add(hands)
    return builder.finish()


def moving(lab, n, track=0):
    """A right hand that moves to the right, and never is quite the same twice."""
    return [[lab.hand_at(0.05 + 0.002 * i, 0.1, 0.5, track=track)] for i in range(n)]


def test_arrays_agree_with_each_other(lab):
    track = build(moving(lab, 20) + [[]] * 5)
    assert track.n_frames == 25
    assert track.px.shape == (25, 2, 21, 2)
    assert track.xyz.shape == (25, 2, 21, 3)
    unseen = track.seen == 0
    for values in (track.px, track.xyz, track.sigma_m):
        assert np.isnan(values[unseen]).all()
        assert np.isfinite(values[~unseen]).all()
        assert values.dtype == np.float32
    np.testing.assert_array_equal(track.n_hands, [1] * 20 + [0] * 5)
    assert track.n_hands.dtype == np.uint8


def test_pixels_of_seen_hands_are_untouched(lab):
    frames = moving(lab, 10)
    track = build(frames)
    for i, (hand,) in enumerate(frames):
        np.testing.assert_array_equal(track.px[i, RIGHT], hand.landmarks_px[:, :2])


def test_recording_without_hands_is_all_unseen():
    track = build([[]] * 7)
    assert track.n_frames == 7
    assert not track.seen.any()
    assert np.isnan(track.px).all()


def test_recording_without_frames_is_empty():
    assert build([]).n_frames == 0


def test_short_gap_is_bridged_by_a_straight_line(lab):
    frames = moving(lab, 30)
    whole = build(frames)
    for i in range(10, 20):
        frames[i] = []
    track = build(frames)
    np.testing.assert_array_equal(track.seen[:, RIGHT], [1] * 10 + [0.5] * 10 + [1] * 10)
    np.testing.assert_allclose(track.px[10:20, RIGHT], whole.px[10:20, RIGHT], atol=0.5)
    assert (track.sigma_m[10:20, RIGHT] > whole.sigma_m[10:20, RIGHT]).all()


def test_long_gap_stays_a_gap(lab):
    frames = moving(lab, 40)
    for i in range(10, 26):
        frames[i] = []
    assert (build(frames).seen[10:26] == 0).all()
    assert (build(frames, gap_s_max=1.0).seen[10:26, RIGHT] == 0.5).all()


def test_moment_of_scenery_is_no_hand(lab):
    track = build([[]] * 5 + moving(lab, 2) + [[]] * 5)
    assert not track.seen.any()
    assert not track.n_hands.any()


def test_repeated_frame_proves_nothing(lab):
    one = [lab.hand_at(0.1, 0.1, 0.5)]
    assert not build([one] * 6).n_hands.any()


def test_track_that_was_never_sure_is_no_hand(lab):
    frames = [[lab.hand_at(0.05 + 0.002 * i, 0.1, 0.5, presence=0.7)] for i in range(30)]
    assert not build(frames).n_hands.any()


def test_everyones_hands_are_counted_but_only_the_wearers_are_kept(lab):
    frames = [
        [
            lab.hand_at(0.1 + 0.001 * i, 0.1, 0.45, track=0),
            lab.hand_at(-0.2 - 0.001 * i, -0.2, 1.2, 180, right=False, track=1),
        ]
        for i in range(30)
    ]
    track = build(frames)
    assert (track.n_hands == 2).all()
    assert (track.seen[:, RIGHT] == 1).all()
    assert (track.seen[:, LEFT] == 0).all()


def test_steadying_takes_out_depth_noise_without_lag(lab):
    rng = np.random.default_rng(5)
    frames = [[lab.hand_at(0.05, 0.1, 0.5 + 0.002 * i + rng.normal(0, 0.01))] for i in range(60)]
    raw, steady = (build(frames, steady_s=s).xyz[:, RIGHT, 0, 2] for s in (0.0, 0.1))
    true = raw.mean() + 0.002 * (np.arange(60) - 29.5)
    assert np.std(steady - true) < 0.6 * np.std(raw - true)
    assert steady[10:50].mean() == pytest.approx(raw[10:50].mean(), abs=0.003)
