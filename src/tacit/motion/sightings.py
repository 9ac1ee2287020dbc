"""Every hand that was seen in a recording, anyone's, as compact arrays: one row for each hand in each frame.

In: the hands of one frame after another. Out: arrays over all of them. About 400 bytes a row.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tacit.records.hands import N_LANDMARKS, Float32, Hand

_BLOCK = 1024

# The palm: wrist and finger roots, which move as one stiff piece.
_PALM_EDGES = ((0, 5), (0, 9), (0, 13), (0, 17), (5, 17))


@dataclass(frozen=True)
class Sightings:
    """Rows in the order of frames; several rows of one frame lie together.

    frame: (n,) int64, index of the frame. track: (n,) int64, number of the track.
    px: (n, 21, 3) float32, as `Hand.landmarks_px`. world_m: (n, 21, 3) float16, as `Hand.world_m`.
    presence, right_score: (n,) float32.
    """

    frame: NDArray[np.int64]
    track: NDArray[np.int64]
    px: Float32
    world_m: NDArray[np.float16]
    presence: Float32
    right_score: Float32

    def __len__(self) -> int:
        return len(self.frame)

    def only(self, rows: NDArray[np.bool_]) -> "Sightings":
        """The rows that a mask (n,) names."""
        return Sightings(
            self.frame[rows],
            self.track[rows],
            self.px[rows],
            self.world_m[rows],
            self.presence[rows],
            self.right_score[rows],
        )

    def palm_px(self) -> Float32:
        """Size of each palm in the picture (n,), pixels: the longest of its edges, least harmed by a slant."""
        edges = [np.linalg.norm(self.px[:, a, :2] - self.px[:, b, :2], axis=-1) for a, b in _PALM_EDGES]
        palm_px: Float32 = np.max(edges, axis=0)
        return palm_px

    def center_px(self) -> Float32:
        """Middle of each palm (n, 2), pixels."""
        center_px: Float32 = self.px[:, [0, 5, 9, 13, 17], :2].mean(axis=1)
        return center_px


class SightingsBuilder:
    """Gathers the hands of a recording frame by frame, packing them in blocks."""

    def __init__(self) -> None:
        self.n_frames = 0
        self._blocks: list[Sightings] = []
        self._hands: list[Hand] = []
        self._frames: list[int] = []

    def add(self, hands: Sequence[Hand]) -> None:
        """Take the hands of the next frame."""
        self._hands.extend(hands)
        self._frames.extend([self.n_frames] * len(hands))
        self.n_frames += 1
        if len(self._hands) >= _BLOCK:
            self._pack()

    def finish(self) -> Sightings:
        """Everything so far; call once, since nothing of it is kept."""
        self._pack()
        blocks, self._blocks = self._blocks, []
        return Sightings(
            np.concatenate([block.frame for block in blocks]),
            np.concatenate([block.track for block in blocks]),
            np.concatenate([block.px for block in blocks]),
            np.concatenate([block.world_m for block in blocks]),
            np.concatenate([block.presence for block in blocks]),
            np.concatenate([block.right_score for block in blocks]),
        )

    def _pack(self) -> None:
        shape = (-1, N_LANDMARKS, 3)
        self._blocks.append(
            Sightings(
                np.array(self._frames, np.int64),
                np.array([hand.track for hand in self._hands], np.int64),
                np.array([hand.landmarks_px for hand in self._hands], np.float32).reshape(shape),
                np.array([hand.world_m for hand in self._hands], np.float16).reshape(shape),
                np.array([hand.presence for hand in self._hands], np.float32),
                np.array([hand.right_score for hand in self._hands], np.float32),
            )
        )
        self._hands, self._frames = [], []
