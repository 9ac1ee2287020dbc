"""Grants a licence: makes a release for one licensee of what may leave, and nothing else (rules R4, R7, R8, R11, M6).

What may not leave is not in the release and is not mentioned in it, so that a licensee reads from it of nobody that
they said no. Release and licence become real together, in a transaction that looks once more: a withdrawal comes before
it and is seen, or after it and finds the licence. The same terms for the same dataset version give the same licence, so
that a command that was killed can be typed again.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tacit.datasets.publish import find_dataset_id
from tacit.flows.add_agreement import require_bound
from tacit.flows.build_dataset import build_dataset
from tacit.flows.contract import Contract
from tacit.flows.dataset_order import ForLicensee, Order
from tacit.flows.find_dataset import require_dataset
from tacit.flows.find_license import license_bytes
from tacit.flows.find_marks import find_marked_since
from tacit.flows.license_release import release_terms, save_release_files
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Progress, Shop
from tacit.money.license_terms import check_license_terms
from tacit.records.agreement import Agreement
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import (
    ForeignFolderError,
    LicenseTermsError,
    MarkedDatasetError,
    RefusedError,
    UnknownThingError,
)
from tacit.records.ids import id_from_digest
from tacit.records.license import License, LicenseEventKind, Terms
from tacit.records.oneline import require_one_line
from tacit.rights.decide import Refusal
from tacit.seal.canonical import canonical_json


@dataclass(frozen=True)
class Granted:
    """A licence and the version of its release; what stayed out of it, for the operator's eyes alone (R7).

    left_out: by rule, how many recordings of the dataset may not leave. is_new: False where the same terms were granted
    before.
    """

    license: License
    version: DatasetVersion
    left_out: Mapping[str, int]
    is_new: bool


def agreed_currency(shop: Shop, dataset: str) -> str:
    """The currency of the agreement that a dataset rests on.

    Raises:
        UnknownThingError: There is no such dataset.
    """
    source = require_dataset(shop, dataset)
    return require_bound(shop, source.agreement_id, source.agreement_digest).bounty.per_accepted_hour.currency


def grant_license(
    shop: Shop, contract: Contract, terms: Terms, progress: Progress, target: Path | None = None
) -> Granted:
    """Make a release of what may leave of the newest version of a dataset, and grant and sign a licence of it.

    Args:
        shop, contract, progress: As in `build_dataset`.
        terms: Who, what, for which purposes, where, until when and for how much.
        target: Folder of the release; None: beside the dataset, under the id of the licence.

    Raises:
        LicenseTermsError: The terms go beyond the agreement; all faults at once.
        MarkedDatasetError: The dataset shows what a reviewer wants covered.
        RefusedError: Nothing of it may leave the shop, or something was taken back meanwhile; names the rule.
        ForeignFolderError: Something else lies in the folder.
    """
    require_one_line("licensee", terms.licensee)
    source = require_dataset(shop, terms.dataset)
    if source.release_of:
        raise LicenseTermsError([f"{source.dataset_id} is itself a release for a licensee; name {source.release_of}."])
    agreement = require_bound(shop, source.agreement_id, source.agreement_digest)
    check_license_terms(agreement, source, terms, shop.clock.now().date())
    marked = find_marked_since(shop, source)
    if marked:
        raise MarkedDatasetError(source.dataset_id, len(marked))
    license_id = _find_license_id(shop, terms, source)
    known = shop.catalogue.find_license(license_id)
    if known is not None:
        return Granted(known, _require_version(shop, known), {}, is_new=False)
    folder = target if target is not None else Path(source.path).with_name(license_id)
    return _grant(shop, contract, _Asked(license_id, terms, source, agreement, folder), progress)


@dataclass(frozen=True)
class _Asked:
    """What a licence is to be made of."""

    license_id: str
    terms: Terms
    source: DatasetVersion
    agreement: Agreement
    folder: Path


def _grant(shop: Shop, contract: Contract, asked: _Asked, progress: Progress) -> Granted:
    source, terms = asked.source, asked.terms
    dataset_id = id_from_digest("ds", shop.keys.mac("release-id", asked.license_id.encode()))
    if find_dataset_id(asked.folder) not in (None, dataset_id):
        raise ForeignFolderError(str(asked.folder), "another dataset lies in it")
    made: list[License] = []

    def finish(folder: Path, version: DatasetVersion) -> None:
        made.append(_sign(shop, asked, version))
        save_release_files(shop, folder, made[-1], asked.agreement, version)

    def register(_version: DatasetVersion) -> None:
        shop.catalogue.add_license(made[-1])
        log_decision(shop, "license", asked.license_id)

    release = ForLicensee(
        dataset_id=dataset_id,
        source_id=source.dataset_id,
        purposes=terms.purposes,
        terms=release_terms(asked.license_id, terms),
        finish=finish,
        register=register,
        reuse=False,
    )
    recordings = frozenset(line.recording_id for line in source.episodes)
    order = Order(
        source.agreement_id, source.purpose, recordings, asked.folder, asked.agreement.digest, release=release
    )
    built = build_dataset(shop, contract, order, progress)
    if built.version is None:
        refusals = list(built.refused.values()) or [Refusal("R5", "the shop does not hold its footage any more.")]
        count = f"{len(recordings)} of {len(recordings)} recordings in the dataset may not leave the shop"
        raise RefusedError(refusals[0].rule, f"{count}: {refusals[0].sentence}")
    left_out = Counter(refusal.rule for refusal in built.refused.values())
    return Granted(made[-1], built.version, dict(sorted(left_out.items())), is_new=True)


def _sign(shop: Shop, asked: _Asked, version: DatasetVersion) -> License:
    terms = asked.terms
    unsigned = License(
        license_id=asked.license_id,
        licensee=terms.licensee,
        dataset_id=version.dataset_id,
        version=version.version,
        dataset_digest=version.digest,
        purposes=terms.purposes,
        territory=terms.territory,
        valid_until=terms.valid_until,
        price=terms.price,
        granted_at=shop.clock.now(),
        signature="",
    )
    return replace(unsigned, signature=shop.keys.sign(license_bytes(unsigned)))


def _find_license_id(shop: Shop, terms: Terms, source: DatasetVersion) -> str:
    """The id that these terms have for this version of the dataset; another one after each revocation of it."""
    events = shop.catalogue.license_events()
    revoked = {event.license_id for event in events if event.kind is LicenseEventKind.REVOKED}
    asked = {**vars(terms), "dataset": source.dataset_id, "version": source.version, "again": 0}
    while True:
        license_id = id_from_digest("lic", shop.keys.mac("license-id", canonical_json(asked)))
        if license_id not in revoked:
            return license_id
        asked["again"] += 1


def _require_version(shop: Shop, granted: License) -> DatasetVersion:
    version = shop.catalogue.find_dataset_version(granted.dataset_id, granted.version)
    if version is None:
        name = f"{granted.dataset_id} {granted.version}"
        raise UnknownThingError("dataset version", name, "Compare the shop with a backup.")
    return version
