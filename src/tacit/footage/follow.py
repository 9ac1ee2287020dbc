"""Follows a piece of a picture into the next picture, also where no detector sees a face in it any more.

In: two views, one after the other in either direction, and a box in the first. Out: the box in the second, and whether
that is sure. It knows nothing of faces: whatever is in the box is followed by its own points, the camera's motion is
where the search for them starts, and all that is left where they are lost.

Source: the median flow of Kalal, Mikolajczyk, Matas, "Forward-Backward Error: Automatic Detection of Tracking
Failures", ICPR 2010, with points of Lucas and Kanade; the camera's motion as the start is ours.
"""

from dataclasses import dataclass
from functools import cached_property, partial

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.records.frames import I420

Box = NDArray[np.float64]
"""(4,) float64: x and y of the upper left corner, width, height in pixels."""
Motion = NDArray[np.float64]
"""(2, 3) float64: takes a point (x, y, 1) of one picture to its place in another; turns, scales and shifts only."""

STILL: Motion = np.eye(2, 3)

Speed = NDArray[np.float64]
"""(2,) float64: pixels a frame to the right and down."""

STANDING: Speed = np.zeros(2)


@dataclass(frozen=True)
class FollowOptions:
    """How pieces of pictures are followed. All values ours, found on synthetic motion.

    small_width_px: width of the small picture in which the camera's motion is looked for.
    piece_px: a box larger than this is scaled down to it before it is followed.
    points_per_side: points followed in a box, in rows and columns.
    return_px_max: a point counts if it comes back to within this when it is followed back.
    share_min: the move is sure if at least this share of the points counts,
    likeness_min: and if the piece still looks like before: normalised correlation, from -1 to 1.
    growth_max: and if it grew or shrank by no more than this factor.
    """

    small_width_px: int = 320
    piece_px: float = 48.0
    points_per_side: int = 6
    return_px_max: float = 1.0
    share_min: float = 0.35
    likeness_min: float = 0.5
    growth_max: float = 1.2


class View:
    """The luma of one picture, and a small one made of it when it is first asked for."""

    def __init__(self, luma: NDArray[np.uint8], small_width_px: int) -> None:
        self.luma = luma
        self._scale = min(1.0, small_width_px / self.luma.shape[1])

    @cached_property
    def small(self) -> NDArray[np.uint8]:
        """The small luma."""
        size = (round(self.width * self._scale), round(self.height * self._scale))
        return np.asarray(cv2.resize(self.luma, size, interpolation=cv2.INTER_AREA), np.uint8)

    @cached_property
    def cells(self) -> NDArray[np.uint8]:
        """The mean brightness of every cell of the small luma."""
        size = (self.small.shape[1] // _CELL_PX, self.small.shape[0] // _CELL_PX)
        return np.asarray(cv2.resize(self.small, size, interpolation=cv2.INTER_AREA), np.uint8)

    @property
    def width(self) -> int:
        """Pixels in a row."""
        return int(self.luma.shape[1])

    @property
    def height(self) -> int:
        """Rows of pixels."""
        return int(self.luma.shape[0])


_CELL_PX = 2
_WINDOW = (15, 15)
_STEPS = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 12, 0.03)
_CAMERA_POINTS = (11, 6)
_CAMERA_POINTS_MIN = 12
_LIKENESS_PX = 24
_VISIBLE_MIN = 0.3


def compute_camera_motion(before: View, after: View) -> Motion:
    """How most of the picture moved between two views, in pixels; `STILL` where that cannot be told."""
    width, height = before.small.shape[1], before.small.shape[0]
    x = (np.arange(_CAMERA_POINTS[0]) + 0.5) * width / _CAMERA_POINTS[0]
    y = (np.arange(_CAMERA_POINTS[1]) + 0.5) * height / _CAMERA_POINTS[1]
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 1, 2).astype(np.float32)  # (k, 1, 2)
    moved, back = _flow(before.small, after.small, points, points, 3)
    counts = np.hypot(*(back - points)[:, 0].T) < 1
    if counts.sum() < _CAMERA_POINTS_MIN:
        return STILL
    motion, inliers = cv2.estimateAffinePartial2D(points[counts], moved[counts], ransacReprojThreshold=1.5)
    if motion is None or inliers.sum() < _CAMERA_POINTS_MIN:
        return STILL
    motion[:, 2] *= before.width / width
    return np.asarray(motion, np.float64)


def invert(motion: Motion) -> Motion:
    """The same motion back."""
    return np.asarray(cv2.invertAffineTransform(motion), np.float64)


def shift_motion(motion: Motion, way: NDArray[np.float64]) -> Motion:
    """The motion of what goes some way, in pixels to the right and down, besides."""
    return np.column_stack([motion[:, :2], motion[:, 2] + way])


def move_box(box: Box, motion: Motion) -> Box:
    """Where a motion takes a box: its centre is moved, its size scaled."""
    centre = motion[:, :2] @ (box[:2] + box[2:] / 2) + motion[:, 2]
    size = box[2:] * np.hypot(motion[0, 0], motion[1, 0])
    return np.concatenate([centre - size / 2, size])


def visible_share(box: Box, width: int, height: int) -> float:
    """The part of a box that lies in the picture, from 0 to 1."""
    low, high = np.clip(box[:2], 0, (width, height)), np.clip(box[:2] + box[2:], 0, (width, height))
    return float(np.prod(high - low)) / max(float(np.prod(box[2:])), 1e-9)


def follow(before: View, after: View, box: Box, camera: Motion, options: FollowOptions) -> Box | None:
    """Find a box of one view again in another.

    Args:
        box: In `before`; at least a part of it in the picture.
        camera: The motion from `before` to `after`, with which the search starts.

    Returns:
        The box in `after`; None where what was in it is not found with certainty.
    """
    guess = move_box(box, camera)
    if min(visible_share(part, before.width, before.height) for part in (box, guess)) < _VISIBLE_MIN:
        return None
    scale = min(1.0, options.piece_px / float(np.sqrt(box[2] * box[3])))
    margin = np.maximum(box[2:], _WINDOW[0] * 2 / scale)
    size = np.array([before.width, before.height])
    low = np.clip(np.floor(np.minimum(box[:2], guess[:2]) - margin), 0, size).astype(int)
    high = np.clip(np.ceil(np.maximum(box[:2] + box[2:], guess[:2] + guess[2:]) + margin), 0, size).astype(int)
    first, second = (_cut(view.luma, low, high, scale) for view in (before, after))
    scale_xy = np.array(first.shape[1::-1]) / (high - low)
    steps = (np.arange(options.points_per_side) + 0.5) / options.points_per_side
    points = box[:2] + np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2) * box[2:]  # (k, 2)
    start = points @ camera[:, :2].T + camera[:, 2]
    is_inside = ((points > low + 1) & (points < high - 2) & (start > low + 1) & (start < high - 2)).all(axis=1)
    if is_inside.sum() < options.share_min * len(points):
        return None
    from_, to = (((p[is_inside] - low) * scale_xy).astype(np.float32)[:, None] for p in (points, start))
    moved, back = _flow(first, second, from_, to, 2)
    counts = np.hypot(*(back - from_)[:, 0].T) < options.return_px_max
    if counts.sum() < max(4, options.share_min * is_inside.sum()):
        return None
    found = _move_by_points(box, from_[counts, 0] / scale_xy + low, moved[counts, 0] / scale_xy + low)
    growth = float(found[2] / box[2])
    if not 1 / options.growth_max <= growth <= options.growth_max:
        return None
    likeness = _likeness(_piece(first, box, low, scale_xy), _piece(second, found, low, scale_xy))
    return found if likeness >= options.likeness_min else None


class Views:
    """The views of the frames that wait, and the camera's motion between any two of them that are neighbours."""

    def __init__(self, options: FollowOptions) -> None:
        self._options = options
        self._views: dict[int, View] = {}
        self._motions: dict[tuple[int, int], Motion] = {}
        self._kept = np.zeros((0, 0), np.uint8)

    def add(self, frame_index: int, i420: I420) -> None:
        """Put down the picture of a frame."""
        self._views[frame_index] = View(i420[: i420.shape[0] * 2 // 3], self._options.small_width_px)

    def forget(self, frame_index: int) -> None:
        """Drop the frames before this one."""
        self._views = {index: view for index, view in self._views.items() if index >= frame_index}
        self._motions = {pair: motion for pair, motion in self._motions.items() if min(pair) >= frame_index}

    def earlier(self, frame_index: int) -> list[int]:
        """The frames before this one, newest first."""
        return sorted((index for index in self._views if index < frame_index), reverse=True)

    def keep(self, frame_index: int) -> None:
        """Keep what `change_since_kept` needs of a frame, whatever is forgotten."""
        self._kept = self._views[frame_index].cells

    def change_since_kept(self, frame_index: int) -> float:
        """The largest change of brightness of any cell of the small picture since the kept one, from 0 to 255."""
        return float(cv2.absdiff(self._views[frame_index].cells, self._kept).max())

    def __call__(self, before: int, after: int, box: Box, speed: Speed) -> tuple[Motion, Box | None]:
        """How a box should move from one frame to a neighbouring one, and where it went; None if not sure.

        speed: by which the box moves besides the camera; the search for it starts there.
        """
        if before not in self._views:
            return STILL, None
        if (before, after) not in self._motions:
            motion = compute_camera_motion(self._views[before], self._views[after])
            self._motions[before, after], self._motions[after, before] = motion, invert(motion)
        expected = shift_motion(self._motions[before, after], speed * (after - before))
        return expected, follow(self._views[before], self._views[after], box, expected, self._options)


def _flow(
    first: NDArray[np.uint8],
    second: NDArray[np.uint8],
    points: NDArray[np.float32],
    start: NDArray[np.float32],
    levels: int,
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where points (k, 1, 2) went from one picture to another, and where they come out when followed back.

    A point that is lost on the way comes out far away.
    """
    track = partial(
        cv2.calcOpticalFlowPyrLK,
        winSize=_WINDOW,
        maxLevel=levels,
        criteria=_STEPS,
        flags=cv2.OPTFLOW_USE_INITIAL_FLOW,
    )
    moved, is_there, _ = track(first, second, points, start.copy())
    back, is_back, _ = track(second, first, moved, moved + (points - start))
    is_lost = (is_there[:, 0] == 0) | (is_back[:, 0] == 0)
    back[is_lost] = 1e6
    return np.asarray(moved, np.float32), np.asarray(back, np.float32)


def _move_by_points(box: Box, points: NDArray[np.float64], moved: NDArray[np.float64]) -> Box:
    """Move and scale a box by the median of how its points (k, 2) moved."""
    first, second = np.triu_indices(len(points), 1)
    before = np.hypot(*(points[first] - points[second]).T)
    after = np.hypot(*(moved[first] - moved[second]).T)
    growth = float(np.median(after / np.maximum(before, 1e-6)))
    middle = box[:2] + box[2:] / 2
    # Every point says where the middle went, given the growth.
    centre = np.median(moved + (middle - points) * growth, axis=0)
    return np.concatenate([centre - box[2:] * growth / 2, box[2:] * growth])


def _cut(luma: NDArray[np.uint8], low: NDArray[np.int_], high: NDArray[np.int_], scale: float) -> NDArray[np.uint8]:
    """A part of a picture, scaled down."""
    part = luma[low[1] : high[1], low[0] : high[0]]
    if scale >= 1:
        return np.ascontiguousarray(part)
    size = (max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale)))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA), np.uint8)


def _piece(
    cut: NDArray[np.uint8], box: Box, low: NDArray[np.int_], scale_xy: NDArray[np.float64]
) -> NDArray[np.float32]:
    """What is in a box, at a fixed size; beyond the edge the last pixels are repeated."""
    corner, size = (box[:2] - low) * scale_xy, box[2:] * scale_xy
    step = size / _LIKENESS_PX
    matrix = np.array([[step[0], 0, corner[0] + step[0] / 2 - 0.5], [0, step[1], corner[1] + step[1] / 2 - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    piece = cv2.warpAffine(cut, matrix, (_LIKENESS_PX,) * 2, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(piece, np.float32)


def _likeness(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Normalised correlation; 1 for two pieces without any texture."""
    one, other = one - one.mean(), other - other.mean()
    power = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return float((one * other).sum()) / power if power > 1e-3 else 1.0
