"""The lines of a statement in words: what each is for, and how its amount was computed, step by step."""

from dataclasses import dataclass

from tacit.records.statement import FilmingLine, OtherLine, ShareLine, StatementLine
from tacit.words.catalogue import Catalogue
from tacit.words.figures import smallest_unit, write_percent, write_seconds, write_unrounded

_MS_PER_HOUR = 3_600_000


@dataclass(frozen=True)
class LineText:
    """One line of a statement in words: what for, about what, and the steps of the sum in the order done."""

    what: str
    about: str
    steps: tuple[str, ...]


def explain_line(line: StatementLine, catalogue: Catalogue) -> LineText:
    """Say what a line is for and how to compute its amount by hand."""
    if isinstance(line, FilmingLine):
        return _explain_filming(line, catalogue)
    if isinstance(line, ShareLine):
        return _explain_share(line, catalogue)
    return _explain_other(line, catalogue)


def _explain_filming(line: FilmingLine, catalogue: Catalogue) -> LineText:
    """Accepted time at one rate and other time at the floor, added and rounded once."""
    text = catalogue.text
    currency = line.amount.currency
    accepted = line.accepted_ms * line.per_accepted_hour.amount_minor  # minor units x milliseconds of an hour
    other = line.other_ms * line.floor_per_hour.amount_minor
    if line.filmed_at is None:
        what = text("statement.filming")
        about = text("statement.filming.gone", recording_id=line.recording_id)
    else:
        what = text("statement.filming.what", task=line.task)
        filmed_on = line.filmed_at.date().isoformat()
        about = text("statement.filming.on", on=filmed_on, recording_id=line.recording_id)
    return LineText(
        what,
        about,
        (
            text(
                "statement.filming.accepted",
                seconds=write_seconds(line.accepted_ms),
                rate=line.per_accepted_hour,
                result=write_unrounded(accepted, _MS_PER_HOUR, currency),
            ),
            text(
                "statement.filming.other",
                seconds=write_seconds(line.other_ms),
                rate=line.floor_per_hour,
                result=write_unrounded(other, _MS_PER_HOUR, currency),
            ),
            text(
                "statement.filming.sum",
                result=write_unrounded(accepted + other, _MS_PER_HOUR, currency),
                unit=smallest_unit(currency),
                amount=line.amount,
            ),
        ),
    )


def _explain_share(line: ShareLine, catalogue: Catalogue) -> LineText:
    """From the price to the pool, from the pool to the part."""
    text = catalogue.text
    return LineText(
        text("statement.share.what"),
        text(
            "statement.share.of",
            licensee=line.licensee,
            license_id=line.license_id,
            dataset_id=line.dataset_id,
            version=line.version,
        ),
        (
            text(
                "statement.share.paid",
                paid=line.paid,
                price=line.price,
                pool_percent=write_percent(line.pool_basis_points),
                pool=line.pool,
            ),
            text("statement.share.settled", pool=line.pool, settled_before=line.settled_before, settled=line.settled),
            text(
                "statement.share.parts",
                settled=line.settled,
                own_parts=f"{line.own_parts:,}",
                all_parts=f"{line.all_parts:,}",
            ),
            _explain_rounding(line, catalogue),
            text("statement.share.basis", basis=line.basis),
        ),
    )


def _explain_rounding(line: ShareLine, catalogue: Catalogue) -> str:
    """Say whether the share was exact, or rounded up or down by largest remainders."""
    minor = line.settled.amount_minor * line.own_parts
    whole, remainder = divmod(minor, line.all_parts)
    if remainder == 0:
        return catalogue.text("statement.share.exact", amount=line.amount)
    way = "up" if line.amount.amount_minor > whole else "down"
    result = write_unrounded(minor, line.all_parts, line.amount.currency)
    return catalogue.text(f"statement.share.{way}", result=result, amount=line.amount)


def _explain_other(line: OtherLine, catalogue: Catalogue) -> LineText:
    """A payout or a correction, in the words that were booked with it."""
    kind = "payout" if line.is_payout else "correction"
    return LineText(catalogue.text(f"statement.other.{kind}"), line.transaction_id, (line.memo,))
