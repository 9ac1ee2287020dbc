"""Encodes clean frames to H.264 in a fragmented MP4 that is written strictly from front to back.

In: clean frames in order. Out: bytes into a sink that can only `write`. Memory does not grow with length.
The same frames give the same bytes: one encoding thread, no date, no name of the encoder, no metadata.
It must never take a raw frame.
"""

from dataclasses import dataclass
from fractions import Fraction
from types import TracebackType
from typing import Any, BinaryIO, Self

import av
from av.bitstream import BitStreamFilterContext
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc

from tacit.records.frames import CleanFrame

KEY_INTERVAL_FRAMES = 15
"""Every so many frames begins a closed group of pictures, where a stretch can be cut without encoding again."""
_H273_BT709 = 1


@dataclass(frozen=True)
class EncodeOptions:
    """How clean video is encoded.

    crf: x264's constant quality; lower is better and larger. 26 without the macroblock tree is as large and as good
        as x264's usual 23 with it. preset: x264's trade of time for size.
    """

    crf: int = 26
    preset: str = "veryfast"


class _WriteOnly:
    """A sink as PyAV should see it: without `seek`, so that it never tries, and without `close`."""

    def __init__(self, sink: BinaryIO) -> None:
        self.write = sink.write


class CleanVideoWriter:
    """Writes one clean video; use it in a `with` block or call `close`.

    Args:
        sink: Takes the bytes from front to back; stays open.
        width, height: Pixels of every frame; even.
        fps: Frame k is shown at k / fps seconds.
    """

    def __init__(self, sink: BinaryIO, width: int, height: int, fps: int, options: EncodeOptions | None = None) -> None:
        options = options or EncodeOptions()
        self._container = av.open(
            _WriteOnly(sink),
            mode="w",
            format="mp4",
            options={"movflags": "frag_keyframe+empty_moov+default_base_moof", "fflags": "+bitexact"},
        )
        self._stream = self._container.add_stream("libx264", rate=fps, options=_x264_options(options))
        context: Any = self._stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, "yuv420p"
        context.time_base = Fraction(1, fps)
        context.thread_count = 1
        context.colorspace = _H273_BT709
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        context.color_range = ColorRange.MPEG
        # Type 6 are the messages in which x264 writes its name and settings.
        self._strip = BitStreamFilterContext("filter_units=remove_types=6", self._stream)

    def write(self, frame: CleanFrame) -> None:
        """Encode the next frame; indices rise by one from 0."""
        picture = av.VideoFrame.from_ndarray(frame.i420, format="yuv420p")
        picture.pts = frame.frame_index
        picture.time_base = self._stream.codec_context.time_base
        self._encode(picture)

    def close(self) -> None:
        """Encode what is left and write the end of the file."""
        self._encode(None)
        for packet in self._strip.filter(None):
            self._container.mux(packet)
        self._container.close()

    def _encode(self, picture: av.VideoFrame | None) -> None:
        """Pass one picture, or the end, through encoder, filter and container."""
        for encoded in self._stream.encode(picture):
            encoded.duration = 1
            for packet in self._strip.filter(encoded):
                self._container.mux(packet)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.close()


def _x264_options(options: EncodeOptions) -> dict[str, str]:
    """Settings of x264: fixed closed groups of pictures, no pictures that depend on later ones."""
    groups = f"keyint={KEY_INTERVAL_FRAMES}:min-keyint={KEY_INTERVAL_FRAMES}:scenecut=0:bframes=0:open-gop=0"
    # x264's macroblock tree gave other bytes for the same frames in 28 of 140 runs on a processor with AVX-512.
    return {"preset": options.preset, "crf": str(options.crf), "x264-params": f"{groups}:threads=1:mbtree=0"}
