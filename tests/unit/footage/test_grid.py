from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from tacit.footage.grid import Picture, place_on_grid

positions = st.lists(
    st.fractions(min_value=0, max_value=50, max_denominator=997), min_size=1, max_size=40, unique=True
).map(lambda values: [value - min(values) for value in sorted(values)])


def place(stamps: list[Fraction], length: Fraction = Fraction(1)) -> list[tuple[int, Fraction, bool]]:
    return list(place_on_grid(Picture(stamp, length, stamp) for stamp in stamps))


@given(positions)
def test_every_place_up_to_the_last_picture_gets_the_nearest_one(stamps: list[Fraction]) -> None:
    for frame_index, chosen, _is_repeat in place(stamps):
        if frame_index <= stamps[-1]:
            assert abs(chosen - frame_index) == min(abs(stamp - frame_index) for stamp in stamps)


@given(positions)
def test_indices_have_no_holes_and_repeats_are_told(stamps: list[Fraction]) -> None:
    placed = place(stamps)
    assert [frame_index for frame_index, _, _ in placed] == list(range(len(placed)))
    before = None
    for _, chosen, is_repeat in placed:
        assert is_repeat == (chosen == before)
        before = chosen


@given(st.integers(1, 200))
def test_a_source_of_the_grids_own_rate_comes_through_one_to_one(n_pictures: int) -> None:
    stamps = [Fraction(i) for i in range(n_pictures)]
    assert place(stamps) == [(i, Fraction(i), False) for i in range(n_pictures)]


@given(st.integers(10, 3000))
def test_a_long_source_of_29_97_never_drifts(n_pictures: int) -> None:
    step = Fraction(1001, 1000)
    placed = place([i * step for i in range(n_pictures)], step)
    assert len(placed) == int(n_pictures * step + Fraction(1, 2))
    assert all(abs(stamp - frame_index) <= step / 2 for frame_index, stamp, _ in placed[:-1])


def test_ten_pictures_a_second_are_each_shown_three_times() -> None:
    placed = place([Fraction(3 * i) for i in range(14)], Fraction(3))
    assert len(placed) == 42
    assert sum(is_repeat for _, _, is_repeat in placed) == 28


def test_sixty_pictures_a_second_lose_every_other_one() -> None:
    placed = place([Fraction(i, 2) for i in range(60)], Fraction(1, 2))
    assert [stamp for _, stamp, _ in placed] == [Fraction(i) for i in range(30)]


def test_one_picture_however_short_gives_one_frame() -> None:
    assert place([Fraction(0)], Fraction(1, 100)) == [(0, Fraction(0), False)]


def test_no_pictures_give_no_frames() -> None:
    assert place([]) == []
