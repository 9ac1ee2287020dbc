"""One agreement and one licence with made-up terms."""

from datetime import UTC, date, datetime

import pytest

from tacit.records.agreement import Agreement, Bounty, Royalty
from tacit.records.license import License
from tacit.records.money import Money
from tacit.records.purposes import Purpose

MOMENT = datetime(2026, 11, 3, 10, tzinfo=UTC)


@pytest.fixture
def agreement():
    return Agreement(
        agreement_id="line-2026",
        kind="collective",
        parties=("Line Union", "Line Works"),
        jurisdiction="IN",
        valid_from=date(2026, 1, 1),
        valid_to=date(2028, 12, 31),
        purposes=frozenset({Purpose.TRAIN_ROBOT_SKILL, Purpose.RESEARCH}),
        review_hold_h=72,
        raw_retention_days=30,
        group_size_min=5,
        title={"en": "Agreement on filming"},
        ownership={"footage": "worker", "datasets": "shared", "skills": "plant"},
        territory=("IN", "EU"),
        bounty=Bounty(Money("INR", 250_000), Money("INR", 25_000)),
        royalty=Royalty(2000, "plant", Money("INR", 5), 5000, 5000, "keep-earning"),
        digest="ab" * 32,
    )


@pytest.fixture
def granted():
    return License(
        license_id="lic-1",
        licensee="Lab Seven",
        dataset_id="ds-1",
        version=1,
        dataset_digest="cd" * 32,
        purposes=frozenset({Purpose.TRAIN_ROBOT_SKILL}),
        territory=("IN",),
        valid_until=date(2027, 12, 31),
        price=Money("INR", 1_000_000),
        granted_at=MOMENT,
        signature="ee",
    )
