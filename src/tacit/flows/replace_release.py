"""Makes a release for a licensee anew, without what was withdrawn since, on the same terms (rules R5, R8, M6).

The licence stays as it was signed and runs to its end, and what is paid for it is shared by the table of the version
that was licensed. Nothing is ever added to a release: what its licensee gets is what is left of it.
"""

from dataclasses import dataclass
from pathlib import Path

from tacit.datasets.publish import find_dataset_id, remove_dataset
from tacit.flows.build_dataset import build_dataset
from tacit.flows.contract import Contract
from tacit.flows.dataset_order import ForLicensee, Order
from tacit.flows.find_license import license_basis, require_license
from tacit.flows.license_release import release_terms, save_release_files
from tacit.flows.log_entry import log_decision
from tacit.flows.outbox import find_held_version, put_notice
from tacit.flows.pause_agreement import is_paused
from tacit.flows.ports import Progress, Shop
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import ForeignFolderError, LicenseOverError, NoReleaseError, RefusedError, UnknownThingError
from tacit.records.license import License, LicenseEvent, LicenseEventKind, LicenseNotice, LicenseState, NoticeKind
from tacit.rights.license_door import find_state


@dataclass(frozen=True)
class ReplacedRelease:
    """What became of a release: the version that lies there now, None where nothing is left of it.

    before: the version that the licensee holds. notice: what the licensee is told; None where nothing changed.
    """

    license: License
    before: DatasetVersion
    version: DatasetVersion | None
    notice: LicenseNotice | None


def replace_release(
    shop: Shop, contract: Contract, license_id: str, progress: Progress, target: Path | None = None
) -> ReplacedRelease:
    """Make the next version of a release of what may still leave, and put a notice of it into the outbox.

    Where nothing was taken out and the release lies in its folder, nothing is done. Older copies in folders that the
    shop knows are removed.

    Raises:
        UnknownThingError: There is no such licence.
        LicenseOverError: It ended or was revoked.
        NoReleaseError: It was granted before releases were made, or nothing is left of its release.
        RefusedError: A steward paused the agreement, or something was taken back meanwhile.
    """
    granted = require_license(shop, license_id)
    before = _require_held(shop, granted)
    agreement = license_basis(shop, granted).agreement
    if is_paused(shop, agreement.agreement_id):
        why = f"a steward paused the agreement {agreement.agreement_id}; everything under it stops."
        raise RefusedError("R12", why)
    folder = target if target is not None else Path(before.path)
    if find_dataset_id(folder) not in (None, before.dataset_id):
        raise ForeignFolderError(str(folder), "another dataset lies in it")
    notes: list[LicenseNotice | None] = []

    def finish(private: Path, version: DatasetVersion) -> None:
        save_release_files(shop, private, granted, agreement, version)

    def register(version: DatasetVersion) -> None:
        notes.append(_note(shop, granted, before, version))

    release = ForLicensee(
        dataset_id=before.dataset_id,
        source_id=before.release_of,
        purposes=granted.purposes,
        terms=release_terms(license_id, granted),
        finish=finish,
        register=register,
        reuse=True,
    )
    recordings = frozenset(line.recording_id for line in before.episodes)
    order = Order(before.agreement_id, before.purpose, recordings, folder, agreement.digest, release=release)
    built = build_dataset(shop, contract, order, progress)
    number = built.version.version if built.version is not None else 0
    if not notes and number != before.version:  # nothing is left, or a killed command had come as far as the folder
        with shop.catalogue.transaction():
            notes.append(_note(shop, granted, before, built.version))
    _remove_copies(shop, before.dataset_id, built.version)
    return ReplacedRelease(granted, before, built.version, notes[0] if notes else None)


def _require_held(shop: Shop, granted: License) -> DatasetVersion:
    """The version that the licensee holds, where the licence is running."""
    events = shop.catalogue.license_events(granted.license_id)
    state = find_state(granted, events, shop.clock.now().date())
    if state is not LicenseState.RUNNING:
        raise LicenseOverError(granted.license_id, state)
    held = find_held_version(granted, events)
    if not held:
        raise NoReleaseError(granted.license_id, "nothing is left of its release")
    version = shop.catalogue.find_dataset_version(granted.dataset_id, held)
    if version is None:
        raise UnknownThingError("dataset version", f"{granted.dataset_id} {held}", "Compare the shop with a backup.")
    if not version.release_of:
        raise NoReleaseError(granted.license_id, "it was granted on the dataset itself, before releases were made")
    return version


def _note(shop: Shop, granted: License, before: DatasetVersion, version: DatasetVersion | None) -> LicenseNotice | None:
    """Put down that a version takes the place of the one before; told is a licensee for whom something changes."""
    now = shop.clock.now()
    number = version.version if version is not None else 0
    event = LicenseEvent(granted.license_id, LicenseEventKind.REPLACED, now, version=number)
    shop.catalogue.add_license_event(event)
    log_decision(shop, "license-release-replaced", granted.license_id)
    if version is not None and version.inputs_mac == before.inputs_mac:
        return None
    return put_notice(shop, granted, NoticeKind.REPLACED, before.version, now, number)


def _remove_copies(shop: Shop, dataset_id: str, version: DatasetVersion | None) -> None:
    """Remove what the shop itself still has of a release in other folders than that of its newest version."""
    current = None if version is None else version.path
    for path in {head.path for head in shop.catalogue.dataset_heads() if head.dataset_id == dataset_id} - {current}:
        if find_dataset_id(Path(path)) == dataset_id:
            remove_dataset(Path(path))
