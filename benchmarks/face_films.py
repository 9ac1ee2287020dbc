"""Films in which it is known where every face is: pictures of heads, moved over moving backgrounds.

In: heads and a background. Out: for each kind of difficulty an mp4, and for each of its frames the pixels of every face
that can be seen. Heads are the workshop's, or cut out of clips and pictures that somebody names. Nothing here is
chosen by what a detector finds in it, but for where a head is in a picture.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.workshop.camera import look_at
from tacit.workshop.film import FilmOptions, Stage
from tacit.workshop.hand_mesh import Skin
from tacit.workshop.hand_rig import turn
from tacit.workshop.head import head_mesh
from tacit.workshop.render import Renderer, Solid

WIDTH, HEIGHT, N_FRAMES, FPS = 1280, 720, 90, 30
SIZES_PX = (24, 48, 120)
"""The faces of a film: side of the square that is as large as the box around the face."""
SIZE_MIN_PX = 24
_NOISE_LEVEL = 2.0  # standard deviation, of 255
_VISIBLE_MIN = 0.4  # a face of which less can be seen, behind something or past the edge, is not counted

Rgb = NDArray[np.uint8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Head:
    """A picture of a head. rgb: (h, w, 3). alpha: (h, w), 1 on the head. face: (h, w), from hairline to chin."""

    rgb: NDArray[np.float32]
    alpha: NDArray[np.float32]
    face: Mask

    @property
    def box(self) -> NDArray[np.float64]:
        """The box around the face: left, top, right, bottom."""
        rows, columns = (np.flatnonzero(self.face.any(axis=axis)) for axis in (1, 0))
        return np.array([columns[0], rows[0], columns[-1] + 1, rows[-1] + 1], float)


@dataclass(frozen=True)
class Model:
    """Somebody's head from several sides: pictures by how far it is turned away, in degrees, rising from 0 to 90."""

    name: str
    views: tuple[tuple[float, Head], ...]

    def seen_at(self, yaw_deg: float) -> Head:
        """The picture that comes nearest."""
        return min(self.views, key=lambda view: abs(view[0] - yaw_deg))[1]


@dataclass(frozen=True)
class Pose:
    """Where a head is in one frame.

    x, y: middle of the face, in pixels. size_px: see `SIZES_PX`. roll_deg: how far it leans, against the clock.
    yaw_deg: how far it is turned away. smear_px: how far it moves across the picture while the shutter is open.
    """

    x: float
    y: float
    size_px: float
    roll_deg: float = 0.0
    yaw_deg: float = 0.0
    smear_px: float = 0.0


@dataclass(frozen=True)
class Kind:
    """A kind of difficulty.

    move: where a head of a size is in a frame, given its lane (0, 1, 2); None where it is not there.
    dress: what is put onto the head. glass: it is seen in a reflection. hide: what stands before it; given a picture,
    the pixels there that are hidden, and painted. light: brightness of the whole film. shake_px: of the camera.
    """

    name: str
    move: Callable[[int, int, float], Pose | None]
    dress: Callable[[Head], Head] = field(default=lambda head: head)
    glass: bool = False
    hide: str = ""
    light: float = 1.0
    shake_px: float = 0.0


@dataclass(frozen=True)
class Seen:
    """The pixels of one face that can be seen in one frame. size_px: of the whole face."""

    left: int
    top: int
    size_px: float
    pixels: Mask


Truth = list[list[Seen]]
"""For each frame its faces."""


def _lane_y(lane: int) -> float:
    return HEIGHT * (0.14, 0.42, 0.76)[lane]


def _walk(k: int, lane: int, size: float, speed: float = 0.12) -> Pose:
    """Into the picture from its left edge or its right one, bobbing; speed in sizes a frame."""
    way = -0.7 * size + speed * size * (k - 4 - 3 * lane)
    x = way if lane != 1 else WIDTH - way
    return Pose(x, _lane_y(lane) + 0.06 * size * np.sin(k / 4), size)


def _with(**changes: float) -> Callable[[int, int, float], Pose]:
    """Walking, with some of the pose otherwise."""
    return lambda k, lane, size: replace(_walk(k, lane, size), **changes)


def _rush(k: int, lane: int, size: float) -> Pose:
    """Across the picture at 40 pixels a frame, once every 45 frames; blurred by a third of that."""
    x = -size + 40 * ((k - 7 * lane) % 45)
    return Pose(x if lane != 1 else WIDTH - x, _lane_y(lane), size, smear_px=13)


def _pop_up(k: int, lane: int, size: float) -> Pose | None:
    """There for four frames, elsewhere every time."""
    turn_index, since = divmod(k + 9 * lane, 29)
    return Pose(WIDTH * (0.2 + 0.17 * turn_index + 0.1 * lane), _lane_y(lane), size) if 12 <= since < 16 else None


def _cross(k: int, lane: int, size: float) -> Pose:
    """All on one height, at twice the size of a walk; from both sides, through each other in the middle."""
    size *= 0.75
    from_left = (k - 45) * (7.0, -5.0, 3.0)[lane]
    return Pose(WIDTH / 2 + from_left, HEIGHT * (0.45, 0.5, 0.55)[lane], size)


def _look_about(k: int, lane: int, size: float) -> Pose:
    """Turning from full face to profile and back, twice in three seconds."""
    return replace(_walk(k, lane, size), yaw_deg=90 * (0.5 - 0.5 * np.cos(2 * np.pi * k / 45)))


def _nod(k: int, lane: int, size: float) -> Pose:
    """Leaning further and further, up to 100 degrees, and back."""
    return replace(_walk(k, lane, size), roll_deg=100 * np.sin(np.pi * k / N_FRAMES))


def _approach(k: int, lane: int, size: float) -> Pose:
    """From 20 pixels on, up to 40, 80 and 200."""
    grown = 20 * (size / 0.6 / 20) ** (k / N_FRAMES)
    return Pose(WIDTH * (0.25 + 0.25 * lane) + k, HEIGHT * 0.35, grown)


def _put_on_mask(head: Head) -> Head:
    """A surgical mask: a flat pale blue from the nose to below the chin, with folds."""
    left, top, right, bottom = head.box
    width, height = right - left, bottom - top
    across = np.array([0.02, 0.5, 0.98, 0.86, 0.5, 0.14]) * width + left
    down = np.array([0.5, 0.42, 0.5, 0.95, 1.06, 0.95]) * height + top
    outline = np.round(np.stack([across, down], axis=1)).astype(np.int32)
    shape = np.zeros(head.face.shape, np.uint8)
    cv2.fillConvexPoly(shape, cv2.convexHull(outline), 1)
    rgb = head.rgb.copy()
    folds = 1 - 0.08 * (np.arange(len(rgb)) // max(1, height / 12) % 2)
    cloth = np.array([150, 190, 205], np.float32) * folds[:, None, None] * np.ones_like(rgb)
    rgb[shape > 0] = cloth[shape > 0]
    return Head(rgb, np.maximum(head.alpha, shape), head.face)


KINDS = (
    Kind("walking past", _walk),
    Kind("profile", _with(yaw_deg=90)),
    Kind("half turned", _with(yaw_deg=45)),
    Kind("turning to profile and back", _look_about),
    Kind("leaning by 45 degrees", _with(roll_deg=45)),
    Kind("lying", _with(roll_deg=-90)),
    Kind("upside down", _with(roll_deg=180)),
    Kind("leaning further and further", _nod),
    Kind("masked", _walk, dress=_put_on_mask),
    Kind("masked, half turned", _with(yaw_deg=45), dress=_put_on_mask),
    Kind("lower half hidden", _walk, hide="counter"),
    Kind("behind posts", _walk, hide="posts"),
    Kind("reflection", _walk, glass=True),
    Kind("rushing through", _rush),
    Kind("popping up for 4 frames", _pop_up),
    Kind("crossing", _cross),
    Kind("coming nearer", _approach),
    Kind("dim", _walk, light=0.22),
    Kind("shaking camera", _walk, shake_px=22),
)


def shoot(path: Path, kind: Kind, models: Sequence[Model], background: Sequence[Rgb], seed: int) -> Truth:
    """Film one kind: write an mp4 to `path`; returns what is true in it.

    Args:
        models: Whose heads they are, lane by lane.
        background: Pictures of WIDTH x HEIGHT, played forwards and backwards.
        seed: Of noise, and of whose head is in which lane.
    """
    rng = np.random.default_rng(seed)
    noise = [rng.normal(0, _NOISE_LEVEL, (HEIGHT, WIDTH)).round().astype(np.int16) for _ in range(5)]
    truth: Truth = []
    with av.open(str(path), "w", format="mp4") as container:
        stream = cast(av.VideoStream, container.add_stream("libx264", rate=FPS))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.options = {"crf": "20", "preset": "veryfast", "threads": "1"}
        for k, (picture, seen) in enumerate(draw(kind, models, background, seed)):
            i420 = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420))
            i420[:HEIGHT] = cv2.add(i420[:HEIGHT], noise[k % len(noise)], dtype=cv2.CV_8U)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(i420, "yuv420p")))
            truth.append(seen)
        container.mux(stream.encode(None))
    return truth


def draw(kind: Kind, models: Sequence[Model], background: Sequence[Rgb], seed: int) -> Iterator[tuple[Rgb, list[Seen]]]:
    """The pictures of a film without their noise, and what is true in each."""
    there_and_back = [*background, *background[-2:0:-1]]
    for k in range(N_FRAMES):
        shake = kind.shake_px * np.array([np.sin(k * 0.9) + 0.6 * np.sin(k * 0.37), 0.7 * np.cos(k * 0.71)])
        scene = _shift(there_and_back[k % len(there_and_back)], shake)
        faces: list[tuple[float, Mask, float]] = []  # size, pixels that can be seen, pixels of the whole face
        for lane, size in enumerate(SIZES_PX):
            pose = kind.move(k, lane, size)
            if pose is None:
                continue
            pose = replace(pose, x=pose.x + shake[0], y=pose.y + shake[1])
            head = kind.dress(_scale(models[(lane + seed) % len(models)].seen_at(pose.yaw_deg), pose.size_px))
            face, hidden = _put(scene, head, pose, kind.glass)
            for _, pixels, _ in faces:
                pixels &= ~hidden
            faces.append((pose.size_px, face, float(head.face.sum())))
            if kind.hide:
                hidden = _hide(scene, kind.hide, pose)
                for _, pixels, _ in faces:
                    pixels &= ~hidden
        enough = [one for one in faces if one[0] >= SIZE_MIN_PX and one[1].sum() >= _VISIBLE_MIN * one[2]]
        yield cv2.convertScaleAbs(scene, alpha=kind.light), [_cut(pixels, size) for size, pixels, _ in enough]


def _shift(picture: Rgb, way: NDArray[np.float64]) -> Rgb:
    """A copy, shifted by x and y."""
    if not way.any():
        return picture.copy()
    matrix = np.array([[1, 0, way[0]], [0, 1, way[1]]])
    return np.asarray(cv2.warpAffine(picture, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT), np.uint8)


def _scale(head: Head, size_px: float) -> Head:
    """The head with a face of that size."""
    left, top, right, bottom = head.box
    scale = size_px / np.sqrt((right - left) * (bottom - top))
    size = (max(1, round(head.face.shape[1] * scale)), max(1, round(head.face.shape[0] * scale)))
    return _resize(head, size)


def _resize(head: Head, size: tuple[int, int]) -> Head:
    how = cv2.INTER_AREA if size[0] <= head.face.shape[1] else cv2.INTER_LINEAR
    rgb, alpha, face = (
        np.asarray(cv2.resize(values, size, interpolation=how), np.float32)
        for values in (head.rgb, head.alpha, head.face.astype(np.float32))
    )
    return Head(rgb, alpha, face > 0.5)


def _put(scene: Rgb, head: Head, pose: Pose, glass: bool) -> tuple[Mask, Mask]:
    """Put a head into a scene; the face's pixels, and all that it hides."""
    left, top, right, bottom = head.box
    turned = cv2.getRotationMatrix2D(((left + right) / 2, (top + bottom) / 2), pose.roll_deg, 1.0)
    if glass:  # mirrored about the face's middle
        turned = turned @ np.array([[-1, 0, left + right], [0, 1, 0], [0, 0, 1]])
    turned[:, 2] += (pose.x - (left + right) / 2, pose.y - (top + bottom) / 2)
    height, width = head.face.shape
    corners = turned @ np.array([[0, width, 0, width], [0, 0, height, height], [1, 1, 1, 1]])
    low = np.clip(np.floor(corners.min(1) - pose.smear_px), 0, (WIDTH, HEIGHT)).astype(int)
    high = np.clip(np.ceil(corners.max(1) + pose.smear_px), 0, (WIDTH, HEIGHT)).astype(int)
    face, hidden = np.zeros((HEIGHT, WIDTH), bool), np.zeros((HEIGHT, WIDTH), bool)
    if (high - low < 1).any():
        return face, hidden
    turned[:, 2] -= low

    def place(values: NDArray[np.float32]) -> NDArray[np.float32]:
        placed = cv2.warpAffine(values, turned, (high - low).tolist(), flags=cv2.INTER_LINEAR)
        return np.asarray(cv2.blur(placed, (max(1, round(pose.smear_px)), 1)), np.float32)

    here = np.s_[low[1] : high[1], low[0] : high[0]]
    alpha, rgb = place(head.alpha)[..., None], place(head.rgb * head.alpha[..., None])
    kept, added = (1 - 0.55 * alpha, 0.5 * cv2.GaussianBlur(rgb, (0, 0), 0.8)) if glass else (1 - alpha, rgb)
    scene[here] = np.clip(scene[here] * kept + added, 0, 255).astype(np.uint8)
    face[here] = place(head.face.astype(np.float32)) > 0.5
    hidden[here] = alpha[..., 0] > 0.5
    return face, hidden


def _hide(scene: Rgb, what: str, pose: Pose) -> Mask:
    """Paint what stands before a head; the pixels that it hides."""
    hidden = np.zeros((HEIGHT, WIDTH), bool)
    x, y, size = pose.x, pose.y, pose.size_px
    if what == "counter":
        lane_y = min((_lane_y(lane) for lane in range(3)), key=lambda lane_y: abs(lane_y - y))
        hidden[round(lane_y) : round(lane_y + 1.4 * size)] = True
    else:
        near = np.arange(max(0, int(x - 2 * size)), min(WIDTH, int(x + 2 * size)))
        near = near[near % (3 * size) < 0.8 * size]  # they stand still, three sizes apart
        hidden[max(0, int(y - 1.3 * size)) : int(y + 1.6 * size), near] = True
    scene[hidden] = (118, 104, 92)
    return hidden


def _cut(pixels: Mask, size_px: float) -> Seen:
    rows, columns = (np.flatnonzero(pixels.any(axis=axis)) for axis in (1, 0))
    cut = pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return Seen(int(columns[0]), int(rows[0]), size_px, cut.copy())


def workshop_models() -> list[Model]:
    """The workshop's heads, drawn from the front to the side; nobody's likeness."""
    skins: tuple[Skin, ...] = ("fair", "tan", "brown", "dark")
    return [Model(skin, tuple((yaw, _draw(skin, yaw)) for yaw in (0.0, 22.5, 45.0, 67.5, 90.0))) for skin in skins]


def _draw(skin: Skin, yaw_deg: float) -> Head:
    """One head, two metres above the bench, so large that every film scales it down."""
    middle = np.array([0.0, 1.0, 2.0])
    camera = look_at(middle + np.array([0.0, -1.2, 0.05]), middle, 24.0, 720, 720)
    mesh = head_mesh(skin)
    spin = turn((0, 0, 1), yaw_deg).astype(np.float32)
    vertices = mesh.mesh.vertices @ spin.T + middle.astype(np.float32)
    normals = mesh.mesh.normals @ spin.T
    gloss = np.full(len(vertices), 0.15, np.float32)
    solid = Solid(
        vertices, normals, mesh.mesh.faces, mesh.mesh.vertices, mesh.albedo, gloss, mesh.openness, skin=True, grain=0.02
    )
    drawn = Renderer(720, 720, 1).draw(camera, [solid])
    is_head = drawn.solid == 0
    px = camera.project(camera.to_camera(vertices[mesh.face].astype(np.float64)))
    hull = np.zeros(is_head.shape, np.uint8)
    cv2.fillConvexPoly(hull, cv2.convexHull(px.astype(np.float32)).astype(np.int32), 1)
    return Head(drawn.rgb.astype(np.float32), is_head.astype(np.float32), is_head & (hull > 0))


def cut_model(name: str, rgb: Rgb, box: NDArray[np.floating]) -> Model:
    """A head cut out of a picture, given the box (x, y, width, height) of its face; other sides are made by squeezing.

    A squeezed face is no profile, but as narrow as one.
    """
    x, y, width, height = (float(value) for value in box[:4])
    low = np.maximum(np.floor([x - 0.8 * width, y - 0.8 * height]), 0).astype(int)
    high = np.minimum(np.ceil([x + 1.8 * width, y + 1.6 * height]), rgb.shape[1::-1]).astype(int)
    part = rgb[low[1] : high[1], low[0] : high[0]].astype(np.float32)
    rows, columns = np.mgrid[low[1] : high[1], low[0] : high[0]] + 0.5
    across, down = (columns - x - width / 2) / width, (rows - y - height / 2) / height
    face = np.hypot(across / 0.5, down / 0.5) <= 1
    head = np.hypot(across / 0.78, (down + 0.1) / 0.82)  # with hair and ears, fading out
    alpha = np.clip((1.06 - head) / 0.1, 0, 1).astype(np.float32)
    whole = Head(part, alpha, face)
    return Model(name, tuple((yaw, _squeeze(whole, yaw)) for yaw in (0.0, 22.5, 45.0, 67.5, 90.0)))


def _squeeze(head: Head, yaw_deg: float) -> Head:
    """The head as narrow as one that is turned away by so much: a half at the most."""
    width = max(8, round(head.face.shape[1] * (1 - 0.5 * yaw_deg / 90)))
    return _resize(head, (width, head.face.shape[0]))


def workshop_background() -> list[Rgb]:
    """A worker's hands at a bench, seen by someone who walks."""
    stage = Stage(FilmOptions(seconds=1.5, width=WIDTH, height=HEIGHT, seed=4, head="walk", clutter="coloured"))
    return [stage.frame(k).rgb for k in range(45)]
