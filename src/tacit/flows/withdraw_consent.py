"""A worker's no: denies at once, then erases what was kept and makes datasets anew without them (rules R5, R7, D5).

Each step may be done twice, so a withdrawal that was interrupted is finished by `finish_withdrawals` later.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tacit.datasets.publish import find_dataset_id
from tacit.flows.add_worker import require_worker
from tacit.flows.build_dataset import Order, build_dataset
from tacit.flows.contract import Contract
from tacit.flows.find_dataset import latest_versions
from tacit.flows.ports import Progress, Shop
from tacit.flows.settle import settle
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import NothingToWithdrawError
from tacit.records.ids import new_id
from tacit.records.people import Withdrawal
from tacit.records.purposes import Purpose
from tacit.rights.standing import standing_purposes


@dataclass(frozen=True)
class Replaced:
    """A dataset that used the worker's footage: the folder, and the version now there (None where nothing is left).

    found: False where no dataset lay in its folder any more; a copy elsewhere is out of the shop's reach.
    """

    path: str
    version: DatasetVersion | None
    found: bool


@dataclass(frozen=True)
class Withdrawn:
    """What a withdrawal did.

    erased: True where no purpose is left, so that everything of the worker in the shop was destroyed.
    account: the opaque id under which what is owed stays owed.
    """

    purposes: frozenset[Purpose]
    erased: bool
    n_objects: int
    account: str
    replaced: tuple[Replaced, ...]


def withdraw_consent(
    shop: Shop, contract: Contract, label: str, purposes: Collection[Purpose], progress: Progress
) -> Withdrawn:
    """Take a yes back, for the purposes named or for all that stand.

    Raises:
        NothingToWithdrawError: No yes to any of these purposes stands.
    """
    worker = require_worker(shop, label)
    uid, now = worker.worker_uid, shop.clock.now()
    standing = standing_purposes(shop.catalogue.consents(uid), shop.catalogue.withdrawals(uid), now)
    taken_back = frozenset(purposes) & standing if purposes else standing
    if not taken_back:
        raise NothingToWithdrawError(label)
    subject = shop.keys.mac("log-subject", uid.encode()).hex()
    with shop.catalogue.transaction():
        shop.catalogue.add_withdrawal(Withdrawal(new_id("wd"), uid, taken_back, now))
        shop.catalogue.append_log([{"kind": "withdrawal", "at": now.isoformat(), "subject": subject}])
    used = [version for version in latest_versions(shop).values() if _uses(version, uid, taken_back)]
    n_objects, erased = 0, standing == taken_back
    if erased:
        n_objects = erase_worker(shop, uid)
    replaced = tuple(_replace(shop, contract, version, progress) for version in used)
    return Withdrawn(taken_back, erased, n_objects, uid, replaced)


def erase_worker(shop: Shop, worker_uid: str) -> int:
    """Book what is still owed, then destroy objects, rows and key of a worker; returns how many objects there were.

    Each step may be done again. An erasure that was cut short is in the catalogue's `unfinished_erasures`, or the
    worker is still there with a withdrawal and nothing that stands.
    """
    settle(shop)
    noes = [withdrawal.withdrawn_at for withdrawal in shop.catalogue.withdrawals(worker_uid)]
    n_objects = shop.vault.erase(worker_uid)
    # Where an old backup lost the withdrawal, any yes from before this moment counts as taken back.
    shop.catalogue.erase_worker(worker_uid, max(noes, default=shop.clock.now()))
    shop.keys.destroy_worker_key(worker_uid)
    return n_objects


def finish_withdrawals(shop: Shop, contract: Contract, progress: Progress) -> None:
    """Finish withdrawals that were interrupted; does nothing where none was."""
    for uid in shop.catalogue.unfinished_erasures():
        if shop.vault.is_erased(uid):  # a key may also be missing because somebody lost it
            erase_worker(shop, uid)
    now = shop.clock.now()
    standing: dict[str, frozenset[Purpose]] = {}
    for worker in shop.catalogue.workers():
        uid = worker.worker_uid
        consents, withdrawals = shop.catalogue.consents(uid), shop.catalogue.withdrawals(uid)
        standing[uid] = standing_purposes(consents, withdrawals, now)
        if withdrawals and not standing[uid]:
            erase_worker(shop, uid)
    for version in latest_versions(shop).values():
        if any(_is_denied(shop, standing, version.purpose, line.worker_uid) for line in version.episodes):
            _replace(shop, contract, version, progress)


def _is_denied(shop: Shop, standing: dict[str, frozenset[Purpose]], purpose: Purpose, worker_uid: str) -> bool:
    if worker_uid in standing:
        return purpose not in standing[worker_uid]
    return shop.vault.is_erased(worker_uid)


def _uses(version: DatasetVersion, worker_uid: str, purposes: frozenset[Purpose]) -> bool:
    return version.purpose in purposes and any(line.worker_uid == worker_uid for line in version.episodes)


def _replace(shop: Shop, contract: Contract, version: DatasetVersion, progress: Progress) -> Replaced:
    """Make the next version of a dataset from what is left of its recordings, where it lies and nothing else does."""
    target = Path(version.path)
    found = find_dataset_id(target) == version.dataset_id
    if not found and target.exists() and not (target.is_dir() and not any(target.iterdir())):
        return Replaced(version.path, None, found)
    recordings = frozenset(line.recording_id for line in version.episodes)
    built = build_dataset(shop, contract, Order(version.agreement_id, version.purpose, recordings, target), progress)
    return Replaced(version.path, built.version, found)
