import io
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.footage.maskfile import Masks, MaskWriter, compute_covered_share, load_masks
from tacit.records.errors import DamagedMasksError

sides = st.integers(-20, 80)
frames = st.lists(st.lists(st.tuples(sides, sides, st.integers(0, 90), st.integers(0, 90)), max_size=6), max_size=12)


def as_boxes(boxes: list[tuple[int, ...]]) -> np.ndarray:
    return np.array(boxes, np.float32).reshape(-1, 4)


def write(of_frames: list[np.ndarray], width: int = 64, height: int = 48) -> tuple[bytes, float]:
    sink = io.BytesIO()
    writer = MaskWriter(sink, width, height)
    for boxes in of_frames:
        writer.add(boxes)
    writer.close()
    return sink.getvalue(), writer.mean_share


@given(frames)
def test_masks_come_back_frame_by_frame_as_they_were(many: list[list[tuple[int, ...]]]) -> None:
    given_boxes = [as_boxes(boxes) for boxes in many]
    masks = load_masks(io.BytesIO(write(given_boxes)[0]))
    assert (masks.width, masks.height, masks.n_frames) == (64, 48, len(many))
    for frame_index, boxes in enumerate(given_boxes):
        np.testing.assert_array_equal(masks.at(frame_index), boxes)


@given(frames)
def test_covered_share_is_that_of_a_picture_painted_over(many: list[list[tuple[int, ...]]]) -> None:
    shares = []
    for boxes in many:
        painted = np.zeros((48, 64), bool)
        for x, y, width, height in boxes:
            painted[max(y, 0) : max(y + height, 0), max(x, 0) : max(x + width, 0)] = True
        shares.append(painted.mean())
        assert compute_covered_share(as_boxes(boxes), 64, 48) == pytest.approx(shares[-1], abs=1e-12)
    content, mean_share = write([as_boxes(boxes) for boxes in many])
    assert mean_share == pytest.approx(np.mean(shares) if shares else 0, abs=1e-12)
    assert load_masks(io.BytesIO(content)).shares() == pytest.approx(shares, abs=1e-12)


def test_many_blocks_are_joined_and_a_quiet_hour_is_small() -> None:
    box = as_boxes([(2, 4, 10, 12)])
    quiet = [box if index == 107_999 else as_boxes([]) for index in range(108_000)]
    content, _ = write(quiet)
    masks = load_masks(io.BytesIO(content))
    assert masks.n_frames == 108_000
    np.testing.assert_array_equal(masks.at(107_999), box)
    assert len(content) < 4000


def test_a_crowd_of_any_size_is_kept() -> None:
    crowd = np.ones((70_000, 4), np.float32)
    masks = load_masks(io.BytesIO(write([crowd, as_boxes([])])[0]))
    np.testing.assert_array_equal(masks.at(0), crowd)
    assert masks.shares().tolist() == pytest.approx([1 / (64 * 48), 0])


def test_masks_cut_anywhere_are_told_as_damage() -> None:
    content, _ = write([as_boxes([(0, 0, 8, 8)]), as_boxes([])])
    for end in range(len(content)):
        with pytest.raises(DamagedMasksError):
            load_masks(io.BytesIO(content[:end]))


def test_every_flipped_byte_is_damage_or_other_masks_but_never_a_crash() -> None:
    content, _ = write([as_boxes([(0, 0, 8, 8), (1, 2, 3, 4)])] * 5)
    for at in range(len(content)):
        spoilt = content[:at] + bytes([content[at] ^ 0x41]) + content[at + 1 :]
        with suppress(DamagedMasksError):
            assert isinstance(load_masks(io.BytesIO(spoilt)), Masks)
