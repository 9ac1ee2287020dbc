from dataclasses import replace

import pytest

from tacit.money.booking import book_filming, book_payment, book_settlement
from tacit.money.ledger import LicenseBasis
from tacit.money.statement import compute_statement
from tacit.records.errors import BrokenBooksError
from tacit.records.ledger import Posting, Transaction
from tacit.records.money import Money
from tacit.records.statement import FilmingLine, OtherLine, ShareLine


def inr(minor):
    return Money("INR", minor)


def held(books, account):
    postings = [posting for transaction in books for posting in transaction.postings]
    return [posting.amount.amount_minor for posting in postings if posting.account == account]


@pytest.fixture
def licenses(granted, agreement, shares):
    return {"lic-1": LicenseBasis(granted, agreement, shares)}


@pytest.fixture
def books(recording, outcome, agreement, granted, shares, moment):
    booked = [book_filming(recording, outcome, agreement, moment)]
    for amount, reference in ((400_000, "a"), (600_000, "b")):
        booked.append(book_payment(granted, agreement, inr(amount), reference, booked, moment))
        booked.append(book_settlement(granted, shares, booked, moment))
    return booked


def test_a_statement_tells_every_booking_with_its_figures(books, licenses, recording, moment):
    statement = compute_statement("w-a", books, {"rec-1": recording}, licenses, moment)
    filming, first, second = statement.lines
    assert isinstance(filming, FilmingLine)
    assert (filming.accepted_ms, filming.other_ms, filming.task) == (42_500, 17_500, "pour")
    assert isinstance(first, ShareLine)
    assert (first.paid, first.pool, first.settled_before, first.settled) == (
        inr(400_000),
        inr(80_000),
        inr(0),
        inr(80_000),
    )
    assert isinstance(second, ShareLine)
    assert (second.paid, second.pool, second.settled_before, second.settled) == (
        inr(1_000_000),
        inr(200_000),
        inr(80_000),
        inr(120_000),
    )
    assert (second.own_parts, second.all_parts) == (7000, 10_001)


def test_the_total_is_what_the_account_holds(books, licenses, moment):
    for worker in ("w-a", "w-b", "w-c"):
        statement = compute_statement(worker, books, {}, licenses, moment)
        (total,) = statement.totals
        assert total.owed == inr(sum(line.amount.amount_minor for line in statement.lines))
        assert total.owed == inr(-sum(held(books, f"worker:{worker}")))


def test_all_statements_together_share_out_the_whole_pool(books, licenses, moment):
    totals = [compute_statement(worker, books, {}, licenses, moment).totals[0] for worker in ("w-a", "w-b", "w-c")]
    assert sum(total.shares.amount_minor for total in totals) == 200_000


def test_an_erased_recording_still_adds_up(books, licenses, moment):
    line = compute_statement("w-a", books, {}, licenses, moment).lines[0]
    assert (line.filmed_at, line.task, line.amount) == (None, "", inr(3073))


def test_a_payout_and_a_correction_are_told_apart(books, licenses, moment):
    def booked(kind, account, minor):
        postings = (Posting("worker:w-a", inr(minor)), Posting(account, inr(-minor)))
        return Transaction(f"{kind}:1", kind, "w-a", moment, postings, "as agreed")

    books += [booked("payout", "cash", 1000), booked("correction", "plant:filming", 73)]
    statement = compute_statement("w-a", books, {}, licenses, moment)
    assert [line.is_payout for line in statement.lines if isinstance(line, OtherLine)] == [True, False]
    (total,) = statement.totals
    assert (total.paid_out, total.corrections) == (inr(1000), inr(-73))
    assert total.owed == inr(
        total.filming.amount_minor + total.shares.amount_minor + total.corrections.amount_minor - 1000
    )


def test_money_that_comes_from_cash_is_no_payout(books, licenses, moment):
    postings = (Posting("cash", inr(50)), Posting("worker:w-a", inr(-50)))
    books.append(Transaction("correction:3", "correction", "w-a", moment, postings, "a payout came back"))
    statement = compute_statement("w-a", books, {}, licenses, moment)
    assert statement.lines[-1].is_payout is False
    assert statement.totals[0].corrections == inr(50)


def test_currencies_are_never_added_together(books, licenses, moment):
    postings = (Posting("plant:filming", Money("EUR", 5)), Posting("worker:w-a", Money("EUR", -5)))
    books.append(Transaction("correction:2", "correction", "w-a", moment, postings, "in another currency"))
    totals = compute_statement("w-a", books, {}, licenses, moment).totals
    assert [total.owed.currency for total in totals] == ["EUR", "INR"]
    assert totals[0].owed == Money("EUR", 5)


def test_somebody_nothing_was_booked_for_has_an_empty_statement(books, licenses, moment):
    statement = compute_statement("w-x", books, {}, licenses, moment)
    assert (statement.lines, statement.totals) == ((), ())


def test_a_share_that_the_table_does_not_give_is_damage(books, licenses, moment):
    postings = [
        replace(posting, amount=inr(posting.amount.amount_minor + shift))
        for posting, shift in zip(books[2].postings, (0, 1, -1, 0), strict=True)
    ]
    books[2] = replace(books[2], postings=tuple(postings))
    with pytest.raises(BrokenBooksError, match="the share table gives"):
        compute_statement("w-a", books, {}, licenses, moment)


def test_filming_pay_that_its_memo_does_not_give_is_damage(books, licenses, moment):
    books[0] = replace(books[0], memo=books[0].memo.replace("42.500 s", "43.500 s"))
    with pytest.raises(BrokenBooksError, match="its figures give"):
        compute_statement("w-a", books, {}, licenses, moment)


def test_a_share_of_a_licence_that_is_not_there_is_damage(books, moment):
    with pytest.raises(BrokenBooksError, match="a licence that is not there"):
        compute_statement("w-a", books, {}, {}, moment)
