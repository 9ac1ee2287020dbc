"""Copies a stretch of clean video into a file of its own, without encoding again.

In: a seekable reader of what `encode` wrote. Out: an ordinary MP4 with its index in front, as datasets want it.
The same stretch gives the same bytes.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

import av
from av.packet import Packet
from av.video.stream import VideoStream

from tacit.footage.clean import OpenClean, open_clean
from tacit.records.errors import DamagedCleanVideoError

_TICKS_PER_FRAME = 512
"""Ticks of the file's clock per frame, so that every stamp is exactly k / fps ("ours"; FFmpeg picks the same)."""


def remux_stretch(source: BinaryIO, start_frame: int, end_frame: int, fps: int, target: Path) -> None:
    """Copy the frames [start_frame, end_frame) into a new file whose time stamps begin at 0.

    Args:
        source: The clean video.
        start_frame: A key frame.
        end_frame: Behind the last frame; any frame.
        fps: Of the clean video.
        target: Written whole; a file that is there is replaced.

    Raises:
        DamagedCleanVideoError: A frame is missing, or the first one is no key frame.
        OSError: There is no room for the new file, or it may not be written.
    """
    n_written = 0
    with open_clean(source) as video:
        options = {
            "movflags": "+faststart",
            "fflags": "+bitexact",
            "video_track_timescale": str(fps * _TICKS_PER_FRAME),
        }
        with av.open(f"file:{target}", mode="w", format="mp4", options=options) as container:
            stream = container.add_stream_from_template(video.stream)
            stream.metadata.clear()
            for packet in _packets(video, start_frame, end_frame):
                packet.stream = stream
                packet.time_base = Fraction(1, fps)
                packet.pts = packet.dts = n_written
                packet.duration = 1
                container.mux(packet)
                n_written += 1


def _packets(video: OpenClean, start_frame: int, end_frame: int) -> "Iterator[Packet[VideoStream]]":
    """The packets of a stretch, each checked to be the frame it should be."""
    video.seek(start_frame)
    wanted = start_frame
    for packet in video.container.demux(video.stream):
        if wanted == end_frame or packet.size == 0:
            break
        if video.index_of(packet) != wanted or (wanted == start_frame and not packet.is_keyframe):
            raise DamagedCleanVideoError(f"frame {wanted} is not where it should be, or does not begin a group")
        yield packet
        wanted += 1
    if wanted != end_frame:
        raise DamagedCleanVideoError(f"it ends before frame {end_frame}")
