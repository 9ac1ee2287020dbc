"""Lists the recordings of the shop with what became of each."""

from dataclasses import dataclass
from pathlib import Path

from tacit.flows.find_cuts import has_lost_cuts, has_open_cuts
from tacit.flows.find_marks import has_uncovered_marks
from tacit.flows.list_releases import Said, find_said
from tacit.flows.ports import Shop
from tacit.records.recording import Outcome, Recording, Status
from tacit.rights.roles import CURATOR, Actor, Kind, Thing, Verb, may
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


def list_recordings(shop: Shop, actor: Actor = CURATOR) -> list[ListedRecording]:
    """Every recording of a worker who is still here, in the order of ingest; of those, what somebody may see."""
    recordings = shop.catalogue.recordings()  # read first, so that whoever is not a worker now was erased meanwhile
    labels = {worker.worker_uid: worker.label for worker in shop.catalogue.workers()}
    theirs = [
        one
        for one in recordings
        if one.worker_uid in labels
        and may(actor, Verb.READ, Thing(Kind.RECORDING, worker=one.worker_uid, agreement=one.agreement_id))
    ]
    each = zip(theirs, find_said(shop, theirs, shop.clock.now()), strict=True)
    return [_listed(shop, recording, labels[recording.worker_uid], said) for recording, said in each]


def _listed(shop: Shop, recording: Recording, label: str, said: Said) -> ListedRecording:
    outcome = shop.catalogue.find_outcome(recording.recording_id)
    status, reason = _status(shop, recording, outcome, said)
    return ListedRecording(recording, label, Path(recording.source_path).name, status, reason, outcome)


def _status(shop: Shop, recording: Recording, outcome: Outcome | None, said: Said) -> tuple[Status, str]:
    uid = recording.worker_uid
    if not standing_purposes(shop.catalogue.consents(uid), shop.catalogue.withdrawals(uid)):
        return Status.REFUSED, "no consent of the worker stands (R1)"
    if outcome is None:
        return Status.NEW, "not processed yet"
    if has_uncovered_marks(shop, outcome):
        return Status.NEW, "a box was drawn on it and is not covered yet; run `tacit process`"
    if has_open_cuts(shop, outcome):
        return Status.NEW, "a stretch of it was cut and is not erased yet; run `tacit process`"
    if has_lost_cuts(shop, recording.recording_id):
        return Status.NEW, "a stretch of it was cut, and the old copy that was put back does not know which; cut again"
    if not outcome.readable:
        return Status.FAILED, outcome.reason
    if not outcome.usable:
        return Status.REJECTED, outcome.reason
    if said.word is None and said.review_until is not None:
        return Status.HELD, f"in review until {said.review_until.isoformat(timespec='minutes')} (R4)"
    if said.word is None:
        return Status.HELD, "not released by the worker (R4)"
    return Status.ACCEPTED, outcome.reason
