"""Every frame shows the picture that is nearest in time, by a reading of the file's tables that is not FFmpeg's."""

import random
import struct
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any

import pytest

from tacit.footage.source import open_source

from .conftest import Clip, write_clip

_PARENTS = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"edts")


@dataclass(frozen=True)
class Tables:
    """What the boxes of a one-track mp4 say, straight from its bytes."""

    content: bytes

    def find(self, kind: bytes, at: int = 0, end: int = 0) -> int:
        """Where the body of the first box of a kind begins; 0 where there is none."""
        end = end or len(self.content)
        while at + 8 <= end:
            length, here = struct.unpack_from(">I4s", self.content, at)
            inside = self.find(kind, at + 8, at + length) if here in _PARENTS else 0
            if here == kind or inside:
                return inside or at + 8
            at += length
        return 0

    def runs(self, kind: bytes) -> list[int]:
        """A table of counts and values, one value for every picture; [] without one."""
        at = self.find(kind)
        (n_runs,) = struct.unpack_from(">I", self.content, at + 4) if at else (0,)
        pairs = [struct.unpack_from(">Ii", self.content, at + 8 + 8 * number) for number in range(n_runs)]
        return [value for count, value in pairs for _ in range(count)]

    def shown_s(self) -> list[tuple[Fraction, int]]:
        """When each picture is shown, and its number in the order of time, by the edit list; the first one at 0."""
        track_clock, film_clock = (struct.unpack_from(">I", self.content, self.find(box) + 12)[0] for box in CLOCKS)
        lengths = self.runs(b"stts")
        delays = self.runs(b"ctts") or [0] * len(lengths)
        stamps = sorted(sum(pair) for pair in zip(accumulate([0, *lengths[:-1]]), delays, strict=True))
        at = self.find(b"elst")
        edits = [struct.unpack_from(">Ii", self.content, at + 8 + 12 * k) for k in range(self.content[at + 7])]
        length, begin = next(edit for edit in edits if edit[1] >= 0)
        places = [(Fraction(stamp - begin, track_clock), number) for number, stamp in enumerate(stamps)]
        shown = [(place, number) for place, number in places if 0 <= place < Fraction(length, film_clock)]
        return [(place - shown[0][0], number) for place, number in shown]


CLOCKS = (b"mdhd", b"mvhd")


def make_film(path: Path, rng: random.Random) -> Path:
    """Up to 60 pictures at uneven times, some out of order, with a late start and an edit list that cuts."""
    clock = rng.choice([600, 1000, 30000, 90000])
    usual = clock / rng.choice([120, 60, 30, 25, 15, 8])
    gaps = [max(1, int(usual * rng.choice([1, 1, 1, 1, rng.uniform(0.3, 2), rng.uniform(1, 6)]))) for _ in range(60)]
    stamps = list(accumulate(gaps[: rng.randint(4, 60)], initial=rng.choice([0, 3 * clock])))
    options = (("preset", "ultrafast"), ("bf", str(rng.choice([0, 2]))), ("g", str(rng.choice([5, 12, 250]))))
    content = bytearray(write_clip(path, Clip(stamps=stamps, clock=clock, options=options)).read_bytes())
    at = Tables(content).find(b"elst") + 8 + 12 * (content[Tables(content).find(b"elst") + 7] - 1)
    length, begin = struct.unpack_from(">Ii", content, at)
    track_clock = struct.unpack_from(">I", content, Tables(content).find(b"mdhd") + 12)[0]
    skipped_ms = int(rng.choice([0, 0.4]) * rng.random() * length)
    kept_ms = int((length - skipped_ms) * rng.choice([1, rng.uniform(0.5, 1)]))
    struct.pack_into(">Ii", content, at, kept_ms, begin + skipped_ms * track_clock // 1000)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("seed", range(40))
def test_every_frame_shows_the_picture_nearest_in_time(numbers: Any, tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 - films, not secrets
    path, fps = make_film(tmp_path / "film.mp4", rng), rng.choice([24, 30, 60])
    shown = Tables(path.read_bytes()).shown_s()
    with open_source(path, fps) as source:
        frames = [numbers.read(frame.i420) for frame in source.frames()]
    at_s = {number: place for place, number in shown}
    for index, number in enumerate(frames):
        off = abs(at_s[number] - Fraction(index, fps))
        assert off == min(abs(place - Fraction(index, fps)) for place, _ in shown)
    assert len(frames) >= int(shown[-1][0] * fps)
