"""Turns a decoded picture into planar I420: upright, square pixels, even sizes, limited range, BT.709 colours.

In: a PyAV frame as the decoder gave it. Out: one array of tacit's own. The source's frame is never written to.
Everything inside tacit is BT.709, because most cameras film in it, so that most footage needs no conversion.

Source: the display matrix as in ISO/IEC 14496-12 section 6.2.2 and FFmpeg's libavutil/display.h; colour codes as in
ITU-T H.273; read November 2026. PyAV decodes but does not turn pictures.
"""

import struct
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
from av.error import FFmpegError
from av.video.reformatter import ColorRange, Colorspace, Interpolation
from numpy.typing import NDArray

from tacit.footage.tone import is_high_range, map_tones
from tacit.records.errors import UnreadableVideoError
from tacit.records.frames import I420, planes

_UNNAMED = (0, 2, 3)
"""Codes of colour matrices that say nothing: identity (no YUV has it), unspecified and reserved."""
_BT709 = 1
_FULL_RANGE = 2
_HD_HEIGHT = 720
"""Where a file does not name its colour matrix, players take BT.709 from this height on, and BT.601 below."""
_QUARTER_TURNS = ((False, False, False), (True, True, False), (False, True, True), (True, False, True))
"""How to transpose and mirror for 0 to 3 quarter turns to the right."""
_SQUEEZE_MAX = Fraction(4)
"""Pixels more oblong than this are a damaged header, not a lens ("ours")."""


@dataclass(frozen=True)
class Upright:
    """How to turn pictures of one source upright.

    source_width, source_height: of the decoder's pictures. square_width, square_height: after pixels became square
    and an odd row or column was cut off, still in the camera's orientation.
    is_transposed: rows become columns, before the flips. flip_x, flip_y: mirrored left to right, top to bottom.
    """

    source_width: int
    source_height: int
    square_width: int
    square_height: int
    is_transposed: bool
    flip_x: bool
    flip_y: bool

    @property
    def width(self) -> int:
        """Pixels in a row of the upright picture."""
        return self.square_height if self.is_transposed else self.square_width

    @property
    def height(self) -> int:
        """Rows of the upright picture."""
        return self.square_width if self.is_transposed else self.square_height


def find_upright(frame: av.VideoFrame, pixel_aspect: Fraction | None, quarter_turns: int = 0) -> Upright:
    """Read from the first picture how its source is to be turned.

    Args:
        frame: The first decoded picture, with the display matrix among its side data.
        pixel_aspect: Width of a pixel over its height; None where the file does not say.
        quarter_turns: To the right, 0 to 3, of a file that says so elsewhere; used where there is no matrix.

    Raises:
        UnreadableVideoError: The picture is turned by something else than quarter turns, or is too small.
    """
    aspect = pixel_aspect or Fraction(1)
    if not 1 / _SQUEEZE_MAX <= aspect <= _SQUEEZE_MAX:
        raise UnreadableVideoError(f"its header says that pixels are {float(aspect):g} times as wide as high", None)
    # Rows of interlaced pictures belong to two moments and must not be mixed, so there only the width is scaled.
    taller = Fraction(1) if frame.interlaced_frame else min(aspect, Fraction(1))
    width = round(frame.width * aspect / taller)
    height = round(frame.height / taller)
    if width < 2 or height < 2:
        raise UnreadableVideoError(f"its picture is {frame.width} x {frame.height} pixels", None)
    is_transposed, flip_x, flip_y = _read_turn(frame) or _QUARTER_TURNS[quarter_turns]
    return Upright(frame.width, frame.height, width // 2 * 2, height // 2 * 2, is_transposed, flip_x, flip_y)


def _read_turn(frame: av.VideoFrame) -> tuple[bool, bool, bool] | None:
    """Transpose, mirror left to right, mirror top to bottom, as the frame's display matrix says; None without one."""
    side: Any = frame.side_data.get("DISPLAYMATRIX")
    if side is None:
        return None
    matrix = struct.unpack("=9i", memoryview(side)[:36])
    # A point (x, y) is shown at (a x + c y, b x + d y).
    a, b, c, d = matrix[0], matrix[1], matrix[3], matrix[4]
    if a and d and not b and not c:
        return False, a < 0, d < 0
    if b and c and not a and not d:
        return True, c < 0, b < 0
    if not (a or b or c or d):
        return None
    raise UnreadableVideoError("its picture is to be shown turned by something else than quarter turns", None)


def convert_picture(frame: av.VideoFrame, upright: Upright) -> I420:
    """Convert one decoded picture of the size that the source's first one had.

    Returns:
        (height * 3 // 2, width) uint8, in memory of its own.

    Raises:
        UnreadableVideoError: Its colours cannot be converted.
    """
    try:
        normal = _normalise(frame, upright)
    except MemoryError:
        raise
    except FFmpegError as error:
        raise UnreadableVideoError(
            f"its pixels ({frame.format.name}, colour matrix {frame.colorspace}) cannot be converted", None
        ) from error
    sources = _read_planes(normal, upright)
    if frame.interlaced_frame:
        sources = [_keep_one_field(plane) for plane in sources]
    i420 = np.empty((upright.height * 3 // 2, upright.width), np.uint8)
    for source, target in zip(sources, planes(i420), strict=True):
        target[:] = _turn(source, upright)
    return i420


def _normalise(frame: av.VideoFrame, upright: Upright) -> av.VideoFrame:
    """Bring a picture to 8 bit 4:2:0, limited range, BT.709 and square pixels, where it is not so already."""
    if is_high_range(frame):
        frame = map_tones(frame)
    is_full = frame.color_range == _FULL_RANGE or frame.format.name.startswith("yuvj")
    matrix = frame.colorspace
    if matrix in _UNNAMED:
        matrix = _BT709 if frame.height >= _HD_HEIGHT else int(Colorspace.ITU601)
    # An odd row or column is cut off later, so it is no reason to scale.
    is_square = upright.square_width == frame.width // 2 * 2 and upright.square_height == frame.height // 2 * 2
    if frame.format.name == "yuv420p" and not is_full and matrix == _BT709 and is_square:
        return frame
    is_coded_yuv = not frame.format.is_rgb
    return frame.reformat(
        width=frame.width if is_square else upright.square_width,
        height=frame.height if is_square else upright.square_height,
        format="yuv420p",
        src_colorspace=matrix if is_coded_yuv else None,
        dst_colorspace=Colorspace.ITU709,
        src_color_range=(ColorRange.JPEG if is_full else ColorRange.MPEG) if is_coded_yuv else None,
        dst_color_range=ColorRange.MPEG,
        interpolation=Interpolation.BICUBIC,
        threads=1,
    )


def _read_planes(frame: av.VideoFrame, upright: Upright) -> list[NDArray[np.uint8]]:
    """Views of the three planes, without padding and without an odd last row or column."""
    views = []
    for plane, halving in zip(frame.planes, (1, 2, 2), strict=True):
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        views.append(rows[: upright.square_height // halving, : upright.square_width // halving])
    return views


def _keep_one_field(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every second row as it is, those between from their neighbours: one moment instead of two.

    The two fields of an interlaced picture were filmed one after the other, so a moving hand has a comb for an edge.
    """
    whole = plane.copy()
    n_between = (len(plane) - 1) // 2
    between = plane[0 : 2 * n_between : 2].astype(np.uint16) + plane[2 : 2 * n_between + 2 : 2] + 1
    whole[1 : 2 * n_between + 1 : 2] = between >> 1
    if len(plane) % 2 == 0:
        whole[-1] = plane[-2]
    return whole


def _turn(plane: NDArray[np.uint8], upright: Upright) -> NDArray[np.uint8]:
    """Turn one plane as the display matrix said."""
    turned: NDArray[np.uint8] = np.asarray(cv2.transpose(plane), np.uint8) if upright.is_transposed else plane
    if upright.flip_x:
        turned = turned[:, ::-1]
    if upright.flip_y:
        turned = turned[::-1]
    return turned
