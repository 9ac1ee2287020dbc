"""What every catalogue has to do, whichever database is behind it."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from tacit.records.errors import (
    AlreadyThereError,
    CatalogueDamageError,
    ErasedError,
    LedgerConflictError,
    LogDamageError,
    NotCanonicalError,
    UnbalancedError,
)
from tacit.records.ledger import Posting, Transaction
from tacit.records.money import Money
from tacit.records.people import Worker
from tacit.seal.canonical import canonical_json
from tacit.seal.merkle import EMPTY_ROOT, leaf_hash, node_hash
from tacit.store.catalogue import SqlCatalogue
from tacit.store.keyring import MemoryKeyring

MOMENT = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def fill(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    catalogue.add_agreement(shop.agreement, "id = 'a-1'", MOMENT)
    for worker in shop.workers:
        catalogue.add_worker(worker)
    for consent in shop.consents:
        catalogue.add_consent(consent)
    catalogue.add_withdrawal(shop.withdrawal)
    for recording in shop.recordings:
        catalogue.add_recording(recording)
    for outcome in shop.outcomes:
        catalogue.set_outcome(outcome, None)
    for release in shop.releases:
        catalogue.add_release(release)
    for marking in shop.markings:
        catalogue.add_mark(marking)
    catalogue.add_dataset_version(shop.dataset)
    catalogue.add_license(shop.license)


def transfer(transaction_id: str = "t-1", amount_minor: int = 5, currency: str = "INR") -> Transaction:
    postings = (
        Posting("plant:filming", Money(currency, amount_minor)),
        Posting("worker:w-1", Money(currency, -amount_minor)),
    )
    return Transaction(transaction_id, "filming", "r-1", MOMENT, postings, "25 s x 2,500.00 INR per hour")


def test_everything_put_down_comes_back_as_it_was(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    assert catalogue.agreements() == [shop.agreement]
    assert catalogue.agreement_versions("a-1")[-1] == shop.agreement
    assert catalogue.workers() == shop.workers
    assert catalogue.find_worker("second-label") == shop.workers[1]
    assert catalogue.consents("w-1") == shop.consents[:1]
    assert catalogue.withdrawals("w-1") == [shop.withdrawal]
    placed = [replace(recording, position=n) for n, recording in enumerate(shop.recordings)]
    assert catalogue.recordings() == placed
    assert catalogue.find_recording("r-2") == placed[1]
    assert catalogue.find_recording_by_content("02" * 32) == placed[1]
    assert [catalogue.find_outcome(f"r-{n}") for n in (1, 2)] == shop.outcomes
    assert catalogue.find_release("r-1") == shop.releases[0]
    assert [catalogue.markings(f"r-{n}") for n in (1, 2)] == [[marking] for marking in shop.markings]
    assert catalogue.dataset_versions() == [shop.dataset]
    assert catalogue.licenses() == [shop.license]
    assert catalogue.find_license("l-1") == shop.license


def test_what_is_not_there_is_none(catalogue: SqlCatalogue) -> None:
    assert catalogue.agreement_versions("a-9") == []
    assert catalogue.find_worker("nobody") is None
    assert catalogue.find_recording("r-9") is None
    assert catalogue.find_recording_by_content("00") is None
    assert catalogue.find_outcome("r-9") is None
    assert catalogue.find_release("r-9") is None
    assert catalogue.find_license("l-9") is None
    assert catalogue.consents("w-9") == []
    assert catalogue.withdrawals("w-9") == []
    assert catalogue.markings("r-9") == []


def test_adding_the_same_again_is_harmless(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    fill(catalogue, shop)
    assert len(catalogue.workers()) == len(catalogue.recordings()) == 2
    assert len(catalogue.dataset_versions()) == len(catalogue.licenses()) == len(catalogue.agreements()) == 1
    assert len(catalogue.consents("w-1")) == len(catalogue.withdrawals("w-1")) == 1


def test_other_contents_under_a_taken_id_are_refused(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    others = [
        lambda: catalogue.add_agreement(replace(shop.agreement, review_hold_h=0), "", MOMENT),
        lambda: catalogue.add_worker(replace(shop.workers[0], name="Another")),
        lambda: catalogue.add_worker(replace(shop.workers[0], worker_uid="w-3")),
        lambda: catalogue.add_consent(replace(shop.consents[0], notice_language="en")),
        lambda: catalogue.add_withdrawal(replace(shop.withdrawal, withdrawn_at=MOMENT)),
        lambda: catalogue.add_release(replace(shop.releases[0], released_at=MOMENT)),
        lambda: catalogue.add_mark(replace(shop.markings[0], note="another")),
        lambda: catalogue.add_dataset_version(replace(shop.dataset, digest="")),
        lambda: catalogue.add_license(replace(shop.license, licensee="another lab")),
    ]
    for add in others:
        with pytest.raises(AlreadyThereError):
            add()
    assert catalogue.workers() == shop.workers
    assert catalogue.dataset_versions() == [shop.dataset]


def test_registering_a_recording_again_corrects_what_was_declared_and_keeps_its_place(
    catalogue: SqlCatalogue, shop: SimpleNamespace
) -> None:
    fill(catalogue, shop)
    corrected = replace(shop.recordings[1], task="another task", position=1)
    assert catalogue.add_recording(replace(corrected, position=99)) == corrected
    assert catalogue.find_recording(corrected.recording_id) == corrected
    assert len(catalogue.recordings()) == len(shop.recordings)


def test_later_outcome_replaces_an_earlier_one(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    later = replace(shop.outcomes[0], unit_id="u-9", stretches=())
    catalogue.set_outcome(later, None)
    assert catalogue.find_outcome("r-1") == later


def test_outcome_without_its_recording_is_damage(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    with pytest.raises(CatalogueDamageError):
        catalogue.set_outcome(shop.outcomes[0], None)


def test_row_that_names_what_is_not_there_is_damage_and_tells_no_values(
    catalogue: SqlCatalogue, shop: SimpleNamespace
) -> None:
    with pytest.raises(CatalogueDamageError) as caught:
        catalogue.add_consent(shop.consents[0])
    assert "c-1" not in str(caught.value)


def test_worker_without_a_key_cannot_be_added(catalogue: SqlCatalogue) -> None:
    with pytest.raises(ErasedError):
        catalogue.add_worker(Worker("w-unknown", "label", "", "en", "", ""))


def test_moments_come_back_as_the_same_moment_in_utc(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    india = timezone(timedelta(hours=5, minutes=30))
    transaction = replace(transfer(), booked_at=datetime(2026, 11, 20, 15, 30, tzinfo=india))
    catalogue.post(transaction)
    booked_at = catalogue.transactions()[0].booked_at
    assert booked_at == MOMENT
    assert booked_at.utcoffset() == timedelta(0)


def test_failed_transaction_leaves_nothing(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    def enrol_and_fail() -> None:
        with catalogue.transaction():
            catalogue.add_agreement(shop.agreement, "", MOMENT)
            catalogue.add_worker(shop.workers[0])
            catalogue.append_log([{"kind": "enrolled"}])
            assert catalogue.find_worker("first-label") == shop.workers[0]
            catalogue.post(replace(transfer(), postings=(Posting("cash", Money("INR", 1)),)))

    with pytest.raises(UnbalancedError):
        enrol_and_fail()
    assert catalogue.agreements() == []
    assert catalogue.workers() == []
    assert catalogue.log_root()[0] == 0


def test_transaction_inside_a_transaction_belongs_to_the_outer_one(
    catalogue: SqlCatalogue, shop: SimpleNamespace
) -> None:
    def add_and_fail() -> None:
        with catalogue.transaction():
            with catalogue.transaction():
                catalogue.add_agreement(shop.agreement, "", MOMENT)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        add_and_fail()
    assert catalogue.agreements() == []


# --- ledger ----------------------------------------------------------------------------------------------------------


def test_booking_twice_is_harmless(catalogue: SqlCatalogue) -> None:
    assert catalogue.post(transfer())
    assert not catalogue.post(replace(transfer(), booked_at=datetime(2027, 1, 1, tzinfo=UTC)))
    assert catalogue.transactions() == [transfer()]


def test_booked_id_with_other_postings_is_a_conflict(catalogue: SqlCatalogue) -> None:
    catalogue.post(transfer())
    for other in (transfer(amount_minor=6), transfer(currency="EUR"), replace(transfer(), subject="r-2")):
        with pytest.raises(LedgerConflictError):
            catalogue.post(other)
    assert catalogue.transactions() == [transfer()]


def test_unbalanced_transaction_is_not_booked(catalogue: SqlCatalogue) -> None:
    mixed = (Posting("cash", Money("INR", 5)), Posting("plant", Money("EUR", -5)))
    with pytest.raises(UnbalancedError):
        catalogue.post(replace(transfer(), postings=mixed))
    assert catalogue.transactions() == []


def test_amounts_beyond_32_bits_are_exact(catalogue: SqlCatalogue) -> None:
    catalogue.post(transfer(amount_minor=2**62 + 1))
    assert catalogue.transactions()[0].postings[0].amount.amount_minor == 2**62 + 1


def test_transactions_keep_the_order_of_booking(catalogue: SqlCatalogue) -> None:
    for name in ("t-3", "t-1", "t-2"):
        catalogue.post(transfer(name))
    assert [transaction.transaction_id for transaction in catalogue.transactions()] == ["t-3", "t-1", "t-2"]


def test_books_changed_behind_our_back_are_not_read(catalogue: SqlCatalogue) -> None:
    catalogue.post(transfer())
    with catalogue._database.writing() as connection:
        connection.execute(text("UPDATE postings SET amount_minor = amount_minor + 1 WHERE line = 0"))
    with pytest.raises(UnbalancedError):
        catalogue.transactions()


# --- log -------------------------------------------------------------------------------------------------------------


def test_empty_log_has_the_empty_root(catalogue: SqlCatalogue) -> None:
    assert catalogue.log_root() == (0, EMPTY_ROOT.hex())
    assert catalogue.append_log([]) == 0
    assert catalogue.log_entries() == []


def test_log_root_is_that_of_the_entries(catalogue: SqlCatalogue) -> None:
    entries = [{"kind": "decided", "n": n} for n in range(3)]
    assert catalogue.append_log(entries[:1]) == 1
    assert catalogue.append_log(entries[1:]) == 3
    leaves = [leaf_hash(canonical_json(entry)) for entry in entries]
    assert catalogue.log_root() == (3, node_hash(node_hash(leaves[0], leaves[1]), leaves[2]).hex())
    assert catalogue.log_entries() == entries


def test_batches_of_any_size_give_the_same_root(catalogue: SqlCatalogue, memory_keys: MemoryKeyring) -> None:
    entries = [{"n": n} for n in range(37)]
    start = 0
    for size in (1, 2, 5, 8, 1, 13, 7):
        catalogue.append_log(entries[start : start + size])
        start += size
    at_once = SqlCatalogue("sqlite://", memory_keys)
    at_once.append_log(entries)
    assert catalogue.log_root() == at_once.log_root()
    at_once.close()


def test_entry_without_canonical_form_appends_nothing(catalogue: SqlCatalogue) -> None:
    with pytest.raises(NotCanonicalError):
        catalogue.append_log([{"n": 1}, {"n": 0.5}])
    assert catalogue.log_root()[0] == 0


@pytest.mark.parametrize(
    "damage",
    [
        """UPDATE log_entries SET body = '{"n":7}' WHERE entry_index = 2""",
        "UPDATE log_nodes SET hash = (SELECT hash FROM log_nodes WHERE level = 0 AND node_index = 1) WHERE level = 2",
        "DELETE FROM log_entries WHERE entry_index = 4",
        "DELETE FROM log_nodes WHERE level = 2",
    ],
)
def test_changed_log_is_found(catalogue: SqlCatalogue, damage: str) -> None:
    catalogue.append_log([{"n": n} for n in range(5)])
    with catalogue._database.writing() as connection:
        connection.execute(text(damage.replace(":7", r"\:7")))
    with pytest.raises(LogDamageError):
        catalogue.log_entries()


def test_threads_that_append_at_once_lose_nothing(catalogue: SqlCatalogue) -> None:
    if catalogue._database.is_in_memory:
        pytest.skip("threads share the one connection of a database in memory")

    def append(writer: int) -> None:
        for n in range(10):
            catalogue.append_log([{"writer": writer, "n": n}])

    threads = [threading.Thread(target=append, args=(writer,)) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    entries = catalogue.log_entries()
    assert len(entries) == 40
    for writer in range(4):
        assert [entry["n"] for entry in entries if entry["writer"] == writer] == list(range(10))


# --- marks -----------------------------------------------------------------------------------------------------------


def test_marks_keep_the_order_drawn_and_go_one_by_one(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    first = shop.markings[0]
    more = [replace(first, mark=replace(first.mark, mark_id=mark_id)) for mark_id in ("m-b", "m-a")]
    for marking in more:
        catalogue.add_mark(marking)
    assert catalogue.markings("r-1") == [first, *more]
    for _ in range(2):
        catalogue.remove_mark("m-b")
        assert catalogue.markings("r-1") == [first, more[1]]
    assert catalogue.markings("r-2") == shop.markings[1:]


# --- erasure ---------------------------------------------------------------------------------------------------------


def test_erased_worker_is_not_there_for_any_question(
    catalogue: SqlCatalogue, shop: SimpleNamespace, memory_keys: MemoryKeyring
) -> None:
    fill(catalogue, shop)
    catalogue.post(transfer())
    memory_keys.destroy_worker_key("w-1")
    for _ in range(2):  # with the key gone alone, and then with the rows gone too
        assert catalogue.workers() == shop.workers[1:]
        assert catalogue.find_worker("first-label") is None
        assert catalogue.consents("w-1") == []
        assert [recording.recording_id for recording in catalogue.recordings()] == ["r-2"]
        assert catalogue.find_recording("r-1") is None
        assert catalogue.find_recording_by_content("01" * 32) is None
        assert catalogue.find_outcome("r-1") is None
        assert catalogue.find_release("r-1") is None
        assert catalogue.markings("r-1") == []
        assert catalogue.markings("r-2") == shop.markings[1:]
        assert catalogue.consents("w-2") == shop.consents[1:]
        assert catalogue.find_outcome("r-2") == shop.outcomes[1]
        catalogue.erase_worker("w-1", MOMENT)


def test_what_is_owed_and_the_lineage_stay_after_an_erasure(
    catalogue: SqlCatalogue, shop: SimpleNamespace, memory_keys: MemoryKeyring
) -> None:
    fill(catalogue, shop)
    catalogue.post(transfer())
    catalogue.append_log([{"kind": "withdrawn", "worker": "w-1"}])
    root = catalogue.log_root()
    memory_keys.destroy_worker_key("w-1")
    catalogue.erase_worker("w-1", MOMENT)
    assert catalogue.dataset_versions() == [shop.dataset]
    assert catalogue.transactions() == [transfer()]
    assert catalogue.withdrawals("w-1") == [shop.withdrawal]
    assert catalogue.log_root() == root


def test_positions_are_not_used_again_after_an_erasure(
    catalogue: SqlCatalogue, shop: SimpleNamespace, memory_keys: MemoryKeyring
) -> None:
    fill(catalogue, shop)
    memory_keys.destroy_worker_key("w-2")
    catalogue.erase_worker("w-2", MOMENT)
    placed = catalogue.add_recording(replace(shop.recordings[0], recording_id="r-3"))
    assert placed.position == 2


def test_nothing_more_is_written_for_an_erased_worker(
    catalogue: SqlCatalogue, shop: SimpleNamespace, memory_keys: MemoryKeyring
) -> None:
    fill(catalogue, shop)
    memory_keys.destroy_worker_key("w-1")
    catalogue.erase_worker("w-1", MOMENT)
    for write in (
        lambda: catalogue.add_recording(shop.recordings[0]),
        lambda: catalogue.set_outcome(shop.outcomes[0], None),
        lambda: catalogue.add_release(shop.releases[0]),
        lambda: catalogue.add_mark(shop.markings[0]),
        lambda: catalogue.add_consent(shop.consents[0]),
        lambda: catalogue.add_worker(shop.workers[0]),
    ):
        with pytest.raises(ErasedError):
            write()


def test_label_is_free_again_even_where_an_erasure_was_cut_short(
    catalogue: SqlCatalogue, shop: SimpleNamespace, memory_keys: MemoryKeyring
) -> None:
    fill(catalogue, shop)
    memory_keys.destroy_worker_key("w-1")
    memory_keys.destroy_worker_key("w-2")
    newcomer = replace(shop.workers[0], worker_uid="w-3")
    catalogue.add_worker(newcomer)
    assert catalogue.find_worker("first-label") == newcomer
    assert catalogue.workers() == [newcomer]
    assert catalogue.find_erasure("first-label") == shop.withdrawal.withdrawn_at


def test_erasure_of_a_label_is_remembered_with_its_latest_moment(
    catalogue: SqlCatalogue, shop: SimpleNamespace
) -> None:
    fill(catalogue, shop)
    assert catalogue.find_erasure("first-label") is None
    catalogue.erase_worker("w-1", MOMENT)
    assert catalogue.find_erasure("first-label") == MOMENT
    assert catalogue.find_erasure("second-label") is None
    catalogue.add_worker(replace(shop.workers[0], worker_uid="w-3"))
    later = MOMENT + timedelta(days=1)
    catalogue.erase_worker("w-3", later)
    assert catalogue.find_erasure("first-label") == later
    catalogue.erase_worker("w-3", later + timedelta(days=1))  # nothing is there any more, so nothing is noted
    assert catalogue.find_erasure("first-label") == later


def test_forgotten_worker_was_never_there(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    catalogue.add_worker(shop.workers[0])
    catalogue.forget_worker("w-1")
    catalogue.forget_worker("w-1")
    assert catalogue.workers() == []
    assert catalogue.find_erasure("first-label") is None
    catalogue.add_worker(replace(shop.workers[0], worker_uid="w-3"))


def test_worker_who_said_yes_cannot_be_forgotten(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    with pytest.raises(CatalogueDamageError):
        catalogue.forget_worker("w-1")
    assert catalogue.workers() == shop.workers


def test_erasing_twice_is_harmless(catalogue: SqlCatalogue, shop: SimpleNamespace) -> None:
    fill(catalogue, shop)
    catalogue.erase_worker("w-1", MOMENT)
    catalogue.erase_worker("w-1", MOMENT)
    catalogue.erase_worker("w-unknown", MOMENT)
    assert catalogue.workers() == shop.workers[1:]
