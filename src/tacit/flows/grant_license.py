"""Grants a licence of a dataset, where every recording in it may leave the shop (rules R4, R8, R11)."""

from dataclasses import replace
from datetime import datetime

from tacit.flows.add_agreement import require_bound
from tacit.flows.find_dataset import require_dataset
from tacit.flows.find_marks import find_marked_since
from tacit.flows.gate import ask_each
from tacit.flows.ports import Shop
from tacit.flows.release import require_recording
from tacit.money.license_terms import check_license_terms
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import MarkedDatasetError, RefusedError
from tacit.records.ids import new_id
from tacit.records.license import License, Terms
from tacit.records.oneline import require_one_line
from tacit.records.permit import Action
from tacit.records.purposes import Purpose
from tacit.rights.decide import Refusal
from tacit.seal.canonical import canonical_json


def grant_license(shop: Shop, terms: Terms) -> License:
    """Grant and sign a licence of the newest version of a dataset.

    Raises:
        LicenseTermsError: The terms go beyond the agreement; all faults at once.
        MarkedDatasetError: The dataset shows what a reviewer wants covered.
        RefusedError: A recording in the dataset may not leave the shop; names the rule and how many are affected.
    """
    require_one_line("licensee", terms.licensee)
    # One transaction, so that a withdrawal comes either before and is seen, or after an existing licence.
    with shop.catalogue.transaction():
        dataset = require_dataset(shop, terms.dataset)
        now = shop.clock.now()
        agreement = require_bound(shop, dataset.agreement_id, dataset.agreement_digest)
        check_license_terms(agreement, dataset, terms, now.date())
        _check_marks(shop, dataset)
        refusal = _find_refusal(shop, dataset, terms.purposes)
        if refusal is None:
            return _grant(shop, dataset, terms, now)
    raise RefusedError(refusal.rule, refusal.sentence)  # after the transaction, so that the decision stays in the log


def _grant(shop: Shop, dataset: DatasetVersion, terms: Terms, now: datetime) -> License:
    unsigned = License(
        license_id=new_id("lic"),
        licensee=terms.licensee,
        dataset_id=dataset.dataset_id,
        version=dataset.version,
        dataset_digest=dataset.digest,
        purposes=terms.purposes,
        territory=terms.territory,
        valid_until=terms.valid_until,
        price=terms.price,
        granted_at=now,
        signature="",
    )
    granted = replace(unsigned, signature=shop.keys.sign(license_bytes(unsigned)))
    shop.catalogue.add_license(granted)
    return granted


def license_bytes(granted: License) -> bytes:
    """The bytes that the shop signs: the licence with an empty signature, in canonical JSON."""
    return b"License\n" + canonical_json(replace(granted, signature=""))


def _check_marks(shop: Shop, dataset: DatasetVersion) -> None:
    marked = find_marked_since(shop, dataset)
    if marked:
        raise MarkedDatasetError(dataset.dataset_id, len(marked))


def _find_refusal(shop: Shop, dataset: DatasetVersion, purposes: frozenset[Purpose]) -> Refusal | None:
    recordings = [require_recording(shop, name) for name in sorted({line.recording_id for line in dataset.episodes})]
    for purpose in sorted(purposes):
        answers = ask_each(shop, Action.LICENSE, purpose, recordings)
        refusals = [answer for answer in answers if isinstance(answer, Refusal)]
        if refusals:
            count = f"{len(refusals)} of {len(recordings)} recordings in the dataset may not leave the shop"
            return Refusal(refusals[0].rule, f"{count}: {refusals[0].sentence}")
    return None
