"""Workers, and what they said: consent, release, withdrawal. Names stay in the sealed part of a worker's record."""

from dataclasses import dataclass, field
from datetime import date, datetime

from tacit.records.purposes import Evidence, Purpose


@dataclass(frozen=True)
class Worker:
    """A worker of the shop.

    worker_uid: random and opaque; the only thing that other tables, objects and the ledger know.
    label: the short name that people type, such as "asha"; sealed at rest under the worker's key.
    name: as it stands on statements; sealed likewise; may be empty.
    language: BCP 47 tag of the language for notices and statements.
    public_key: Ed25519 public key (32 bytes, hex) of the worker's own signing key, or "" where there is none.
    sealed_private_key: the private key, encrypted under the PIN (hex), or "" where it lies in a key file of theirs.
    earlier_keys: public keys that they signed with before; what was signed then still holds. They came later.
    """

    worker_uid: str
    label: str
    name: str
    language: str
    public_key: str
    sealed_private_key: str = field(repr=False)
    earlier_keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Consent:
    """A worker's yes: to which agreement, for which purposes, from when, on which notice, how evidenced (R11).

    signature: Ed25519 over the canonical JSON of all other fields (hex): the worker's where it is signed, the
        steward's where it is witnessed; "" where only declared.
    ends_on: the last day on which it counts, in UTC; None: as long as the agreement runs.
    witness: id of the steward who witnessed it; "" for none.
    The last two came later; records from before lack them.
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
    ends_on: date | None = None
    witness: str = ""


@dataclass(frozen=True)
class Withdrawal:
    """A worker's no, for the purposes named (rule R5). It counts from when it is on record, whatever a clock says.

    consents: ids of every yes that there was when it was said. They are taken back by it, and so is any other that is
    dated no later than it. It came later; records from before lack it.
    """

    withdrawal_id: str
    worker_uid: str
    purposes: frozenset[Purpose]
    withdrawn_at: datetime
    consents: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Release:
    """A worker's word that one recording may leave the inner room (rule R4). `witness` is as in a consent.

    ended_at: when it was taken back, or what it was given for changed; None while it stands. It is no part of what is
        signed.
    The last two came later; records from before lack them.
    """

    recording_id: str
    worker_uid: str
    released_at: datetime
    evidence: Evidence
    signature: str
    witness: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True)
class StandingRelease:
    """A worker's word that every recording of theirs under an agreement may leave once its review time has passed (R4).

    The review time counts from when the preview could be seen, or from this word where that is later.

    ended_at: when the worker took it back; None while it stands. It is no part of what is signed.
    """

    standing_id: str
    worker_uid: str
    agreement_id: str
    given_at: datetime
    evidence: Evidence
    signature: str
    witness: str = ""
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Steward:
    """Somebody of a union, a works council or a co-operative who watches over agreements.

    steward_id: a short name that people type. public_key, sealing_key: Ed25519 and X25519 public keys (hex) of the
    steward's own key file, which stays with the steward. agreements: ids of those they may pause and witness under;
    former: of those they watched over once, so that what they witnessed then still holds. It came later.
    """

    steward_id: str
    name: str
    public_key: str
    sealing_key: str
    agreements: frozenset[str]
    added_at: datetime
    former: frozenset[str] = frozenset()
