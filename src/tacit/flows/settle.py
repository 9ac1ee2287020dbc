"""Books all that is owed: pay for filming, and the workers' pool of every licence (rules M3, M4, M7)."""

from tacit.flows.add_agreement import require_agreement
from tacit.flows.find_license import license_bases, require_license
from tacit.flows.ports import Shop
from tacit.money.booking import book_filming, book_settlement
from tacit.money.ledger import check_ledger
from tacit.records.ledger import Transaction


def settle(shop: Shop) -> list[Transaction]:
    """Book all that is owed and not booked yet: filming pay of every recording, and the pool of every licence.

    Raises:
        BrokenBooksError: The ledger does not follow from what it rests on; nothing was booked.
    """
    with shop.catalogue.transaction():
        check_ledger(shop.catalogue.transactions(), license_bases(shop))
        booked = {transaction.transaction_id for transaction in shop.catalogue.transactions()}
        new = [transaction for transaction in _due(shop) if transaction.transaction_id not in booked]
        for transaction in new:
            shop.catalogue.post(transaction)
    return new


def _due(shop: Shop) -> list[Transaction]:
    now = shop.clock.now()
    due: list[Transaction | None] = []
    for recording in shop.catalogue.recordings():
        outcome = shop.catalogue.find_outcome(recording.recording_id)
        if outcome is not None:
            agreement = require_agreement(shop, recording.agreement_id)
            due.append(book_filming(recording, outcome, agreement, now))
    booked = shop.catalogue.transactions()
    for license_id, basis in license_bases(shop).items():
        due.append(book_settlement(require_license(shop, license_id), basis.shares, booked, now))
    return [transaction for transaction in due if transaction is not None]
