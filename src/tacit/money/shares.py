"""How an amount is shared by parts: the one rounding rule of the house for shares (rule M3)."""

from collections.abc import Sequence

from tacit.records.errors import BadSplitError
from tacit.records.money import Money


def split(amount: Money, parts: Sequence[tuple[str, int]]) -> tuple[tuple[str, Money], ...]:
    """Share an amount by parts, by largest remainders.

    Everyone gets their exact share rounded down to the minor unit; the units left over go one each to the largest
    remainders, and among equal remainders to the account name that sorts first. The order of `parts` does not matter.

    Args:
        amount: What is shared; zero or more.
        parts: Account and positive integer, each account once.

    Returns:
        Every account with its share, sorted by account; the shares sum to the amount.

    Raises:
        BadSplitError: The amount is negative, or the parts are none, not positive, or name an account twice.

    Source: Hamilton's method of apportionment; M. L. Balinski and H. P. Young, Fair Representation, 1982, ch. 2.
        The rule for equal remainders is ours.
    """
    _check_parts(amount, parts)
    all_parts = sum(part for _, part in parts)
    floors = {account: amount.amount_minor * part // all_parts for account, part in parts}
    remainders = {account: amount.amount_minor * part % all_parts for account, part in parts}
    n_left = amount.amount_minor - sum(floors.values())
    rounded_up = set(sorted(floors, key=lambda account: (-remainders[account], account))[:n_left])
    shares = tuple(
        (account, Money(amount.currency, floors[account] + (1 if account in rounded_up else 0)))
        for account in sorted(floors)
    )
    if sum(share.amount_minor for _, share in shares) != amount.amount_minor:
        raise BadSplitError(str(amount), "the shares do not sum to it")
    return shares


def _check_parts(amount: Money, parts: Sequence[tuple[str, int]]) -> None:
    """Refuse what cannot be shared fairly."""
    if amount.amount_minor < 0:
        raise BadSplitError(str(amount), "it is negative")
    if not parts:
        raise BadSplitError(str(amount), "there are no parts to share it by")
    for account, part in parts:
        if part <= 0:
            raise BadSplitError(str(amount), f"{account} has {part} parts, and at least 1 was expected")
    if len({account for account, _ in parts}) != len(parts):
        raise BadSplitError(str(amount), "one account is named twice among the parts")
