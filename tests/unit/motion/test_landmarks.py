import numpy as np
import pytest

from tacit.motion.landmarks import LandmarkReader
from tacit.motion.regions import Region, compute_region_of_hand

WHITE = np.full((1080, 1280), 128, np.uint8)
WHITE[:720] = 235


@pytest.mark.parametrize("angle", [0.0, 1.0, -2.5])
def test_landmarks_come_back_in_pixels_of_the_frame(toy_networks, angle):
    region = Region(640, 360, 300, angle)
    reading = LandmarkReader(toy_networks[1]).read(WHITE, region)
    again = compute_region_of_hand(reading.landmarks_px)
    np.testing.assert_allclose(again, region, atol=0.5)


def test_metric_guess_turns_with_the_crop(lab, toy_networks):
    reading = LandmarkReader(toy_networks[1]).read(WHITE, Region(640, 360, 300, np.pi / 2))
    np.testing.assert_allclose(reading.world_m, lab.flat_hand_m() @ lab.turn("z", 90).T, atol=1e-5)


def test_hand_cut_off_by_the_edge_is_read_as_surely_as_one_inside(toy_networks):
    reader = LandmarkReader(toy_networks[1])
    inside, half = (reader.read(WHITE, Region(x, 360, 200, 0)).presence for x in (640, 0))
    assert half == pytest.approx(inside, abs=0.01)


def test_readings_do_not_share_memory(toy_networks):
    reader = LandmarkReader(toy_networks[1])
    first = reader.read(WHITE, Region(640, 360, 300, 0))
    kept = first.landmarks_px.copy()
    reader.read(WHITE, Region(100, 100, 100, 1))
    np.testing.assert_array_equal(first.landmarks_px, kept)
