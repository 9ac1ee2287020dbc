import io

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.motion.trackfile import load_track, save_track
from tacit.records.errors import DamagedTrackError
from tacit.records.hands import HandTrack

FIELDS = ("px", "xyz", "seen", "sigma_m", "n_hands")


class OneWay(io.RawIOBase):
    """A sink that can only be written from front to back."""

    def __init__(self):
        self.data = bytearray()

    def writable(self):
        return True

    def seekable(self):
        return False

    def write(self, data):
        self.data += data
        return len(data)


class Sips(io.BytesIO):
    """A source that gives at most seven bytes at a time."""

    def read(self, size=-1):
        return super().read(min(size, 7) if size >= 0 else 7)


def random_track(n, seed, fps=30):
    rng = np.random.default_rng(seed)

    def bits(*shape):
        return rng.integers(0, 2**32, shape, dtype=np.uint32).view(np.float32)

    return HandTrack(
        fps,
        bits(n, 2, 21, 2),
        bits(n, 2, 21, 3),
        bits(n, 2),
        bits(n, 2),
        rng.integers(0, 255, n, dtype=np.uint8),
    )


def saved(track):
    sink = OneWay()
    save_track(track, sink)
    return bytes(sink.data)


@given(st.integers(0, 40), st.integers(0, 99), st.integers(1, 120))
def test_every_bit_comes_back_even_of_strange_numbers(n, seed, fps):
    track = random_track(n, seed, fps)
    again = load_track(Sips(saved(track)))
    assert again.fps == fps
    for name in FIELDS:
        before, after = getattr(track, name), getattr(again, name)
        assert (after.dtype, after.shape, after.tobytes()) == (before.dtype, before.shape, before.tobytes())


def test_blocks_join_without_a_seam():
    track = random_track(2048 * 2 + 3, 1)
    again = load_track(io.BytesIO(saved(track)))
    assert all(getattr(again, name).tobytes() == getattr(track, name).tobytes() for name in FIELDS)


def test_track_without_hands_takes_next_to_nothing():
    n = 3000
    nothing = np.full((n, 2, 21, 3), np.nan, np.float32)
    track = HandTrack(
        30,
        nothing[..., :2],
        nothing,
        np.zeros((n, 2), np.float32),
        nothing[:, :, 0, 0],
        np.zeros(n, np.uint8),
    )
    assert len(saved(track)) < 10_000


def test_same_track_gives_the_same_bytes():
    assert saved(random_track(50, 2)) == saved(random_track(50, 2))


@pytest.mark.parametrize("cut", [0, 5, 12, 40, -1])
def test_cut_file_is_damage(cut):
    with pytest.raises(DamagedTrackError, match=r"ends too early|does not begin"):
        load_track(io.BytesIO(saved(random_track(20, 3))[:cut]))


def test_foreign_file_is_damage():
    with pytest.raises(DamagedTrackError, match="does not begin"):
        load_track(io.BytesIO(b"something else entirely"))


def test_changed_block_is_damage():
    data = bytearray(saved(random_track(20, 4)))
    data[200] ^= 0xFF
    with pytest.raises(DamagedTrackError):
        load_track(io.BytesIO(bytes(data)))


def test_block_of_another_size_is_damage():
    data = bytearray(saved(random_track(20, 4)))
    data[12:16] = (21).to_bytes(4, "little")
    with pytest.raises(DamagedTrackError, match="another size"):
        load_track(io.BytesIO(bytes(data)))
