"""What number and day a dataset bears where the plant reads them (R7)."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tacit.flows.find_edition import Edition, find_edition
from tacit.records.dataset import DatasetVersion, EpisodeLine, ShareTable
from tacit.records.purposes import Purpose

BEGIN = datetime(2026, 3, 2, tzinfo=UTC)


def lines_of(recordings):
    return tuple(
        EpisodeLine(index, f"rec-{name}", f"w-{name}", f"con-{name}", 0, 30, 1000)
        for index, name in enumerate(sorted(recordings))
    )


def edition(contents, macs=None):
    """The edition of the last of these contents, one made each day; a content is a word of letters."""
    macs = macs or [repr(sorted(one)) for one in contents]
    versions = [
        DatasetVersion(
            "ds", number, "a", Purpose.RESEARCH, "/ds", "", mac, BEGIN + timedelta(days=number), lines_of(content),
            ShareTable("", (), ""),
        )
        for number, (content, mac) in enumerate(zip(contents, macs, strict=True))
    ]  # fmt: skip
    last = versions[-1]
    return find_edition(versions[:-1], last.episodes, last.inputs_mac, last.made_at)


def test_without_withdrawals_it_counts_versions():
    assert edition(["a"]) == Edition(1, date(2026, 3, 2))
    assert edition(["a", "ab", "abc"]) == Edition(3, date(2026, 3, 4))


def test_r7_version_after_a_withdrawal_bears_the_number_and_day_of_what_is_left():
    assert edition(["ab", "b"]) == Edition(1, date(2026, 3, 2))
    assert edition(["a", "ab", "b"]) == Edition(1, date(2026, 3, 3))
    assert edition(["b", "ab", "bc", "abc", "bc"]) == Edition(2, date(2026, 3, 4))


def test_same_episodes_made_in_another_way_are_another_edition():
    assert edition(["ab", "ab"], ["plain", "signed"]) == Edition(2, date(2026, 3, 3))
    assert edition(["ab", "ab"], ["plain", "plain"]) == Edition(1, date(2026, 3, 2))


@given(st.lists(st.tuples(st.sets(st.sampled_from("bcd"), min_size=1), st.booleans()), min_size=1))
def test_r7_whoever_is_gone_in_the_end_changes_nothing(steps):
    with_them = [content | ({"x"} if is_there else set()) for content, is_there in steps]
    with_them.append(steps[-1][0])
    without_them = [*(content for content, _ in steps), steps[-1][0]]
    assert edition(with_them) == edition(without_them)
