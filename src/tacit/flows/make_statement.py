"""Makes a worker's statement: what was earned, and why (rule M6)."""

from tacit.flows.find_license import license_bases
from tacit.flows.ports import Shop
from tacit.money.statement import compute_statement
from tacit.records.errors import UnknownThingError
from tacit.records.ledger import worker_account
from tacit.records.statement import Statement


def find_account(shop: Shop, named: str) -> tuple[str, str, str]:
    """The account, name and language of a worker, by label; after an erasure by the account, which is all there is."""
    worker = shop.catalogue.find_worker(named)
    if worker is None:
        return named, named, "en"
    return worker.worker_uid, worker.name, worker.language


def make_statement(shop: Shop, worker_uid: str) -> Statement:
    """Everything that was booked for one worker, erased or not, with the figures to add it up by hand.

    Raises:
        UnknownThingError: The shop knows no such worker and owes them nothing.
    """
    transactions = shop.catalogue.transactions()
    account = worker_account(worker_uid)
    is_known = any(worker.worker_uid == worker_uid for worker in shop.catalogue.workers())
    if not is_known and not any(posting.account == account for entry in transactions for posting in entry.postings):
        raise UnknownThingError("worker", worker_uid, "Give the label, or the account that the withdrawal named.")
    recordings = {recording.recording_id: recording for recording in shop.catalogue.recordings()}
    return compute_statement(worker_uid, transactions, recordings, license_bases(shop), shop.clock.now())
