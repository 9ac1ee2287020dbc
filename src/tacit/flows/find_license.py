"""Finds licences of the shop, and what the bookings on them rest on."""

from collections.abc import Mapping
from dataclasses import replace

from tacit.flows.add_agreement import require_bound
from tacit.flows.find_dataset import require_version, versions_by_number
from tacit.flows.ports import Shop
from tacit.money.ledger import LicenseBasis
from tacit.money.sharetable import freeze_shares
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import AlteredRecordError, UnknownThingError
from tacit.records.license import License
from tacit.seal.canonical import canonical_json
from tacit.seal.signatures import is_valid
from tacit.seal.signed_shares import share_table_bytes


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
    """What the bookings on every licence rest on, by licence id.

    Raises:
        AlteredRecordError: A licence or a share table is not what the shop signed.
    """
    versions = versions_by_number(shop)
    return {granted.license_id: _basis(shop, granted, versions) for granted in shop.catalogue.licenses()}


def license_basis(shop: Shop, granted: License) -> LicenseBasis:
    """What the bookings on one licence rest on: its terms, its agreement, and the share table it froze.

    Raises:
        AlteredRecordError: The licence or the share table is not what the shop signed.
    """
    version = shop.catalogue.find_dataset_version(granted.dataset_id, granted.version)
    versions = {} if version is None else {(version.dataset_id, version.version): version}
    return _basis(shop, granted, versions)


def license_bytes(granted: License) -> bytes:
    """The bytes that the shop signs: the licence with an empty signature, in canonical JSON."""
    return b"License\n" + canonical_json(replace(granted, signature=""))


def _basis(shop: Shop, granted: License, versions: Mapping[tuple[str, int], DatasetVersion]) -> LicenseBasis:
    dataset = require_version(versions, granted.dataset_id, granted.version)
    _check_signed(shop, granted, dataset)
    agreement = require_bound(shop, dataset.agreement_id, dataset.agreement_digest)
    return LicenseBasis(granted, agreement, dataset.shares)


def _check_signed(shop: Shop, granted: License, dataset: DatasetVersion) -> None:
    """Hold a licence and the share table behind it against their signatures, and the table against the episodes."""
    key, shares = shop.keys.public_key(), dataset.shares
    if not is_valid(key, license_bytes(granted), granted.signature):
        raise AlteredRecordError("licence", granted.license_id)
    name = f"{dataset.dataset_id} version {dataset.version}"
    signed = share_table_bytes(dataset.dataset_id, dataset.version, dataset.digest, shares.basis, shares.parts)
    if not is_valid(key, signed, shares.signature):
        raise AlteredRecordError("share table of the dataset", name)
    if shares.parts != freeze_shares(dataset.episodes):
        raise AlteredRecordError("list of episodes of the dataset", name)
