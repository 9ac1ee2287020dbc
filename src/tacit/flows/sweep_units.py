"""Destroys units of work that others have taken the place of, whatever killed processes left of them."""

from collections.abc import Collection

from tacit.flows.contract import Contract
from tacit.flows.find_cuts import cut_unit_id, find_cuts
from tacit.flows.ports import Shop
from tacit.flows.process_unit import compute_unit_id
from tacit.records.recording import Recording


def sweep_units(shop: Shop, contract: Contract, workers: Collection[str]) -> None:
    """Destroy units of work of these workers that nobody wants.

    Video from before a box was drawn on it, or a stretch cut from it, must not stay. A unit stays that is somebody's
    outcome, or wanted now. Nobody registers an outcome meanwhile, so whoever does so looks first whether it is there.
    """
    with shop.catalogue.transaction():
        kept: dict[str, set[str]] = {}
        for recording in shop.catalogue.recordings():
            if recording.worker_uid in workers:
                kept.setdefault(recording.worker_uid, set()).update(_wanted(shop, contract, recording))
        for worker_uid, units in kept.items():
            if not shop.vault.is_erased(worker_uid):
                shop.vault.drop_units(worker_uid, units)


def _wanted(shop: Shop, contract: Contract, recording: Recording) -> set[str]:
    """What a recording became, what processing it would make of it, and what cutting it would."""
    outcome = shop.catalogue.find_outcome(recording.recording_id)
    wanted = {compute_unit_id(shop, contract, recording)}
    if outcome is not None:
        cuts = find_cuts(shop, recording.recording_id)
        wanted |= {outcome.unit_id, cut_unit_id(shop, outcome.cut_from or outcome.unit_id, cuts)}
    return wanted
