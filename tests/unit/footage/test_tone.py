"""High-dynamic-range pictures, against the same curve written out in RGB."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.footage.source import open_source
from tacit.footage.tone import map_tones

PQ, HLG, BT2020 = 16, 18, 9
WEIGHTS_2020 = np.array([0.2627, 0.6780, 0.0593])
WEIGHTS_709 = np.array([0.2126, 0.7152, 0.0722])


def pq_signal(nits: np.ndarray) -> np.ndarray:
    """SMPTE ST 2084, light to signal; the other direction than the one under test."""
    y = (np.asarray(nits) / 10000) ** (2610 / 16384)
    return ((3424 / 4096 + 2413 / 128 * y) / (1 + 2392 / 128 * y)) ** (2523 / 32)


def picture(rgb_signal: np.ndarray, transfer: int) -> av.VideoFrame:
    """A flat 10-bit 4:2:0 picture in BT.2020 of one colour, limited range."""
    luma = WEIGHTS_2020 @ rgb_signal
    blue, red = (rgb_signal[2] - luma) / 1.8814, (rgb_signal[0] - luma) / 1.4746
    codes = np.round([64 + 876 * luma, 512 + 896 * blue, 512 + 896 * red]).astype(np.uint16)
    frame = av.VideoFrame(16, 8, "yuv420p10le")
    for plane, code in zip(frame.planes, codes, strict=True):
        plane.update(np.full(plane.buffer_size // 2, code, np.uint16).tobytes())
    frame.colorspace, frame.color_range, frame.color_trc = BT2020, 1, transfer
    return frame


def shown(frame: av.VideoFrame) -> np.ndarray:
    """The 8-bit Y, Cb and Cr of a flat picture."""
    return np.array([bytes(plane)[0] for plane in map_tones(frame).planes], int)


@given(nits=st.floats(0.01, 1000))
def test_grey_stays_grey(nits: float) -> None:
    luma, blue, red = shown(picture(np.repeat(pq_signal(np.array(nits)), 3), PQ))
    assert (blue, red) == (128, 128)
    assert 16 <= luma <= 235


@pytest.mark.parametrize("transfer", [PQ, HLG])
def test_brighter_is_never_darker_and_the_range_is_used(transfer: int) -> None:
    ramp = [shown(picture(np.full(3, signal), transfer))[0] for signal in np.linspace(0, 1, 60)]
    assert ramp == sorted(ramp)
    assert ramp[0] == 16
    assert ramp[-1] == 235


def test_middle_grey_and_paper_white_lie_where_they_do_in_ordinary_video() -> None:
    grey, white = (shown(picture(np.repeat(pq_signal(np.array(nits)), 3), PQ))[0] for nits in (0.18 * 203, 203))
    assert 105 <= grey <= 130
    assert 195 <= white <= 225


@pytest.mark.parametrize("rgb_nits", [(60, 42, 34), (35, 22, 16), (90, 70, 60), (40, 45, 60)])
def test_skin_keeps_its_colour(rgb_nits: tuple[float, float, float]) -> None:
    """Against the exact way: primaries turned in linear light, below the knee where light is kept as it is."""
    to_709 = np.array([[1.6605, -0.5876, -0.0728], [-0.1246, 1.1329, -0.0083], [-0.0182, -0.1006, 1.1187]])
    signal = np.clip(to_709 @ np.array(rgb_nits) / 203, 0, 1) ** (1 / 2.4)
    luma = WEIGHTS_709 @ signal
    exact = [16 + 219 * luma, 128 + 224 * (signal[2] - luma) / 1.8556, 128 + 224 * (signal[0] - luma) / 1.5748]
    np.testing.assert_allclose(shown(picture(pq_signal(np.array(rgb_nits)), PQ)), exact, atol=7)


def test_a_file_that_says_pq_is_mapped_and_one_that_does_not_is_left(tmp_path: Path) -> None:
    means = []
    for transfer in (1, PQ):
        path = tmp_path / f"{transfer}.mkv"
        with av.open(str(path), "w") as container:
            stream = container.add_stream("ffv1", rate=30)
            stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p10le"
            stream.codec_context.colorspace, stream.codec_context.color_trc = BT2020, transfer
            flat = av.VideoFrame(64, 64, "yuv420p10le")
            for plane, code in zip(flat.planes, (64 + 876 * 0.375, 512, 512), strict=True):
                plane.update(np.full(plane.buffer_size // 2, round(code), np.uint16).tobytes())
            flat.pts, flat.time_base = 0, Fraction(1, 30)
            container.mux(stream.encode(flat))
            container.mux(stream.encode())
        with open_source(path, 30) as source:
            means.append(float(next(source.frames()).i420[:64].mean()))
    assert means[0] == pytest.approx(16 + 219 * 0.375, abs=2)
    assert means[1] == pytest.approx(16 + 219 * (25.2 / 203) ** (1 / 2.4), abs=4)  # that signal is 25 cd/m2
