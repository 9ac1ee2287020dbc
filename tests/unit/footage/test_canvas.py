from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.footage.canvas import compute_fit, fit_picture

even = st.integers(8, 2000).map(lambda half: half * 2)


@given(even, even, even, even)
def test_the_picture_lies_inside_the_canvas_touches_two_sides_and_keeps_its_aspect(
    source_width: int, source_height: int, width: int, height: int
) -> None:
    fit = compute_fit(source_width, source_height, width, height)
    assert fit.offset_x >= 0
    assert fit.offset_x + fit.width <= width
    assert fit.offset_y >= 0
    assert fit.offset_y + fit.height <= height
    assert fit.width == width or fit.height == height
    assert all(value % 2 == 0 for value in (fit.offset_x, fit.offset_y, fit.width, fit.height))
    true_scale = min(width / source_width, height / source_height)
    assert abs(fit.width - max(2, source_width * true_scale)) <= 1.001
    assert abs(fit.height - max(2, source_height * true_scale)) <= 1.001


def test_a_picture_of_the_canvas_size_is_handed_on_as_it_is(numbers: Any) -> None:
    picture = numbers.draw(5)
    assert fit_picture(picture, compute_fit(96, 64, 96, 64)) is picture


@pytest.mark.parametrize("size", [(48, 32), (192, 128), (144, 96)])
def test_scaling_keeps_the_picture(numbers: Any, size: tuple[int, int]) -> None:
    fitted = fit_picture(numbers.draw(0b10110101), compute_fit(96, 64, *size))
    assert fitted.shape == (size[1] * 3 // 2, size[0])
    assert numbers.read(fitted) == 0b10110101


def test_bars_are_black_and_the_picture_lies_between_them() -> None:
    fit = compute_fit(96, 64, 192, 72)
    fitted = fit_picture(np.full((96, 96), 128, np.uint8), fit)
    luma, chroma = fitted[:72], fitted[72:]
    assert (luma[:, :42] == 16).all()
    assert (luma[:, 150:] == 16).all()
    assert (luma[:, 42:150] == 128).all()
    assert (chroma == 128).all()
    assert (fit.offset_x, fit.offset_y, fit.scale_x, fit.scale_y) == (42, 0, 1.125, 1.125)
