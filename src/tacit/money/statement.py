"""A worker's statement, computed from the ledger alone and checked against what it rests on while it is made."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from tacit.money.booking import compute_paid, compute_pool, compute_pool_balance, find_license_ids
from tacit.money.filming import find_filming_figures
from tacit.money.ledger import LicenseBasis
from tacit.money.shares import split
from tacit.records.errors import BrokenBooksError
from tacit.records.ledger import CASH, Transaction, worker_account
from tacit.records.money import Money
from tacit.records.recording import Recording
from tacit.records.statement import FilmingLine, OtherLine, ShareLine, Statement, StatementLine, StatementTotal


def compute_statement(
    worker_uid: str,
    transactions: Sequence[Transaction],
    recordings: Mapping[str, Recording],
    licenses: Mapping[str, LicenseBasis],
    computed_at: datetime,
) -> Statement:
    """Compute everything that was booked for one worker, with the figures that a reader can compute it from.

    Args:
        worker_uid: Whose statement it is.
        transactions: The whole ledger in the order booked.
        recordings: By id, those the shop still has; they only tell when and what was filmed.
        licenses: By id, every licence that something was settled on.
        computed_at: The moment that the statement speaks of.

    Raises:
        BrokenBooksError: A booked amount does not follow from its figures, or the sums disagree with the account.
    """
    account = worker_account(worker_uid)
    lines: list[StatementLine] = []
    on_license: defaultdict[str, list[Transaction]] = defaultdict(list)
    for transaction in transactions:
        credited = [-posting.amount.amount_minor for posting in transaction.postings if posting.account == account]
        if credited:
            amount = Money(transaction.postings[0].amount.currency, sum(credited))
            lines.append(_make_line(transaction, amount, account, recordings, licenses, on_license))
        for license_id in find_license_ids(transaction):
            on_license[license_id].append(transaction)
    return Statement(worker_uid, computed_at, tuple(lines), _sum_up(lines))


def _make_line(
    transaction: Transaction,
    amount: Money,
    account: str,
    recordings: Mapping[str, Recording],
    licenses: Mapping[str, LicenseBasis],
    on_license: Mapping[str, Sequence[Transaction]],
) -> StatementLine:
    """Choose the form of a line by what was booked."""
    if transaction.kind == "filming":
        return _make_filming_line(transaction, amount, recordings.get(transaction.subject))
    if transaction.kind == "settlement":
        basis = licenses.get(transaction.subject)
        if basis is None:
            raise BrokenBooksError([f"{transaction.transaction_id} is about a licence that is not there."])
        return _make_share_line(transaction, amount, account, basis, on_license.get(transaction.subject, ()))
    is_payout = amount.amount_minor < 0 and any(posting.account == CASH for posting in transaction.postings)
    return OtherLine(transaction.transaction_id, transaction.booked_at, transaction.memo, is_payout, amount)


def _make_filming_line(transaction: Transaction, amount: Money, recording: Recording | None) -> FilmingLine:
    """Read the figures of filming pay from its memo, and check that they give the amount."""
    figures = find_filming_figures(transaction.memo)
    if figures is None:
        raise BrokenBooksError([f"{transaction.transaction_id} does not say how it was computed."])
    if amount != figures.pay():
        raise BrokenBooksError([f"{transaction.transaction_id} books {amount}; its figures give {figures.pay()}."])
    return FilmingLine(
        transaction_id=transaction.transaction_id,
        booked_at=transaction.booked_at,
        recording_id=transaction.subject,
        filmed_at=recording.started_at if recording else None,
        task=recording.task if recording else "",
        accepted_ms=figures.accepted_ms,
        other_ms=figures.other_ms,
        per_accepted_hour=figures.bounty.per_accepted_hour,
        floor_per_hour=figures.bounty.floor_per_hour,
        amount=amount,
    )


def _make_share_line(
    transaction: Transaction, amount: Money, account: str, basis: LicenseBasis, before: Sequence[Transaction]
) -> ShareLine:
    """Compute a worker's share of a settlement again from the licence, and check that it was booked."""
    granted, royalty, parts = basis.license, basis.agreement.royalty, dict(basis.shares.parts)
    paid = compute_paid(granted, before)
    pool = compute_pool(paid, royalty.pool_basis_points)
    settled = compute_pool_balance(granted, before)
    expected = dict(split(settled, basis.shares.parts)).get(account)
    if amount != expected:
        raise BrokenBooksError([f"{transaction.transaction_id} books {amount}; the share table gives {expected}."])
    return ShareLine(
        transaction_id=transaction.transaction_id,
        booked_at=transaction.booked_at,
        license_id=granted.license_id,
        licensee=granted.licensee,
        dataset_id=granted.dataset_id,
        version=granted.version,
        price=granted.price,
        paid=paid,
        pool_basis_points=royalty.pool_basis_points,
        pool=pool,
        settled_before=Money(pool.currency, pool.amount_minor - settled.amount_minor),
        settled=settled,
        basis=basis.shares.basis,
        own_parts=parts[account],
        all_parts=sum(parts.values()),
        amount=amount,
    )


def _sum_up(lines: Sequence[StatementLine]) -> tuple[StatementTotal, ...]:
    """Add the lines up, one total for each currency."""
    return tuple(_sum_currency(lines, currency) for currency in sorted({line.amount.currency for line in lines}))


def _sum_currency(lines: Sequence[StatementLine], currency: str) -> StatementTotal:
    """Add up the lines of one currency by their form."""
    sums = {"filming": 0, "shares": 0, "corrections": 0, "payouts": 0}
    for line in lines:
        if line.amount.currency == currency:
            sums[_column(line)] += line.amount.amount_minor
    return StatementTotal(
        filming=Money(currency, sums["filming"]),
        shares=Money(currency, sums["shares"]),
        corrections=Money(currency, sums["corrections"]),
        paid_out=Money(currency, -sums["payouts"]),
        owed=Money(currency, sum(sums.values())),
    )


def _column(line: StatementLine) -> str:
    """The sum that a line goes into."""
    if isinstance(line, FilmingLine):
        return "filming"
    if isinstance(line, ShareLine):
        return "shares"
    return "payouts" if line.is_payout else "corrections"
