"""Reads the 21 landmarks of one hand inside a region of the picture.

In: a frame and a region of it. Out: a reading with landmarks in pixels of the frame and the model's own metric guess.
Source: modules/hand_landmark of mediapipe 0.10.21. The model was taught on mirrored pictures, so on a picture that is
not mirrored its score for "Left" is the score for the person's own right hand.
"""

from typing import NamedTuple

import numpy as np

from tacit.models.inference import Network
from tacit.motion.regions import Region
from tacit.motion.sampling import Sampler, Tint
from tacit.records.frames import I420
from tacit.records.hands import N_LANDMARKS, Float32

SIDE = 224
"""Pixels of the square crop that the model takes."""


class Reading(NamedTuple):
    """What the model read in one region; the fields mean the same as in `records.hands.Hand`."""

    landmarks_px: Float32
    world_m: Float32
    presence: float
    right_score: float


class LandmarkReader:
    """Reads landmarks with a network that takes crops (1, 224, 224, 3) in uint8."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._sampler = Sampler(SIDE)

    def read(self, i420: I420, region: Region, tint: Tint = Tint.AS_FILMED) -> Reading:
        """Read the hand in a region of a frame (height * 3 // 2, width)."""
        crop_to_frame = region.crop_to_frame(SIDE)
        points, presence, right_score, world = self._network(self._sampler.crop(i420, crop_to_frame, tint))
        landmarks = points.reshape(N_LANDMARKS, 3)
        landmarks_px = np.empty((N_LANDMARKS, 3), np.float32)
        landmarks_px[:, :2] = landmarks[:, :2] @ crop_to_frame[:, :2].T + crop_to_frame[:, 2]
        landmarks_px[:, 2] = landmarks[:, 2] * (region.size / SIDE)
        world_m = world.reshape(N_LANDMARKS, 3)
        world_m[:, :2] = world_m[:, :2] @ (crop_to_frame[:, :2].T * np.float32(SIDE / region.size))
        return Reading(landmarks_px, world_m, float(presence[0, 0]), float(right_score[0, 0]))
