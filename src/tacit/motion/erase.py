"""Erases the hands of stretches that a worker cut from a track, and what is left of the stretches of hands at work.

In: a track, and spans of frames. Out: a track of the same length that says nothing of them. What was computed from
moments inside a cut goes with it, even where it stands outside: bridges that end in it, and depth smoothed across its
edge. Cutting twice gives the same as cutting both at once.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tacit.motion.assemble import AssembleOptions
from tacit.motion.quality import QualityOptions
from tacit.records.cuts import Span
from tacit.records.hands import HandTrack
from tacit.records.recording import Stretch

_DEVIATIONS = 3
"""So far the smoothing of `assemble` reaches."""
_BRIDGED = 0.5

ALL_CUT = "Its worker cut what hands at work there were in it."
"""Why a recording has no stretch any more."""


def erase_hands(track: HandTrack, spans: Sequence[Span], options: AssembleOptions) -> HandTrack:
    """The track with no hands in the spans, nor where it was computed from them."""
    px, xyz, seen, sigma_m = (values.copy() for values in (track.px, track.xyz, track.seen, track.sigma_m))
    n_hands = track.n_hands.copy()
    margin = int(np.ceil(_DEVIATIONS * options.steady_s * track.fps))
    inside = np.zeros(track.n_frames, bool)
    near = np.zeros(track.n_frames, bool)
    for start, end in spans:
        inside[start:end] = True
        near[max(0, start - margin) : end + margin] = True
    n_hands[inside] = 0
    for hand in range(seen.shape[1]):
        gone = near | _touching(seen[:, hand] == _BRIDGED, near)
        seen[gone, hand] = 0
        for values in (px, xyz, sigma_m):
            values[gone, hand] = np.nan
    return HandTrack(track.fps, px, xyz, seen, sigma_m, n_hands)


def cut_stretches(
    stretches: Sequence[Stretch], track: HandTrack, spans: Sequence[Span], options: QualityOptions
) -> tuple[Stretch, ...]:
    """What is left of stretches outside the spans, where it still holds hands for long enough.

    Args:
        stretches: Those of before.
        track: With the hands of the spans erased.
        spans: In order, without overlap, on key frames.
        options: What counts as long enough.
    """
    pieces = [piece for stretch in stretches for piece in _outside(stretch, spans)]
    return tuple(piece for piece in pieces if _lasts(track, piece) >= options.stretch_s_min * track.fps)


def _outside(stretch: Stretch, spans: Sequence[Span]) -> list[Stretch]:
    pieces, start = [], stretch.start_frame
    for span_start, span_end in spans:
        if span_end <= start or span_start >= stretch.end_frame:
            continue
        if span_start > start:
            pieces.append(Stretch(start, span_start))
        start = span_end
    if start < stretch.end_frame:
        pieces.append(Stretch(start, stretch.end_frame))
    return pieces


def _lasts(track: HandTrack, piece: Stretch) -> int:
    """Frames from the first to the last in which a hand is there."""
    there = np.flatnonzero((track.seen[piece.start_frame : piece.end_frame] > 0).any(axis=1))
    return int(there[-1] - there[0]) + 1 if len(there) else 0


def _touching(bridged: NDArray[np.bool_], near: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The runs of bridged frames that lie in, or right beside, frames that are erased."""
    gone = np.zeros_like(bridged)
    edges = np.flatnonzero(np.diff(np.concatenate([[False], bridged, [False]])))
    for start, end in edges.reshape(-1, 2):
        if near[max(0, start - 1) : end + 1].any():
            gone[start:end] = True
    return gone
