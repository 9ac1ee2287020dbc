"""What the kernel needs to know to decide about one recording of one worker."""

from dataclasses import dataclass
from datetime import datetime

from tacit.records.agreement import Agreement
from tacit.records.people import Consent, Release, StandingRelease, Withdrawal


@dataclass(frozen=True)
class Facts:
    """All that is known about one worker's yes and no under one agreement, and about the release of one recording.

    agreements: every version of the agreement, oldest first; empty where there is none.
    is_paused: a steward paused the agreement.
    release: the word for this one recording; None where there is none. standing: every standing release of the worker.
    ready_at: since when the preview of the recording can be seen; None where nobody noted it.
    """

    agreements: tuple[Agreement, ...]
    consents: tuple[Consent, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    release: Release | None = None
    standing: tuple[StandingRelease, ...] = ()
    ready_at: datetime | None = None
    is_paused: bool = False

    def find_version(self, digest: str) -> Agreement | None:
        """The version of the agreement with that digest of its words; "": the first. None where there is none."""
        if not digest:
            return self.agreements[0] if self.agreements else None
        return next((version for version in self.agreements if version.digest == digest), None)
