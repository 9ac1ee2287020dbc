"""A worker's statement: every amount that was booked for them, with the figures to compute it again by hand."""

from dataclasses import dataclass
from datetime import datetime

from tacit.records.money import Money


@dataclass(frozen=True)
class FilmingLine:
    """Pay for filming one recording (rule M7).

    filmed_at, task: from the recording; None and "" where the shop no longer has it.
    accepted_ms, other_ms: filmed time that was accepted, and the rest of it, in milliseconds.
    amount: (accepted_ms x per_accepted_hour + other_ms x floor_per_hour) / 3,600,000, rounded half up once.
    """

    transaction_id: str
    booked_at: datetime
    recording_id: str
    filmed_at: datetime | None
    task: str
    accepted_ms: int
    other_ms: int
    per_accepted_hour: Money
    floor_per_hour: Money
    amount: Money


@dataclass(frozen=True)
class ShareLine:
    """The worker's share of what a licensee paid (rules M3, M4 and M6).

    paid: by the licensee up to this settlement, of `price` in all.
    pool: pool_basis_points / 10,000 of `paid`, rounded down; what workers get of it.
    settled_before: of that pool, shared out by earlier settlements. settled: shared out by this one.
    basis: what the parts count, as the share table of the dataset says it.
    amount: settled x own_parts / all_parts, by largest remainders.
    """

    transaction_id: str
    booked_at: datetime
    license_id: str
    licensee: str
    dataset_id: str
    version: int
    price: Money
    paid: Money
    pool_basis_points: int
    pool: Money
    settled_before: Money
    settled: Money
    basis: str
    own_parts: int
    all_parts: int
    amount: Money


@dataclass(frozen=True)
class OtherLine:
    """Anything else on the worker's account: a payout, or a correction; `memo` says how it came about.

    is_payout: True where the money left from the shop's cash; then the amount is negative.
    """

    transaction_id: str
    booked_at: datetime
    memo: str
    is_payout: bool
    amount: Money


StatementLine = FilmingLine | ShareLine | OtherLine


@dataclass(frozen=True)
class StatementTotal:
    """The sums of one currency: filming + shares + corrections - paid_out = owed."""

    filming: Money
    shares: Money
    corrections: Money
    paid_out: Money
    owed: Money


@dataclass(frozen=True)
class Statement:
    """All lines of one worker in the order booked, and one total per currency, sorted by currency."""

    worker_uid: str
    computed_at: datetime
    lines: tuple[StatementLine, ...]
    totals: tuple[StatementTotal, ...]
