"""What is true in every frame of a film, exact because the scene was built from it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class GroundTruth:
    """What is true in each frame; left hand first, landmarks as in `tacit.records.hands`.

    px: (n, 2, 21, 2) float32, pixels, also outside the picture; NaN where there is no such hand.
    xyz: (n, 2, 21, 3) float32, metres, camera frame (x right, y down, z forward); NaN likewise.
    visible: (n, 2) bool, most of the hand is in the picture and nothing but itself stands before it.
    face_px: (n, 4) float32; x, y, width, height of the passer-by's face, from hairline to chin, NaN where it is absent
        or mostly outside the picture.
    cycles: (k, 2) int32, first frame and the frame after the last of each whole pick, move and place.
    fovy_deg, focal_px: vertical field of view, and focal length; the optical axis is in the middle of the picture.
    """

    fps: int
    width: int
    height: int
    fovy_deg: float
    focal_px: float
    px: Float32
    xyz: Float32
    visible: NDArray[np.bool_]
    face_px: Float32
    cycles: NDArray[np.int32]

    def save(self, path: Path) -> None:
        """Write it as a numpy archive (.npz), one array for each field."""
        arrays: dict[str, Any] = {name: np.asarray(value) for name, value in vars(self).items()}
        np.savez_compressed(path, **arrays)


def load_ground_truth(path: Path) -> GroundTruth:
    """Read what `GroundTruth.save` wrote beside a film, to hold against it what a tracker made of the film."""
    with np.load(path, allow_pickle=False) as archive:
        numbers = {name: archive[name].item() for name in ("fps", "width", "height", "fovy_deg", "focal_px")}
        arrays = {name: archive[name] for name in ("px", "xyz", "visible", "face_px", "cycles")}
    return GroundTruth(**numbers, **arrays)
