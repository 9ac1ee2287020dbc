"""Follows everyone's hands from frame to frame.

In: clean frames in order. Out: the hands of each frame, with numbers that stay with a hand. Landmarks are read where
the hand was in the frame before; palms are searched for when a hand was lost, and now and then for new ones. A hand
that was found is also followed backwards through the frames that wait, so that searching seldom costs no frame of it.
Short and unsure tracks are not judged here: whoever sees the whole recording can do that better (see `assemble`).
It keeps the pictures that wait, no others, and must never be handed a raw frame.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np

from tacit.models.inference import Network, Pixels, open_network
from tacit.models.manifest import HAND_LANDMARKS, PALM_DETECTION
from tacit.models.store import ModelStore
from tacit.motion import landmarks, palm
from tacit.motion.landmarks import LandmarkReader, Reading
from tacit.motion.palm import Palm, PalmDetector, PalmOptions
from tacit.motion.regions import compute_region_of_hand
from tacit.motion.sampling import Tint
from tacit.records.frames import I420, CleanFrame
from tacit.records.hands import Float32, Hand

_PALM_POINTS = np.array([0, 5, 9, 13, 17])
_DYES = (Tint.SWAPPED, Tint.SKIN)
_SIDES_APART = 0.6
"""Scores for right that lie further apart are of two hands."""


@dataclass(frozen=True)
class TrackerOptions:
    """How hands are followed. All numbers are ours, chosen on how the models behave, not on any clip.

    hands_max: at most so many hands at once.
    presence_start_min, presence_keep_min: how sure the model must be to begin a track and to go on with it.
    tinted_start_min: how sure to begin one in a dyed picture.
    search_every: frames between two searches for palms while no hand is followed, one, and two or more. Sizes and
        dyes of the picture take turns; with fewer than two hands each comes round within half of `back_frames_max`.
    calm_frames: where no hand was found or lost for so many frames, half as many searches do.
    near_part: while fewer than two hands are followed, some searches shrink the picture to this part, which finds
        hands near the camera or cut off by the picture's edge.
    back_frames_max: a new or found again hand is followed backwards through at most so many frames; as many wait.
    relink_frames_max: a lost hand that comes back near its place within so many frames keeps its number.
    relink_distance_max: how near that is, in hand sizes.
    twin_distance_max: tracks whose landmarks lie nearer on average, in hand sizes, are one hand seen twice.
    jump_distance_max: a track that jumps further within a frame, in hand sizes, and turns from a left into a right
        hand or back, has gone over to another hand and gets a new number.
    """

    hands_max: int = 4
    presence_start_min: float = 0.6
    presence_keep_min: float = 0.5
    tinted_start_min: float = 0.8
    search_every: tuple[int, int, int] = (2, 2, 12)
    near_part: float = 0.5
    calm_frames: int = 48
    back_frames_max: int = 24
    relink_frames_max: int = 15
    relink_distance_max: float = 1.5
    twin_distance_max: float = 0.25
    jump_distance_max: float = 0.4
    palm: PalmOptions = field(default_factory=PalmOptions)


class _Track:
    """One hand being followed: its number, its newest reading, and how its votes for right stood so far.

    tint: how pictures are dyed for this hand.
    """

    def __init__(self, number: int, reading: Reading, tint: Tint, frame_index: int) -> None:
        self.number = number
        self.reading = reading
        self.tint = tint
        self.last_frame = frame_index
        self.n_frames = 1
        self.right_vote = reading.right_score

    def go_on(self, reading: Reading, frame_index: int) -> None:
        """Take the next reading; older votes fade over about twenty frames."""
        self.n_frames += 1
        self.right_vote += (reading.right_score - self.right_vote) / min(self.n_frames, 20)
        self.reading = reading
        self.last_frame = frame_index


class _Waiting:
    """A picture and the hands in it, waiting for hands that are found later and were there before.

    n_frames: for how many frames it stands.
    """

    def __init__(self, i420: I420, tracks: list[_Track]) -> None:
        self.i420 = i420
        self.n_frames = 1
        self.seen = [(track, track.reading) for track in tracks]

    def hands(self) -> list[tuple[Hand, ...]]:
        """The hands of each of its frames, in no particular order."""
        return [tuple(Hand(*reading, track.number) for track, reading in self.seen)] * self.n_frames


class HandTracker:
    """Follows the hands of one recording; make a new one for each recording.

    palm, landmarks: networks as `open_tracker` makes them: uint8 pictures of 192 and 224 pixels, divided by 255.
    """

    def __init__(self, palm: Network, landmarks: Network, options: TrackerOptions) -> None:
        self._detector = PalmDetector(palm, options.palm)
        self._reader = LandmarkReader(landmarks)
        self._options = options
        self._live: list[_Track] = []
        self._lost: list[_Track] = []
        self._waiting: deque[_Waiting] = deque()
        self._n_tracks = 0
        self._n_searches = 0
        self._searched_frame: int | None = None
        self._changed_frame = 0

    def push(self, frame: CleanFrame) -> list[tuple[Hand, ...]]:
        """Take the next frame; gives the hands, everyone's, of the frames that are done, oldest first."""
        if frame.is_repeat and self._waiting:
            self._waiting[-1].n_frames += 1
            return []
        lost = self._follow(frame.i420, frame.frame_index)
        if lost:
            self._changed_frame = frame.frame_index
        if lost or self._is_search_due(frame.frame_index):
            plan = self._plan_search(lost)
            self._searched_frame = frame.frame_index
            for part, tint in plan:
                self._search(frame.i420, frame.frame_index, part, tint)
        self._live = self._without_twins(self._live)
        self._waiting.append(_Waiting(frame.i420, self._live))
        if len(self._waiting) <= self._options.back_frames_max:
            return []
        return self._waiting.popleft().hands()

    def flush(self) -> list[tuple[Hand, ...]]:
        """The hands of the frames that still wait, oldest first."""
        done = [hands for picture in self._waiting for hands in picture.hands()]
        self._waiting.clear()
        return done

    def _follow(self, i420: I420, frame_index: int) -> list[_Track]:
        """Read every live track's hand near its last place; returns the tracks that were lost."""
        kept: list[_Track] = []
        lost: list[_Track] = []
        for track in self._live:
            reading = self._reader.read(i420, compute_region_of_hand(track.reading.landmarks_px), track.tint)
            if reading.presence < self._options.presence_keep_min:
                lost.append(track)
            elif self._has_changed_over(track, reading):
                lost.append(track)
                kept.append(self._new_track(reading, track.tint, frame_index))
            else:
                track.go_on(reading, frame_index)
                kept.append(track)
        self._live = kept
        self._lost = [t for t in self._lost + lost if frame_index - t.last_frame <= self._options.relink_frames_max]
        return lost

    def _is_search_due(self, frame_index: int) -> bool:
        if self._searched_frame is None:
            return True
        if len(self._live) >= self._options.hands_max:
            return False
        every = self._options.search_every[min(len(self._live), 2)]
        is_calm = frame_index - self._changed_frame > self._options.calm_frames
        return frame_index - self._searched_frame >= (2 * every if is_calm else every)

    def _plan_search(self, lost: list[_Track]) -> list[tuple[float, Tint]]:
        """Which sizes and dyes of the picture to search: one after another, but all that suit a lost hand at once."""
        parts = (1.0, self._options.near_part) if len(self._live) < 2 else (1.0,)
        bare = [(part, Tint.AS_FILMED) for part in parts]
        if self._searched_frame is None:
            return bare
        if lost:
            return [(part, tint) for tint in Tint if any(t.tint is tint for t in lost) for part in parts]
        dyes = _DYES if len(self._live) < 2 else [dye for dye in _DYES if any(t.tint is dye for t in self._live)]
        turns = [turn for dye in dyes for turn in (*bare, (1.0, dye))] or bare
        self._n_searches += 1
        return [turns[self._n_searches % len(turns)]]

    def _search(self, i420: I420, frame_index: int, part: float, tint: Tint) -> None:
        """Look for palms that no live track covers, and begin or take up tracks there."""
        options = self._options
        for found in self._detector.find(i420, part, tint):
            if len(self._live) >= options.hands_max:
                return
            if any(_covers(track.reading.landmarks_px, found) for track in self._live):
                continue
            reading = self._reader.read(i420, found.region, tint)
            is_bare = tint is Tint.AS_FILMED
            if reading.presence < (options.presence_start_min if is_bare else options.tinted_start_min):
                continue
            reading, tint_kept = self._choose_tint(i420, found, reading, tint)
            track = self._find_lost(reading)
            if track is None:
                track = self._new_track(reading, tint_kept, frame_index)
            else:
                self._lost.remove(track)
                track.tint = tint_kept
                track.go_on(reading, frame_index)
            self._follow_back(track)
            self._live.append(track)
            self._changed_frame = frame_index

    def _choose_tint(self, i420: I420, found: Palm, reading: Reading, tint: Tint) -> tuple[Reading, Tint]:
        """Where a hand found in a dyed picture is surer as filmed, go on with that: the reading, and its dye."""
        as_filmed = reading if tint is Tint.AS_FILMED else self._reader.read(i420, found.region)
        return (as_filmed, Tint.AS_FILMED) if as_filmed.presence >= reading.presence else (reading, tint)

    def _follow_back(self, track: _Track) -> None:
        """Read a hand that was just found in the pictures before, until it is not there, or already seen."""
        reading = track.reading
        for picture in reversed(self._waiting):
            if len(picture.seen) >= self._options.hands_max or any(other is track for other, _ in picture.seen):
                return
            reading = self._reader.read(picture.i420, compute_region_of_hand(reading.landmarks_px), track.tint)
            if reading.presence < self._options.presence_keep_min or self._has_changed_over(track, reading):
                return
            if any(self._are_twins(theirs, reading) for _, theirs in picture.seen):
                return
            picture.seen.append((track, reading))

    def _new_track(self, reading: Reading, tint: Tint, frame_index: int) -> _Track:
        self._n_tracks += 1
        return _Track(self._n_tracks - 1, reading, tint, frame_index)

    def _find_lost(self, reading: Reading) -> _Track | None:
        """The lost track that this reading goes on with: near, and not clearly the other hand."""
        near = [
            (distance, track.number, track)
            for track in self._lost
            if abs(track.right_vote - reading.right_score) < _SIDES_APART
            and (distance := _distance(track.reading.landmarks_px, reading.landmarks_px))
            < self._options.relink_distance_max
        ]
        return min(near)[2] if near else None

    def _has_changed_over(self, track: _Track, reading: Reading) -> bool:
        """True where the reading is of another hand than the track's so far."""
        return (
            abs(track.right_vote - reading.right_score) > _SIDES_APART
            and _distance(track.reading.landmarks_px, reading.landmarks_px) > self._options.jump_distance_max
        )

    def _without_twins(self, tracks: list[_Track]) -> list[_Track]:
        """Where two tracks sit on one hand, keep the one whose earlier votes fit what is seen, else the longer one."""
        kept: list[_Track] = []
        for track in sorted(tracks, key=_fits, reverse=True):
            if any(self._are_twins(track.reading, other.reading) for other in kept):
                self._lost.append(track)
            else:
                kept.append(track)
        return kept

    def _are_twins(self, one: Reading, other: Reading) -> bool:
        """True where two readings are of one hand."""
        return _distance(one.landmarks_px, other.landmarks_px) < self._options.twin_distance_max


def open_tracker(store: ModelStore, options: TrackerOptions, threads: int = 1) -> HandTracker:
    """Make a tracker with the models of the store.

    Raises:
        ModelMissingError, WrongModelError: A model is not in the store, or not the right one.
    """
    pixels = Pixels(divisor=255, layout="NHWC")
    palm_shape, hand_shape = ((1, side, side, 3) for side in (palm.SIDE, landmarks.SIDE))
    return HandTracker(
        # Rounding to bfloat16 moves landmarks by 0.5 % of the palm in the median.
        open_network(store.path(PALM_DETECTION), palm_shape, threads, pixels, bfloat16=True),
        open_network(store.path(HAND_LANDMARKS), hand_shape, threads, pixels, bfloat16=True),
        options,
    )


def _fits(track: _Track) -> tuple[bool, int]:
    """Sorts tracks by how far this frame's reading fits the track: the same side as before, then a longer past."""
    return (abs(track.right_vote - track.reading.right_score) < 0.5, track.n_frames)


def _size(landmarks_px: Float32) -> float:
    """Longer side of the upright box around a hand, pixels."""
    xy = landmarks_px[:, :2]
    return float((xy.max(axis=0) - xy.min(axis=0)).max())


def _distance(a: Float32, b: Float32) -> float:
    """Mean distance of the landmarks of two hands, in sizes of the larger one."""
    difference = a[:, :2] - b[:, :2]
    return float(np.sqrt((difference * difference).sum(axis=1)).mean()) / max(_size(a), _size(b), 1.0)


def _covers(landmarks_px: Float32, found: Palm) -> bool:
    """True where the hand's own palm lies where the palm was found."""
    x, y = landmarks_px[_PALM_POINTS, :2].mean(axis=0)
    return float(np.hypot(x - found.x, y - found.y)) < 0.6 * found.size
