"""Follows everyone's hands from frame to frame.

In: clean frames in order. Out: the hands of each frame, with numbers that stay with a hand. Landmarks are read where
the hand was in the frame before; palms are searched for when a hand was lost, and now and then for new ones.
Short and unsure tracks are not judged here: whoever sees the whole recording can do that better (see `assemble`).
It keeps no picture and must never be handed a raw frame.
"""

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.models.inference import Network, Pixels
from tacit.models.manifest import HAND_LANDMARKS, PALM_DETECTION
from tacit.models.store import ModelStore
from tacit.motion import landmarks, palm
from tacit.motion.landmarks import LandmarkReader, Reading
from tacit.motion.palm import Palm, PalmDetector, PalmOptions
from tacit.motion.regions import compute_region_of_hand
from tacit.records.frames import CleanFrame
from tacit.records.hands import Float32, Hand

_PALM_POINTS = np.array([0, 5, 9, 13, 17])


@dataclass(frozen=True)
class TrackerOptions:
    """How hands are followed. All numbers are ours, chosen on how the models behave, not on any clip.

    hands_max: at most so many hands at once.
    presence_start_min, presence_keep_min: how sure the model must be to begin a track and to go on with it.
    search_every_lone, search_every: frames between two searches for palms while fewer than two hands are followed,
        and while two or more are.
    near_part: while fewer than two hands are followed, a second search shrinks the picture to this part, which finds
        hands near the camera or cut off by the picture's edge.
    relink_frames_max: a lost hand that comes back near its place within so many frames keeps its number.
    relink_distance_max: how near that is, in hand sizes.
    twin_distance_max: tracks whose landmarks lie nearer on average, in hand sizes, are one hand seen twice.
    jump_distance_max: a track that jumps further within a frame, in hand sizes, and turns from a left into a right
        hand or back, has gone over to another hand and gets a new number.
    """

    hands_max: int = 4
    presence_start_min: float = 0.6
    presence_keep_min: float = 0.5
    search_every_lone: int = 2
    search_every: int = 6
    near_part: float = 0.5
    relink_frames_max: int = 15
    relink_distance_max: float = 1.5
    twin_distance_max: float = 0.25
    jump_distance_max: float = 0.4
    palm: PalmOptions = field(default_factory=PalmOptions)


class _Track:
    """One hand being followed: its number, its newest reading, and how its votes for right stood so far."""

    def __init__(self, number: int, reading: Reading, frame_index: int) -> None:
        self.number = number
        self.reading = reading
        self.last_frame = frame_index
        self.n_frames = 1
        self.right_vote = reading.right_score

    def go_on(self, reading: Reading, frame_index: int) -> None:
        """Take the next reading; older votes fade over about twenty frames."""
        self.n_frames += 1
        self.right_vote += (reading.right_score - self.right_vote) / min(self.n_frames, 20)
        self.reading = reading
        self.last_frame = frame_index

    def as_hand(self) -> Hand:
        """The record of this frame's reading."""
        return Hand(*self.reading, self.number)


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
        self._n_tracks = 0
        self._searched_frame: int | None = None
        self._hands: tuple[Hand, ...] = ()

    def step(self, frame: CleanFrame) -> tuple[Hand, ...]:
        """Find the hands of the next frame, everyone's, in no particular order."""
        if frame.is_repeat and self._searched_frame is not None:
            return self._hands
        rgb = np.asarray(cv2.cvtColor(frame.i420, cv2.COLOR_YUV2RGB_I420), dtype=np.uint8)
        lost_any = self._follow(rgb, frame.frame_index)
        if lost_any or self._is_search_due(frame.frame_index):
            self._searched_frame = frame.frame_index
            self._search(rgb, frame.frame_index, 1.0)
            if len(self._live) < 2:
                self._search(rgb, frame.frame_index, self._options.near_part)
        self._live = self._without_twins(self._live)
        self._hands = tuple(track.as_hand() for track in self._live)
        return self._hands

    def _follow(self, rgb: NDArray[np.uint8], frame_index: int) -> bool:
        """Read every live track's hand near its last place; True where one was lost."""
        kept: list[_Track] = []
        lost_any = False
        for track in self._live:
            reading = self._reader.read(rgb, compute_region_of_hand(track.reading.landmarks_px))
            if reading.presence < self._options.presence_keep_min:
                self._lost.append(track)
                lost_any = True
            elif self._has_changed_over(track, reading):
                self._lost.append(track)
                kept.append(self._new_track(reading, frame_index))
                lost_any = True
            else:
                track.go_on(reading, frame_index)
                kept.append(track)
        self._live = kept
        self._lost = [t for t in self._lost if frame_index - t.last_frame <= self._options.relink_frames_max]
        return lost_any

    def _is_search_due(self, frame_index: int) -> bool:
        if self._searched_frame is None:
            return True
        if len(self._live) >= self._options.hands_max:
            return False
        every = self._options.search_every if len(self._live) >= 2 else self._options.search_every_lone
        return frame_index - self._searched_frame >= every

    def _search(self, rgb: NDArray[np.uint8], frame_index: int, part: float) -> None:
        """Look for palms that no live track covers, and begin or take up tracks there."""
        for found in self._detector.find(rgb, part):
            if len(self._live) >= self._options.hands_max:
                return
            if any(_covers(track.reading.landmarks_px, found) for track in self._live):
                continue
            reading = self._reader.read(rgb, found.region)
            if reading.presence < self._options.presence_start_min:
                continue
            track = self._find_lost(reading)
            if track is None:
                self._live.append(self._new_track(reading, frame_index))
            else:
                self._lost.remove(track)
                track.go_on(reading, frame_index)
                self._live.append(track)

    def _new_track(self, reading: Reading, frame_index: int) -> _Track:
        self._n_tracks += 1
        return _Track(self._n_tracks - 1, reading, frame_index)

    def _find_lost(self, reading: Reading) -> _Track | None:
        """The lost track that this reading goes on with: near, and not clearly the other hand."""
        near = [
            (distance, track.number, track)
            for track in self._lost
            if abs(track.right_vote - reading.right_score) < 0.6
            and (distance := _distance(track.reading.landmarks_px, reading.landmarks_px))
            < self._options.relink_distance_max
        ]
        return min(near)[2] if near else None

    def _has_changed_over(self, track: _Track, reading: Reading) -> bool:
        """True where the reading is of another hand than the track's so far."""
        return (
            abs(track.right_vote - reading.right_score) > 0.6
            and _distance(track.reading.landmarks_px, reading.landmarks_px) > self._options.jump_distance_max
        )

    def _without_twins(self, tracks: list[_Track]) -> list[_Track]:
        """Where two tracks sit on one hand, keep the one whose earlier votes fit what is seen, else the longer one."""
        kept: list[_Track] = []
        for track in sorted(tracks, key=_fits, reverse=True):
            if all(
                _distance(track.reading.landmarks_px, other.reading.landmarks_px) >= self._options.twin_distance_max
                for other in kept
            ):
                kept.append(track)
            else:
                self._lost.append(track)
        return kept


def open_tracker(store: ModelStore, options: TrackerOptions, threads: int = 1) -> HandTracker:
    """Make a tracker with the models of the store.

    Raises:
        ModelMissingError, WrongModelError: A model is not in the store, or not the right one.
    """
    pixels = Pixels(divisor=255, layout="NHWC")
    return HandTracker(
        Network(store.path(PALM_DETECTION), (1, palm.SIDE, palm.SIDE, 3), threads, pixels),
        Network(store.path(HAND_LANDMARKS), (1, landmarks.SIDE, landmarks.SIDE, 3), threads, pixels),
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
