"""An agreement as a union, a council or a worker signs it with a plant: the terms that the software enforces."""

from dataclasses import dataclass
from datetime import date, datetime

from tacit.records.money import Money
from tacit.records.purposes import Purpose


@dataclass(frozen=True)
class Bounty:
    """Pay for filming: accepted time at one rate, the rest of the filmed time at a floor (rule M7), per hour."""

    per_accepted_hour: Money
    floor_per_hour: Money


@dataclass(frozen=True)
class Royalty:
    """What becomes of a licensee's money. Percentages are hundredths of a percent, so that no float is needed.

    pool_basis_points: part of the price for the workers' pool, in 1/10,000.
    remainder_to: who gets the rest; the name of a ledger account owner, such as "plant".
    internal_run: what the plant pays into the pool for each run of a skill it uses itself.
    hours_basis_points, value_basis_points: how the pool is split, by hours and by value; they sum to 10,000.
    after_withdrawal: "keep-earning": shares go on until existing licences run out.
    """

    pool_basis_points: int
    remainder_to: str
    internal_run: Money
    hours_basis_points: int
    value_basis_points: int
    after_withdrawal: str


@dataclass(frozen=True)
class Agreement:
    """The terms. `digest` is the SHA-256 (hex) of the file as it was added; a consent names it.

    A later file with the same id and other words is another version of the agreement: it has another digest, and binds
    only who says yes to it.
    """

    agreement_id: str
    kind: str
    parties: tuple[str, ...]
    jurisdiction: str
    valid_from: date
    valid_to: date
    purposes: frozenset[Purpose]
    review_hold_h: int
    raw_retention_days: int
    group_size_min: int
    title: dict[str, str]
    ownership: dict[str, str]
    territory: tuple[str, ...]
    bounty: Bounty
    royalty: Royalty
    digest: str


@dataclass(frozen=True)
class PauseWord:
    """A steward's word that everything under an agreement stops, or goes on (rule R12).

    paused: True stops it, False lets it go on. signature: the steward's Ed25519 over the rest (hex).
    """

    agreement_id: str
    paused: bool
    said_at: datetime
    steward_id: str
    signature: str
