"""A licence and what is asked for: who may use what, for which purposes, where, until when, for how much (rule R8)."""

from dataclasses import dataclass
from datetime import date, datetime

from tacit.records.money import Money
from tacit.records.purposes import Purpose


@dataclass(frozen=True)
class Terms:
    """What a licensee asks for: which dataset (id or folder), for what, where, until when and for how much."""

    dataset: str
    licensee: str
    purposes: frozenset[Purpose]
    territory: tuple[str, ...]
    valid_until: date
    price: Money


@dataclass(frozen=True)
class License:
    """A signed licence of one dataset version. `signature` is the shop's Ed25519 over the rest (hex)."""

    license_id: str
    licensee: str
    dataset_id: str
    version: int
    dataset_digest: str
    purposes: frozenset[Purpose]
    territory: tuple[str, ...]
    valid_until: date
    price: Money
    granted_at: datetime
    signature: str
