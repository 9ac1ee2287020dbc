"""A worker's statement for machines: every figure of every line, so that it can be added up without our code."""

from dataclasses import fields
from datetime import datetime
from typing import Any

from tacit.records.money import Money
from tacit.records.statement import FilmingLine, ShareLine, Statement, StatementLine


def statement_as_json(made: Statement) -> dict[str, Any]:
    """The account, its lines under the names of `records.statement`, the sums of every currency, and what is owed.

    An amount is its currency, its minor units and its text; a moment is ISO 8601 with its offset.
    """
    return {
        "account": made.worker_uid,
        "computed_at": made.computed_at.isoformat(),
        "lines": [{"kind": _kind(line), **_plain_fields(line)} for line in made.lines],
        "totals": [_plain_fields(total) for total in made.totals],
        "owed": [_plain(total.owed) for total in made.totals],
    }


def _kind(line: StatementLine) -> str:
    """The sum of the totals that a line goes into."""
    if isinstance(line, FilmingLine):
        return "filming"
    if isinstance(line, ShareLine):
        return "share"
    return "payout" if line.is_payout else "correction"


def _plain_fields(record: Any) -> dict[str, Any]:
    return {field.name: _plain(getattr(record, field.name)) for field in fields(record)}


def _plain(value: Any) -> Any:
    if isinstance(value, Money):
        return {"currency": value.currency, "amount_minor": value.amount_minor, "text": str(value)}
    return value.isoformat() if isinstance(value, datetime) else value
