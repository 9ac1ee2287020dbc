"""Figures as people read them, written from integers so that nothing is lost on the way."""

from collections.abc import Iterable

from tacit.records.money import Money, minor_digits

_EXTRA_DIGITS = 2  # how far beyond the minor unit an amount is written that was not rounded yet


def write_seconds(duration_ms: int) -> str:
    """Write milliseconds as seconds with three places, such as "1,042.500 s"."""
    whole, part = divmod(duration_ms, 1000)
    return f"{whole:,}.{part:03d} s"


def write_percent(basis_points: int) -> str:
    """Write hundredths of a percent, such as "20 %" or "12.5 %"."""
    whole, part = divmod(basis_points, 100)
    fraction = f".{part:02d}".rstrip("0") if part else ""
    return f"{whole}{fraction} %"


def write_list(items: Iterable[str]) -> str:
    """Write a list with commas, such as "IN, US, EU"."""
    return ", ".join(items)


def write_unrounded(minor: int, divisor: int, currency: str) -> str:
    """Write an amount of minor / divisor minor units before it is rounded, such as "18.0555... INR".

    Two digits beyond the minor unit are written; three points follow where there would be more.
    """
    places = minor_digits(currency) + _EXTRA_DIGITS
    fine, rest = divmod(minor * 10**_EXTRA_DIGITS, divisor)
    whole, part = divmod(fine, 10**places)
    return f"{whole:,}.{part:0{places}d}{'...' if rest else ''} {currency}"


def smallest_unit(currency: str) -> Money:
    """The smallest amount that is ever booked in a currency, such as 0.01 INR."""
    return Money(currency, 1)
