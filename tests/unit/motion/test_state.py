import numpy as np
import pytest

from tacit.motion.assemble import AssembleOptions, TrackBuilder
from tacit.motion.state import compute_features
from tacit.records.hands import HandTrack
from tacit.records.recording import Stretch

WIDTH, HEIGHT = 1280, 720

SIZES = {
    "observation.hands.px": 84,
    "observation.hands.xyz": 126,
    "observation.hands.seen": 2,
    "observation.hands.sigma": 2,
    "observation.camera": 7,
    "observation.state": 16,
    "action": 16,
    "action.valid": 2,
}


def track_of(right_xyz, seen):
    """A track whose right hand has these points (n, 21, 3) where seen, and whose left hand never shows."""
    n = len(seen)
    xyz = np.full((n, 2, 21, 3), np.nan, np.float32)
    xyz[:, 1] = np.where(np.asarray(seen)[:, None, None] > 0, right_xyz, np.nan)
    seen_both = np.stack([np.zeros(n), seen], axis=1).astype(np.float32)
    sigma = np.where(seen_both > 0, 0.05, np.nan).astype(np.float32)
    return HandTrack(30, xyz[..., :2] * 100, xyz, seen_both, sigma, np.zeros(n, np.uint8))


def matrix_of(q):
    w, x, y, z = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
            [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
            [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
        ]
    )


def test_features_have_their_sizes_and_no_nan(lab):
    points = np.tile(lab.flat_hand_m(0, 0, 0.5), (12, 1, 1))
    features = compute_features(track_of(points, [0, 0, 1, 1, 0.5, 1, 0, 0, 1, 1, 1, 0]), Stretch(1, 11))
    assert {name: values.shape for name, values in features.items()} == {n: (10, k) for n, k in SIZES.items()}
    for values in features.values():
        assert values.dtype == np.float32
        assert np.isfinite(values).all()


def test_values_are_held_from_the_last_frame_and_before_the_first_from_the_first(lab):
    points = np.stack([lab.flat_hand_m(0.01 * i, 0, 0.5) for i in range(6)])
    features = compute_features(track_of(points, [0, 1, 0, 0, 1, 0]), Stretch(0, 6))
    np.testing.assert_allclose(features["observation.state"][:, 8], [0.01, 0.01, 0.01, 0.01, 0.04, 0.04], atol=1e-6)
    np.testing.assert_array_equal(features["observation.hands.seen"][:, 1], [0, 1, 0, 0, 1, 0])


def test_hand_that_never_shows_is_zero_with_identity_turn(lab):
    points = np.tile(lab.flat_hand_m(0, 0, 0.5), (5, 1, 1))
    features = compute_features(track_of(points, [1] * 5), Stretch(0, 5))
    np.testing.assert_array_equal(features["observation.state"][0, :8], [0, 0, 0, 1, 0, 0, 0, 0])
    assert not features["observation.hands.px"][:, :42].any()
    np.testing.assert_array_equal(features["observation.camera"][3], [0, 0, 0, 1, 0, 0, 0])


def test_frames_before_the_stretch_have_no_say(lab):
    points = np.tile(lab.flat_hand_m(0, 0, 0.5), (8, 1, 1))
    features = compute_features(track_of(points, [1, 1, 1, 1, 0, 0, 0, 0]), Stretch(4, 8))
    assert not features["observation.hands.xyz"].any()


def test_action_is_the_next_state_and_valid_where_seen_now_and_next(lab):
    points = np.stack([lab.flat_hand_m(0.01 * i, 0, 0.5) for i in range(6)])
    features = compute_features(track_of(points, [1, 1, 0.5, 1, 0, 1]), Stretch(0, 6))
    np.testing.assert_array_equal(features["action"][:-1], features["observation.state"][1:])
    np.testing.assert_array_equal(features["action"][-1], features["observation.state"][-1])
    np.testing.assert_array_equal(features["action.valid"][:, 1], [1, 1, 1, 0, 0, 0])


def test_the_last_action_of_a_stretch_looks_at_the_frame_behind_it(lab):
    points = np.stack([lab.flat_hand_m(0.01 * i, 0, 0.5) for i in range(6)])
    features = compute_features(track_of(points, [1] * 6), Stretch(1, 4))
    np.testing.assert_allclose(features["action"][:, 8], [0.02, 0.03, 0.04], atol=1e-6)
    np.testing.assert_array_equal(features["action.valid"][:, 1], [1, 1, 1])


@pytest.mark.parametrize(("axis", "degrees"), [("x", 35), ("y", -60), ("z", 170), ("z", -120), ("x", 180)])
def test_orientation_turns_palm_axes_into_the_camera(lab, axis, degrees):
    moved = lab.flat_hand_m() @ lab.turn(axis, degrees).T + (0, 0, 0.5)
    state = compute_features(track_of(np.tile(moved, (2, 1, 1)), [1, 1]), Stretch(0, 2))["observation.state"][0]
    found = matrix_of(state[11:15].astype(float))
    along = moved[9] - moved[0]
    np.testing.assert_allclose(found[:, 0], along / np.linalg.norm(along), atol=1e-4)
    out_of_palm = lab.turn(axis, degrees) @ (0, 0, 1)  # the hand shows its back, so its palm looks away from the camera
    np.testing.assert_allclose(found[:, 2], out_of_palm, atol=1e-4)
    assert np.linalg.det(found) == pytest.approx(1, abs=1e-4)


def test_orientation_does_not_jump_in_sign_over_a_full_turn(lab):
    points = np.stack([lab.flat_hand_m() @ lab.turn("z", 6 * i).T + (0, 0, 0.5) for i in range(61)])
    q = compute_features(track_of(points, [1] * 61), Stretch(0, 61))["observation.state"][:, 11:15]
    assert (np.abs(np.diff(q, axis=0)).max(axis=1) < 0.1).all()
    np.testing.assert_allclose(np.linalg.norm(q, axis=1), 1, atol=1e-5)


def test_aperture_is_from_thumb_tip_to_index_tip(lab):
    points = lab.flat_hand_m(0, 0, 0.5)
    points[4], points[8] = (0, 0, 0.5), (0.03, 0.04, 0.5)
    state = compute_features(track_of(np.tile(points, (2, 1, 1)), [1, 1]), Stretch(0, 2))["observation.state"]
    assert state[0, 15] == pytest.approx(0.05, abs=1e-6)


def test_assembled_track_gives_complete_features(lab):
    builder = TrackBuilder(30, WIDTH, HEIGHT, AssembleOptions())
    for i in range(40):
        builder.add([] if 12 < i < 18 else [lab.hand_at(0.1 + 0.002 * i, 0.1, 0.5, turned=i)])
    features = compute_features(builder.finish(), Stretch(0, 40))
    assert all(np.isfinite(values).all() for values in features.values())
