"""Makes the small healthy videos that `benchmarks.fuzz` damages: every container and every decoder that may run.

In: an empty folder. Out: videos of 2 to 24 pictures, some with sound, fragments, an edit list, a turn, notes, 10 bit,
two fields or two tracks. Their pictures are plain shapes in motion, so that headers are a large part of each file.
"""

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

_RATE = 30
_PQ = "log-level=none:colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc"
_FRAGMENTS = "frag_keyframe+empty_moov+default_base_moof"
_QUARTER_TURN = (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30)


@dataclass(frozen=True)
class _Recipe:
    """How one of the videos is made; its name's ending chooses the container."""

    name: str
    codec: str
    options: dict[str, str] = field(default_factory=dict)
    form: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    pixels: str = "yuv420p"
    size: tuple[int, int] = (96, 64)
    n_pictures: int = 24
    with_sound: bool = False
    is_turned: bool = False
    n_tracks: int = 1


_RECIPES = (
    # Pictures out of order give an mp4 an edit list.
    _Recipe("h264.mp4", "libx264", {"bf": "2", "g": "8"}, with_sound=True, is_turned=True),
    _Recipe("front.mp4", "libx264", {"bf": "0", "g": "8"}, {"movflags": "faststart"}, n_tracks=2),
    _Recipe("fragments.mp4", "libx264", {"bf": "0", "g": "4"}, {"movflags": _FRAGMENTS}, with_sound=True),
    _Recipe("dash.mp4", "libx264", {"bf": "2", "g": "8"}, {"movflags": "dash+global_sidx+delay_moov"}),
    _Recipe("slow.mp4", "libx264", {"g": "8"}, {"movflags": "use_metadata_tags"}, {"com.android.capture.fps": "120.0"}),
    _Recipe("fields.mp4", "libx264", {"flags": "+ilme+ildct", "x264-params": "tff=1"}),
    _Recipe("deep.mp4", "libx265", {"x265-params": _PQ}, pixels="yuv420p10le"),
    _Recipe("h265.mov", "libx265", {"x265-params": "log-level=none"}),
    _Recipe("av1.mp4", "libsvtav1", {"preset": "8"}, n_pictures=12),
    _Recipe("mpeg4.mp4", "mpeg4", {"bf": "1"}),
    _Recipe("phone.3gp", "h263", size=(128, 96)),
    _Recipe("prores.mov", "prores_ks", {"profile": "proxy"}, pixels="yuv422p10le", n_pictures=8),
    _Recipe("dnxhr.mov", "dnxhd", {"profile": "dnxhr_lb"}, pixels="yuv422p", size=(256, 128), n_pictures=8),
    _Recipe("tape.mov", "dvvideo", pixels="yuv411p", size=(720, 480), n_pictures=2),
    _Recipe("h264.mkv", "libx264", {"bf": "2", "g": "8"}, with_sound=True),
    _Recipe("turned.mkv", "libx264", {"g": "8"}, is_turned=True, n_tracks=2),
    _Recipe("ffv1.mkv", "ffv1", n_pictures=8),
    _Recipe("mpeg2.mkv", "mpeg2video", {"g": "8", "bf": "2"}),
    _Recipe("mpeg1.mkv", "mpeg1video", {"g": "8", "bf": "2"}),
    _Recipe("vp9.webm", "libvpx-vp9", {"cpu-used": "8", "deadline": "realtime"}),
    _Recipe("vp8.webm", "libvpx", {"cpu-used": "8", "deadline": "realtime"}),
    _Recipe("mjpeg.avi", "mjpeg", pixels="yuvj420p", n_pictures=12, with_sound=True),
    _Recipe("mpeg4.avi", "mpeg4", {"bf": "0"}),
    _Recipe("raw.avi", "rawvideo", size=(32, 16), n_pictures=8),
)


def make_seeds(folder: Path) -> dict[str, bytes]:
    """Make all of them; their content by name."""
    return {recipe.name: _make(folder / recipe.name, recipe).read_bytes() for recipe in _RECIPES}


def _make(path: Path, recipe: _Recipe) -> Path:
    with av.open(str(path), "w", options={"fflags": "+bitexact", **recipe.form}) as container:
        container.metadata.update(recipe.notes)
        tracks = [container.add_stream(recipe.codec, _RATE, options=recipe.options) for _ in range(recipe.n_tracks)]
        for track in tracks:
            track.width, track.height = recipe.size
            track.pix_fmt = recipe.pixels
            track.codec_context.thread_count = 1  # so that it comes out the same every time
            if recipe.is_turned:
                track.set_display_matrix(_QUARTER_TURN)
        sound = container.add_stream("mp2", 48000, layout="mono") if recipe.with_sound else None
        for number in range(recipe.n_pictures):
            picture = av.VideoFrame.from_ndarray(_draw(number, *recipe.size), format="yuv420p")
            picture = picture.reformat(format=recipe.pixels)
            for track in tracks:
                picture.pts, picture.time_base = number, Fraction(1, _RATE)
                container.mux(track.encode(picture))
        for track in tracks:
            container.mux(track.encode())
        if sound is not None:
            silence = av.AudioFrame.from_ndarray(np.zeros((1, 11520), np.int16), format="s16", layout="mono")
            silence.sample_rate, silence.pts, silence.time_base = 48000, 0, Fraction(1, 48000)
            container.mux(sound.encode(silence))
            container.mux(sound.encode())
    return path


def _draw(number: int, width: int, height: int) -> NDArray[np.uint8]:
    """An I420 picture of a slope with a block that moves across it."""
    i420 = np.full((height * 3 // 2, width), 128, np.uint8)
    i420[:height] = np.linspace(40, 200, width).astype(np.uint8)
    x, y = number * 4 % (width // 2), number * 2 % (height // 2)
    i420[y : y + height // 4, x : x + width // 4] = 220
    return i420
