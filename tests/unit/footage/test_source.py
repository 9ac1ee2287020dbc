from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from tacit.footage.source import open_source
from tacit.records.errors import UnreadableVideoError
from tacit.records.frames import RawFrame

ONE = 1 << 16
QUIET_X265 = (("x265-params", "log-level=none"),)


def decode(path: Path, fps: int = 30) -> list[RawFrame]:
    with open_source(path, fps) as source:
        return list(source.frames())


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("clip.mp4", "libx264", ()),
        ("clip.mov", "libx265", QUIET_X265),
        ("clip.mkv", "libx264", (("bf", "3"),)),
        ("clip.webm", "libvpx-vp9", (("cpu-used", "8"), ("deadline", "realtime"))),
        ("clip.avi", "libx264", (("bf", "0"),)),
    ],
)
def test_every_picture_comes_once_and_in_order(
    numbers: Any, make_clip: Callable[..., Path], name: str, codec: str, options: tuple[tuple[str, str], ...]
) -> None:
    frames = decode(make_clip(name, stamps=range(40), codec=codec, options=options))
    assert [numbers.read(frame.i420) for frame in frames] == list(range(40))
    assert [frame.frame_index for frame in frames] == list(range(40))
    assert not any(frame.is_repeat for frame in frames)
    assert all(frame.i420.shape == (96, 96) and frame.i420.dtype == np.uint8 for frame in frames)


SLOW = [0, 0] + [k for k in range(1, 9) for _ in range(3)] + [9, 9, 9, 9]


def test_a_slow_source_repeats_its_pictures_without_decoding_them_again(
    numbers: Any, make_clip: Callable[..., Path]
) -> None:
    frames = decode(make_clip(stamps=range(0, 30, 3)))
    assert [numbers.read(frame.i420) for frame in frames] == [
        k // 3 if k % 3 < 2 else k // 3 + 1 for k in range(29)
    ] + [9]
    assert sum(not frame.is_repeat for frame in frames) == 10
    for before, frame in pairwise(frames):
        assert (frame.i420 is before.i420) == frame.is_repeat


def test_a_fast_source_is_thinned_out(numbers: Any, make_clip: Callable[..., Path]) -> None:
    assert [numbers.read(frame.i420) for frame in decode(make_clip(stamps=range(60), clock=60))] == list(
        range(0, 60, 2)
    )


def test_uneven_time_stamps_get_the_nearest_picture(numbers: Any, make_clip: Callable[..., Path]) -> None:
    stamps = [0, 40, 60, 100, 230, 240, 300]
    frames = decode(make_clip("clip.mkv", stamps=stamps, clock=1000), fps=100)
    for frame in frames[:31]:
        nearest = min(abs(stamp - frame.frame_index * 10) for stamp in stamps)
        assert abs(stamps[numbers.read(frame.i420)] - frame.frame_index * 10) == nearest


def test_time_counts_from_the_first_picture(numbers: Any, make_clip: Callable[..., Path]) -> None:
    assert [numbers.read(frame.i420) for frame in decode(make_clip("clip.mkv", stamps=range(300, 320)))] == list(
        range(20)
    )


TURNS = {
    "as it is": ((ONE, 0, 0, ONE), lambda p: p),
    "quarter right": ((0, ONE, -ONE, 0), lambda p: np.rot90(p, -1)),
    "half": ((-ONE, 0, 0, -ONE), lambda p: np.rot90(p, 2)),
    "quarter left": ((0, -ONE, ONE, 0), lambda p: np.rot90(p, 1)),
    "mirrored": ((-ONE, 0, 0, ONE), lambda p: p[:, ::-1]),
    "upside down": ((ONE, 0, 0, -ONE), lambda p: p[::-1]),
    "transposed": ((0, ONE, ONE, 0), lambda p: p.T),
    "transposed the other way": ((0, -ONE, -ONE, 0), lambda p: p[::-1, ::-1].T),
}


@pytest.mark.parametrize("turn", TURNS)
def test_rotation_and_reflection_are_applied(make_clip: Callable[..., Path], turn: str) -> None:
    (a, b, c, d), expect = TURNS[turn]
    plain = decode(make_clip("plain.mp4", stamps=[0]))[0].i420[:64]
    path = make_clip(stamps=[0], matrix=(a, b, 0, c, d, 0, 0, 0, 1 << 30))
    with open_source(path, 30) as source:
        frame = next(source.frames())
        expected = expect(plain)
        assert (source.height, source.width) == expected.shape
        np.testing.assert_array_equal(frame.i420[: source.height], expected)


def test_a_picture_turned_by_30_degrees_is_refused(make_clip: Callable[..., Path]) -> None:
    path = make_clip(stamps=[0], matrix=(56756, 32768, 0, -32768, 56756, 0, 0, 0, 1 << 30))
    with pytest.raises(UnreadableVideoError, match="quarter turns"):
        decode(path)


def write_colour(path: Path, pixel_format: str, matrix: int, color_range: int, size: tuple[int, int]) -> Path:
    """A lossless clip of one colour, RGB 200 60 30, in a given pixel format."""
    width, height = size
    flat = np.empty((height, width, 3), np.uint8)
    flat[:] = (200, 60, 30)
    picture = av.VideoFrame.from_ndarray(flat, format="rgb24").reformat(
        format=pixel_format, dst_colorspace=matrix, dst_color_range=color_range
    )
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30, options={"crf": "1"})
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.codec_context.colorspace, stream.codec_context.color_range = matrix, color_range
        picture.pts, picture.time_base = 0, Fraction(1, 30)
        container.mux(stream.encode(picture))
        container.mux(stream.encode())
    return path


BT709, BT601, LIMITED, FULL = 1, 5, 1, 2


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuv422p", "yuv444p", "yuv420p10le", "yuv422p10le"])
@pytest.mark.parametrize("matrix", [BT709, BT601])
@pytest.mark.parametrize("color_range", [LIMITED, FULL])
def test_any_pixel_format_becomes_limited_bt709(
    tmp_path: Path, pixel_format: str, matrix: int, color_range: int
) -> None:
    frame = decode(write_colour(tmp_path / "clip.mp4", pixel_format, matrix, color_range, (64, 48)))[0]
    y, u, v = frame.i420[:48], *frame.i420[48:].reshape(2, 24, 32)
    # RGB 200 60 30 in limited-range BT.709, by ITU-R BT.709-6 section 3.
    red, green, blue = 200 / 255, 60 / 255, 30 / 255
    luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    expected = (16 + 219 * luma, 128 + 224 * (blue - luma) / 1.8556, 128 + 224 * (red - luma) / 1.5748)
    for plane, value in zip((y, u, v), expected, strict=True):
        assert abs(plane.astype(float) - value).max() <= 3


def test_titles_in_any_coding_do_no_harm(numbers: Any, make_clip: Callable[..., Path]) -> None:
    path = make_clip(stamps=range(3))
    content = path.read_bytes()
    assert b"VideoHandler" in content
    path.write_bytes(content.replace(b"VideoHandler", b"K\xfcchenkamera"))
    assert [numbers.read(frame.i420) for frame in decode(path)] == [0, 1, 2]


def test_odd_sizes_are_cropped_to_even(tmp_path: Path) -> None:
    path = write_colour(tmp_path / "clip.mp4", "yuv444p", BT709, LIMITED, (65, 49))
    with open_source(path, 30) as source:
        assert (source.width, source.height) == (64, 48)
        assert next(source.frames()).i420.shape == (72, 64)


def test_oblong_pixels_become_square(numbers: Any, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.sample_aspect_ratio = Fraction(4, 3)
        container.mux(stream.encode(av.VideoFrame.from_ndarray(numbers.draw(77), format="yuv420p")))
        container.mux(stream.encode())
    frame = decode(path)[0]
    assert frame.i420.shape == (96, 128)
    assert numbers.read(frame.i420) == 77


def test_sound_changes_nothing(make_clip: Callable[..., Path]) -> None:
    silent, loud = decode(make_clip("a.mp4", stamps=range(9))), decode(make_clip(stamps=range(9), with_sound=True))
    assert all(np.array_equal(a.i420, b.i420) for a, b in zip(silent, loud, strict=True))


def read_until_damage(path: Path) -> tuple[int, UnreadableVideoError]:
    n_frames = 0
    try:
        with open_source(path, 30) as source:
            for _frame in source.frames():
                n_frames += 1
    except UnreadableVideoError as error:
        return n_frames, error
    raise AssertionError("the damage went unnoticed")


@pytest.mark.parametrize("name", ["clip.mp4", "clip.avi"])
def test_a_video_that_is_cut_off_says_how_much_could_be_read(
    make_clip: Callable[..., Path], tmp_path: Path, name: str
) -> None:
    whole = make_clip(name, stamps=range(240), options=(("bf", "0"), ("g", "10")))
    path = tmp_path / f"cut_{name}"
    if name.endswith("mp4"):
        with av.open(str(whole)) as source, av.open(str(path), "w", options={"movflags": "faststart"}) as container:
            stream = container.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.size:
                    packet.stream = stream
                    container.mux(packet)
        content = path.read_bytes()
    else:
        content = whole.read_bytes()
    path.write_bytes(content[: len(content) * 6 // 10])
    n_frames, error = read_until_damage(path)
    assert 60 < n_frames < 240
    assert error.readable_s == pytest.approx(n_frames / 30, abs=0.2)


def test_damage_in_the_middle_ends_the_reading(make_clip: Callable[..., Path]) -> None:
    path = make_clip(stamps=range(240), options=(("g", "10"),))
    content = bytearray(path.read_bytes())
    middle = (content.find(b"mdat") + content.find(b"moov")) // 2
    content[middle : middle + 200] = bytes(200)
    path.write_bytes(content)
    n_frames, error = read_until_damage(path)
    assert 30 < n_frames < 200
    assert "damaged" in error.reason


def test_time_stamps_that_leap_are_damage(make_clip: Callable[..., Path]) -> None:
    n_frames, error = read_until_damage(make_clip("clip.mkv", stamps=[0, 1, 2, 30 * 3600]))
    assert n_frames <= 3
    assert error.reason == "its time stamps leap ahead by 3599.9 s"


def test_every_real_clip_gives_frames(real_footage: Path) -> None:
    for path in sorted(real_footage.glob("*.mp4")):
        with open_source(path, 30) as source:
            frame = next(source.frames())
            assert frame.i420.shape == (source.height * 3 // 2, source.width)
