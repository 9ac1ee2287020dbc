"""Real video made on the spot: every picture carries its own number, so a test can tell which one it got."""

import io
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from tacit.footage.encode import CleanVideoWriter
from tacit.models.store import ModelStore
from tacit.records.errors import ModelMissingError
from tacit.records.frames import CleanFrame

WIDTH, HEIGHT = 96, 64
N_BITS = 8


class Numbers:
    """Draws pictures that carry a number, and reads it back after whatever was done to them."""

    no_faces = np.zeros((0, 4), np.float32)

    def draw(self, number: int) -> NDArray[np.uint8]:
        """An I420 picture whose left half shows the number in black and white fields, least bit first."""
        i420 = np.full((HEIGHT * 3 // 2, WIDTH), 128, np.uint8)
        rows, columns = HEIGHT // 4, WIDTH // 4
        for bit in range(N_BITS):
            y, x = bit // 2 * rows, bit % 2 * columns
            i420[y : y + rows, x : x + columns] = 220 if number >> bit & 1 else 30
        return i420

    def read(self, i420: NDArray[np.uint8]) -> int:
        """The number that a picture of any size carries."""
        rows, columns = i420.shape[0] // 6, i420.shape[1] // 4
        fields = [i420[bit // 2 * rows :, bit % 2 * columns :][: rows - 2, : columns - 2] for bit in range(N_BITS)]
        return sum(int(field.mean() > 125) << bit for bit, field in enumerate(fields))

    def clean(self, number: int) -> CleanFrame:
        """A clean frame that carries its number."""
        return CleanFrame(number, self.draw(number), False, self.no_faces)

    def video(self, n_frames: int, fps: int = 30) -> io.BytesIO:
        """A clean video of so many numbered frames."""
        sink = io.BytesIO()
        with CleanVideoWriter(sink, WIDTH, HEIGHT, fps) as writer:
            for number in range(n_frames):
                writer.write(self.clean(number))
        return io.BytesIO(sink.getvalue())


@dataclass(frozen=True)
class Clip:
    """What a written test video is like. stamps: of each picture, in ticks of 1 / `clock` s."""

    stamps: Iterable[int]
    clock: int = 30
    codec: str = "libx264"
    options: tuple[tuple[str, str], ...] = ()
    matrix: tuple[int, ...] | None = None
    with_sound: bool = False


def write_clip(path: Path, clip: Clip) -> Path:
    """Write a video whose pictures are numbered from 0."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(clip.codec, rate=30, options=dict(clip.options))
        stream.width, stream.height, stream.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        stream.codec_context.time_base = Fraction(1, clip.clock)
        if clip.matrix is not None:
            stream.set_display_matrix(clip.matrix)
        sound = container.add_stream("aac", rate=48000) if clip.with_sound else None
        for number, stamp in enumerate(clip.stamps):
            picture = av.VideoFrame.from_ndarray(Numbers().draw(number), format="yuv420p")
            picture.pts, picture.time_base = stamp, Fraction(1, clip.clock)
            container.mux(stream.encode(picture))
        container.mux(stream.encode())
        if sound is not None:
            noise = np.random.default_rng(0).uniform(-0.5, 0.5, (1, 1024)).astype(np.float32)
            tone = av.AudioFrame.from_ndarray(noise, format="fltp", layout="mono")
            tone.sample_rate, tone.pts, tone.time_base = 48000, 0, Fraction(1, 48000)
            container.mux(sound.encode(tone))
            container.mux(sound.encode())
    return path


@pytest.fixture
def numbers() -> Numbers:
    """Pictures that carry numbers."""
    return Numbers()


@pytest.fixture
def make_clip(tmp_path: Path) -> Callable[..., Path]:
    """Write a test video of a given name; the rest as in `Clip`."""

    def make(name: str = "clip.mp4", **settings: object) -> Path:
        return write_clip(tmp_path / name, Clip(**settings))

    return make


@pytest.fixture
def face_model() -> Path:
    """The face model's file, from the store that the command line would use."""
    cache = os.environ.get("TACIT_MODELS") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tacit"
    try:
        return ModelStore(Path(cache)).path("face-detection")
    except ModelMissingError:
        pytest.skip("the face model is not in the model store (tacit models fetch)")


@pytest.fixture
def real_footage() -> Path:
    """The folder of shared real clips."""
    folder = os.environ.get("TACIT_TEST_FOOTAGE")
    if not folder:
        pytest.skip("TACIT_TEST_FOOTAGE does not name the folder of real clips")
    return Path(folder)
