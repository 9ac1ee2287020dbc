"""What the law of an agreement asks for after a withdrawal (R5)."""

from datetime import UTC, datetime, timedelta

import pytest

from tacit.records.certificate import Leaving
from tacit.rights.retention import find_longest, find_profile

WITHDRAWN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


def test_r5_india_seals_for_a_year_and_warns_two_days_before():
    profile = find_profile("IN")
    assert profile.keeps
    assert (profile.sealed_for, profile.warn_before) == (YEAR, timedelta(hours=48))
    assert "rule 8" in profile.source


@pytest.mark.parametrize("place", ["EU", "DE", "FR", "SE", "NO", "US", "ZZ"])
def test_r5_the_union_and_places_without_a_known_duty_destroy_at_once(place):
    profile = find_profile(place)
    assert not profile.keeps
    assert profile.state_at(WITHDRAWN, WITHDRAWN) is Leaving.DESTROYED


def test_r5_sealed_until_its_time_is_over_and_destroyed_from_then_on():
    profile = find_profile("IN")
    last = WITHDRAWN + YEAR
    assert profile.state_at(WITHDRAWN, WITHDRAWN) is Leaving.SEALED
    assert profile.state_at(WITHDRAWN, last - timedelta(microseconds=1)) is Leaving.SEALED
    assert profile.state_at(WITHDRAWN, last) is Leaving.DESTROYED


def test_r5_of_several_agreements_the_longest_duty_counts():
    assert find_longest(["DE", "IN", "US"]) == find_profile("IN")
    assert not find_longest(["DE", "US"]).keeps
    assert not find_longest([]).keeps
