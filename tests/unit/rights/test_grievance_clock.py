from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.places import EU_MEMBERS, GDPR_PLACES
from tacit.rights.grievance_clock import find_answer_time, find_due_day


@pytest.mark.parametrize(
    ("jurisdiction", "opened", "due"),
    [
        ("IN", "2026-11-21", "2027-02-19"),
        ("DE", "2026-11-21", "2026-12-21"),
        ("DE", "2026-12-15", "2027-01-15"),
        ("EU", "2027-01-31", "2027-02-28"),
        ("FR", "2028-01-31", "2028-02-29"),
        ("NO", "2026-03-31", "2026-04-30"),
        ("US", "2026-11-21", "2026-12-21"),
        ("KE", "2027-01-31", "2027-03-02"),
    ],
)
def test_the_last_day_follows_the_law_of_the_place(jurisdiction, opened, due):
    assert find_due_day(jurisdiction, date.fromisoformat(opened)) == date.fromisoformat(due)


@given(st.dates(date(2000, 1, 1), date(2200, 1, 1)), st.sampled_from(sorted(GDPR_PLACES)))
def test_a_month_is_never_shorter_than_28_days_nor_longer_than_31(opened, place):
    assert timedelta(days=28) <= find_due_day(place, opened) - opened <= timedelta(days=31)


def test_where_the_time_comes_from_is_said_and_our_own_choice_is_called_so():
    assert "rule 14(3)" in find_answer_time("IN").source
    assert "article 12(3)" in find_answer_time("IE").source
    assert "our own choice" in find_answer_time("US").source


def test_there_are_27_member_states_and_three_more_where_the_gdpr_is_law():
    assert len(EU_MEMBERS) == 27
    assert {"EU", "IS", "LI", "NO"} == GDPR_PLACES - EU_MEMBERS
