"""Hands in motion: what the tracker sees in one frame, and a whole recording of it as arrays.

Landmarks follow the 21-point topology of the hand landmark model: 0 wrist, 1-4 thumb (root to tip), 5-8 index,
9-12 middle, 13-16 ring, 17-20 little finger. Left and right are always the worker's own.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEFT, RIGHT = 0, 1
N_LANDMARKS = 21

Float32 = NDArray[np.float32]


class Hand(NamedTuple):
    """One hand in one frame, anyone's.

    landmarks_px: (21, 3) float32; u right and v down in pixels of the frame, and depth relative to the wrist in the
        same unit (smaller is nearer), as the landmark model gives it.
    world_m: (21, 3) float32; the model's own metric guess, metres, centred on the hand, camera axes. Rough.
    presence: 0 to 1, how sure the model is that there is a hand.
    right_score: 0 to 1, how sure that it is the worker's own right hand; 0 means surely a left hand.
    track: number of the track that this hand belongs to, counted from 0 within the recording.
    """

    landmarks_px: Float32
    world_m: Float32
    presence: float
    right_score: float
    track: int


@dataclass(frozen=True)
class HandTrack:
    """The wearer's two hands over a whole recording, left first.

    fps: frames per second, constant.
    px: (n_frames, 2, 21, 2) float32, pixels, NaN where not seen.
    xyz: (n_frames, 2, 21, 3) float32, metres, camera frame (x right, y down, z forward), NaN where not seen.
    seen: (n_frames, 2) float32; 1 seen, 0.5 bridged over a short gap, 0 not seen.
    sigma_m: (n_frames, 2) float32, standard error of the wrist position in metres, NaN where not seen.
    n_hands: (n_frames,) uint8, hands of anyone found in the frame, before the wearer's were told apart.
    """

    fps: int
    px: Float32
    xyz: Float32
    seen: Float32
    sigma_m: Float32
    n_hands: NDArray[np.uint8]

    @property
    def n_frames(self) -> int:
        """Number of frames."""
        return len(self.n_hands)
