"""Opens a video file so far that its first picture is decoded, or says in plain words why that is not possible.

In: a path. Out: an open container, its video track and the first picture. Only the video track is ever read: audio,
telemetry and pictures of covers are discarded before the first packet (R3). It never follows a link to another file.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.stream import Discard, Disposition
from av.video.stream import VideoStream

from tacit.footage.reasons import explain_undecoded, explain_unopened, find_cut, find_file_fault
from tacit.footage.upright import Upright, find_upright
from tacit.records.errors import UnreadableVideoError

_OPTIONS = {
    # Play lists and the like would make FFmpeg open other files or the network.
    "format_whitelist": "mov,matroska,avi",
    "protocol_whitelist": "file",
}
_RATE_MAX = 960
"""Pictures per second; where an average is above this it counts ticks of the clock, not pictures ("ours")."""
_NO_TRACKS = Disposition.attached_pic | Disposition.timed_thumbnails


@dataclass
class OpenVideo:
    """An open video file, read up to its first picture.

    packets: the video track's packets, from where opening left off. n_packets_listed: how many the file's index
    lists; 0 or fewer than there are where it has no full index. first: pictures that came of the first packets.
    n_packets_read: by opening.
    """

    container: InputContainer
    stream: VideoStream
    packets: "Iterator[Packet[VideoStream]]"
    first: list[av.VideoFrame]
    upright: Upright
    n_packets_listed: int
    n_packets_read: int

    @property
    def rate(self) -> Fraction | None:
        """Mean pictures per second as the file says; None where it does not say anything likely."""
        likely = (rate for rate in (self.stream.average_rate, self.stream.guessed_rate) if rate and rate <= _RATE_MAX)
        return next(likely, None)


@contextmanager
def open_video(path: Path) -> Iterator[OpenVideo]:
    """Open a video file and decode its first picture.

    Raises:
        UnreadableVideoError: There is no such file, it is no video, or nothing of its video can be decoded.
    """
    fault = find_file_fault(path)
    if fault:
        raise UnreadableVideoError(fault, None)
    try:
        # The prefix keeps FFmpeg from reading a file name as an address.
        # Titles and the like are never read; they may be in any coding.
        container = av.open(f"file:{path}", mode="r", options=_OPTIONS, metadata_errors="ignore")
    except FFmpegError as error:
        raise UnreadableVideoError(explain_unopened(path), None) from error
    with container:
        cut = find_cut(path)
        if cut:
            raise UnreadableVideoError(cut, None)
        stream = _choose_track(container)
        n_packets_listed = len(stream.index_entries)
        packets = container.demux(stream)
        first, n_packets_read = _decode_first(packets)
        if not first:
            raise UnreadableVideoError(explain_undecoded(path, stream.codec_context.name), 0.0)
        upright = find_upright(first[0], stream.sample_aspect_ratio)
        yield OpenVideo(container, stream, packets, first, upright, n_packets_listed, n_packets_read)


def _choose_track(container: InputContainer) -> VideoStream:
    """The video track to read: one with pictures, the largest; all others are switched off."""
    tracks = [
        stream
        for stream in container.streams.video
        if not stream.disposition & _NO_TRACKS and stream.codec_context is not None and stream.codec_context.width
    ]
    if not tracks:
        raise UnreadableVideoError(_explain_no_track(container), None)
    chosen = max(
        tracks,
        key=lambda track: (track.frames > 0, track.codec_context.width * track.codec_context.height, -track.index),
    )
    for stream in container.streams:
        if stream.index != chosen.index:
            stream.discard = Discard.all
    chosen.codec_context.thread_count = 1
    return chosen


def _explain_no_track(container: InputContainer) -> str:
    """Say why no track of an open container will do."""
    if any(not stream.disposition & _NO_TRACKS for stream in container.streams.video):
        return "it has a video track, but not in a form that can be decoded"
    if container.streams.audio:
        return "it holds sound but no video track"
    return "it holds no video track"


def _decode_first(packets: "Iterator[Packet[VideoStream]]") -> tuple[list[av.VideoFrame], int]:
    """Decode up to the first picture; returns the pictures that came, if any, and how many packets that took."""
    n_packets = 0
    try:
        for packet in packets:
            n_packets += packet.size > 0
            frames = packet.decode()
            if frames:
                return frames, n_packets
    except FFmpegError:
        # What cannot be decoded from its start on is told like what holds no picture.
        return [], n_packets
    return [], n_packets
