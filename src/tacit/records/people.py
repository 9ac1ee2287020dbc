"""Workers, and what they said: consent, release, withdrawal. Names stay in the sealed part of a worker's record."""

from dataclasses import dataclass, field
from datetime import datetime

from tacit.records.purposes import Evidence, Purpose


@dataclass(frozen=True)
class Worker:
    """A worker of the shop.

    worker_uid: random and opaque; the only thing that other tables, objects and the ledger know.
    label: the short name that people type, such as "asha"; sealed at rest under the worker's key.
    name: as it stands on statements; sealed likewise; may be empty.
    language: BCP 47 tag of the language for notices and statements.
    public_key: Ed25519 public key (32 bytes, hex) of the worker's own signing key, or "" where no PIN was set.
    sealed_private_key: the private key, encrypted under the PIN (hex), or "".
    """

    worker_uid: str
    label: str
    name: str
    language: str
    public_key: str
    sealed_private_key: str = field(repr=False)


@dataclass(frozen=True)
class Consent:
    """A worker's yes: to which agreement, for which purposes, from when, on which notice, how evidenced (R11).

    signature: Ed25519 over the canonical JSON of all other fields (hex), or "" where only declared.
    """

    consent_id: str
    worker_uid: str
    agreement_id: str
    agreement_digest: str
    purposes: frozenset[Purpose]
    given_at: datetime
    notice_language: str
    notice_digest: str
    evidence: Evidence
    signature: str


@dataclass(frozen=True)
class Withdrawal:
    """A worker's no, from this moment on, for the purposes named (rule R5)."""

    withdrawal_id: str
    worker_uid: str
    purposes: frozenset[Purpose]
    withdrawn_at: datetime


@dataclass(frozen=True)
class Release:
    """A worker's word that one recording may leave the inner room (rule R4)."""

    recording_id: str
    worker_uid: str
    released_at: datetime
    evidence: Evidence
    signature: str
