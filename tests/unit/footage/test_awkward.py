"""Awkward containers, each made on the spot: correct frames, or a reason that says what is wrong."""

import os
import struct
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from av.stream import Disposition
from hypothesis import given, settings
from hypothesis import strategies as st

from tacit.footage.grid import Picture, place_on_grid
from tacit.footage.probe import probe
from tacit.footage.source import open_source
from tacit.records.errors import UnreadableVideoError

WIDTH, HEIGHT = 96, 64


def decode(path: Path, fps: int = 30, readable_part: bool = False) -> tuple[list[Any], str]:
    with open_source(path, fps, readable_part=readable_part) as source:
        return list(source.frames()), source.damage


def why(path: Path) -> str:
    with pytest.raises(UnreadableVideoError) as caught:
        decode(path)
    return caught.value.reason


def write(
    path: Path,
    pictures: list[np.ndarray],
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    form: dict[str, str] | None = None,
    notes: dict[str, str] | None = None,
    track_notes: dict[str, str] | None = None,
    rate: int = 30,
    first_stamp: int = 0,
) -> Path:
    with av.open(str(path), "w", options=form or {}) as container:
        container.metadata.update(notes or {})
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.metadata.update(track_notes or {})
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        for number, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(picture, format="yuv420p")
            frame.pts, frame.time_base = number + first_stamp, Fraction(1, rate)
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return path


# --- what the file says about itself ---------------------------------------------------------------------------------


def test_the_title_of_an_htc_track_turns_the_picture(numbers: Any, tmp_path: Path) -> None:
    plain, _ = decode(write(tmp_path / "plain.mkv", [numbers.draw(77)]))
    turned, _ = decode(write(tmp_path / "a.mkv", [numbers.draw(77)], track_notes={"title": "htc_video_rotA-090"}))
    expected = np.rot90(plain[0].i420[:HEIGHT], -1)
    np.testing.assert_array_equal(turned[0].i420[:WIDTH], expected)


@pytest.mark.parametrize(("captured", "n_frames"), [("240.0", 8), ("30.0", 64), ("31.0", 64), ("nonsense", 64)])
def test_slow_motion_is_read_at_the_speed_of_life(numbers: Any, tmp_path: Path, captured: str, n_frames: int) -> None:
    path = write(
        tmp_path / "slow.mp4",
        [numbers.draw(k) for k in range(64)],
        form={"movflags": "use_metadata_tags"},
        notes={"com.android.capture.fps": captured},
    )
    frames, _ = decode(path)
    assert len(frames) == n_frames
    assert probe(path).duration_s == pytest.approx(n_frames / 30, abs=0.001)
    assert numbers.read(frames[3].i420) == 3 * 64 // n_frames


def test_a_time_lapse_is_told(numbers: Any, tmp_path: Path) -> None:
    form, notes = {"movflags": "use_metadata_tags"}, {"com.android.capture.fps": "2.0"}
    path = write(tmp_path / "lapse.mp4", [numbers.draw(k) for k in range(30)], form=form, notes=notes)
    assert why(path) == "it is a time lapse (2 pictures a second, shown as 30), so most of the work is not in it"


@pytest.mark.parametrize("first_stamp", [300, -3])
def test_a_late_or_negative_start_loses_nothing(numbers: Any, tmp_path: Path, first_stamp: int) -> None:
    path = write(tmp_path / "late.mkv", [numbers.draw(k) for k in range(12)], first_stamp=first_stamp)
    assert [numbers.read(frame.i420) for frame in decode(path)[0]] == list(range(12))


def set_edit(path: Path, edits: list[tuple[int, int]], speed: float = 1) -> None:
    """Replace the edit list of a one-track mp4 with its index at the end: (duration in ms, media time) each."""
    rate = int(speed * 65536)
    content = path.read_bytes()
    at = content.find(b"edts") - 4
    length = int.from_bytes(content[at : at + 4], "big")
    body = struct.pack(">4sII", b"elst", 0, len(edits)) + b"".join(struct.pack(">IiI", *edit, rate) for edit in edits)
    box = struct.pack(">I4s", len(body) + 12, b"edts") + struct.pack(">I", len(body) + 4) + body
    grown = len(box) - length
    changed = bytearray(content[:at] + box + content[at + length :])
    for name in (b"moov", b"trak"):
        place = content.find(name) - 4
        changed[place : place + 4] = struct.pack(">I", int.from_bytes(content[place : place + 4], "big") + grown)
    path.write_bytes(changed)


@pytest.mark.parametrize(
    ("edits", "first", "last"),
    [
        ([(2000, 0)], 0, 59),
        ([(1000, 512 * 15)], 15, 44),  # half a second cut off in front, another at the end
        ([(500, -1), (2000, 0)], 0, 59),  # a late start: nothing is shown for half a second
        ([(1000, 512 * 22)], 22, 51),  # begins between two key frames
    ],
)
def test_edit_lists_are_obeyed(
    numbers: Any, tmp_path: Path, edits: list[tuple[int, int]], first: int, last: int
) -> None:
    path = write(tmp_path / "edit.mp4", [numbers.draw(k) for k in range(60)], options={"bf": "0", "g": "15"})
    set_edit(path, edits)
    assert [numbers.read(frame.i420) for frame in decode(path)[0]] == list(range(first, last + 1))


@pytest.mark.parametrize(
    ("edits", "speed", "reason"),
    [
        ([(500, 0), (500, 512 * 30)], 1, "its edit list puts 2 pieces together; export it once more as one film"),
        ([(1000, 0)], 0.5, "its edit list plays it faster or slower than it was filmed; export it at its own speed"),
    ],
)
def test_edit_lists_that_would_shift_time_are_told(
    numbers: Any, tmp_path: Path, edits: list[tuple[int, int]], speed: float, reason: str
) -> None:
    path = write(tmp_path / "edit.mp4", [numbers.draw(k) for k in range(60)], options={"bf": "0", "g": "15"})
    set_edit(path, edits, speed)
    assert why(path) == reason


# --- several tracks --------------------------------------------------------------------------------------------------


def test_the_default_track_is_read_and_a_cover_is_not(numbers: Any, tmp_path: Path) -> None:
    path = tmp_path / "tracks.mkv"
    with av.open(str(path), "w") as container:
        streams = []
        for disposition in (Disposition(0), Disposition.default, Disposition(0)):
            stream = container.add_stream("libx264", rate=30)
            stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
            stream.disposition = disposition
            streams.append(stream)
        for index, stream in enumerate(streams):
            for number in range(5):
                frame = av.VideoFrame.from_ndarray(numbers.draw(100 * index + number), format="yuv420p")
                frame.pts, frame.time_base = number, Fraction(1, 30)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
    assert [numbers.read(frame.i420) for frame in decode(path)[0]] == list(range(100, 105))


# --- pictures --------------------------------------------------------------------------------------------------------


def test_interlaced_pictures_show_one_moment(tmp_path: Path) -> None:
    """A bar that moves between the two fields has a comb in the file and none in the frame."""
    woven = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
    woven[:HEIGHT] = 40
    woven[0:HEIGHT:2, 16:32] = 220
    woven[1:HEIGHT:2, 32:48] = 220
    path = write(
        tmp_path / "field.mp4", [woven] * 3, options={"flags": "+ilme+ildct", "x264-params": "tff=1", "crf": "4"}
    )
    frames, _ = decode(path)
    luma = frames[1].i420[:HEIGHT].astype(int)
    assert abs(np.diff(luma[:, :64], axis=0)).max() < 25
    assert luma[:, 18:30].min() > 190
    assert luma[:, 34:46].max() < 70


def test_a_picture_beyond_8k_is_told(tmp_path: Path) -> None:
    path = tmp_path / "huge.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mjpeg", rate=30)
        stream.width, stream.height, stream.pix_fmt = 9000, 4400, "yuvj420p"
        flat = np.full((6600, 9000), 128, np.uint8)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(flat, format="yuvj420p")))
        container.mux(stream.encode())
    assert why(path) == "its picture is 9000 x 4400 pixels, and at most 8192 x 4320 are read"


def test_an_unusual_codec_is_told(numbers: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "odd.avi", [numbers.draw(1)], codec="ffvhuff")
    assert "coded as ffvhuff, which is not read" in why(path)


# --- hostile and broken files ----------------------------------------------------------------------------------------


def test_an_encrypted_file_is_told(numbers: Any, tmp_path: Path) -> None:
    form = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "00" * 16,
        "encryption_kid": "11" * 16,
    }
    assert why(write(tmp_path / "locked.mp4", [numbers.draw(k) for k in range(9)], form=form)) == "it is encrypted"


@pytest.mark.parametrize(
    "text",
    [
        "#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{other}\n#EXT-X-ENDLIST\n",
        "ffconcat version 1.0\nfile '{other}'\n",
        "#EXTM3U\n#EXTINF:9,\nhttp://127.0.0.1:9/a.mp4\n#EXT-X-ENDLIST\n",
        "<?xml version='1.0'?><MPD type='static'><Period><BaseURL>{other}</BaseURL></Period></MPD>",
        "[InternetShortcut]\nURL=file://{other}\n",
    ],
)
def test_a_list_that_points_elsewhere_is_text(make_clip: Callable[..., Path], tmp_path: Path, text: str) -> None:
    other = make_clip("other.mp4", stamps=range(3))
    path = tmp_path / "list.mp4"
    path.write_text(text.format(other=other), encoding="utf-8")
    assert why(path) == "it holds text, not video"


@pytest.mark.parametrize(
    "name", ["http:a.mp4", "concat:a.mp4|b.mp4", "subfile,,start,0,end,9,,:a.mp4", "-i", "a%03d.mp4"]
)
def test_a_file_name_is_never_an_address(numbers: Any, tmp_path: Path, name: str) -> None:
    path = write(tmp_path / "plain.mp4", [numbers.draw(5)]).rename(tmp_path / name)
    assert numbers.read(decode(path)[0][0].i420) == 5


def test_a_reference_to_another_file_is_not_followed(numbers: Any, tmp_path: Path) -> None:
    other = write(tmp_path / "other.mov", [numbers.draw(k) for k in range(9)])
    content = other.read_bytes()
    at = content.find(b"dref")
    name = str(other).encode()
    alias = b"\0" * 142 + struct.pack(">hH", 18, len(name)) + name + b"\0" * (len(name) % 2) + struct.pack(">h", -1)
    entry = struct.pack(">I4sI", 12 + len(alias), b"alis", 0) + alias
    old = int.from_bytes(content[at - 4 : at], "big")
    box = struct.pack(">I4sII", 16 + len(entry), b"dref", 0, 1) + entry
    changed = bytearray(content[: at - 4] + box + content[at - 4 + old :])
    for kind in (b"moov", b"trak", b"mdia", b"minf", b"dinf"):
        place = content.rfind(kind, 0, at) - 4
        length = int.from_bytes(content[place : place + 4], "big") + len(box) - old
        changed[place : place + 4] = struct.pack(">I", length)
    start = content.find(b"mdat") + 4
    end = content.find(b"moov") - 4
    changed[start:end] = bytes(end - start)  # the pictures are in the other file only
    path = tmp_path / "pointer.mov"
    path.write_bytes(changed)
    why(path)


def test_other_things_than_files_are_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "loop.mp4").symlink_to(tmp_path / "loop.mp4")
    assert why(tmp_path / "pipe.mp4") == "it is not an ordinary file"
    assert why(tmp_path / "loop.mp4") == "there is no such file"


@pytest.mark.parametrize("brand", [b"heic", b"mif1", b"avif"])
def test_a_photograph_of_a_phone_is_no_video(numbers: Any, tmp_path: Path, brand: bytes) -> None:
    path = write(tmp_path / "photo.mp4", [numbers.draw(1)])
    path.write_bytes(path.read_bytes().replace(b"ftypisom", b"ftyp" + brand))
    assert why(path) == "it holds a picture (heic or avif), not video"


def test_a_renamed_picture_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "photo.mp4"
    path.write_bytes(cv2.imencode(".png", np.zeros((9, 9), np.uint8))[1].tobytes())
    assert why(path) == "it holds a picture (png), not video"


def test_footage_of_more_than_a_day_is_told(make_clip: Callable[..., Path]) -> None:
    path = make_clip("clip.mkv", stamps=range(0, 87_000_000, 9_900), clock=1000, options=(("preset", "ultrafast"),))
    with open_source(path, 1) as source, pytest.raises(UnreadableVideoError) as caught:
        for _ in source.frames():
            pass
    assert caught.value.reason == "it is longer than a day"
    assert caught.value.readable_s == pytest.approx(86_400, abs=20)


# --- the readable part -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "form"), [("a.mkv", {}), ("a.mp4", {"movflags": "faststart"}), ("a.avi", {})])
def test_the_readable_part_comes_only_when_asked_for(
    numbers: Any, tmp_path: Path, name: str, form: dict[str, str]
) -> None:
    whole = write(tmp_path / name, [numbers.draw(k) for k in range(240)], options={"bf": "0", "g": "10"}, form=form)
    path = tmp_path / f"cut_{name}"
    path.write_bytes(whole.read_bytes()[: whole.stat().st_size * 6 // 10])
    with pytest.raises(UnreadableVideoError) as caught:
        decode(path)
    frames, damage = decode(path, readable_part=True)
    assert [numbers.read(frame.i420) for frame in frames] == list(range(len(frames)))
    assert 60 < len(frames) < 240
    assert damage == caught.value.reason != ""
    assert caught.value.readable_s == pytest.approx(len(frames) / 30, abs=0.04)
    assert "--readable-part" in str(caught.value)
    assert decode(whole)[1] == ""


def test_an_mkv_that_is_cut_off_says_by_how_much(make_clip: Callable[..., Path], tmp_path: Path) -> None:
    path = tmp_path / "cut.mkv"
    path.write_bytes(make_clip("clip.mkv", stamps=range(60)).read_bytes()[:-500])
    assert why(path) == "it is cut off: 500 bytes are missing at its end"


def test_a_file_that_is_damaged_from_the_start_has_no_readable_part(numbers: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", [numbers.draw(1)])
    content = path.read_bytes()
    start, end = content.find(b"mdat") + 4, content.find(b"moov") - 4
    path.write_bytes(content[:start] + bytes(end - start) + content[end:])
    with pytest.raises(UnreadableVideoError) as caught:
        decode(path, readable_part=True)
    assert "readable-part" not in str(caught.value)


# --- uneven time stamps ----------------------------------------------------------------------------------------------


@settings(max_examples=200)
@given(
    gaps=st.lists(st.integers(1, 400), min_size=1, max_size=80),
    fps=st.sampled_from([1, 24, 25, 30, 60, 240]),
    last=st.integers(1, 100),
)
def test_no_frame_is_further_from_its_moment_than_half_a_frame(gaps: list[int], fps: int, last: int) -> None:
    """Stamps in ms. Where the camera itself left a longer gap, the nearest picture is still the one shown."""
    stamps = [0]
    for gap in gaps:
        stamps.append(stamps[-1] + gap)
    pictures = [Picture(Fraction(stamp * fps, 1000), Fraction(last * fps, 1000), stamp) for stamp in stamps]
    shown = list(place_on_grid(pictures))
    assert [index for index, _, _ in shown] == list(range(len(shown)))
    for index, stamp, _ in shown:
        at_ms = Fraction(index * 1000, fps)
        assert abs(stamp - at_ms) == min(abs(other - at_ms) for other in stamps)
        if at_ms <= stamps[-1]:
            widest = max(*gaps, Fraction(1000, fps))
            assert abs(stamp - at_ms) <= widest / 2
    assert abs(len(shown) - Fraction((stamps[-1] + last) * fps, 1000)) <= max(
        Fraction(1, 2), 1 - Fraction(last * fps, 1000)
    )


@pytest.mark.parametrize("fps", [1, 30, 240])
def test_very_slow_and_very_fast_cameras(numbers: Any, tmp_path: Path, fps: int) -> None:
    path = write(tmp_path / "rate.mp4", [numbers.draw(k) for k in range(24)], rate=fps)
    frames, _ = decode(path)
    for frame in frames[: 23 * 30 // fps]:  # behind them the last picture stands
        assert abs(numbers.read(frame.i420) / fps - frame.frame_index / 30) <= max(1 / fps, 1 / 30) / 2 + 1e-9
