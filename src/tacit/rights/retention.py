"""What the law of an agreement asks after a withdrawal: to destroy at once, or to keep sealed for a while (rule R5).

In: jurisdictions. Out: how long. Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tacit.records.certificate import Leaving
from tacit.records.places import GDPR_PLACES


@dataclass(frozen=True)
class Profile:
    """How long what a worker leaves is sealed before it is destroyed; zero: destroyed at once.

    warn_before: how long before the destruction it is announced. source: the law, or why there is none.
    """

    sealed_for: timedelta
    warn_before: timedelta
    source: str

    @property
    def keeps(self) -> bool:
        """True where something is to be kept."""
        return self.sealed_for > timedelta(0)

    def state_at(self, withdrawn_at: datetime, moment: datetime) -> Leaving:
        """What should have become, at a moment, of what somebody left."""
        return Leaving.SEALED if moment < withdrawn_at + self.sealed_for else Leaving.DESTROYED


_AT_ONCE = Profile(timedelta(0), timedelta(0), "no duty to keep is known to us")
_EU = Profile(timedelta(0), timedelta(0), "Regulation (EU) 2016/679 (GDPR), article 17(1)(b)")
# India: personal data and logs are kept for at least a year (rule 8(3)); whoever they are about is told at least 48
# hours before they are erased (rule 8(2)).
_INDIA = Profile(timedelta(days=365), timedelta(hours=48), "Digital Personal Data Protection Rules, 2025 (IN), rule 8")
_PROFILES = {"IN": _INDIA} | dict.fromkeys(GDPR_PLACES, _EU)


def find_profile(jurisdiction: str) -> Profile:
    """The profile of a jurisdiction: a country code of ISO 3166-1, or EU for the Union.

    Source: the laws that the profiles name, as read in 2026-11; elsewhere ours: what nobody asks us to keep goes.
    """
    return _PROFILES.get(jurisdiction, _AT_ONCE)


def find_longest(jurisdictions: Iterable[str]) -> Profile:
    """The profile of somebody under several agreements: the longest duty counts."""
    return max((find_profile(one) for one in jurisdictions), key=lambda profile: profile.sealed_for, default=_AT_ONCE)
