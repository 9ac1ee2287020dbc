from dataclasses import replace

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.footage.anonymise import AnonymiseOptions, Anonymiser
from tacit.footage.face_tracks import TrackOptions
from tacit.records.frames import CleanFrame, RawFrame

WIDTH, HEIGHT = 160, 96
BRIGHT = 200


class BrightPatchFinder:
    """A true finder of one kind of thing: the bright rectangle in a dark picture."""

    def __init__(self) -> None:
        self.n_searches = 0

    def find(self, i420: np.ndarray) -> np.ndarray:
        self.n_searches += 1
        rows, columns = np.nonzero(i420[:HEIGHT] >= BRIGHT)
        if not len(rows):
            return np.zeros((0, 5), np.float32)
        x, y = columns.min(), rows.min()
        return np.array([[x, y, columns.max() - x + 1, rows.max() - y + 1, 0.9]], np.float32)


def raw(frame_index: int, patch_x: int | None, is_repeat: bool = False, level: int = BRIGHT) -> RawFrame:
    i420 = np.full((HEIGHT * 3 // 2, WIDTH), 40, np.uint8)
    if patch_x is not None:
        i420[30:50, patch_x : patch_x + 15] = level
        i420[HEIGHT:].reshape(2, HEIGHT // 2, WIDTH // 2)[:, 15:25, patch_x // 2 : patch_x // 2 + 8] = level
    return RawFrame(frame_index, i420, is_repeat)


def run(frames: list[RawFrame], options: AnonymiseOptions | None = None) -> tuple[list[CleanFrame], int]:
    finder = BrightPatchFinder()
    anonymiser = Anonymiser(finder, WIDTH, HEIGHT, options)
    clean = [done for frame in frames for done in anonymiser.push(frame)]
    return clean + anonymiser.flush(), finder.n_searches


def shows_patch(frame: CleanFrame) -> bool:
    return bool((frame.i420 >= BRIGHT).any())


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=80), st.integers(1, 9), st.integers(0, 20))
def test_every_frame_comes_out_once_in_order_and_without_its_patch(
    shape: list[tuple[bool, bool]], stride: int, hold: int
) -> None:
    frames: list[RawFrame] = []
    for index, (has_patch, is_repeat) in enumerate(shape):
        again = is_repeat and index > 0
        picture = frames[-1].i420 if again else raw(index, 60 if has_patch else None).i420
        frames.append(RawFrame(index, picture, again))
    options = AnonymiseOptions(stride_frames=stride, tracks=TrackOptions(hold_frames=hold))
    clean, _ = run(frames, options)
    assert [frame.frame_index for frame in clean] == list(range(len(shape)))
    assert [frame.is_repeat for frame in clean] == [frame.is_repeat for frame in frames]
    searched_all = stride == 1
    if searched_all:
        assert not any(shows_patch(frame) for frame in clean)


def test_a_patch_that_comes_moves_and_goes_is_never_seen() -> None:
    def where(k: int) -> int | None:
        return int(60 + 40 * np.sin(k / 6)) if 22 <= k < 83 else None

    clean, n_searches = run([raw(k, where(k)) for k in range(120)])
    assert not any(shows_patch(frame) for frame in clean)
    assert all(len(frame.covered) for frame in clean[7:98])
    assert not any(len(frame.covered) for frame in clean[:7])
    assert n_searches < 120


def test_calm_stretches_are_searched_at_the_stride() -> None:
    _, n_searches = run([raw(k, 60) for k in range(101)], AnonymiseOptions(stride_frames=5))
    assert n_searches == 21


def test_a_patch_that_appears_between_two_searches_is_found_frame_by_frame() -> None:
    clean, n_searches = run([raw(k, 60 if k >= 7 else None) for k in range(11)])
    assert not any(shows_patch(frame) for frame in clean)
    assert n_searches == 7


def test_nothing_of_what_is_covered_is_left() -> None:
    first, _ = run([raw(k, 60, level=200) for k in range(10)])
    second, _ = run([raw(k, 60, level=255) for k in range(10)])
    for one, other in zip(first, second, strict=True):
        np.testing.assert_array_equal(one.i420, other.i420)


def test_raw_frames_are_left_as_they_were_and_clean_ones_untouched_elsewhere() -> None:
    frames = [raw(k, 60) for k in range(10)]
    clean, _ = run(frames)
    for before, after in zip(frames, clean, strict=True):
        np.testing.assert_array_equal(before.i420, raw(0, 60).i420)
        (x, y, width, height) = after.covered[0].astype(int)
        assert x % 2 == y % 2 == width % 2 == height % 2 == 0
        assert (x <= 60, x + width >= 75, y <= 30, y + height >= 50) == (True,) * 4
        outside = np.ones((HEIGHT, WIDTH), bool)
        outside[y : y + height, x : x + width] = False
        np.testing.assert_array_equal(after.i420[:HEIGHT][outside], before.i420[:HEIGHT][outside])


def test_a_repeat_gets_the_cover_of_the_frame_it_repeats() -> None:
    frames: list[RawFrame] = []
    for k in range(0, 60, 3):
        frames.append(raw(k, 20 + k))
        frames += [replace(frames[-1], frame_index=k + 1, is_repeat=True)]
        frames += [replace(frames[-1], frame_index=k + 2, is_repeat=True)]
    clean, n_searches = run(frames)
    assert not any(shows_patch(frame) for frame in clean)
    for k in range(0, 60, 3):
        np.testing.assert_array_equal(clean[k].i420, clean[k + 2].i420)
        np.testing.assert_array_equal(clean[k].covered, clean[k + 1].covered)
    assert n_searches <= 20


def test_a_patch_at_the_edge_is_covered_up_to_the_edge() -> None:
    clean, _ = run([raw(k, WIDTH - 15) for k in range(10)])
    assert not any(shows_patch(frame) for frame in clean)
    assert all(frame.covered[0, 0] + frame.covered[0, 2] == WIDTH for frame in clean)


def test_few_frames_wait_however_long_the_recording() -> None:
    anonymiser = Anonymiser(BrightPatchFinder(), WIDTH, HEIGHT)
    n_out = 0
    for k in range(400):
        n_out += len(anonymiser.push(raw(k, 60 if k % 50 < 25 else None)))
        assert k + 1 - n_out <= 15 + 5 + 1
    assert n_out + len(anonymiser.flush()) == 400


def test_no_frames_give_no_frames() -> None:
    assert run([]) == ([], 0)


def test_a_picture_that_stands_still_for_long_stays_covered() -> None:
    options = AnonymiseOptions(tracks=TrackOptions(hold_frames=0))
    frames = [raw(0, 60)] + [replace(raw(0, 60), frame_index=k, is_repeat=True) for k in range(1, 200)]
    for settings_ in (None, options):
        clean, n_searches = run(frames, settings_)
        assert len(clean) == 200
        assert n_searches == 1
        assert not any(shows_patch(frame) for frame in clean)
