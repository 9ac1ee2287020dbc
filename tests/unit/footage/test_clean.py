import io
from typing import Any, BinaryIO, cast

import numpy as np
import pytest

from tacit.footage.clean import count_frames, read_clean
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
    assert all(frame.covered.shape == (0, 4) for frame in frames)


@pytest.mark.parametrize("n_frames", [1, 2, 14, 15, 16, 31])
def test_short_videos_come_back_whole(numbers: Any, n_frames: int) -> None:
    assert [numbers.read(frame.i420) for frame in read_clean(numbers.video(n_frames))] == list(range(n_frames))
    assert [frame.frame_index for frame in read_clean(numbers.video(n_frames), 100)] == [0]


def test_a_still_far_in_is_found_without_reading_all(numbers: Any) -> None:
    sink = io.BytesIO()
    with CleanVideoWriter(sink, 96, 64, 30) as writer:
        for number in range(600):
            noise = np.random.default_rng(number % 20).integers(0, 256, (96, 96), np.uint8)
            writer.write(CleanFrame(number, noise, False, numbers.no_faces))
    source = Counting(sink.getvalue())
    assert len(list(read_clean(cast(BinaryIO, source), 300))) == 2
    assert source.n_read < 0.4 * len(sink.getvalue())


@pytest.mark.parametrize("content", [b"", b"no video at all" * 50, bytes(5000)])
def test_what_is_no_video_is_damage(content: bytes) -> None:
    with pytest.raises(DamagedCleanVideoError):
        list(read_clean(io.BytesIO(content)))


def test_a_video_that_is_cut_off_within_a_picture_is_damage(numbers: Any) -> None:
    content = numbers.video(100).getvalue()
    with pytest.raises(DamagedCleanVideoError):
        list(read_clean(io.BytesIO(content[: content.rindex(b"mdat") + 100])))


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
