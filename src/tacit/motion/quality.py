"""Which parts of a recording are hands at work, in frames, and why there are none where there are none.

In: the wearer's track and the mean brightness of every frame. Out: stretches that begin and end on key frames of the
clean video, so that they can be cut without encoding again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from tacit.records.hands import Float32, HandTrack
from tacit.records.recording import Stretch


@dataclass(frozen=True)
class QualityOptions:
    """What passes as hands at work. Numbers are ours.

    gap_s_max: hands away for less than this do not end a stretch.
    stretch_s_min: shorter stretches are dropped; measured on the hands, before ends are moved to key frames.
    luma_mean_min: darker frames do not count; mean of the Y plane in limited range, where black is 16 and white 235.
    grid_frames: stretches begin and end on multiples of so many frames; of these each must be a key frame.
    lost_s_max: a gap between two stretches up to this long counts as lost by our tracker, a longer one as a pause.
    """

    gap_s_max: float = 1.0
    stretch_s_min: float = 1.0
    luma_mean_min: float = 30.0
    grid_frames: int = 15
    lost_s_max: float = 10.0


def find_stretches(track: HandTrack, luma_mean: Float32, options: QualityOptions) -> tuple[tuple[Stretch, ...], str]:
    """Find the stretches in which at least one of the wearer's hands is at work.

    Ends are moved outwards to key frames, so that no moment of work is lost; the last may end with the recording.

    Args:
        track: The wearer's hands.
        luma_mean: (n_frames,) mean brightness of each frame.
        options: See there.

    Returns:
        The stretches in order, without overlap, and "" or, where there is none, the reason as a plain sentence.
    """
    bright = luma_mean >= options.luma_mean_min
    working = (track.seen > 0).any(axis=1) & bright
    runs = _bridge(_runs(working), options.gap_s_max * track.fps)
    long_runs = [(start, end) for start, end in runs if end - start >= options.stretch_s_min * track.fps]
    if long_runs:
        return _snap(long_runs, options.grid_frames, track.n_frames), ""
    return (), _reason(track, bright, runs, options)


def accepted_ms(stretches: Sequence[Stretch], fps: int) -> int:
    """Milliseconds inside stretches; each is rounded down by itself, so that episodes add up to the recording."""
    return sum((stretch.end_frame - stretch.start_frame) * 1000 // fps for stretch in stretches)


def payable_ms(stretches: Sequence[Stretch], luma_mean: Float32, fps: int, options: QualityOptions) -> int:
    """Milliseconds that count as accepted for pay (M7): the stretches, and the gaps that our tracker is to blame for.

    A gap between two stretches is taken for a failure of the tracker as far as it is bright and no longer than
    `lost_s_max`; whether the hands were in view then cannot be told, and doubt goes to the worker.
    """
    total_ms = accepted_ms(stretches, fps)
    for before, after in pairwise(stretches):
        if after.start_frame - before.end_frame <= options.lost_s_max * fps:
            bright = luma_mean[before.end_frame : after.start_frame] >= options.luma_mean_min
            total_ms += int(bright.sum()) * 1000 // fps
    return total_ms


def _runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """First and one-past-last index of every run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]])))
    return [(int(start), int(end)) for start, end in edges.reshape(-1, 2)]


def _bridge(runs: list[tuple[int, int]], gap_frames: float) -> list[tuple[int, int]]:
    """Join runs with less than so many frames between them."""
    joined: list[tuple[int, int]] = []
    for start, end in runs:
        if joined and start - joined[-1][1] < gap_frames:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


def _snap(runs: list[tuple[int, int]], interval: int, n_frames: int) -> tuple[Stretch, ...]:
    """Move ends outwards to key frames; stretches that overlap by that become one."""
    snapped: list[Stretch] = []
    for start, end in runs:
        stretch = Stretch(start // interval * interval, min(-(-end // interval) * interval, n_frames))
        if snapped and stretch.start_frame < snapped[-1].end_frame:
            stretch = Stretch(snapped.pop().start_frame, stretch.end_frame)
        snapped.append(stretch)
    return tuple(snapped)


def _reason(track: HandTrack, bright: NDArray[np.bool_], runs: list[tuple[int, int]], options: QualityOptions) -> str:
    """Why a recording has no stretch; what the camera or the length explains comes before what the hands explain."""
    lasts_s = track.n_frames / track.fps
    if lasts_s < options.stretch_s_min:
        return f"Too short: it lasts {lasts_s:.1f} s; at least {options.stretch_s_min:.1f} s are needed."
    if bright.mean() < 0.5:
        return f"Too dark: {100 - 100 * bright.mean():.0f} % of the frames are darker than hands can be found in."
    if not runs:
        return "No hands of the worker were found in it."
    longest_s = max(end - start for start, end in runs) / track.fps
    return (
        f"The worker's hands are in view only for moments: {longest_s:.1f} s at most in one go; "
        f"at least {options.stretch_s_min:.1f} s are needed."
    )
