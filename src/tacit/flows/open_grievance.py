"""A worker complains; from that moment the clock of the place runs. Nothing of it leaves the worker's own key."""

from tacit.flows.add_agreement import require_agreement, require_bound
from tacit.flows.add_worker import require_worker
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.errors import NoGrievanceTermsError
from tacit.records.grievance import Grievance
from tacit.records.ids import new_id
from tacit.records.paragraphs import require_paragraphs
from tacit.records.people import Worker
from tacit.rights.grievance_clock import find_due_day


def open_grievance(shop: Shop, label: str, text: str, agreement_id: str = "") -> Grievance:
    """Put a worker's complaint down.

    Args:
        text: In the worker's own words, any language, one paragraph or more.
        agreement_id: Which agreement it is about; "" for the one that the worker said yes to last.

    Raises:
        UnknownThingError: There is no such worker or agreement.
        NoGrievanceTermsError: No agreement was named, and the worker never said yes to one.
        ControlCharacterError, EmptyTextError: The text is none that can be read.
    """
    require_paragraphs("complaint", text)
    worker = require_worker(shop, label)
    agreement_id, jurisdiction = _find_terms(shop, worker, agreement_id)
    with shop.catalogue.transaction():
        now = shop.clock.now()
        due_on = find_due_day(jurisdiction, now.date())
        grievance = Grievance(new_id("gr"), worker.worker_uid, agreement_id, text.strip(), now, due_on)
        shop.catalogue.set_grievance(grievance)
        log_decision(shop, "grievance", grievance.worker_uid)
    return grievance


def _find_terms(shop: Shop, worker: Worker, agreement_id: str) -> tuple[str, str]:
    """The agreement that a complaint is about, and whose law it follows."""
    if agreement_id:
        return agreement_id, require_agreement(shop, agreement_id).jurisdiction
    consents = shop.catalogue.consents(worker.worker_uid)
    if not consents:
        raise NoGrievanceTermsError(worker.label)
    last = max(consents, key=lambda consent: consent.given_at)
    return last.agreement_id, require_bound(shop, last.agreement_id, last.agreement_digest).jurisdiction
