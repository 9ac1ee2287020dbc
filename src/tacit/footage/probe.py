"""Looks at a video file and says what is in it, by decoding its first picture. It reads nothing but the video track."""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av

from tacit.footage.opening import OpenVideo, open_video


@dataclass(frozen=True)
class Probe:
    """What a video file holds.

    width, height: of the upright picture with square pixels, as decoding will give it; even.
    codec: name of the coding, such as "h264", "hevc", "av1" or "vp9".
    duration_s: of life, as the file's header or index says; 0.0 where neither does. An estimate: only decoding knows.
    fps: mean pictures per second of the source; 0.0 where it is not known.
    """

    width: int
    height: int
    codec: str
    duration_s: float
    fps: float


def probe(path: Path) -> Probe:
    """Look at a video file.

    Raises:
        UnreadableVideoError: It is no video that can be decoded; the error says why in plain words.
    """
    with open_video(path) as video:
        return Probe(
            width=video.upright.width,
            height=video.upright.height,
            codec=video.stream.codec_context.codec.canonical_name,
            duration_s=float(_find_duration(video) / video.slowness),
            fps=float(video.rate or 0),
        )


def _find_duration(video: OpenVideo) -> Fraction:
    """Seconds that the file says, of the video track or else of the whole; more where its index reaches further.

    A recorder that lost power writes an index and leaves the length as it was at the start.
    """
    stream = video.stream
    said = Fraction(video.container.duration or 0, av.time_base)
    if stream.time_base is None:
        return said
    if stream.duration:
        said = stream.duration * stream.time_base
    entries = stream.index_entries
    return max(said, (entries[-1].timestamp - entries[0].timestamp) * stream.time_base) if len(entries) else said
