from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.footage.canvas import CanvasFit, compute_fit, fit_picture
from tacit.footage.face_search import UPRIGHT, FaceSearch, _turn_back, cut_rgb
from tacit.footage.source import open_source

# Read off the first picture of the meal by eye.
MEAL_FACES = [[1215, 890], [1730, 780]]


@given(st.integers(0, 3), st.integers(1, 90), st.integers(1, 60), st.integers(1, 9), st.integers(1, 9))
def test_a_box_found_in_a_turned_picture_is_turned_back(turns: int, x: int, y: int, width: int, height: int) -> None:
    picture = np.zeros((70, 100), np.uint8)
    picture[y : y + height, x : x + width] = 1
    rows, columns = np.nonzero(np.rot90(picture, turns))
    low, high = (columns.min(), rows.min()), (columns.max() + 1, rows.max() + 1)
    found = np.array([[*low, high[0] - low[0], high[1] - low[1], 0.5]], np.float32)
    true = (x, y, min(width, 100 - x), min(height, 70 - y))
    assert _turn_back(found, turns, 100, 70)[0, :4].tolist() == pytest.approx(true)


def test_a_piece_is_cut_in_colour_and_scaled() -> None:
    rgb = np.zeros((64, 96, 3), np.uint8)
    rgb[16:48, 32:64] = (200, 60, 40)
    i420 = cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420)
    piece = cut_rgb(i420, (32, 16), (32, 32), (51, 47))
    assert piece.shape == (47, 51, 3)
    assert np.abs(piece[8:-8, 8:-8].astype(int) - (200, 60, 40)).max() < 6


class Meal:
    """A picture with two faces, on its canvas, and a search for it."""

    def __init__(self, model: Path, footage: Path) -> None:
        with open_source(footage / "meal_two_faces_2560.mp4", 10) as source:
            self.source = next(source.frames()).i420
            self.fit: CanvasFit = compute_fit(source.width, source.height, 1280, 720)
            self.search = FaceSearch(model, source.width, source.height, self.fit)
        self.canvas = fit_picture(self.source, self.fit)
        fit = self.fit
        self.centres = np.array(MEAL_FACES) * (fit.scale_x, fit.scale_y) + (fit.offset_x, fit.offset_y)


@pytest.fixture
def meal(face_model: Path, real_footage: Path) -> Meal:
    return Meal(face_model, real_footage)


def centres(faces: np.ndarray) -> list[list[float]]:
    return sorted((faces[:, :2] + faces[:, 2:4] / 2).tolist())


@pytest.mark.footage
def test_every_way_to_search_finds_both_faces_at_their_places_on_the_canvas(meal: Meal) -> None:
    np.testing.assert_allclose(centres(meal.search.whole(meal.source)[:2]), meal.centres, atol=12)
    np.testing.assert_allclose(centres(meal.search.small(meal.canvas, UPRIGHT)[:2]), meal.centres, atol=12)
    for centre in meal.centres:
        close = meal.search.look(meal.canvas, np.array([*(centre - 25), 50, 50]), UPRIGHT)
        assert close[0, 4] > 0.7
        np.testing.assert_allclose(centres(close), [centre], atol=12)


@pytest.mark.footage
@pytest.mark.parametrize("turns", [1, 2, 3])
def test_faces_that_lie_on_their_side_or_head_are_found_in_turned_pictures(meal: Meal, turns: int) -> None:
    rgb = cv2.cvtColor(meal.canvas, cv2.COLOR_YUV2RGB_I420)
    square = np.zeros((1280, 1280, 3), np.uint8)
    square[:720] = rgb
    leaning = cv2.resize(np.ascontiguousarray(np.rot90(square, -turns)), (720, 720), interpolation=cv2.INTER_AREA)
    i420 = cv2.cvtColor(leaning, cv2.COLOR_RGB2YUV_I420)
    search = FaceSearch(meal.search.model, 720, 720, compute_fit(720, 720, 720, 720))
    assert sum(search.whole(i420)[:, 4] >= 0.5) < 2
    faces = search.small(i420, turns)
    assert (faces[:2, 4] >= 0.5).all()
    box = faces[0, :4].astype(np.float64)
    assert search.look(i420, box, turns)[0, 4] > 0.5
    assert not len(search.look(i420, box, UPRIGHT)) or search.look(i420, box, UPRIGHT)[0, 4] < 0.5
