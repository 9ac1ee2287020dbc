"""Reads clean video back: frames in order, or a few stills found by seeking.

In: a seekable reader of what `encode` wrote. Out: clean frames; also the grey ones that stand for
what was cut. Memory does not grow with length.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

import av
import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.stream import VideoStream

from tacit.footage.encode import KEY_INTERVAL_FRAMES
from tacit.records.errors import DamagedCleanVideoError
from tacit.records.frames import CleanFrame

_OF_THE_DISK = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EACCES, errno.EPERM, errno.EROFS})

_GREY = 128


@dataclass(frozen=True)
class OpenClean:
    """An open clean video.

    frame_ticks: length of a frame in the track's time base, so that pts // frame_ticks is the frame's index.
    """

    container: InputContainer
    stream: VideoStream
    frame_ticks: int

    def seek(self, frame_index: int) -> None:
        """Go to the last key frame not after an index."""
        self.container.seek(frame_index * self.frame_ticks, stream=self.stream)

    def index_of(self, item: "av.VideoFrame | Packet[VideoStream]") -> int:
        """The frame index of a picture or packet."""
        if item.pts is None:
            raise DamagedCleanVideoError("a picture has no time stamp")
        return item.pts // self.frame_ticks


@contextmanager
def open_clean(source: BinaryIO) -> Iterator[OpenClean]:
    """Open a clean video for reading; every fault of FFmpeg inside is told as damage, but for those of the disk.

    Raises:
        DamagedCleanVideoError: It is not what `encode` wrote.
        OSError: A file that is written from it meanwhile finds no room, or may not be written.
    """
    try:
        # The list of fragments at the end of the file lets it be opened and searched without reading it all.
        with av.open(source, mode="r", format="mp4", options={"use_mfra_for": "pts"}) as container:
            if len(container.streams.video) != 1:
                raise DamagedCleanVideoError("it does not hold one video track")
            stream = container.streams.video[0]
            stream.codec_context.thread_count = 1
            first = next(container.demux(stream))
            if not first.duration:
                raise DamagedCleanVideoError("it holds no picture")
            container.seek(0, stream=stream)
            yield OpenClean(container, stream, first.duration)
    except FFmpegError as error:
        if error.errno in _OF_THE_DISK:
            raise
        raise DamagedCleanVideoError("it cannot be decoded") from error


def read_clean(source: BinaryIO, every: int = 1) -> Iterator[CleanFrame]:
    """Read frames 0, every, 2 * every and so on; `covered` is empty in each, since the file does not say.

    Where `every` spans whole groups of pictures, it seeks and decodes only what it needs.

    Raises:
        DamagedCleanVideoError: The video cannot be read.
    """
    with open_clean(source) as video:
        wanted = 0
        if every < KEY_INTERVAL_FRAMES:
            for picture in video.container.decode(video.stream):
                if video.index_of(picture) == wanted:
                    yield _to_clean(picture, wanted)
                    wanted += every
            return
        while (still := _find_still(video, wanted)) is not None:
            yield _to_clean(still, wanted)
            wanted += every


def count_frames(source: BinaryIO) -> int:
    """Count the frames of a clean video without decoding them, checking that none is missing.

    Raises:
        DamagedCleanVideoError: The video cannot be read, or a frame is not where it should be.
    """
    n_frames = 0
    with open_clean(source) as video:
        for packet in video.container.demux(video.stream):
            if packet.size == 0:
                break
            if video.index_of(packet) != n_frames:
                raise DamagedCleanVideoError(f"frame {n_frames} is not where it should be")
            n_frames += 1
    return n_frames


def make_blank(frame_index: int, width: int, height: int, is_repeat: bool = False) -> CleanFrame:
    """A frame of mid grey, which stands in the place of one that its worker cut; nothing is covered in it."""
    i420 = np.full((height * 3 // 2, width), _GREY, np.uint8)
    return CleanFrame(frame_index, i420, is_repeat, np.zeros((0, 4), np.float32))


def _find_still(video: OpenClean, frame_index: int) -> av.VideoFrame | None:
    """Seek to a frame and decode it; None where the video ends before it."""
    video.seek(frame_index)
    for picture in video.container.decode(video.stream):
        if video.index_of(picture) == frame_index:
            return picture
    return None


def _to_clean(picture: av.VideoFrame, frame_index: int) -> CleanFrame:
    """A decoded picture of a clean video as a clean frame."""
    i420 = picture.to_ndarray(format="yuv420p").astype(np.uint8, copy=False)
    return CleanFrame(frame_index, i420, False, np.zeros((0, 4), np.float32))
