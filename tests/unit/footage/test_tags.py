from fractions import Fraction

import pytest

from tacit.footage.tags import read_quarter_turns, read_slowness
from tacit.records.errors import UnreadableVideoError


@pytest.mark.parametrize(
    ("title", "turns"),
    [
        ("htc_video_rotA-000", 0),
        ("htc_video_rotA-090", 1),
        ("htc_video_rotA-270", 3),
        ("htc_video_rotA-045", 0),
        ("x", 0),
    ],
)
def test_only_the_four_titles_of_htc_turn(title: str, turns: int) -> None:
    assert read_quarter_turns({"title": title}) == turns


@pytest.mark.parametrize(
    ("captured", "shown", "slowness"),
    [
        ("240.000000", Fraction(640000, 21003), 8),  # headers are off by some per cent
        ("120", Fraction(30000, 1001), 4),
        ("240", Fraction(240), 1),
        ("60", Fraction(24), Fraction(5, 2)),
        ("30", Fraction(45000, 1501), 1),
        ("nan", Fraction(30), 1),
        ("inf", Fraction(30), 1),
        ("-1", Fraction(30), 1),
        ("1e9", Fraction(30), 1),
        ("", Fraction(30), 1),
        ("240", None, 1),
    ],
)
def test_slowness_is_what_was_captured_over_what_is_shown(
    captured: str, shown: Fraction | None, slowness: Fraction
) -> None:
    assert read_slowness({"com.android.capture.fps": captured}, shown) == slowness


def test_r3_nothing_else_is_read() -> None:
    class Notes(dict[str, str]):
        def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
            assert key in ("title", "com.android.capture.fps")
            return default

    assert read_slowness(Notes(), Fraction(30)) == 1
    assert read_quarter_turns(Notes()) == 0


def test_a_time_lapse_is_refused() -> None:
    with pytest.raises(UnreadableVideoError, match="time lapse"):
        read_slowness({"com.android.capture.fps": "1"}, Fraction(30))
