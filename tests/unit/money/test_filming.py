from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.money.filming import FilmingFigures, compute_filming_pay, find_filming_figures, write_filming_memo
from tacit.records.agreement import Bounty
from tacit.records.errors import BadFilmedTimeError, MixedCurrenciesError
from tacit.records.money import Money

BOUNTY = Bounty(Money("INR", 250_000), Money("INR", 25_000))
CURRENCIES = st.sampled_from(["INR", "JPY", "KWD"])
BOUNTIES = st.builds(
    lambda currency, rate, floor: Bounty(Money(currency, rate), Money(currency, floor)),
    CURRENCIES,
    st.integers(0, 10**9),
    st.integers(0, 10**9),
)
TIMES = st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)).map(sorted)


def test_an_hour_half_accepted_pays_half_of_each_rate():
    assert compute_filming_pay(BOUNTY, 1_800_000, 3_600_000) == Money("INR", 137_500)


def test_nothing_filmed_pays_nothing():
    assert compute_filming_pay(BOUNTY, 0, 0) == Money("INR", 0)


@given(BOUNTIES, TIMES)
def test_pay_is_the_exact_sum_rounded_half_up_once(bounty, times):
    accepted_ms, filmed_ms = times
    exact = Decimal(
        accepted_ms * bounty.per_accepted_hour.amount_minor
        + (filmed_ms - accepted_ms) * bounty.floor_per_hour.amount_minor
    ) / Decimal(3_600_000)
    expected = int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
    assert compute_filming_pay(bounty, accepted_ms, filmed_ms).amount_minor == expected


def test_exactly_half_a_minor_unit_is_rounded_up():
    bounty = Bounty(Money("INR", 1), Money("INR", 0))
    assert compute_filming_pay(bounty, 1_800_000, 1_800_000).amount_minor == 1
    assert compute_filming_pay(bounty, 1_799_999, 1_799_999).amount_minor == 0


@pytest.mark.parametrize(("accepted_ms", "filmed_ms"), [(11, 10), (-1, 10), (0, -5)])
def test_more_accepted_than_filmed_is_damage(accepted_ms, filmed_ms):
    with pytest.raises(BadFilmedTimeError):
        compute_filming_pay(BOUNTY, accepted_ms, filmed_ms)


def test_rates_in_two_currencies_are_refused():
    with pytest.raises(MixedCurrenciesError):
        compute_filming_pay(Bounty(Money("INR", 1), Money("USD", 1)), 0, 10)


@given(BOUNTIES, TIMES)
def test_the_figures_are_read_back_from_the_memo(bounty, times):
    accepted_ms, filmed_ms = times
    figures = find_filming_figures(write_filming_memo(bounty, accepted_ms, filmed_ms))
    assert figures == FilmingFigures(bounty, accepted_ms, filmed_ms - accepted_ms)
    assert figures.pay() == compute_filming_pay(bounty, accepted_ms, filmed_ms)


def test_another_memo_holds_no_figures():
    assert find_filming_figures("paid by agreement") is None
