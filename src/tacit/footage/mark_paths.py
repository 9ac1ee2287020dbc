"""Follows marked things back to where they came into view, before the recording is anonymised.

A mark is drawn in the middle of things, but what it marks has to be covered from its first frame on, and the
anonymiser looks back no further than its frames wait. So where there are marks the recording is decoded once more.
In: frames and marks. Out: the marks, and one more for every frame before into which a thing could be followed.
Only small, compressed pictures are kept, and only of the last minute; a thing that was in view for longer takes another
pass for every minute. What grows with length is a box for every frame.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.footage.canvas import CanvasFit, fit_picture
from tacit.footage.face_tracks import FaceTracks, TrackOptions
from tacit.footage.follow import Box, FollowOptions, Motion, Speed, View, compute_camera_motion, follow, shift_motion
from tacit.records.frames import RawFrame
from tacit.records.marks import Mark

_JPEG = (cv2.IMWRITE_JPEG_QUALITY, 90)


@dataclass(frozen=True)
class PathOptions:
    """How far marks are followed back in one pass. All values ours.

    window_frames: so many frames are kept. width_px: of the pictures that are kept.
    """

    window_frames: int = 1800
    width_px: int = 640


class _Kept:
    """Small pictures of the last frames, and the way back through them."""

    def __init__(self, options: PathOptions, follow_options: FollowOptions) -> None:
        self._options, self._follow = options, follow_options
        self._pictures: dict[int, NDArray[np.uint8]] = {}
        self._open: dict[int, View] = {}

    def add(self, frame_index: int, luma: NDArray[np.uint8]) -> None:
        """Keep the picture of a frame, and no longer that of one too long ago."""
        self._pictures[frame_index] = np.asarray(cv2.imencode(".jpg", luma, _JPEG)[1], np.uint8)
        for index in [index for index in self._pictures if index < frame_index - self._options.window_frames]:
            del self._pictures[index]

    def earlier(self, frame_index: int) -> list[int]:
        """The frames before this one that are kept, newest first."""
        return sorted((index for index in self._pictures if index < frame_index), reverse=True)

    def __call__(self, before: int, after: int, box: Box, speed: Speed) -> tuple[Motion, Box | None]:
        """How a box should move from one frame to a neighbouring one, and where it went; None if not sure."""
        self._open = {index: self._open.get(index) or self._view(index) for index in (before, after)}
        camera = compute_camera_motion(self._open[before], self._open[after])
        expected = shift_motion(camera, speed * (after - before))
        return expected, follow(self._open[before], self._open[after], box, expected, self._follow)

    def _view(self, frame_index: int) -> View:
        luma = np.asarray(cv2.imdecode(self._pictures[frame_index], cv2.IMREAD_GRAYSCALE), np.uint8)
        return View(luma, self._follow.small_width_px)


@dataclass(frozen=True)
class MarkFollower:
    """Follows marks back through one recording.

    fit: where the source's pictures lie on the canvas. tracks, follow: as for the anonymiser.
    """

    fit: CanvasFit
    tracks: TrackOptions
    follow: FollowOptions
    paths: PathOptions = field(default_factory=PathOptions)

    def trace_back(self, marks: Sequence[Mark], frames: Callable[[], Iterable[RawFrame]]) -> list[Mark]:
        """The marks, and for each one more in every earlier frame into which its thing could be followed.

        Args:
            frames: Decodes the recording from its start; called once, and once more for every window that a thing
                was in view before.
        """
        known = {(mark.mark_id, mark.at_frame): mark for mark in marks}
        edge = list(marks)
        while edge:
            found, edge = self._pass(edge, frames())
            edge = [mark for mark in edge if mark.at_frame > 0]
            for mark in found:
                known.setdefault((mark.mark_id, mark.at_frame), mark)
        return sorted(known.values(), key=lambda mark: (mark.at_frame, mark.mark_id))

    def _pass(self, marks: list[Mark], frames: Iterable[RawFrame]) -> tuple[list[Mark], list[Mark]]:
        """Follow marks back through one window; what was found, and what was still in view at the window's start."""
        found: list[Mark] = []
        edge: list[Mark] = []
        kept = _Kept(self.paths, self.follow)
        last = max(mark.at_frame for mark in marks)
        scale = self.paths.width_px / self.fit.canvas_width
        size = (self.paths.width_px, round(self.fit.canvas_height * scale))
        shown = 0
        for frame in frames:
            is_wanted = any(0 <= mark.at_frame - frame.frame_index <= self.paths.window_frames for mark in marks)
            if is_wanted and (not kept.earlier(frame.frame_index) or not frame.is_repeat):
                shown = frame.frame_index
                luma = fit_picture(frame.i420, self.fit)[: self.fit.canvas_height]
                kept.add(shown, np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8))
            for mark in (mark for mark in marks if mark.at_frame == frame.frame_index):
                way = self._way(mark, shown, kept, size, scale)
                found += way
                earliest = min(way, key=lambda mark: mark.at_frame, default=None)
                if earliest is not None and not kept.earlier(earliest.at_frame):
                    edge.append(earliest)
            if frame.frame_index >= last:
                break
        return found, edge

    def _way(self, mark: Mark, shown: int, kept: _Kept, size: tuple[int, int], scale: float) -> list[Mark]:
        """One mark for every earlier picture that is kept and into which the thing can be followed."""
        tracks = FaceTracks(self.tracks, *size)
        tracks.pin(shown, np.array([mark.x, mark.y, mark.width, mark.height]) * scale, mark.mark_id)
        tracks.trace(kept)
        return [
            Mark(mark.mark_id, index, *(box / scale).tolist())
            for index, box in tracks.ways(mark.mark_id).items()
            if index < shown
        ]
