"""Every adapter of the ports that can run here, and a small shop's worth of records to put into them."""

import os
import secrets
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import create_engine, text

from tacit.records.agreement import Agreement, Bounty, Royalty
from tacit.records.dataset import DatasetVersion, EpisodeLine, ShareTable
from tacit.records.license import License
from tacit.records.marks import Mark, Marking
from tacit.records.money import Money
from tacit.records.people import Consent, Release, Withdrawal, Worker
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Evidence, Purpose
from tacit.records.recording import Outcome, Recording, Stretch
from tacit.store.catalogue import SqlCatalogue, create_catalogue
from tacit.store.keyring import FileKeyring, MemoryKeyring, ShopKeys
from tacit.store.objects import Objects, file_objects, memory_objects

MOMENT = datetime(2026, 11, 20, 9, 30, 0, 123456, tzinfo=UTC)
MASTER_KEY = bytes(range(32))


@pytest.fixture(params=["file", "memory"])
def keys(request: pytest.FixtureRequest, tmp_path: Path) -> ShopKeys:
    """A keyring with no key yet."""
    if request.param == "file":
        return FileKeyring(tmp_path / "keys", MASTER_KEY, "shop-1")
    return MemoryKeyring(MASTER_KEY, "shop-1")


@pytest.fixture(params=["file", "memory"])
def objects(request: pytest.FixtureRequest, tmp_path: Path) -> Objects:
    """An empty object store."""
    return file_objects(tmp_path / "objects") if request.param == "file" else memory_objects()


@pytest.fixture
def memory_keys() -> MemoryKeyring:
    """A keyring that knows the workers w-1, w-2 and w-3."""
    keyring = MemoryKeyring(MASTER_KEY, "shop-1")
    for worker_uid in ("w-1", "w-2", "w-3"):
        keyring.create_worker_key(worker_uid)
    return keyring


@pytest.fixture(params=["sqlite", "memory", "postgres"])
def catalogue_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Where a new, empty catalogue lies; in PostgreSQL a schema of its own, dropped afterwards."""
    if request.param == "memory":
        yield "sqlite://"
    elif request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'catalogue.db'}"
        create_catalogue(url)
        yield url
    else:
        server = os.environ.get("TACIT_TEST_POSTGRES")
        if not server:
            pytest.skip("TACIT_TEST_POSTGRES names no PostgreSQL database")
        schema = f"tacit_{secrets.token_hex(6)}"
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(f"CREATE SCHEMA {schema}"))
            try:
                url = f"{server}?options=-csearch_path%3D{schema}"
                create_catalogue(url)
                yield url
            finally:
                connection.execute(text(f"DROP SCHEMA {schema} CASCADE"))
        engine.dispose()


@pytest.fixture
def catalogue(catalogue_url: str, memory_keys: MemoryKeyring) -> Iterator[SqlCatalogue]:
    """An open, empty catalogue."""
    found = SqlCatalogue(catalogue_url, memory_keys)
    yield found
    found.close()


@pytest.fixture
def shop() -> SimpleNamespace:
    """Records of a small shop: two workers under one agreement, a recording each, one dataset, one licence."""
    inr = Money("INR", 250_000)
    agreement = Agreement(
        agreement_id="a-1",
        kind="works-agreement",
        parties=("plant", "union"),
        jurisdiction="IN",
        valid_from=date(2026, 1, 1),
        valid_to=date(2027, 12, 31),
        purposes=frozenset({Purpose.TRAIN_ROBOT_SKILL, Purpose.RESEARCH}),
        review_hold_h=48,
        raw_retention_days=30,
        group_size_min=5,
        title={"en": "Filming of hand work", "hi": "हाथ का काम"},
        ownership={"datasets": "workers"},
        territory=("IN", "EU"),
        bounty=Bounty(inr, Money("INR", 100_000)),
        royalty=Royalty(7000, "plant", Money("INR", 10), 5000, 5000, "keep-earning"),
        digest="ab" * 32,
    )
    workers = [
        Worker(f"w-{n}", label, name, "hi", "cd" * 32, "ef" * 50)
        for n, label, name in ((1, "first-label", "First Name"), (2, "second-label", ""))
    ]
    consents = [
        Consent(
            f"c-{n}",
            f"w-{n}",
            "a-1",
            "ab" * 32,
            agreement.purposes,
            MOMENT,
            "hi",
            "aa" * 32,
            Evidence.SIGNED,
            "bb" * 64,
        )
        for n in (1, 2)
    ]
    recordings = [
        Recording(
            f"r-{n}", f"w-{n}", "a-1", f"/films/secret-{n}.mp4", f"{n:02d}" * 32, "solder lugs", "bench 4", MOMENT, 0
        )
        for n in (1, 2)
    ]
    outcomes = [
        Outcome(
            recording_id=f"r-{n}",
            unit_id=f"u-{n}",
            usable=True,
            readable=True,
            reason="",
            video_key=f"u-{n}/t-1/video.mp4",
            track_key=f"u-{n}/t-1/track.parquet",
            width=1280,
            height=720,
            fps=30,
            n_frames=900,
            hands_fraction=1 / 3,
            two_hands_fraction=0.1,
            faces_frames=12,
            stretches=(Stretch(0, 450), Stretch(600, 900)),
            accepted_ms=25_000,
            payable_ms=26_000,
            filmed_ms=30_000,
            cpu_ms=44_000,
            masks_key=f"u-{n}/t-1/masks",
            covered_share=1 / 7,
            marks=(Mark(f"m-{n}", 31, 0.1, 2.0, 30.0, 1 / 3),),
        )
        for n in (1, 2)
    ]
    dataset = DatasetVersion(
        dataset_id="d-1",
        version=1,
        agreement_id="a-1",
        purpose=Purpose.TRAIN_ROBOT_SKILL,
        path="/exports/secret-place/d-1",
        digest="dd" * 32,
        inputs_mac="99" * 32,
        made_at=MOMENT,
        episodes=tuple(EpisodeLine(i, f"r-{i + 1}", f"w-{i + 1}", f"c-{i + 1}", 0, 450, 15_000) for i in range(2)),
        shares=ShareTable("accepted milliseconds", (("worker:w-1", 2**40), ("worker:w-2", 15_000)), "ee" * 64),
    )
    license_ = License(
        license_id="l-1",
        licensee="lab",
        dataset_id="d-1",
        version=1,
        dataset_digest="dd" * 32,
        purposes=frozenset({Purpose.TRAIN_ROBOT_SKILL}),
        territory=("IN",),
        valid_until=date(2027, 6, 30),
        price=inr,
        granted_at=MOMENT,
        signature="ff" * 64,
    )
    return SimpleNamespace(
        agreement=agreement,
        workers=workers,
        consents=consents,
        withdrawal=Withdrawal("x-1", "w-1", frozenset({Purpose.RESEARCH}), MOMENT),
        recordings=recordings,
        outcomes=outcomes,
        markings=[
            Marking(Mark(f"m-{n}", 31, 0.1, 2.0, 30.0, 1 / 3), f"r-{n}", f"w-{n}", "badge of somebody", MOMENT)
            for n in (1, 2)
        ],
        releases=[Release(f"r-{n}", f"w-{n}", MOMENT, Evidence.WITNESSED, "") for n in (1, 2)],
        dataset=dataset,
        license=license_,
    )


@pytest.fixture
def permit() -> Permit:
    """A permit to derive from recordings of w-1."""
    return Permit(Action.DERIVE, Purpose.TRAIN_ROBOT_SKILL, "w-1", "c-1", "a-1", "d1", MOMENT)
