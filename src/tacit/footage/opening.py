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
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from tacit.footage.reasons import explain_undecoded, explain_unopened, find_file_fault, find_film_fault
from tacit.footage.tags import read_quarter_turns, read_slowness
from tacit.footage.upright import Upright, find_upright
from tacit.records.errors import UnreadableVideoError

_CODECS = frozenset(
    (
        *("av1", "dnxhd", "dvvideo", "ffv1", "h263", "h264", "hevc", "libdav1d", "libvpx", "libvpx-vp9", "mjpeg"),
        *("mpeg1video", "mpeg2video", "mpeg4", "prores", "rawvideo", "vp8", "vp9"),
    )
)
"""The decoders that may run: what cameras write. FFmpeg has hundreds more, and each is one more way in ("ours")."""
_OPTIONS = {
    # Play lists and the like would make FFmpeg open other files or the network, and so would references in a mov.
    "format_whitelist": "mov,matroska,avi",
    "protocol_whitelist": "file",
    "codec_whitelist": ",".join(sorted(_CODECS)),
    "enable_drefs": "0",
}
_PIXELS_MAX = 8192 * 4320
"""The largest picture that is read: 8K. A larger one is a damaged header, or made to fill the memory ("ours")."""
_RATE_MAX = 960
"""Pictures per second; where an average is above this it counts ticks of the clock, not pictures ("ours")."""
_NO_TRACKS = Disposition.attached_pic | Disposition.timed_thumbnails


@dataclass
class OpenVideo:
    """An open video file, read up to its first picture.

    packets: the video track's packets, from where opening left off. n_packets_listed: how many the file's index
    lists; 0 or fewer than there are where it has no full index. first: pictures that came of the first packets.
    n_packets_read: by opening. slowness: how many times slower than life its time stamps run; 1 but for slow motion.
    """

    container: InputContainer
    stream: VideoStream
    packets: "Iterator[Packet[VideoStream]]"
    first: list[av.VideoFrame]
    upright: Upright
    n_packets_listed: int
    n_packets_read: int
    slowness: Fraction

    @property
    def rate(self) -> Fraction | None:
        """Mean pictures per second of life as the file says; None where it does not say anything likely."""
        rate = _find_rate(self.stream)
        return rate * self.slowness if rate else None


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
    except MemoryError:
        raise
    except FFmpegError as error:
        raise UnreadableVideoError(explain_unopened(path), None) from error
    with container:
        stream = _choose_track(container)
        fault = find_film_fault(path, stream.id) if container.format.name.startswith("mov") else ""
        if fault:
            raise UnreadableVideoError(fault, None)
        n_packets_listed = len(stream.index_entries)
        packets = container.demux(stream)
        first, n_packets_read = _decode_first(packets)
        if not first:
            raise UnreadableVideoError(explain_undecoded(path, stream.codec_context.codec.canonical_name), None)
        upright = find_upright(first[0], stream.sample_aspect_ratio, read_quarter_turns(stream.metadata))
        slowness = read_slowness(container.metadata, _find_rate(stream))
        yield OpenVideo(container, stream, packets, first, upright, n_packets_listed, n_packets_read, slowness)


def _find_rate(stream: VideoStream) -> Fraction | None:
    """Mean pictures per second by the time stamps; None where the file does not say anything likely."""
    likely = (rate for rate in (stream.average_rate, stream.guessed_rate) if rate and 0 < rate <= _RATE_MAX)
    return next(likely, None)


def _choose_track(container: InputContainer) -> VideoStream:
    """The video track to read: with pictures, marked as default, the largest; all others are switched off."""
    tracks = [
        stream
        for stream in container.streams.video
        if not stream.disposition & _NO_TRACKS and stream.codec_context is not None and stream.codec_context.width
    ]
    if not tracks:
        raise UnreadableVideoError(_explain_no_track(container), None)
    chosen = max(
        tracks,
        key=lambda track: (
            track.frames > 0,
            bool(track.disposition & Disposition.default),
            track.codec_context.width * track.codec_context.height,
            -track.index,
        ),
    )
    for stream in container.streams:
        if stream.index != chosen.index:
            stream.discard = Discard.all
    _check_decodable(chosen.codec_context)
    chosen.codec_context.thread_count = 1
    chosen.codec_context.options = {"max_pixels": str(_PIXELS_MAX)}
    return chosen


def _check_decodable(codec: VideoCodecContext) -> None:
    """Raise where a track should not even be tried."""
    if codec.name not in _CODECS:
        raise UnreadableVideoError(f"its video is coded as {codec.name}, which is not read; convert it to H.264", None)
    if codec.width * codec.height > _PIXELS_MAX:
        raise UnreadableVideoError(
            f"its picture is {codec.width} x {codec.height} pixels, and at most 8192 x 4320 are read", None
        )


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
            if packet.has_sidedata("encryption_info"):
                raise UnreadableVideoError("it is encrypted", None)
            frames = packet.decode()
            if frames:
                return frames, n_packets
    except MemoryError:
        raise
    except FFmpegError:
        # What cannot be decoded from its start on is told like what holds no picture.
        return [], n_packets
    return [], n_packets
