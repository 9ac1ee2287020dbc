"""Small RGB pictures for the networks, taken straight from the planes of a frame.

In: an I420 frame. Out: the whole of it made small, or a turned crop, each converted to RGB only then; the frame itself
is never converted, which saves more than a millisecond of processor time at 720p. On the way a picture may be dyed.
"""

from enum import Enum

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.records.frames import I420, planes
from tacit.records.hands import Float32

UInt8 = NDArray[np.uint8]

_BLACK_Y = 16
_SKIN_U, _SKIN_V = 110, 150
_LIGHT_Y, _LIGHT_SHARE, _GAIN_MAX = 200, 0.98, 8.0  # so light is the lightest fiftieth of a picture, or lighter


class Tint(Enum):
    """How a picture is dyed before a network sees it; the networks were taught on bare hands.

    AS_FILMED: not at all. SWAPPED: red and blue change places, so that blue gloves become orange, which to the models
    is skin. SKIN: all has the hue of skin, and a dark picture is made lighter, for white, grey and black gloves.
    Source: ours. The share of 72 hands of our workshop in plain light that is found with a score of 0.5 as filmed,
    swapped and skin: bare 0.97, 0.43, 0.86; blue 0.00, 0.99, 0.85; black 0.13, 0.65, 0.82; grey 0.49, 0.82, 0.88; white
    0.75, 0.79, 0.94. Of 20 black ones in dim light 0.55 with the hue of skin alone, 0.65 made lighter as well (with a
    score of 0.3: 0.60 and 0.85).
    """

    AS_FILMED = "as filmed"
    SWAPPED = "swapped"
    SKIN = "skin"


class Sampler:
    """Makes square RGB pictures of one size, (1, side, side, 3) uint8; each overwrites the one before.

    side: pixels, even.
    """

    def __init__(self, side: int) -> None:
        self._side = side
        self._picture = np.zeros((1, side, side, 3), np.uint8)
        self._crop = np.empty((side * 3 // 2, side), np.uint8)

    def shrink(self, i420: I420, part: float, tint: Tint) -> tuple[UInt8, Float32]:
        """The whole frame in the middle of the square, its longer side taking `part` of it, with black around.

        Returns:
            The picture, and its scale and its left and top margin in pixels (3,).
        """
        luma, *chroma = planes(i420)
        height, width = luma.shape
        scale = self._side * part / max(height, width)
        wide, high = (max(2, round(length * scale / 2) * 2) for length in (width, height))
        left, top = (self._side - wide) // 2, (self._side - high) // 2
        small = np.empty((high * 3 // 2, wide), np.uint8)
        small_luma, *small_chroma = planes(small)
        cv2.resize(luma, (wide, high), dst=small_luma, interpolation=cv2.INTER_LINEAR)
        for plane, target in zip(chroma, small_chroma, strict=True):
            target[:] = cv2.resize(plane, (wide // 2, high // 2), interpolation=cv2.INTER_LINEAR)
        self._picture[:] = 0
        self._picture[0, top : top + high, left : left + wide] = _convert(small, tint)
        return self._picture, np.array([scale, left, top], np.float32)

    def crop(self, i420: I420, crop_to_frame: Float32, tint: Tint) -> UInt8:
        """What a turned square of the frame shows; what lies outside the frame looks like its nearest edge.

        crop_to_frame: (2, 3), from pixels of the crop to pixels of the frame.
        """
        frame_planes, crop_planes = planes(i420), planes(self._crop)
        turn = crop_to_frame[:, :2]
        # Each chroma pixel stands in the middle of four luma pixels.
        middle = turn.sum(axis=1) / 4 + crop_to_frame[:, 2] / 2 - 0.25
        chroma_to_frame = np.column_stack([turn, middle])
        how = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        for k, (plane, target) in enumerate(zip(frame_planes, crop_planes, strict=True)):
            matrix = chroma_to_frame if k else crop_to_frame
            cv2.warpAffine(plane, matrix, target.shape[::-1], dst=target, flags=how, borderMode=cv2.BORDER_REPLICATE)
        self._picture[0] = _convert(self._crop, tint)
        return self._picture


def _convert(i420: UInt8, tint: Tint) -> UInt8:
    """RGB of a small picture, dyed; writes into it."""
    if tint is Tint.SKIN:
        luma, blue, red = planes(i420)
        blue[:], red[:] = _SKIN_U, _SKIN_V
        _lighten(luma)
    code = cv2.COLOR_YUV2BGR_I420 if tint is Tint.SWAPPED else cv2.COLOR_YUV2RGB_I420
    return np.asarray(cv2.cvtColor(i420, code), np.uint8)


def _lighten(luma: UInt8) -> None:
    """Stretch the lightness of a dark picture, in place, until its lightest parts are light."""
    top = float(np.quantile(luma[::4, ::4], _LIGHT_SHARE))
    gain = min((_LIGHT_Y - _BLACK_Y) / max(top - _BLACK_Y, 1.0), _GAIN_MAX)
    if gain > 1:
        stretched = _BLACK_Y + (np.arange(256) - _BLACK_Y) * gain
        luma[:] = cv2.LUT(luma, np.clip(stretched, 0, 255).astype(np.uint8))
