"""Brings a catalogue up to what the commit records say, after an old backup of it was put back (rule D2)."""

from tacit.flows.find_cuts import find_cuts
from tacit.flows.find_marks import find_marks
from tacit.flows.ports import Shop
from tacit.records.cuts import Cutting
from tacit.records.marks import Marking
from tacit.records.recording import Outcome, Recording


def recover(shop: Shop) -> int:
    """Register every committed recording and outcome that the catalogue lacks; returns how many it lacked.

    An outcome that the catalogue has, and that another has taken the place of in the vault, is as good as lacking.

    The commit records are the truth. Erased workers stay erased: their tombstones and missing keys see to that. A
    recording of a worker whom the catalogue does not know is left alone, since nobody can tell whose it is.
    """
    known_workers = {worker.worker_uid for worker in shop.catalogue.workers()}
    committed = [pair for pair in shop.vault.committed() if pair[0].worker_uid in known_workers]
    n_lacking = 0
    for recording, outcome in sorted(committed, key=lambda pair: pair[0].position):
        n_lacking += _register(shop, recording, outcome)
    return n_lacking


def _register(shop: Shop, recording: Recording, outcome: Outcome) -> bool:
    if shop.catalogue.find_recording(recording.recording_id) is None:
        shop.catalogue.add_recording(recording)
    lacked_cuts = _restore_cuts(shop, recording, outcome)
    known = shop.catalogue.find_outcome(recording.recording_id)
    if known is not None and shop.vault.has_unit(recording.worker_uid, known.unit_id):
        return lacked_cuts
    with shop.catalogue.transaction():
        _restore_marks(shop, recording, outcome)
        shop.catalogue.set_outcome(outcome, shop.clock.now())
    return True


def _restore_marks(shop: Shop, recording: Recording, outcome: Outcome) -> None:
    """Draw the boxes again that a commit record was made with; else the next unit would show what they cover.

    Why they were drawn is lost, and so is that one was taken away since; too much is covered then, not too little.
    """
    known = find_marks(shop, recording.recording_id)
    for mark in outcome.marks:
        if mark not in known:
            marking = Marking(mark, recording.recording_id, recording.worker_uid, "", shop.clock.now())
            shop.catalogue.add_mark(marking)


def _restore_cuts(shop: Shop, recording: Recording, outcome: Outcome) -> bool:
    """Put the cuts down again that a commit record was made with, whatever else is known; True where any lacked."""
    known = find_cuts(shop, recording.recording_id)
    lacking = [cut for cut in outcome.cuts if cut not in known]
    for cut in lacking:
        shop.catalogue.add_cut(Cutting(cut, recording.recording_id, recording.worker_uid, shop.clock.now()))
    return bool(lacking)
