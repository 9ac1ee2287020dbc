from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tacit.words.figures import smallest_unit, write_list, write_percent, write_seconds, write_unrounded


@pytest.mark.parametrize(
    ("duration_ms", "text"), [(0, "0.000 s"), (7, "0.007 s"), (42_500, "42.500 s"), (1_234_567, "1,234.567 s")]
)
def test_milliseconds_are_written_as_seconds(duration_ms, text):
    assert write_seconds(duration_ms) == text


@pytest.mark.parametrize(
    ("basis_points", "text"),
    [(0, "0 %"), (2000, "20 %"), (1250, "12.5 %"), (1, "0.01 %"), (1010, "10.1 %"), (10_000, "100 %")],
)
def test_basis_points_are_written_as_percent(basis_points, text):
    assert write_percent(basis_points) == text


@pytest.mark.parametrize(
    ("minor", "divisor", "currency", "text"),
    [
        (5, 2, "INR", "0.0250 INR"),
        (20_000, 3, "INR", "66.6666... INR"),
        (7, 2, "JPY", "3.50 JPY"),
        (10**9, 1, "KWD", "1,000,000.00000 KWD"),
    ],
)
def test_an_amount_before_rounding_says_whether_it_goes_on(minor, divisor, currency, text):
    assert write_unrounded(minor, divisor, currency) == text


@given(st.integers(0, 10**12), st.integers(1, 10**7))
def test_an_amount_before_rounding_is_never_too_high_and_short_by_less_than_its_last_digit(minor, divisor):
    written = Decimal(write_unrounded(minor, divisor, "INR").removesuffix(" INR").removesuffix("...").replace(",", ""))
    missing = minor - written * 100 * divisor
    assert 0 <= missing < Decimal(divisor) / 100


def test_the_smallest_unit_follows_the_currency():
    assert [str(smallest_unit(currency)) for currency in ("INR", "JPY", "KWD")] == ["0.01 INR", "1 JPY", "0.001 KWD"]


def test_a_list_is_written_with_commas():
    assert write_list(["IN", "EU"]) == "IN, EU"
