from collections.abc import Iterator

import cv2
import numpy as np
import pytest

from tacit.footage.canvas import compute_fit
from tacit.footage.face_tracks import TrackOptions
from tacit.footage.follow import FollowOptions
from tacit.footage.mark_paths import MarkFollower, PathOptions
from tacit.records.frames import RawFrame
from tacit.records.marks import Mark

WIDTH, HEIGHT = 640, 360
FIT = compute_fit(WIDTH, HEIGHT, WIDTH, HEIGHT)


def blobs(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    size = (WIDTH * 2, HEIGHT)
    scales = [cv2.resize(rng.uniform(0, 1, (n, n * 4)), size, interpolation=cv2.INTER_CUBIC) for n in (5, 40)]
    return np.clip(255 * np.mean(scales, axis=0), 16, 235).astype(np.uint8)


WORLD, OTHER = blobs(1), blobs(2)


class Pan:
    """A camera that pans by three pixels a frame; before `starts_at` it looks at something else. Counts its passes."""

    def __init__(self, n_frames: int, starts_at: int = 0, repeats: int = 1) -> None:
        self.n_frames, self.starts_at, self.repeats = n_frames, starts_at, repeats
        self.n_passes = 0

    def __call__(self) -> Iterator[RawFrame]:
        self.n_passes += 1
        for k in range(self.n_frames):
            at = k - k % self.repeats
            i420 = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
            world = WORLD if k >= self.starts_at else OTHER
            i420[:HEIGHT] = world[:, 3 * at : 3 * at + WIDTH]
            yield RawFrame(k, i420, at != k)


def follower(window_frames: int = 1800) -> MarkFollower:
    return MarkFollower(FIT, TrackOptions(), FollowOptions(), PathOptions(window_frames=window_frames))


MARK = Mark("m", 60, 200, 150, 40, 30)


def test_a_mark_is_followed_back_to_the_first_frame() -> None:
    pan = Pan(70)
    marks = follower().trace_back([MARK], pan)
    assert [mark.at_frame for mark in marks] == list(range(61))
    assert marks[-1] == MARK
    assert (marks[0].x + marks[0].width / 2, marks[0].y + marks[0].height / 2) == pytest.approx((400, 165), abs=4)
    assert pan.n_passes == 1


def test_a_thing_in_view_for_longer_than_the_window_takes_more_passes() -> None:
    pan = Pan(70)
    marks = follower(window_frames=25).trace_back([MARK], pan)
    assert [mark.at_frame for mark in marks] == list(range(61))
    assert pan.n_passes == 3


def test_following_back_ends_where_the_thing_came_into_view() -> None:
    marks = follower().trace_back([MARK], Pan(70, starts_at=55))
    assert 55 - TrackOptions().hold_mark_frames - 3 <= marks[0].at_frame <= 55


def test_repeated_pictures_are_followed_once() -> None:
    marks = follower().trace_back([Mark("m", 61, 200, 150, 40, 30)], Pan(70, repeats=3))
    assert [mark.at_frame for mark in marks] == [*range(0, 60, 3), 61]


def test_things_are_followed_apart() -> None:
    marks = follower().trace_back([MARK, Mark("n", 30, 100, 60, 40, 30)], Pan(70))
    assert [sum(mark.mark_id == name for mark in marks) for name in ("m", "n")] == [61, 31]
