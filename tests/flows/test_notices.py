"""The notice in the worker's language, who signed its translation, and what a yes on it needs (rules R1, R2, R11)."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tacit.flows.add_agreement import add_agreement, require_agreement
from tacit.flows.add_steward import add_steward
from tacit.flows.add_worker import add_worker, edit_worker
from tacit.flows.evidence import Voice, check_spoken
from tacit.flows.gate import ask
from tacit.flows.give_consent import SaidYes, give_consent
from tacit.flows.review_notice import (
    hash_messages,
    list_notices,
    require_signed_language,
    review_bytes,
    review_notice,
    show_notice,
)
from tacit.flows.set_key import set_key
from tacit.flows.set_pin import set_pin
from tacit.records.errors import (
    AlteredRecordError,
    BadEndError,
    DraftNoticeError,
    ForgedEvidenceError,
    KeyFileWorkerError,
    NoNoticeError,
    OtherKeyError,
    PurposeNotAgreedError,
    RefusedError,
    SourceLanguageError,
    TwoVoicesError,
    UnknownThingError,
    WrongPinError,
)
from tacit.records.permit import Action
from tacit.records.purposes import Evidence, Purpose
from tacit.rights.agreement_file import read_agreement
from tacit.seal.keyfile import new_key_file, unlock_key_file
from tacit.words import catalogue as catalogues
from tacit.words.catalogue import find_catalogue
from tacit.words.notice import render_notice

from .conftest import AGREEMENT, AGREEMENT_ID, CONSENTED, FILMED, RESEARCH, TODAY, TRAINING

PIN = "246810"
TRANSLATIONS = ("bn", "hi", "kn", "ta")


def key_of(name):
    """A key file, and the same opened."""
    key_file = new_key_file(name, PIN, cost_log2=10)
    return key_file, unlock_key_file(key_file, PIN)


@pytest.fixture
def reviewer():
    return key_of("Reviewer Name")[1]


@pytest.fixture
def agreed(bench):
    """A shop with an agreement and a worker who reads Hindi and has a PIN."""
    bench.agree()
    add_worker(bench.shop, "asha", "Asha", "hi", "4711")
    return bench


def yes(bench, language="", given_at=None, purposes=(TRAINING,), label="asha", **how):
    """Say yes on the notice as it is read today."""
    worker = bench.catalogue.find_worker(label)
    agreement = require_agreement(bench.shop, AGREEMENT_ID)
    said = SaidYes(render_notice(agreement, language or worker.language), how.pop("pin", ""), **how)
    return give_consent(bench.shop, label, AGREEMENT_ID, purposes, given_at or bench.clock.now(), said)


# --- reviews ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_r1_a_translation_is_a_draft_until_a_named_reviewer_signs_it(agreed, reviewer, language):
    with pytest.raises(DraftNoticeError, match=rf'R1: .*"{language}" is a draft.*notice review {language}`.*: en\.'):
        yes(agreed, language)
    assert agreed.catalogue.consents(agreed.uid("asha")) == []
    review = review_notice(agreed.shop, language, reviewer)
    assert (review.reviewer, review.language) == ("Reviewer Name", language)
    assert yes(agreed, language).notice_language == language


def test_r1_a_draft_is_shown_as_one_and_nobody_can_say_yes_on_it(agreed, reviewer):
    draft = show_notice(agreed.shop, "asha", AGREEMENT_ID)
    assert "DRAFT." in draft.text
    assert draft.digest == ""
    review_notice(agreed.shop, "hi", reviewer)
    signed = show_notice(agreed.shop, "asha", AGREEMENT_ID)
    assert "DRAFT." not in signed.text
    assert "हाँ या ना" in signed.text
    with pytest.raises(RefusedError, match="not that of this version"):
        give_consent(agreed.shop, "asha", AGREEMENT_ID, [TRAINING], agreed.clock.now(), SaidYes(draft, ""))


def test_r1_a_worker_may_choose_another_language_and_is_never_given_one_unasked(agreed):
    with pytest.raises(DraftNoticeError):
        yes(agreed)
    assert yes(agreed, "en").notice_language == "en"
    edit_worker(agreed.shop, "asha", "", "mr")
    with pytest.raises(NoNoticeError, match=r'language "mr".*--language'):
        show_notice(agreed.shop, "asha", AGREEMENT_ID)


def test_r1_of_a_missing_language_only_those_are_offered_in_which_a_yes_counts(agreed, reviewer):
    review_notice(agreed.shop, "ta", reviewer)
    with pytest.raises(NoNoticeError) as caught:
        require_signed_language(agreed.shop, "mr-IN")
    assert caught.value.available == ("en", "ta")
    require_signed_language(agreed.shop, "ta-LK")


def test_r1_another_wording_is_a_draft_again(agreed, reviewer, monkeypatch):
    review_notice(agreed.shop, "hi", reviewer)
    changed = dict(find_catalogue("hi").messages)
    changed["notice.refuse.nothing"] = "कुछ भी नहीं।"
    monkeypatch.setattr(catalogues, "_CATALOGUES", {**catalogues._CATALOGUES, "hi": changed})
    with pytest.raises(DraftNoticeError):
        yes(agreed)
    assert next(one for one in list_notices(agreed.shop) if one.language == "hi").is_draft


def test_the_first_reviewer_of_a_wording_stays_and_each_review_is_in_the_log(agreed, reviewer):
    first = review_notice(agreed.shop, "hi", reviewer)
    assert review_notice(agreed.shop, "hi", key_of("Another")[1]) == first
    assert [entry["kind"] for entry in agreed.catalogue.log_entries()] == ["agreement", "notice-review"]
    assert "Reviewer Name" not in str(agreed.catalogue.log_entries())


def test_english_is_the_source_and_needs_no_review(agreed, reviewer):
    with pytest.raises(SourceLanguageError):
        review_notice(agreed.shop, "en-GB", reviewer)
    with pytest.raises(NoNoticeError):
        review_notice(agreed.shop, "mr", reviewer)
    assert {one.language: one.is_draft for one in list_notices(agreed.shop)} == {
        "en": False,
        **dict.fromkeys(TRANSLATIONS, True),
    }


def test_a_review_that_was_changed_is_found(agreed, reviewer):
    genuine = review_notice(agreed.shop, "hi", reviewer)
    forged = replace(genuine, language="ta", digest=hash_messages(find_catalogue("ta")))
    agreed.catalogue.add_notice_review(forged)
    with pytest.raises(AlteredRecordError):
        yes(agreed, "ta")
    assert review_bytes(genuine) != review_bytes(forged)


# --- what a yes needs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", ["2025-12-31", "2029-01-01"])
def test_r1_nobody_is_asked_under_an_agreement_that_does_not_run(agreed, day):
    moment = TODAY + (date.fromisoformat(day) - TODAY.date())
    with pytest.raises(RefusedError, match=rf"R1: .* runs from 2026-01-01 to 2028-12-31, and today is {day}"):
        yes(agreed, "en", moment)
    assert agreed.catalogue.consents(agreed.uid("asha")) == []


def test_r1_a_yes_on_the_notice_of_other_words_does_not_count(agreed):
    read = render_notice(require_agreement(agreed.shop, AGREEMENT_ID), "en")
    path = agreed.folder / "next.toml"
    path.write_text(AGREEMENT.replace('"2400.00"', '"240.00"'), encoding="utf-8")
    add_agreement(agreed.shop, *read_agreement(path))
    with pytest.raises(RefusedError, match="R1: the notice that was read is not that of this version"):
        give_consent(agreed.shop, "asha", AGREEMENT_ID, [TRAINING], agreed.clock.now(), SaidYes(read, ""))


def test_r2_every_purpose_beyond_the_agreement_is_named_at_once(agreed):
    with pytest.raises(PurposeNotAgreedError, match=r"plant-statistics, train-people is not among them \(R2\)"):
        yes(agreed, "en", purposes=(TRAINING, Purpose.TRAIN_PEOPLE, Purpose.PLANT_STATISTICS))


@pytest.mark.parametrize("ends_on", [TODAY.date() - timedelta(days=1), date(2029, 1, 1)])
def test_r1_the_end_of_a_yes_lies_within_the_agreement(agreed, ends_on):
    with pytest.raises(BadEndError, match=f"cannot end on {ends_on}; a day from 2026-03-12 to 2028-12-31"):
        yes(agreed, "en", ends_on=ends_on)


def test_r1_a_yes_with_an_end_counts_until_that_day_and_no_longer(agreed):
    ends_on = TODAY.date() + timedelta(days=2)
    consent = yes(agreed, "en", CONSENTED, ends_on=ends_on)
    assert consent.ends_on == ends_on
    recording = agreed.take_in("asha", "a.mp4", FILMED)
    assert ask(agreed.shop, Action.DERIVE, TRAINING, recording).consent_id == consent.consent_id
    agreed.clock.moment = TODAY + timedelta(days=3)
    with pytest.raises(RefusedError, match=f"ended on {ends_on}"):
        ask(agreed.shop, Action.DERIVE, TRAINING, recording)


def test_r9_a_yes_is_in_the_log_and_a_no_leaves_nothing(agreed):
    yes(agreed, "en")
    (_agreement, entry) = agreed.catalogue.log_entries()
    assert entry["kind"] == "consent"
    assert agreed.uid("asha") not in str(entry)


# --- evidence --------------------------------------------------------------------------------------------------------


def test_r11_a_worker_signs_with_a_key_file_of_their_own(agreed):
    _, own = key_of("Asha")
    set_key(agreed.shop, "asha", own, Voice("4711"))
    consent = yes(agreed, "en", key=own)
    worker = agreed.catalogue.find_worker("asha")
    assert (consent.evidence, worker.public_key, worker.sealed_private_key) == (Evidence.SIGNED, own.public_key, "")
    check_spoken(agreed.shop, consent, worker)
    with pytest.raises(KeyFileWorkerError, match="signs with a key file"):
        yes(agreed, "en", pin="4711", purposes=(RESEARCH,))
    with pytest.raises(KeyFileWorkerError):
        set_pin(agreed.shop, "asha", "9999")


def test_r11_what_was_signed_before_another_key_still_holds(agreed):
    before = yes(agreed, "en", pin="4711")
    _, own = key_of("Asha")
    set_key(agreed.shop, "asha", own, Voice("4711"))
    _, next_one = key_of("Asha again")
    set_key(agreed.shop, "asha", next_one, Voice(key=own))
    worker = agreed.catalogue.find_worker("asha")
    assert len(worker.earlier_keys) == 2
    check_spoken(agreed.shop, before, worker)
    with pytest.raises(OtherKeyError):
        yes(agreed, "en", key=own, purposes=(RESEARCH,))
    assert set_key(agreed.shop, "asha", next_one, Voice()) == worker


def test_r11_only_a_key_that_signs_today_makes_way_for_another(agreed):
    _, own = key_of("Asha")
    with pytest.raises(WrongPinError):
        set_key(agreed.shop, "asha", own, Voice("4712"))
    set_key(agreed.shop, "asha", own, Voice("4711"))
    for nothing in (Voice(), Voice("4711"), Voice(key=key_of("Thief")[1])):
        with pytest.raises(OtherKeyError):
            set_key(agreed.shop, "asha", key_of("Thief")[1], nothing)
    assert agreed.catalogue.find_worker("asha").public_key == own.public_key


def test_r11_a_key_that_was_never_registered_signs_nothing(agreed):
    with pytest.raises(OtherKeyError, match="is not that of the worker asha"):
        yes(agreed, "en", key=key_of("Somebody")[1])
    assert agreed.catalogue.consents(agreed.uid("asha")) == []


def test_r11_a_steward_of_the_agreement_witnesses_a_yes(agreed):
    key_file, key = key_of("Union")
    add_steward(agreed.shop, "union", key_file, [AGREEMENT_ID])
    consent = yes(agreed, "en", CONSENTED, key=key, witness="union")
    assert (consent.evidence, consent.witness) == (Evidence.WITNESSED, "union")
    check_spoken(agreed.shop, consent, agreed.catalogue.find_worker("asha"))
    recording = agreed.take_in("asha", "a.mp4")
    agreed.process()
    agreed.release(recording, "4711")
    assert ask(agreed.shop, Action.LICENSE, TRAINING, recording).consent_id == consent.consent_id


def test_r11_only_a_steward_of_that_very_agreement_witnesses_with_their_own_key(agreed):
    key_file, key = key_of("Union")
    steward = add_steward(agreed.shop, "union", key_file, [AGREEMENT_ID])
    agreed.catalogue.add_steward(replace(steward, steward_id="elsewhere", agreements=frozenset({"other"})))
    for witness, opened, error in (
        ("elsewhere", key, RefusedError),
        ("union", key_of("Thief")[1], RefusedError),
        ("nobody", key, UnknownThingError),
        ("union", None, TwoVoicesError),
    ):
        with pytest.raises(error):
            yes(agreed, "en", key=opened, witness=witness)
    assert agreed.catalogue.consents(agreed.uid("asha")) == []


def test_r11_a_witnessed_yes_that_was_changed_is_found(agreed):
    key_file, key = key_of("Union")
    add_steward(agreed.shop, "union", key_file, [AGREEMENT_ID])
    consent = yes(agreed, "en", key=key, witness="union")
    worker = agreed.catalogue.find_worker("asha")
    for changed in (
        replace(consent, purposes=frozenset(Purpose)),
        replace(consent, ends_on=date(2028, 1, 1)),
        replace(consent, witness="other"),
        replace(consent, evidence=Evidence.SIGNED),
    ):
        with pytest.raises(ForgedEvidenceError):
            check_spoken(agreed.shop, changed, worker)


def test_r11_a_licence_believes_a_witness_only_of_that_very_agreement(agreed):
    key_file, key = key_of("Union")
    steward = add_steward(agreed.shop, "union", key_file, [AGREEMENT_ID])
    yes(agreed, "en", CONSENTED, key=key, witness="union")
    recording = agreed.take_in("asha", "a.mp4")
    agreed.process()
    agreed.release(recording, "4711")
    agreed.catalogue.add_steward(replace(steward, agreements=frozenset({"other"})))
    with pytest.raises(ForgedEvidenceError):
        ask(agreed.shop, Action.LICENSE, TRAINING, recording)
