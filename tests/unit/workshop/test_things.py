"""Things on the bench: closed, where they are put, and never in the way of the work."""

import numpy as np
import pytest

from tacit.workshop.things import box, clutter, rod


def closed(faces, count):
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    forth, back = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    return np.array_equal(np.sort(forth), np.sort(back))


def test_a_rod_is_closed_and_lies_where_it_is_put():
    lying = rod(np.array([0.1, 0.2, 0.01]), 90.0, np.array([0.5, 0.3, 0.2]), 0.05)
    assert closed(lying.faces, len(lying.vertices))
    np.testing.assert_allclose(lying.vertices.mean(0), [0.1, 0.2, 0.01], atol=1e-3)
    assert np.ptp(lying.vertices[:, 1]) > 5 * np.ptp(lying.vertices[:, 0])  # a quarter turn brings x to y


def test_a_box_has_its_size_and_no_long_edges_that_shadows_would_fall_through():
    thing = box(np.zeros(3), (0.09, 0.05, 0.02), 0.0, np.ones(3), 0.0)
    np.testing.assert_allclose(np.ptp(thing.vertices, axis=0), (0.09, 0.05, 0.02), atol=1e-6)
    corners = thing.vertices[thing.faces]
    sides = np.abs(corners - np.roll(corners, 1, axis=1)).max(axis=2)
    assert sides.max() <= 0.010


@pytest.mark.parametrize("kind", ["coloured", "skin-coloured"])
def test_clutter_lies_on_the_bench_beside_the_work(kind):
    for seed in range(4):
        things = clutter(kind, np.random.default_rng(seed))
        assert len(things) >= 7
        for thing in things:
            assert thing.vertices[:, 2].min() > -1e-3
            x, y, _ = thing.vertices.mean(0)
            assert abs(x) > 0.2 or y > 0.2


def test_a_bare_bench_has_no_clutter():
    assert clutter("none", np.random.default_rng(0)) == []
    assert clutter("textured", np.random.default_rng(0)) == []
