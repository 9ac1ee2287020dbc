"""Replaces every face in a stream of frames, beyond recovery. The only maker of clean frames from raw ones.

In: raw frames in order. Out: clean frames of the canvas's size in the same order, each exactly once, a little later: a
face is covered before it is first found, so frames wait, on the canvas, until what follows them is known.
It must never blur or scramble: covered pixels are replaced by one constant, and nothing of them is kept.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tacit.footage.canvas import CanvasFit, fit_picture
from tacit.footage.face_search import TURNS, UPRIGHT, SearchesFaces, SearchOptions
from tacit.footage.face_tracks import FaceTracks, TrackOptions
from tacit.footage.faces import Faces
from tacit.footage.follow import Box, FollowOptions, Views
from tacit.records.frames import I420, CleanFrame, RawFrame, planes
from tacit.records.marks import Mark

_FILL_Y, _FILL_UV = 64, 128
"""The constant that replaces a face: dark grey ("ours")."""


@dataclass(frozen=True)
class AnonymiseOptions:
    """How faces are looked for in a stream of frames. All values ours.

    stride_frames: one frame in so many is searched whole;
    small_stride_frames: and in a small picture, for large faces, so many frames after any other search.
    turned_stride_frames: one in so many is searched small and turned, each time by another quarter turn.
    still_stride_frames: one in so many where nothing moves, that is, no part of the small picture changed by more
        than `still_level` of 255 since the last search.
    look_back_frames: frames wait so long, and a face is followed back so far.
    looks_max: at most so many close looks go with a search.
    search: how a picture is searched. tracks, follow: how faces are followed and covered.
    """

    stride_frames: int = 5
    small_stride_frames: int = 2
    turned_stride_frames: int = 15
    still_stride_frames: int = 30
    still_level: float = 6.0
    look_back_frames: int = 45
    looks_max: int = 12
    search: SearchOptions = field(default_factory=SearchOptions)
    tracks: TrackOptions = field(default_factory=TrackOptions)
    follow: FollowOptions = field(default_factory=FollowOptions)


@dataclass(frozen=True)
class _Waiting:
    """A frame on the canvas that waits, and the frame whose picture it shows: itself, or the one that it repeats."""

    frame_index: int
    i420: I420
    is_repeat: bool
    picture_index: int


class Anonymiser:
    """Turns raw frames into clean ones.

    Args:
        detector: Finds the faces of one picture.
        fit: Where the source's pictures lie on the canvas; clean frames have the canvas's size.
        marks: What a reviewer wants covered besides; several of one id are one thing at several times.
    """

    def __init__(
        self,
        detector: SearchesFaces,
        fit: CanvasFit,
        options: AnonymiseOptions | None = None,
        marks: Sequence[Mark] = (),
    ) -> None:
        self._options = options or AnonymiseOptions()
        self._detector = detector
        self._fit = fit
        self._marks: dict[int, list[Mark]] = {}
        for mark in marks:
            self._marks.setdefault(mark.at_frame, []).append(mark)
        self._tracks = FaceTracks(self._options.tracks, fit.canvas_width, fit.canvas_height)
        self._views = Views(self._options.follow)
        self._waiting: deque[_Waiting] = deque()
        self._last: RawFrame | None = None  # the last new picture, as filmed
        self._searched: int | None = None
        self._small_at = -1
        self._turned_at = -1
        self._n_turned = 0

    def push(self, frame: RawFrame) -> list[CleanFrame]:
        """Take the next frame; returns the frames that became clean by it, often none or several."""
        if self._last is None or not frame.is_repeat:
            picture = fit_picture(frame.i420, self._fit)
            self._waiting.append(_Waiting(frame.frame_index, picture, frame.is_repeat, frame.frame_index))
            self._take(frame, picture)
        else:
            shown = self._waiting[-1]
            self._waiting.append(_Waiting(frame.frame_index, shown.i420, frame.is_repeat, shown.picture_index))
        for mark in self._marks.get(frame.frame_index, ()):
            box = np.array([mark.x, mark.y, mark.width, mark.height])
            self._tracks.pin(self._waiting[-1].picture_index, box, mark.mark_id)
        self._tracks.trace(self._views)
        return self._release(frame.frame_index - self._options.look_back_frames)

    def flush(self) -> list[CleanFrame]:
        """The frames that still wait, after the last one was pushed."""
        if self._last is None or not self._waiting:
            return []
        if self._searched != self._last.frame_index:
            self._search_whole(self._last, self._waiting[-1].i420)
            self._tracks.trace(self._views)
        return self._release(self._waiting[-1].frame_index)

    def _take(self, frame: RawFrame, picture: I420) -> None:
        """Follow what is known into a new picture, and search it if it is time."""
        index, before = frame.frame_index, self._last
        self._views.add(index, picture)
        if before is not None:
            self._tracks.step(index, self._views)
        self._last = frame
        if self._searched is None:
            self._search_whole(frame, picture)
            return
        options = self._options
        since = index - self._searched
        if since >= options.stride_frames:
            if since >= options.still_stride_frames or not self._is_still(index):
                self._search_whole(frame, picture)
        elif index - self._turned_at >= options.turned_stride_frames:
            turns = TURNS[self._n_turned % len(TURNS)]
            self._n_turned += 1
            self._turned_at = index
            self._add(index, picture, self._detector.small(picture, turns), turns)
        elif index - max(self._searched, self._small_at) >= options.small_stride_frames and not self._is_still(index):
            self._small_at = index
            self._add(index, picture, self._detector.small(picture, UPRIGHT), UPRIGHT)

    def _is_still(self, frame_index: int) -> bool:
        """True where nothing changed since the last whole search."""
        return self._views.change_since_kept(frame_index) <= self._options.still_level

    def _search_whole(self, frame: RawFrame, picture: I420) -> None:
        """Search a picture whole, and look closely for faces that it does not find again."""
        faces = self._detector.whole(frame.i420)
        self._searched = frame.frame_index
        self._views.keep(frame.frame_index)
        lost = self._tracks.find_lost(faces)[: self._options.looks_max]
        self._add(frame.frame_index, picture, faces, UPRIGHT)
        for track in lost:
            # A head may lean further and further; its own turn comes first.
            for turns in sorted((UPRIGHT, *TURNS[:2]), key=lambda turns: turns != track.turns):
                close = self._detector.look(picture, track.boxes[frame.frame_index], turns)
                if self._tracks.see_again(track, frame.frame_index, close, turns):
                    break

    def _add(self, frame_index: int, picture: I420, faces: Faces, turns: int) -> None:
        """Put faces down; those that nobody knows yet and that are not sure are looked at closely before."""
        sure = self._options.tracks.score_sure
        doubtful = [i for i in self._tracks.find_strangers(faces) if faces[i, 4] < sure]
        for i in doubtful[: self._options.looks_max]:
            close = self._detector.look(picture, faces[i, :4].astype(np.float64), turns)
            faces[i, 4] = max([faces[i, 4], *close[:, 4]])
        self._tracks.add(frame_index, faces, turns)

    def _release(self, upto_index: int) -> list[CleanFrame]:
        """Clean the waiting frames up to an index; all that can bear on them is known."""
        clean: list[CleanFrame] = []
        while self._waiting and self._waiting[0].frame_index <= upto_index:
            waiting = self._waiting.popleft()
            boxes = [self._cut(box) for box in self._tracks.boxes_at(waiting.picture_index)]
            clean.append(_cover(waiting, [box for box in boxes if box[2] > 0 and box[3] > 0]))
        if clean and self._waiting:
            self._tracks.forget(self._waiting[0].picture_index)
            self._views.forget(self._waiting[0].picture_index)
        return clean

    def _cut(self, box: Box) -> NDArray[np.intp]:
        """Round a box outward to even pixels and cut it to the picture; x, y, width, height."""
        low = np.floor(box[:2] / 2).astype(np.intp) * 2
        high = np.ceil((box[:2] + box[2:]) / 2).astype(np.intp) * 2
        size = np.array([self._fit.canvas_width, self._fit.canvas_height])
        low, high = np.clip(low, 0, size), np.clip(high, 0, size)
        return np.concatenate([low, high - low])


def _cover(frame: _Waiting, boxes: list[NDArray[np.intp]]) -> CleanFrame:
    """Fill boxes with the constant in a copy of the frame; a frame without boxes is handed on as it is."""
    covered = np.array(boxes, np.float32).reshape(-1, 4)
    if not boxes:
        return CleanFrame(frame.frame_index, frame.i420, frame.is_repeat, covered)
    i420: I420 = frame.i420.copy()
    luma, *chroma = planes(i420)
    for x, y, box_width, box_height in boxes:
        luma[y : y + box_height, x : x + box_width] = _FILL_Y
        for plane in chroma:
            plane[y // 2 : (y + box_height) // 2, x // 2 : (x + box_width) // 2] = _FILL_UV
    return CleanFrame(frame.frame_index, i420, frame.is_repeat, covered)
