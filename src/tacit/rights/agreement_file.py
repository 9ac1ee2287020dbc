"""Reads an agreement as a union and a plant would write it: a TOML file, every fault listed at once with its line."""

import hashlib
import re
from datetime import date
from pathlib import Path

from tacit.records.agreement import Agreement, Bounty, Royalty
from tacit.records.money import CURRENCIES, Money, amount_pattern, expected_amount, parse_money
from tacit.records.purposes import Purpose
from tacit.records.tomlfile import Table, TomlFile

ID_PATTERN = r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}"
ID_EXPECTED = "a short name of letters, digits, points, dashes and underscores"
_COUNTRY = r"[A-Z]{2}"
# Ranking or disciplining a person, inferring emotion and identifying a person are no purposes (R2): a closed list.
_PURPOSES = frozenset(purpose.value for purpose in Purpose)


def read_agreement(path: Path) -> tuple[Agreement, str]:
    """Read an agreement and the text it stands in.

    Raises:
        UnreadableFileError: The file is not there or may not be read.
        FaultyFileError: Something in it is missing, misspelt or impossible; all faults at once.
    """
    file = TomlFile(path)
    root = file.root
    bounty = _read_bounty(root.table("bounty"))
    agreement = Agreement(
        agreement_id=root.text("id", ID_PATTERN, ID_EXPECTED),
        kind=root.choice("kind", {"collective", "individual"}),
        parties=root.texts("parties", at_least=2),
        jurisdiction=root.text("jurisdiction", _COUNTRY, 'a country code of two capital letters, such as "IN"'),
        valid_from=root.day("valid_from"),
        valid_to=root.day("valid_to"),
        purposes=frozenset(Purpose(p) for p in root.texts("purposes", _PURPOSES, at_least=1) if p in _PURPOSES),
        review_hold_h=root.integer("review_hold_h", 0, 24 * 365),
        raw_retention_days=root.integer("raw_retention_days", 0, 3650),
        group_size_min=root.integer("group_size_min", 5, 1_000_000),
        title=_read_title(root.table("title")),
        ownership=_read_ownership(root.table("ownership")),
        territory=_read_territory(root.table("territory")),
        bounty=bounty,
        royalty=_read_royalty(root.table("royalty"), bounty.per_accepted_hour.currency),
        digest=hashlib.sha256(file.text.encode("utf-8")).hexdigest(),
    )
    if date.min < agreement.valid_to < agreement.valid_from:
        root.fault("valid_to", '"valid_to" lies before "valid_from".')
    root.close()
    file.check()
    return agreement, file.text


def _read_title(table: Table) -> dict[str, str]:
    languages = table.keys()
    if not languages:
        table.fault("en", '"title" is empty; at least one language is expected, such as en = "…".')
    title = {language: table.text(language) for language in languages}
    for language in title:
        if not language.replace("-", "").isalnum():
            table.fault(language, f'"{language}" is no language tag; such as "en", "hi" or "pt-BR" is expected.')
    return title


def _read_ownership(table: Table) -> dict[str, str]:
    owners = {
        "footage": table.choice("footage", {"worker"}),  # R12: licensed, never sold
        "datasets": table.choice("datasets", {"worker", "shared", "plant"}),
        "skills": table.choice("skills", {"worker", "shared", "plant"}),
    }
    table.close()
    return owners


def _read_territory(table: Table) -> tuple[str, ...]:
    allowed = table.texts("allowed", at_least=1)
    for code in allowed:
        if len(code) != 2 or not code.isupper():
            table.fault("allowed", f'"{code}" is no country code; two capital letters are expected, EU for the Union.')
    table.close()
    return allowed


def _read_bounty(table: Table) -> Bounty:
    expected = 'a currency of ISO 4217, three capital letters such as "INR",'
    currency = table.text("currency", "|".join(sorted(CURRENCIES)), expected)
    rate, floor = (_money(table, key, currency) for key in ("per_accepted_hour", "floor_per_hour"))
    if rate and floor and floor.amount_minor > rate.amount_minor:
        table.fault("floor_per_hour", '"floor_per_hour" is more than "per_accepted_hour"; a floor lies below it.')
    table.close()
    return Bounty(rate or Money(currency, 0), floor or Money(currency, 0))


def _read_royalty(table: Table, currency: str) -> Royalty:
    split = table.table("split")
    royalty = Royalty(
        pool_basis_points=_percent(table, "pool_percent"),
        remainder_to=table.text("remainder_to", ID_PATTERN, ID_EXPECTED),
        internal_run=_money(table, "internal_run", currency) or Money(currency, 0),
        hours_basis_points=_percent(split, "hours"),
        value_basis_points=_percent(split, "value"),
        # "stop" would need a rule for whom a stopped share goes to; until there is one, it cannot be promised.
        after_withdrawal=table.choice("after_withdrawal", {"keep-earning"}),
    )
    if royalty.hours_basis_points + royalty.value_basis_points != 10_000:
        table.fault("split", '"hours" and "value" of "split" do not sum to 100 percent.')
    split.close()
    table.close()
    return royalty


def _money(table: Table, key: str, currency: str) -> Money | None:
    """An amount in quotes; None where it is faulty, or its currency is, without which it cannot be read."""
    if currency not in CURRENCIES:
        table.text(key, r"[0-9].*", 'an amount in quotes, such as "2500.00",')
        return None
    text = table.text(key, amount_pattern(currency), f"{expected_amount(currency)}, in quotes,")
    return parse_money(text, currency) if re.fullmatch(amount_pattern(currency), text) else None


def _percent(table: Table, key: str) -> int:
    """Percent written in quotes with at most two digits after the point, in basis points."""
    expected = 'a percentage in quotes from "0" to "100", with at most two digits after the point,'
    text = table.text(key, r"(100(\.00?)?|[0-9]{1,2}(\.[0-9]{1,2})?)", expected)
    whole, _, part = text.partition(".")
    if not whole.isdigit() or not (part or "0").isdigit():
        return 0
    return int(whole) * 100 + int(part.ljust(2, "0")[:2] or "0")
