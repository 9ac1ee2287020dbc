from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.license import License, LicenseEvent, LicenseEventKind, LicenseState
from tacit.records.money import Money
from tacit.records.places import EU_MEMBERS
from tacit.records.purposes import Purpose
from tacit.rights.license_door import Use, check_use, find_state

GRANTED_ON, LAST_DAY = date(2026, 3, 1), date(2026, 9, 30)
TRAIN = Purpose.TRAIN_ROBOT_SKILL
LICENSE = License(
    license_id="lic-1",
    licensee="Lab Seven",
    dataset_id="ds-1",
    version=1,
    dataset_digest="cd" * 32,
    purposes=frozenset({TRAIN, Purpose.RESEARCH}),
    territory=("IN", "EU"),
    valid_until=LAST_DAY,
    price=Money("INR", 100),
    granted_at=datetime(2026, 3, 1, 10, tzinfo=UTC),
    signature="",
)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


def revoked(on):
    return LicenseEvent("lic-1", LicenseEventKind.REVOKED, datetime(on.year, on.month, on.day, 12, tzinfo=UTC))


def ask(events=(), is_paused=False, today=GRANTED_ON, **changes):
    return check_use(LICENSE, events, is_paused, replace(Use(TRAIN, "DE", GRANTED_ON), **changes), today)


@given(
    st.sampled_from(Purpose), st.sampled_from(sorted(EU_MEMBERS | {"IN", "US", "CH", "EU", ""})), DAYS, st.booleans()
)
def test_r8_exactly_what_lies_inside_every_edge_is_allowed(purpose, place, on, is_paused):
    inside = (
        purpose in LICENSE.purposes
        and (place in {"IN", "EU"} | EU_MEMBERS)
        and GRANTED_ON <= on <= LAST_DAY
        and not is_paused
    )
    assert (ask(purpose=purpose, territory=place, on=on, is_paused=is_paused) is None) == inside


@given(DAYS, DAYS)
def test_r8_a_revocation_on_record_counts_whatever_the_day(on, revoked_on):
    assert find_state(LICENSE, [revoked(revoked_on)], on) is LicenseState.REVOKED
    assert "was revoked" in ask(events=[revoked(revoked_on)], on=on).sentence


@given(DAYS, DAYS)
def test_r8_no_day_of_use_opens_a_licence_that_is_over_today(on, today):
    inside = GRANTED_ON <= on <= LAST_DAY and today <= LAST_DAY
    assert (ask(on=on, today=today) is None) == inside


def test_other_events_end_no_licence():
    others = [
        LicenseEvent("lic-1", kind, LICENSE.granted_at)
        for kind in LicenseEventKind
        if kind is not LicenseEventKind.REVOKED
    ]
    assert find_state(LICENSE, others, GRANTED_ON) is LicenseState.RUNNING


@pytest.mark.parametrize(
    ("asked", "rule", "sentence"),
    [
        ({"events": [revoked(GRANTED_ON)]}, "R8", "was revoked"),
        ({"on": LAST_DAY + timedelta(days=1)}, "R8", "ended on 2026-09-30"),
        ({"on": GRANTED_ON - timedelta(days=1)}, "R8", "was granted on 2026-03-01"),
        ({"purpose": Purpose.TRAIN_PEOPLE}, "R8", "is for research, train-robot-skill, and not for train-people"),
        ({"territory": "US"}, "R8", "is good in IN, EU, and not in US"),
        ({"is_paused": True}, "R12", "a steward paused the agreement"),
    ],
)
def test_a_refusal_names_the_licence_and_the_edge(asked, rule, sentence):
    refusal = ask(**asked)
    assert refusal.rule == rule
    assert sentence in refusal.sentence
    assert "lic-1" in refusal.sentence
