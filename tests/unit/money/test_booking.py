from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tacit.money.booking import book_filming, book_payment, book_settlement, compute_pool_balance
from tacit.money.ledger import LicenseBasis, check_ledger
from tacit.records.errors import BadPaymentError, BadReferenceError
from tacit.records.ledger import Posting
from tacit.records.money import Money


def inr(minor):
    return Money("INR", minor)


def postings(transaction):
    return {posting.account: posting.amount.amount_minor for posting in transaction.postings}


def test_filming_is_owed_for_payable_time_at_the_rate_and_the_rest_at_the_floor(recording, outcome, agreement, moment):
    transaction = book_filming(recording, outcome, agreement, moment)
    # 42.5 s x 2500 INR/h + 17.5 s x 250 INR/h = 29.5139 + 1.2153 = 30.7292 INR
    assert postings(transaction) == {"plant:filming": 3073, "worker:w-a": -3073}
    assert transaction.transaction_id == "filming:rec-1"


def test_a_recording_that_was_not_readable_books_nothing(recording, outcome, agreement, moment):
    unread = replace(outcome, readable=False, accepted_ms=0, payable_ms=0, filmed_ms=0)
    assert book_filming(recording, unread, agreement, moment) is None


def test_a_payment_goes_to_the_pool_and_the_owner_of_the_rest(granted, agreement, moment):
    transaction = book_payment(granted, agreement, inr(1_000_000), "UTR-1", [], moment)
    assert postings(transaction) == {"cash": 1_000_000, "pool:lic-1": -200_000, "plant": -800_000}
    assert transaction.transaction_id == "payment:lic-1:UTR-1"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(pieces=st.lists(st.integers(1, 999), min_size=1, max_size=12), basis_points=st.integers(0, 10_000))
def test_paying_in_pieces_leaves_the_same_in_the_pool(granted, agreement, moment, pieces, basis_points):
    price = inr(sum(pieces))
    terms = replace(agreement, royalty=replace(agreement.royalty, pool_basis_points=basis_points))
    license_ = replace(granted, price=price)
    booked = []
    for number, piece in enumerate(pieces):
        booked.append(book_payment(license_, terms, inr(piece), f"p{number}", booked, moment))
    at_once = [book_payment(license_, terms, price, "p", [], moment)]
    assert compute_pool_balance(license_, booked) == compute_pool_balance(license_, at_once)


def test_a_retry_of_a_payment_is_the_same_transaction_even_after_later_ones(granted, agreement, moment):
    first = book_payment(granted, agreement, inr(3), "a", [], moment)
    second = book_payment(granted, agreement, inr(999_997), "b", [first], moment)
    assert book_payment(granted, agreement, inr(3), "a", [first, second], moment) == first


@pytest.mark.parametrize(
    ("amount", "trouble"),
    [
        (Money("USD", 5), "the price is in INR"),
        (Money("INR", 0), "not more than zero"),
        (Money("INR", -5), "not more than zero"),
        (Money("INR", 1_000_001), "10,000.00 INR of the price"),
    ],
)
def test_a_payment_that_does_not_fit_is_refused(granted, agreement, moment, amount, trouble):
    with pytest.raises(BadPaymentError, match=trouble):
        book_payment(granted, agreement, amount, "UTR-1", [], moment)


def test_a_reference_that_is_booked_with_another_amount_is_the_callers_to_mend(granted, agreement, moment):
    first = book_payment(granted, agreement, inr(600_000), "a", [], moment)
    with pytest.raises(BadPaymentError, match=r"the reference a is booked already, with 6,000\.00 INR"):
        book_payment(granted, agreement, inr(100), "a", [first], moment)


def test_no_more_than_the_price_is_booked_in_all(granted, agreement, moment):
    first = book_payment(granted, agreement, inr(600_000), "a", [], moment)
    with pytest.raises(BadPaymentError, match=r"4,000\.00 INR of the price"):
        book_payment(granted, agreement, inr(400_001), "b", [first], moment)


@pytest.mark.parametrize("reference", ["", "two words", "x" * 65, "a:b", "-a"])
def test_a_reference_that_cannot_stand_in_an_id_is_refused(granted, agreement, moment, reference):
    with pytest.raises(BadReferenceError):
        book_payment(granted, agreement, inr(5), reference, [], moment)


def test_a_settlement_empties_the_pool_to_the_workers_behind_the_dataset(granted, agreement, shares, moment):
    booked = [book_payment(granted, agreement, inr(1_000_000), "a", [], moment)]
    settlement = book_settlement(granted, shares, booked, moment)
    # 200,000 x 7000 / 10001 = 139986.001..., 39996.000..., 20017.998...: one unit is left and goes to w-c.
    assert postings(settlement) == {
        "pool:lic-1": 200_000,
        "worker:w-a": -139_986,
        "worker:w-b": -39_996,
        "worker:w-c": -20_018,
    }
    assert compute_pool_balance(granted, [*booked, settlement]).amount_minor == 0


def test_an_empty_pool_settles_nothing(granted, shares, moment):
    assert book_settlement(granted, shares, [], moment) is None


def test_a_second_payment_is_settled_by_a_second_settlement(granted, agreement, shares, moment):
    booked = [book_payment(granted, agreement, inr(500_000), "a", [], moment)]
    booked.append(book_settlement(granted, shares, booked, moment))
    assert book_settlement(granted, shares, booked, moment) is None
    booked.append(book_payment(granted, agreement, inr(500_000), "b", booked, moment))
    booked.append(book_settlement(granted, shares, booked, moment))
    assert [entry.transaction_id for entry in booked if entry.kind == "settlement"] == [
        "settlement:lic-1:1",
        "settlement:lic-1:2",
    ]


def test_a_worker_whose_share_is_nothing_is_named_all_the_same(granted, agreement, shares, moment):
    booked = [book_payment(granted, agreement, inr(5), "a", [], moment)]
    settlement = book_settlement(granted, shares, booked, moment)
    assert Posting("worker:w-c", inr(0)) in settlement.postings


def test_one_licensees_money_never_reaches_the_workers_of_another(granted, agreement, shares, moment):
    other = replace(granted, license_id="lic-2")
    booked = [book_payment(other, agreement, inr(1_000_000), "a", [], moment)]
    assert book_settlement(granted, shares, booked, moment) is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(steps=st.lists(st.one_of(st.none(), st.integers(1, 200_000)), max_size=15))
def test_whatever_is_booked_in_turn_passes_the_check(granted, agreement, shares, moment, steps):
    """A number pays that much; None settles."""
    booked, unpaid = [], granted.price.amount_minor
    for number, step in enumerate(steps):
        if step is None:
            settlement = book_settlement(granted, shares, booked, moment)
            booked += [settlement] if settlement else []
        elif step <= unpaid:
            booked.append(book_payment(granted, agreement, inr(step), f"p{number}", booked, moment))
            unpaid -= step
    check_ledger(booked, {"lic-1": LicenseBasis(granted, agreement, shares)})


def test_two_licences_in_one_ledger_do_not_touch_each_other(granted, agreement, shares, moment):
    alone, booked, other = [], [], replace(granted, license_id="lic-2")
    for amount in (300_000, 700_000):
        for license_ in (other, granted):
            booked.append(book_payment(license_, agreement, inr(amount), f"p{amount}", booked, moment))
            booked.append(book_settlement(license_, shares, booked, moment))
        alone.append(book_payment(granted, agreement, inr(amount), f"p{amount}", alone, moment))
        alone.append(book_settlement(granted, shares, alone, moment))
    assert [entry for entry in booked if entry.subject == "lic-1"] == alone
    check_ledger(booked, {name.license_id: LicenseBasis(name, agreement, shares) for name in (granted, other)})
