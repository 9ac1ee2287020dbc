"""Drawing: shadows fall away from the light, the bench hides what is under it, a seed fixes every pixel."""

import numpy as np
import pytest

from tacit.workshop.backdrop import hidden_by_bench
from tacit.workshop.light import LIGHTS
from tacit.workshop.render import Renderer
from tacit.workshop.shadow import TO_LIGHT, ShadowMap
from tacit.workshop.things import block
from tacit.workshop.viewpoint import head_camera

WIDTH, HEIGHT = 320, 240
CENTRE = np.array([0.0, 0.12, 0.023])


@pytest.fixture(scope="module")
def renderer():
    return Renderer(WIDTH, HEIGHT, seed=5)


@pytest.fixture(scope="module")
def camera():
    return head_camera(0.0, 0.0, WIDTH, HEIGHT)


def test_a_block_is_drawn_where_the_camera_projects_it(renderer, camera):
    picture = renderer.draw(camera, [block(CENTRE, 0)])
    rows, columns = np.nonzero(picture.solid == 0)
    u, v = camera.project(camera.to_camera(CENTRE))
    assert abs(columns.mean() - u) < 3
    assert abs(rows.mean() - v) < 3
    red, green, blue = picture.rgb[int(v), int(u)].astype(int)
    assert red > green + 40
    assert red > blue + 40


def test_bench_is_darker_in_the_shadow_than_on_the_lit_side(renderer, camera):
    clear, with_block = (
        renderer.draw(camera, s).rgb.astype(float) for s in ([block(CENTRE - 5, 0)], [block(CENTRE, 0)])
    )
    away = -TO_LIGHT[:2] / np.linalg.norm(TO_LIGHT[:2])
    for side, falls in ((1, True), (-1, False)):
        spot = np.array([*(CENTRE[:2] + side * 0.030 * away), 0.0])
        u, v = camera.project(camera.to_camera(spot)).astype(int)
        drop = (clear - with_block)[v - 1 : v + 2, u - 1 : u + 2].mean()
        assert (drop > 20) == falls


def test_same_seed_and_frame_give_the_same_pixels_and_another_frame_other_noise(camera):
    def take(frame_index):
        renderer = Renderer(WIDTH, HEIGHT, 9)
        return renderer.expose([renderer.draw(camera, [block(CENTRE, 0)]).rgb], frame_index)

    np.testing.assert_array_equal(take(3), take(3))
    assert (take(4) != take(3)).any()


def test_a_point_under_a_block_is_covered_and_one_beside_it_is_not():
    shadow = ShadowMap(block(CENTRE + np.array([0, 0, 0.05]), 0).vertices)
    lean = TO_LIGHT[:2] / TO_LIGHT[2]
    under = np.array([*(CENTRE[:2] - lean * 0.05), 0.0])
    beside = under + np.array([0.08, 0, 0])
    above = CENTRE + np.array([0, 0, 0.2])
    covered = shadow.covered(np.stack([under, beside, above], 1).astype(np.float32))
    np.testing.assert_array_equal(covered, [1, 0, 0])


def test_bench_hides_what_is_under_it_but_not_what_is_beyond_its_edge(camera):
    points = np.array([[0, 0.2, -0.1], [0, 0.2, 0.1], [0, 1.2, -0.02], [0, 1.2, -0.6]], np.float32)
    np.testing.assert_array_equal(hidden_by_bench(camera, points), [True, False, False, True])


def test_a_low_light_throws_a_long_shadow():
    top = np.array([[0.0], [0.0], [0.10]], np.float32)
    vertices = block(np.array([0.0, 0.0, 0.10]), 0).vertices
    side = LIGHTS["side"].to_light
    shadow = ShadowMap(vertices, side)
    falls = top - (side / side[2] * 0.10).reshape(3, 1).astype(np.float32)
    assert shadow.covered(falls)[0] == 1
    assert abs(falls[0, 0]) > 0.15


def test_the_light_of_the_moments_of_an_exposure_adds_up(renderer):
    black, white = (np.full((HEIGHT, WIDTH, 3), value, np.uint8) for value in (0, 255))
    grey = renderer.expose([black, white], 0)
    assert grey.mean() == pytest.approx(255 * 0.5 ** (1 / 2.2), abs=2)
