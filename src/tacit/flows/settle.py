"""Books all that is owed: pay for filming, and the workers' pool of every licence (rules M3, M4, M7)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial

from tacit.flows.add_agreement import require_bound
from tacit.flows.find_license import license_bases
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.money.booking import book_filming, book_settlement
from tacit.money.ledger import LicenseBasis, check_ledger
from tacit.records.ledger import Transaction


def settle(shop: Shop) -> list[Transaction]:
    """Book all that is owed and not booked yet: filming pay of every recording, and the pool of every licence.

    Raises:
        BrokenBooksError: The ledger does not follow from what it rests on; nothing was booked.
    """
    with shop.catalogue.transaction():
        booked, bases = shop.catalogue.transactions(), license_bases(shop)
        check_ledger(booked, bases)
        ids = {transaction.transaction_id for transaction in booked}
        new = [transaction for transaction in _due(shop, booked, bases) if transaction.transaction_id not in ids]
        for transaction in new:
            shop.catalogue.post(transaction)
        if new:  # about no one thing: whoever has the books can tell which transactions it was
            log_decision(shop, "settlement", " ".join(transaction.transaction_id for transaction in new))
    return new


def settle_filming(shop: Shop, worker_uid: str) -> None:
    """Book what one worker is owed for filming, while the recordings that say so are still there."""
    now = shop.clock.now()
    with shop.catalogue.transaction():
        booked = {transaction.transaction_id for transaction in shop.catalogue.transactions()}
        due = _filming_due(shop, worker_uid, now)
        new = [transaction for transaction in due if transaction.transaction_id not in booked]
        for transaction in new:
            shop.catalogue.post(transaction)
        if new:
            log_decision(shop, "settlement", worker_uid)


def _due(shop: Shop, booked: Sequence[Transaction], bases: Mapping[str, LicenseBasis]) -> list[Transaction]:
    now = shop.clock.now()
    pools = [book_settlement(basis.license, basis.shares, booked, now) for basis in bases.values()]
    return [
        *_filming_due(shop, "", now),
        *(transaction for transaction in pools if transaction is not None),
    ]


def _filming_due(shop: Shop, worker_uid: str, now: datetime) -> Iterator[Transaction]:
    """What is owed for filming, to one worker or, where none is named, to all."""
    outcomes = {outcome.recording_id: outcome for outcome in shop.catalogue.outcomes(worker_uid)}
    bound = cache(partial(require_bound, shop))  # few versions of few agreements for many recordings
    for recording in shop.catalogue.recordings(worker_uid):
        outcome = outcomes.get(recording.recording_id)
        if outcome is not None:
            agreement = bound(recording.agreement_id, recording.agreement_digest)
            transaction = book_filming(recording, outcome, agreement, now)
            if transaction is not None:
                yield transaction
