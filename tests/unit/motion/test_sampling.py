import cv2
import numpy as np
import pytest

from tacit.motion.regions import Region
from tacit.motion.sampling import Sampler, Tint
from tacit.records.frames import planes

WIDTH, HEIGHT = 640, 480


@pytest.fixture
def smooth():
    """A frame of soft colours, and the same as RGB."""
    y, x = np.mgrid[:HEIGHT, :WIDTH] / HEIGHT
    wave = [128 + 60 * np.sin(3 * x + phase) * np.cos(2 * y - phase) for phase in (0, 2, 4)]
    rgb = np.stack(wave, axis=2).astype(np.uint8)
    i420 = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2YUV_I420), np.uint8)
    return i420, np.asarray(cv2.cvtColor(i420, cv2.COLOR_YUV2RGB_I420), np.uint8)


def plain(rgb):
    picture = np.full((HEIGHT, WIDTH, 3), rgb, np.uint8)
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2YUV_I420), np.uint8)


@pytest.mark.parametrize("angle", [0.0, 0.7, -2.5])
def test_crop_shows_what_a_crop_of_the_rgb_picture_shows(smooth, angle):
    i420, rgb = smooth
    matrix = Region(300, 250, 280, angle).crop_to_frame(224)
    expected = cv2.warpAffine(rgb, matrix, (224, 224), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    crop = Sampler(224).crop(i420, matrix, Tint.AS_FILMED)[0]
    assert np.abs(crop.astype(int) - expected).max() <= 6
    assert np.abs(crop.astype(int) - expected).mean() < 1


def test_outside_the_frame_its_nearest_edge_goes_on(smooth):
    i420, rgb = smooth
    matrix = Region(0, 240, 200, 0).crop_to_frame(224)
    crop = Sampler(224).crop(i420, matrix, Tint.AS_FILMED)[0].astype(int)
    assert np.ptp(crop[:, :108], axis=1).max() <= 1
    edge = cv2.warpAffine(rgb, matrix, (224, 224), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)[:, 113]
    assert np.abs(crop[:, 50] - edge).max() <= 6


@pytest.mark.parametrize("part", [1.0, 0.5])
def test_whole_frame_lies_in_the_middle_where_scale_and_margins_say(smooth, part):
    i420, rgb = smooth
    picture, (scale, left, top) = Sampler(192).shrink(i420, part, Tint.AS_FILMED)
    assert scale == pytest.approx(192 * part / WIDTH)
    wide, high = round(WIDTH * scale), round(HEIGHT * scale)
    expected = np.zeros((192, 192, 3), np.uint8)
    expected[int(top) : int(top) + high, int(left) : int(left) + wide] = cv2.resize(rgb, (wide, high))
    assert np.abs(picture[0].astype(int) - expected).max() <= 8
    assert (left, top) == ((192 - wide) // 2, (192 - high) // 2)


def test_swapped_tint_makes_blue_orange():
    blue = (36, 92, 178)
    matrix = Region(320, 240, 100, 0).crop_to_frame(224)
    dyed = Sampler(224).crop(plain(blue), matrix, Tint.SWAPPED)[0, 112, 112]
    np.testing.assert_allclose(dyed, blue[::-1], atol=4)


def lightness(pixel):
    return float(np.dot(pixel.astype(float), (0.299, 0.587, 0.114)))


@pytest.mark.parametrize("grey", [60, 130, 220])
def test_skin_tint_gives_grey_the_hue_of_skin_and_keeps_its_lightness_in_a_light_picture(grey):
    i420 = plain((grey,) * 3)
    i420[: HEIGHT // 4] = 235
    picture, _ = Sampler(192).shrink(i420, 1.0, Tint.SKIN)
    red, green, blue = (int(value) for value in picture[0, 96, 96])
    assert red > green > blue
    assert lightness(picture[0, 96, 96]) == pytest.approx(grey, abs=3)


def test_skin_tint_makes_a_dark_picture_light_and_leaves_black_black():
    i420 = plain((20,) * 3)
    i420[HEIGHT // 2 : HEIGHT * 3 // 4] = 16
    picture, _ = Sampler(192).shrink(i420, 1.0, Tint.SKIN)
    assert lightness(picture[0, 60, 96]) > 100
    black = Sampler(192).shrink(plain((0,) * 3), 1.0, Tint.SKIN)[0][0, 96, 96]
    np.testing.assert_allclose(picture[0, 110, 96], black, atol=2)


def test_dark_picture_is_as_dark_as_filmed_without_a_dye():
    picture, _ = Sampler(192).shrink(plain((20,) * 3), 1.0, Tint.AS_FILMED)
    assert lightness(picture[0, 96, 96]) == pytest.approx(20, abs=2)


def test_dyeing_leaves_the_frame_alone(smooth):
    i420 = smooth[0]
    before = i420.copy()
    Sampler(192).shrink(i420, 1.0, Tint.SKIN)
    np.testing.assert_array_equal(i420, before)


def test_planes_are_views(smooth):
    luma, blue, red = planes(smooth[0])
    assert luma.shape == (HEIGHT, WIDTH)
    assert blue.shape == red.shape == (HEIGHT // 2, WIDTH // 2)
    assert all(np.shares_memory(plane, smooth[0]) for plane in (luma, blue, red))
