"""The way out (R5, R7, D5): denied at once, erased, datasets without them, and what is owed stays owed."""

import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from tacit.datasets.check import check_dataset
from tacit.datasets.publish import is_dataset
from tacit.datasets.reader import read_dataset
from tacit.flows.add_agreement import add_agreement
from tacit.flows.add_worker import add_worker
from tacit.flows.build_dataset import Order, build_dataset
from tacit.flows.find_dataset import latest_versions, require_dataset
from tacit.flows.give_consent import SaidYes, give_consent
from tacit.flows.make_statement import find_account, make_statement
from tacit.flows.record_payment import record_payment
from tacit.flows.settle import settle
from tacit.flows.withdraw_consent import finish_withdrawals, withdraw_consent
from tacit.records.certificate import Leaving, UsedDataset
from tacit.records.errors import (
    ClockSetBackError,
    ErasedError,
    NothingToWithdrawError,
    RefusedError,
    UnknownThingError,
    WaitingWithdrawalError,
)
from tacit.records.ledger import Posting, Transaction, worker_account
from tacit.records.money import Money
from tacit.store.catalogue import SqlCatalogue
from tacit.store.objects import memory_objects
from tacit.store.vault import ObjectVault

from .conftest import AGREEMENT_ID, CONSENTED, FILMED, RESEARCH, TODAY, TRAINING


def withdraw(bench, label, *purposes):
    return withdraw_consent(bench.shop, bench.contract, label, purposes, bench.progress)


def finish(bench):
    return finish_withdrawals(bench.shop, bench.contract, bench.progress)


def assert_gone(bench, objects, uid, label):
    """Nothing of a worker is left in the shop but opaque ids."""
    assert bench.catalogue.find_worker(label) is None
    assert uid not in {worker.worker_uid for worker in bench.catalogue.workers()}
    assert bench.catalogue.consents(uid) == []
    assert uid not in {recording.worker_uid for recording in bench.catalogue.recordings()}
    assert objects.list(uid) == []
    assert bench.shop.vault.is_erased(uid)
    assert not bench.keys.has_worker_key(uid)
    assert bench.catalogue.find_erasure(label) is not None


def test_taking_all_back_erases_the_worker_and_makes_the_dataset_anew(bench, objects):
    recordings = bench.fill("asha", "meena")
    uid, permit = bench.uid("asha"), bench.permit("asha")
    outcome = bench.catalogue.find_outcome(recordings["asha"].recording_id)
    done = withdraw(bench, "asha")
    assert (done.purposes, done.erased, done.n_objects, done.account) == ({TRAINING, RESEARCH}, True, 4, uid)
    assert_gone(bench, objects, uid, "asha")
    with pytest.raises(ErasedError):
        bench.shop.vault.open(permit, outcome.video_key)
    (replaced,) = done.replaced
    assert (replaced.path, replaced.found, replaced.version.version) == (str(bench.dataset), True, 2)
    assert not check_dataset(bench.dataset)
    (row,) = read_dataset(bench.dataset).episodes
    assert {line.worker_uid for line in replaced.version.episodes} == {bench.uid("meena")}
    assert row["tasks"] == ["move the block"]
    assert [entry["kind"] for entry in bench.catalogue.log_entries()].count("withdrawal") == 1
    assert uid not in str(bench.catalogue.log_entries())


def test_what_was_earned_stays_owed_under_the_account(bench):
    bench.fill("asha", "meena")
    done = withdraw(bench, "asha")
    account, name, _ = find_account(bench.shop, done.account)
    assert (account, name) == (done.account, done.account)
    statement = make_statement(bench.shop, account)
    # 1 s at 2,400.00 an hour and 0.5 s at 240.00 an hour: 66.67 + 3.33 paise
    assert statement.totals[0].owed == Money("INR", 70)
    assert statement.lines[0].task == ""
    with pytest.raises(UnknownThingError):
        make_statement(bench.shop, "asha")


def test_one_purpose_taken_back_denies_that_one_and_erases_nothing(bench, objects):
    recordings = bench.fill("asha", "meena")
    bench.build(bench.folder / "research", RESEARCH)
    done = withdraw(bench, "asha", TRAINING)
    assert (done.erased, done.n_objects) == (False, 0)
    assert len(objects.list(bench.uid("asha"))) == 4
    assert [replaced.path for replaced in done.replaced] == [str(bench.dataset)]
    assert len(read_dataset(bench.dataset).episodes) == 1
    assert len(read_dataset(bench.folder / "research").episodes) == 2
    assert recordings["asha"].recording_id not in {line.recording_id for line in done.replaced[0].version.episodes}
    with pytest.raises(RefusedError, match="withdrew the consent to train-robot-skill"):
        bench.take_in("asha", "more.mp4")
    with pytest.raises(NothingToWithdrawError):
        withdraw(bench, "asha", TRAINING)
    assert withdraw(bench, "asha", RESEARCH).erased


def test_dataset_of_which_nothing_is_left_is_removed(bench):
    bench.fill("asha")
    (replaced,) = withdraw(bench, "asha").replaced
    assert (replaced.version, replaced.found) == (None, True)
    assert not bench.dataset.exists()
    finish(bench)
    with pytest.raises(UnknownThingError):
        withdraw(bench, "asha")


def test_datasets_without_the_worker_are_left_alone(bench):
    bench.fill("asha", "meena")
    bench.enrol("devi")
    assert withdraw(bench, "devi").replaced == ()
    assert len(bench.catalogue.dataset_versions()) == 1


def test_dataset_that_was_moved_away_is_told(bench):
    bench.fill("asha", "meena")
    bench.dataset.rename(bench.folder / "moved")
    (replaced,) = withdraw(bench, "asha").replaced
    assert (replaced.found, replaced.version) == (False, None)
    assert not bench.dataset.exists()


def test_something_else_where_a_dataset_lay_is_left_alone_and_stops_nothing(bench, objects):
    bench.fill("asha")
    uid = bench.uid("asha")
    shutil.rmtree(bench.dataset)
    bench.dataset.mkdir()
    (bench.dataset / "thesis.txt").write_text("years of work", encoding="utf-8")
    (replaced,) = withdraw(bench, "asha").replaced
    assert (replaced.found, replaced.version) == (False, None)
    finish(bench)
    assert_gone(bench, objects, uid, "asha")
    assert (bench.dataset / "thesis.txt").read_text(encoding="utf-8") == "years of work"


def test_foreign_file_inside_our_dataset_is_kept_and_said_after_the_erasure(bench, objects):
    bench.fill("asha")
    uid = bench.uid("asha")
    (bench.dataset / "notes.txt").write_text("mine", encoding="utf-8")
    (replaced,) = withdraw(bench, "asha").replaced
    assert "notes.txt" in replaced.problem
    assert_gone(bench, objects, uid, "asha")
    (again,) = finish(bench)
    assert again == replaced
    (bench.dataset / "notes.txt").unlink()
    assert finish(bench) == []
    assert not bench.dataset.exists()


def test_withdrawal_of_a_worker_without_footage_needs_no_dataset(bench, objects):
    bench.agree()
    bench.enrol("asha")
    uid = bench.uid("asha")
    done = withdraw(bench, "asha")
    assert (done.erased, done.n_objects, done.replaced) == (True, 0, ())
    assert_gone(bench, objects, uid, "asha")


def test_share_of_a_licence_goes_on_after_the_rows_are_gone(bench):
    bench.fill("asha", "meena", pin="4711")
    granted = bench.license().license
    record_payment(bench.shop, granted.license_id, Money("INR", 500_000), "bank-1")
    done = withdraw(bench, "asha")
    settle(bench.shop)
    assert make_statement(bench.shop, done.account).totals[0].shares == Money("INR", 50_000)
    record_payment(bench.shop, granted.license_id, Money("INR", 500_000), "bank-2")  # the licence runs to its end (M6)
    settle(bench.shop)
    assert make_statement(bench.shop, done.account).totals[0].shares == Money("INR", 100_000)
    assert require_dataset(bench.shop, str(bench.dataset)).version == 2


class Interrupted(BaseException):
    """The power went."""


class Tripwire:
    """Passes every call on, and cuts the power right after a given number of those that change something."""

    CHANGING = frozenset(
        {
            "add_withdrawal",
            "append_log",
            "set_certificate",
            "post",
            "erase",
            "note_erasure",
            "destroy_worker_key",
            "destroy_half",
            "erase_worker",
            "add_dataset_version",
            "split_worker_key",
            "hold_worker",
            "seal_off",
        }
    )

    def __init__(self, real, counter):
        self._real, self._counter = real, counter

    def __getattr__(self, name):
        found = getattr(self._real, name)
        if name not in self.CHANGING:
            return found

        def call(*arguments):
            result = found(*arguments)
            self._counter.append(name)
            if len(self._counter) == self._counter.limit:
                raise Interrupted(name)
            return result

        return call


class Counter(list):
    """The changing calls so far. limit: the one after which the power goes."""

    def __init__(self, limit):
        super().__init__()
        self.limit = limit


def interrupt(bench, limit):
    counter = Counter(limit)
    shop = replace(
        bench.shop,
        keys=Tripwire(bench.keys, counter),
        vault=Tripwire(bench.shop.vault, counter),
        catalogue=Tripwire(bench.catalogue, counter),
    )
    withdraw_consent(shop, bench.contract, "asha", (), bench.progress)
    return counter


def test_tripwire_sees_every_step_of_a_withdrawal(bench):
    bench.fill("asha", "meena")
    assert interrupt(bench, 99) == [
        "add_withdrawal",
        "append_log",
        "set_certificate",
        "set_certificate",
        "set_certificate",
        "post",
        "append_log",
        "erase",
        "note_erasure",
        "destroy_worker_key",
        "erase_worker",
        "append_log",
        "add_dataset_version",
        "set_certificate",
        "append_log",
        "set_certificate",
    ]


@pytest.mark.parametrize("limit", range(1, 17))
def test_interrupted_withdrawal_is_finished_by_whoever_comes_next(bench, objects, limit):
    bench.fill("asha", "meena")
    uid = bench.uid("asha")
    with pytest.raises(Interrupted):
        interrupt(bench, limit)
    if bench.catalogue.withdrawals(uid):
        with pytest.raises((RefusedError, UnknownThingError)):
            bench.take_in("asha", "more.mp4")
        finish(bench)
    else:  # nothing was put down, so the withdrawal did not happen, and is asked for again
        assert limit <= 3
        withdraw(bench, "asha")
    assert_gone(bench, objects, uid, "asha")
    assert bench.catalogue.unfinished_erasures() == []
    assert not check_dataset(bench.dataset)
    (row,) = read_dataset(bench.dataset).episodes
    newest = latest_versions(bench.shop)[require_dataset(bench.shop, str(bench.dataset)).dataset_id]
    assert [line.worker_uid for line in newest.episodes] == [bench.uid("meena")]
    assert make_statement(bench.shop, uid).totals[0].owed == Money("INR", 70)
    assert [entry["kind"] for entry in bench.catalogue.log_entries()].count("withdrawal") == 1
    versions, (certificate,) = bench.catalogue.dataset_versions(), bench.catalogue.certificates(uid)
    assert certificate.issued_at is not None
    assert (certificate.state, certificate.rows["recordings"], certificate.n_objects) == (Leaving.DESTROYED, 1, 4)
    assert certificate.datasets == (UsedDataset(newest.dataset_id, 2),)
    finish(bench)
    assert bench.catalogue.dataset_versions() == versions
    assert bench.catalogue.certificates(uid) == [certificate]
    assert row["length"] == 30


def test_dataset_on_disk_is_without_them_even_where_the_power_went_before_it_was_put_in_place(bench):
    bench.fill("asha", "meena")
    with pytest.raises(Interrupted):
        interrupt(bench, 13)  # right after the new version was put down
    assert len(read_dataset(bench.dataset).episodes) == 2
    finish(bench)
    assert len(read_dataset(bench.dataset).episodes) == 1


def test_finishing_where_nothing_is_unfinished_changes_nothing(bench):
    bench.fill("asha", "meena")
    log, versions = bench.catalogue.log_entries(), bench.catalogue.dataset_versions()
    finish(bench)
    assert (bench.catalogue.log_entries(), bench.catalogue.dataset_versions()) == (log, versions)
    assert is_dataset(bench.dataset)


def test_r1_yes_from_tomorrow_on_is_refused_and_no_withdrawal(bench):
    bench.agree()
    add_worker(bench.shop, "asha", "Asha", "en")
    with pytest.raises(RefusedError, match="yet to come"):
        bench.say_yes("asha", at=TODAY + timedelta(days=1))
    finish(bench)
    assert bench.keys.has_worker_key(bench.uid("asha"))
    assert bench.catalogue.consents(bench.uid("asha")) == []


def test_old_yes_does_not_rise_again_and_a_new_one_counts(bench):
    bench.fill("asha")
    old_uid = bench.uid("asha")
    withdraw(bench, "asha")
    add_worker(bench.shop, "asha", "Asha", "en")
    with pytest.raises(RefusedError, match="only a new one counts"):
        bench.say_yes("asha", at=CONSENTED)
    bench.say_yes("asha", at=bench.clock.now())
    with pytest.raises(RefusedError, match="only after it was filmed"):
        bench.take_in("asha", "old.mp4", FILMED)
    recording = bench.take_in("asha", "new.mp4", bench.clock.now())
    assert recording.worker_uid == bench.uid("asha") != old_uid


def test_key_that_was_lost_is_not_taken_for_an_erasure(bench, objects):
    bench.fill("asha", "meena")
    uid, names = bench.uid("asha"), objects.list()
    bench.keys.destroy_worker_key(uid)  # as if the keyring had been put back from before they enrolled
    finish(bench)
    assert objects.list() == names
    assert bench.catalogue.unfinished_erasures() == [uid]
    assert len(read_dataset(bench.dataset).episodes) == 2
    assert len(bench.catalogue.dataset_versions()) == 1


class WithdrawingMeanwhile:
    """Progress during which a worker withdraws."""

    def __init__(self, bench):
        self._bench = bench
        self._is_done = False

    @contextmanager
    def step(self, _what, _total):
        yield self._tell

    def _tell(self, _done):
        if not self._is_done:
            self._is_done = True
            withdraw(self._bench, "asha", TRAINING)


def test_withdrawal_while_a_dataset_is_built_keeps_it_from_being_published(bench):
    bench.fill("asha", "meena")
    target = bench.dataset.with_name("another")
    order = Order(AGREEMENT_ID, TRAINING, None, target)
    with pytest.raises(RefusedError, match="while the dataset was built"):
        build_dataset(bench.shop, bench.contract, order, WithdrawingMeanwhile(bench))
    assert not is_dataset(target)
    assert len(bench.build(target).version.episodes) == 1


def test_dataset_that_nothing_may_be_in_any_more_is_removed(bench):
    bench.fill("asha")
    withdraw(bench, "asha", TRAINING)
    assert not bench.dataset.exists()
    assert bench.build().version is None


def test_dataset_of_another_shop_is_not_removed(bench):
    bench.fill("asha")
    mark = bench.dataset / "meta/tacit.json"
    mark.write_text(mark.read_text(encoding="utf-8").replace('"dataset": "ds-', '"dataset": "ds-x'), encoding="utf-8")
    withdraw(bench, "asha", TRAINING)
    assert is_dataset(bench.dataset)


def test_faulty_books_about_somebody_else_do_not_stop_an_erasure(bench, objects):
    bench.fill("asha", "meena")
    uid, meena = bench.uid("asha"), worker_account(bench.uid("meena"))
    postings = (Posting("plant:filming", Money("INR", 5)), Posting(meena, Money("INR", -5)))
    bench.catalogue.post(Transaction("filming:x", "filming", "x", TODAY, postings, "no figures"))
    withdraw(bench, "asha")
    assert_gone(bench, objects, uid, "asha")


def test_originals_that_are_still_there_are_named(bench):
    recordings = bench.fill("asha", "meena")
    assert withdraw(bench, "asha").originals == (recordings["asha"].source_path,)


def test_licence_after_a_withdrawal_is_refused_or_for_what_is_left(bench):
    bench.fill("asha", pin="4711")
    withdraw(bench, "asha")
    with pytest.raises((RefusedError, UnknownThingError)):
        bench.license()


def test_old_copy_of_the_shop_brings_nobody_back(bench):
    """The keyring lies outside the shop, so it remembers what a restored shop has forgotten."""
    bench.fill("asha")
    withdraw(bench, "asha")
    catalogue = SqlCatalogue("sqlite://", bench.keys)  # as it was before anybody was in it
    restored = replace(bench.shop, vault=ObjectVault(memory_objects(), bench.keys), catalogue=catalogue)
    add_agreement(restored, bench.catalogue.agreements()[0], "")
    add_worker(restored, "asha", "Asha", "en")
    with pytest.raises(RefusedError, match="R1"):
        give_consent(restored, "asha", AGREEMENT_ID, [TRAINING], CONSENTED, SaidYes(None, ""))
    catalogue.close()


def test_r5_r9_clock_that_was_set_back_stops_everything_but_a_no(bench):
    recordings = bench.fill("asha", "meena")
    bench.clock.moment -= timedelta(hours=5)
    with pytest.raises(ClockSetBackError):
        bench.process()
    with pytest.raises(ClockSetBackError):
        bench.take_in("asha", "b.mp4", FILMED)
    with pytest.raises(WaitingWithdrawalError, match="denied from this moment"):  # what follows the no waits
        withdraw_consent(bench.shop, bench.contract, "asha", (), bench.progress)
    bench.clock.moment += timedelta(hours=6)
    finish_withdrawals(bench.shop, bench.contract, bench.progress)
    assert bench.catalogue.find_worker("asha") is None
    assert bench.build().version is not None
    versions = latest_versions(bench.shop).values()
    left = {line.recording_id for version in versions for line in version.episodes}
    assert left == {recordings["meena"].recording_id}
