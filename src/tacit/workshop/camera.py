"""A pinhole camera. World frame: metres, x right, y away from the worker, z up, the bench at z = 0.

Camera frame: x right, y down, z forward.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Float64 = NDArray[np.float64]


@dataclass(frozen=True)
class Camera:
    """Where a camera is and how it sees.

    eye: (3,) metres, world. world_to_camera: (3, 3) rotation; its rows are right, down and forward in the world.
    focal_px: focal length, the same across and down. The optical axis goes through the middle of the picture.
    """

    eye: Float64
    world_to_camera: Float64
    focal_px: float
    width: int
    height: int

    @property
    def matrix(self) -> Float64:
        """Intrinsics (3, 3): pixels = matrix @ camera point, divided by its third entry."""
        return np.array(
            [[self.focal_px, 0, self.width / 2], [0, self.focal_px, self.height / 2], [0, 0, 1]], np.float64
        )

    def to_camera(self, points: Float64) -> Float64:
        """World points (..., 3) in the camera frame."""
        return np.asarray((points - self.eye) @ self.world_to_camera.T)

    def project(self, camera_points: Float64) -> Float64:
        """Pixels (..., 2) of points (..., 3) in the camera frame, in front of it.

        (0, 0) is the upper left corner of the upper left pixel.
        """
        flat = camera_points[..., :2] / camera_points[..., 2:]
        return np.asarray(flat * self.focal_px + np.array([self.width, self.height]) / 2)

    def plane_homography(self, origin: Float64, across: Float64, along: Float64) -> Float64:
        """(3, 3) matrix from coordinates (a, b, 1) on the plane origin + a across + b along to pixels."""
        columns = np.stack([across, along, origin - self.eye], axis=1)
        return np.asarray(self.matrix @ self.world_to_camera @ columns)


def look_at(eye: Float64, target: Float64, fovy_deg: float, width: int, height: int) -> Camera:
    """A level camera at `eye` that looks at `target` (world, metres) with a vertical field of view."""
    forward = (target - eye) / np.linalg.norm(target - eye)
    right = np.cross(forward, (0.0, 0.0, 1.0))
    right /= np.linalg.norm(right)
    rotation = np.stack([right, np.cross(forward, right), forward])
    return Camera(eye, rotation, focal_length_px(fovy_deg, height), width, height)


def focal_length_px(fovy_deg: float, height: int) -> float:
    """Focal length in pixels of a picture of that height and vertical field of view."""
    return float(height / 2 / np.tan(np.radians(fovy_deg) / 2))
