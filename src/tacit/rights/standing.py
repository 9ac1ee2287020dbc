"""Which of a worker's purposes still stand, whatever was filmed."""

from collections.abc import Iterable
from datetime import datetime

from tacit.records.people import Consent, Withdrawal
from tacit.records.purposes import Purpose


def standing_purposes(
    consents: Iterable[Consent], withdrawals: Iterable[Withdrawal], at: datetime
) -> frozenset[Purpose]:
    """The purposes that a worker said yes to and did not say no to since, at a moment."""
    noes = [withdrawal for withdrawal in withdrawals if withdrawal.withdrawn_at <= at]
    return frozenset(
        purpose
        for consent in consents
        if consent.given_at <= at
        for purpose in consent.purposes
        if not any(purpose in no.purposes and no.withdrawn_at >= consent.given_at for no in noes)
    )
