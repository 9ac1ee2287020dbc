"""Decodes a video file to raw frames on a constant frame-rate grid, upright and in one pixel format.

In: a path and a frame rate. Out: `RawFrame` by `RawFrame`, with one decoding thread and flat memory.
It never repairs: where packets are missing or damaged it stops with the reason and how many seconds could be read, or,
where asked, ends there and keeps the reason.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
from av.error import FFmpegError

from tacit.footage.grid import Picture, place_on_grid
from tacit.footage.opening import OpenVideo, open_video
from tacit.footage.reasons import find_cut
from tacit.footage.upright import convert_picture
from tacit.records.errors import UnreadableVideoError
from tacit.records.frames import I420, RawFrame

_STILL_S_MAX = Fraction(10)
"""A hole in the time stamps longer than this is a damaged file, not a slow camera ("ours")."""
_LENGTH_S_MAX = Fraction(24 * 3600)
"""Footage longer than a day is a damaged file, or made to keep a shop busy ("ours")."""
_BACK_S_MAX = Fraction(1)
"""Stamps that go back by more than this are a damaged file ("ours"); less is a picture sent twice, and is left out."""
_LAST_LENGTH_S_MAX = Fraction(1)
"""The last picture stands at most this long, whatever its header says ("ours")."""


class VideoSource:
    """An open video, ready to be decoded once from its start.

    width, height: pixels of every frame, upright and even. fps: of the grid.
    damage: why it ended before its end, in plain words, where only the readable part was asked for; "" otherwise.
    """

    def __init__(self, video: OpenVideo, path: Path, fps: int, readable_part: bool) -> None:
        self._video = video
        self._path = path
        self._readable_part = readable_part
        self._read_s = Fraction(0)
        self.width = video.upright.width
        self.height = video.upright.height
        self.fps = fps
        self.damage = ""

    def frames(self) -> Iterator[RawFrame]:
        """Decode every frame in order; call once.

        Frame k shows the picture nearest to k / fps seconds after the first one. A picture that stands for several
        frames is converted once, and they share its array; so never write into it.

        Raises:
            UnreadableVideoError: Packets are missing or damaged from some point on; earlier frames were given.
        """
        i420: I420 | None = None
        for frame_index, picture, is_repeat in place_on_grid(self._readable_pictures()):
            if i420 is None or not is_repeat:
                i420 = convert_picture(picture, self._video.upright)
            yield RawFrame(frame_index, i420, is_repeat)

    def _readable_pictures(self) -> Iterator[Picture[av.VideoFrame]]:
        """The pictures up to the end, or up to the damage where only the readable part was asked for."""
        try:
            yield from self._pictures()
        except UnreadableVideoError as error:
            if not self._readable_part or not error.readable_s:
                raise
            self.damage = error.reason

    def _pictures(self) -> Iterator[Picture[av.VideoFrame]]:
        """Decoded pictures with their places on the grid, counted from the first."""
        time_base = (self._video.stream.time_base or Fraction(1, 1000)) / self._video.slowness
        usual_s = 1 / (self._video.rate or Fraction(self.fps))
        start: int | None = None
        at_s: Fraction | None = None
        for frame in self._decode():
            stamp = self._stamp(frame)
            if start is None:
                start = stamp or 0
            stamp_s = (stamp - start) * time_base if stamp is not None else (at_s or 0) + usual_s
            self._check_size(frame)
            if at_s is not None:
                self._check_stamp(stamp_s, at_s)
                if stamp_s <= at_s:
                    continue
                usual_s = stamp_s - at_s
            # How long the last picture stands is a guess in most files; the interval before it is the best one.
            length_s = min(usual_s, _LAST_LENGTH_S_MAX)
            at_s = stamp_s
            self._read_s = at_s + length_s
            yield Picture(at_s * self.fps, length_s * self.fps, frame)

    def _stamp(self, frame: av.VideoFrame) -> int | None:
        """When the frame is shown, in the track's time base; avi does not say, there it is the decoder's order."""
        return frame.dts if self._video.container.format.name == "avi" else frame.pts

    def _check_size(self, frame: av.VideoFrame) -> None:
        """Raise where the picture's size changes in mid-stream."""
        upright = self._video.upright
        if (frame.width, frame.height) != (upright.source_width, upright.source_height):
            raise self._damaged(
                f"its picture size changes from {upright.source_width} x {upright.source_height} "
                f"to {frame.width} x {frame.height} pixels"
            )

    def _check_stamp(self, stamp_s: Fraction, before_s: Fraction) -> None:
        """Raise where time stamps leap."""
        if stamp_s - before_s > _STILL_S_MAX:
            raise self._damaged(f"its time stamps leap ahead by {float(stamp_s - before_s):.1f} s")
        if stamp_s > _LENGTH_S_MAX:
            raise self._damaged("it is longer than a day")
        if before_s - stamp_s > _BACK_S_MAX:
            raise self._damaged(f"its time stamps go back by {float(before_s - stamp_s):.1f} s")

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Every picture of the track in the order shown; stops with an error where it is damaged."""
        video = self._video
        n_packets = video.n_packets_read
        yield from self._intact(video.first)
        try:
            for packet in video.packets:
                n_packets += packet.size > 0
                if packet.is_corrupt:
                    raise self._damaged("it is cut off or damaged")
                yield from self._intact(packet.decode())
        except MemoryError:
            raise
        except FFmpegError as error:
            raise self._damaged("its video is damaged or cut off") from error
        cut = find_cut(self._path)
        if cut:
            raise self._damaged(cut)
        if n_packets < video.n_packets_listed:
            raise self._damaged(
                f"{video.n_packets_listed - n_packets} of {video.n_packets_listed} pictures are missing"
            )

    def _intact(self, frames: list[av.VideoFrame]) -> Iterator[av.VideoFrame]:
        """The frames, as long as the decoder did not have to make parts of them up."""
        for frame in frames:
            if frame.is_corrupt:
                raise self._damaged("a picture in it is damaged")
            yield frame

    def _damaged(self, reason: str) -> UnreadableVideoError:
        """The error for damage behind what was read so far."""
        return UnreadableVideoError(reason, float(self._read_s))


@contextmanager
def open_source(path: Path, fps: int, *, readable_part: bool = False) -> Iterator[VideoSource]:
    """Open a video file for decoding.

    Args:
        path: An mp4, mov, mkv, webm or avi file.
        fps: Frames per second of the grid.
        readable_part: Of a damaged file take what comes before the damage, instead of refusing it.

    Raises:
        UnreadableVideoError: It is no video that can be decoded; the error says why in plain words.
    """
    with open_video(path) as video:
        yield VideoSource(video, path, fps, readable_part)
