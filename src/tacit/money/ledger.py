"""The ledger read back: whether every booking follows from what it rests on."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tacit.money.booking import FILMING_EXPENSE, book_payment, book_settlement, find_license_ids
from tacit.money.filming import find_filming_figures
from tacit.records.agreement import Agreement
from tacit.records.dataset import ShareTable
from tacit.records.errors import BadPaymentError, BadReferenceError, BadSplitError, BrokenBooksError
from tacit.records.ledger import CASH, Transaction
from tacit.records.license import License
from tacit.records.money import Money


@dataclass(frozen=True)
class LicenseBasis:
    """What the bookings on one licence rest on: its terms, its agreement, and the share table of its dataset."""

    license: License
    agreement: Agreement
    shares: ShareTable


def check_ledger(transactions: Sequence[Transaction], licenses: Mapping[str, LicenseBasis]) -> None:
    """Check that every transaction balances, every id occurs once, and every amount follows from its basis.

    Filming pay is computed again from its memo; payments and settlements are booked again from what stood before
    them and compared, so the shares of every settlement are added up once more (rule M3).

    Args:
        transactions: The whole ledger in the order booked.
        licenses: By licence id, every licence that something was booked on.

    Raises:
        BrokenBooksError: All faults found, each naming its transaction.
    """
    ids = Counter(transaction.transaction_id for transaction in transactions)
    faults = [f"The id {name} is booked {count} times." for name, count in ids.items() if count > 1]
    on_license: defaultdict[str, list[Transaction]] = defaultdict(list)
    for transaction in transactions:
        faults += _find_imbalance(transaction)
        if transaction.kind == "filming":
            faults += _find_filming_fault(transaction)
        elif transaction.kind in ("payment", "settlement"):
            faults += _find_license_fault(transaction, licenses, on_license[transaction.subject])
        for license_id in find_license_ids(transaction):
            on_license[license_id].append(transaction)
    if faults:
        raise BrokenBooksError(faults)


def _find_imbalance(transaction: Transaction) -> list[str]:
    """Tell where a transaction is not in one currency, or does not sum to zero."""
    currencies = sorted({posting.amount.currency for posting in transaction.postings})
    if len(currencies) != 1:
        return [f"{transaction.transaction_id} is in {len(currencies)} currencies; one was expected."]
    total = sum(posting.amount.amount_minor for posting in transaction.postings)
    if total:
        return [f"{transaction.transaction_id} sums to {Money(currencies[0], total)}; zero was expected."]
    return []


def _find_filming_fault(transaction: Transaction) -> list[str]:
    """Tell where filming pay does not follow from the figures in its memo."""
    figures = find_filming_figures(transaction.memo)
    if figures is None:
        return [f"{transaction.transaction_id} does not say how it was computed."]
    expected = figures.pay()
    booked = [posting.amount for posting in transaction.postings if posting.account == FILMING_EXPENSE]
    if booked != [expected] or len(transaction.postings) != 2:
        return [f"{transaction.transaction_id} does not book the {expected} that its figures give."]
    return []


def _find_license_fault(
    transaction: Transaction, licenses: Mapping[str, LicenseBasis], before: Sequence[Transaction]
) -> list[str]:
    """Tell where a payment or a settlement is not what would be booked again from what stood before it."""
    name = transaction.transaction_id
    basis = licenses.get(transaction.subject)
    if basis is None:
        return [f"{name} is about the licence {transaction.subject}, which is not there."]
    try:
        expected = _book_again(transaction, basis, before)
    except (BadPaymentError, BadReferenceError, BadSplitError) as error:
        return [f"{name} could not be booked again: {error}"]
    if expected is None:
        return [f"{name} settles a pool that was empty."]
    if expected.transaction_id != name:
        return [f"{name} stands where {expected.transaction_id} was expected."]
    if sorted(expected.postings, key=str) != sorted(transaction.postings, key=str):
        return [f"{name} does not share {_booked_sum(transaction)} as its licence and share table say."]
    return []


def _book_again(transaction: Transaction, basis: LicenseBasis, before: Sequence[Transaction]) -> Transaction | None:
    """Book the same payment or settlement from scratch."""
    if transaction.kind == "settlement":
        return book_settlement(basis.license, basis.shares, before, transaction.booked_at)
    reference = transaction.transaction_id.removeprefix(f"payment:{transaction.subject}:")
    paid = sum(posting.amount.amount_minor for posting in transaction.postings if posting.account == CASH)
    amount = Money(transaction.postings[0].amount.currency, paid)
    return book_payment(basis.license, basis.agreement, amount, reference, before, transaction.booked_at)


def _booked_sum(transaction: Transaction) -> Money:
    """The sum of a transaction's debits."""
    debits = [posting.amount for posting in transaction.postings if posting.amount.amount_minor > 0]
    return Money(transaction.postings[0].amount.currency, sum(debit.amount_minor for debit in debits))
