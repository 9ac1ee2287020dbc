from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tacit.records.certificate import Certificate, CopyOut, Leaving, UsedDataset
from tacit.records.purposes import Purpose
from tacit.words.catalogue import english, find_catalogue, languages
from tacit.words.certificate_text import certificate_in_words
from tacit.words.layout import WIDTH, count_columns

MOMENT = datetime(2026, 11, 3, 10, tzinfo=UTC)


@pytest.fixture
def certificate():
    return Certificate(
        certificate_id="cert-1",
        account="w-1",
        language="en",
        withdrawn_at=MOMENT,
        purposes=frozenset({Purpose.RESEARCH, Purpose.TRAIN_ROBOT_SKILL}),
        leaves=True,
        state=Leaving.DESTROYED,
        rows={"consents": 1, "recordings": 4},
        n_objects=12,
        n_keys=1,
        datasets=(
            UsedDataset("ds-1", 3),
            UsedDataset("ds-2", 0),
            UsedDataset("ds-3", 0, "not-found"),
            UsedDataset("ds-4", 0, "foreign-file"),
            UsedDataset("ds-5", 0, "licensed"),
        ),
        copies=(CopyOut("lic-1", "ds-5", date(2027, 12, 31)),),
        originals=5,
        originals_destroyed=2,
        log_size=77,
        log_root="ab" * 32,
        issued_at=MOMENT,
    )


def flat(certificate, language="en"):
    return " ".join(" ".join(certificate_in_words(certificate, find_catalogue(language))).split())


def test_the_words_say_what_was_destroyed_made_anew_and_is_out_of_reach(certificate):
    text = flat(certificate)
    for words in (
        "CERTIFICATE OF WITHDRAWAL cert-1",
        "For the account w-1. Issued on 2026-11-03.",
        "for these purposes: research, train-robot-skill. - Research: scientists study",
        "is destroyed. Nobody can open it again.",
        "Keys: 1.",
        "the places of your hands: 12.",
        "Entries about you in the books of the shop: 5.",
        "destroyed at your wish: 2.",
        "The dataset ds-1, now version 3.",
        "The dataset ds-2: nothing was left for it",
        "The dataset ds-3: it is not in its place any more",
        "The dataset ds-4: something else lies in its place",
        "The copy of ds-5 under the licence lic-1, which runs until 2027-12-31.",
        "outside the shop: 3.",
        "had 77 entries then. Its fingerprint: " + "ab" * 32,
        "tacit-verify",
    ):
        assert words in text
    assert "When the locked part was opened" not in text


def test_what_is_sealed_says_until_when_and_how_often_it_was_opened(certificate):
    sealed = replace(certificate, state=Leaving.SEALED, sealed_until=datetime(2027, 11, 3, 10, tzinfo=UTC))
    assert "locked away until 2027-11-03" in flat(sealed)
    assert "It was never opened." in flat(sealed)
    opened = replace(sealed, state=Leaving.DESTROYED, openings=(datetime(2027, 1, 2, tzinfo=UTC),))
    assert "On 2027-01-02, by the shop and a steward together." in flat(opened)


def test_without_a_steward_it_says_why_nothing_was_kept(certificate):
    assert "no steward who could hold the second half" in flat(replace(certificate, why_not_sealed="no-steward"))


def test_who_keeps_some_purposes_reads_of_nothing_destroyed(certificate):
    text = flat(replace(certificate, leaves=False, state=Leaving.WITHDRAWN))
    assert "You still say yes to others" in text
    assert "Keys:" not in text


def test_where_nothing_is_out_of_reach_it_says_so(certificate):
    text = flat(replace(certificate, datasets=(), copies=(), originals=0, originals_destroyed=0))
    assert "Nothing that the shop knows of." in text
    assert "No dataset had to be made anew." in text


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("state", Leaving)
def test_there_are_words_in_every_language_for_every_end(certificate, language, state):
    until = datetime(2027, 11, 3, tzinfo=UTC) if state is Leaving.SEALED else None
    mine = replace(certificate, language=f"{language}-IN", state=state, sealed_until=until, why_not_sealed="no-steward")
    lines = certificate_in_words(mine, find_catalogue(language))
    assert all("{" not in line for line in lines)
    assert "".join(lines).count("cert-1") == 1
    assert all(count_columns(line) <= WIDTH for line in lines if "ab" * 32 not in line)


def test_a_language_without_words_is_said_to_be_one(certificate):
    lines = certificate_in_words(replace(certificate, language="xx"), english())
    assert "There are no words in the language xx yet" in " ".join(lines)
