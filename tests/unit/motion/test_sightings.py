import numpy as np
import pytest

from tacit.motion.sightings import SightingsBuilder


def test_rows_keep_frames_and_values_over_many_blocks(lab):
    builder = SightingsBuilder()
    hands = [lab.hand_at(0.001 * i, 0, 0.5, track=i % 7) for i in range(50)]
    for i in range(2000):
        builder.add([hands[i % 50]] if i % 3 else [])
    sightings = builder.finish()
    frames = [i for i in range(2000) if i % 3]
    np.testing.assert_array_equal(sightings.frame, frames)
    np.testing.assert_array_equal(sightings.track, [i % 50 % 7 for i in frames])
    np.testing.assert_array_equal(sightings.px[17], hands[frames[17] % 50].landmarks_px)
    assert builder.n_frames == 2000


def test_no_frames_give_empty_arrays():
    sightings = SightingsBuilder().finish()
    assert len(sightings) == 0
    assert sightings.px.shape == (0, 21, 3)


def test_mask_picks_rows(lab):
    builder = SightingsBuilder()
    builder.add([lab.hand_at(0, 0, 0.5, track=1), lab.hand_at(0.1, 0, 0.5, track=2)])
    sightings = builder.finish()
    only = sightings.only(sightings.track == 2)
    assert only.track.tolist() == [2]
    assert only.center_px()[0, 0] > sightings.center_px()[0, 0]


def test_palm_size_hardly_shrinks_when_the_hand_is_tilted(lab):
    def size(tilt):
        builder = SightingsBuilder()
        points = lab.flat_hand_m() @ lab.turn("x", tilt).T + np.array([0, 0, 0.5])
        builder.add([lab.see(points)])
        return float(builder.finish().palm_px()[0])

    assert size(60) > 0.6 * size(0)
    assert size(0) == pytest.approx(size(180), rel=0.05)
