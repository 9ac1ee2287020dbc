"""What the kernel needs to know to decide about one recording of one worker."""

from dataclasses import dataclass

from tacit.records.agreement import Agreement
from tacit.records.people import Consent, Release, Withdrawal


@dataclass(frozen=True)
class Facts:
    """All that is known about one worker's yes and no under one agreement, and about the release of one recording.

    agreement: None where there is none. release: None where the recording was not released.
    """

    agreement: Agreement | None
    consents: tuple[Consent, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    release: Release | None = None
