"""What is booked for filming, for a licensee's payment and for its settlement (rules M2, M4 and M7).

Debits are positive, credits negative. Each function makes one balanced transaction and posts nothing itself. The ids
are built so that doing the same thing twice gives the same transaction, which the catalogue then leaves alone.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from itertools import takewhile

from tacit.money.filming import compute_filming_pay, write_filming_memo
from tacit.money.shares import split
from tacit.records.agreement import Agreement
from tacit.records.dataset import ShareTable
from tacit.records.errors import BadPaymentError, BadReferenceError
from tacit.records.ledger import CASH, Posting, Transaction, worker_account
from tacit.records.license import License
from tacit.records.money import Money
from tacit.records.recording import Outcome, Recording
from tacit.words.figures import write_percent

FILMING_EXPENSE = "plant:filming"
BASIS_POINTS = 10_000

_POOL = "pool:"
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


def pool_account(license_id: str) -> str:
    """The account of what workers are still to get of one licensee's money."""
    return f"{_POOL}{license_id}"


def find_license_ids(transaction: Transaction) -> frozenset[str]:
    """The licences whose payments or pool a transaction touches; empty for most."""
    pools = {
        posting.account.removeprefix(_POOL) for posting in transaction.postings if posting.account.startswith(_POOL)
    }
    return frozenset(pools | ({transaction.subject} if transaction.kind in ("payment", "settlement") else set()))


def book_filming(recording: Recording, outcome: Outcome, agreement: Agreement, at: datetime) -> Transaction | None:
    """Book what is owed for filming one recording; None where nothing is, as for a file that could not be read.

    Accepted for pay is what the outcome calls payable: the moments in which only our tracker failed are in it (M7).
    The id holds the recording alone: a recording is paid once, however often it is processed.
    """
    pay = compute_filming_pay(agreement.bounty, outcome.payable_ms, outcome.filmed_ms)
    if pay.amount_minor == 0:
        return None
    return Transaction(
        transaction_id=f"filming:{recording.recording_id}",
        kind="filming",
        subject=recording.recording_id,
        booked_at=at,
        postings=(
            Posting(FILMING_EXPENSE, pay),
            Posting(worker_account(recording.worker_uid), Money(pay.currency, -pay.amount_minor)),
        ),
        memo=write_filming_memo(agreement.bounty, outcome.payable_ms, outcome.filmed_ms),
    )


def book_payment(
    granted: License,
    agreement: Agreement,
    amount: Money,
    reference: str,
    booked: Sequence[Transaction],
    at: datetime,
) -> Transaction:
    """Book money that a licensee paid: the workers' part into the pool of the licence, the rest to its owner.

    The pool always holds its percentage of all that was paid so far, rounded down; so what workers get does not
    depend on how a price is paid in pieces.

    Args:
        granted: What was paid for.
        agreement: Says the pool's percentage and who gets the rest.
        amount: What came in; more than zero, and at most what is unpaid.
        reference: The bank's own reference, which tells one payment from another.
        booked: All transactions in the order booked. What follows this very payment, if it is there, does not count,
            so that a retry gives the same transaction.
        at: When it is booked.

    Raises:
        BadReferenceError: The reference is not of the form that can stand in the ledger.
        BadPaymentError: Another currency than the price, nothing, more than is unpaid, or the reference is booked
            already with another amount.
    """
    if not _REFERENCE.fullmatch(reference):
        raise BadReferenceError(reference)
    transaction_id = f"payment:{granted.license_id}:{reference}"
    _check_reference(granted, amount, reference, [one for one in booked if one.transaction_id == transaction_id])
    paid_before = compute_paid(granted, _before(booked, transaction_id))
    _check_payment(granted, amount, paid_before)
    paid_minor = paid_before.amount_minor + amount.amount_minor
    basis_points = agreement.royalty.pool_basis_points
    pool_before_minor = compute_pool(paid_before, basis_points).amount_minor
    pool_minor = compute_pool(Money(amount.currency, paid_minor), basis_points).amount_minor - pool_before_minor
    owners = (
        (pool_account(granted.license_id), pool_minor),
        (agreement.royalty.remainder_to, amount.amount_minor - pool_minor),
    )
    return Transaction(
        transaction_id=transaction_id,
        kind="payment",
        subject=granted.license_id,
        booked_at=at,
        postings=(
            Posting(CASH, amount),
            *(Posting(account, Money(amount.currency, -minor)) for account, minor in owners if minor),
        ),
        memo=(
            f"{Money(amount.currency, paid_minor)} paid so far of {granted.price}; {write_percent(basis_points)} of it "
            f"goes to the workers' pool, less {Money(amount.currency, pool_before_minor)} put in before"
        ),
    )


def book_settlement(
    granted: License, shares: ShareTable, booked: Sequence[Transaction], at: datetime
) -> Transaction | None:
    """Share out what lies in the pool of a licence among the workers behind it; None where the pool is empty.

    The id ends in a running number, so that each new payment can be settled. Every account of the table has a
    posting, of zero too, so that nobody is left out unseen.

    Args:
        granted: Whose pool is shared out.
        shares: The frozen table of the dataset that was licensed.
        booked: All transactions in the order booked; read and post in one catalogue transaction, so that nobody books
            in between.
        at: When it is booked.

    Raises:
        BadSplitError: The pool is overdrawn, or the table is empty or faulty.
    """
    pool = compute_pool_balance(granted, booked)
    if pool.amount_minor == 0:
        return None
    n_before = sum(1 for entry in booked if entry.kind == "settlement" and entry.subject == granted.license_id)
    all_parts = sum(part for _, part in shares.parts)
    shared = split(pool, shares.parts)
    return Transaction(
        transaction_id=f"settlement:{granted.license_id}:{n_before + 1}",
        kind="settlement",
        subject=granted.license_id,
        booked_at=at,
        postings=(
            Posting(pool_account(granted.license_id), pool),
            *(Posting(account, Money(pool.currency, -share.amount_minor)) for account, share in shared),
        ),
        memo=f"{pool} shared by {all_parts:,} parts, largest remainders; a part is one of the {shares.basis}",
    )


def compute_paid(granted: License, booked: Sequence[Transaction]) -> Money:
    """Sum what the licensee paid so far."""
    return Money(
        granted.price.currency,
        sum(
            posting.amount.amount_minor
            for entry in booked
            if entry.kind == "payment" and entry.subject == granted.license_id
            for posting in entry.postings
            if posting.account == CASH
        ),
    )


def compute_pool(paid: Money, pool_basis_points: int) -> Money:
    """Compute what workers get of what was paid, rounded down to the minor unit."""
    return Money(paid.currency, paid.amount_minor * pool_basis_points // BASIS_POINTS)


def compute_pool_balance(granted: License, booked: Sequence[Transaction]) -> Money:
    """Sum what lies in the pool of a licence and was not shared out yet; zero or more."""
    account = pool_account(granted.license_id)
    return Money(
        granted.price.currency,
        -sum(
            posting.amount.amount_minor for entry in booked for posting in entry.postings if posting.account == account
        ),
    )


def _before(booked: Sequence[Transaction], transaction_id: str) -> list[Transaction]:
    """The transactions that were booked before the one of that id; all of them where it is not there."""
    return list(takewhile(lambda entry: entry.transaction_id != transaction_id, booked))


def _check_reference(granted: License, amount: Money, reference: str, same: Sequence[Transaction]) -> None:
    """Refuse a payment whose reference stands in the ledger already, for another amount."""
    known = compute_paid(granted, same)
    if same and known != amount:
        raise BadPaymentError(
            granted.license_id,
            str(amount),
            f"the reference {reference} is booked already, with {known}",
            "Look at what came in; another payment needs a reference of its own.",
        )


def _check_payment(granted: License, amount: Money, paid_before: Money) -> None:
    """Refuse a payment that does not fit its licence."""
    price = granted.price
    if amount.currency != price.currency:
        raise BadPaymentError(
            granted.license_id, str(amount), f"the price is in {price.currency}", "Give what came in in that currency."
        )
    if amount.amount_minor <= 0:
        raise BadPaymentError(granted.license_id, str(amount), "it is not more than zero", "Give what came in.")
    unpaid = Money(price.currency, price.amount_minor - paid_before.amount_minor)
    if amount.amount_minor > unpaid.amount_minor:
        raise BadPaymentError(
            granted.license_id,
            str(amount),
            f"{unpaid} of the price of {price} is unpaid",
            "Pay the difference back, and give at most what is unpaid.",
        )
