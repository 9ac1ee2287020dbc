from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.footage.face_tracks import FaceTracks, TrackOptions
from tacit.footage.follow import STILL

BARE = TrackOptions(margin_side=0, margin_top=0, margin_bottom=0, hold_growth=0, carry_growth=0, slip_margin=0)


@dataclass
class Follower:
    """Says that everything moved by a step in every frame, or that it is lost; frames from 0 on can be asked for."""

    step: tuple[float, float] = (0, 0)
    camera: tuple[float, float] = (0, 0)
    lost: set[int] = field(default_factory=set)
    first: int = 0

    def __call__(
        self, before: int, after: int, box: np.ndarray, speed: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None]:
        motion = STILL + np.array([[0, 0, self.camera[0] + speed[0]], [0, 0, self.camera[1] + speed[1]]]) * (
            after - before
        )
        if after in self.lost:
            return motion, None
        return motion, box + np.array([*self.step, 0, 0]) * (after - before)

    def earlier(self, frame_index: int) -> list[int]:
        return list(range(frame_index - 1, self.first - 1, -1))


def faces(*rows: tuple[float, float, float, float, float]) -> np.ndarray:
    return np.array(rows, np.float32).reshape(-1, 5)


NONE = faces()
HERE = faces((100, 50, 40, 60, 0.9))


def walk(tracks: FaceTracks, follower: Follower, start: int, end: int) -> None:
    for index in range(start, end):
        tracks.step(index, follower)


def make(options: TrackOptions = BARE) -> FaceTracks:
    return FaceTracks(options, 640, 480)


def test_a_face_is_where_the_follower_takes_it() -> None:
    tracks = make()
    tracks.add(0, HERE)
    walk(tracks, Follower(step=(2, 1)), 1, 6)
    assert tracks.boxes_at(5)[0].tolist() == pytest.approx([110, 55, 40, 60])


def test_a_way_is_bent_to_end_where_the_face_is_found_again() -> None:
    tracks = make()
    tracks.add(0, HERE)
    walk(tracks, Follower(), 1, 6)
    tracks.add(5, faces((110, 50, 50, 60, 0.9)))
    assert tracks.boxes_at(2)[0].tolist() == pytest.approx([104, 50, 44, 60])
    assert len(tracks.boxes_at(5)) == 1


def test_a_face_is_traced_back_as_far_as_it_can_be_followed() -> None:
    tracks = make()
    tracks.add(30, HERE)
    tracks.trace(Follower(step=(3, 0), first=5))
    assert tracks.boxes_at(5)[0].tolist() == pytest.approx([25, 50, 40, 60])
    assert tracks.boxes_at(4) == []


def test_a_lost_face_is_held_and_moved_as_the_camera_moves() -> None:
    tracks = make(TrackOptions(hold_frames=6))
    tracks.add(0, HERE)
    walk(tracks, Follower(camera=(4, 0), lost=set(range(3, 100))), 1, 40)
    assert [index for index in range(40) if tracks.boxes_at(index)] == list(range(9))
    box = tracks.boxes_at(8)[0]
    assert box[0] + box[2] / 2 == pytest.approx(120 + 6 * 4)
    assert box[2] > tracks.boxes_at(2)[0][2]


def test_a_face_that_is_never_found_again_is_not_followed_for_ever() -> None:
    tracks = make(TrackOptions(carry_frames=50))
    tracks.add(0, HERE)
    walk(tracks, Follower(), 1, 100)
    assert [index for index in range(100) if tracks.boxes_at(index)] == list(range(51))


def test_a_face_ends_after_close_looks_that_saw_nothing_and_lives_on_after_hints() -> None:
    for score, ends in ((0.05, True), (0.12, False)):
        tracks = make(TrackOptions(blank_looks=3))
        tracks.add(0, HERE)
        for index in range(1, 21):
            tracks.step(index, Follower())
            if index % 5 == 0:
                for track in tracks.find_lost(NONE):
                    assert not tracks.see_again(track, index, faces((100, 50, 40, 60, score)), 0)
        assert (tracks.boxes_at(20) == []) == ends


def test_a_close_look_finds_a_leaning_face_again() -> None:
    tracks = make()
    tracks.add(0, HERE)
    walk(tracks, Follower(), 1, 6)
    (track,) = tracks.find_lost(NONE)
    assert tracks.see_again(track, 5, faces((108, 50, 40, 60, 0.6)), 1)
    assert (track.turns, track.unfound_for) == (1, 0)
    assert tracks.boxes_at(5)[0][0] == pytest.approx(108)


def test_a_weak_box_carries_a_track_on_but_starts_none() -> None:
    tracks = make()
    tracks.add(0, HERE)
    walk(tracks, Follower(), 1, 6)
    tracks.add(5, faces((102, 50, 40, 60, 0.2), (300, 50, 40, 60, 0.3)))
    assert len(tracks.boxes_at(5)) == 1
    assert tracks.boxes_at(5)[0][0] == pytest.approx(102)


def test_a_middling_box_counts_once_it_is_seen_again_and_a_weak_one_after_five_times() -> None:
    for score, needed in ((0.4, 2), (0.22, 5)):
        tracks = make()
        for n in range(1, 7):
            walk(tracks, Follower(), (n - 1) * 5 + 1 if n > 1 else 0, n * 5 + 1) if n > 1 else None
            tracks.add(n * 5, faces((100, 50, 40, 60, score)))
            assert len(tracks.boxes_at(n * 5)) == (n >= needed)


def test_a_face_that_grew_sure_is_covered_where_it_was_weak() -> None:
    tracks = make()
    tracks.add(0, faces((100, 50, 40, 60, 0.21)))
    walk(tracks, Follower(), 1, 6)
    tracks.add(5, HERE)
    assert len(tracks.boxes_at(0)) == 1


def test_strangers_are_the_faces_that_no_known_face_explains() -> None:
    tracks = make()
    tracks.add(0, faces((100, 50, 40, 60, 0.9), (300, 50, 40, 60, 0.25)))
    walk(tracks, Follower(), 1, 3)
    found = faces((101, 50, 40, 60, 0.4), (301, 50, 40, 60, 0.25), (500, 300, 40, 60, 0.25))
    assert tracks.find_strangers(found) == [1, 2]


def test_two_tracks_of_one_face_become_one() -> None:
    tracks = make(TrackOptions(reach=0.2, rush_share=0))
    tracks.add(0, HERE)
    walk(tracks, Follower(), 1, 6)
    tracks.add(5, faces((112, 50, 40, 60, 0.9)))
    walk(tracks, Follower(), 6, 8)
    assert (len(tracks.boxes_at(4)), len(tracks.boxes_at(7))) == (1, 1)


def test_crossing_faces_stay_covered() -> None:
    tracks = make(TrackOptions())
    follower = Follower()
    for index in range(40):
        if index:
            tracks.step(index, follower)
        if index % 5 == 0:
            tracks.add(index, faces((100 + index * 5, 50, 40, 60, 0.9), (300 - index * 5, 50, 40, 60, 0.9)))
    for index in range(36):
        for x in (120 + index * 5, 320 - index * 5):
            assert any(box[0] <= x <= box[0] + box[2] for box in tracks.boxes_at(index))


@given(st.floats(10, 120), st.floats(10, 120), st.floats(-0.6, 0.6), st.floats(-0.6, 0.6))
def test_a_steadily_moving_face_that_the_follower_loses_is_always_inside_its_box(
    width: float, height: float, dx: float, dy: float
) -> None:
    tracks = FaceTracks(TrackOptions(), 1280, 720)
    step = np.array([dx, dy]) * min(width, height) / 5
    start = np.array([500.0, 350.0])
    follower = Follower(lost=set(range(100)))
    for index in range(21):
        if index:
            tracks.step(index, follower)
        if index % 5 == 0:
            tracks.add(index, faces((*(start + step * index), width, height, 0.9)))
    for index in range(21):
        low = start + step * index
        assert any(
            (box[:2] <= low + 0.01).all() and (box[:2] + box[2:] >= low + np.array([width, height]) - 0.01).all()
            for box in tracks.boxes_at(index)
        )


def test_a_pinned_thing_needs_no_search_and_moves_with_its_pins() -> None:
    tracks = make(TrackOptions(carry_frames=10))
    tracks.pin(0, np.array([100.0, 50, 40, 60]), "m")
    walk(tracks, Follower(step=(1, 0)), 1, 41)
    assert tracks.ways("m")[40][0] < 140
    tracks.pin(40, np.array([200.0, 50, 40, 60]), "m")
    assert len(tracks.boxes_at(40)) == 1
    assert tracks.find_lost(NONE) == []


def test_forgetting_keeps_what_waiting_frames_need_and_nothing_else() -> None:
    tracks = make()
    for index in range(300):
        if index:
            tracks.step(index, Follower())
        if index % 5 == 0:
            tracks.add(index, HERE)
        tracks.forget(index - 15)
    assert len(tracks.boxes_at(290)) == 1
    assert tracks.boxes_at(280) == []


LOST = Follower(lost=set(range(100)), first=4)


def test_a_face_that_rushes_is_joined_from_find_to_find_and_covered_before_and_after() -> None:
    tracks = make()
    for index in range(1, 19):
        tracks.step(index, LOST)
        if index in (10, 12, 15):
            tracks.add(index, faces((20 * index, 50, 30, 30, 0.4)))
    tracks.trace(LOST)
    for index in range(4, 19):
        assert any(box[0] <= 20 * index and box[0] + box[2] >= 20 * index + 30 for box in tracks.boxes_at(index))


def test_a_lost_face_stays_covered_when_another_comes_up_beside_it() -> None:
    tracks = make()
    tracks.add(0, HERE)
    walk(tracks, LOST, 1, 3)
    tracks.add(2, faces((160, 50, 40, 60, 0.9)))
    assert sorted(box[0] for box in tracks.boxes_at(2)) == pytest.approx([100, 160])
    walk(tracks, LOST, 3, 6)
    assert any(box[0] == pytest.approx(100) for box in tracks.boxes_at(5))


@pytest.mark.parametrize(("finds", "x"), [(2, 160), (1, 400)])
def test_a_weak_box_is_no_face_beside_one_that_stands_or_too_far_to_have_rushed(finds: int, x: int) -> None:
    tracks = make()
    tracks.add(0, HERE)
    walk(tracks, Follower(), 1, 6)
    if finds == 2:
        tracks.add(5, HERE)
    tracks.step(6, Follower())
    tracks.step(7, Follower())
    tracks.add(7, faces((x, 50, 40, 60, 0.3)))
    assert [box[0] for box in tracks.boxes_at(7)] == pytest.approx([100])
