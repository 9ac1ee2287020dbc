"""Money as integers in minor units (rule M1). No float is ever accepted."""

import re
from dataclasses import dataclass
from decimal import Decimal

from tacit.records.errors import BadAmountError

# Minor digits that differ from two. Source: ISO 4217 list one, the entries of currencies in common use.
_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}


def minor_digits(currency: str) -> int:
    """Digits after the decimal point in a currency: 2 for INR, 0 for JPY, 3 for KWD."""
    return _MINOR_DIGITS.get(currency, 2)


@dataclass(frozen=True, order=True)
class Money:
    """An amount in minor units (paise, cents) of one currency (ISO 4217 code)."""

    currency: str
    amount_minor: int

    def __str__(self) -> str:
        digits = minor_digits(self.currency)
        whole, part = divmod(abs(self.amount_minor), 10**digits)
        sign = "-" if self.amount_minor < 0 else ""
        fraction = f".{part:0{digits}d}" if digits else ""
        return f"{sign}{whole:,}{fraction} {self.currency}"


def parse_money(text: str, currency: str) -> Money:
    """Read an amount as written in an agreement or on a command line, such as "2500.00".

    Args:
        text: Plain decimal digits, no sign, no separators, at most the currency's minor digits after the point.
        currency: Three capital letters, ISO 4217.

    Raises:
        BadAmountError: The text is not such an amount, or the currency is not such a code.
    """
    digits = minor_digits(currency)
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise BadAmountError(text, currency)
    pattern = rf"[0-9]{{1,15}}(\.[0-9]{{1,{digits}}})?" if digits else r"[0-9]{1,15}"
    if not re.fullmatch(pattern, text):
        raise BadAmountError(text, currency)
    return Money(currency, int(Decimal(text).scaleb(digits)))
