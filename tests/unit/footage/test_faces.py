from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from tacit.footage.anonymise import Anonymiser
from tacit.footage.canvas import compute_fit
from tacit.footage.face_search import FaceSearch
from tacit.footage.faces import DetectOptions, FaceDetector, compute_overlap
from tacit.footage.source import open_source

boxes = arrays(np.float32, (5, 4), elements=st.floats(1, 200, width=32))


@given(boxes)
def test_overlap_is_one_with_itself_and_never_outside_0_to_1(many: np.ndarray) -> None:
    overlap = compute_overlap(many[0], many)
    assert overlap[0] == pytest.approx(1, abs=1e-4)
    assert ((overlap >= 0) & (overlap <= 1.0001)).all()


def test_overlap_of_half_shifted_squares_is_a_third() -> None:
    square, shifted = np.array([0, 0, 2, 2], np.float32), np.array([[1, 0, 2, 2], [5, 5, 2, 2]], np.float32)
    assert compute_overlap(square, shifted).tolist() == pytest.approx([1 / 3, 0])


def test_an_empty_picture_holds_no_face(face_model: Path) -> None:
    grey = np.full((240 * 3 // 2, 320), 128, np.uint8)
    assert FaceDetector(face_model, 320, 240).find(grey).shape == (0, 5)


def test_both_faces_of_the_meal_are_found_at_their_places(face_model: Path, real_footage: Path) -> None:
    with open_source(real_footage / "meal_two_faces_2560.mp4", 10) as source:
        picture = next(source.frames()).i420
        faces = FaceDetector(face_model, source.width, source.height).find(picture)
    assert (faces[:2, 4] > 0.8).all()
    assert (faces[2:, 4] < 0.5).all()
    centres = faces[:2, :2] + faces[:2, 2:4] / 2
    # Read off the picture by eye.
    np.testing.assert_allclose(sorted(centres.tolist()), [[1215, 890], [1730, 780]], atol=30)


def test_no_face_of_the_meal_is_left(face_model: Path, real_footage: Path) -> None:
    with open_source(real_footage / "meal_two_faces_2560.mp4", 10) as source:
        fit = compute_fit(source.width, source.height, 1280, 720)
        anonymiser = Anonymiser(FaceSearch(face_model, source.width, source.height, fit), fit)
        clean = [frame for raw in source.frames() for frame in anonymiser.push(raw)] + anonymiser.flush()
        check = FaceDetector(face_model, 1280, 720, DetectOptions(score_min=0.35))
        assert len(clean) == 14
        assert all(len(frame.covered) >= 2 for frame in clean)
        assert all(len(check.find(frame.i420)) == 0 for frame in clean[::3])
