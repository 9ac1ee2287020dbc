"""Amounts as integers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.records.errors import BadAmountError
from tacit.records.money import Money, minor_digits, parse_money


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


@pytest.mark.parametrize("currency", ["inr", "RUPEE", "", "I1R"])
def test_a_currency_is_three_capital_letters(currency):
    with pytest.raises(BadAmountError):
        parse_money("1", currency)


@given(st.integers(0, 10**14), st.sampled_from(["INR", "JPY", "KWD"]))
def test_what_is_printed_is_read_back(minor, currency):
    shown = str(Money(currency, minor)).removesuffix(f" {currency}").replace(",", "")
    assert parse_money(shown, currency).amount_minor == minor
    assert len(shown.partition(".")[2]) == minor_digits(currency)
