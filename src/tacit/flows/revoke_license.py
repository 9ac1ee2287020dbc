"""Ends a licence before its day: nothing opens under it any more, and its licensee is told (rule R8).

What was paid for it before stays paid and is shared as agreed, and what still comes in can be booked.
"""

from tacit.flows.find_license import require_license
from tacit.flows.log_entry import log_decision
from tacit.flows.outbox import find_held_version, put_notice
from tacit.flows.ports import Shop
from tacit.records.errors import LicenseOverError
from tacit.records.license import LicenseEvent, LicenseEventKind, LicenseNotice, LicenseState, NoticeKind
from tacit.records.oneline import require_one_line
from tacit.rights.license_door import find_state


def revoke_license(shop: Shop, license_id: str, reason: str) -> LicenseNotice:
    """Revoke a licence from this moment on; the notice to its licensee waits in the outbox and does not say why.

    Args:
        shop: The shop.
        license_id: Which.
        reason: Why, for the shop's own records.

    Raises:
        UnknownThingError: There is no such licence.
        LicenseOverError: It ended or was revoked already.
    """
    require_one_line("reason", reason)
    granted = require_license(shop, license_id)
    with shop.catalogue.transaction():
        now = shop.clock.now()
        events = shop.catalogue.license_events(license_id)
        state = find_state(granted, events, now.date())
        if state is not LicenseState.RUNNING:
            raise LicenseOverError(license_id, state)
        shop.catalogue.add_license_event(LicenseEvent(license_id, LicenseEventKind.REVOKED, now, reason=reason))
        log_decision(shop, "license-revoked", license_id)
        return put_notice(shop, granted, NoticeKind.REVOKED, find_held_version(granted, events), now)
