"""The ledger: balanced transactions in integer minor units, append only (rules M1 to M3)."""

from collections import Counter, defaultdict
from datetime import datetime

from sqlalchemy import insert, select

from tacit.records.errors import LedgerConflictError, UnbalancedError
from tacit.records.ledger import Posting, Transaction
from tacit.records.money import Money
from tacit.seal.canonical import utc_text
from tacit.store import tables
from tacit.store.rows import Rows, next_position


class LedgerRows(Rows):
    """Rows of the books."""

    def post(self, transaction: Transaction) -> bool:
        """Book a balanced transaction; False where it is booked already.

        The moment and the memo of a retry do not matter; kind, subject and postings must be the same.

        Raises:
            UnbalancedError: The postings do not sum to zero in every currency.
            LedgerConflictError: The id is booked with another kind, subject or postings.
        """
        check_balanced(transaction)
        with self._database.writing() as connection:
            known = self._read(transaction.transaction_id)
            if known:
                if _essence(known[0]) != _essence(transaction):
                    raise LedgerConflictError(transaction.transaction_id)
                return False
            connection.execute(
                insert(tables.transactions).values(
                    transaction_id=transaction.transaction_id,
                    position=next_position(connection, tables.transactions),
                    kind=transaction.kind,
                    subject=transaction.subject,
                    booked_at=utc_text(transaction.booked_at),
                    memo=transaction.memo,
                )
            )
            lines = [
                {
                    "transaction_id": transaction.transaction_id,
                    "line": line,
                    "account": posting.account,
                    "currency": posting.amount.currency,
                    "amount_minor": posting.amount.amount_minor,
                }
                for line, posting in enumerate(transaction.postings)
            ]
            if lines:
                connection.execute(insert(tables.postings), lines)
        return True

    def transactions(self) -> list[Transaction]:
        """All transactions, in the order booked; each is checked to balance. Raises UnbalancedError."""
        found = self._read()
        for transaction in found:
            check_balanced(transaction)
        return found

    def _read(self, transaction_id: str | None = None) -> list[Transaction]:
        heads = select(tables.transactions).order_by(tables.transactions.c.position)
        lines = select(tables.postings).order_by(tables.postings.c.transaction_id, tables.postings.c.line)
        if transaction_id is not None:
            heads = heads.filter_by(transaction_id=transaction_id)
            lines = lines.filter_by(transaction_id=transaction_id)
        postings: dict[str, list[Posting]] = defaultdict(list)
        with self._database.reading() as connection:
            for line in connection.execute(lines):
                posting = Posting(line.account, Money(line.currency, line.amount_minor))
                postings[line.transaction_id].append(posting)
            return [
                Transaction(
                    transaction_id=head.transaction_id,
                    kind=head.kind,
                    subject=head.subject,
                    booked_at=datetime.fromisoformat(head.booked_at),
                    postings=tuple(postings[head.transaction_id]),
                    memo=head.memo,
                )
                for head in connection.execute(heads)
            ]


def check_balanced(transaction: Transaction) -> None:
    """Raise UnbalancedError where the postings do not sum to zero in every currency."""
    sums: dict[str, int] = defaultdict(int)
    for posting in transaction.postings:
        sums[posting.amount.currency] += posting.amount.amount_minor
    for currency, sum_minor in sums.items():
        if sum_minor:
            raise UnbalancedError(transaction.transaction_id, currency, sum_minor)


def _essence(transaction: Transaction) -> tuple[str, str, Counter[Posting]]:
    return transaction.kind, transaction.subject, Counter(transaction.postings)
