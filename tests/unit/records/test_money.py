"""Amounts as integers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.errors import BadAmountError, UnknownCurrencyError
from tacit.records.money import CURRENCIES, Money, expected_amount, minor_digits, parse_money


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [("2500.00", "INR", 250000), ("0.05", "INR", 5), ("7", "INR", 700), ("1.5", "EUR", 150), ("800", "JPY", 800)],
)
def test_amounts_are_read_into_minor_units(text, currency, minor):
    assert parse_money(text, currency) == Money(currency, minor)


@pytest.mark.parametrize("text", ["", "-1", "1,000", "1.234", "1e3", "٣", " 1", "1 ", "NaN", "1.", ".5", "9" * 16])
def test_anything_else_is_refused(text):
    with pytest.raises(BadAmountError):
        parse_money(text, "INR")


@pytest.mark.parametrize("currency", ["inr", "RUPEE", "", "I1R", "QQQ", "XXX", "XTS", "XAU", "INR EUR"])
def test_a_currency_is_one_that_somebody_can_be_paid_in(currency):
    with pytest.raises(UnknownCurrencyError, match="is no currency of ISO 4217"):
        parse_money("1", currency)


def test_currencies_are_codes_of_three_letters_and_each_once():
    assert len(CURRENCIES) > 150
    assert all(len(code) == 3 and code.isalpha() and code.isupper() for code in CURRENCIES)


@pytest.mark.parametrize(
    ("text", "currency", "said"), [("2500.00", "JPY", "JPY, which has no decimals"), ("1.005", "INR", "at most 2 dec")]
)
def test_a_faulty_amount_is_told_how_many_decimals_the_currency_has(text, currency, said):
    with pytest.raises(BadAmountError, match=said):
        parse_money(text, currency)


@given(st.sampled_from(sorted(CURRENCIES)))
def test_the_example_of_every_currency_can_be_booked(currency):
    example = expected_amount(currency).split('"')[1]
    assert parse_money(example, currency) == Money(currency, 2500 * 10 ** minor_digits(currency))


@given(st.integers(0, 10**14), st.sampled_from(["INR", "JPY", "KWD"]))
def test_what_is_printed_is_read_back(minor, currency):
    shown = str(Money(currency, minor)).removesuffix(f" {currency}").replace(",", "")
    assert parse_money(shown, currency).amount_minor == minor
    assert len(shown.partition(".")[2]) == minor_digits(currency)
