"""Lists the recordings of the shop with what became of each."""

from dataclasses import dataclass
from pathlib import Path

from tacit.flows.find_marks import has_uncovered_marks
from tacit.flows.ports import Shop
from tacit.records.recording import Outcome, Recording, Status
from tacit.rights.standing import standing_purposes


@dataclass(frozen=True)
class ListedRecording:
    """A recording, who it is of, what became of it, and why where that needs saying."""

    recording: Recording
    label: str
    file: str
    status: Status
    reason: str
    outcome: Outcome | None


def list_recordings(shop: Shop) -> list[ListedRecording]:
    """Every recording of a worker who is still here, in the order of ingest."""
    recordings = shop.catalogue.recordings()  # read first, so that whoever is not a worker now was erased meanwhile
    labels = {worker.worker_uid: worker.label for worker in shop.catalogue.workers()}
    return [_listed(shop, one, labels[one.worker_uid]) for one in recordings if one.worker_uid in labels]


def _listed(shop: Shop, recording: Recording, label: str) -> ListedRecording:
    outcome = shop.catalogue.find_outcome(recording.recording_id)
    status, reason = _status(shop, recording, outcome)
    return ListedRecording(recording, label, Path(recording.source_path).name, status, reason, outcome)


def _status(shop: Shop, recording: Recording, outcome: Outcome | None) -> tuple[Status, str]:
    uid = recording.worker_uid
    if not standing_purposes(shop.catalogue.consents(uid), shop.catalogue.withdrawals(uid), shop.clock.now()):
        return Status.REFUSED, "no consent of the worker stands (R1)"
    if outcome is None:
        return Status.NEW, "not processed yet"
    if has_uncovered_marks(shop, outcome):
        return Status.NEW, "a box was drawn on it and is not covered yet; run `tacit process`"
    if not outcome.readable:
        return Status.FAILED, outcome.reason
    if not outcome.usable:
        return Status.REJECTED, outcome.reason
    if shop.catalogue.find_release(recording.recording_id) is None:
        return Status.HELD, "not released by the worker (R4)"
    return Status.ACCEPTED, outcome.reason
