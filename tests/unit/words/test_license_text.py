from dataclasses import replace
from datetime import date

from tacit.records.money import Money
from tacit.words.license_text import license_in_words


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
