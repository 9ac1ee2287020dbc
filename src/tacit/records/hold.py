"""What of a worker who left is kept under a legal hold, who could open it, until when, and who did."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Hold:
    """Sealed rows and objects of a worker who left, which a law asks to keep for a while (rule R5).

    worker_uid: the opaque account. agreements: ids of the agreements whose law asks for it.
    until: from then on everything is destroyed. halves: by steward, the second half of the hold key, sealed (hex) to
    the steward's own key; the first half lies in the keyring. objects: SHA-256 (hex) of each sealed object as it lies,
    by name, for no key here can tell whether it was changed. warned_at: when the coming destruction was announced;
    destroyed_at: when it happened. None: not yet.
    """

    worker_uid: str
    agreements: tuple[str, ...]
    sealed_at: datetime
    until: datetime
    halves: dict[str, str]
    objects: dict[str, str] = field(default_factory=dict)
    warned_at: datetime | None = None
    destroyed_at: datetime | None = None


@dataclass(frozen=True)
class HoldOpening:
    """A steward opened a hold: when, and why in the steward's own words, which may name somebody."""

    worker_uid: str
    steward_id: str
    opened_at: datetime
    reason: str
