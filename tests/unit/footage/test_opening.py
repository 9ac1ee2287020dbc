import sys
from pathlib import Path

import av
import numpy as np
import pytest

from tacit.footage.opening import open_video


@pytest.fixture
def loud(tmp_path: Path) -> Path:
    """Two seconds of tiny pictures between megabytes of sound that is not compressed."""
    path = tmp_path / "loud.mov"
    rng = np.random.default_rng(1)
    with av.open(str(path), "w", format="mov") as container:
        video = container.add_stream("libx264", rate=10)
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        audio = container.add_stream("pcm_s16le", rate=96_000)
        audio.layout = "stereo"
        for index in range(20):
            picture = np.full((72, 64), 5 * index, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="yuv420p")))
            noise = rng.integers(-9999, 9999, (1, 2 * 100_000), dtype=np.int16)
            sound = av.AudioFrame.from_ndarray(noise, format="s16", layout="stereo")
            sound.rate, sound.pts = 96_000, index * 100_000
            container.mux(audio.encode(sound))
        container.mux(video.encode(None))
        container.mux(audio.encode(None))
    return path


def bytes_read() -> int:
    """How much this process has read of anything so far."""
    return int(Path("/proc/self/io").read_text(encoding="ascii").split()[1])


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells how much a process has read")
def test_r3_sound_is_not_even_read_from_the_file(loud: Path) -> None:
    before = bytes_read()
    with open_video(loud) as video:
        pictures = len(video.first) + sum(len(packet.decode()) for packet in video.packets)
    assert pictures == 20
    assert bytes_read() - before < 0.2 * loud.stat().st_size
