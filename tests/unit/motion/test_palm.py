import numpy as np

from tacit.motion.palm import _compute_anchors, _decode, _merge


def test_anchors_fill_the_square_evenly():
    anchors = _compute_anchors()
    assert anchors.shape == (2016, 2)
    np.testing.assert_allclose(anchors.mean(axis=0), 96)
    np.testing.assert_array_equal(anchors[0], (4, 4))
    np.testing.assert_array_equal(anchors[2], (12, 4))
    np.testing.assert_array_equal(anchors[-1], (184, 184))


def test_box_is_decoded_around_its_anchor():
    coded = np.zeros((1, 18), np.float32)
    coded[0, :6] = (3, -2, 10, 20, 1, 1)
    boxes, points = _decode(coded, np.array([[50, 60]], np.float32))
    np.testing.assert_array_equal(boxes[0], (48, 48, 58, 68))
    np.testing.assert_array_equal(points[0, 0], (51, 61))


def test_overlapping_boxes_melt_by_weight_and_others_stay():
    boxes = np.array([[0, 0, 10, 10], [2, 0, 12, 10], [50, 50, 60, 60]], np.float32)
    points = np.zeros((3, 7, 2), np.float32)
    merged = _merge(boxes, points, np.array([0.6, 0.9, 0.7], np.float32), 0.3)
    assert [round(score, 3) for _, _, score in merged] == [0.9, 0.7]
    np.testing.assert_allclose(merged[0][0], (1.2, 0, 11.2, 10), rtol=1e-5)
    np.testing.assert_allclose(merged[1][0], boxes[2], rtol=1e-6)
