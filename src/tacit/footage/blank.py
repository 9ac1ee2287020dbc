"""Erases stretches of clean video: their pictures become mid grey, and not a byte of the old ones is kept.

In: what `encode` wrote, and spans of whole groups of pictures. Out: clean video of the same length. Groups outside the
spans are copied bit for bit, so nothing that is kept loses anything. Memory does not grow with length.
"""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, BinaryIO

import av
from av.packet import Packet

from tacit.footage.clean import OpenClean, make_blank, open_clean, read_clean
from tacit.footage.encode import (
    FRAGMENTED,
    KEY_INTERVAL_FRAMES,
    CleanVideoWriter,
    EncodeOptions,
    WriteOnly,
)
from tacit.records.cuts import Cut, Span
from tacit.records.errors import DamagedCleanVideoError
from tacit.records.frames import CleanFrame

_REFERENCE_GROUPS = 4
"""So many grey groups are encoded to copy from; the last two have settled, and differ in the number x264 gives a group,
by which a decoder tells two key frames in a row apart."""


def find_spans(cuts: Sequence[Cut], fps: int, n_frames: int) -> tuple[Span, ...]:
    """The frames that cuts take, moved outwards to whole groups of pictures; in order, without overlap.

    A group can be copied or erased as a whole only; what a cut takes more by that is under a fifth of a second each
    side at 30 frames per second.
    """
    spans: list[Span] = []
    for cut in sorted(cuts, key=lambda cut: cut.start_ms):
        first_group = cut.start_ms * fps // (1000 * KEY_INTERVAL_FRAMES)
        end_group = (cut.end_ms * fps - 1) // (1000 * KEY_INTERVAL_FRAMES) + 1
        start, end = (min(group * KEY_INTERVAL_FRAMES, n_frames) for group in (first_group, end_group))
        if spans and start <= spans[-1][1]:
            start, end = spans[-1][0], max(spans.pop()[1], end)
        if start < end:
            spans.append((start, end))
    return tuple(spans)


def is_within(frame_index: int, spans: Sequence[Span]) -> bool:
    """True where a frame lies in one of the spans."""
    return any(start <= frame_index < end for start, end in spans)


def blank_frame(frame: CleanFrame) -> CleanFrame:
    """The frame that stands in the place of an erased one."""
    return make_blank(frame.frame_index, frame.width, frame.height, frame.is_repeat)


def blank_spans(
    source: BinaryIO, sink: BinaryIO, spans: Sequence[Span], fps: int, options: EncodeOptions | None = None
) -> None:
    """Write a clean video anew with the frames of the spans erased.

    Args:
        source: The clean video; seekable.
        sink: Takes the bytes from front to back; stays open.
        spans: As `find_spans` gives them.
        fps: Of the video.
        options: How it is encoded, where that has to be.

    Raises:
        DamagedCleanVideoError: The video cannot be read, or a frame is not where it should be.
    """
    with open_clean(source) as video:
        stream = video.stream
        grey = _encode_grey(stream.width, stream.height, fps, options)
        if grey.header == bytes(stream.codec_context.extradata or b""):
            _stitch(video, grey, sink, spans, fps)
            return
        width, height = stream.width, stream.height
    # Another encoder wrote it, or with other settings: pictures of the two do not fit into one file.
    source.seek(0)
    with CleanVideoWriter(sink, width, height, fps, options) as writer:
        for frame in read_clean(source):
            writer.write(blank_frame(frame) if is_within(frame.frame_index, spans) else frame)


@dataclass(frozen=True)
class _Grey:
    """Encoded groups of grey pictures. header: what a decoder needs before them. groups: one for even, one for odd."""

    header: bytes
    groups: tuple[tuple[bytes, ...], tuple[bytes, ...]]

    def packet(self, frame_index: int) -> "Packet[Any]":
        """The grey picture for one place of a video."""
        group, within = divmod(frame_index, KEY_INTERVAL_FRAMES)
        packet = Packet(self.groups[group % 2][within])
        packet.is_keyframe = within == 0
        return packet


def _encode_grey(width: int, height: int, fps: int, options: EncodeOptions | None) -> _Grey:
    sink = io.BytesIO()
    with CleanVideoWriter(sink, width, height, fps, options) as writer:
        for index in range(_REFERENCE_GROUPS * KEY_INTERVAL_FRAMES):
            writer.write(make_blank(index, width, height))
    with open_clean(io.BytesIO(sink.getvalue())) as video:
        header = bytes(video.stream.codec_context.extradata or b"")
        pictures = [bytes(packet) for packet in video.container.demux(video.stream) if packet.size]
    even, odd = (
        tuple(pictures[group * KEY_INTERVAL_FRAMES : (group + 1) * KEY_INTERVAL_FRAMES])
        for group in (_REFERENCE_GROUPS - 2, _REFERENCE_GROUPS - 1)
    )
    return _Grey(header, (even, odd))


def _stitch(video: OpenClean, grey: _Grey, sink: BinaryIO, spans: Sequence[Span], fps: int) -> None:
    with av.open(WriteOnly(sink), mode="w", format="mp4", options=FRAGMENTED) as container:
        stream = container.add_stream_from_template(video.stream)
        stream.metadata.clear()
        for packet in _packets(video, grey, spans):
            packet.stream = stream
            packet.time_base = Fraction(1, fps)
            packet.duration = 1
            container.mux(packet)


def _packets(video: OpenClean, grey: _Grey, spans: Sequence[Span]) -> "Iterator[Packet[Any]]":
    """The packets of the new video, numbered by frame; each old one is checked to be the frame it should be."""
    for frame_index, packet in enumerate(video.container.demux(video.stream)):
        if packet.size == 0:
            return
        if video.index_of(packet) != frame_index:
            raise DamagedCleanVideoError(f"frame {frame_index} is not where it should be")
        shown = grey.packet(frame_index) if is_within(frame_index, spans) else packet
        shown.pts = shown.dts = frame_index
        yield shown
