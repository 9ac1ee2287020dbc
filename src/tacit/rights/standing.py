"""Which of a worker's purposes still stand, whatever was filmed. A word on record counts, whatever a clock says."""

from collections.abc import Iterable
from datetime import UTC, datetime

from tacit.records.people import Consent, Withdrawal
from tacit.records.purposes import Purpose


def standing_purposes(consents: Iterable[Consent], withdrawals: Iterable[Withdrawal]) -> frozenset[Purpose]:
    """The purposes that a worker said yes to and did not say no to since, those too whose yes has come to its end."""
    noes = tuple(withdrawals)
    return frozenset(
        purpose for consent in consents for purpose in consent.purposes if not is_withdrawn(consent, purpose, noes)
    )


def running_purposes(
    consents: Iterable[Consent], withdrawals: Iterable[Withdrawal], at: datetime
) -> frozenset[Purpose]:
    """The purposes that stand under a yes that has not come to its end at a moment."""
    return standing_purposes((consent for consent in consents if not has_ended(consent, at)), withdrawals)


def is_withdrawn(consent: Consent, purpose: Purpose, withdrawals: Iterable[Withdrawal]) -> bool:
    """True where a worker took a yes back, for a purpose."""
    return any(
        withdrawal.worker_uid == consent.worker_uid
        and purpose in withdrawal.purposes
        and (consent.consent_id in withdrawal.consents or consent.given_at <= withdrawal.withdrawn_at)
        for withdrawal in withdrawals
    )


def has_ended(consent: Consent, at: datetime) -> bool:
    """True where the last day of a yes, in UTC, lies before a moment."""
    return consent.ends_on is not None and at.astimezone(UTC).date() > consent.ends_on
