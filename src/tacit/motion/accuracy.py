"""How well hands were found, held against exact truth. Pure: arrays in, figures out; any tracker can be scored.

Definitions, the same for everyone:

- The *palm* of a hand is as long as the distance in the picture from its true wrist (0) to its true middle knuckle (9);
  errors are given in percent of it. The *palm box* is the upright box around wrist and knuckles (0, 5, 9, 13, 17).
- A true hand counts where it is *visible*: most of its landmarks are in the picture with nothing before them.
- It is *found* where the palm box of a found hand overlaps its own by at least a third (intersection over union). Each
  found hand serves one true hand, the best overlap first.
- The *error* of a found hand is the mean distance of its 21 landmarks to the truth. A *landmark's* error is its own
  distance; a few landmarks that lie far off weigh on the mean of a hand, not on the median over all landmarks.
- A *false* hand is a found one that serves no true hand, visible or not: none is there, or it is the second on one
  hand, or it lies too far off.
- The *offset* is what is left where a model and a rig place the same landmark differently: one shift for each landmark,
  in the found hand's own frame (wrist, middle knuckle, mirrored for left hands), fitted on other films.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tacit.records.hands import LEFT, N_LANDMARKS

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]

OVERLAP_MIN = 1 / 3
_WRIST, _MIDDLE = 0, 9
_PALM_BOX = np.array([0, 5, 9, 13, 17])


@dataclass(frozen=True)
class TrueHands:
    """What is true: px (n, 2, 21, 2) pixels, left first, NaN where no such hand is; visible (n, 2) bool."""

    px: Float32
    visible: NDArray[np.bool_]


@dataclass(frozen=True)
class FoundHands:
    """What a tracker found in each of n frames.

    px: (n, k, 21, 2) pixels, NaN where there is none. side: (n, k), which hand the tracker takes it for; LEFT or RIGHT.
    """

    px: Float32
    side: NDArray[np.int8]


@dataclass(frozen=True)
class HandScores:
    """What one or more films say about a tracker; scores of films add up.

    n_frames: frames of film. n_visible: true hands to be found, over all frames. n_false: false hands, over all frames.
    true_px, found_px: (m, 21, 2), the hands that were found. true_side, found_side: (m,).
    """

    n_frames: int
    n_visible: int
    n_false: int
    true_px: Float32
    found_px: Float32
    true_side: NDArray[np.int8]
    found_side: NDArray[np.int8]


@dataclass(frozen=True)
class HandFigures:
    """The figures of a tracker; None where nothing was there to measure.

    found_share: visible hands that were found. side_share: found hands that were taken for the right side.
    landmark_percent: median over all landmarks of found hands, in percent of the palm.
    error_percent, error_percent_p95: median and 95th percentile over hands, in percent of the palm.
    landmark_percent_less_offset, error_percent_less_offset: the medians after the offset was taken away.
    false_per_1000: false hands in a thousand frames.
    """

    n_frames: int
    n_visible: int
    found_share: float | None
    side_share: float | None
    landmark_percent: float | None
    landmark_percent_less_offset: float | None
    error_percent: float | None
    error_percent_p95: float | None
    error_percent_less_offset: float | None
    false_per_1000: float


def score_hands(truth: TrueHands, found: FoundHands) -> HandScores:
    """Hold what was found in a film against what is true in it."""
    pairs: list[tuple[int, int, int]] = []
    n_false = 0
    true_boxes, found_boxes = _palm_boxes(truth.px), _palm_boxes(found.px)
    for frame in range(len(truth.px)):
        overlap = _overlaps(true_boxes[frame], found_boxes[frame])
        free = np.isfinite(found_boxes[frame]).all(axis=1)
        while overlap.size and overlap.max() >= OVERLAP_MIN:
            own, other = np.unravel_index(np.argmax(overlap), overlap.shape)
            if truth.visible[frame, own]:
                pairs.append((frame, int(own), int(other)))
            overlap[own, :] = overlap[:, other] = 0
            free[other] = False
        n_false += int(free.sum())
    frames, own_side, slot = np.array(pairs, np.int64).reshape(-1, 3).T
    return HandScores(
        n_frames=len(truth.px),
        n_visible=int(truth.visible.sum()),
        n_false=n_false,
        true_px=truth.px[frames, own_side],
        found_px=found.px[frames, slot],
        true_side=own_side.astype(np.int8),
        found_side=found.side[frames, slot],
    )


def add_scores(scores: Sequence[HandScores]) -> HandScores:
    """The scores of several films together; at least one."""
    return HandScores(
        n_frames=sum(one.n_frames for one in scores),
        n_visible=sum(one.n_visible for one in scores),
        n_false=sum(one.n_false for one in scores),
        true_px=np.concatenate([one.true_px for one in scores]),
        found_px=np.concatenate([one.found_px for one in scores]),
        true_side=np.concatenate([one.true_side for one in scores]),
        found_side=np.concatenate([one.found_side for one in scores]),
    )


def fit_offset(scores: HandScores) -> Float64:
    """The constant offset (21, 2) of a tracker's landmarks in palms, in the frame of the hand; zero without hands."""
    if not len(scores.found_px):
        return np.zeros((N_LANDMARKS, 2))
    axes = _axes(scores.found_px, scores.found_side)
    shifts = np.einsum("nij,nkj->nki", np.linalg.inv(axes), scores.true_px - scores.found_px)
    return np.asarray(np.median(shifts, axis=0))


def compute_figures(scores: HandScores, offset: Float64) -> HandFigures:
    """Make figures of scores; `offset` as `fit_offset` made it, of other films."""
    n_found = len(scores.found_px)
    moved = scores.found_px + np.einsum("nij,kj->nki", _axes(scores.found_px, scores.found_side), offset)
    away = _away_percent(scores.true_px, scores.found_px)
    away_less_offset = _away_percent(scores.true_px, moved)
    return HandFigures(
        n_frames=scores.n_frames,
        n_visible=scores.n_visible,
        found_share=n_found / scores.n_visible if scores.n_visible else None,
        side_share=float(np.mean(scores.true_side == scores.found_side)) if n_found else None,
        landmark_percent=_median(away),
        landmark_percent_less_offset=_median(away_less_offset),
        error_percent=_median(away.mean(axis=1)),
        error_percent_p95=float(np.quantile(away.mean(axis=1), 0.95)) if n_found else None,
        error_percent_less_offset=_median(away_less_offset.mean(axis=1)),
        false_per_1000=1000 * scores.n_false / scores.n_frames if scores.n_frames else 0.0,
    )


def covered_part(box: Float64, covers: NDArray[np.floating]) -> float:
    """Part of a box (x, y, width, height) that lies under any of the covers (k, 4), in whole pixels: 0 to 1."""
    x, y = np.floor(box[:2]).astype(int)
    right, bottom = np.ceil(box[:2] + box[2:]).astype(int)
    under = np.zeros((max(bottom - y, 1), max(right - x, 1)), bool)
    for cover in covers:
        low = np.maximum(np.ceil(cover[:2] - (x, y)), 0).astype(int)
        high = np.maximum(np.floor(cover[:2] + cover[2:] - (x, y)), 0).astype(int)
        under[low[1] : high[1], low[0] : high[0]] = True
    return float(under.mean())


def _palm_boxes(px: Float32) -> Float64:
    """Corners (n, k, 4) of the palm boxes of hands (n, k, 21, 2), NaN where there is none."""
    points = px[:, :, _PALM_BOX].astype(np.float64)
    return np.concatenate([points.min(axis=2), points.max(axis=2)], axis=2)


def _overlaps(true: Float64, found: Float64) -> Float64:
    """Intersection over union (a, b) of boxes given by corners (a, 4) and (b, 4); 0 where either is NaN."""
    a, b = true[:, None], found[None]
    sides = np.clip(np.minimum(a[..., 2:], b[..., 2:]) - np.maximum(a[..., :2], b[..., :2]), 0, None)
    shared = sides.prod(axis=-1)
    union = (a[..., 2:] - a[..., :2]).prod(axis=-1) + (b[..., 2:] - b[..., :2]).prod(axis=-1) - shared
    return np.asarray(np.nan_to_num(shared / np.where(union > 0, union, 1)))


def _away_percent(true: NDArray[np.floating], found: NDArray[np.floating]) -> Float64:
    """How far each landmark (m, 21) is from the truth, in percent of its hand's true palm."""
    palm = np.linalg.norm(true[:, _MIDDLE] - true[:, _WRIST], axis=-1)
    return np.asarray(100 * np.linalg.norm(found - true, axis=-1) / np.maximum(palm, 1)[:, None], np.float64)


def _median(values: Float64) -> float | None:
    """The median of all values, None where there are none."""
    return float(np.median(values)) if values.size else None


def _axes(px: Float32, side: NDArray[np.int8]) -> Float64:
    """Matrices (m, 2, 2) from a hand's own frame, in palms, to pixels.

    y points from wrist to middle knuckle, x towards the little finger of a hand that is seen from its back.
    """
    along = (px[:, _MIDDLE] - px[:, _WRIST]).astype(np.float64)
    length = np.linalg.norm(along, axis=-1, keepdims=True)
    along = np.where(length > 0, along, (0.0, -1.0))
    across = np.stack([-along[:, 1], along[:, 0]], axis=-1)  # to the right of it, as v points down
    across[side == LEFT] *= -1
    return np.stack([across, along], axis=-1)
