from collections.abc import Callable, Iterable
from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.footage.anonymise import AnonymiseOptions, Anonymiser
from tacit.footage.canvas import compute_fit
from tacit.footage.face_tracks import TrackOptions
from tacit.records.frames import CleanFrame, RawFrame
from tacit.records.marks import Mark

WIDTH, HEIGHT = 320, 192
SIDE = 24
BRIGHT = 190
FIT = compute_fit(WIDTH, HEIGHT, WIDTH, HEIGHT)
Place = tuple[int, int] | None


def _texture(seed: int, width: int, height: int, low: int, high: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    scales = [
        cv2.resize(rng.uniform(0, 1, (n, n * 2)), (width, height), interpolation=cv2.INTER_CUBIC) for n in (5, 30)
    ]
    return np.clip(low + (high - low) * np.mean(scales, axis=0), low, high).astype(np.uint8)


WORLD = _texture(1, WIDTH * 3, HEIGHT * 3, 20, 170)
HEAD = _texture(2, SIDE, SIDE, BRIGHT, 254)


class BrightFinder:
    """A true finder of one kind of thing: bright squares in a dark picture; it sees nothing in the blind frames.

    A frame's index stands in its first pixel.
    """

    def __init__(self, blind: Iterable[int] = (), score: float = 0.9) -> None:
        self.blind, self.score = set(blind), score
        self.n_whole = self.n_small = self.n_look = 0

    def _find(self, i420: np.ndarray) -> np.ndarray:
        if int(i420[0, 0]) in self.blind:
            return np.zeros((0, 5), np.float32)
        luma = (i420[: i420.shape[0] * 2 // 3] >= BRIGHT).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(luma)
        rows = [(x, y, w, h, self.score) for x, y, w, h, area in stats[1:] if area > 9]
        return np.array(rows, np.float32).reshape(-1, 5)

    def whole(self, source: np.ndarray) -> np.ndarray:
        self.n_whole += 1
        return self._find(source)

    def small(self, _canvas: np.ndarray, _quarter_turns: int) -> np.ndarray:
        self.n_small += 1
        return np.zeros((0, 5), np.float32)

    def look(self, _canvas: np.ndarray, _box: np.ndarray, _quarter_turns: int) -> np.ndarray:
        self.n_look += 1
        return np.zeros((0, 5), np.float32)


def raw(frame_index: int, places: Iterable[Place] = (), camera: tuple[int, int] = (0, 0), is_repeat: bool = False):
    x, y = WIDTH + camera[0], HEIGHT + camera[1]
    i420 = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    i420[:HEIGHT] = WORLD[y : y + HEIGHT, x : x + WIDTH]
    for place in places:
        if place is None:
            continue
        low, high = np.maximum(place, 0), np.minimum(np.array(place) + SIDE, (WIDTH, HEIGHT))
        if (high > low).all():
            cut = HEAD[low[1] - place[1] : high[1] - place[1], low[0] - place[0] : high[0] - place[0]]
            i420[low[1] : high[1], low[0] : high[0]] = cut
    i420[0, 0] = min(frame_index, 189)
    return RawFrame(frame_index, i420, is_repeat)


def run(
    frames: list[RawFrame],
    options: AnonymiseOptions | None = None,
    finder: BrightFinder | None = None,
    marks: Iterable[Mark] = (),
) -> list[CleanFrame]:
    anonymiser = Anonymiser(finder or BrightFinder(), FIT, options, tuple(marks))
    clean = [done for frame in frames for done in anonymiser.push(frame)]
    return clean + anonymiser.flush()


def bright_left(frame: CleanFrame) -> int:
    """How many pixels of a head can still be seen."""
    return int((frame.i420[:HEIGHT] >= BRIGHT).sum())


def swaying(k: int) -> tuple[int, int]:
    """A head camera: shakes and turns, up to seven pixels a frame in a picture of 320."""
    return int(45 * np.sin(k / 7) + 4 * np.sin(k * 1.7)), int(18 * np.sin(k / 9) + 3 * np.cos(k * 2.1))


def film(
    n_frames: int, where: Callable[[int], list[Place]], camera: Callable[[int], tuple[int, int]] = lambda _: (0, 0)
) -> list[RawFrame]:
    """Frames with heads at places of the world; the camera moves before it."""
    frames = []
    for k in range(n_frames):
        dx, dy = camera(k)
        frames.append(raw(k, [place and (place[0] - dx, place[1] - dy) for place in where(k)], (dx, dy)))
    return frames


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.booleans(), st.booleans()), max_size=70),
    st.integers(1, 9),
    st.integers(0, 20),
    st.integers(1, 60),
)
def test_every_frame_comes_out_once_in_order_and_what_a_search_found_is_covered(
    shape: list[tuple[bool, bool]], stride: int, hold: int, look_back: int
) -> None:
    frames: list[RawFrame] = []
    for index, (has_head, is_repeat) in enumerate(shape):
        again = is_repeat and index > 0
        picture = frames[-1].i420 if again else raw(index, [(60, 60) if has_head else None]).i420
        frames.append(RawFrame(index, picture, again))
    tracks = TrackOptions(hold_frames=hold)
    clean = run(frames, AnonymiseOptions(stride_frames=stride, look_back_frames=look_back, tracks=tracks))
    assert [frame.frame_index for frame in clean] == list(range(len(shape)))
    assert [frame.is_repeat for frame in clean] == [frame.is_repeat for frame in frames]
    if stride == 1:
        assert not any(bright_left(frame) for frame in clean)


def test_a_head_that_comes_moves_and_goes_before_a_moving_camera_is_never_seen() -> None:
    def where(k: int) -> list[Place]:
        return [(int(150 + 40 * np.sin(k / 6)), 80) if 55 <= k < 95 else None]

    finder = BrightFinder()
    clean = run(film(120, where, swaying), finder=finder)
    assert not any(bright_left(frame) for frame in clean)
    assert not any(len(frame.covered) for frame in clean[:9])
    assert finder.n_whole < 30


def test_a_head_is_covered_through_stretches_in_which_no_search_finds_it() -> None:
    finder = BrightFinder(blind=[*range(21, 45), *range(61, 80)])
    clean = run(film(100, lambda k: [(150 + k // 2, 90)], swaying), finder=finder)
    assert not any(bright_left(frame) for frame in clean)


def test_a_head_is_covered_long_before_it_is_first_found() -> None:
    finder = BrightFinder(blind=range(40))
    clean = run(film(60, lambda k: [(150 - k // 3, 90)], swaying), finder=finder)
    assert not any(bright_left(frame) for frame in clean)


def test_a_head_that_enters_or_leaves_at_the_edge_is_covered_up_to_the_edge() -> None:
    clean = run(film(90, lambda k: [(-SIDE + 4 * k, 90)]))
    assert not any(bright_left(frame) for frame in clean)
    assert any(len(frame.covered) and frame.covered[0, 0] + frame.covered[0, 2] == WIDTH for frame in clean)


def test_a_crowd_is_covered() -> None:
    def where(k: int) -> list[Place]:
        return [(12 + 52 * i + int(5 * np.sin(k / 9 + i)), 4 + 37 * j + k % 3) for i in range(6) for j in range(5)]

    clean = run(film(24, where))
    assert not any(bright_left(frame) for frame in clean)


def test_what_no_search_finds_any_more_is_not_covered_for_ever() -> None:
    finder = BrightFinder(blind=range(20, 190))
    clean = run(film(189, lambda _: [(150, 90)], swaying), finder=finder)
    assert all(len(frame.covered) for frame in clean[:30])
    assert not any(len(frame.covered) for frame in clean[120:])


def test_a_still_picture_is_searched_seldom_and_its_head_stays_covered() -> None:
    finder = BrightFinder()
    frames = film(151, lambda _: [(150, 90)])
    clean = run(frames, finder=finder)
    assert not any(bright_left(frame) for frame in clean)
    assert finder.n_whole <= 8


def test_a_head_that_appears_in_a_still_picture_is_found_at_once() -> None:
    clean = run(film(60, lambda k: [(150, 90) if k >= 33 else None]))
    assert not any(bright_left(frame) for frame in clean)


def test_a_weak_find_is_covered_once_it_was_found_often_in_one_place() -> None:
    frames = film(60, lambda _: [(150, 90)], swaying)
    assert not any(bright_left(frame) for frame in run(frames, finder=BrightFinder(score=0.25)))
    assert any(bright_left(frame) for frame in run(frames[:12], finder=BrightFinder(score=0.25)))


def test_nothing_of_what_is_covered_is_left() -> None:
    first, second = raw(0, [(60, 60)]), raw(0, [(60, 60)])
    second.i420[60 : 60 + SIDE, 60 : 60 + SIDE] = 255
    (one,), (other,) = run([first]), run([second])
    np.testing.assert_array_equal(one.i420, other.i420)
    x, y, width, height = one.covered[0].astype(int)
    assert (one.i420[y : y + height, x : x + width] == 64).all()


def test_raw_frames_are_left_as_they_were_and_clean_ones_untouched_elsewhere() -> None:
    frames = film(10, lambda _: [(60, 60)])
    for before, after in zip(frames, run(frames), strict=True):
        np.testing.assert_array_equal(before.i420, raw(before.frame_index, [(60, 60)]).i420)
        x, y, width, height = after.covered[0].astype(int)
        assert x % 2 == y % 2 == width % 2 == height % 2 == 0
        assert (x <= 60, x + width >= 60 + SIDE, y <= 60, y + height >= 60 + SIDE) == (True,) * 4
        outside = np.ones((HEIGHT, WIDTH), bool)
        outside[y : y + height, x : x + width] = False
        np.testing.assert_array_equal(after.i420[:HEIGHT][outside], before.i420[:HEIGHT][outside])


def test_a_repeat_gets_the_cover_of_the_frame_it_repeats() -> None:
    frames: list[RawFrame] = []
    for k in range(0, 60, 3):
        frames.append(raw(k, [(20 + k, 80)]))
        frames += [replace(frames[-1], frame_index=k + i, is_repeat=True) for i in (1, 2)]
    clean = run(frames)
    assert not any(bright_left(frame) for frame in clean)
    for k in range(0, 60, 3):
        np.testing.assert_array_equal(clean[k].i420, clean[k + 2].i420)
        np.testing.assert_array_equal(clean[k].covered, clean[k + 1].covered)


def test_a_picture_that_stands_for_long_stays_covered() -> None:
    frames = [raw(0, [(60, 60)])] + [replace(raw(0, [(60, 60)]), frame_index=k, is_repeat=True) for k in range(1, 200)]
    finder = BrightFinder()
    clean = run([*frames, raw(200, [(60, 60)])], finder=finder)
    assert [frame.frame_index for frame in clean] == list(range(201))
    assert not any(bright_left(frame) for frame in clean)


def test_few_frames_wait_however_long_the_recording() -> None:
    anonymiser = Anonymiser(BrightFinder(), FIT)
    n_out = 0
    for k in range(150):
        n_out += len(anonymiser.push(raw(k, [(60, 60) if k % 50 < 25 else None])))
        assert k + 1 - n_out <= AnonymiseOptions().look_back_frames
    assert n_out + len(anonymiser.flush()) == 150


def test_no_frames_give_no_frames() -> None:
    assert run([]) == []


def test_clean_frames_have_the_canvas_size_and_boxes_lie_on_the_canvas() -> None:
    fit = compute_fit(WIDTH, HEIGHT, 160, 120)

    class OnCanvas(BrightFinder):
        def whole(self, source: np.ndarray) -> np.ndarray:
            faces = super().whole(source)
            faces[:, :4] *= 0.5
            faces[:, 1] += 12
            return faces

    anonymiser = Anonymiser(OnCanvas(), fit)
    clean = [done for frame in film(8, lambda _: [(60, 60)]) for done in anonymiser.push(frame)] + anonymiser.flush()
    assert all((frame.width, frame.height) == (160, 120) for frame in clean)
    assert not any((frame.i420[:120] >= BRIGHT).any() for frame in clean)


@pytest.mark.parametrize("at", [0, 30, 59])
def test_a_marked_thing_is_followed_both_ways_and_covered(at: int) -> None:
    finder = BrightFinder(blind=range(190))
    frames = film(60, lambda _: [(150, 90)], swaying)
    assert all(bright_left(frame) for frame in run(frames, finder=finder))
    dx, dy = swaying(at)
    clean = run(frames, finder=finder, marks=[Mark("m", at, 150 - dx, 90 - dy, SIDE, SIDE)])
    n_back = AnonymiseOptions().look_back_frames
    assert not any(bright_left(frame) for frame in clean[max(0, at - n_back + 1) :])


def test_marks_of_one_id_are_one_thing() -> None:
    finder = BrightFinder(blind=range(190))
    frames = film(40, lambda _: [(150, 90)])
    marks = [Mark("m", k, 150, 90, SIDE, SIDE) for k in range(0, 40, 2)]
    assert all(len(frame.covered) == 1 for frame in run(frames, finder=finder, marks=marks))
