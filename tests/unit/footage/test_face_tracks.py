import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.footage.face_tracks import FaceTracks, TrackOptions

BARE = TrackOptions(margin_side=0, margin_top=0, margin_bottom=0, move_margin=0, hold_growth=0)


def faces(*rows: tuple[float, float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 5)


NONE = faces()


def test_a_face_between_two_searches_is_covered_in_between() -> None:
    tracks = FaceTracks(BARE)
    tracks.add(0, faces((100, 50, 40, 60, 0.9)))
    tracks.add(5, faces((110, 50, 50, 60, 0.9)))
    assert tracks.boxes_at(2)[0].tolist() == pytest.approx([104, 50, 44, 60])


def test_a_face_is_covered_before_its_first_and_after_its_last_box() -> None:
    tracks = FaceTracks(TrackOptions(hold_frames=15))
    tracks.add(0, NONE)
    tracks.add(20, faces((100, 50, 40, 60, 0.9)))
    tracks.add(25, NONE)
    covered = [index for index in range(60) if tracks.boxes_at(index)]
    assert covered == list(range(5, 36))


def test_a_weak_box_carries_a_track_on_but_starts_none() -> None:
    tracks = FaceTracks(BARE)
    tracks.add(0, faces((100, 50, 40, 60, 0.9)))
    tracks.add(5, faces((102, 50, 40, 60, 0.2), (300, 50, 40, 60, 0.3)))
    assert len(tracks.boxes_at(5)) == 1
    assert tracks.boxes_at(5)[0][0] == pytest.approx(102)


def test_a_middling_box_counts_once_it_is_seen_again() -> None:
    tracks = FaceTracks(BARE)
    tracks.add(0, faces((100, 50, 40, 60, 0.4)))
    assert tracks.boxes_at(0) == []
    tracks.add(5, faces((100, 50, 40, 60, 0.25)))
    assert len(tracks.boxes_at(0)) == 1


def test_a_face_that_grew_sure_is_covered_where_it_was_weak() -> None:
    tracks = FaceTracks(BARE)
    tracks.add(0, faces((100, 50, 40, 60, 0.21)))
    tracks.add(5, faces((101, 50, 40, 60, 0.9)))
    assert len(tracks.boxes_at(0)) == 1


@pytest.mark.parametrize(
    ("second", "is_doubtful"),
    [
        (faces((101, 51, 40, 60, 0.9)), False),
        (NONE, True),
        (faces((101, 51, 40, 60, 0.9), (300, 50, 40, 60, 0.9)), True),
        (faces((130, 51, 40, 60, 0.9)), True),
        (faces((101, 51, 90, 150, 0.9)), True),
        (faces((101, 51, 40, 60, 0.21)), False),
        (faces((101, 51, 40, 60, 0.9), (300, 50, 40, 60, 0.25)), False),
    ],
    ids=["still", "lost", "one more", "moved far", "grew a lot", "got weak", "weak newcomer"],
)
def test_two_searches_leave_doubt_unless_they_match_one_to_one(second: np.ndarray, is_doubtful: bool) -> None:
    tracks = FaceTracks(TrackOptions())
    tracks.add(0, faces((100, 50, 40, 60, 0.9)))
    assert tracks.leaves_doubt(second) == is_doubtful


def test_crossing_faces_stay_covered() -> None:
    tracks = FaceTracks(TrackOptions())
    for index in range(0, 40, 5):
        tracks.add(index, faces((100 + index * 5, 50, 40, 60, 0.9), (300 - index * 5, 50, 40, 60, 0.9)))
    for index in range(36):
        for x in (120 + index * 5, 320 - index * 5):
            assert any(box[0] <= x <= box[0] + box[2] for box in tracks.boxes_at(index))


def test_a_held_box_reaches_on_in_the_direction_it_moved() -> None:
    tracks = FaceTracks(BARE)
    tracks.add(0, faces((100, 50, 40, 60, 0.9)))
    tracks.add(5, faces((110, 50, 40, 60, 0.9)))
    x, _, width, _ = tracks.boxes_at(10)[0]
    assert (x, x + width) == pytest.approx((110, 160))


@given(st.floats(5, 300), st.floats(5, 300), st.floats(-0.8, 0.8), st.floats(-0.8, 0.8))
def test_a_steadily_moving_face_is_always_inside_its_box(width: float, height: float, dx: float, dy: float) -> None:
    tracks = FaceTracks(TrackOptions())
    step = np.array([dx, dy]) * np.sqrt(width * height) / 5
    start = np.array([500.0, 400.0])
    for index in range(0, 21, 5):
        tracks.add(index, faces((*(start + step * index), width, height, 0.9)))
    for index in range(21):
        low = start + step * index
        assert any(
            (box[:2] <= low + 0.01).all() and (box[:2] + box[2:] >= low + np.array([width, height]) - 0.01).all()
            for box in tracks.boxes_at(index)
        )


def test_forgetting_keeps_what_waiting_frames_need_and_nothing_else() -> None:
    long, short = FaceTracks(TrackOptions()), FaceTracks(TrackOptions())
    for index in range(0, 1000, 5):
        row = faces((100 + index % 50, 50, 40, 60, 0.9))
        long.add(index, row)
        short.add(index, row)
        short.forget(index - 15)
    for index in range(985, 1010):
        np.testing.assert_allclose(short.boxes_at(index), long.boxes_at(index))
    assert short.boxes_at(500) == []
