"""The door of a licence: inside its edges a use is recorded, outside it is recorded and refused (rules R8, R12)."""

from datetime import date

from tacit.flows.find_license import license_basis, require_license
from tacit.flows.log_entry import log_decision
from tacit.flows.pause_agreement import is_paused
from tacit.flows.ports import Shop
from tacit.records.errors import RefusedError
from tacit.records.license import LicenseEvent, LicenseEventKind
from tacit.records.purposes import Purpose
from tacit.rights.license_door import Use, check_use


def use_license(shop: Shop, license_id: str, purpose: Purpose, territory: str, on: date | None = None) -> LicenseEvent:
    """Ask to use what was licensed; either answer is recorded before it is given.

    Args:
        shop: The shop.
        license_id: Under which licence.
        purpose: For what.
        territory: Where: a country code, or EU for all of it.
        on: On which day, in UTC; None: today.

    Raises:
        UnknownThingError: There is no such licence.
        AlteredRecordError: The licence, or what it rests on, was changed after it was signed.
        RefusedError: It lies outside the licence, or a steward paused the agreement.
    """
    granted = require_license(shop, license_id)
    agreement = license_basis(shop, granted).agreement
    with shop.catalogue.transaction():
        now = shop.clock.now()
        use = Use(purpose, territory, on or now.date())
        events = shop.catalogue.license_events(license_id)
        refusal = check_use(granted, events, is_paused(shop, agreement.agreement_id), use, now.date())
        event = LicenseEvent(
            license_id=license_id,
            kind=LicenseEventKind.USED if refusal is None else LicenseEventKind.REFUSED,
            at=now,
            purpose=purpose.value,
            territory=territory,
            on=use.on,
            reason="" if refusal is None else refusal.sentence,
        )
        shop.catalogue.add_license_event(event)
        kind = "license-used" if refusal is None else "license-use-refused"
        log_decision(shop, kind, license_id)
    if refusal is not None:
        raise RefusedError(refusal.rule, refusal.sentence)
    return event
