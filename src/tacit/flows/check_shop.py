"""Looks at everything in a shop that somebody could have changed behind its back, and repairs nothing (R9, D2)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tacit.datasets.check import check_dataset
from tacit.datasets.publish import find_dataset_id
from tacit.flows.evidence import check_spoken
from tacit.flows.find_dataset import latest_versions
from tacit.flows.find_license import license_bases
from tacit.flows.find_missing import find_missing
from tacit.flows.pause_agreement import is_paused
from tacit.flows.ports import Shop
from tacit.flows.verify_log import verify_log
from tacit.money.ledger import check_ledger
from tacit.records.errors import DamageError, FaultyLogError, FaultyShopError
from tacit.records.people import Consent, StandingRelease


@dataclass(frozen=True)
class Checked:
    """How much was looked at, and found whole."""

    n_log_entries: int
    n_workers: int
    n_recordings: int
    n_transactions: int
    n_datasets: int


def check_shop(shop: Shop) -> Checked:
    """Open every seal, check every signature, voucher and hash, and hold the books against what they rest on.

    Raises:
        FaultyShopError: Something is not as the shop wrote it; every fault at once, each with its place.
    """
    faults = [f"The key file {name} was changed." for name in shop.keys.find_broken_keys()]
    faults += [f"The row {place} was changed: its seal does not open." for place in shop.catalogue.find_broken_seals()]
    faults += [f"The catalogue: {what}." for what in shop.catalogue.find_changed_rows()]
    faults += _find_log_faults(shop)
    if not faults:  # what follows reads rows that are known to be whole now
        faults = [
            *_find_broken_objects(shop),
            *_find_changed_holds(shop),
            *_find_false_words(shop),
            *find_missing(shop),
        ]
        faults += _told(lambda: check_ledger(shop.catalogue.transactions(), license_bases(shop)))
        faults += _find_dataset_faults(shop)
    if faults:
        raise FaultyShopError(faults)
    return Checked(
        n_log_entries=shop.catalogue.log_root()[0],
        n_workers=len(shop.catalogue.workers()),
        n_recordings=len(shop.catalogue.recordings()),
        n_transactions=len(shop.catalogue.transactions()),
        n_datasets=len(latest_versions(shop)),
    )


def _find_log_faults(shop: Shop) -> list[str]:
    try:
        verify_log(shop)
    except FaultyLogError as error:
        return [f"The log: {fault}" for fault in error.faults]
    return []


def _find_broken_objects(shop: Shop) -> list[str]:
    return [
        f"The object {name} was changed: its seal does not open."
        for worker in shop.catalogue.workers()
        for name in shop.vault.find_broken_objects(worker.worker_uid)
    ]


def _find_changed_holds(shop: Shop) -> Iterator[str]:
    """What is under a legal hold has no key here; it is held against what it was when it was sealed."""
    for hold in shop.catalogue.holds():
        if hold.destroyed_at is None and not shop.keys.has_half(hold.worker_uid):
            yield f"The first half of the key of what is held of {hold.worker_uid} is not in the keyring any more."
        there = shop.vault.hash_held(hold.worker_uid) if hold.destroyed_at is None else hold.objects
        for name in sorted(hold.objects.keys() | there.keys()):
            if hold.objects.get(name) != there.get(name):
                yield f"The object {hold.worker_uid}/{name}, under a legal hold, was changed."


def _find_false_words(shop: Shop) -> Iterator[str]:
    """Yeses, releases and pauses whose signature does not fit."""
    for agreement in shop.catalogue.agreements():
        yield from _told(partial(is_paused, shop, agreement.agreement_id))
    people = {worker.worker_uid: worker for worker in shop.catalogue.workers()}
    for worker in people.values():
        uid = worker.worker_uid
        words: list[Consent | StandingRelease] = [
            *shop.catalogue.consents(uid),
            *shop.catalogue.standing_releases(uid),
        ]
        for word in words:
            yield from _told(partial(check_spoken, shop, word, worker))
    for recording in shop.catalogue.recordings():
        release = shop.catalogue.find_release(recording.recording_id)
        worker = people[recording.worker_uid]
        if release is not None:
            yield from _told(partial(check_spoken, shop, release, worker))


def _find_dataset_faults(shop: Shop) -> Iterator[str]:
    """Datasets that lie in their folders and are not what was put there."""
    for version in latest_versions(shop).values():
        folder = Path(version.path)
        if find_dataset_id(folder) == version.dataset_id:
            yield from (f"The dataset {version.dataset_id}: {fault}" for fault in check_dataset(folder))


def _told(look: Callable[[], object]) -> Iterator[str]:
    """What is wrong, in words."""
    try:
        look()
    except DamageError as error:
        yield str(error)
