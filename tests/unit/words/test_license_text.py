from dataclasses import replace
from datetime import date

import pytest

from tacit.records.dataset import DatasetVersion, ShareTable
from tacit.records.license import LicenseNotice, NoticeKind
from tacit.records.money import Money
from tacit.records.purposes import Purpose
from tacit.words.license_text import license_in_words, notice_in_words


def flat(granted, agreement):
    return " ".join(license_in_words(granted, agreement).split())


def test_the_words_say_who_what_what_for_where_until_when_and_for_how_much(granted, agreement):
    text = flat(granted, agreement)
    for term in (
        "lic-1",
        "Lab Seven",
        "version 1 of the dataset ds-1",
        "cd" * 32,
        "train-robot-skill. For nothing else",
        "Where: IN.",
        "2027-12-31, that day included",
        "10,000.00 INR; 20 % of it",
        "line-2026",
    ):
        assert term in text


def test_a_licence_is_no_sale(granted, agreement):
    text = flat(granted, agreement)
    assert "This is a licence, no sale." in text
    assert "The footage belongs to the worker" in text


def test_other_terms_give_other_words(granted, agreement):
    changed = replace(granted, price=Money("INR", 5), valid_until=date(2026, 12, 1), territory=("EU",))
    text = flat(changed, agreement)
    assert "0.05 INR" in text
    assert "2026-12-01" in text
    assert "Where: EU." in text


def test_an_owner_without_a_word_of_its_own_stays_as_written(granted, agreement):
    own = replace(agreement, ownership={"footage": "worker", "datasets": "the co-operative", "skills": "plant"})
    assert "the dataset to the co-operative." in flat(granted, own)


def test_a_licence_names_the_parties_unless_one_of_them_is_a_worker(granted, agreement):
    collective = flat(granted, replace(agreement, kind="collective"))
    individual = flat(granted, replace(agreement, kind="individual"))
    assert all(party in collective for party in agreement.parties)
    assert not any(party in individual for party in agreement.parties)
    assert f"the agreement {agreement.agreement_id} between a worker and the plant." in individual


def test_words_beside_a_later_version_say_that_it_takes_the_place(granted, agreement):
    later = DatasetVersion(
        "ds-1", 2, "line-2026", Purpose.RESEARCH, "", "ef" * 32, "", granted.granted_at, (), ShareTable("", (), "")
    )
    text = " ".join(license_in_words(granted, agreement, later).split())
    assert f"In its place lies version 2, with the fingerprint {'ef' * 32}" in text
    assert license_in_words(granted, agreement, replace(later, version=1)) == license_in_words(granted, agreement)


@pytest.mark.parametrize(
    ("kind", "new_version", "sentence"),
    [
        (NoticeKind.WITHDRAWN_FOOTAGE, 0, "Version 1 of the dataset ds-1 holds footage that may no longer be used"),
        (NoticeKind.REPLACED, 2, "Version 2 of the dataset ds-1 takes the place of version 1."),
        (NoticeKind.REPLACED, 0, "so nothing takes its place"),
        (NoticeKind.REVOKED, 0, "This licence is revoked."),
    ],
)
def test_a_notice_says_what_to_do_to_whom_under_which_licence(granted, kind, new_version, sentence):
    notice = LicenseNotice("note-1", "lic-1", "Lab Seven", kind, "ds-1", 1, granted.granted_at, new_version)
    text = " ".join(notice_in_words(notice, "ab" * 32).split())
    assert sentence in text
    assert "To Lab Seven, about your licence lic-1." in text
    assert "ab" * 32 in text
