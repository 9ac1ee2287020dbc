"""Where to look for a hand: a turned square in the picture, made from a palm or from the last landmarks.

In: palm boxes or landmarks in pixels. Out: regions, whose crops show a hand upright, fingers up.
Source: the two region calculators and their options in the graphs of mediapipe 0.10.21 (modules/hand_landmark).
"""

import math
from typing import NamedTuple

import numpy as np

from tacit.records.hands import Float32

# The square is moved along the hand and made larger: by these parts of the box for palms, and for whole hands.
_PALM_SHIFT, _PALM_SCALE = 0.5, 2.6
_HAND_SHIFT, _HAND_SCALE = 0.1, 2.0

# The points that bound a hand when the next region is made: wrist, thumb, and the two lower joints of each finger.
_STEADY_POINTS = np.array([0, 1, 2, 3, 5, 6, 9, 10, 13, 14, 17, 18])
_WRIST, _INDEX_ROOT, _MIDDLE_ROOT, _RING_ROOT = 0, 5, 9, 13


class Region(NamedTuple):
    """A square in the picture: its centre and side in pixels, and its turn in radians, clockwise as seen."""

    x: float
    y: float
    size: float
    angle: float

    def crop_to_frame(self, side: int) -> Float32:
        """The matrix (2, 3) from pixels of a square crop with `side` pixels to pixels of the frame."""
        scale = self.size / side
        cos, sin = math.cos(self.angle) * scale, math.sin(self.angle) * scale
        half = side / 2
        return np.array(
            [[cos, -sin, self.x - (cos - sin) * half], [sin, cos, self.y - (sin + cos) * half]], dtype=np.float32
        )


def compute_region_of_palm(low: Float32, high: Float32, wrist: Float32, middle_root: Float32) -> Region:
    """The region of the whole hand around a palm.

    Args:
        low, high: (2,) corners of the palm's upright box. wrist, middle_root: (2,) key points of the palm.
    """
    angle = _angle_upright(middle_root[0] - wrist[0], middle_root[1] - wrist[1])
    width, height = float(high[0] - low[0]), float(high[1] - low[1])
    return _place((low[0] + high[0]) / 2, (low[1] + high[1]) / 2, width, height, angle, _PALM_SHIFT, _PALM_SCALE)


def compute_region_of_hand(landmarks_px: Float32) -> Region:
    """The region in which the next frame's landmarks are read: around this frame's, (21, 2 or more)."""
    points = landmarks_px[_STEADY_POINTS, :2]
    towards = (landmarks_px[_INDEX_ROOT, :2] + landmarks_px[_RING_ROOT, :2]) / 4 + landmarks_px[_MIDDLE_ROOT, :2] / 2
    wrist = landmarks_px[_WRIST]
    angle = _angle_upright(towards[0] - wrist[0], towards[1] - wrist[1])
    cos, sin = math.cos(angle), math.sin(angle)
    along = points[:, 0] * cos + points[:, 1] * sin  # coordinates in the turned frame
    across = points[:, 1] * cos - points[:, 0] * sin
    low_u, high_u, low_v, high_v = float(along.min()), float(along.max()), float(across.min()), float(across.max())
    u, v = (low_u + high_u) / 2, (low_v + high_v) / 2
    return _place(u * cos - v * sin, u * sin + v * cos, high_u - low_u, high_v - low_v, angle, _HAND_SHIFT, _HAND_SCALE)


def _angle_upright(dx: float, dy: float) -> float:
    """The turn that makes the direction (dx, dy) point up in the crop, within half a turn."""
    return math.remainder(math.pi / 2 - math.atan2(-dy, dx), 2 * math.pi)


def _place(x: float, y: float, width: float, height: float, angle: float, shift: float, scale: float) -> Region:
    """Move the box towards the fingers by a part of its height, then make it a larger square."""
    return Region(
        float(x + math.sin(angle) * height * shift),
        float(y - math.cos(angle) * height * shift),
        float(max(width, height) * scale),
        angle,
    )
