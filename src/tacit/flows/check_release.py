"""Checks a release for a licensee wherever it lies: every file, the signatures, and that its licence runs (rule R8)."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tacit.datasets.manifest import LicenseEdges, Manifest, find_release_faults, read_license, read_manifest
from tacit.flows.ports import Shop
from tacit.records.errors import FaultyDatasetError, RefusedError
from tacit.records.license import LicenseState
from tacit.rights.license_door import find_state


@dataclass(frozen=True)
class CheckedRelease:
    """A release that is whole and whose licence runs."""

    license: LicenseEdges
    manifest: Manifest


def check_release(folder: Path, key: str, on: date, shop: Shop | None = None) -> CheckedRelease:
    """Check a release; it needs no shop, but where there is one, it also knows of a revocation.

    Args:
        folder: The release.
        key: Public key (hex) of the shop that has to have signed it; "": whichever key it says.
        on: The day to check for.
        shop: The shop that granted the licence; None where it is not at hand.

    Raises:
        UnreadableDatasetError: A file that every release has is missing or has another form.
        AlteredDocumentError: Manifest or licence was changed after it was signed.
        ForeignDocumentError: Another shop signed it.
        FaultyDatasetError: Files were changed, are missing or were slipped in; all of them.
        RefusedError: The licence ended or was revoked.
    """
    known = shop.keys.public_key() if shop is not None else ""
    manifest = read_manifest(folder, {each for each in (key, known) if each})
    faults = find_release_faults(folder, manifest)
    if faults:
        raise FaultyDatasetError(str(folder), faults)
    edges = read_license(folder, manifest)
    name = f"the licence {edges.license_id}"
    if on > edges.valid_until:
        raise RefusedError("R8", f"{name} ended on {edges.valid_until}. Delete every copy of this release.")
    granted = shop.catalogue.find_license(edges.license_id) if shop is not None else None
    if shop is not None and granted is None:
        raise RefusedError("R8", f"the shop has not granted {name}. Grant it anew, or delete this folder.")
    if shop is not None and granted is not None:
        events = shop.catalogue.license_events(granted.license_id)
        if find_state(granted, events, on) is LicenseState.REVOKED:
            raise RefusedError("R8", f"{name} was revoked. Delete every copy of this release.")
    return CheckedRelease(edges, manifest)
