"""Replaces every face in a stream of frames, beyond recovery. The only maker of clean frames from raw ones.

In: raw frames in order. Out: clean frames in the same order, each exactly once, a little later: a face is covered
before it is first found and after it is last found, so frames wait until what follows them is known.
It must never blur or scramble: covered pixels are replaced by one constant, and nothing of them is kept.
"""

from collections import deque
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from tacit.footage.face_tracks import Box, FaceTracks, TrackOptions
from tacit.footage.faces import FindsFaces
from tacit.records.frames import I420, CleanFrame, RawFrame

_FILL_Y, _FILL_UV = 64, 128
"""The constant that replaces a face: dark grey ("ours")."""


@dataclass(frozen=True)
class AnonymiseOptions:
    """How faces are looked for in a stream of frames.

    stride_frames: one frame in so many is searched; where two searches disagree, all between them are.
    tracks: how faces are followed and covered.
    """

    stride_frames: int = 5
    tracks: TrackOptions = field(default_factory=TrackOptions)


@dataclass(frozen=True)
class _Waiting:
    """A frame that waits, and the frame whose picture it shows: itself, or the one that it repeats."""

    frame: RawFrame
    picture_index: int


class Anonymiser:
    """Turns raw frames into clean ones.

    Args:
        detector: Finds the faces of one picture.
        width, height: Pixels of the frames.
    """

    def __init__(self, detector: FindsFaces, width: int, height: int, options: AnonymiseOptions | None = None) -> None:
        self._options = options or AnonymiseOptions()
        self._detector = detector
        self._width, self._height = width, height
        self._tracks = FaceTracks(self._options.tracks)
        self._waiting: deque[_Waiting] = deque()
        self._searched: int | None = None
        self._picture_index: int | None = None

    def push(self, frame: RawFrame) -> list[CleanFrame]:
        """Take the next frame; returns the frames that became clean by it, often none or several."""
        if self._picture_index is None or not frame.is_repeat:
            self._picture_index = frame.frame_index
        is_new = self._picture_index == frame.frame_index
        self._waiting.append(_Waiting(frame, self._picture_index))
        is_due = self._searched is None or frame.frame_index - self._searched >= self._options.stride_frames
        if not is_new or not is_due:
            return []
        self._search(frame)
        return self._release(frame.frame_index - self._options.tracks.hold_frames)

    def flush(self) -> list[CleanFrame]:
        """The frames that still wait, after the last one was pushed."""
        if not self._waiting:
            return []
        last = self._waiting[-1]
        if last.picture_index != self._searched:
            self._search(
                next(waiting.frame for waiting in self._waiting if waiting.picture_index == last.picture_index)
            )
        return self._release(last.frame.frame_index)

    def _search(self, frame: RawFrame) -> None:
        """Search a frame, and all since the last search where the two do not agree."""
        faces = self._detector.find(frame.i420)
        if self._searched is not None and self._tracks.leaves_doubt(faces):
            for waiting in self._waiting:
                index = waiting.frame.frame_index
                if self._searched < index < frame.frame_index and index == waiting.picture_index:
                    self._tracks.add(index, self._detector.find(waiting.frame.i420))
        self._tracks.add(frame.frame_index, faces)
        self._searched = frame.frame_index

    def _release(self, upto_index: int) -> list[CleanFrame]:
        """Clean the waiting frames up to an index; all that can bear on them is known."""
        clean: list[CleanFrame] = []
        while self._waiting and self._waiting[0].frame.frame_index <= upto_index:
            waiting = self._waiting.popleft()
            boxes = [self._cut(box) for box in self._tracks.boxes_at(waiting.picture_index)]
            clean.append(_cover(waiting.frame, [box for box in boxes if box[2] > 0 and box[3] > 0]))
        if self._waiting:
            self._tracks.forget(self._waiting[0].picture_index)
        return clean

    def _cut(self, box: Box) -> NDArray[np.intp]:
        """Round a box outward to even pixels and cut it to the picture; x, y, width, height."""
        low = np.floor(box[:2] / 2).astype(np.intp) * 2
        high = np.ceil((box[:2] + box[2:]) / 2).astype(np.intp) * 2
        size = np.array([self._width, self._height])
        low, high = np.clip(low, 0, size), np.clip(high, 0, size)
        return np.concatenate([low, high - low])


def _cover(frame: RawFrame, boxes: list[NDArray[np.intp]]) -> CleanFrame:
    """Fill boxes with the constant in a copy of the frame; a frame without boxes is handed on as it is."""
    faces = np.array(boxes, np.float32).reshape(-1, 4)
    if not boxes:
        return CleanFrame(frame.frame_index, frame.i420, frame.is_repeat, faces)
    i420: I420 = frame.i420.copy()
    width, height = i420.shape[1], i420.shape[0] * 2 // 3
    luma = i420[:height]
    chroma = i420[height:].reshape(2, height // 2, width // 2)
    for x, y, box_width, box_height in boxes:
        luma[y : y + box_height, x : x + box_width] = _FILL_Y
        chroma[:, y // 2 : (y + box_height) // 2, x // 2 : (x + box_width) // 2] = _FILL_UV
    return CleanFrame(frame.frame_index, i420, frame.is_repeat, faces)
