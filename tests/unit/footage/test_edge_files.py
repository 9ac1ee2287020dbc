"""The shared awkward files, against what their boxes and packets say, read by hand (docs/containers.md)."""

import os
from fractions import Fraction
from pathlib import Path

import av
import pytest

from tacit.footage.source import open_source
from tacit.records.errors import UnreadableVideoError

pytestmark = pytest.mark.footage

FILES = {
    "bbb_642x642_768kbps_30fps_vp9.webm": (90, 642, 642, 1),
    "bbb_800x640_768kbps_30fps_avc_2b_firstpts_10_sec.mp4": (120, 1136, 640, 1),
    "h265_with_metadata_track.mp4": (3, 1080, 1920, 1),
    "sample-with-large-length.avi": (58, 256, 144, 1),
    "sample_12_5fps_720p_1s.mp4": (31, 1280, 720, 1),
    "sample_av1.mp4": (30, 1080, 720, 1),
    "sample_edit_list.mp4": (77, 1080, 1920, 1),
    "sample_empty_track.mp4": (30, 1080, 720, 1),
    "sample_fragmented.mp4": (30, 1080, 720, 1),
    "sample_mdat_too_long.mp4": (30, 1080, 720, 1),
    "sample_missing_stsd.mp4": (30, 1080, 720, 1),
    "sample_portrait.mp4": (30, 720, 1080, 1),
    "sample_rotate_and_reflect.mp4": (30, 720, 1080, 1),
    "sample_sef_slow_motion.mp4": (8, 320, 240, 8),
    "sample_with_htc_rotation_track_name.mkv": (30, 720, 1080, 1),
}


@pytest.fixture
def awkward() -> Path:
    """The folder of awkward files, beside that of the real clips."""
    folder = Path(os.environ.get("TACIT_TEST_FOOTAGE") or "nowhere").parent / "data" / "video_edge"
    if not folder.is_dir():
        pytest.skip("TACIT_TEST_FOOTAGE does not name a folder with data/video_edge beside it")
    return folder


def stamps_s(path: Path) -> list[Fraction]:
    """When each picture that is not hidden is shown, from the packets alone."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        packets = [packet for packet in container.demux(stream) if packet.size and not packet.is_discard]
        return sorted(packet.pts * stream.time_base for packet in packets if packet.pts is not None)


@pytest.mark.parametrize("name", FILES)
def test_awkward_file_gives_the_frames_that_its_packets_promise(awkward: Path, name: str) -> None:
    n_frames, width, height, slowness = FILES[name]
    with open_source(awkward / name, 30) as source:
        assert (source.width, source.height) == (width, height)
        frames = [(frame.frame_index, frame.is_repeat) for frame in source.frames()]
    assert [index for index, _ in frames] == list(range(n_frames))
    shown = stamps_s(awkward / name)
    real_s = [(stamp - shown[0]) / slowness for stamp in shown]
    nearest = [min(range(len(real_s)), key=lambda k: abs(real_s[k] - Fraction(index, 30))) for index, _ in frames]
    assert sum(not is_repeat for _, is_repeat in frames) == len(set(nearest))
    interval_s = max(Fraction(1, 30), real_s[-1] / (len(real_s) - 1))
    assert abs(Fraction(n_frames, 30) - (real_s[-1] + interval_s)) <= interval_s


def test_sound_alone_is_told(awkward: Path) -> None:
    with (
        pytest.raises(UnreadableVideoError, match="sound but no video track"),
        open_source(awkward / "sample_audio_only.mp4", 30),
    ):
        pass
