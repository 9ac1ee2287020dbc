"""Licences, what happened to them, and the outbox, in every database that the catalogue can lie in."""

from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from tacit.records.errors import AlreadyThereError, CatalogueDamageError, TamperedError
from tacit.records.license import LicenseEvent, LicenseEventKind, LicenseNotice, NoticeKind
from tacit.store.catalogue import SqlCatalogue

from .conftest import MOMENT

LATER = MOMENT + timedelta(days=2, microseconds=1)
EVENTS = [
    LicenseEvent("l-1", LicenseEventKind.USED, MOMENT, "research", "DE", date(2026, 11, 19)),
    LicenseEvent("l-2", LicenseEventKind.REPLACED, MOMENT, version=2),
    LicenseEvent("l-1", LicenseEventKind.REVOKED, LATER, reason="First Name said so"),
]
NOTICES = [
    LicenseNotice("n-1", "l-2", "lab", NoticeKind.WITHDRAWN_FOOTAGE, "d-1", 1, MOMENT),
    LicenseNotice("n-2", "l-1", "lab", NoticeKind.REPLACED, "d-1", 1, LATER, 2),
]


@pytest.fixture
def filled(catalogue: SqlCatalogue, shop: SimpleNamespace) -> SqlCatalogue:
    """A catalogue with one dataset and two licences of it."""
    catalogue.add_agreement(shop.agreement, "text", MOMENT)
    catalogue.add_dataset_version(replace(shop.dataset, release_of="d-0"))
    for name in ("l-1", "l-2"):
        catalogue.add_license(replace(shop.license, license_id=name))
    return catalogue


def test_release_remembers_what_it_was_made_from(filled: SqlCatalogue, shop: SimpleNamespace) -> None:
    assert filled.dataset_versions() == [replace(shop.dataset, release_of="d-0")]


def test_events_come_back_in_their_order_for_one_licence_or_for_all(filled: SqlCatalogue) -> None:
    assert filled.license_events() == []
    for event in EVENTS:
        filled.add_license_event(event)
    assert filled.license_events() == EVENTS
    assert filled.license_events("l-1") == [EVENTS[0], EVENTS[2]]
    assert filled.license_events("l-9") == []


def test_reason_of_an_event_lies_sealed_and_in_its_place(filled: SqlCatalogue) -> None:
    for event in EVENTS:
        filled.add_license_event(event)
    with filled._database.reading() as connection:
        bodies = connection.execute(text("SELECT body_sealed FROM license_events ORDER BY position")).scalars().all()
    assert not [body for body in bodies if b"First Name" in bytes(body)]
    with filled._database.writing() as connection:
        moved = text("UPDATE license_events SET body_sealed = :body WHERE position = 0")
        connection.execute(moved, {"body": bodies[2]})
    with pytest.raises(TamperedError):
        filled.license_events("l-1")


def test_event_of_a_licence_that_is_not_there_is_damage(filled: SqlCatalogue) -> None:
    with pytest.raises(CatalogueDamageError):
        filled.add_license_event(replace(EVENTS[0], license_id="l-9"))
    assert filled.license_events() == []


def test_notices_come_back_in_their_order_sent_or_not(filled: SqlCatalogue) -> None:
    for notice in (*NOTICES, *NOTICES):  # the same again is harmless
        filled.add_license_notice(notice)
    assert filled.license_notices() == NOTICES
    filled.set_notice_sent("n-1", LATER)
    assert filled.find_license_notice("n-1") == replace(NOTICES[0], sent_at=LATER)
    assert filled.license_notices() == [replace(NOTICES[0], sent_at=LATER), NOTICES[1]]
    assert filled.find_license_notice("n-9") is None
    filled.set_notice_sent("n-9", LATER)


def test_other_contents_under_the_id_of_a_notice_are_refused(filled: SqlCatalogue) -> None:
    filled.add_license_notice(NOTICES[0])
    with pytest.raises(AlreadyThereError):
        filled.add_license_notice(replace(NOTICES[0], version=2))
    assert filled.license_notices() == NOTICES[:1]


def test_notice_of_a_licence_that_is_not_there_is_damage(filled: SqlCatalogue) -> None:
    with pytest.raises(CatalogueDamageError):
        filled.add_license_notice(replace(NOTICES[0], license_id="l-9"))
