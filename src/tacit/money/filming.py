"""Pay for filming: accepted time at one rate, the rest of the filmed time at a floor (rule M7).

The memo of a booking holds the figures it was computed from, in a form that `find_filming_figures` reads back. So the
books prove themselves: they stay checkable after a recording was erased or processed again.
"""

import re
from dataclasses import dataclass

from tacit.records.agreement import Bounty
from tacit.records.errors import BadFilmedTimeError, MixedCurrenciesError
from tacit.records.money import Money, parse_money
from tacit.words.figures import write_seconds

MS_PER_HOUR = 3_600_000

_TERM = r"([0-9,]+)\.([0-9]{{3}}) s {word} x ([0-9,.]+) ([A-Z]{{3}}) an hour"
_MEMO = re.compile(f"{_TERM.format(word='accepted')} \\+ {_TERM.format(word='other')}; rounded half up")


@dataclass(frozen=True)
class FilmingFigures:
    """What filming pay is computed from: two rates, and filmed time in milliseconds, accepted and other."""

    bounty: Bounty
    accepted_ms: int
    other_ms: int

    def pay(self) -> Money:
        """What the figures give."""
        return compute_filming_pay(self.bounty, self.accepted_ms, self.accepted_ms + self.other_ms)


def compute_filming_pay(bounty: Bounty, accepted_ms: int, filmed_ms: int) -> Money:
    """Compute what is owed for filming; the sum is rounded once, half up, to the minor unit.

    Args:
        bounty: The two hourly rates, in one currency.
        accepted_ms: Milliseconds that were accepted for pay; at most `filmed_ms`.
        filmed_ms: Milliseconds that were recorded.

    Raises:
        BadFilmedTimeError: More was accepted than filmed, or a time is negative.
        MixedCurrenciesError: The two rates are in different currencies.
    """
    if not 0 <= accepted_ms <= filmed_ms:
        raise BadFilmedTimeError(accepted_ms, filmed_ms)
    rate, floor = bounty.per_accepted_hour, bounty.floor_per_hour
    if rate.currency != floor.currency:
        raise MixedCurrenciesError(rate.currency, floor.currency)
    minor_ms = accepted_ms * rate.amount_minor + (filmed_ms - accepted_ms) * floor.amount_minor
    return Money(rate.currency, (2 * minor_ms + MS_PER_HOUR) // (2 * MS_PER_HOUR))


def write_filming_memo(bounty: Bounty, accepted_ms: int, filmed_ms: int) -> str:
    """Write how filming pay came about, such as "42.500 s accepted x 2,500.00 INR an hour + 17.500 s other x ..."."""
    return (
        f"{write_seconds(accepted_ms)} accepted x {bounty.per_accepted_hour} an hour + "
        f"{write_seconds(filmed_ms - accepted_ms)} other x {bounty.floor_per_hour} an hour; rounded half up"
    )


def find_filming_figures(memo: str) -> FilmingFigures | None:
    """Read the figures back from a memo of `write_filming_memo`; None where it is not one."""
    match = _MEMO.fullmatch(memo)
    if match is None:
        return None
    accepted_s, accepted_part, rate, rate_currency, other_s, other_part, floor, floor_currency = match.groups()
    bounty = Bounty(
        parse_money(rate.replace(",", ""), rate_currency), parse_money(floor.replace(",", ""), floor_currency)
    )
    return FilmingFigures(
        bounty, int(accepted_s.replace(",", "") + accepted_part), int(other_s.replace(",", "") + other_part)
    )
