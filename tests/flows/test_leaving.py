"""Sealed, then destroyed, and certified (R5): what the law of an agreement asks for after the last no."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tacit.datasets.reader import read_dataset
from tacit.flows.add_worker import add_worker
from tacit.flows.destroy_hold import find_due_holds, warn_of_holds
from tacit.flows.gate import ask
from tacit.flows.issue_certificate import certificate_document, read_certificate, require_certificates
from tacit.flows.open_hold import open_hold
from tacit.flows.originals import destroy_originals, find_changed, find_originals
from tacit.flows.withdraw_consent import finish_withdrawals, withdraw_consent
from tacit.records.certificate import Leaving
from tacit.records.errors import (
    AlteredDocumentError,
    ErasedError,
    FolderThereError,
    ForeignDocumentError,
    RefusedError,
    TamperedError,
    UnknownThingError,
)
from tacit.records.people import Steward
from tacit.records.permit import Action
from tacit.seal.keyfile import new_key_file, unlock_key_file
from tacit.store.catalogue import SqlCatalogue
from tacit.store.keyring import MemoryKeyring
from tacit.store.objects import memory_objects
from tacit.store.vault import ObjectVault

from .conftest import AGREEMENT_ID, CONSENTED, RESEARCH, TRAINING
from .test_withdraw import Counter, Interrupted, Tripwire

YEAR = timedelta(days=365)


def make_key(name="Steward"):
    return unlock_key_file(new_key_file(name, "123456", cost_log2=10), "123456")


@pytest.fixture(scope="module")
def keys():
    return [make_key("One"), make_key("Two")]


@pytest.fixture
def watched(bench, keys):
    """A bench whose agreement, under the law of India, has two stewards."""
    bench.fill("asha", "meena")
    for number, key in enumerate(keys, start=1):
        name = f"steward-{number}"
        one = Steward(name, key.name, key.public_key, key.sealing_key, frozenset({AGREEMENT_ID}), CONSENTED)
        bench.catalogue.add_steward(one)
    return bench


def withdraw(bench, label, *purposes, **options):
    return withdraw_consent(bench.shop, bench.contract, label, purposes, bench.progress, **options)


def finish(bench):
    return finish_withdrawals(bench.shop, bench.contract, bench.progress)


def open_(bench, uid, key, target, steward="steward-1", reason="asked by the authority"):
    return open_hold(bench.shop, uid, steward, key, reason, target)


def assert_held(bench, objects, uid):
    """Everybody but the opening of the hold finds what they would find after an erasure; the objects are there."""
    assert uid not in {worker.worker_uid for worker in bench.catalogue.workers()}
    assert uid not in {recording.worker_uid for recording in bench.catalogue.recordings()}
    assert uid not in {recording.worker_uid for recording, _ in bench.shop.vault.committed()}
    assert bench.catalogue.consents(uid) == []
    assert bench.shop.vault.is_erased(uid)
    assert not bench.keys.has_worker_key(uid)
    assert bench.catalogue.unfinished_erasures() == []
    assert len(objects.list(uid)) == 4


def test_r5_under_the_law_of_india_everything_is_sealed_for_a_year(watched, objects):
    uid, permit = watched.uid("asha"), watched.permit("asha")
    video = next(name for name in watched.shop.vault.list_held(uid) if name.endswith("video.mp4"))
    done = withdraw(watched, "asha")
    hold = watched.catalogue.find_hold(uid)
    assert done.certificate.state is Leaving.SEALED
    assert done.certificate.sealed_until == hold.until == done.certificate.withdrawn_at + YEAR
    assert (hold.agreements, set(hold.halves)) == ((AGREEMENT_ID,), {"steward-1", "steward-2"})
    assert_held(watched, objects, uid)
    with pytest.raises(ErasedError):
        watched.shop.vault.open(permit, video)
    assert watched.catalogue.find_worker("asha") is None
    add_worker(watched.shop, "asha", "Asha", "en")  # the label is free
    assert len(read_dataset(watched.dataset).episodes) == 1


def test_r5_without_a_steward_it_is_destroyed_at_once_and_the_certificate_says_why(bench):
    bench.fill("asha")
    certificate = withdraw(bench, "asha").certificate
    assert (certificate.state, certificate.why_not_sealed) == (Leaving.DESTROYED, "no-steward")
    assert bench.catalogue.holds() == []


def test_r5_a_steward_opens_what_is_sealed_and_it_is_put_down(watched, keys, tmp_path):
    uid = watched.uid("asha")
    withdraw(watched, "asha")
    for steward, key in (("steward-1", keys[0]), ("steward-2", keys[1])):
        target = tmp_path / f"opened-{steward}"
        open_(watched, uid, key, target, steward)
        rows = json.loads((target / "rows.json").read_text(encoding="utf-8"))
        assert rows["workers"][0]["label"] == "asha"
        assert {"consents", "outcomes", "recordings", "releases", "workers"} == set(rows)
        (video,) = target.rglob("video.mp4")
        assert video.read_bytes() == watched.made[0]
    openings = watched.catalogue.hold_openings(uid)
    assert [(one.steward_id, one.reason) for one in openings] == [
        ("steward-1", "asked by the authority"),
        ("steward-2", "asked by the authority"),
    ]
    assert [entry["kind"] for entry in watched.catalogue.log_entries()].count("hold-opened") == 2


def test_r5_neither_half_alone_opens_it(watched, keys, tmp_path):
    uid = watched.uid("asha")
    withdraw(watched, "asha")
    with pytest.raises(RefusedError, match=r"R5.*does not open the half"):
        open_(watched, uid, keys[1], tmp_path / "x")  # the key of another
    with pytest.raises(RefusedError, match=r"R5.*has no half"):
        open_(watched, uid, keys[0], tmp_path / "x", "steward-3")
    with pytest.raises(RefusedError, match=r"R9.*reason"):
        open_(watched, uid, keys[0], tmp_path / "x", reason=" ")
    with pytest.raises(TamperedError):
        watched.keys.join_halves(uid, bytes(32))
    other = MemoryKeyring(bytes(32), "shop-test")  # what a restored shop has that lost its keyring
    with pytest.raises(ErasedError):
        open_hold(replace(watched.shop, keys=other), uid, "steward-1", keys[0], "why", tmp_path / "x")
    assert watched.catalogue.hold_openings(uid) == []
    assert not (tmp_path / "x").exists()


def test_opening_goes_into_a_new_folder_only(watched, keys, tmp_path):
    uid = watched.uid("asha")
    withdraw(watched, "asha")
    (tmp_path / "mine").mkdir()
    with pytest.raises(FolderThereError):
        open_(watched, uid, keys[0], tmp_path / "mine")
    with pytest.raises(UnknownThingError):
        open_(watched, "w-nobody", keys[0], tmp_path / "x")
    assert watched.catalogue.hold_openings(uid) == []


def test_r5_it_is_announced_two_days_before_and_destroyed_after_its_time(watched, objects, keys, tmp_path):
    uid = watched.uid("asha")
    first = withdraw(watched, "asha").certificate
    open_(watched, uid, keys[0], tmp_path / "opened")
    watched.clock.moment = first.sealed_until - timedelta(hours=49)
    assert warn_of_holds(watched.shop) == []
    watched.clock.moment = first.sealed_until - timedelta(hours=47)
    assert [hold.worker_uid for hold in warn_of_holds(watched.shop)] == [uid]
    finish(watched)
    assert find_due_holds(watched.shop) == []
    assert_held(watched, objects, uid)
    watched.clock.moment = first.sealed_until + timedelta(seconds=1)
    finish(watched)
    assert objects.list(uid) == []
    assert not watched.keys.has_half(uid)
    with pytest.raises(ErasedError):
        watched.catalogue.held_rows(uid, lambda sealed, _context: sealed)
    with pytest.raises(RefusedError, match=r"R5.*ended on"):
        open_(watched, uid, keys[0], tmp_path / "late")
    kinds = [entry["kind"] for entry in watched.catalogue.log_entries()]
    assert (kinds.count("hold-warning"), kinds.count("hold-destroyed")) == (1, 1)
    _, last = watched.catalogue.certificates(uid)
    assert (last.state, last.n_objects, last.rows) == (Leaving.DESTROYED, 4, first.rows)
    assert len(last.openings) == 1
    finish(watched)
    assert len(watched.catalogue.certificates(uid)) == 2


def interrupt(bench, limit, work):
    counter = Counter(limit)
    shop = replace(
        bench.shop,
        keys=Tripwire(bench.keys, counter),
        vault=Tripwire(bench.shop.vault, counter),
        catalogue=Tripwire(bench.catalogue, counter),
    )
    work(shop)
    return counter


def test_tripwire_sees_every_step_of_a_sealing(watched):
    steps = interrupt(watched, 99, lambda shop: withdraw_consent(shop, watched.contract, "asha", (), watched.progress))
    assert steps[5:] == [
        "post",
        "append_log",
        "seal_off",
        "split_worker_key",
        "hold_worker",
        "note_erasure",
        "destroy_worker_key",
        "erase_worker",
        "append_log",
        "add_dataset_version",
        "set_certificate",
        "append_log",
        "set_certificate",
    ]


@pytest.mark.parametrize("limit", range(4, 19))
def test_r5_interrupted_sealing_is_finished_and_certified(watched, objects, keys, tmp_path, limit):
    uid = watched.uid("asha")
    with pytest.raises(Interrupted):
        interrupt(watched, limit, lambda shop: withdraw_consent(shop, watched.contract, "asha", (), watched.progress))
    finish(watched)
    assert_held(watched, objects, uid)
    (certificate,) = watched.catalogue.certificates(uid)
    assert (certificate.state, certificate.rows["workers"], certificate.n_objects) == (Leaving.SEALED, 1, 4)
    assert certificate.issued_at is not None
    open_(watched, uid, keys[0], tmp_path / "opened")
    assert (tmp_path / "opened/rows.json").is_file()


@pytest.mark.parametrize("limit", range(1, 10))
def test_r5_interrupted_destruction_is_finished_and_certified(watched, objects, limit):
    uid = watched.uid("asha")
    until = withdraw(watched, "asha").certificate.sealed_until
    watched.clock.moment = until + timedelta(days=1)
    work = lambda shop: finish_withdrawals(shop, watched.contract, watched.progress)  # noqa: E731
    with pytest.raises(Interrupted):
        interrupt(watched, limit, work)
    finish(watched)
    assert objects.list(uid) == []
    assert not watched.keys.has_half(uid)
    assert [one.state for one in watched.catalogue.certificates(uid)] == [Leaving.SEALED, Leaving.DESTROYED]
    assert all(one.issued_at for one in watched.catalogue.certificates(uid))


def test_r5_one_purpose_taken_back_is_certified_and_nothing_is_sealed(watched):
    certificate = withdraw(watched, "asha", RESEARCH).certificate
    assert (certificate.state, certificate.purposes, certificate.leaves) == (Leaving.WITHDRAWN, {RESEARCH}, False)
    assert watched.catalogue.holds() == []
    assert certificate.datasets == ()
    again = withdraw(watched, "asha", TRAINING).certificate
    assert again.state is Leaving.SEALED
    assert [used.version for used in again.datasets] == [2]


def test_certificate_is_signed_and_found_by_account_or_id(bench, tmp_path):
    bench.fill("asha", "meena")
    certificate = withdraw(bench, "asha").certificate
    assert require_certificates(bench.shop, certificate.account) == [certificate]
    assert require_certificates(bench.shop, certificate.certificate_id) == [certificate]
    with pytest.raises(UnknownThingError):
        require_certificates(bench.shop, "w-nobody")
    file = tmp_path / "certificate.json"
    file.write_bytes(certificate_document(bench.shop, certificate))
    body = read_certificate(file, [bench.keys.public_key()])
    assert (body["account"], body["state"], body["rows"]["consents"]) == (certificate.account, "destroyed", 1)
    assert body["text"] == list(certificate.text)
    assert "asha" not in file.read_text(encoding="utf-8")


def test_certificate_of_another_shop_or_a_changed_one_is_told(bench, tmp_path):
    bench.fill("asha")
    file = tmp_path / "certificate.json"
    document = certificate_document(bench.shop, withdraw(bench, "asha").certificate)
    file.write_bytes(document)
    other = MemoryKeyring(bytes(32), "shop-other").public_key()
    with pytest.raises(ForeignDocumentError, match="is not the one expected"):
        read_certificate(file, [other])
    file.write_bytes(document.replace(b'"n_objects":4', b'"n_objects":5'))
    with pytest.raises(AlteredDocumentError, match="was changed since it was signed"):
        read_certificate(file, [bench.keys.public_key()])


def test_every_changed_byte_of_a_certificate_is_found(bench, tmp_path):
    bench.fill("asha")
    file = tmp_path / "certificate.json"
    document = certificate_document(bench.shop, withdraw(bench, "asha").certificate)
    for place in range(0, len(document), 7):
        changed = bytearray(document)
        changed[place] ^= 1
        file.write_bytes(changed)
        with pytest.raises((AlteredDocumentError, ForeignDocumentError)):
            read_certificate(file, [bench.keys.public_key()])


def test_r5_whoever_asks_after_the_no_is_told_no_even_before_anything_is_erased(bench):
    recording = bench.fill("asha", "meena")["asha"]
    with pytest.raises(Interrupted):
        interrupt(bench, 3, lambda shop: withdraw_consent(shop, bench.contract, "asha", (TRAINING,), bench.progress))
    with pytest.raises(Interrupted):
        interrupt(bench, 4, lambda shop: withdraw_consent(shop, bench.contract, "asha", (TRAINING,), bench.progress))
    with pytest.raises(RefusedError, match=r"R1.*withdrew"):
        ask(bench.shop, Action.DERIVE, TRAINING, recording)


def test_issued_certificate_that_was_changed_is_not_handed_out(bench):
    bench.fill("asha")
    certificate = withdraw(bench, "asha").certificate
    with pytest.raises(AlteredDocumentError):
        certificate_document(bench.shop, replace(certificate, n_objects=5))


def test_originals_are_destroyed_on_request_and_counted(bench):
    recordings = bench.fill("asha", "meena")
    done = withdraw(bench, "asha", with_originals=True)
    assert (done.originals, done.certificate.originals, done.certificate.originals_destroyed) == ((), 1, 1)
    assert not (bench.folder / "asha.mp4").exists()
    assert (bench.folder / "meena.mp4").exists()
    assert recordings["asha"].recording_id not in str(bench.catalogue.log_entries())
    assert "original-destroyed" in [entry["kind"] for entry in bench.catalogue.log_entries()]


def test_original_that_is_another_file_by_now_is_left_alone(bench):
    bench.fill("asha", "meena")
    (bench.folder / "asha.mp4").write_bytes(b"somebody's novel")
    films = find_originals(bench.shop)
    assert len(films) == 2
    assert find_changed(bench.shop, films) == {films[0].recording_id}
    done = withdraw(bench, "asha", with_originals=True)
    assert done.originals == (str(bench.folder / "asha.mp4"),)
    assert (bench.folder / "asha.mp4").read_bytes() == b"somebody's novel"


def test_originals_are_listed_with_their_age(bench):
    bench.fill("asha")
    (film,) = find_originals(bench.shop, bench.uid("asha"))
    assert (film.days_old(bench.clock.now()), film.days_max) == (9, 30)
    assert not film.is_over(bench.clock.now())
    assert film.is_over(bench.clock.now() + timedelta(days=30))
    assert destroy_originals(bench.shop, [film]) == [film]
    assert find_originals(bench.shop) == []


def test_r5_two_processes_that_finish_the_same_withdrawal_make_one_hold_and_one_certificate(watched, keys, tmp_path):
    """The second one does all of it between two steps of the first."""
    uid = watched.uid("asha")

    class Meanwhile(Tripwire):
        def __getattr__(self, name):
            found = getattr(self._real, name)
            if name not in self.CHANGING:
                return found

            def call(*arguments):
                result = found(*arguments)
                if not self._counter:
                    self._counter.append(name)
                    finish(watched)
                return result

            return call

    shop = replace(watched.shop, vault=Meanwhile(watched.shop.vault, Counter(0)))  # its first change is to seal off
    done = withdraw_consent(shop, watched.contract, "asha", (), watched.progress)
    assert watched.catalogue.certificates(uid) == [done.certificate]
    assert done.certificate.state is Leaving.SEALED
    assert len(watched.catalogue.holds()) == 1
    open_(watched, uid, keys[0], tmp_path / "opened")


def test_r5_a_yes_is_refused_while_a_leaving_is_unfinished(watched):
    def killed(_shop):
        raise Interrupted("right after the no")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("tacit.flows.withdraw_consent.find_originals", lambda _shop, _uid: killed(_shop))
        with pytest.raises(Interrupted):
            withdraw(watched, "asha")
    watched.clock.moment += timedelta(hours=1)
    with pytest.raises(RefusedError, match="R5") as told:
        watched.say_yes("asha", at=watched.clock.now())
    assert "tacit recover" in str(told.value)
    finish(watched)
    watched.enrol("ravi")
    add_worker(watched.shop, "asha", "Asha", "en")
    assert watched.say_yes("asha", at=watched.clock.now())


def license_both(bench):
    """Signed footage of two workers, in a dataset of each purpose; licences for training, and for both purposes."""
    bench.agree()
    recordings = []
    for label in ("asha", "meena"):
        bench.enrol(label, "4711")
        recordings.append(bench.take_in(label, f"{label}.mp4"))
    bench.process()
    for recording in recordings:
        bench.release(recording, "4711")
    bench.build()
    return bench.license(), bench.license(purposes=frozenset({TRAINING, RESEARCH}))


def test_r5_certificate_of_one_purpose_lists_the_copies_for_that_purpose_alone(bench):
    training, both = license_both(bench)
    withdraw(bench, "meena", TRAINING)  # from now on each licensee is asked to replace what they hold
    certificate = withdraw(bench, "asha", RESEARCH).certificate
    assert [copy.license_id for copy in certificate.copies] == [both.license.license_id]
    certificate = withdraw(bench, "asha").certificate
    assert {copy.license_id for copy in certificate.copies} == {training.license.license_id, both.license.license_id}


def test_r5_a_release_is_for_the_purposes_of_its_licence(bench):
    training, both = license_both(bench)
    done = withdraw(bench, "asha", RESEARCH)
    used = {used.dataset_id: used.problem for used in done.certificate.datasets}
    assert used == {both.version.dataset_id: "licensed"}
    assert training.version.dataset_id not in used


def test_r5_an_old_copy_of_the_shop_beside_it_does_not_touch_what_is_held(watched):
    uid = watched.uid("asha")
    copied = SqlCatalogue("sqlite://", watched.keys)
    copied.add_agreement(watched.catalogue.agreements()[0], "", CONSENTED)
    copied.add_worker(watched.catalogue.find_worker("asha"))
    withdraw(watched, "asha")
    old = replace(watched.shop, catalogue=copied, vault=ObjectVault(memory_objects(), watched.keys))
    finish_withdrawals(old, watched.contract, watched.progress)
    assert old.catalogue.workers() == []
    assert watched.keys.has_half(uid)
    copied.close()
