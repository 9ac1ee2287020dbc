"""A worker's complaint, the answers to it, and the day by which an answer is due."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class GrievanceAnswer:
    """One answer. steward_id, signature: of the steward who gave and signed it (Ed25519, hex); "" for the operator."""

    text: str
    answered_at: datetime
    steward_id: str = ""
    signature: str = ""


@dataclass(frozen=True)
class Grievance:
    """A complaint of one worker under one agreement; sealed at rest under the worker's key.

    due_on: the last day, in UTC, for an answer; worked out when it was opened and never moved.
    answers: in the order given; the first one stops the clock.
    """

    grievance_id: str
    worker_uid: str
    agreement_id: str
    text: str
    opened_at: datetime
    due_on: date
    answers: tuple[GrievanceAnswer, ...] = ()

    def is_overdue(self, today: date) -> bool:
        """True where nobody answered and the last day has passed, or where the first answer came after it."""
        return (self.answers[0].answered_at.date() if self.answers else today) > self.due_on
