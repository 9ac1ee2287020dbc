from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tacit.records.money import Money
from tacit.records.statement import FilmingLine, OtherLine, ShareLine
from tacit.words.catalogue import english
from tacit.words.statement_text import explain_line

MOMENT = datetime(2026, 11, 3, 10, tzinfo=UTC)


def inr(minor):
    return Money("INR", minor)


@pytest.fixture
def filming():
    return FilmingLine(
        "filming:rec-1", MOMENT, "rec-1", MOMENT, "pour", 42_500, 17_500, inr(250_000), inr(25_000), inr(3073)
    )


@pytest.fixture
def share():
    return ShareLine(
        transaction_id="settlement:lic-1:1",
        booked_at=MOMENT,
        license_id="lic-1",
        licensee="Lab Seven",
        dataset_id="ds-1",
        version=1,
        price=inr(1_000_000),
        paid=inr(400_000),
        pool_basis_points=2000,
        pool=inr(80_000),
        settled_before=inr(0),
        settled=inr(80_000),
        basis="accepted milliseconds",
        own_parts=7000,
        all_parts=10_001,
        amount=inr(55_994),
    )


def test_filming_is_told_as_a_sum_that_can_be_done_by_hand(filming):
    text = explain_line(filming, english())
    assert text.what == 'Filming "pour"'
    assert text.steps == (
        "accepted: 42.500 s x 2,500.00 INR an hour / 3,600 s = 29.5138... INR",
        "other filmed time: 17.500 s x 250.00 INR an hour / 3,600 s = 1.2152... INR",
        "added up: 30.7291... INR, rounded to the nearest 0.01 INR, halves upwards: 30.73 INR",
    )


def test_a_recording_that_was_erased_is_told_by_its_id_alone(filming):
    text = explain_line(replace(filming, filmed_at=None, task=""), english())
    assert (text.what, text.about) == ("Filming", "recording rec-1")


def test_a_share_is_told_from_the_price_to_the_part(share):
    text = explain_line(share, english())
    assert text.steps[:4] == (
        "the licensee has paid 4,000.00 INR of 10,000.00 INR; 20 % of that is the workers': 800.00 INR",
        "less shared out before: 800.00 INR - 0.00 INR = 800.00 INR",
        "your part: 800.00 INR x 7,000 / 10,001",
        "that is 559.9440... INR, rounded down to 559.94 INR",
    )


def test_a_share_that_was_rounded_up_says_so(share):
    step = explain_line(replace(share, amount=inr(55_995)), english()).steps[3]
    assert step == "that is 559.9440... INR, rounded up to 559.95 INR"


def test_a_share_without_a_remainder_is_exact(share):
    even = replace(share, own_parts=1, all_parts=2, amount=inr(40_000))
    assert explain_line(even, english()).steps[3] == "that is exactly 400.00 INR"


@pytest.mark.parametrize(("is_payout", "what"), [(True, "Paid out to you"), (False, "Correction")])
def test_any_other_line_tells_what_was_booked_with_it(is_payout, what):
    text = explain_line(OtherLine("payout:1", MOMENT, "bank transfer", is_payout, inr(-5)), english())
    assert (text.what, text.steps) == (what, ("bank transfer",))
