"""Brings a catalogue up to what the commit records say, after an old backup of it was put back (rule D2)."""

from tacit.flows.ports import Shop
from tacit.records.recording import Outcome, Recording


def recover(shop: Shop) -> int:
    """Register every committed recording and outcome that the catalogue lacks; returns how many it lacked.

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
    if shop.catalogue.find_outcome(recording.recording_id) is not None:
        return False
    shop.catalogue.set_outcome(outcome)
    return True
