"""Drawing: shadows fall away from the light, the bench hides what is under it, a seed fixes every pixel."""

import numpy as np
import pytest

from tacit.workshop.backdrop import hidden_by_bench
from tacit.workshop.render import Renderer
from tacit.workshop.scene import block, head_camera
from tacit.workshop.shadow import TO_LIGHT, ShadowMap

WIDTH, HEIGHT = 320, 240
CENTRE = np.array([0.0, 0.12, 0.023])


@pytest.fixture(scope="module")
def renderer():
    return Renderer(WIDTH, HEIGHT, seed=5)


@pytest.fixture(scope="module")
def camera():
    return head_camera(0.0, 0.0, WIDTH, HEIGHT)


def test_a_block_is_drawn_where_the_camera_projects_it(renderer, camera):
    picture = renderer.draw(camera, [block(CENTRE, 0)], 0)
    rows, columns = np.nonzero(picture.solid == 0)
    u, v = camera.project(camera.to_camera(CENTRE))
    assert abs(columns.mean() - u) < 3
    assert abs(rows.mean() - v) < 3
    red, green, blue = picture.rgb[int(v), int(u)].astype(int)
    assert red > green + 40
    assert red > blue + 40


def test_bench_is_darker_in_the_shadow_than_on_the_lit_side(renderer, camera):
    clear, with_block = (
        renderer.draw(camera, s, 0).rgb.astype(float) for s in ([block(CENTRE - 5, 0)], [block(CENTRE, 0)])
    )
    away = -TO_LIGHT[:2] / np.linalg.norm(TO_LIGHT[:2])
    for side, falls in ((1, True), (-1, False)):
        spot = np.array([*(CENTRE[:2] + side * 0.030 * away), 0.0])
        u, v = camera.project(camera.to_camera(spot)).astype(int)
        drop = (clear - with_block)[v - 1 : v + 2, u - 1 : u + 2].mean()
        assert (drop > 20) == falls


def test_same_seed_and_frame_give_the_same_pixels_and_another_frame_other_noise(camera):
    a, b = (Renderer(WIDTH, HEIGHT, 9).draw(camera, [block(CENTRE, 0)], 3).rgb for _ in range(2))
    np.testing.assert_array_equal(a, b)
    assert (Renderer(WIDTH, HEIGHT, 9).draw(camera, [block(CENTRE, 0)], 4).rgb != a).any()


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
