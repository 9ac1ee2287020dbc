from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.footage.canvas import canvas_scale, fit_to_canvas
from tacit.records.frames import CleanFrame

even = st.integers(8, 2000).map(lambda half: half * 2)


@given(even, even, even, even)
def test_the_picture_lies_inside_the_canvas_touches_two_sides_and_keeps_its_aspect(
    source_width: int, source_height: int, width: int, height: int
) -> None:
    fit = canvas_scale(source_width, source_height, width, height)
    assert fit.offset_x >= 0
    assert fit.offset_x + fit.width <= width
    assert fit.offset_y >= 0
    assert fit.offset_y + fit.height <= height
    assert fit.width == width or fit.height == height
    assert all(value % 2 == 0 for value in (fit.offset_x, fit.offset_y, fit.width, fit.height))
    true_scale = min(width / source_width, height / source_height)
    assert abs(fit.width - max(2, source_width * true_scale)) <= 1.001
    assert abs(fit.height - max(2, source_height * true_scale)) <= 1.001


def test_a_frame_of_the_canvas_size_is_handed_on_as_it_is(numbers: Any) -> None:
    frame = numbers.clean(5)
    assert fit_to_canvas(frame, 96, 64) is frame


@pytest.mark.parametrize("size", [(48, 32), (192, 128), (144, 96)])
def test_scaling_keeps_the_picture(numbers: Any, size: tuple[int, int]) -> None:
    fitted = fit_to_canvas(numbers.clean(0b10110101), *size)
    assert (fitted.width, fitted.height) == size
    assert numbers.read(fitted.i420) == 0b10110101


def test_bars_are_black_and_boxes_move_with_the_picture() -> None:
    grey = np.full((96, 96), 128, np.uint8)
    frame = CleanFrame(3, grey, True, np.array([[48, 32, 24, 16]], np.float32))
    fitted = fit_to_canvas(frame, 192, 72)
    assert (fitted.frame_index, fitted.is_repeat) == (3, True)
    luma, chroma = fitted.i420[:72], fitted.i420[72:]
    assert (luma[:, :42] == 16).all()
    assert (luma[:, 150:] == 16).all()
    assert (luma[:, 42:150] == 128).all()
    assert (chroma == 128).all()
    np.testing.assert_allclose(fitted.covered, [[42 + 54, 36, 27, 18]])
