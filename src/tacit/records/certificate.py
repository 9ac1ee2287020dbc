"""The certificate of a withdrawal: what was destroyed, what was made anew, what is out of reach and until when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from tacit.records.purposes import Purpose


class Leaving(StrEnum):
    """How far a withdrawal has come (rule R5)."""

    WITHDRAWN = "withdrawn"  # denied; other purposes stand, so the footage stays
    SEALED = "sealed"  # kept under a legal hold, for no other use
    DESTROYED = "destroyed"


@dataclass(frozen=True)
class UsedDataset:
    """A dataset that used the worker's footage, and what became of it.

    version: of the one that was made anew without it; 0 where nothing was left and it was removed, or where it was not
    made anew. problem: why it was not made anew, a plain sentence; "" where it was.
    """

    dataset_id: str
    version: int
    problem: str = ""


@dataclass(frozen=True)
class CopyOut:
    """A copy that a licensee holds: out of our reach, and until when the licence runs."""

    license_id: str
    dataset_id: str
    until: date
    notice_id: str = ""


@dataclass(frozen=True)
class Certificate:
    """What a withdrawal did. A draft until `issued_at`; then it has words and a signature.

    account: the opaque id under which what is owed stays owed. language: in which the words are.
    leaves: True where no purpose was left, so that everything is destroyed or sealed. with_originals: the worker asked
    for the films as they were handed in to be destroyed, too.
    why_not_sealed: why a law that asks to keep was not followed; "" where it was, or none asks.
    counted: the figures below are filled in; an erasure that goes on later does not count again.
    rows: how many rows there were, by kind. n_objects: sealed objects. n_keys: keys.
    originals: films as they were handed in, outside the shop, that were found; originals_destroyed: how many of them
    were destroyed on request. openings: when a steward opened what was sealed.
    log_size, log_root: the log when it was issued.
    text: the words. signature: of the shop over all else (hex).
    """

    certificate_id: str
    account: str
    language: str
    withdrawn_at: datetime
    purposes: frozenset[Purpose]
    leaves: bool
    with_originals: bool = False
    state: Leaving = Leaving.WITHDRAWN
    sealed_until: datetime | None = None
    why_not_sealed: str = ""
    counted: bool = False
    rows: dict[str, int] | None = None
    n_objects: int = 0
    n_keys: int = 0
    datasets: tuple[UsedDataset, ...] = ()
    copies: tuple[CopyOut, ...] = ()
    originals: int = 0
    originals_destroyed: int = 0
    openings: tuple[datetime, ...] = ()
    log_size: int = 0
    log_root: str = ""
    issued_at: datetime | None = None
    text: tuple[str, ...] = ()
    signature: str = ""
