"""Adds an agreement, or a new version of one, to the shop (rule R1: a version binds only who says yes to it)."""

from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.agreement import Agreement
from tacit.records.errors import UnknownThingError


def add_agreement(shop: Shop, agreement: Agreement, source: str) -> int:
    """Add an agreement; the same words again are harmless, other words under its id are its next version.

    Returns:
        The number of the version, from 1 on.
    """
    with shop.catalogue.transaction():
        now, n_known = shop.clock.now(), len(shop.catalogue.agreement_versions(agreement.agreement_id))
        number = shop.catalogue.add_agreement(agreement, source, now)
        if number > n_known:
            log_decision(shop, "agreement", agreement.agreement_id, now)
    return number


def require_agreement(shop: Shop, agreement_id: str, digest: str = "") -> Agreement:
    """One version of an agreement: that of a digest, or the newest one where none is given.

    Raises:
        UnknownThingError: There is none.
    """
    versions = shop.catalogue.agreement_versions(agreement_id)
    if not versions:
        raise UnknownThingError("agreement", agreement_id, "Add it with `tacit agreement add FILE`.")
    if not digest:
        return versions[-1]
    for version in versions:
        if version.digest == digest:
            return version
    raise UnknownThingError("version of the agreement", f"{agreement_id} {digest[:12]}", "Compare it with a backup.")


def require_bound(shop: Shop, agreement_id: str, digest: str) -> Agreement:
    """The version that binds something: that of a digest; the first where it was made before there were versions.

    Raises:
        UnknownThingError: There is none.
    """
    versions = shop.catalogue.agreement_versions(agreement_id)
    return versions[0] if versions and not digest else require_agreement(shop, agreement_id, digest)


def require_numbered(shop: Shop, agreement_id: str, number: int) -> Agreement:
    """A version of an agreement by its number, from 1 on; the newest for 0.

    Raises:
        UnknownThingError: There is none.
    """
    newest = require_agreement(shop, agreement_id)
    versions = shop.catalogue.agreement_versions(agreement_id)
    if not number:
        return newest
    if number > len(versions):
        raise UnknownThingError("version of the agreement", f"{agreement_id} {number}", f"It has {len(versions)}.")
    return versions[number - 1]
