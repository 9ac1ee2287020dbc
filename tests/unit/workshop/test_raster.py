"""The z-buffer against pixels worked out by hand."""

import numpy as np
import pytest

from tacit.workshop.raster import corner_shares, rasterise

WIDTH, HEIGHT = 12, 8


def drawn(points, depth, faces):
    """The picture as face numbers, -1 where nothing is."""
    hits = rasterise(
        np.array(points, np.float32), np.array(depth, np.float32), np.array(faces, np.int32), WIDTH, HEIGHT
    )
    picture = np.full(WIDTH * HEIGHT, -1)
    picture[hits.pixel] = hits.face
    return picture.reshape(HEIGHT, WIDTH)


def test_a_triangle_covers_the_pixels_whose_middle_it_holds():
    picture = drawn([(2, 1), (2, 5), (6, 1)], [1, 1, 1], [(0, 1, 2)])
    covered = {(x, y) for y, x in zip(*np.nonzero(picture == 0), strict=True)}
    inside = {(x, y) for x in range(2, 6) for y in range(1, 5) if (x - 1.5) + (y - 0.5) <= 4}
    assert covered == inside


def test_a_triangle_that_faces_away_is_not_drawn():
    assert (drawn([(2, 1), (2, 5), (6, 1)], [1, 1, 1], [(0, 2, 1)]) == -1).all()


def test_a_triangle_behind_the_camera_is_not_drawn():
    assert (drawn([(2, 1), (2, 5), (6, 1)], [1, -1, 1], [(0, 1, 2)]) == -1).all()


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_the_nearer_triangle_hides_the_other_in_any_order(order):
    points = [(0, 0), (0, 8), (12, 0), (0, 0), (0, 8), (12, 0)]
    faces = [(0, 1, 2), (3, 4, 5)]
    picture = drawn(points, [1, 1, 1, 2, 2, 2], [faces[i] for i in order])
    assert set(np.unique(picture)) == {-1, order.index(1)}


def test_triangles_that_cross_each_other_are_split_where_they_meet():
    points = [(0, 0), (0, 16), (24, 0), (0, 0), (0, 16), (24, 0)]
    picture = drawn(points, [1, 1, 3, 2, 2, 2 - 1e-3], [(0, 1, 2), (3, 4, 5)])
    assert (picture[0, :11] == 1).all()
    assert picture[0, 11] == 1 or picture[0, 11] == 0
    assert (drawn(points, [1, 1, 5, 2, 2, 2], [(0, 1, 2), (3, 4, 5)])[0] == [1] * 6 + [0] * 6).all()


def test_a_torn_grid_has_no_holes():
    rng = np.random.default_rng(3)
    x, y = np.meshgrid(np.linspace(-1, 13, 15), np.linspace(-1, 9, 11))
    jitter = rng.uniform(-0.3, 0.3, (2, *x.shape))
    points = np.stack([x + jitter[0], y + jitter[1]], -1).reshape(-1, 2)
    index = np.arange(x.size).reshape(x.shape)
    p, q, r, s = (i.ravel() for i in (index[:-1, :-1], index[1:, :-1], index[1:, 1:], index[:-1, 1:]))
    faces = np.concatenate([np.stack([p, q, r], 1), np.stack([p, r, s], 1)])
    assert (drawn(points, np.ones(x.size), faces) >= 0).all()


def test_what_lies_outside_the_picture_leaves_no_trace():
    assert (drawn([(-9, -9), (-9, -2), (-3, -9)], [1, 1, 1], [(0, 1, 2)]) == -1).all()
    assert (drawn([(0, -50), (-40, 60), (60, 20)], [1, 1, 1], [(0, 1, 2)]) == 0).all()


def test_corner_shares_give_back_the_place_under_perspective():
    corners = np.array([[-0.5, -0.4, 1.0], [-0.6, 0.8, 2.0], [1.0, -0.2, 3.0]])
    focal = 6.0
    flat = (corners[:, :2] / corners[:, 2:] * focal + [WIDTH / 2, HEIGHT / 2]).astype(np.float32)
    depth = (1 / corners[:, 2]).astype(np.float32)
    faces = np.array([[0, 1, 2]], np.int32)
    hits = rasterise(flat, depth, faces, WIDTH, HEIGHT)
    shares = corner_shares(flat, depth, faces, hits, WIDTH)
    place = shares @ corners
    seen = place[:, :2] / place[:, 2:] * focal + [WIDTH / 2, HEIGHT / 2]
    middles = np.stack([hits.pixel % WIDTH, hits.pixel // WIDTH], 1) + 0.5
    assert len(middles) > 5
    np.testing.assert_allclose(seen, middles, atol=2e-3)
    np.testing.assert_allclose(shares.sum(1), 1, atol=1e-6)
