"""Films a piece of synthetic hand work: an H.264 mp4, and beside it what is true in every frame.

In: options with a seed. Out: the video, and a ground truth that is exact because the scene was built from it. The same
options give the same bytes on the same machine and libraries. Never a real person's hand, face or voice.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.records.errors import BadFilmError
from tacit.records.hands import LEFT, N_LANDMARKS, RIGHT
from tacit.workshop.camera import Camera, focal_length_px
from tacit.workshop.choreography import Choreography, choreograph, cross_over, moment
from tacit.workshop.forearm import Clothes, SleeveLength
from tacit.workshop.glove import Glove
from tacit.workshop.hand_mesh import Skin, hand_mesh
from tacit.workshop.head import glance, walk_past
from tacit.workshop.light import LIGHTS, LightName
from tacit.workshop.render import Image, Renderer, Solid
from tacit.workshop.scene import place_hand
from tacit.workshop.things import Clutter, blocks, clutter
from tacit.workshop.truth import GroundTruth
from tacit.workshop.viewpoint import DISTANCE_M, FOVY_DEG, HeadMotion, head_camera

VISIBLE_LANDMARKS_MIN = 15
"""A hand is visible where so many of its 21 landmarks are in the picture and nothing else stands before them."""

Blur = Literal["none", "motion", "defocus"]
_FACE_IN_PICTURE_MIN = 0.6
_SHUTTER_SHARE, _MOMENTS = 0.8, 5  # how long the shutter is open, in frames, and the pictures that stand for it
_SOFT_SIGMA_PX: dict[Blur, float] = {"none": 0.62, "motion": 0.62, "defocus": 2.4}  # at 480 rows


@dataclass(frozen=True)
class FilmOptions:
    """What to film.

    seconds: length. width, height: pixels, even. hands: which ones work. crossing: they reach over each other instead
    of moving blocks. seed: of everything that varies. begin_s: how far into the work the film begins.
    skin: tone of the hands. glove: which kind they wear, None for bare hands. sleeve: its colour, sRGB from 0 to 1.
    sleeve_length, light, blur, head, clutter: see their types. distance_m: from the eye to the work.
    passer_by: someone walks past at the back, whose face can be seen, in the middle of the film; passer_by_skin: their
    tone.
    """

    seconds: float = 10.0
    fps: int = 30
    width: int = 640
    height: int = 480
    hands: Literal["right", "both"] = "both"
    crossing: bool = False
    seed: int = 1
    begin_s: float = 0.0
    skin: Skin = "brown"
    glove: Glove | None = None
    sleeve: tuple[float, float, float] = (0.26, 0.33, 0.47)
    sleeve_length: SleeveLength = "long"
    light: LightName = "plain"
    blur: Blur = "none"
    distance_m: float = DISTANCE_M
    head: HeadMotion = "still"
    clutter: Clutter = "none"
    passer_by: bool = False
    passer_by_skin: Skin = "tan"


class Stage:
    """The scene of one film: draws any frame of it and tells what is true in it."""

    def __init__(self, options: FilmOptions) -> None:
        _check(options)
        self._options = o = options
        rng = np.random.default_rng(o.seed)
        told_s = o.begin_s + o.seconds
        self.story: Choreography = (
            cross_over(told_s, rng) if o.crossing else choreograph(told_s, o.hands == "both", rng)
        )
        soft_px = max(_SOFT_SIGMA_PX["none"], _SOFT_SIGMA_PX[o.blur] * o.height / 480)
        textured = o.clutter == "textured"
        self._renderer = Renderer(o.width, o.height, o.seed, LIGHTS[o.light], soft_px, textured)
        self._mesh = hand_mesh(o.skin, o.glove)
        self._clothes = Clothes(o.sleeve_length, o.sleeve, o.skin)
        self._clutter = clutter(o.clutter, rng)

    def frame(self, frame_index: int) -> "Shot":
        """Draw one frame; what is true holds in the middle of its exposure."""
        o = self._options
        n_moments = _MOMENTS if o.blur == "motion" else 1
        shutter_s = (np.arange(n_moments) - (n_moments - 1) / 2) * _SHUTTER_SHARE / n_moments / o.fps
        views = [self._at(frame_index / o.fps + late_s) for late_s in shutter_s.tolist()]
        pictures = [self._renderer.draw(view.camera, view.solids) for view in views]
        middle, sharp = views[n_moments // 2], pictures[n_moments // 2]
        rgb = self._renderer.expose([picture.rgb for picture in pictures], frame_index)
        px = middle.camera.project(middle.joints)
        return Shot(rgb, sharp.solid, middle.joints, px, middle.face_px, _is_clear(px, sharp.solid, middle.own))

    def _at(self, film_s: float) -> "_View":
        """Everything at a moment of the film."""
        o = self._options
        at_s, middle_s = o.begin_s + film_s, o.seconds / 2
        lifted = glance(film_s, middle_s) if o.passer_by else 0.0
        camera = head_camera(at_s, lifted, o.width, o.height, o.distance_m, o.head)
        solids: list[Solid] = []
        joints = np.full((2, N_LANDMARKS, 3), np.nan)
        own = {LEFT: range(0), RIGHT: range(0)}
        for which, keys in ((RIGHT, self.story.right), (LEFT, self.story.left)):
            if keys:
                hand = place_hand(which, moment(keys, at_s), self._mesh, self._clothes)
                joints[which] = camera.to_camera(hand.joints)
                own[which] = range(len(solids), len(solids) + len(hand.solids))
                solids += hand.solids
        face = np.full(4, np.nan)
        walker = walk_past(film_s, middle_s, o.passer_by_skin) if o.passer_by else None
        if walker:
            solids.append(walker.solid)
            face = _face_box(camera, walker.face)
        return _View(camera, [*solids, *blocks(self.story, at_s), *self._clutter], joints, own, face)

    def cycles(self) -> NDArray[np.int32]:
        """First frame and the frame after the last (k, 2) of each cycle that lies within the film."""
        o = self._options
        spans_s = [(c.start_s - o.begin_s, c.end_s - o.begin_s) for c in self.story.cycles]
        whole = [(start, end) for start, end in spans_s if start >= 0 and end <= o.seconds]
        return np.array([(round(start * o.fps), round(end * o.fps)) for start, end in whole], np.int32).reshape(-1, 2)


@dataclass(frozen=True)
class _View:
    """A moment: the camera, what it looks at, the landmarks in its frame, each hand's solids, and a face's box."""

    camera: Camera
    solids: list[Solid]
    joints: NDArray[np.float64]
    own: dict[int, range]
    face_px: NDArray[np.float64]


@dataclass(frozen=True)
class Shot:
    """One frame.

    rgb: (height, width, 3). solid: (height, width) int16, which solid each pixel shows, -1 for none; hands come first,
    the right one before the left, each with its forearm.
    xyz, px: landmarks (2, 21, 3) in the camera frame and (2, 21, 2) in pixels. face_px: (4,), see GroundTruth.
    clear: (2, 21) bool, the landmark is in the picture and nothing but its own hand and arm stands before it.
    """

    rgb: Image
    solid: NDArray[np.int16]
    xyz: NDArray[np.float64]
    px: NDArray[np.float64]
    face_px: NDArray[np.float64]
    clear: NDArray[np.bool_]


def film(path: Path, options: FilmOptions) -> GroundTruth:
    """Film it: write an mp4 to `path` and the ground truth beside it, under the same name with .npz.

    Raises:
        BadFilmError: An option is out of range.
    """
    stage = Stage(options)
    n_frames = round(options.seconds * options.fps)
    shots, clear = [], []
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
            clear.append(shot.clear)
            i420 = np.asarray(cv2.cvtColor(shot.rgb, cv2.COLOR_RGB2YUV_I420), np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(i420, "yuv420p")))
        container.mux(stream.encode(None))
    px, xyz, face = (np.stack(arrays).astype(np.float32) for arrays in zip(*shots, strict=True))
    truth = GroundTruth(
        fps=options.fps,
        width=options.width,
        height=options.height,
        fovy_deg=FOVY_DEG,
        focal_px=focal_length_px(FOVY_DEG, options.height),
        px=px,
        xyz=xyz,
        visible=np.stack(clear).sum(-1) >= VISIBLE_LANDMARKS_MIN,
        face_px=face,
        cycles=stage.cycles(),
    )
    truth.save(path.with_suffix(".npz"))
    return truth


def _is_clear(px: NDArray[np.float64], solid: NDArray[np.int16], own: dict[int, range]) -> NDArray[np.bool_]:
    """Which landmarks (2, 21) are in the picture with nothing before them but their own hand and arm."""
    height, width = solid.shape
    inside = np.all((px >= 0) & (px < (width, height)), axis=-1)  # NaN compares as outside
    column, row = np.where(inside[..., None], px, 0).astype(np.int32).transpose(2, 0, 1)
    shown = solid[row, column]
    clear: NDArray[np.bool_] = inside.copy()
    for which, solids in own.items():
        # A landmark may lie a pixel outside the flesh that is drawn; then it shows the bench, which is behind it.
        clear[which] &= (shown[which] < 0) | np.isin(shown[which], list(solids))
    return clear


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
    if not 0.25 <= options.distance_m <= 1.2:
        raise BadFilmError("distance_m", f"{options.distance_m} m", "from 0.25 to 1.2 m")
    if options.begin_s < 0:
        raise BadFilmError("begin_s", f"{options.begin_s} s", "0 s or more")
