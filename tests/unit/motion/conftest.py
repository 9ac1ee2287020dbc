"""Hands of a plain geometric kind: a flat hand with known points, turned and seen by a pinhole camera."""

import os
from pathlib import Path

import numpy as np
import openvino as ov
import pytest
from openvino import opset13

from tacit.models.inference import Network, Pixels
from tacit.models.manifest import HAND_LANDMARKS, PALM_DETECTION
from tacit.models.store import ModelState, ModelStore
from tacit.motion.metres import MetresOptions, assumed_intrinsics
from tacit.motion.palm import _compute_anchors
from tacit.motion.regions import compute_region_of_hand
from tacit.records.hands import Hand

# Finger roots of a flat right hand, millimetres from the wrist, as the average hand has them.
ROOTS_MM = ((-26, -87), (-4, -90), (16, -85), (32, -75))


class Lab:
    """Makes hands and looks at them."""

    width, height = 1280, 720

    def flat_hand_m(self, x: float = 0, y: float = 0, z: float = 0) -> np.ndarray:
        """A flat right hand seen from its back, fingers up: (21, 3) metres, camera axes, its wrist at x, y, z."""
        points = np.zeros((21, 3))
        points[1:5, :2] = np.array([[-25, -20], [-45, -45], [-60, -70], [-72, -92]]) / 1000
        points[5::4, :2] = np.array(ROOTS_MM) / 1000
        for root in range(5, 21, 4):
            outwards = points[root] / np.linalg.norm(points[root])
            points[root + 1 : root + 4] = points[root] + np.outer([0.04, 0.065, 0.085], outwards)
        return points + np.array([x, y, z])

    def turn(self, axis: str, degrees: float) -> np.ndarray:
        """A rotation about one of the camera's axes."""
        c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
        return {
            "x": np.array([[1, 0, 0], [0, c, -s], [0, s, c]]),
            "y": np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]),
            "z": np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]]),
        }[axis]

    def project(self, points_m: np.ndarray) -> np.ndarray:
        """Pixels (n, 2) of points in the camera's frame."""
        camera = assumed_intrinsics(self.width, self.height, MetresOptions())
        return points_m[:, :2] / points_m[:, 2:] * camera["fx"] + np.array([camera["cx"], camera["cy"]])

    def see(self, points_m: np.ndarray, right_score: float = 1.0, track: int = 0, presence: float = 0.99) -> Hand:
        """What a perfect landmark model would say of a hand at these points (21, 3) in the camera's frame."""
        focal_px = assumed_intrinsics(self.width, self.height, MetresOptions())["fx"]
        depth_px = (points_m[:, 2:] - points_m[0, 2]) / points_m[0, 2] * focal_px
        landmarks_px = np.hstack([self.project(points_m), depth_px]).astype(np.float32)
        world_m = (points_m - points_m.mean(axis=0)).astype(np.float32)
        return Hand(landmarks_px, world_m, presence, right_score, track)

    def hand_at(self, x: float, y: float, z: float, turned: float = 0, right: bool = True, **said: float) -> Hand:
        """A hand with its wrist at x, y, z metres; `turned` degrees clockwise in the picture, 0 = fingers up."""
        points = self.flat_hand_m() * (1 if right else -1, 1, 1)
        said = {"right_score": 0.98 if right else 0.02, **said}
        return self.see(points @ self.turn("z", turned).T + np.array([x, y, z]), **said)


@pytest.fixture(scope="session")
def lab() -> Lab:
    return Lab()


@pytest.fixture(scope="session")
def model_store() -> ModelStore:
    """The models as they are on this machine: where TACIT_MODELS says, or in the user's cache."""
    cache = Path(os.environ.get("TACIT_MODELS") or Path.home() / ".cache" / "tacit")
    store = ModelStore(cache)
    ready = {status.entry.name for status in store.status() if status.state is ModelState.READY}
    if not {PALM_DETECTION, HAND_LANDMARKS} <= ready:
        pytest.skip(f"no hand models in {cache}; `tacit models fetch` gets them")
    return store


@pytest.fixture(scope="session")
def footage() -> Path:
    """The folder of the real clips."""
    if not os.environ.get("TACIT_TEST_FOOTAGE"):
        pytest.skip("TACIT_TEST_FOOTAGE is not set to a folder of real clips")
    return Path(os.environ["TACIT_TEST_FOOTAGE"])


def _hand_in_crop(lab: Lab) -> np.ndarray:
    """Landmarks (21, 3) in pixels of a crop, placed so that the next region is that very crop again."""
    px = lab.see(lab.flat_hand_m(0, 0, 0.5)).landmarks_px
    crop_to_frame = compute_region_of_hand(px).crop_to_frame(224)
    in_crop = (px[:, :2] - crop_to_frame[:, 2]) @ np.linalg.inv(crop_to_frame[:, :2]).T
    return np.hstack([in_crop, np.zeros((21, 1))]).astype(np.float32)


@pytest.fixture(scope="session")
def toy_networks(lab: Lab, tmp_path_factory: pytest.TempPathFactory) -> tuple[Network, Network]:
    """Two small real networks: one finds a palm in the middle of any picture, the other reads a flat right hand in
    any crop and is the surer of it the brighter the crop is.
    """
    folder = tmp_path_factory.mktemp("networks")
    picture = opset13.parameter([1, 192, 192, 3], np.float32)
    coded, logits = np.zeros((1, 2016, 18), np.float32), np.full((1, 2016, 1), -50, np.float32)
    middle = int(np.argmin(np.abs(_compute_anchors() - 96).sum(axis=1)))
    coded[0, middle, 2:4] = 30  # a box of 30 pixels, its wrist below and its middle finger above
    coded[0, middle, 4:6], coded[0, middle, 8:10] = (0, 15), (0, -15)
    logits[0, middle] = 5
    silence = opset13.multiply(opset13.reduce_mean(picture, [0, 1, 2, 3], keep_dims=False), np.float32(0))
    outputs = [opset13.add(opset13.constant(values), silence) for values in (coded, logits)]
    ov.save_model(ov.Model(outputs, [picture], "palm"), folder / "palm.xml", compress_to_fp16=False)

    crop = opset13.parameter([1, 224, 224, 3], np.float32)
    brightness = opset13.reduce_mean(crop, [1, 2, 3], keep_dims=False)
    silence = opset13.multiply(opset13.reduce_mean(crop, [0, 1, 2, 3], keep_dims=False), np.float32(0))
    world = lab.flat_hand_m().reshape(1, 63).astype(np.float32)
    outputs = [
        opset13.add(opset13.constant(_hand_in_crop(lab).reshape(1, 63)), silence),
        opset13.reshape(brightness, opset13.constant([1, 1]), special_zero=False),
        opset13.add(opset13.constant(np.full((1, 1), 0.97, np.float32)), silence),
        opset13.add(opset13.constant(world), silence),
    ]
    ov.save_model(ov.Model(outputs, [crop], "landmarks"), folder / "landmarks.xml", compress_to_fp16=False)
    pixels = Pixels(255, "NHWC")
    return (
        Network(folder / "palm.xml", (1, 192, 192, 3), pixels=pixels),
        Network(folder / "landmarks.xml", (1, 224, 224, 3), pixels=pixels),
    )
