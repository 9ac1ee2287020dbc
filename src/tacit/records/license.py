"""A licence and what is asked for: who may use what, for which purposes, where, until when, for how much (rule R8).

What happens to a licence later stands in events of its own and in notices to its licensee; the licence stays as signed.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

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


class LicenseState(StrEnum):
    """Whether anything opens under a licence."""

    RUNNING = "running"
    ENDED = "ended"
    REVOKED = "revoked"


class LicenseEventKind(StrEnum):
    """What happened to a licence after it was granted."""

    REVOKED = "revoked"
    USED = "used"
    REFUSED = "refused"  # somebody asked to use it outside its edges
    REPLACED = "replaced"  # a newer version of its release takes the place of the one before


@dataclass(frozen=True)
class LicenseEvent:
    """One thing that happened to a licence.

    purpose, territory, on: what was asked for, as it was typed; "" and None where nothing was.
    reason: why it was revoked, or refused. version: of a replacement, the version of the release that is new; 0: none,
    for nothing is left of the release.
    """

    license_id: str
    kind: LicenseEventKind
    at: datetime
    purpose: str = ""
    territory: str = ""
    on: date | None = None
    reason: str = ""
    version: int = 0


class NoticeKind(StrEnum):
    """What a licensee is told."""

    WITHDRAWN_FOOTAGE = "withdrawn-footage"  # the release holds footage that may no longer be used anew
    REVOKED = "revoked"
    REPLACED = "replaced-by"


@dataclass(frozen=True)
class LicenseNotice:
    """A notice to a licensee that waits in the outbox. It names releases, never a person, nor how many there were.

    dataset_id, version: the release that the licensee holds. new_version: of a replacement, the version to fetch; 0
    where nothing is left. sent_at: when somebody said that it was sent; None: not yet.
    """

    notice_id: str
    license_id: str
    licensee: str
    kind: NoticeKind
    dataset_id: str
    version: int
    made_at: datetime
    new_version: int = 0
    sent_at: datetime | None = None
