"""Nothing is opened, let alone derived, before a yes (R1); and a yes means what it says (R2, R11)."""

import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tacit.flows.add_agreement import require_agreement
from tacit.flows.add_worker import add_worker, edit_worker
from tacit.flows.give_consent import SaidYes, give_consent, refuse_consent
from tacit.flows.ingest import ingest
from tacit.flows.withdraw_consent import withdraw_consent
from tacit.records.errors import (
    AlreadyThereError,
    BadNameError,
    ControlCharacterError,
    FaultyFileError,
    NoPinError,
    NotRefusableError,
    PurposeNotAgreedError,
    RefusedError,
    SameFootageError,
    UnknownThingError,
    UnreadableVideoError,
    WrongPinError,
)
from tacit.records.ids import new_id
from tacit.records.purposes import Evidence, Purpose
from tacit.rights.evidence import check_evidence
from tacit.words.notice import render_notice

from .conftest import AGREEMENT_ID, CONSENTED, RESEARCH, TODAY, TRAINING

_opened: list[str] = []
sys.addaudithook(lambda event, args: _opened.append(str(args[0])) if event in ("open", "os.open") else None)


def times_opened(path: Path) -> int:
    """How often this process opened a file through Python since the tests began."""
    return sum(name.removeprefix("file:") == str(path) for name in _opened)


def pipe_that_would_hang(path: Path) -> Path:
    """A named pipe that nobody writes to: whoever opens it for reading, in whatever language, waits for ever."""
    os.mkfifo(path)
    return path


def test_file_of_a_worker_without_a_yes_is_never_opened(bench):
    bench.agree()
    add_worker(bench.shop, "ravi", "Ravi", "en")
    film, pipe = bench.film("ravi.mp4"), pipe_that_would_hang(bench.folder / "pipe.mp4")
    before = times_opened(film)
    for path in (film, pipe):
        with pytest.raises(RefusedError) as caught:
            ingest(bench.shop, bench.source(path, "ravi"))
        assert caught.value.rule == "R1"
    assert times_opened(film) == before
    assert bench.catalogue.recordings() == []


def test_the_watch_on_opened_files_sees_what_is_opened(bench):
    bench.agree()
    bench.enrol("asha")
    film = bench.film("asha.mp4")
    before = times_opened(film)
    ingest(bench.shop, bench.source(film, "asha"))
    assert times_opened(film) > before


def test_yes_given_after_filming_does_not_count(bench):
    bench.agree()
    bench.enrol("asha")
    with pytest.raises(RefusedError, match="only after it was filmed"):
        bench.take_in("asha", "early.mp4", CONSENTED - timedelta(seconds=1))


def test_yes_to_another_purpose_does_not_count(bench):
    bench.agree()
    bench.enrol("asha", purposes=[RESEARCH])
    with pytest.raises(RefusedError, match="did not consent to train-robot-skill"):
        bench.take_in("asha", "a.mp4")


def test_every_refusal_is_in_the_log_without_a_word_about_whom(bench):
    bench.agree()
    add_worker(bench.shop, "ravi", "Ravi of the bench", "en")
    with pytest.raises(RefusedError):
        bench.take_in("ravi", "ravi-at-work.mp4")
    (_agreement, entry) = bench.catalogue.log_entries()
    assert (entry["kind"], entry["answer"], entry["action"]) == ("decision", "R1", "derive")
    assert not [word for word in ("ravi", "Ravi", bench.uid("ravi")) if word in str(entry)]


def test_same_file_again_is_the_same_recording(bench):
    bench.agree()
    bench.enrol("asha")
    first = bench.take_in("asha", "a.mp4")
    assert ingest(bench.shop, bench.source(bench.folder / "a.mp4", "asha")) == first
    assert bench.catalogue.recordings() == [first]


def test_r1_same_footage_by_a_second_worker_is_refused(bench):
    bench.agree()
    bench.enrol("asha")
    bench.enrol("meena")
    bench.take_in("asha", "a.mp4")
    with pytest.raises(SameFootageError, match=r"\(R1\)"):
        ingest(bench.shop, bench.source(bench.folder / "a.mp4", "meena"))
    assert len(bench.catalogue.recordings()) == 1


def test_changed_content_is_another_recording(bench):
    bench.agree()
    bench.enrol("asha")
    path = bench.film("a.mp4")
    first = ingest(bench.shop, bench.source(path, "asha"))
    path.write_bytes(bench.film("b.mp4").read_bytes())
    assert ingest(bench.shop, bench.source(path, "asha")).recording_id != first.recording_id


@pytest.mark.parametrize("kind", ["text", "empty", "folder", "missing", "pipe"])
def test_what_is_no_video_is_told_and_not_registered(bench, kind):
    bench.agree()
    bench.enrol("asha")
    path = bench.folder / "odd.mp4"
    makers = {
        "text": lambda: path.write_text("not a video\n" * 50, encoding="utf-8"),
        "empty": path.touch,
        "folder": path.mkdir,
        "missing": lambda: None,
        "pipe": lambda: pipe_that_would_hang(path),
    }
    makers[kind]()
    with pytest.raises(UnreadableVideoError):
        ingest(bench.shop, bench.source(path, "asha"))
    assert bench.catalogue.recordings() == []


def test_unknown_worker_and_agreement_are_named(bench):
    bench.agree()
    with pytest.raises(UnknownThingError, match="worker nobody"):
        bench.take_in("nobody", "a.mp4")
    add_worker(bench.shop, "asha", "Asha", "en")
    source = bench.source(bench.film("a.mp4"), "asha")
    with pytest.raises(UnknownThingError, match="agreement another"):
        ingest(bench.shop, replace(source, agreement_id="another"))


def test_very_same_yes_again_is_harmless(bench):
    bench.agree()
    first = bench.enrol("asha")
    assert bench.say_yes("asha") == first
    assert len(bench.catalogue.consents(bench.uid("asha"))) == 1


def test_signed_yes_holds_under_the_workers_own_key(bench):
    bench.agree()
    consent = bench.enrol("asha", pin="4711")
    worker = bench.catalogue.find_worker("asha")
    assert consent.evidence is Evidence.SIGNED
    check_evidence(consent, worker.public_key)


@pytest.mark.parametrize("pin", ["", "4711"])
def test_yes_names_the_notice_that_was_read_and_its_language(bench, pin):
    bench.agree()
    worker = add_worker(bench.shop, "asha", "Asha", "en", pin)
    read = render_notice(require_agreement(bench.shop, AGREEMENT_ID), "en-IN")
    consent = give_consent(bench.shop, "asha", AGREEMENT_ID, [TRAINING], CONSENTED, SaidYes(read, pin))
    assert (consent.notice_digest, consent.notice_language) == (read.digest, "en")
    assert bench.catalogue.consents(worker.worker_uid) == [consent]


def test_yes_without_a_notice_says_so(bench):
    bench.agree()
    consent = bench.enrol("asha")
    assert (consent.notice_digest, consent.notice_language, consent.evidence) == ("", "", Evidence.DECLARED)


def test_wrong_pin_or_a_pin_that_was_never_set_puts_nothing_down(bench):
    bench.agree()
    add_worker(bench.shop, "asha", "Asha", "en", "4711")
    add_worker(bench.shop, "ravi", "Ravi", "en")
    with pytest.raises(WrongPinError):
        bench.say_yes("asha", "4712")
    with pytest.raises(NoPinError):
        bench.say_yes("ravi", "4711")
    assert not bench.catalogue.consents(bench.uid("asha")) + bench.catalogue.consents(bench.uid("ravi"))


@pytest.mark.parametrize("purposes", [(), (Purpose.TRAIN_PEOPLE,), (TRAINING, Purpose.PLANT_STATISTICS)])
def test_yes_to_what_the_agreement_does_not_name_is_not_taken(bench, purposes):
    bench.agree()
    add_worker(bench.shop, "asha", "Asha", "en")
    with pytest.raises(PurposeNotAgreedError):
        bench.say_yes("asha", purposes=purposes)


def test_worker_who_refuses_leaves_no_trace(bench):
    bench.agree()
    add_worker(bench.shop, "ravi", "Ravi", "en")
    uid = bench.uid("ravi")
    refuse_consent(bench.shop, "ravi")
    assert bench.catalogue.workers() == []
    assert bench.catalogue.find_erasure("ravi") is None
    assert [one["kind"] for one in bench.catalogue.log_entries()] == ["agreement"]
    assert not bench.keys.has_worker_key(uid)
    assert add_worker(bench.shop, "ravi", "Ravi", "en").worker_uid != uid


def test_worker_who_said_yes_cannot_be_forgotten(bench):
    bench.agree()
    bench.enrol("asha")
    with pytest.raises(NotRefusableError):
        refuse_consent(bench.shop, "asha")


def test_worker_again_is_the_same_worker_and_another_under_that_label_is_refused(bench):
    first = add_worker(bench.shop, "asha", "Asha", "en")
    assert add_worker(bench.shop, "asha", "Asha", "en") == first
    for name, language, pin in (("Asha", "hi", ""), ("Another", "en", ""), ("Asha", "en", "4711")):
        with pytest.raises(AlreadyThereError):
            add_worker(bench.shop, "asha", name, language, pin)
    with pytest.raises(BadNameError):
        add_worker(bench.shop, "../asha", "Asha", "en")


def test_footage_outside_the_days_of_the_agreement_is_refused(bench):
    bench.agree()
    bench.enrol("asha")
    bench.clock.moment = TODAY.replace(year=2029)
    with pytest.raises(RefusedError, match="runs from 2026-01-01 to 2028-12-31"):
        bench.take_in("asha", "late.mp4", bench.clock.moment - timedelta(days=1))


@pytest.mark.parametrize("field", ["task", "station"])
def test_control_characters_do_not_reach_the_shop_with_footage(bench, field):
    bench.agree()
    bench.enrol("asha")
    source = replace(bench.source(bench.film("a.mp4"), "asha"), **{field: "move\x1b]0;owned\a"})
    with pytest.raises(ControlCharacterError, match=rf"The {field} holds the control character U\+001B"):
        ingest(bench.shop, source)
    assert bench.catalogue.recordings() == []


@pytest.mark.parametrize(("name", "language"), [("As\nha", "en"), ("Asha", "e\x1bn")])
def test_control_characters_do_not_reach_the_shop_with_a_worker(bench, name, language):
    with pytest.raises(ControlCharacterError):
        add_worker(bench.shop, "asha", name, language)
    assert bench.catalogue.workers() == []
    add_worker(bench.shop, "asha", "Asha", "en")
    with pytest.raises(ControlCharacterError):
        edit_worker(bench.shop, "asha", name, language)
    assert bench.catalogue.find_worker("asha").name == "Asha"


def test_label_that_looks_like_an_account_is_refused(bench):
    uid = new_id("w")
    with pytest.raises(BadNameError, match="not of the form of an account"):
        add_worker(bench.shop, uid, "Asha", "en")
    with pytest.raises(FaultyFileError, match=r'footage\.toml:2: "id" is .* not of the form of an account'):
        bench.run(f'[[worker]]\nid = "{uid}"\n')
    assert bench.catalogue.workers() == []
    for label in ("w-1", uid[:-1], f"{uid}2", f"a{uid}", uid.upper()):
        assert add_worker(bench.shop, label, "Asha", "en").label == label


def test_r1_film_of_somebody_who_left_is_nobody_elses(bench):
    bench.fill("asha", "ravi")
    path = bench.folder / "asha.mp4"
    withdraw_consent(bench.shop, bench.contract, "asha", (), bench.progress)
    with pytest.raises(SameFootageError):
        ingest(bench.shop, bench.source(path, "ravi"))
