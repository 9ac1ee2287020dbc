"""Brings high-dynamic-range pictures (PQ and HLG) to the ordinary range, as planes of 8-bit YUV.

In: a decoded picture with 10 or more bits that says it is PQ or HLG. Out: the same picture as 8-bit 4:2:0 in BT.709.
Without this, PQ looks grey and flat, and a hand in it has hardly any contrast.

One curve maps brightness: the camera's code to light, light up to a knee as it is, brighter light rolled off towards
white, and back to a code. Colour is scaled by the slope of that curve and turned from the BT.2020 primaries to those of
BT.709 by one 2x2 matrix. That is exact for greys and, to first order, for colours near grey, such as skin; strongly
coloured light comes out a little off. It costs two table look-ups a pixel.

Source: SMPTE ST 2084 (PQ) and ITU-R BT.2100-2 table 5 (HLG), read November 2026; reference white of 203 cd/m2 from
ITU-R BT.2408-7 section 2.1; primaries from ITU-R BT.2087-0 annex 2; the knee is ours.
"""

from functools import cache

import av
import numpy as np
from av.video.reformatter import Interpolation
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_PQ, _HLG = 16, 18
"""Codes of transfer curves in ITU-T H.273."""
_BT2020_MATRIX = (9, 10)
_WHITE_NITS = 203.0
"""Light of paper in the sun; it becomes the white of the ordinary range but for the shoulder."""
_KNEE = 0.5
"""Of white: light below it is kept as it is, all above is rolled off into what is left ("ours")."""
_PEAK_NITS = 1000.0
"""The brightest light that still gains on the one below it; phones and grading use this peak."""
_N_CODES = 1024


def is_high_range(frame: av.VideoFrame) -> bool:
    """True where a picture is PQ or HLG."""
    return int(frame.color_trc) in (_PQ, _HLG)


def map_tones(frame: av.VideoFrame) -> av.VideoFrame:
    """Turn a PQ or HLG picture into 8-bit 4:2:0 in BT.709, limited range, of the same size.

    Raises:
        FFmpegError: Its pixel format cannot be converted.
    """
    is_full = int(frame.color_range) == 2
    ten = frame.reformat(format="yuv420p10le", interpolation=Interpolation.BICUBIC, threads=1)
    codes = [_read_plane(plane) for plane in ten.planes]
    luma_of, slope_of = _curve(int(frame.color_trc), is_full)
    # The chroma of a 4:2:0 picture lies between two rows; the nearest luma is near enough for a slope.
    rows, columns = codes[1].shape
    near = np.minimum(codes[0][::2, ::2], _N_CODES - 1)[:rows, :columns]
    slope = slope_of[near]
    turn = _turn_primaries(int(frame.colorspace) in _BT2020_MATRIX)
    unit = np.float32(1 / 1023 if is_full else 1 / 896)
    blue, red = ((code.astype(np.float32) - 512) * unit for code in codes[1:])
    mapped = av.VideoFrame(frame.width, frame.height, "yuv420p")
    mapped.colorspace, mapped.color_range = 1, 1
    _write_plane(mapped.planes[0], luma_of[np.minimum(codes[0], _N_CODES - 1)])
    for plane, row in zip(list(mapped.planes)[1:], turn, strict=True):
        chroma = (row[0] * blue + row[1] * red) * slope * np.float32(224) + np.float32(128.5)
        _write_plane(plane, np.clip(chroma, 16, 240).astype(np.uint8))
    return mapped


@cache
def _curve(transfer: int, is_full: bool) -> tuple[NDArray[np.uint8], Floats]:
    """For every code of luma: the 8-bit code it becomes, and the slope of the one over the other as signals."""
    codes = np.arange(_N_CODES, dtype=np.float64)
    signal = np.clip(codes / 1023 if is_full else (codes - 64) / 876, 0, 1)
    light = _pq_light(signal) if transfer == _PQ else _hlg_light(signal)
    shown = _roll_off(light / _WHITE_NITS) ** (1 / 2.4)
    slope = np.gradient(shown, signal + codes * 1e-9)
    # Near black the slope of a pure power is boundless, and all that it would raise is noise.
    slope = np.clip(slope, 0, 4.0)
    return np.round(16 + 219 * shown).astype(np.uint8), slope.astype(np.float32)


def _pq_light(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light in cd/m2 of a PQ signal (ST 2084)."""
    m1, m2, c1, c2, c3 = 2610 / 16384, 2523 / 32, 3424 / 4096, 2413 / 128, 2392 / 128
    root = signal ** (1 / m2)
    return np.asarray(10000 * (np.maximum(root - c1, 0) / (c2 - c3 * root)) ** (1 / m1))


def _hlg_light(signal: NDArray[np.float64]) -> NDArray[np.float64]:
    """Light in cd/m2 of an HLG signal on a display of 1000 cd/m2 (BT.2100), where 75 % is the reference white."""
    a, b, c = 0.17883277, 0.28466892, 0.55991073
    scene = np.where(signal <= 0.5, signal**2 / 3, (np.exp((signal - c) / a) + b) / 12)
    return np.asarray(_PEAK_NITS * scene**1.2)


def _roll_off(light: NDArray[np.float64]) -> NDArray[np.float64]:
    """Map light, counted in whites, to 0..1: as it is up to the knee, then bent so that the peak meets white."""
    span, reach = 1 - _KNEE, _PEAK_NITS / _WHITE_NITS - _KNEE
    over = np.clip(light - _KNEE, 0, reach) / span
    # x (1 + x / m^2) / (1 + x) has the slope 1 at 0 and reaches 1 at x = m (Reinhard and others 2002, equation 4).
    bent = _KNEE + span * over * (1 + over / (reach / span) ** 2) / (1 + over)
    return np.asarray(np.where(light <= _KNEE, light, np.minimum(bent, 1)))


@cache
def _turn_primaries(is_bt2020: bool) -> Floats:
    """The (2, 2) matrix from blue and red difference in the source to those in BT.709, both in -0.5..0.5."""
    weights = np.array([0.2627, 0.6780, 0.0593]) if is_bt2020 else np.array([0.2126, 0.7152, 0.0722])
    primaries = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
    turn = []
    for blue, red in ((1.0, 0.0), (0.0, 1.0)):
        b, r = blue * 2 * (1 - weights[2]), red * 2 * (1 - weights[0])
        rgb = np.array([r, -(weights[0] * r + weights[2] * b) / weights[1], b])
        if is_bt2020:
            rgb = primaries @ rgb
        turn.append([rgb[2] / 1.8556, rgb[0] / 1.5748])
    return np.array(turn, np.float32).T


def _read_plane(plane: av.video.plane.VideoPlane) -> NDArray[np.uint16]:
    """The codes of a plane of 16-bit words, without padding."""
    rows = np.frombuffer(memoryview(plane), np.uint16).reshape(plane.height, plane.line_size // 2)
    return rows[:, : plane.width]


def _write_plane(plane: av.video.plane.VideoPlane, values: NDArray[np.uint8]) -> None:
    """Put values into a plane of bytes; its padding stays."""
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    rows[:, : plane.width] = values
