"""One agreement, one licence and one recording with made-up terms."""

from datetime import UTC, date, datetime

import pytest

from tacit.records.agreement import Agreement, Bounty, Royalty
from tacit.records.dataset import DatasetVersion, EpisodeLine, ShareTable
from tacit.records.license import License
from tacit.records.money import Money
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Recording, Stretch

MOMENT = datetime(2026, 11, 3, 10, tzinfo=UTC)


@pytest.fixture
def moment():
    return MOMENT


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


@pytest.fixture
def shares():
    return ShareTable("accepted milliseconds", (("worker:w-a", 7000), ("worker:w-b", 2000), ("worker:w-c", 1001)), "ff")


@pytest.fixture
def dataset(shares):
    line = EpisodeLine(0, "rec-1", "w-a", "con-1", 0, 210, 7000)
    return DatasetVersion(
        "ds-1", 1, "line-2026", Purpose.TRAIN_ROBOT_SKILL, "dataset", "cd" * 32, "99", MOMENT, (line,), shares
    )


@pytest.fixture
def recording():
    return Recording("rec-1", "w-a", "line-2026", "", "00", "pour", "bench-3", datetime(2026, 11, 2, tzinfo=UTC), 0)


@pytest.fixture
def outcome():
    return Outcome(
        recording_id="rec-1",
        unit_id="u-1",
        usable=True,
        readable=True,
        reason="",
        video_key="video",
        track_key="track",
        width=64,
        height=48,
        fps=30,
        n_frames=1800,
        hands_fraction=0.9,
        two_hands_fraction=0.5,
        faces_frames=0,
        stretches=(Stretch(0, 1200),),
        accepted_ms=40_000,
        payable_ms=42_500,
        filmed_ms=60_000,
        cpu_ms=1,
    )
