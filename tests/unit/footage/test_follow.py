import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.footage.follow import (
    STANDING,
    STILL,
    FollowOptions,
    View,
    Views,
    compute_camera_motion,
    follow,
    invert,
    move_box,
    visible_share,
)

WIDTH, HEIGHT = 640, 360
OPTIONS = FollowOptions()
BOX = np.array([280.0, 150.0, 50.0, 60.0])


def texture(seed: int, width: int = WIDTH * 2, height: int = HEIGHT * 2) -> np.ndarray:
    """Blobs of all sizes, as in the world."""
    rng = np.random.default_rng(seed)
    scales = [
        cv2.resize(rng.uniform(0, 1, (n, n * 2)), (width, height), interpolation=cv2.INTER_CUBIC) for n in (6, 40)
    ]
    return np.clip(20 + 200 * np.mean(scales, axis=0), 0, 255).astype(np.uint8)


def look_at(world: np.ndarray, motion: np.ndarray) -> View:
    """The world, whose middle is the picture, after the camera moved."""
    shift = np.array([[1, 0, -WIDTH / 2], [0, 1, -HEIGHT / 2], [0, 0, 1]])
    whole = np.vstack([motion, [0, 0, 1]]) @ shift
    return View(cv2.warpAffine(world, whole[:2], (WIDTH, HEIGHT)), OPTIONS.small_width_px)


def turned(degrees: float, scale: float, dx: float, dy: float) -> np.ndarray:
    motion = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), degrees, scale)
    motion[:, 2] += (dx, dy)
    return motion


WORLD = texture(1)


@settings(max_examples=25)
@given(st.floats(-4, 4), st.floats(0.95, 1.05), st.floats(-50, 50), st.floats(-40, 40))
def test_the_cameras_motion_is_measured_and_a_still_thing_is_followed_through_it(
    degrees: float, scale: float, dx: float, dy: float
) -> None:
    motion = turned(degrees, scale, dx, dy)
    before, after = look_at(WORLD, STILL), look_at(WORLD, motion)
    camera = compute_camera_motion(before, after)
    corners = np.array([[0, 0, 1], [WIDTH, 0, 1], [0, HEIGHT, 1], [WIDTH, HEIGHT, 1.0]])
    assert np.abs(corners @ (camera - motion).T).max() < 4
    found = follow(before, after, BOX, camera, OPTIONS)
    assert found is not None
    np.testing.assert_allclose(found, move_box(BOX, motion), atol=3)


@settings(max_examples=25)
@given(st.integers(-9, 9), st.integers(-9, 9))
def test_a_thing_that_moves_by_itself_is_followed_away_from_the_camera(dx: int, dy: int) -> None:
    piece = texture(5, 50, 60)
    before, after = look_at(WORLD, STILL), look_at(WORLD, turned(0, 1, 20, 5))
    before.luma[150:210, 280:330] = piece
    after.luma[155 + dy : 215 + dy, 300 + dx : 350 + dx] = piece
    found = follow(before, after, BOX, compute_camera_motion(before, after), OPTIONS)
    assert found is not None
    np.testing.assert_allclose(found, BOX + np.array([20 + dx, 5 + dy, 0, 0]), atol=2)


def test_what_is_gone_is_not_followed() -> None:
    before, after = look_at(WORLD, STILL), look_at(WORLD, STILL)
    before.luma[140:220, 270:340] = texture(5, 70, 80)
    after.luma[140:220, 270:340] = texture(9, 70, 80)
    assert follow(before, after, BOX, STILL, OPTIONS) is None


def test_nothing_is_followed_out_of_the_picture() -> None:
    before, after = look_at(WORLD, STILL), look_at(WORLD, turned(0, 1, -60, 0))
    box = np.array([5.0, 100.0, 50.0, 60.0])
    assert follow(before, after, box, compute_camera_motion(before, after), OPTIONS) is None


def test_a_picture_without_any_texture_says_nothing_of_the_camera() -> None:
    grey = View(np.full((HEIGHT, WIDTH), 128, np.uint8), OPTIONS.small_width_px)
    assert compute_camera_motion(grey, grey) is STILL
    assert follow(grey, grey, BOX, STILL, OPTIONS) is None


def test_a_motion_and_its_inverse_cancel_out() -> None:
    motion = turned(20, 1.3, 40, -7)
    np.testing.assert_allclose(move_box(move_box(BOX, motion), invert(motion)), BOX, atol=1e-9)


@pytest.mark.parametrize(("x", "share"), [(0, 1), (-25, 0.5), (-50, 0), (WIDTH - 10, 0.2)])
def test_the_visible_share_of_a_box(x: float, share: float) -> None:
    assert visible_share(np.array([x, 0, 50, 60.0]), WIDTH, HEIGHT) == pytest.approx(share)


def test_a_thing_too_fast_to_be_followed_is_found_where_its_speed_takes_it() -> None:
    views, piece = Views(OPTIONS), texture(5, 90, 100)
    for index, x in ((0, 280), (2, 440)):
        i420 = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        i420[:HEIGHT] = look_at(WORLD, STILL).luma
        i420[130:230, x - 20 : x + 70] = piece
        views.add(index, i420)
    assert views(0, 2, BOX, STANDING)[1] is None
    expected, found = views(0, 2, BOX, np.array([80.0, 0.0]))
    np.testing.assert_allclose(expected[:, 2], (160, 0), atol=0.5)
    np.testing.assert_allclose(found, BOX + np.array([160, 0, 0, 0]), atol=1)
