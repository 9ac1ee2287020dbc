"""Payments and settlements are booked once however often they are asked for (M2), and go to whom they should (M4)."""

from dataclasses import replace

import pytest

from tacit.flows.make_statement import make_statement
from tacit.flows.record_payment import record_payment
from tacit.flows.settle import settle
from tacit.records.errors import BadPaymentError, BrokenBooksError, UnknownThingError
from tacit.records.ledger import Posting, Transaction
from tacit.records.money import Money

PRICE = Money("INR", 1_000_000)


@pytest.fixture
def licensed(bench):
    """Two workers whose dataset a lab took a licence of, and that licence."""
    bench.fill("asha", "meena", pin="4711")
    return bench, bench.license().license


def balances(bench):
    sums = {}
    for transaction in bench.catalogue.transactions():
        for posting in transaction.postings:
            sums[posting.account] = sums.get(posting.account, 0) + posting.amount.amount_minor
    return {account: amount for account, amount in sums.items() if amount}


def test_books_balance_and_each_worker_gets_their_half(licensed):
    bench, granted = licensed
    record_payment(bench.shop, granted.license_id, PRICE, "bank-1")
    settle(bench.shop)
    asha, meena = (f"worker:{bench.uid(label)}" for label in ("asha", "meena"))
    # the pool is 20 % of 10,000.00; filming pays 0.70 for 1 s accepted and 0.5 s more
    assert balances(bench) == {
        "cash": 1_000_000,
        "plant": -800_000,
        "plant:filming": 140,
        asha: -100_070,
        meena: -100_070,
    }


def test_same_payment_twice_is_booked_once(licensed):
    bench, granted = licensed
    first = record_payment(bench.shop, granted.license_id, Money("INR", 400_000), "bank-1")
    again = record_payment(bench.shop, granted.license_id, Money("INR", 400_000), "bank-1")
    assert first.postings == again.postings
    assert len(bench.catalogue.transactions()) == 1
    record_payment(bench.shop, granted.license_id, Money("INR", 400_000), "bank-2")
    assert balances(bench)["cash"] == 800_000


def test_same_reference_with_another_amount_is_the_callers_fault_and_books_nothing(licensed):
    bench, granted = licensed
    record_payment(bench.shop, granted.license_id, Money("INR", 400_000), "bank-1")
    with pytest.raises(BadPaymentError, match="bank-1 is booked already"):
        record_payment(bench.shop, granted.license_id, Money("INR", 400_001), "bank-1")
    assert len(bench.catalogue.transactions()) == 1


def test_settling_twice_books_nothing_more(licensed):
    bench, granted = licensed
    record_payment(bench.shop, granted.license_id, PRICE, "bank-1")
    assert sorted(one.kind for one in settle(bench.shop)) == ["filming", "filming", "settlement"]
    before = balances(bench)
    assert settle(bench.shop) == []
    assert balances(bench) == before


def test_payment_in_pieces_pays_workers_the_same(licensed):
    bench, granted = licensed
    for number, minor in enumerate((1, 333_333, 666_666)):
        record_payment(bench.shop, granted.license_id, Money("INR", minor), f"bank-{number}")
        settle(bench.shop)
    statement = make_statement(bench.shop, bench.uid("asha"))
    assert statement.totals[0].shares == Money("INR", 100_000)
    assert sum(line.amount.amount_minor for line in statement.lines) == statement.totals[0].owed.amount_minor


def test_more_than_the_price_is_not_booked(licensed):
    bench, granted = licensed
    with pytest.raises(BadPaymentError):
        record_payment(bench.shop, granted.license_id, Money("INR", 1_000_001), "bank-1")
    with pytest.raises(BadPaymentError):
        record_payment(bench.shop, granted.license_id, Money("EUR", 1), "bank-1")
    assert bench.catalogue.transactions() == []


def test_worker_who_joined_after_the_licence_gets_nothing_of_it(licensed):
    bench, granted = licensed
    bench.enrol("devi", "4711")
    late = bench.take_in("devi", "late.mp4")
    bench.process()
    bench.release(late, "4711")
    assert bench.build().version.version == 2
    record_payment(bench.shop, granted.license_id, PRICE, "bank-1")
    settle(bench.shop)
    assert make_statement(bench.shop, bench.uid("devi")).totals[0].shares == Money("INR", 0)
    assert make_statement(bench.shop, bench.uid("asha")).totals[0].shares == Money("INR", 100_000)


def test_unknown_licence_and_worker_are_named(bench):
    with pytest.raises(UnknownThingError, match="licence lic-x"):
        record_payment(bench.shop, "lic-x", PRICE, "bank-1")
    with pytest.raises(UnknownThingError, match="worker w-x"):
        make_statement(bench.shop, "w-x")


class CountingCatalogue:
    """A catalogue that counts how often all versions of all datasets are read, which is slow."""

    def __init__(self, catalogue):
        self._catalogue, self.n_reads = catalogue, 0

    def __getattr__(self, name):
        self.n_reads += name == "dataset_versions"
        return getattr(self._catalogue, name)


def test_dataset_versions_are_read_once_however_many_licences_there_are(licensed):
    bench, granted = licensed
    other = bench.license(licensee="Other Lab").license
    for one in (granted, other):
        record_payment(bench.shop, one.license_id, PRICE, "bank-1")
    counting = CountingCatalogue(bench.catalogue)
    booked = settle(replace(bench.shop, catalogue=counting))
    assert [transaction.kind for transaction in booked].count("settlement") == 2
    assert counting.n_reads == 1


def test_nothing_is_booked_on_books_that_do_not_follow_from_what_they_rest_on(licensed):
    bench, _ = licensed
    account = f"worker:{bench.uid('asha')}"
    faulty = Transaction(
        "filming:rec-never-filmed",
        "filming",
        "rec-never-filmed",
        bench.clock.now(),
        (Posting("plant:filming", Money("INR", 500)), Posting(account, Money("INR", -500))),
        "by word of mouth",
    )
    bench.catalogue.post(faulty)
    with pytest.raises(BrokenBooksError, match="filming:rec-never-filmed does not say how it was computed"):
        settle(bench.shop)
    assert bench.catalogue.transactions() == [faulty]
