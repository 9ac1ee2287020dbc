import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tacit.motion.metres import MetresOptions, compute_metres
from tacit.motion.sightings import SightingsBuilder
from tacit.motion.wearer import NOBODY, WearerOptions, choose_wearer
from tacit.records.hands import LEFT, RIGHT

WIDTH, HEIGHT = 1280, 720


def sides(frames):
    """Which side each track got, mostly: {track: LEFT, RIGHT or NOBODY}, and the raw answer."""
    builder = SightingsBuilder()
    for hands in frames:
        builder.add(hands)
    sightings = builder.finish()
    xyz, _ = compute_metres(sightings.px, sightings.world_m, WIDTH, HEIGHT, MetresOptions())
    side = choose_wearer(sightings, xyz[:, 0], WIDTH, WearerOptions())
    mostly = {
        int(t): max((NOBODY, LEFT, RIGHT), key=lambda s: int((side[sightings.track == t] == s).sum()))
        for t in np.unique(sightings.track)
    }
    return mostly, side, sightings


def test_two_hands_of_a_head_camera_get_their_sides(lab):
    pair = [lab.hand_at(-0.15, 0.1, 0.5, 20, right=False, track=0), lab.hand_at(0.15, 0.1, 0.5, -20, track=1)]
    assert sides([pair] * 30)[0] == {0: LEFT, 1: RIGHT}


def test_hands_filmed_from_the_front_are_the_workers_when_nobody_competes(lab):
    pair = [lab.hand_at(0.2, -0.1, 0.6, 170, right=False, track=0), lab.hand_at(-0.2, -0.1, 0.5, 190, track=1)]
    assert sides([pair] * 30)[0] == {0: LEFT, 1: RIGHT}


def test_crossed_arms_do_not_swap_sides(lab):
    frames = [
        [
            lab.hand_at(-0.2 + 0.4 * i / 60, 0.1, 0.5, right=False, track=0),
            lab.hand_at(0.2 - 0.4 * i / 60, 0.05, 0.5, track=1),
        ]
        for i in range(60)
    ]
    assert sides(frames)[0] == {0: LEFT, 1: RIGHT}


def test_farther_bystander_from_the_far_side_loses(lab):
    frame = [
        lab.hand_at(-0.15, 0.1, 0.45, 20, right=False, track=0),
        lab.hand_at(0.15, 0.1, 0.45, -20, track=1),
        lab.hand_at(0.3, -0.25, 1.1, 175, right=False, track=2),
        lab.hand_at(-0.1, -0.25, 1.1, 185, track=3),
    ]
    assert sides([frame] * 40)[0] == {0: LEFT, 1: RIGHT, 2: NOBODY, 3: NOBODY}


def test_bystander_gets_no_side_that_the_wearer_leaves_free(lab):
    frame = [lab.hand_at(0.1, 0.1, 0.45, -10, track=0), lab.hand_at(-0.2, -0.25, 1.1, 180, right=False, track=1)]
    assert sides([frame] * 40)[0] == {0: RIGHT, 1: NOBODY}


def test_clear_votes_decide_over_moments_of_doubt(lab):
    frames = [[lab.hand_at(0.1, 0.1, 0.5, track=0, right_score=0.1 if i % 4 == 0 else 0.95)] for i in range(40)]
    _, side, _ = sides(frames)
    assert set(side) == {RIGHT}


def test_two_hands_with_the_same_votes_get_two_sides(lab):
    frame = [
        lab.hand_at(-0.15, 0.1, 0.5, 10, right=False, track=0, right_score=0.6),
        lab.hand_at(0.15, 0.1, 0.5, -10, track=1, right_score=0.99),
    ]
    assert sides([frame] * 30)[0] == {0: LEFT, 1: RIGHT}


def test_short_piece_of_a_broken_track_stays_with_its_hand(lab):
    frames = [[lab.hand_at(0.1, 0.1, 0.5, track=0)] for _ in range(60)]
    frames += [[lab.hand_at(0.1, 0.1, 0.5, track=1, right_score=0.3)] for _ in range(8)]
    assert sides(frames)[0] == {0: RIGHT, 1: RIGHT}


def test_no_sightings_give_no_sides():
    assert len(sides([[], []])[1]) == 0


def any_hands(lab, data):
    """Frames with up to four hands anywhere, of tracks that come and go."""
    frames = []
    for _ in range(data.draw(st.integers(1, 12))):
        tracks = data.draw(st.lists(st.integers(0, 5), unique=True, max_size=4))
        frames.append(
            [
                lab.hand_at(
                    data.draw(st.floats(-0.3, 0.3)),
                    data.draw(st.floats(-0.2, 0.2)),
                    data.draw(st.floats(0.3, 1.5)),
                    data.draw(st.floats(-180, 180)),
                    right_score=data.draw(st.floats(0, 1)),
                    track=track,
                )
                for track in tracks
            ]
        )
    return frames


@given(data=st.data())
def test_no_frame_has_two_hands_on_one_side_and_no_track_is_on_two(lab, data):
    _, side, sightings = sides(any_hands(lab, data))
    for frame in np.unique(sightings.frame):
        given_sides = [s for s in side[sightings.frame == frame] if s != NOBODY]
        assert len(set(given_sides)) == len(given_sides)
    for track in np.unique(sightings.track):
        assert len({int(s) for s in side[sightings.track == track]} - {NOBODY}) <= 1
