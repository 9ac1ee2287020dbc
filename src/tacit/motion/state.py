"""The features of an episode that are not video, as the dataset has them.

In: the wearer's track and one stretch of it. Out: float32 arrays by feature name, without a single NaN: where a hand
is not seen its values are held from the last frame in which it was, and `seen` says 0.

The orientation is that of the palm's frame: x from the wrist to the root of the middle finger; z square to the palm's
plane (wrist, index root, little finger root), out of the palm for a right hand and out of the back for a left one, by
the same formula; y completes a right-handed frame. It turns the palm's frame into the camera's.
Source: names and layout are ours; see the dataset format page.
"""

import numpy as np
from numpy.typing import NDArray

from tacit.records.hands import Float32, HandTrack
from tacit.records.recording import Stretch

Float64 = NDArray[np.float64]

STATE_OF_ONE_HAND = ("x", "y", "z", "qw", "qx", "qy", "qz", "aperture")
"""Names of the eight values of one hand in `observation.state` and `action`; the left hand's come first."""

_WRIST, _THUMB_TIP, _INDEX_ROOT, _INDEX_TIP, _MIDDLE_ROOT, _LITTLE_ROOT = 0, 4, 5, 8, 9, 17
_IDENTITY = (1.0, 0.0, 0.0, 0.0)


def compute_features(track: HandTrack, stretch: Stretch) -> dict[str, Float32]:
    """Compute the features of one episode.

    A hand's values before it is first seen in the stretch are those of that first frame; a hand that is never seen
    in it has zeros and the identity quaternion. `action` is the state of the next frame of the recording, also where
    that lies behind the stretch; only the last frame of a recording has none, repeats its own and is not valid.
    A bridged hand counts as seen for `action.valid`: its place is known well enough to aim at, and `seen` tells.

    Returns:
        Feature name to (n, size) float32; see DATASET features: hands.px 84, hands.xyz 126, hands.seen 2,
        hands.sigma 2, camera 7, state 16, action 16, action.valid 2.
    """
    n = stretch.end_frame - stretch.start_frame
    part = slice(stretch.start_frame, stretch.end_frame + 1)  # with the frame behind it, where there is one
    seen = track.seen[part]
    held = np.stack([_held_rows(seen[:, hand] > 0) for hand in range(2)], axis=1)  # (n, 2), -1: never seen
    px, xyz, sigma_m = (_hold(values[part], held) for values in (track.px, track.xyz, track.sigma_m))
    state = _compute_state(xyz, held >= 0)
    following = np.minimum(np.arange(n) + 1, len(seen) - 1)
    is_seen = seen > 0
    valid = is_seen[:n] & is_seen[following] & (following > np.arange(n))[:, None]
    return {
        "observation.hands.px": px[:n].reshape(n, 84),
        "observation.hands.xyz": xyz[:n].reshape(n, 126),
        "observation.hands.seen": np.ascontiguousarray(seen[:n], np.float32),
        "observation.hands.sigma": sigma_m[:n],
        "observation.camera": np.tile(np.array([0, 0, 0, *_IDENTITY], np.float32), (n, 1)),
        "observation.state": state[:n],
        "action": state[following],
        "action.valid": valid.astype(np.float32),
    }


def _held_rows(is_seen: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each frame the row to take values from: itself, the last one seen, the first one seen, or -1 for none."""
    if not is_seen.any():
        return np.full(len(is_seen), -1)
    rows = np.maximum.accumulate(np.where(is_seen, np.arange(len(is_seen)), -1))
    return np.where(rows < 0, int(np.argmax(is_seen)), rows)


def _hold(values: Float32, held: NDArray[np.int64]) -> Float32:
    """Take each hand's values (n, 2, ...) from the rows to hold; zeros where there is none."""
    out = np.zeros(values.shape, np.float32)
    for hand in range(2):
        if len(held) and held[0, hand] >= 0:
            out[:, hand] = values[held[:, hand], hand]
    return out


def _compute_state(xyz: Float32, is_known: NDArray[np.bool_]) -> Float32:
    """State (n, 16) of both hands from points (n, 2, 21, 3)."""
    state = np.zeros((len(xyz), 2, 8), np.float32)
    state[..., :3] = xyz[..., _WRIST, :]
    state[..., 7] = np.linalg.norm(xyz[..., _THUMB_TIP, :] - xyz[..., _INDEX_TIP, :], axis=-1)
    for hand in range(2):
        state[:, hand, 3:7] = _compute_orientation(xyz[:, hand]) if is_known[:, hand].any() else _IDENTITY
    return state.reshape(len(xyz), 16)


def _compute_orientation(xyz: Float32) -> Float64:
    """Quaternions (n, 4), w x y z, of palms from points (n, 21, 3), without jumps of sign between frames."""
    points: Float64 = xyz.astype(np.float64)
    x = _unit(points[:, _MIDDLE_ROOT] - points[:, _WRIST], (1.0, 0.0, 0.0))
    across = np.cross(points[:, _INDEX_ROOT] - points[:, _WRIST], points[:, _LITTLE_ROOT] - points[:, _WRIST])
    across -= (across * x).sum(axis=-1, keepdims=True) * x
    z = _unit(across, (0.0, 0.0, 1.0))
    z = _unit(z - (z * x).sum(axis=-1, keepdims=True) * x, (0.0, 1.0, 0.0))
    quaternions = _quaternions_of(np.stack([x, np.cross(z, x), z], axis=-1))
    flips = np.sign((quaternions[1:] * quaternions[:-1]).sum(axis=-1))
    flips[flips == 0] = 1
    quaternions[1:] *= np.cumprod(flips)[:, None]
    return quaternions if quaternions[0, 0] >= 0 else -quaternions


def _unit(vectors: Float64, instead: tuple[float, float, float]) -> Float64:
    """Vectors (n, 3) of length one; `instead` where there is no direction."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Float64 = np.where(lengths > 1e-9, vectors / np.maximum(lengths, 1e-9), np.array(instead))
    return unit


def _quaternions_of(m: Float64) -> Float64:
    """Unit quaternions (n, 4), w x y z, of rotation matrices (n, 3, 3).

    Each of the four rows below is the quaternion times four times one of its parts; the largest part is safest.
    """
    a, b, c = m[:, 0, 0], m[:, 1, 1], m[:, 2, 2]
    wx, wy, wz = m[:, 2, 1] - m[:, 1, 2], m[:, 0, 2] - m[:, 2, 0], m[:, 1, 0] - m[:, 0, 1]
    xy, xz, yz = m[:, 0, 1] + m[:, 1, 0], m[:, 0, 2] + m[:, 2, 0], m[:, 1, 2] + m[:, 2, 1]
    rows = np.stack(
        [
            np.stack([1 + a + b + c, wx, wy, wz], axis=-1),
            np.stack([wx, 1 + a - b - c, xy, xz], axis=-1),
            np.stack([wy, xy, 1 - a + b - c, yz], axis=-1),
            np.stack([wz, xz, yz, 1 - a - b + c], axis=-1),
        ],
        axis=1,
    )
    best = np.argmax(np.einsum("nii->ni", rows), axis=1)
    chosen = rows[np.arange(len(m)), best]
    quaternions: Float64 = chosen / np.linalg.norm(chosen, axis=-1, keepdims=True)
    return quaternions
