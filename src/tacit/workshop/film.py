"""Films a piece of synthetic hand work: an H.264 mp4, and beside it what is true in every frame.

In: options with a seed. Out: the video, and a ground truth that is exact because the scene was built from it. The same
options give the same bytes on the same machine and libraries. Never a real person's hand, face or voice.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.records.errors import BadFilmError
from tacit.records.hands import LEFT, N_LANDMARKS, RIGHT
from tacit.workshop.camera import Camera, focal_length_px
from tacit.workshop.choreography import Choreography, choreograph, moment
from tacit.workshop.hand_mesh import Skin, hand_mesh
from tacit.workshop.head import glance, walk_past
from tacit.workshop.render import Picture, Renderer, Solid
from tacit.workshop.scene import FOVY_DEG, blocks, head_camera, place_hand

Float32 = NDArray[np.float32]

_LANDMARKS_IN_PICTURE_MIN = 15
_FACE_IN_PICTURE_MIN = 0.6


@dataclass(frozen=True)
class FilmOptions:
    """What to film.

    seconds: length. width, height: pixels, even. hands: which ones work. seed: of everything that varies.
    skin: tone of the hands. sleeve: its colour, sRGB from 0 to 1. passer_by: someone walks past at the back, whose
    face can be seen, in the middle of the film.
    """

    seconds: float = 10.0
    fps: int = 30
    width: int = 640
    height: int = 480
    hands: Literal["right", "both"] = "both"
    seed: int = 1
    skin: Skin = "brown"
    sleeve: tuple[float, float, float] = (0.26, 0.33, 0.47)
    passer_by: bool = False


@dataclass(frozen=True)
class GroundTruth:
    """What is true in each frame; left hand first, landmarks as in `tacit.records.hands`.

    px: (n, 2, 21, 2) float32, pixels, also outside the picture; NaN where there is no such hand.
    xyz: (n, 2, 21, 3) float32, metres, camera frame (x right, y down, z forward); NaN likewise.
    visible: (n, 2) bool, most of the hand is in the picture.
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


class Stage:
    """The scene of one film: draws any frame of it and tells what is true in it."""

    def __init__(self, options: FilmOptions) -> None:
        _check(options)
        self._options = options
        rng = np.random.default_rng(options.seed)
        self.story: Choreography = choreograph(options.seconds, options.hands == "both", rng)
        self._renderer = Renderer(options.width, options.height, options.seed)
        self._mesh = hand_mesh(options.skin)

    def frame(self, frame_index: int) -> "Shot":
        """Draw one frame."""
        o = self._options
        at_s = frame_index / o.fps
        middle_s = o.seconds / 2
        camera = head_camera(at_s, glance(at_s, middle_s) if o.passer_by else 0.0, o.width, o.height)
        solids: list[Solid] = []
        joints = np.full((2, N_LANDMARKS, 3), np.nan)
        for which, keys in ((RIGHT, self.story.right), (LEFT, self.story.left)):
            if keys:
                hand = place_hand(which, moment(keys, at_s), self._mesh, o.sleeve)
                joints[which] = camera.to_camera(hand.joints)
                solids += hand.solids
        face = np.full(4, np.nan)
        walker = walk_past(at_s, middle_s, "tan") if o.passer_by else None
        if walker:
            solids.append(walker.solid)
            face = _face_box(camera, walker.face)
        picture = self._renderer.draw(camera, [*solids, *blocks(self.story, at_s)], frame_index)
        return Shot(picture, joints, camera.project(joints), face)

    def cycles(self) -> NDArray[np.int32]:
        """First frame and the frame after the last (k, 2) of each cycle that ends within the film."""
        o = self._options
        whole = [c for c in self.story.cycles if c.end_s <= o.seconds]
        return np.array([(round(c.start_s * o.fps), round(c.end_s * o.fps)) for c in whole], np.int32).reshape(-1, 2)


@dataclass(frozen=True)
class Shot:
    """One frame: the picture, landmarks in the camera frame (2, 21, 3) and in pixels (2, 21, 2), and a face (4,)."""

    picture: Picture
    xyz: NDArray[np.float64]
    px: NDArray[np.float64]
    face_px: NDArray[np.float64]


def film(path: Path, options: FilmOptions) -> GroundTruth:
    """Film it: write an mp4 to `path` and the ground truth beside it, under the same name with .npz.

    Raises:
        BadFilmError: An option is out of range.
    """
    stage = Stage(options)
    n_frames = round(options.seconds * options.fps)
    shots = []
    with av.open(str(path), "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=options.fps)
        stream.width, stream.height, stream.pix_fmt = options.width, options.height, "yuv420p"
        stream.options = {
            "crf": "19",
            "preset": "veryfast",
            "threads": "1",
            "bf": "0",
            "g": str(options.fps),
            # Measured on AVX-512: x264's macroblock tree makes 1 film in 5 differ, in the last block of the picture.
            "x264-params": "mbtree=0",
        }
        for frame_index in range(n_frames):
            shot = stage.frame(frame_index)
            shots.append((shot.px, shot.xyz, shot.face_px))
            i420 = np.asarray(cv2.cvtColor(shot.picture.rgb, cv2.COLOR_RGB2YUV_I420), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(i420, "yuv420p")))
        container.mux(stream.encode(None))
    px, xyz, face = (np.stack(arrays).astype(np.float32) for arrays in zip(*shots, strict=True))
    inside = ((px >= 0) & (px < (options.width, options.height))).all(-1)  # NaN compares as outside
    truth = GroundTruth(
        fps=options.fps,
        width=options.width,
        height=options.height,
        fovy_deg=FOVY_DEG,
        focal_px=focal_length_px(FOVY_DEG, options.height),
        px=px,
        xyz=xyz,
        visible=inside.sum(-1) >= _LANDMARKS_IN_PICTURE_MIN,
        face_px=face,
        cycles=stage.cycles(),
    )
    truth.save(path.with_suffix(".npz"))
    return truth


def _face_box(camera: Camera, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Box (x, y, width, height) around a face, cut at the picture's edge; NaN where most of it is outside."""
    px = camera.project(camera.to_camera(points))
    size = np.array([camera.width, camera.height], float)
    low, high = px.min(0), px.max(0)
    cut_low, cut_high = np.clip(low, 0, size), np.clip(high, 0, size)
    if np.prod(cut_high - cut_low) < _FACE_IN_PICTURE_MIN * np.prod(high - low):
        return np.full(4, np.nan)
    return np.concatenate([cut_low, cut_high - cut_low])


def _check(options: FilmOptions) -> None:
    """Refuse options that no film can be made of."""
    for name in ("width", "height"):
        value = getattr(options, name)
        if not 160 <= value <= 3840 or value % 2:
            raise BadFilmError(name, f"{value} pixels", "an even number from 160 to 3840")
    if not 1 <= options.fps <= 120:
        raise BadFilmError("fps", f"{options.fps} frames a second", "from 1 to 120")
    if not 1 / options.fps <= options.seconds <= 3600:
        raise BadFilmError("seconds", f"{options.seconds} s", "from one frame to 3600 s")
