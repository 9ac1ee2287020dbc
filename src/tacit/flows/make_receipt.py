"""A worker's consent records, and the receipt with all of them that the shop signs for the worker to keep."""

from typing import Any

from tacit.flows.add_agreement import require_bound
from tacit.flows.evidence import check_spoken
from tacit.flows.ports import Shop
from tacit.records.people import Consent, Worker
from tacit.records.purposes import Purpose
from tacit.rights.consent_record import Words, make_consent_record
from tacit.seal.canonical import utc_text
from tacit.seal.document import sign_document
from tacit.words.catalogue import english, find_catalogue

KIND = "tacit receipt 1"


def list_consent_records(shop: Shop, worker: Worker) -> list[dict[str, Any]]:
    """Every yes of a worker as a consent record (JSON-LD), in the order given.

    Raises:
        ForgedEvidenceError: A yes is not what was signed.
    """
    now = shop.clock.now()
    withdrawals = shop.catalogue.withdrawals(worker.worker_uid)
    records = []
    for consent in shop.catalogue.consents(worker.worker_uid):
        check_spoken(shop, consent, worker)
        agreement = require_bound(shop, consent.agreement_id, consent.agreement_digest)
        records.append(make_consent_record(shop.shop_id, consent, agreement, withdrawals, _words(consent, worker), now))
    return records


def make_receipt(shop: Shop, worker: Worker) -> bytes:
    """The receipt of everything that a worker said yes to and took back: a signed document.

    It names the worker by the opaque id alone, under which what is owed stays owed as well. The same facts at another
    moment give another receipt, for each says when it was issued.

    Raises:
        ForgedEvidenceError: A yes is not what was signed.
    """
    records = list_consent_records(shop, worker)
    now = shop.clock.now()
    body = {
        "dct:conformsTo": "dpv-27560:receipt",
        "dpv:hasIdentifier": shop.keys.mac("receipt", worker.worker_uid.encode() + utc_text(now).encode()).hex()[:32],
        "dct:issued": utc_text(now),
        "dpv:hasDataSubject": {"dpv:hasIdentifier": worker.worker_uid},
        "records": records,
    }
    return sign_document(KIND, body, shop.keys.public_key(), shop.keys.sign)


def _words(consent: Consent, worker: Worker) -> Words:
    """Purposes in the language of the notice; where none was read, in the worker's, or else in English."""
    catalogue = find_catalogue(consent.notice_language or worker.language) or english()
    return Words(catalogue.language, {purpose: catalogue.text(f"purpose.{purpose}") for purpose in Purpose})
