import errno
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tacit.footage.clean import read_clean
from tacit.footage.remux import remux_stretch
from tacit.records.errors import DamagedCleanVideoError


@pytest.mark.parametrize(("start", "end"), [(0, 100), (0, 1), (15, 60), (30, 47), (90, 100)])
def test_a_stretch_holds_exactly_its_frames_bit_for_bit(numbers: Any, tmp_path: Path, start: int, end: int) -> None:
    source = numbers.video(100)
    remux_stretch(source, start, end, 30, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        frames = list(container.decode(video=0))
    originals = [frame.i420 for frame in read_clean(source)][start:end]
    assert [numbers.read(frame.to_ndarray()) for frame in frames] == list(range(start, end))
    for frame, original in zip(frames, originals, strict=True):
        np.testing.assert_array_equal(frame.to_ndarray(), original)


@pytest.mark.parametrize("fps", [10, 24, 30, 60])
def test_time_stamps_begin_at_0_and_are_exactly_k_over_fps(numbers: Any, tmp_path: Path, fps: int) -> None:
    remux_stretch(numbers.video(60, fps), 15, 60, fps, tmp_path / "out.mp4")
    with av.open(str(tmp_path / "out.mp4")) as container:
        stream = container.streams.video[0]
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [packet.pts * packet.time_base for packet in packets] == [Fraction(k, fps) for k in range(45)]
        assert (stream.frames, stream.average_rate) == (45, fps)
        assert stream.duration * stream.time_base == Fraction(45, fps)
        assert len(container.streams) == 1


def test_the_index_comes_first_and_nothing_tells_the_date_or_the_tool(numbers: Any, tmp_path: Path) -> None:
    remux_stretch(numbers.video(40), 15, 40, 30, tmp_path / "out.mp4")
    content = (tmp_path / "out.mp4").read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat")
    assert b"Lavf" not in content
    assert b"x264" not in content


def test_the_same_stretch_gives_the_same_bytes(numbers: Any, tmp_path: Path) -> None:
    remux_stretch(numbers.video(40), 15, 40, 30, tmp_path / "a.mp4")
    remux_stretch(numbers.video(40), 15, 40, 30, tmp_path / "b.mp4")
    assert (tmp_path / "a.mp4").read_bytes() == (tmp_path / "b.mp4").read_bytes()


def test_a_stretch_beyond_the_end_is_damage(numbers: Any, tmp_path: Path) -> None:
    with pytest.raises(DamagedCleanVideoError, match="ends before frame 101"):
        remux_stretch(numbers.video(100), 90, 101, 30, tmp_path / "out.mp4")


def test_a_stretch_must_begin_a_group(numbers: Any, tmp_path: Path) -> None:
    with pytest.raises(DamagedCleanVideoError, match="frame 22"):
        remux_stretch(numbers.video(100), 22, 40, 30, tmp_path / "out.mp4")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_full_disk_is_not_told_as_a_damaged_video(numbers: Any) -> None:
    with pytest.raises(OSError, match="No space left on device") as caught:
        remux_stretch(numbers.video(60), 0, 60, 30, Path("/dev/full"))
    assert caught.value.errno == errno.ENOSPC
