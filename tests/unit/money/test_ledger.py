from dataclasses import replace

import pytest

from tacit.money.booking import book_filming, book_payment, book_settlement
from tacit.money.ledger import LicenseBasis, check_ledger
from tacit.records.dataset import ShareTable
from tacit.records.errors import BrokenBooksError
from tacit.records.ledger import Posting, Transaction
from tacit.records.money import Money


@pytest.fixture
def books(recording, outcome, agreement, granted, shares, moment):
    booked = [book_filming(recording, outcome, agreement, moment)]
    booked.append(book_payment(granted, agreement, Money("INR", 1_000_000), "UTR-1", booked, moment))
    booked.append(book_settlement(granted, shares, booked, moment))
    return booked


@pytest.fixture
def licenses(granted, agreement, shares):
    return {"lic-1": LicenseBasis(granted, agreement, shares)}


def move(transaction, first, second, minor):
    """The same transaction with some money moved between two of its accounts."""
    shift = {first: minor, second: -minor}
    return replace(
        transaction,
        postings=tuple(
            Posting(
                posting.account,
                Money(posting.amount.currency, posting.amount.amount_minor + shift.get(posting.account, 0)),
            )
            for posting in transaction.postings
        ),
    )


def test_true_books_pass(books, licenses):
    check_ledger(books, licenses)


def test_one_unit_moved_between_two_workers_is_found(books, licenses):
    books[2] = move(books[2], "worker:w-a", "worker:w-b", 1)
    with pytest.raises(BrokenBooksError, match="settlement:lic-1:1 does not share"):
        check_ledger(books, licenses)


def test_one_unit_moved_from_the_pool_is_found(books, licenses):
    books[1] = move(books[1], "pool:lic-1", "plant", 1)
    with pytest.raises(BrokenBooksError, match="payment:lic-1:UTR-1 does not share"):
        check_ledger(books, licenses)


def test_filming_pay_that_its_figures_do_not_give_is_found(books, licenses):
    books[0] = move(books[0], "plant:filming", "worker:w-a", 1)
    with pytest.raises(BrokenBooksError, match=r"filming:rec-1 does not book the 30\.73 INR"):
        check_ledger(books, licenses)


def test_filming_pay_that_is_split_among_accounts_is_found(books, licenses):
    debit, credit = books[0].postings
    halves = (
        Posting(credit.account, Money("INR", -3000)),
        Posting("worker:w-b", Money("INR", credit.amount.amount_minor + 3000)),
    )
    books[0] = replace(books[0], postings=(debit, *halves))
    with pytest.raises(BrokenBooksError, match="filming:rec-1 does not book"):
        check_ledger(books, licenses)


def test_a_gap_in_the_numbers_of_settlements_is_found(books, licenses):
    books[2] = replace(books[2], transaction_id="settlement:lic-1:2")
    with pytest.raises(BrokenBooksError, match="lic-1:2 stands where settlement:lic-1:1 was expected"):
        check_ledger(books, licenses)


def test_a_correction_of_the_pool_counts_before_the_next_settlement(books, licenses, granted, shares, moment):
    postings = (Posting("pool:lic-1", Money("INR", -500)), Posting("plant", Money("INR", 500)))
    books.append(Transaction("correction:1", "correction", "lic-1-part", moment, postings, "pool was short"))
    books.append(book_settlement(granted, shares, books, moment))
    check_ledger(books, licenses)
    assert books[-1].postings[0] == Posting("pool:lic-1", Money("INR", 500))


def test_filming_pay_without_figures_is_found(books, licenses):
    books[0] = replace(books[0], memo="by word of mouth")
    with pytest.raises(BrokenBooksError, match="does not say how it was computed"):
        check_ledger(books, licenses)


def test_an_altered_share_table_is_found(books, granted, agreement, shares):
    altered = ShareTable(shares.basis, (("worker:w-a", 9000), *shares.parts[1:]), shares.signature)
    with pytest.raises(BrokenBooksError, match="settlement:lic-1:1"):
        check_ledger(books, {"lic-1": LicenseBasis(granted, agreement, altered)})


def test_every_fault_is_listed_at_once(books, licenses):
    unbalanced = replace(books[0], transaction_id="other", postings=books[0].postings[:1], kind="correction")
    with pytest.raises(BrokenBooksError) as caught:
        check_ledger([*books, books[0], unbalanced], licenses)
    assert caught.value.faults == (
        "The id filming:rec-1 is booked 2 times.",
        "other sums to 30.73 INR; zero was expected.",
    )


def test_two_currencies_in_one_transaction_are_found(books, licenses):
    mixed = replace(books[0], postings=(*books[0].postings, Posting("cash", Money("USD", 0))), kind="correction")
    with pytest.raises(BrokenBooksError, match="is in 2 currencies"):
        check_ledger([mixed], licenses)


def test_a_booking_on_a_licence_that_is_not_there_is_found(books):
    with pytest.raises(BrokenBooksError, match="licence lic-1, which is not there"):
        check_ledger(books, {})


def test_a_settlement_before_its_payment_is_found(books, licenses):
    with pytest.raises(BrokenBooksError, match="settles a pool that was empty"):
        check_ledger([books[0], books[2], books[1]], licenses)


def test_more_than_the_price_is_found(books, granted, agreement, shares):
    cheaper = replace(granted, price=Money("INR", 10))
    with pytest.raises(BrokenBooksError, match="could not be booked again"):
        check_ledger(books, {"lic-1": LicenseBasis(cheaper, agreement, shares)})
