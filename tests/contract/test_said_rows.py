"""Reviews of translations and complaints of workers, in every database that the catalogue can lie in."""

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from tacit.records.errors import ErasedError, TamperedError
from tacit.records.grievance import Grievance, GrievanceAnswer
from tacit.records.reviews import NoticeReview
from tacit.store.catalogue import SqlCatalogue

from .conftest import MOMENT

REVIEW = NoticeReview("hi", "ab" * 32, "Reviewer Name", "cd" * 32, MOMENT, "ef" * 64)
COMPLAINTS = [Grievance(f"gr-{n}", f"w-{n}", "a-1", f"किसी ने नहीं पूछा {n}", MOMENT, date(2027, 2, 19)) for n in (1, 2)]


@pytest.fixture
def filled(catalogue: SqlCatalogue, shop: SimpleNamespace) -> SqlCatalogue:
    """A catalogue with two workers."""
    for worker in shop.workers:
        catalogue.add_worker(worker)
    return catalogue


def raw(catalogue: SqlCatalogue, statement: str) -> list[bytes]:
    """What lies in the database itself."""
    with catalogue._database.reading() as connection:
        return [bytes(row[0]) for row in connection.execute(text(statement)).all()]


def test_a_review_is_found_by_language_and_wording_alone(catalogue: SqlCatalogue) -> None:
    catalogue.add_notice_review(REVIEW)
    assert catalogue.find_notice_review("hi", REVIEW.digest) == REVIEW
    assert catalogue.find_notice_review("hi", "00" * 32) is None
    assert catalogue.find_notice_review("ta", REVIEW.digest) is None


def test_the_first_review_of_a_wording_stays(catalogue: SqlCatalogue) -> None:
    catalogue.add_notice_review(REVIEW)
    catalogue.add_notice_review(replace(REVIEW, reviewer="Another Name"))
    assert catalogue.find_notice_review("hi", REVIEW.digest) == REVIEW


def test_d5_a_reviewers_name_does_not_lie_open_and_holds_for_its_place_alone(catalogue: SqlCatalogue) -> None:
    catalogue.add_notice_review(REVIEW)
    (sealed,) = raw(catalogue, "SELECT body_sealed FROM notice_reviews")
    assert b"Reviewer Name" not in sealed
    with catalogue._database.writing() as connection:
        connection.execute(text("UPDATE notice_reviews SET language = 'ta'"))
    with pytest.raises(TamperedError):
        catalogue.find_notice_review("ta", REVIEW.digest)


def test_complaints_come_back_in_the_order_opened(filled: SqlCatalogue) -> None:
    for complaint in COMPLAINTS:
        filled.set_grievance(complaint)
    assert filled.grievances() == COMPLAINTS
    assert filled.grievances("w-2") == COMPLAINTS[1:]
    assert filled.find_grievance("gr-1") == COMPLAINTS[0]
    assert filled.find_grievance("gr-3") is None


def test_an_answer_goes_into_its_complaint(filled: SqlCatalogue) -> None:
    for complaint in COMPLAINTS:
        filled.set_grievance(complaint)
    answered = replace(COMPLAINTS[0], answers=(GrievanceAnswer("We look.", MOMENT, "union", "ff" * 64),))
    filled.set_grievance(answered)
    assert filled.grievances() == [answered, COMPLAINTS[1]]


def test_d5_a_complaint_lies_under_the_workers_key_and_goes_with_it(filled: SqlCatalogue) -> None:
    for complaint in COMPLAINTS:
        filled.set_grievance(complaint)
    assert all("किसी".encode() not in sealed for sealed in raw(filled, "SELECT sealed FROM grievances"))
    filled._keys.destroy_worker_key("w-1")
    assert filled.grievances() == COMPLAINTS[1:]
    assert filled.find_grievance("gr-1") is None
    with pytest.raises(ErasedError):
        filled.set_grievance(COMPLAINTS[0])
    filled.erase_worker("w-1", MOMENT)
    assert len(raw(filled, "SELECT sealed FROM grievances")) == 1
