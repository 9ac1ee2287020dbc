"""Films as they come out of the file: same bytes for the same seed, and a ground truth that fits the pixels."""

from dataclasses import replace

import av
import numpy as np
import pytest

from tacit.records.errors import BadFilmError
from tacit.records.hands import LEFT, RIGHT
from tacit.workshop.film import FilmOptions, Stage, film
from tacit.workshop.truth import load_ground_truth

SHORT = FilmOptions(seconds=0.4, width=320, height=240, seed=11)


def test_same_options_give_the_same_bytes(tmp_path):
    film(tmp_path / "a.mp4", SHORT)
    film(tmp_path / "b.mp4", SHORT)
    film(tmp_path / "c.mp4", FilmOptions(seconds=0.4, width=320, height=240, seed=12))
    a, b, c = ((tmp_path / f"{name}.mp4").read_bytes() for name in "abc")
    assert a == b
    assert a != c


def test_the_file_is_plain_h264_video_with_a_frame_for_each_row_of_the_truth(tmp_path):
    truth = film(tmp_path / "a.mp4", SHORT)
    with av.open(str(tmp_path / "a.mp4")) as container:
        video = container.streams.video[0]
        assert len(container.streams) == 1
        assert video.codec_context.name == "h264"
        assert (video.width, video.height, video.average_rate) == (320, 240, 30)
        assert sum(1 for _ in container.decode(video)) == len(truth.px) == 12


def test_ground_truth_beside_the_film_is_the_one_returned(tmp_path):
    truth = film(tmp_path / "a.mp4", SHORT)
    read = load_ground_truth(tmp_path / "a.npz")
    for name, value in vars(truth).items():
        np.testing.assert_array_equal(value, getattr(read, name))


def test_pixels_are_the_projection_of_the_metres(tmp_path):
    truth = film(tmp_path / "a.mp4", SHORT)
    seen = truth.xyz[..., :2] / truth.xyz[..., 2:] * truth.focal_px + (truth.width / 2, truth.height / 2)
    np.testing.assert_allclose(seen, truth.px, atol=0.01)
    assert truth.focal_px == pytest.approx(truth.height / 2 / np.tan(np.radians(truth.fovy_deg / 2)))


@pytest.mark.parametrize("skin", ["fair", "dark"])
def test_landmarks_lie_on_the_drawn_hand(skin):
    stage = Stage(FilmOptions(seconds=8.0, seed=3, skin=skin))
    on_hand, total = 0, 0
    for frame_index in range(0, 240, 30):
        shot = stage.frame(frame_index)
        for which, solid in ((RIGHT, 0), (LEFT, 2)):  # solids come as hand, sleeve, hand, sleeve, blocks
            columns, rows = shot.px[which].astype(int).T
            under = shot.solid[rows, columns]
            on_hand += (under == solid).sum()
            assert ((under == solid) | (under >= 4)).mean() > 0.9  # a block may stand in front
            total += 21
    assert on_hand / total > 0.9


def test_a_landmark_on_the_back_of_the_hand_is_skin_coloured():
    stage = Stage(FilmOptions(seconds=4.0, seed=3, skin="tan", sleeve=(0.1, 0.2, 0.6)))
    shot = stage.frame(15)
    for which in (RIGHT, LEFT):
        column, row = shot.px[which, 9].astype(int)
        red, green, blue = shot.rgb[row, column].astype(int)
        assert red > green + 20 > blue + 20


def test_the_hand_that_does_not_work_is_not_there(tmp_path):
    truth = film(tmp_path / "a.mp4", FilmOptions(seconds=0.2, width=320, height=240, hands="right"))
    assert np.isnan(truth.px[:, LEFT]).all()
    assert not truth.visible[:, LEFT].any()
    assert truth.visible[:, RIGHT].all()
    assert np.isfinite(truth.xyz[:, RIGHT]).all()


def test_cycles_are_whole_and_within_the_film():
    stage = Stage(FilmOptions(seconds=14.0, seed=6))
    cycles = stage.cycles()
    assert len(cycles) >= 2
    assert (cycles[:, 0] < cycles[:, 1]).all()
    assert (cycles[:-1, 1] <= cycles[1:, 0]).all()
    assert cycles[-1, 1] <= 14 * 30
    assert Stage(FilmOptions(seconds=1.0, seed=6)).cycles().shape == (0, 2)


def test_passer_by_has_a_face_in_the_middle_and_none_at_the_start():
    stage = Stage(FilmOptions(seconds=12.0, seed=2, passer_by=True))
    x, y, width, height = stage.frame(180).face_px
    assert 40 < width < 90
    assert 40 < height < 90
    assert 0 <= x < 640 - width
    assert 0 <= y < 240
    assert np.isnan(stage.frame(0).face_px).all()


def test_a_film_that_begins_later_shows_the_same_work_later():
    whole, rest = Stage(FilmOptions(seconds=4.0, seed=6)), Stage(FilmOptions(seconds=2.0, seed=6, begin_s=2.0))
    np.testing.assert_allclose(rest.frame(15).px, whole.frame(75).px, atol=1e-9)


def test_landmarks_under_the_other_hand_are_not_clear():
    stage = Stage(FilmOptions(seconds=2.0, seed=9, crossing=True, width=320, height=240))
    hidden = 0
    for frame_index in range(0, 60, 4):
        shot = stage.frame(frame_index)
        column, row = shot.px[RIGHT].astype(int).T
        under_left = np.isin(shot.solid[row, column], (2, 3))  # hand and sleeve of the right one come first
        assert not (shot.clear[RIGHT] & under_left).any()
        hidden += np.count_nonzero(~shot.clear[RIGHT])
    assert hidden > 8


def test_crossing_hands_change_sides():
    stage = Stage(FilmOptions(seconds=2.0, seed=9, crossing=True, width=320, height=240))
    ahead = [np.diff(stage.frame(frame_index).px[:, 9, 0])[0] for frame_index in range(0, 60, 4)]
    assert max(ahead) > 80  # the right hand is right of the left one
    assert min(ahead) < -30


def test_landmarks_out_of_the_picture_are_not_clear():
    stage = Stage(FilmOptions(seconds=2.0, seed=6, distance_m=0.30, head="turn", width=320, height=240))
    shots = [stage.frame(frame_index) for frame_index in range(0, 60, 6)]
    outside = [((s.px < 0) | (s.px >= (320, 240))).any(-1) for s in shots]
    assert any(o.any() for o in outside)
    assert not any((s.clear & o).any() for s, o in zip(shots, outside, strict=True))


def test_motion_smears_what_moves_and_leaves_the_truth_where_it_was():
    fast = FilmOptions(seconds=2.0, seed=6, begin_s=0.3, head="turn", width=320, height=240)
    sharp, smeared = (Stage(replace(fast, blur=blur)).frame(14) for blur in ("none", "motion"))
    np.testing.assert_array_equal(sharp.px, smeared.px)
    edges = [np.abs(np.diff(shot.rgb.astype(int), axis=1)).mean() for shot in (sharp, smeared)]
    assert edges[1] < 0.85 * edges[0]  # the rest is noise


@pytest.mark.parametrize("near_m", [0.35, 0.5])
def test_hands_look_larger_from_nearer(near_m):
    options = FilmOptions(seconds=1.0, seed=6, distance_m=near_m, width=320, height=240)
    near, far = (
        np.ptp(Stage(one).frame(0).px[RIGHT, :, 0]) for one in (options, replace(options, distance_m=2 * near_m))
    )
    assert near > 1.6 * far


def mean_rgb(light):
    return Stage(FilmOptions(seconds=1.0, seed=6, light=light, width=320, height=240)).frame(0).rgb.mean((0, 1))


def test_light_is_what_it_is_called():
    plain, dim, warm, over = (mean_rgb(light) for light in ("plain", "dim", "warm", "over"))
    assert dim.mean() < 0.45 * plain.mean()
    assert over.mean() > 1.3 * plain.mean()
    assert warm[0] - warm[2] > 40 > plain[0] - plain[2]


@pytest.mark.parametrize(
    ("options", "named"),
    [
        (FilmOptions(width=641), "width = 641 pixels"),
        (FilmOptions(height=100), "height = 100 pixels"),
        (FilmOptions(fps=0), "fps = 0 frames a second"),
        (FilmOptions(seconds=0.0), "seconds = 0.0 s"),
        (FilmOptions(distance_m=0.1), "distance_m = 0.1 m"),
        (FilmOptions(begin_s=-1.0), "begin_s = -1.0 s"),
    ],
)
def test_impossible_films_are_refused_by_name(tmp_path, options, named):
    with pytest.raises(BadFilmError, match=named):
        film(tmp_path / "a.mp4", options)
    assert not (tmp_path / "a.mp4").exists()
