"""Money as integers in minor units (rule M1). No float is ever accepted."""

import re
from dataclasses import dataclass
from decimal import Decimal

from tacit.records.errors import BadAmountError, UnknownCurrencyError

_CODES = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP
    CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG
    HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL
    MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR
    RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD
    TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG
"""

CURRENCIES = frozenset(_CODES.split())
"""Codes of the currencies that somebody can be paid in.

Source: ISO 4217 list one as of 1 January 2026, without its funds, metals, units of account and codes for testing.
"""

# Minor digits that differ from two. Source: the same list.
_WITHOUT_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_WITH_THREE = "BHD IQD JOD KWD LYD OMR TND"
_MINOR_DIGITS = dict.fromkeys(_WITHOUT_DECIMALS.split(), 0) | dict.fromkeys(_WITH_THREE.split(), 3)


def minor_digits(currency: str) -> int:
    """Digits after the decimal point in a currency: 2 for INR, 0 for JPY, 3 for KWD."""
    return _MINOR_DIGITS.get(currency, 2)


def amount_pattern(currency: str) -> str:
    """The regular expression that an amount in a currency matches whole."""
    digits = minor_digits(currency)
    return rf"[0-9]{{1,15}}(\.[0-9]{{1,{digits}}})?" if digits else r"[0-9]{1,15}"


def expected_amount(currency: str) -> str:
    """What an amount in a currency looks like, for a sentence that says what was expected."""
    digits = minor_digits(currency)
    if not digits:
        return f'an amount in {currency}, which has no decimals, such as "2500"'
    return f'an amount in {currency} with at most {digits} decimals, such as "2500.{"0" * digits}"'


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
        currency: One of `CURRENCIES`.

    Raises:
        UnknownCurrencyError: There is no such currency.
        BadAmountError: The text is not such an amount.
    """
    if currency not in CURRENCIES:
        raise UnknownCurrencyError(currency)
    if not re.fullmatch(amount_pattern(currency), text):
        raise BadAmountError(text, expected_amount(currency))
    return Money(currency, int(Decimal(text).scaleb(minor_digits(currency))))
