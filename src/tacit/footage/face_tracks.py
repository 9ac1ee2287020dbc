"""Follows faces from search to search and says what to cover in any frame, also in those that were not searched.

In: the faces of searched frames, in rising order. Out: boxes to cover in one frame. Pure: numbers only.
Where there is doubt it covers more. A track is a place in the picture that moves, never a person.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tacit.footage.faces import Faces

Box = NDArray[np.float64]
"""(4,) float64: x and y of the upper left corner, width, height in pixels."""


@dataclass(frozen=True)
class TrackOptions:
    """How faces are followed and how much around them is covered. All values ours.

    score_sure: a track counts as a face once one of its boxes scores this.
    score_start: or this, if it has at least two boxes; lower scores only carry a track on.
    hold_frames: a face is covered this long before its first and after its last box, and lost after it.
    reach: a box belongs to a track if its centre is nearer than this many box sizes to the track's last one.
    growth_max: and if it is at most this many times as large or as small.
    calm_move: a move by more box sizes than this between two searches leaves doubt about the frames between.
    margin_side, margin_top, margin_bottom: parts of the box that are added for ears, hair and chin.
    move_margin: part of the way between two boxes that is added to the boxes between, against uneven motion.
    hold_growth: part of the box by which each side of a held box grows with every frame.
    """

    score_sure: float = 0.5
    score_start: float = 0.35
    hold_frames: int = 15
    reach: float = 1.2
    growth_max: float = 2.0
    calm_move: float = 0.4
    margin_side: float = 0.3
    margin_top: float = 0.4
    margin_bottom: float = 0.25
    move_margin: float = 0.3
    hold_growth: float = 0.01


@dataclass
class _Track:
    """One moving place: the searched frames in which it was seen, its boxes there, and its best score ever."""

    frame_indices: list[int] = field(default_factory=list)
    boxes: list[Box] = field(default_factory=list)
    best_score: float = 0.0
    n_boxes: int = 0

    def add(self, frame_index: int, face: NDArray[np.float32]) -> None:
        """Put down where it was seen; `face` is a box with its score."""
        self.frame_indices.append(frame_index)
        self.boxes.append(face[:4].astype(np.float64))
        self.best_score = max(self.best_score, float(face[4]))
        self.n_boxes += 1

    def is_face(self, options: TrackOptions) -> bool:
        """True where it is sure enough to be a face that it has to be covered."""
        needed = options.score_start if self.n_boxes > 1 else options.score_sure
        return self.best_score >= needed


class FaceTracks:
    """All tracks of one recording, as far back as frames still wait for their boxes."""

    def __init__(self, options: TrackOptions) -> None:
        self._options = options
        self._tracks: list[_Track] = []
        self._searched = -1

    def leaves_doubt(self, faces: Faces) -> bool:
        """True where these faces do not match those of the last search one to one and nearby, as a still head would.

        The frames between the two searches should then be searched too, before `add`.
        """
        options = self._options
        recent = [track for track in self._tracks if track.frame_indices[-1] == self._searched]
        pairs = self._match(recent, faces)
        for track_index, face_index in pairs.items():
            counts = recent[track_index].is_face(options) or faces[face_index, 4] >= options.score_start
            if counts and _distance(recent[track_index].boxes[-1], faces[face_index]) > options.calm_move:
                return True
        is_lost = any(track.is_face(options) for i, track in enumerate(recent) if i not in pairs)
        is_new = any(face[4] >= options.score_start for i, face in enumerate(faces) if i not in pairs.values())
        return is_lost or is_new

    def add(self, frame_index: int, faces: Faces) -> None:
        """Put down the faces of a searched frame; frames come in rising order."""
        options = self._options
        alive = [track for track in self._tracks if frame_index - track.frame_indices[-1] <= options.hold_frames]
        owners = {face_index: alive[track_index] for track_index, face_index in self._match(alive, faces).items()}
        for face_index, face in enumerate(faces):
            track = owners.get(face_index)
            if track is None:
                track = _Track()
                self._tracks.append(track)
            track.add(frame_index, face)
        self._searched = frame_index

    def forget(self, frame_index: int) -> None:
        """Drop what frames from this index on cannot need any more, so that memory stays flat."""
        oldest = frame_index - self._options.hold_frames
        self._tracks = [track for track in self._tracks if track.frame_indices[-1] >= oldest]
        for track in self._tracks:
            # One more box than needed stays, so that the last one still has a direction.
            n_old = sum(index < oldest for index in track.frame_indices[:-2])
            del track.frame_indices[:n_old], track.boxes[:n_old]

    def boxes_at(self, frame_index: int) -> list[Box]:
        """What to cover in a frame, margins included, not yet cut to the picture."""
        found = [self._box_at(track, frame_index) for track in self._tracks if track.is_face(self._options)]
        return [self._widen(box) for box in found if box is not None]

    def _match(self, tracks: list[_Track], faces: Faces) -> dict[int, int]:
        """Pair tracks and faces one to one, the nearest first; indices of tracks to indices of faces."""
        options = self._options
        near = []
        for track_index, track in enumerate(tracks):
            last = track.boxes[-1]
            for face_index, face in enumerate(faces):
                growth = float(np.sqrt(face[2] * face[3] / (last[2] * last[3])))
                distance = _distance(last, face)
                if distance <= options.reach and 1 / options.growth_max <= growth <= options.growth_max:
                    near.append((distance, track_index, face_index))
        pairs: dict[int, int] = {}
        for _, track_index, face_index in sorted(near):
            if track_index not in pairs and face_index not in pairs.values():
                pairs[track_index] = face_index
        return pairs

    def _box_at(self, track: _Track, frame_index: int) -> Box | None:
        """Where a track's face is in a frame: seen, between two boxes, or held; None where it is not there."""
        later = int(np.searchsorted(track.frame_indices, frame_index))
        if later < len(track.frame_indices) and track.frame_indices[later] == frame_index:
            return track.boxes[later]
        if later == 0:
            return self._hold(track, 0, frame_index)
        if later == len(track.frame_indices):
            return self._hold(track, -1, frame_index)
        start, end = track.frame_indices[later - 1], track.frame_indices[later]
        first, last = track.boxes[later - 1], track.boxes[later]
        box = first + (last - first) * (frame_index - start) / (end - start)
        return _grow(box, np.abs(_centre(last) - _centre(first)) * self._options.move_margin)

    def _hold(self, track: _Track, edge: int, frame_index: int) -> Box | None:
        """The first or last box of a track, kept and stretched the way it moved, as long as it is held."""
        n_frames = abs(frame_index - track.frame_indices[edge])
        if n_frames > self._options.hold_frames:
            return None
        box = track.boxes[edge]
        grown = _grow(box, box[2:] * self._options.hold_growth * n_frames)
        if len(track.boxes) < 2:
            return grown
        inner = 1 if edge == 0 else -2
        step = (_centre(box) - _centre(track.boxes[inner])) / abs(
            track.frame_indices[edge] - track.frame_indices[inner]
        )
        # It may have gone on for up to one box size; cover the whole way.
        way = np.clip(step * n_frames, -box[2:], box[2:])
        return np.concatenate([grown[:2] + np.minimum(way, 0), grown[2:] + np.abs(way)])

    def _widen(self, box: Box) -> Box:
        """Add the margins for ears, hair and chin."""
        options = self._options
        side, top, bottom = box[2] * options.margin_side, box[3] * options.margin_top, box[3] * options.margin_bottom
        return np.array([box[0] - side, box[1] - top, box[2] + 2 * side, box[3] + top + bottom])


def _centre(box: Box) -> Box:
    """The centre of a box, (2,)."""
    return box[:2] + box[2:4] / 2


def _distance(box: Box, face: NDArray[np.floating]) -> float:
    """Distance of two boxes' centres, in sizes of the smaller one."""
    size = min(np.sqrt(box[2] * box[3]), np.sqrt(face[2] * face[3]))
    return float(np.hypot(*(_centre(box) - _centre(np.asarray(face, np.float64)))) / size)


def _grow(box: Box, by: Box) -> Box:
    """A box with `by` (2,) pixels more on each side."""
    return np.concatenate([box[:2] - by, box[2:] + 2 * by])
