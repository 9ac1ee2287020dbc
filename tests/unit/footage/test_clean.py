import io
from typing import Any, BinaryIO, cast

import numpy as np
import pytest

from tacit.footage.clean import count_frames, read_clean, sample_frames
from tacit.footage.encode import CleanVideoWriter
from tacit.records.errors import DamagedCleanVideoError
from tacit.records.frames import CleanFrame


class Counting(io.BytesIO):
    """A reader that counts what is read of it."""

    n_read = 0

    def read(self, size: int | None = -1) -> bytes:
        data = super().read(size)
        self.n_read += len(data)
        return data


@pytest.mark.parametrize("every", [1, 4, 15, 17, 30, 90])
def test_every_wanted_frame_comes_with_its_index(numbers: Any, every: int) -> None:
    frames = list(read_clean(numbers.video(100), every))
    assert [frame.frame_index for frame in frames] == list(range(0, 100, every))
    assert [numbers.read(frame.i420) for frame in frames] == list(range(0, 100, every))
    assert all(frame.faces.shape == (0, 4) for frame in frames)


@pytest.mark.parametrize("n_frames", [1, 2, 14, 15, 16, 31])
def test_short_videos_come_back_whole(numbers: Any, n_frames: int) -> None:
    assert [numbers.read(frame.i420) for frame in read_clean(numbers.video(n_frames))] == list(range(n_frames))
    assert [frame.frame_index for frame in read_clean(numbers.video(n_frames), 100)] == [0]


def rgb_number(numbers: Any, rgb: np.ndarray) -> int:
    return numbers.read(np.concatenate([rgb[:, :, 1], np.zeros((32, 96), np.uint8)]))


def test_samples_are_key_frames_where_there_are_enough(numbers: Any) -> None:
    samples = list(sample_frames(numbers.video(240), 30, 230, 5))
    assert all(sample.shape == (64, 96, 3) and sample.dtype == np.uint8 for sample in samples)
    assert [rgb_number(numbers, sample) for sample in samples] == [30, 75, 120, 165, 225]


@pytest.mark.parametrize(("start", "end", "n", "expected"), [(10, 14, 9, [10, 11, 12, 13]), (15, 36, 3, [15, 25, 35])])
def test_samples_of_short_stretches_are_spread(numbers: Any, start: int, end: int, n: int, expected: list[int]) -> None:
    assert [rgb_number(numbers, sample) for sample in sample_frames(numbers.video(60), start, end, n)] == expected


def test_samples_keep_colours(numbers: Any) -> None:
    flat = np.full((96, 96), 81, np.uint8)
    flat[64:80], flat[80:] = 102, 187
    sink = io.BytesIO()
    with CleanVideoWriter(sink, 96, 64, 30) as writer:
        writer.write(CleanFrame(0, flat, False, numbers.no_faces))
    (rgb,) = sample_frames(io.BytesIO(sink.getvalue()), 0, 1, 1)
    # By ITU-R BT.709-6 section 3: R = 1.1644 (Y - 16) + 1.7927 (V - 128), and so on.
    luma = 1.1644 * (81 - 16)
    expected = [luma + 1.7927 * 59, luma - 0.2132 * -26 - 0.5329 * 59, luma + 2.1124 * -26]
    np.testing.assert_allclose(rgb[32, 48], expected, atol=4)


def test_a_still_far_in_is_found_without_reading_all(numbers: Any) -> None:
    sink = io.BytesIO()
    with CleanVideoWriter(sink, 96, 64, 30) as writer:
        for number in range(600):
            noise = np.random.default_rng(number % 20).integers(0, 256, (96, 96), np.uint8)
            writer.write(CleanFrame(number, noise, False, numbers.no_faces))
    source = Counting(sink.getvalue())
    assert len(list(sample_frames(cast(BinaryIO, source), 300, 600, 2))) == 2
    assert source.n_read < 0.4 * len(sink.getvalue())


def test_a_stretch_beyond_the_end_is_damage(numbers: Any) -> None:
    with pytest.raises(DamagedCleanVideoError, match="ends before frame 46"):
        list(sample_frames(numbers.video(40), 46, 50, 4))


@pytest.mark.parametrize("content", [b"", b"no video at all" * 50, bytes(5000)])
def test_what_is_no_video_is_damage(content: bytes) -> None:
    with pytest.raises(DamagedCleanVideoError):
        list(read_clean(io.BytesIO(content)))


def test_a_video_that_is_cut_off_is_damage(numbers: Any) -> None:
    content = numbers.video(100).getvalue()
    with pytest.raises(DamagedCleanVideoError):
        list(sample_frames(io.BytesIO(content[: len(content) // 2]), 0, 100, 40))


@pytest.mark.parametrize("n_frames", [1, 15, 16, 100])
def test_frames_are_counted(numbers: Any, n_frames: int) -> None:
    assert count_frames(numbers.video(n_frames)) == n_frames


def test_a_count_of_a_video_that_is_cut_off_never_equals_the_whole(numbers: Any) -> None:
    content = numbers.video(100).getvalue()
    for part in (0.3, 0.6, 0.9):
        try:
            assert count_frames(io.BytesIO(content[: int(len(content) * part)])) < 100
        except DamagedCleanVideoError:
            continue
