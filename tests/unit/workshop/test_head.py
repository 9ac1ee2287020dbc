"""The passer-by: closed, symmetric, there for a while and then gone."""

import numpy as np

from tacit.workshop.head import HEAD_Z_M, glance, head_field_mm, head_mesh, walk_past


def test_head_is_a_closed_mesh():
    faces = head_mesh("tan").mesh.faces
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)
    count = faces.max() + 1
    forth, back = edges[:, 0] * count + edges[:, 1], edges[:, 1] * count + edges[:, 0]
    np.testing.assert_array_equal(np.sort(forth), np.sort(back))


def test_one_side_of_the_head_mirrors_the_other():
    points = np.random.default_rng(0).uniform(-120, 120, (500, 3)).astype(np.float32)
    np.testing.assert_array_equal(head_field_mm(points), head_field_mm(points * np.float32((-1, 1, 1))))


def test_face_points_are_at_the_front_below_the_hairline():
    head = head_mesh("tan")
    face = head.mesh.vertices[head.face]
    assert len(face) > 500
    assert face[:, 1].max() < 0
    assert 0.15 < np.ptp(face[:, 2]) < 0.22


def test_walks_from_left_to_right_and_is_gone_before_and_after():
    places = [walk_past(t, 5.0, "tan") for t in (3.5, 5.0, 6.5)]
    across = [walker.face[:, 0].mean() for walker in places if walker]
    assert len(across) == 3
    assert across[0] < -0.4 < across[1] < 0.4 < across[2]
    assert walk_past(0.0, 5.0, "tan") is None
    assert walk_past(10.0, 5.0, "tan") is None


def test_faces_the_camera_all_the_way():
    for t in (3.2, 5.0, 6.8):
        walker = walk_past(t, 5.0, "tan")
        assert walker is not None
        middle = walker.solid.vertices[head_mesh("tan").mesh.vertices[:, 2] > -0.1].mean(0)
        assert walker.face[:, 1].mean() < middle[1] - 0.02  # the face is on the near side
        assert abs(walker.face[:, 2].mean() - HEAD_Z_M) < 0.05


def test_the_worker_glances_up_only_while_someone_is_near():
    assert glance(5.0, 5.0) == 1
    assert glance(0.0, 5.0) == 0
    assert 0 < glance(5.0 + 2.1, 5.0) < 1
