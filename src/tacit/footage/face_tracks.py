"""Tracks of faces: a moving place for each, known in every frame from its first to its last, and what to cover there.

In: frame by frame, where the follower takes each track and which faces a search found. Out: boxes to cover in a frame.
Pure: numbers only. Where there is doubt it covers more. A track is a place in the picture that moves, never a person.
"""

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from tacit.footage.faces import Faces, compute_overlap
from tacit.footage.follow import STANDING, Box, Motion, Speed, move_box, visible_share

_DOUBLE_MIN = 0.4
"""Two tracks with so much intersection over union are one ("ours")."""


class Follows(Protocol):
    """Whatever finds a piece of one frame again in a neighbouring one."""

    def __call__(self, before: int, after: int, box: Box, speed: Speed) -> tuple[Motion, Box | None]:
        """How a box should move from frame `before` to frame `after`, and where it went; None if not sure.

        speed: by which it moves besides the camera.
        """

    def earlier(self, frame_index: int) -> list[int]:
        """The frames before this one that can be followed into, newest first."""


@dataclass(frozen=True)
class TrackOptions:
    """How long faces are followed and how much around them is covered. All values ours.

    score_sure: a track counts as a face once one of its boxes scores this.
    score_start: or this, if it has at least two boxes;
    score_weak: lower scores are no find at all;
    weak_boxes: or if it has so many boxes of any score, in places where the follower took it.
    reach: a box belongs to a track if its centre is nearer than this many box sizes to where the track is now.
    growth_max: and if it is at most this many times as large or as small.
    rush_share: a face found once and no more may have rushed on to where another is found: by at most this part of the
        picture's width in a frame, which is across the picture in three quarters of a second,
    rush_frames: within so many frames.
    carry_frames: a face is followed through so many pictures without being found again by any search,
    blank_looks: and until so many close looks in a row saw nothing like a face there: all scores below `score_hint`.
    carry_weak_frames: what is not sure to be a face yet, through so many.
    hold_frames: where the follower has lost a face it is covered in so many more, moved as the camera moves.
    hold_mark_frames: likewise a marked thing, for which no search will tell.
    margin_side, margin_top, margin_bottom: parts of the box that are added for ears, hair and chin.
    hold_growth: part of the box by which each side grows with every frame in which it is only held.
    carry_growth: likewise with every frame in which it is followed, but not found.
    slip_margin: part of the way that a track was off when it was found again, added to its boxes since.
    """

    score_sure: float = 0.5
    score_start: float = 0.35
    score_weak: float = 0.2
    weak_boxes: int = 5
    reach: float = 0.8
    growth_max: float = 2.0
    rush_share: float = 0.045
    rush_frames: int = 5
    carry_frames: int = 90
    blank_looks: int = 6
    score_hint: float = 0.1
    carry_weak_frames: int = 15
    hold_frames: int = 12
    hold_mark_frames: int = 30
    margin_side: float = 0.3
    margin_top: float = 0.4
    margin_bottom: float = 0.25
    hold_growth: float = 0.08
    carry_growth: float = 0.003
    slip_margin: float = 0.3


@dataclass(frozen=True)
class Grip:
    """How well the follower has a track: the last frame in which it was sure, and pictures since then.

    speed: of a face that rushes, besides the camera's; 0 for all others.
    """

    sure_at: int
    held_for: int = 0
    speed: Speed = field(default_factory=lambda: STANDING)


@dataclass
class FaceTrack:
    """One moving place.

    boxes: by frame index, from the first to the last without a gap; slack: pixels by which each side is uncertain.
    found_at: the last frame in which a search found it. unfound_for: pictures since then.
    blank_for: close looks since then that saw nothing like a face. grip: of the follower, in its last frame.
    mark_id: of the mark that it was started by; it is covered and followed on, whatever any search says.
    turns: by how many quarter turns the picture has to be turned for its face to be upright.
    """

    boxes: dict[int, Box] = field(default_factory=dict)
    slack: dict[int, float] = field(default_factory=dict)
    best_score: float = 0.0
    n_found: int = 0
    found_at: int = -1
    unfound_for: int = 0
    blank_for: int = 0
    grip: Grip = field(default_factory=lambda: Grip(-1))
    mark_id: str = ""
    turns: int = 0
    is_traced: bool = False
    is_alive: bool = True

    def is_face(self, options: TrackOptions) -> bool:
        """True where it is sure enough to be a face that it has to be covered."""
        needed = options.score_start if self.n_found > 1 else options.score_sure
        return bool(self.mark_id) or self.best_score >= needed or self.n_found >= options.weak_boxes


class FaceTracks:
    """All tracks of one recording, as far back as frames still wait for their boxes.

    Args:
        width, height: Pixels of the frames; a track that leaves them ends.
    """

    def __init__(self, options: TrackOptions, width: int, height: int) -> None:
        self._options = options
        self._width, self._height = width, height
        self._tracks: list[FaceTrack] = []
        self._now = -1

    def step(self, frame_index: int, follows: Follows) -> None:
        """Take every live track into the next frame."""
        options = self._options
        for track in self._alive():
            track.unfound_for += 1
            unfound_max = options.carry_frames if track.is_face(options) else options.carry_weak_frames
            if not track.mark_id and (track.unfound_for > unfound_max or track.blank_for >= options.blank_looks):
                track.is_alive = False
                continue
            grip = self._carry(track, self._now, frame_index, follows, track.grip)
            track.is_alive = grip is not None
            track.grip = grip or track.grip
        self._now = frame_index

    def add(self, frame_index: int, faces: Faces, turns: int = 0) -> None:
        """Put down the faces that a search found in a frame: the one of the last `step`, or the first of all.

        Args:
            turns: By how many quarter turns the picture was turned in which they were found.
        """
        self._now = frame_index
        alive = self._alive()
        owners = self._match(alive, faces)
        missed = [track for i, track in enumerate(alive) if i not in owners.values()]
        for face_index, face in enumerate(faces):
            track = alive[owners[face_index]] if face_index in owners else FaceTrack(turns=turns)
            self._put(track, frame_index, face)
            if face_index not in owners:
                self._bridge(track, missed)
                self._tracks.append(track)
        self._drop_doubles(frame_index)

    def pin(self, frame_index: int, box: Box, mark_id: str) -> None:
        """Put a marked thing down in the frame of the last `step`, or the first of all."""
        self._now = frame_index
        track = next((track for track in self._alive() if track.mark_id == mark_id), None)
        if track is None:
            track = FaceTrack(mark_id=mark_id)
            self._tracks.append(track)
        track.boxes[frame_index], track.slack[frame_index] = box, 0.0
        track.found_at, track.grip = frame_index, Grip(frame_index)

    def trace(self, follows: Follows) -> None:
        """Take the tracks that became faces since the last call back in time, as far as they can be followed."""
        for track in self._tracks:
            if track.is_traced or not track.is_face(self._options):
                continue
            track.is_traced = True
            first = min(track.boxes)
            grip = Grip(first, speed=track.grip.speed)
            for index in follows.earlier(first):
                still = self._carry(track, first, index, follows, grip)
                if still is None:
                    break
                first, grip = index, still

    def find_strangers(self, faces: Faces) -> list[int]:
        """Which of these faces of the current frame belong to no track that is known to be a face."""
        alive = self._alive()
        owners = self._match(alive, faces)
        return [i for i in range(len(faces)) if i not in owners or not alive[owners[i]].is_face(self._options)]

    def find_lost(self, faces: Faces) -> list[FaceTrack]:
        """The known faces in the current frame that none of these faces belong to."""
        alive = self._alive()
        found = set(self._match(alive, faces).values())
        return [
            track
            for i, track in enumerate(alive)
            if i not in found and not track.mark_id and track.is_face(self._options)
        ]

    def see_again(self, track: FaceTrack, frame_index: int, faces: Faces, turns: int) -> bool:
        """Tell a lost track what a close look saw there in the current frame; True where that is its face."""
        hints = faces[faces[:, 4] >= self._options.score_hint]
        if len(hints):
            track.blank_for = 0
        elif turns == track.turns:
            track.blank_for += 1
        found = hints[hints[:, 4] >= self._options.score_weak][:1]
        if not len(found) or not self._match([track], found):
            return False
        track.turns = turns
        self._put(track, frame_index, found[0])
        return True

    def ways(self, mark_id: str) -> dict[int, Box]:
        """Where a marked thing is by frame index, as far as it is not forgotten; with its slack, without margins."""
        tracks = [track for track in self._tracks if track.mark_id == mark_id]
        return {
            index: np.concatenate([box[:2] - track.slack[index], box[2:] + 2 * track.slack[index]])
            for track in tracks
            for index, box in track.boxes.items()
        }

    def forget(self, frame_index: int) -> None:
        """Drop what frames from this index on cannot need any more, so that memory stays flat."""
        for track in self._tracks:
            for index in [index for index in track.boxes if index < frame_index]:
                del track.boxes[index], track.slack[index]
        self._tracks = [track for track in self._tracks if track.boxes]

    def boxes_at(self, frame_index: int) -> list[Box]:
        """What to cover in a frame, margins included, not yet cut to the picture."""
        return [
            self._widen(track.boxes[frame_index], track.slack[frame_index])
            for track in self._tracks
            if frame_index in track.boxes and track.is_face(self._options)
        ]

    def _alive(self) -> list[FaceTrack]:
        return [track for track in self._tracks if track.is_alive and self._now in track.boxes]

    def _put(self, track: FaceTrack, frame_index: int, face: NDArray[np.float32]) -> None:
        """Put a face with its score down as the place of a track in a frame."""
        box = face[:4].astype(np.float64)
        if frame_index in track.boxes:
            self._settle(track, frame_index, box)
        track.boxes[frame_index], track.slack[frame_index] = box, 0.0
        track.best_score, track.n_found = max(track.best_score, float(face[4])), track.n_found + 1
        track.found_at, track.unfound_for, track.blank_for = frame_index, 0, 0
        track.grip = Grip(frame_index, speed=track.grip.speed)

    def _bridge(self, track: FaceTrack, missed: list[FaceTrack]) -> None:
        """Join a face that was found just now for the first time to the slowest of those that may have rushed there.

        What it is joined to stays as it is, so that nothing is uncovered if they are two.
        """
        end = track.boxes[self._now]
        rushes = [(other, speed) for other in missed if (speed := self._compute_rush(other, end)) is not None]
        if not rushes:
            return
        other, speed = min(rushes, key=lambda rush: float(np.hypot(*rush[1])))
        start, n_frames = other.boxes[other.found_at], self._now - other.found_at
        for index in [index for index in other.boxes if other.found_at <= index < self._now]:
            track.boxes[index] = start + (end - start) * (index - other.found_at) / n_frames
            track.slack[index] = self._options.slip_margin * _size(end)
        track.best_score, track.n_found = max(track.best_score, other.best_score), track.n_found + other.n_found
        track.grip = Grip(self._now, speed=speed)

    def _compute_rush(self, track: FaceTrack, box: Box) -> Speed | None:
        """The speed at which a track would have got to a box in the current frame; None where it did not.

        What was found twice where the follower took it does not rush.
        """
        options = self._options
        n_frames = self._now - track.found_at
        may_rush = not track.mark_id and (track.n_found == 1 or bool(track.grip.speed.any()))
        if not may_rush or not 0 < n_frames <= options.rush_frames or track.found_at not in track.boxes:
            return None
        here = track.boxes[self._now]
        speed = np.asarray(track.grip.speed + (_centre(box) - _centre(here)) / n_frames, np.float64)
        growth = _size(box) / _size(here)
        is_near = np.hypot(*speed) <= options.rush_share * self._width
        return speed if is_near and 1 / options.growth_max <= growth <= options.growth_max else None

    def _drop_doubles(self, frame_index: int) -> None:
        """End the tracks that were not found and lie where one that was found lies; their past stays."""
        alive = self._alive()
        found = [track.boxes[frame_index] for track in alive if track.found_at == frame_index]
        if not found:
            return
        for track in alive:
            if track.found_at < frame_index and not track.mark_id:
                track.is_alive = compute_overlap(track.boxes[frame_index], np.stack(found)).max() < _DOUBLE_MIN

    def _carry(self, track: FaceTrack, before: int, after: int, follows: Follows, grip: Grip) -> Grip | None:
        """Take a track's box from one frame into a neighbouring one, either way; None where it ends.

        What the follower has lost it goes on with whatever is there now, if it is a face, since searches will tell:
        a head that turned fast looks new. A marked thing must look as it did.
        """
        options = self._options
        expected, box = follows(before, after, track.boxes[before], grip.speed)
        hold_frames = options.hold_frames
        if track.mark_id:
            hold_frames = options.hold_mark_frames
            if grip.held_for:
                sure = track.boxes.get(grip.sure_at)
                box = None if sure is None else follows(grip.sure_at, after, sure, grip.speed)[1]
        slack = track.slack[before]
        if box is not None:
            speed = grip.speed
            if speed.any():
                off = _centre(box) - _centre(move_box(track.boxes[before], expected))
                speed = speed + off / (after - before)
            grip = Grip(after, speed=speed)
            slack += options.carry_growth * _size(box)
        else:
            grip = Grip(grip.sure_at, grip.held_for + 1, grip.speed)
            box = move_box(track.boxes[before], expected)
            slack += options.hold_growth * _size(box)
        if grip.held_for > hold_frames or not visible_share(self._widen(box, slack), self._width, self._height):
            return None
        track.boxes[after], track.slack[after] = box, slack
        return grip

    def _settle(self, track: FaceTrack, frame_index: int, box: Box) -> None:
        """Bend a track's way since it was last found, so that it ends where it was found now."""
        slip = box - track.boxes[frame_index]
        off = float(np.hypot(*_centre(slip))) * self._options.slip_margin
        n_frames = frame_index - track.found_at
        for index, way in track.boxes.items():
            if track.found_at < index < frame_index:
                way[:] += slip * (index - track.found_at) / n_frames
                track.slack[index] += off

    def _match(self, tracks: list[FaceTrack], faces: Faces) -> dict[int, int]:
        """Pair faces of the current frame and tracks one to one, the nearest first; index of face to index of track."""
        options = self._options
        near = []
        for track_index, track in enumerate(tracks):
            here = track.boxes[self._now]
            reach = options.reach + track.slack[self._now] / _size(here)
            for face_index, face in enumerate(faces):
                growth = float(np.sqrt(face[2] * face[3] / (here[2] * here[3])))
                distance = _distance(here, face)
                if distance <= reach and 1 / options.growth_max <= growth <= options.growth_max:
                    near.append((distance, track_index, face_index))
        pairs: dict[int, int] = {}
        for _, track_index, face_index in sorted(near):
            if face_index not in pairs and track_index not in pairs.values():
                pairs[face_index] = track_index
        return pairs

    def _widen(self, box: Box, slack: float) -> Box:
        """Add the margins for ears, hair and chin, and what is uncertain."""
        options = self._options
        side, top, bottom = box[2] * options.margin_side, box[3] * options.margin_top, box[3] * options.margin_bottom
        low = box[:2] - (side + slack, top + slack)
        high = box[:2] + box[2:] + (side + slack, bottom + slack)
        return np.concatenate([low, high - low])


def _centre(box: Box) -> Box:
    """The centre of a box, (2,)."""
    return box[:2] + box[2:4] / 2


def _size(box: Box) -> float:
    """The side of the square that is as large as a box."""
    return float(np.sqrt(box[2] * box[3]))


def _distance(box: Box, face: NDArray[np.floating]) -> float:
    """Distance of two boxes' centres, in sizes of the smaller one."""
    size = min(np.sqrt(box[2] * box[3]), np.sqrt(face[2] * face[3]))
    return float(np.hypot(*(_centre(box) - _centre(np.asarray(face, np.float64)))) / size)
