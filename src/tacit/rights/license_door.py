"""Whether something may be done under a licence (rules R8 and R12). Pure: the moment is part of what is asked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from tacit.records.license import License, LicenseEvent, LicenseEventKind, LicenseState
from tacit.records.places import covers
from tacit.records.purposes import Purpose
from tacit.rights.decide import Refusal


@dataclass(frozen=True)
class Use:
    """What somebody wants to do under a licence: for what, where (a country, or EU for all of it), on which day."""

    purpose: Purpose
    territory: str
    on: date


def find_state(granted: License, events: Iterable[LicenseEvent], on: date) -> LicenseState:
    """The state of a licence on a day; a revocation on record counts whatever the day is, and more than an end."""
    if any(event.kind is LicenseEventKind.REVOKED for event in events):
        return LicenseState.REVOKED
    return LicenseState.ENDED if on > granted.valid_until else LicenseState.RUNNING


def check_use(
    granted: License, events: Iterable[LicenseEvent], is_paused: bool, use: Use, today: date
) -> Refusal | None:
    """Why a use lies outside its licence; None where it is inside.

    Args:
        granted: The licence.
        events: What happened to it since.
        is_paused: A steward paused the agreement that it rests on.
        use: What is asked for. Days are days in UTC, the last one of the licence included.
        today: The day it is asked on. Once a licence is over, no use of an earlier day opens it again.
    """
    name = f"the licence {granted.license_id}"
    state = find_state(granted, events, max(use.on, today))
    if state is LicenseState.REVOKED:
        return Refusal("R8", f"{name} was revoked. Delete every copy of its release.")
    if state is LicenseState.ENDED:
        return Refusal("R8", f"{name} ended on {granted.valid_until}. Delete every copy of its release.")
    if use.on < granted.granted_at.date():
        return Refusal("R8", f"{name} was granted on {granted.granted_at.date()}; {use.on} lies before that.")
    if use.purpose not in granted.purposes:
        known = ", ".join(sorted(granted.purposes))
        return Refusal("R8", f"{name} is for {known}, and not for {use.purpose}.")
    if not covers(granted.territory, use.territory):
        return Refusal("R8", f"{name} is good in {', '.join(granted.territory)}, and not in {use.territory}.")
    if is_paused:
        return Refusal("R12", f"a steward paused the agreement that {name} rests on; everything under it stops.")
    return None
