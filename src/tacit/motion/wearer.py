"""Tells the wearer's two hands from everyone else's, and the left one from the right one.

In: all sightings of a recording. Out: for each, whether it is the wearer's left, right, or neither. Whole tracks are
judged, not frames: what a track mostly looks like, how far away it is, where its forearm comes from; then tracks are
placed so that the sum of their scores is best and no frame has two left or two right hands.

What it cannot tell: a wearer's hand from a bystander's at the same distance that comes in from the same side; and whose
the hands are when only a bystander's are ever in view, as nobody else's compete with them. It never tells persons
apart by what their hands look like: that would be a biometric.
All weights are ours, chosen by reasoning about head cameras, not fitted to clips.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.motion.sightings import Sightings
from tacit.records.hands import LEFT, RIGHT, Float32

NOBODY = -1
_STEADY_FRAMES = 15

Int64 = NDArray[np.int64]


@dataclass(frozen=True)
class WearerOptions:
    """How tracks are weighed against each other; scores are per frame, in units where 1 is a clear sign.

    base: what every track has in favour of being the wearer's.
    far_weight: lost for each doubling of the distance against the nearest hands of the recording.
    forearm_weight: lost where the forearm comes in from above while others' come from below, in proportion.
    side_weight: lost where a track is placed against its votes for left or right, in proportion to how clear they are.
    place_weight: lost where a track is placed left of centre as right hand or the other way round; little, because
        hands cross.
    link_weight: gained for each frame where a track goes on near the place where another ended, on the same side.
    link_frames_max, link_distance_max: how soon and how near (in palms) that has to be.
    clash_weight: lost for each frame with two hands on one side.
    """

    base: float = 2.3
    far_weight: float = 2.2
    forearm_weight: float = 1.0
    side_weight: float = 1.5
    place_weight: float = 0.3
    link_weight: float = 1.0
    link_frames_max: int = 30
    link_distance_max: float = 2.0
    clash_weight: float = 6.0


def choose_wearer(sightings: Sightings, wrist_m: Float32, width: int, options: WearerOptions) -> NDArray[np.int8]:
    """Say for every sighting whose hand it is.

    Args:
        sightings: Of one whole recording.
        wrist_m: (n, 3) metres, camera frame; only how distances compare matters, so any camera will do.
        width: Pixels in a row of the picture.
        options: The weights.

    Returns:
        (n,) int8: LEFT, RIGHT or NOBODY; in each frame at most one LEFT and one RIGHT, of different tracks.
    """
    if not len(sightings):
        return np.zeros(0, np.int8)
    _, track = np.unique(sightings.track, return_inverse=True)
    n_frames = np.bincount(track)
    gains = _compute_gains(sightings, wrist_m, track, n_frames, width, options)
    same_side = _compute_links(sightings, track, n_frames, options)
    side = _place(gains, same_side)
    return _settle(side[track], sightings, n_frames[track])


def _compute_gains(
    sightings: Sightings, wrist_m: Float32, track: Int64, n_frames: Int64, width: int, options: WearerOptions
) -> NDArray[np.float64]:
    """What placing each track on the left and on the right gains (n_tracks, 2), summed over its frames."""
    away_m = np.linalg.norm(wrist_m, axis=1)
    forearm = sightings.px[:, 0, :2] - sightings.px[:, 9, :2]  # from the fingers' roots to the wrist
    from_below = forearm[:, 1] / np.maximum(np.linalg.norm(forearm, axis=1), 1)  # 1: straight from below
    right_of_center = (sightings.center_px()[:, 0] / width - 0.5) * 2  # -1 to 1

    def mean(values: NDArray[Any]) -> NDArray[np.float64]:
        return np.bincount(track, weights=values.astype(np.float64)) / n_frames

    # Tracks of a few frames have no say in what is near and what is below where longer ones exist.
    is_steady = n_frames >= min(_STEADY_FRAMES, int(n_frames.max()) // 2)
    nearest_m = np.quantile(away_m[is_steady[track]], 0.2)
    far_loss = options.far_weight * np.clip(mean(np.log2(away_m / nearest_m)), 0, 3)
    below = mean(from_below)
    forearm_loss = options.forearm_weight * np.clip(np.max(below[is_steady]) - below, 0, 2)
    worth = options.base - far_loss - forearm_loss

    votes = 2 * mean(sightings.right_score) - 1  # 1: surely right
    side_loss = options.side_weight * np.stack([np.clip(votes, 0, 1), np.clip(-votes, 0, 1)], axis=1)
    # Seen from the front, the worker's right hand is on the left of the picture, and its forearm comes from above.
    place = np.clip(mean(right_of_center), -1, 1) * np.clip(below, -1, 1)
    place_loss = options.place_weight * np.stack([np.clip(place, 0, 1), np.clip(-place, 0, 1)], axis=1)
    gains: NDArray[np.float64] = n_frames[:, None] * (worth[:, None] - side_loss - place_loss)
    return gains


def _compute_links(
    sightings: Sightings, track: Int64, n_frames: Int64, options: WearerOptions
) -> dict[int, dict[int, float]]:
    """What two tracks gain (or lose) by being on the same side: they clash in a frame, or one goes on as the other."""
    links: dict[int, dict[int, float]] = {i: {} for i in range(len(n_frames))}

    def link(a: int, b: int, gain: float) -> None:
        links[a][b] = links[b][a] = links[a].get(b, 0.0) + gain

    frame = sightings.frame
    for step in range(1, int(np.bincount(frame).max())):
        together = np.nonzero(frame[step:] == frame[:-step])[0]
        pairs = np.sort(np.stack([track[together], track[together + step]], axis=1), axis=1)
        for (a, b), count in zip(*np.unique(pairs, axis=0, return_counts=True), strict=True):
            link(int(a), int(b), -options.clash_weight * int(count))

    rows = np.arange(len(track))
    first = np.full(len(n_frames), len(track))
    np.minimum.at(first, track, rows)
    last = np.zeros(len(n_frames), np.int64)
    np.maximum.at(last, track, rows)
    centers, palms = sightings.center_px(), sightings.palm_px()
    starts = np.argsort(frame[first], kind="stable")
    start_frames = frame[first][starts]
    for a in range(len(n_frames)):
        end = frame[last[a]]
        soon = slice(*np.searchsorted(start_frames, [end + 1, end + 1 + options.link_frames_max]))
        for b in starts[soon]:
            distance = float(np.linalg.norm(centers[first[b]] - centers[last[a]]))
            if distance < options.link_distance_max * float(max(palms[first[b]], palms[last[a]])):
                link(a, int(b), options.link_weight * int(min(n_frames[a], n_frames[b])))
    return links


def _place(gains: NDArray[np.float64], links: dict[int, dict[int, float]]) -> NDArray[np.int8]:
    """Place every track LEFT, RIGHT or nowhere so that the sum of gains and links is best.

    Single moves and swaps of two tracks are tried until none helps; the tracks with most to say go first.
    """
    side = np.full(len(gains), NOBODY, np.int8)

    def value(track: int, choice: int) -> float:
        if choice == NOBODY:
            return 0.0
        return float(gains[track, choice]) + sum(g for other, g in links[track].items() if side[other] == choice)

    order = np.argsort(-gains.max(axis=1), kind="stable")
    for _ in range(10):
        before = side.copy()
        for i in order:
            side[i] = max((NOBODY, LEFT, RIGHT), key=lambda choice: value(int(i), choice))
        for i in order:
            for j in links[int(i)]:
                _swap_if_better(int(i), j, side, value)
        if np.array_equal(before, side):
            break
    return side


def _swap_if_better(i: int, j: int, side: NDArray[np.int8], value: Callable[[int, int], float]) -> None:
    """Let two linked tracks change sides with each other where the sum grows by it."""
    old_i, old_j = int(side[i]), int(side[j])
    if old_i == old_j:
        return

    def value_of_pair(choice_i: int, choice_j: int) -> float:
        side[i] = NOBODY
        side[j] = choice_j
        total = value(j, choice_j)
        total += value(i, choice_i)
        return total

    swapped, kept = value_of_pair(old_j, old_i), value_of_pair(old_i, old_j)
    side[i], side[j] = (old_j, old_i) if swapped > kept + 1e-9 else (old_i, old_j)


def _settle(side: NDArray[np.int8], sightings: Sightings, track_frames: Int64) -> NDArray[np.int8]:
    """Where a frame still has two hands on one side, the longer track keeps it."""
    settled = side.copy()
    order = np.lexsort((sightings.track, -track_frames))
    key = sightings.frame * 2 + settled
    placed = order[settled[order] != NOBODY]
    _, winners = np.unique(key[placed], return_index=True)
    losers = np.ones(len(settled), bool)
    losers[placed[winners]] = False
    settled[losers] = NOBODY
    return settled
