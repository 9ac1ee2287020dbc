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

KEY_INTERVAL_FRAMES = 5
"""Every so many frames begins a closed group of pictures, where a stretch can be cut without encoding again.

Whoever trains on a dataset reads it at random, and decodes from the key frame before the frame asked for. At every
fifth frame that costs no more than LeRobot's own default does (AV1, every second frame); docs/figures.md has both.
"""
_FRAGMENT_S_MIN = 0.5
FRAGMENTED = {
    "movflags": "frag_keyframe+empty_moov+default_base_moof",
    "min_frag_duration": str(round(_FRAGMENT_S_MIN * 1e6)),
    "fflags": "+bitexact",
}
"""How FFmpeg writes an MP4 strictly from front to back."""
_H273_BT709 = 1


@dataclass(frozen=True)
class EncodeOptions:
    """How clean video is encoded.

    crf: x264's constant quality; lower is better and larger. On the three films that we tried, 23 with the settings
        below has a higher PSNR than what LeRobot writes by default (SVT-AV1, crf 30), and at most 0.002 less of SSIM.
    preset: x264's trade of time for size. The fastest takes 0.55 of the time of the next one, "superfast".
    """

    crf: int = 23
    preset: str = "ultrafast"


class WriteOnly:
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
            WriteOnly(sink),
            mode="w",
            format="mp4",
            options=FRAGMENTED,
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
        picture = av.VideoFrame.from_numpy_buffer(frame.i420, format="yuv420p")  # x264 copies it before it returns
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
    """Settings of x264: fixed closed groups of pictures, no pictures that depend on later ones, cheap to decode.

    The fastest preset has entropy coding without arithmetic (CAVLC) and no deblocking filter, which makes pictures
    cheap to decode too. Hard pictures get as fine a quantiser as easy ones (qcomp 1): in short groups they would
    otherwise be coarser than in long ones.
    """
    groups = f"keyint={KEY_INTERVAL_FRAMES}:min-keyint={KEY_INTERVAL_FRAMES}:scenecut=0:bframes=0:open-gop=0"
    # x264's macroblock tree gave other bytes for the same frames in 28 of 140 runs on a processor with AVX-512.
    return {"preset": options.preset, "crf": str(options.crf), "x264-params": f"{groups}:qcomp=1:threads=1:mbtree=0"}
