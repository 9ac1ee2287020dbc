"""What happens to a licence after it was granted: use, its end, a withdrawal, and what its licensee is told."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from tacit.datasets.check import check_dataset
from tacit.datasets.publish import find_dataset_id
from tacit.flows import issue_certificate
from tacit.flows.check_release import check_release
from tacit.flows.cut_recording import cut_recording
from tacit.flows.list_licenses import list_licenses
from tacit.flows.make_statement import make_statement
from tacit.flows.outbox import mark_sent, notify_licensees, require_notice, write_notice
from tacit.flows.record_payment import record_payment
from tacit.flows.replace_release import replace_release
from tacit.flows.revoke_license import revoke_license
from tacit.flows.settle import settle
from tacit.flows.use_license import use_license
from tacit.flows.withdraw_consent import finish_withdrawals, withdraw_consent
from tacit.records.errors import (
    AlteredRecordError,
    ControlCharacterError,
    FileThereError,
    LicenseOverError,
    NoReleaseError,
    RefusedError,
    UnknownThingError,
)
from tacit.records.license import LicenseEventKind, LicenseState, NoticeKind
from tacit.records.money import Money
from tacit.seal.document import verify_document
from tacit.words.license_text import notice_in_words

from .conftest import RESEARCH, TODAY, TRAINING

PIN = "4711"


@pytest.fixture
def licensed(bench):
    """Two workers whose dataset a lab took a licence of, and that licence."""
    bench.fill("asha", "meena", pin=PIN)
    return bench, bench.license()


def use(bench, granted, purpose=TRAINING, territory="DE", on=None):
    return use_license(bench.shop, granted.license.license_id, purpose, territory, on)


def leave(bench, label, *purposes):
    """A worker withdraws, and licensees are told, as the command does it."""
    withdraw_consent(bench.shop, bench.contract, label, purposes, bench.progress)
    return notify_licensees(bench.shop, {version.dataset_id for version in bench.catalogue.dataset_versions()})


def renew(bench, granted, target=None):
    return replace_release(bench.shop, bench.contract, granted.license.license_id, bench.progress, target)


def kinds(bench):
    return [event.kind for event in bench.catalogue.license_events()]


def logged(bench, granted):
    subject = bench.keys.mac("log-subject", granted.license.license_id.encode()).hex()
    return [entry["kind"] for entry in bench.catalogue.log_entries() if entry["subject"] == subject]


def test_r8_use_inside_the_licence_is_recorded(licensed):
    bench, granted = licensed
    event = use(bench, granted)
    assert (event.kind, event.purpose, event.territory) == (LicenseEventKind.USED, "train-robot-skill", "DE")
    assert bench.catalogue.license_events(granted.license.license_id) == [event]
    assert logged(bench, granted) == ["license", "license-used"]


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"purpose": RESEARCH}, "is for train-robot-skill, and not for research"),
        ({"territory": "IN"}, "is good in EU, and not in IN"),
        ({"on": date(2027, 7, 1)}, "ended on 2027-06-30"),
        ({"on": date(2026, 3, 11)}, "was granted on 2026-03-12; 2026-03-11 lies before that"),
    ],
)
def test_r8_use_outside_the_licence_is_refused_and_recorded(licensed, asked, sentence):
    bench, granted = licensed
    with pytest.raises(RefusedError, match=f"Refused by R8: the licence lic-.* {sentence}"):
        use(bench, granted, **asked)
    (event,) = bench.catalogue.license_events()
    assert event.kind is LicenseEventKind.REFUSED
    assert sentence in event.reason
    assert logged(bench, granted) == ["license", "license-use-refused"]


def test_r12_use_under_a_paused_agreement_is_refused_and_recorded(licensed, monkeypatch):
    bench, granted = licensed
    with monkeypatch.context() as patch:
        patch.setattr("tacit.flows.use_license.is_paused", lambda _shop, _agreement: True)
        with pytest.raises(RefusedError, match="R12"):
            use(bench, granted)
    assert kinds(bench) == [LicenseEventKind.REFUSED]
    use(bench, granted)


def test_r8_use_of_a_licence_that_was_altered_is_damage(licensed):
    bench, granted = licensed
    with bench.catalogue._database.writing() as connection:
        connection.execute(text("UPDATE licenses SET body = replace(body, '\"EU\"', '\"IN\"')"))
    with pytest.raises(AlteredRecordError):
        use(bench, granted)
    assert kinds(bench) == []


def test_r8_revoked_licence_opens_nothing_and_its_licensee_is_told(licensed):
    bench, granted = licensed
    notice = revoke_license(bench.shop, granted.license.license_id, "they lent it on")
    assert (notice.kind, notice.licensee, notice.version) == (NoticeKind.REVOKED, "Hand Lab", 1)
    assert "lent it on" not in notice_in_words(notice, "key")
    with pytest.raises(RefusedError, match=r"R8: the licence lic-.* was revoked"):
        use(bench, granted)
    with pytest.raises(RefusedError, match=r"R8: the licence lic-.* was revoked"):
        check_release(Path(granted.version.path), "", TODAY.date(), bench.shop)
    with pytest.raises(LicenseOverError, match="is revoked"):
        revoke_license(bench.shop, granted.license.license_id, "again")
    assert [one.state for one in list_licenses(bench.shop)] == [LicenseState.REVOKED]
    assert len(bench.catalogue.license_notices()) == 1


def test_same_terms_after_a_revocation_give_another_licence(licensed):
    bench, granted = licensed
    revoke_license(bench.shop, granted.license.license_id, "by mistake")
    again = bench.license()
    assert again.is_new
    assert again.license.license_id != granted.license.license_id
    use(bench, again)


def test_reason_of_a_revocation_is_one_line_and_lies_sealed(licensed):
    bench, granted = licensed
    with pytest.raises(ControlCharacterError):
        revoke_license(bench.shop, granted.license.license_id, "two\nlines")
    revoke_license(bench.shop, granted.license.license_id, "meena said so")
    with bench.catalogue._database.reading() as connection:
        bodies = connection.execute(text("SELECT body_sealed FROM license_events")).scalars().all()
    assert bodies
    assert not [body for body in bodies if b"meena" in body]
    assert bench.catalogue.license_events()[0].reason == "meena said so"


def test_m6_what_was_paid_on_a_revoked_licence_is_shared_and_more_can_come_in(licensed):
    bench, granted = licensed
    record_payment(bench.shop, granted.license.license_id, Money("INR", 400_000), "bank-1")
    revoke_license(bench.shop, granted.license.license_id, "breach")
    record_payment(bench.shop, granted.license.license_id, Money("INR", 600_000), "bank-2")
    settle(bench.shop)
    assert make_statement(bench.shop, bench.uid("asha")).totals[0].shares == Money("INR", 100_000)


def test_licence_ends_with_its_last_day(licensed):
    bench, granted = licensed
    bench.clock.moment += timedelta(days=(date(2027, 6, 30) - TODAY.date()).days)
    assert [one.state for one in list_licenses(bench.shop)] == [LicenseState.RUNNING]
    bench.clock.moment += timedelta(days=1)
    assert [one.state for one in list_licenses(bench.shop)] == [LicenseState.ENDED]
    for deed in (lambda: revoke_license(bench.shop, granted.license.license_id, "late"), lambda: renew(bench, granted)):
        with pytest.raises(LicenseOverError, match="is ended"):
            deed()


def test_r5_licensees_of_withdrawn_footage_are_told_once_and_of_no_person(licensed):
    bench, granted = licensed
    uid = bench.uid("asha")
    (notice,) = leave(bench, "asha")
    assert (notice.kind, notice.license_id) == (NoticeKind.WITHDRAWN_FOOTAGE, granted.license.license_id)
    assert (notice.dataset_id, notice.version) == (granted.version.dataset_id, 1)
    words = notice_in_words(notice, bench.keys.public_key()) + repr(notice)
    assert not [
        name for name in (uid, "asha", *(r.recording_id for r in bench.catalogue.recordings())) if name in words
    ]
    mark_sent(bench.shop, notice.notice_id)
    bench.enrol("devi", PIN)
    again = leave(bench, "meena")  # another one leaves, and the notice does not tell
    assert [one.notice_id for one in again] == [notice.notice_id]
    assert len(bench.catalogue.license_notices()) == 1


def test_r5_licensee_of_footage_withdrawn_before_there_were_notices_is_told_by_the_next_command(licensed, monkeypatch):
    bench, granted = licensed
    with monkeypatch.context() as older:
        older.setattr(issue_certificate, "notify_licensees", lambda *_: [])
        withdraw_consent(bench.shop, bench.contract, "asha", (), bench.progress)
    assert bench.catalogue.license_notices() == []
    for _ in range(2):
        finish_withdrawals(bench.shop, bench.contract, bench.progress)
        (notice,) = bench.catalogue.license_notices()
        assert (notice.kind, notice.license_id) == (NoticeKind.WITHDRAWN_FOOTAGE, granted.license.license_id)


def test_r5_nothing_is_written_where_no_licensee_is_to_be_told(licensed, monkeypatch):
    bench, _granted = licensed
    monkeypatch.setattr(bench.catalogue, "transaction", lambda: pytest.fail("somebody writes"))
    finish_withdrawals(bench.shop, bench.contract, bench.progress)
    assert bench.catalogue.license_notices() == []


def test_r8_no_day_that_is_named_opens_a_licence_that_is_over(licensed):
    bench, granted = licensed
    day_before = bench.clock.now().date()
    bench.clock.moment += timedelta(days=1)
    assert use(bench, granted, on=day_before).kind is LicenseEventKind.USED  # a use that is put down a day later
    revoke_license(bench.shop, granted.license.license_id, "breach")
    with pytest.raises(RefusedError, match=r"R8: the licence lic-.* was revoked"):
        use(bench, granted, on=day_before)


def test_r8_no_earlier_day_opens_a_licence_that_ended(licensed):
    bench, granted = licensed
    day = bench.clock.now().date()
    bench.clock.moment = TODAY.replace(year=2027, month=7, day=1)
    with pytest.raises(RefusedError, match=r"R8: the licence lic-.* ended on 2027-06-30"):
        use(bench, granted, on=day)


def test_r5_licensee_of_another_purpose_or_without_their_footage_is_not_told(bench):
    bench.fill("asha", "meena", pin=PIN)
    bench.license()
    assert leave(bench, "asha", RESEARCH) == []
    assert [one.kind for one in leave(bench, "asha", TRAINING)] == [NoticeKind.WITHDRAWN_FOOTAGE]


def test_r5_licensee_whose_licence_is_over_is_not_told(licensed):
    bench, granted = licensed
    revoke_license(bench.shop, granted.license.license_id, "breach")
    assert leave(bench, "asha") == []


def test_m6_licence_runs_on_after_a_withdrawal(licensed):
    bench, granted = licensed
    leave(bench, "asha")
    use(bench, granted)
    assert [one.state for one in list_licenses(bench.shop)] == [LicenseState.RUNNING]


def test_r5_release_made_anew_is_without_who_withdrew_on_the_same_terms(licensed):
    bench, granted = licensed
    uid = bench.uid("asha")
    leave(bench, "asha")
    done = renew(bench, granted)
    assert (done.version.version, done.version.release_of) == (2, granted.version.release_of)
    assert {line.worker_uid for line in done.version.episodes} == {bench.uid("meena")}
    folder = Path(done.version.path)
    assert folder == Path(granted.version.path)
    assert not check_dataset(folder)
    checked = check_release(folder, bench.keys.public_key(), TODAY.date(), bench.shop)
    assert (checked.manifest.version, checked.license.license_id) == (2, granted.license.license_id)
    assert "In its place lies version 2" in (folder / "LICENSE.txt").read_text()
    assert done.notice.kind is NoticeKind.REPLACED
    assert (done.notice.version, done.notice.new_version) == (1, 2)
    assert bench.catalogue.licenses() == [granted.license]
    record_payment(bench.shop, granted.license.license_id, Money("INR", 1_000_000), "bank-1")
    settle(bench.shop)  # M6: by the table of the version that was licensed
    assert make_statement(bench.shop, uid).totals[0].shares == Money("INR", 100_000)


def test_release_of_which_nothing_was_withdrawn_stays_as_it_is(licensed):
    bench, granted = licensed
    before = {path: path.stat().st_mtime_ns for path in Path(granted.version.path).rglob("*")}
    done = renew(bench, granted)
    assert (done.version.version, done.notice) == (1, None)
    assert {path: path.stat().st_mtime_ns for path in Path(granted.version.path).rglob("*")} == before
    assert kinds(bench) == []


def test_release_is_never_given_more_than_it_had(licensed):
    bench, granted = licensed
    bench.enrol("devi", PIN)
    recording = bench.take_in("devi", "d.mp4")
    bench.process()
    bench.release(recording, PIN)
    bench.build()
    leave(bench, "asha")
    assert {line.worker_uid for line in renew(bench, granted).version.episodes} == {bench.uid("meena")}


def test_r5_release_of_which_nothing_is_left_goes_and_its_licensee_is_told(licensed):
    bench, granted = licensed
    leave(bench, "asha")
    leave(bench, "meena")
    done = renew(bench, granted)
    assert done.version is None
    assert not Path(granted.version.path).exists()
    assert "nothing takes its place" in " ".join(notice_in_words(done.notice, "key").split())
    assert [one.held for one in list_licenses(bench.shop)] == [None]
    with pytest.raises(NoReleaseError, match="nothing is left"):
        renew(bench, granted)


def test_r5_release_made_anew_elsewhere_leaves_no_older_copy_with_us(licensed, tmp_path):
    bench, granted = licensed
    leave(bench, "asha")
    done = renew(bench, granted, tmp_path / "elsewhere")
    assert not Path(granted.version.path).exists()
    assert find_dataset_id(Path(done.version.path)) == granted.version.dataset_id


def test_lost_release_is_made_again_and_nobody_needs_to_be_told(licensed, tmp_path):
    bench, granted = licensed
    Path(granted.version.path).rename(tmp_path / "carried away")
    done = renew(bench, granted)
    assert (done.version.version, done.version.digest, done.notice) == (2, granted.version.digest, None)
    check_release(Path(done.version.path), bench.keys.public_key(), TODAY.date(), bench.shop)


class Cut(BaseException):
    """The power went."""


def test_replacement_that_was_cut_short_after_the_folder_is_finished_by_the_next_one(licensed, monkeypatch):
    bench, granted = licensed
    leave(bench, "asha")

    def publish_and_cut(built, target):
        from tacit.datasets.publish import publish

        publish(built, target)
        raise Cut

    with monkeypatch.context() as patch:
        patch.setattr("tacit.flows.build_dataset.publish", publish_and_cut)
        with pytest.raises(Cut):
            renew(bench, granted)
    assert kinds(bench) == []
    done = renew(bench, granted)
    assert (done.version.version, done.notice.new_version) == (2, 2)
    assert kinds(bench) == [LicenseEventKind.REPLACED]
    assert renew(bench, granted).notice is None


def test_r12_paused_agreement_takes_nothing_from_a_licensee(licensed, monkeypatch):
    bench, granted = licensed
    monkeypatch.setattr("tacit.flows.replace_release.is_paused", lambda _shop, _agreement: True)
    with pytest.raises(RefusedError, match="R12"):
        renew(bench, granted)
    assert Path(granted.version.path).exists()


def test_notice_is_sent_once_and_written_as_a_signed_document(licensed, tmp_path):
    bench, granted = licensed
    notice = revoke_license(bench.shop, granted.license.license_id, "breach")
    write_notice(bench.shop, notice, tmp_path / "notice.json")
    content = (tmp_path / "notice.json").read_bytes()
    body = verify_document(content, "notice", "tacit license notice 1", [bench.keys.public_key()])
    assert (body["license_id"], body["kind"]) == (granted.license.license_id, "revoked")
    assert b"breach" not in content
    with pytest.raises(FileThereError):
        write_notice(bench.shop, notice, tmp_path / "notice.json")
    first = mark_sent(bench.shop, notice.notice_id)
    assert first.sent_at is not None
    assert mark_sent(bench.shop, notice.notice_id) == first == require_notice(bench.shop, notice.notice_id)
    assert logged(bench, granted)[-1:] == ["license-notice-sent"]


def test_unknown_licence_and_notice_are_named(bench):
    with pytest.raises(UnknownThingError, match="licence lic-x"):
        use_license(bench.shop, "lic-x", TRAINING, "DE")
    with pytest.raises(UnknownThingError, match="licence lic-x"):
        revoke_license(bench.shop, "lic-x", "why")
    with pytest.raises(UnknownThingError, match="notice note-x"):
        mark_sent(bench.shop, "note-x")


def test_r4_licensee_is_told_to_replace_what_a_worker_had_cut_since(licensed):
    bench, granted = licensed
    recording_id = granted.version.episodes[0].recording_id
    cut_recording(bench.shop, bench.contract, recording_id, 0.2, 0.4)
    told = [notice for notice in bench.catalogue.license_notices() if notice.license_id == granted.license.license_id]
    assert [(notice.kind, notice.version) for notice in told] == [(NoticeKind.WITHDRAWN_FOOTAGE, 1)]
    cut_recording(bench.shop, bench.contract, recording_id, 0.5, 0.6)
    assert len(bench.catalogue.license_notices()) == 1
