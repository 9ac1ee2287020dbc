from collections.abc import Callable
from pathlib import Path

import av
import numpy as np
import pytest

from tacit.footage.probe import Probe, probe
from tacit.records.errors import UnreadableVideoError

QUIET_X265 = (("x265-params", "log-level=none"),)
FORMS = [
    ("clip.mp4", "libx264", (), "h264"),
    ("clip.mov", "libx265", QUIET_X265, "hevc"),
    ("clip.mkv", "libx264", (), "h264"),
    ("clip.webm", "libvpx-vp9", (("cpu-used", "8"), ("deadline", "realtime")), "vp9"),
    ("clip.avi", "libx264", (), "h264"),
]


@pytest.mark.parametrize(("name", "codec", "options", "told"), FORMS)
def test_containers_and_codecs_are_told(
    make_clip: Callable[..., Path], name: str, codec: str, options: tuple[tuple[str, str], ...], told: str
) -> None:
    found = probe(make_clip(name, stamps=range(30), codec=codec, options=options))
    assert (found.width, found.height, found.codec) == (96, 64, told)
    assert found.fps == pytest.approx(30, rel=0.05)
    assert found.duration_s == pytest.approx(1.0, abs=0.1)


def test_av1_is_told(make_clip: Callable[..., Path], capfd: pytest.CaptureFixture[str]) -> None:
    found = probe(make_clip(stamps=range(5), codec="libsvtav1", options=(("preset", "12"),)))
    capfd.readouterr()
    assert found.codec == "av1"


def test_the_turned_size_is_told(make_clip: Callable[..., Path]) -> None:
    quarter = (0, 1 << 16, 0, -(1 << 16), 0, 0, 0, 0, 1 << 30)
    assert probe(make_clip(stamps=range(3), matrix=quarter)) == Probe(64, 96, "h264", 0.1, 30.0)


def why(path: Path) -> str:
    with pytest.raises(UnreadableVideoError) as caught:
        probe(path)
    assert caught.value.exit_code == 2
    assert path.stem not in str(caught.value), "a file name may name a person"
    return caught.value.reason


def test_a_length_in_the_header_that_is_too_short_is_not_believed(
    make_clip: Callable[..., Path], tmp_path: Path
) -> None:
    content = bytearray(make_clip("clip.mp4", stamps=range(90), options=(("bf", "0"),)).read_bytes())
    for kind, at in ((b"mvhd", 16), (b"mdhd", 16), (b"tkhd", 20)):
        place = content.find(kind) + 4 + at
        content[place : place + 4] = (1).to_bytes(4, "big")
    path = tmp_path / "short.mp4"
    path.write_bytes(content)
    assert probe(path).duration_s == pytest.approx(3, abs=0.1)


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    assert why(tmp_path / "secretname.mp4") == "there is no such file"


def test_a_folder_says_so(tmp_path: Path) -> None:
    (tmp_path / "secretname.mp4").mkdir()
    assert why(tmp_path / "secretname.mp4") == "it is a folder, not a video file"


def test_a_device_is_not_opened() -> None:
    assert why(Path("/dev/zero")) == "it is not an ordinary file"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty (0 bytes)"),
        (b"day 1: welding\n" * 40, "it holds text, not video"),
        ("Schicht früh, Maß 3 µm\n".encode() * 300, "it holds text, not video"),
        (b"#EXTM3U\n#EXTINF:1,\nother.mp4\n", "it holds text, not video"),
        (bytes(5000), "it holds only zeros; the copy or the recording failed"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(range(256)), "it holds a picture (jpeg), not video"),
        (b"RIFF\x00\x10\x00\x00WAVEfmt " + bytes(300), "it holds sound (wav), not video"),
        ((b"G" + bytes(187)) * 30, "another kind (MPEG transport stream), which is not read; convert it to mp4"),
        ((bytes(4) + b"G" + bytes(187)) * 30, "another kind (MPEG transport stream)"),
        (b"FLV\1" + bytes(range(256)), "another kind (flv), which is not read; convert it to mp4"),
        (b"\xfe\xed" + bytes(range(256)) * 9, "it is not an mp4, mov, mkv, webm or avi file"),
        (b"\x1a\x45\xdf\xa3" + bytes(300), "it begins as an mkv or webm file"),
        (b"RIFF\x00\x10\x00\x00AVI " + bytes(300), "it begins as an avi file"),
    ],
)
def test_what_is_no_video_is_told_apart(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "secretname.mp4"
    path.write_bytes(content)
    assert reason in why(path)


def boxes(path: Path) -> tuple[bytes, int, int]:
    """The bytes of an mp4 file, and where its mdat and moov boxes begin."""
    content = path.read_bytes()
    return content, content.find(b"mdat") - 4, content.find(b"moov") - 4


def test_a_recorder_that_never_finished_is_told(make_clip: Callable[..., Path], tmp_path: Path) -> None:
    content, _, moov = boxes(make_clip(stamps=range(30)))
    path = tmp_path / "secretname.mp4"
    path.write_bytes(content[:moov])
    assert "no index (no moov box)" in why(path)


def test_an_index_that_is_cut_off_is_told(make_clip: Callable[..., Path], tmp_path: Path) -> None:
    content, _, _ = boxes(make_clip(stamps=range(30)))
    path = tmp_path / "secretname.mp4"
    path.write_bytes(content[:-100])
    assert why(path) == "it is cut off: 100 bytes are missing at its end"


def test_an_index_that_is_overwritten_is_told(make_clip: Callable[..., Path], tmp_path: Path) -> None:
    content, _, moov = boxes(make_clip(stamps=range(30)))
    path = tmp_path / "secretname.mp4"
    path.write_bytes(content[: moov + 8] + b"\xff" * (len(content) - moov - 8))
    assert "index (moov box) is damaged" in why(path) or "holds no video track" in why(path)


def test_sound_without_video_is_told(tmp_path: Path) -> None:
    path = tmp_path / "secretname.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        tone = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        tone.sample_rate = 48000
        container.mux(stream.encode(tone))
        container.mux(stream.encode())
    assert why(path) == "it holds sound but no video track"


def test_the_error_is_one_plain_sentence_with_a_next_step() -> None:
    assert str(UnreadableVideoError("it is cut off", 2.25)) == (
        "The video cannot be read: it is cut off. 2.2 s of it could be read. "
        "Copy it from the camera once more, or film the work again, "
        "or take in just what can be read (--readable-part, or readable_part in footage.toml)."
    )
    assert str(UnreadableVideoError("it is cut off", 0.0)).endswith("or film the work again.")
