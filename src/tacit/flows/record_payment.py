"""Books what a licensee paid (rules M2, M4)."""

from tacit.flows.find_license import license_basis, require_license
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.money.booking import book_payment
from tacit.records.ledger import Transaction
from tacit.records.money import Money


def record_payment(shop: Shop, license_id: str, amount: Money, reference: str) -> Transaction:
    """Book what a licensee paid; the same reference again is harmless.

    Raises:
        BadPaymentError: Another currency, nothing, or more than is unpaid.
    """
    granted = require_license(shop, license_id)
    basis = license_basis(shop, granted)
    with shop.catalogue.transaction():
        transaction = book_payment(
            granted, basis.agreement, amount, reference, shop.catalogue.transactions(), shop.clock.now()
        )
        if shop.catalogue.post(transaction):
            log_decision(shop, "payment", license_id, transaction.booked_at)
    return transaction
