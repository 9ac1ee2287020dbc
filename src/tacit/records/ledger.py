"""Double-entry records: postings that balance to zero in one transaction (rule M2)."""

from dataclasses import dataclass
from datetime import datetime

from tacit.records.money import Money

CASH = "cash"


def worker_account(worker_uid: str) -> str:
    """The ledger account of what is owed to a worker; the opaque id stays meaningless after an erasure."""
    return f"worker:{worker_uid}"


@dataclass(frozen=True)
class Posting:
    """One line of a transaction: debits are positive, credits negative, in minor units."""

    account: str
    amount: Money


@dataclass(frozen=True)
class Transaction:
    """Postings that sum to zero in one currency. The caller supplies the id, so that a retry is harmless.

    kind: "filming", "payment" or "settlement". subject: the id of what it is about (a recording or a licence).
    memo: how the amounts came about, in plain words and numbers, without personal data.
    """

    transaction_id: str
    kind: str
    subject: str
    booked_at: datetime
    postings: tuple[Posting, ...]
    memo: str
