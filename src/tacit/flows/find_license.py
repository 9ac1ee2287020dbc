"""Finds licences of the shop, and what the bookings on them rest on."""

from collections.abc import Mapping

from tacit.flows.add_agreement import require_agreement
from tacit.flows.find_dataset import require_version, versions_by_number
from tacit.flows.ports import Shop
from tacit.money.ledger import LicenseBasis
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import UnknownThingError
from tacit.records.license import License


def require_license(shop: Shop, license_id: str) -> License:
    """The licence of that id.

    Raises:
        UnknownThingError: There is none.
    """
    granted = shop.catalogue.find_license(license_id)
    if granted is None:
        raise UnknownThingError("licence", license_id, "Grant one with `tacit license grant`.")
    return granted


def license_bases(shop: Shop) -> dict[str, LicenseBasis]:
    """What the bookings on every licence rest on, by licence id."""
    versions = versions_by_number(shop)
    return {granted.license_id: _basis(shop, granted, versions) for granted in shop.catalogue.licenses()}


def license_basis(shop: Shop, granted: License) -> LicenseBasis:
    """What the bookings on one licence rest on: its terms, its agreement, and the share table it froze."""
    return _basis(shop, granted, versions_by_number(shop))


def _basis(shop: Shop, granted: License, versions: Mapping[tuple[str, int], DatasetVersion]) -> LicenseBasis:
    dataset = require_version(versions, granted.dataset_id, granted.version)
    return LicenseBasis(granted, require_agreement(shop, dataset.agreement_id), dataset.shares)
