"""Makes the track of the wearer's two hands out of what the tracker saw in every frame.

In: the hands of one frame after another. Out: a HandTrack. Here the whole recording is known, so tracks that were too
short or unsure to be hands are dropped, the wearer's hands are told apart, short gaps are bridged, depth is steadied,
and pixels become metres.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tacit.motion.metres import MetresOptions, compute_metres
from tacit.motion.sightings import Sightings, SightingsBuilder
from tacit.motion.wearer import WearerOptions, choose_wearer
from tacit.records.hands import N_LANDMARKS, Float32, Hand, HandTrack


@dataclass(frozen=True)
class AssembleOptions:
    """How tracks become the wearer's hands. Numbers are ours where nothing else is said.

    track_frames_min, track_presence_min: a track with fewer frames, or whose surest frame is below, was no hand.
    gap_s_max: gaps up to this long are bridged by straight lines and marked 0.5.
    steady_s: depth is smoothed over about this time (standard deviation of a Gaussian, no lag).
    drift_m_per_s: what a bridged wrist may have strayed, for each second to the nearest sighting.
    wearer: how the wearer's hands are told from others'. metres: what is assumed of the camera and the hands.
    """

    track_frames_min: int = 3
    track_presence_min: float = 0.8
    gap_s_max: float = 0.5
    steady_s: float = 0.05
    drift_m_per_s: float = 0.2
    wearer: WearerOptions = field(default_factory=WearerOptions)
    metres: MetresOptions = field(default_factory=MetresOptions)


class TrackBuilder:
    """Gathers a recording's hands and makes the wearer's track of them at the end.

    Args:
        fps: Frames per second, constant.
        width, height: Pixels of the pictures that the tracker saw.
        options: See there.
    """

    def __init__(self, fps: int, width: int, height: int, options: AssembleOptions) -> None:
        self._fps = fps
        self._width = width
        self._height = height
        self._options = options
        self._sightings = SightingsBuilder()

    def add(self, hands: Sequence[Hand]) -> None:
        """Take the hands of the next frame, everyone's; an empty sequence where there were none."""
        self._sightings.add(hands)

    def finish(self) -> HandTrack:
        """Make the track of everything that was added."""
        n_frames = self._sightings.n_frames
        sightings = without_flukes(self._sightings.finish(), self._options)
        points, sigma = compute_metres(sightings.px, sightings.world_m, self._width, self._height, self._options.metres)
        side = choose_wearer(sightings, points[:, 0], self._width, self._options.wearer)
        px = np.full((n_frames, 2, N_LANDMARKS, 2), np.nan, np.float32)
        xyz = np.full((n_frames, 2, N_LANDMARKS, 3), np.nan, np.float32)
        seen = np.zeros((n_frames, 2), np.float32)
        sigma_m = np.full((n_frames, 2), np.nan, np.float32)
        for hand in range(2):
            own = sightings.only(side == hand)
            px[own.frame, hand] = own.px[..., :2]
            xyz[own.frame, hand] = _steady_depth(points[side == hand], own, self._options.steady_s * self._fps)
            sigma_m[own.frame, hand] = sigma[side == hand]
            seen[own.frame, hand] = 1
            self._bridge(own.frame, px[:, hand], xyz[:, hand], seen[:, hand], sigma_m[:, hand])
        n_hands = np.bincount(sightings.frame, minlength=n_frames).astype(np.uint8)
        return HandTrack(self._fps, px, xyz, seen, sigma_m, n_hands)

    def _bridge(self, frames: NDArray[np.int64], px: Float32, xyz: Float32, seen: Float32, sigma_m: Float32) -> None:
        """Fill short gaps between sightings of one hand by straight lines, in place."""
        gap_frames_max = int(self._options.gap_s_max * self._fps)
        ends = np.nonzero((np.diff(frames) > 1) & (np.diff(frames) <= gap_frames_max + 1))[0]
        for before, after in zip(frames[ends], frames[ends + 1], strict=True):
            steps = np.arange(before + 1, after)
            part = ((steps - before) / (after - before)).astype(np.float32)
            for values in (px, xyz):
                values[steps] = values[before] + part[:, None, None] * (values[after] - values[before])
            strayed = np.minimum(steps - before, after - steps) / self._fps * self._options.drift_m_per_s
            sigma_m[steps] = np.hypot(sigma_m[before] + part * (sigma_m[after] - sigma_m[before]), strayed)
            seen[steps] = 0.5


def without_flukes(sightings: Sightings, options: AssembleOptions) -> Sightings:
    """Drop the tracks, anyone's, that were too short or unsure to be hands."""
    if not len(sightings):
        return sightings
    _, track = np.unique(sightings.track, return_inverse=True)
    surest = np.zeros(track.max() + 1, np.float32)
    np.maximum.at(surest, track, sightings.presence)
    good = (_count_readings(sightings, track) >= options.track_frames_min) & (surest >= options.track_presence_min)
    return sightings.only(good[track])


def _count_readings(sightings: Sightings, track: NDArray[np.int64]) -> NDArray[np.int64]:
    """How often each track was read afresh; a frame that repeats the one before adds nothing."""
    by_track = np.argsort(track, kind="stable")
    points = sightings.px[by_track]
    is_fresh = np.ones(len(track), bool)
    is_fresh[1:] = (np.diff(track[by_track]) != 0) | (points[1:] != points[:-1]).any(axis=(1, 2))
    return np.bincount(track[by_track], weights=is_fresh).astype(np.int64)


def _steady_depth(points: Float32, own: Sightings, sd_frames: float) -> Float32:
    """Smooth the distance of the wrist over time, moving whole hands along their rays.

    points: (n, 21, 3) metres. Only sightings of the same track and at most three deviations away have a say.
    """
    reach = int(np.ceil(3 * sd_frames))
    if len(points) < 2 or sd_frames <= 0:
        return points
    log_depth = np.log(points[:, 0, 2].astype(np.float64))
    total, weight = log_depth.copy(), np.ones(len(points))
    for step in range(1, min(reach, len(points) - 1) + 1):
        apart = own.frame[step:] - own.frame[:-step]
        w = np.exp(-0.5 * (apart / sd_frames) ** 2) * (own.track[step:] == own.track[:-step])
        total[step:] += w * log_depth[:-step]
        weight[step:] += w
        total[:-step] += w * log_depth[step:]
        weight[:-step] += w
    factor = np.exp(total / weight - log_depth).astype(np.float32)
    return points * factor[:, None, None]
