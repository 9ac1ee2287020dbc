"""A worker's no: denies at once, then erases what was kept and makes datasets anew without them (rules R5, R7, D5).

Each step may be done twice, so a withdrawal that was interrupted is finished by `finish_withdrawals` later.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from tacit.datasets.publish import find_dataset_id, find_digest, heal
from tacit.flows.add_agreement import require_bound
from tacit.flows.add_worker import require_worker
from tacit.flows.build_dataset import Order, build_dataset
from tacit.flows.contract import Contract
from tacit.flows.find_dataset import latest_versions
from tacit.flows.ports import Progress, Shop
from tacit.flows.settle import settle_filming
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import ForeignFolderError, NothingToWithdrawError
from tacit.records.ids import new_id
from tacit.records.people import Withdrawal
from tacit.records.purposes import Purpose
from tacit.rights.standing import standing_purposes


@dataclass(frozen=True)
class Replaced:
    """A dataset that used the worker's footage: the folder, and the version now there (None where nothing is left).

    found: False where the dataset did not lie in its folder any more; a copy elsewhere is out of the shop's reach.
    problem: why it could not be replaced, a plain sentence; "" where it was. The next command tries again.
    """

    path: str
    version: DatasetVersion | None
    found: bool
    problem: str = ""


@dataclass(frozen=True)
class Withdrawn:
    """What a withdrawal did.

    erased: True where no purpose is left, so that everything of the worker in the shop was destroyed.
    account: the opaque id under which what is owed stays owed.
    originals: paths of the worker's film as it was handed in, outside the shop, that are still there.
    """

    purposes: frozenset[Purpose]
    erased: bool
    n_objects: int
    account: str
    replaced: tuple[Replaced, ...]
    originals: tuple[str, ...]


def withdraw_consent(
    shop: Shop, contract: Contract, label: str, purposes: Collection[Purpose], progress: Progress
) -> Withdrawn:
    """Take a yes back, for the purposes named or for all that stand.

    Raises:
        NothingToWithdrawError: No yes to any of these purposes stands.
    """
    worker = require_worker(shop, label)
    uid = worker.worker_uid
    originals = _find_originals(shop, uid)
    with shop.catalogue.transaction():
        now = shop.clock.now()
        standing = standing_purposes(shop.catalogue.consents(uid), shop.catalogue.withdrawals(uid), now)
        taken_back = frozenset(purposes) & standing if purposes else standing
        if not taken_back:
            raise NothingToWithdrawError(label)
        subject = shop.keys.mac("log-subject", uid.encode()).hex()
        shop.catalogue.add_withdrawal(Withdrawal(new_id("wd"), uid, taken_back, now))
        shop.catalogue.append_log([{"kind": "withdrawal", "at": now.isoformat(), "subject": subject}])
    n_objects, erased = 0, standing == taken_back
    if erased:
        n_objects = erase_worker(shop, uid)
    used = [version for version in _lying_versions(shop) if _uses(version, uid, taken_back)]
    replaced = tuple(_replace(shop, contract, version, progress) for version in used)
    return Withdrawn(taken_back, erased, n_objects, uid, replaced, originals)


def erase_worker(shop: Shop, worker_uid: str) -> int:
    """Book what they are owed for filming, then destroy objects, key and rows; returns how many objects there were.

    Each step may be done again. An erasure that was cut short is in the catalogue's `unfinished_erasures`, or the
    worker is still there with a withdrawal and nothing that stands. The books of others have no say in it.
    """
    settle_filming(shop, worker_uid)
    noes = [withdrawal.withdrawn_at for withdrawal in shop.catalogue.withdrawals(worker_uid)]
    # Where an old backup lost the withdrawal, any yes from before this moment counts as taken back.
    erased_at = max(noes, default=shop.keys.find_erasure(worker_uid) or shop.clock.now())
    n_objects = shop.vault.erase(worker_uid)
    shop.keys.note_erasure(worker_uid, erased_at)
    shop.keys.destroy_worker_key(worker_uid)
    shop.catalogue.erase_worker(worker_uid, erased_at)
    return n_objects


def finish_withdrawals(shop: Shop, contract: Contract, progress: Progress) -> list[Replaced]:
    """Finish withdrawals that were interrupted; does nothing where none was. Returns what still could not be done."""
    for uid in shop.catalogue.unfinished_erasures():
        if _is_erased(shop, uid):  # a key may also be missing because somebody lost it
            erase_worker(shop, uid)
    now = shop.clock.now()
    standing: dict[str, frozenset[Purpose]] = {}
    for worker in shop.catalogue.workers():
        uid = worker.worker_uid
        consents, withdrawals = shop.catalogue.consents(uid), shop.catalogue.withdrawals(uid)
        standing[uid] = standing_purposes(consents, withdrawals, now)
        if withdrawals and not standing[uid]:
            erase_worker(shop, uid)
    denied = [
        version
        for version in _lying_versions(shop)
        if any(_is_denied(shop, standing, version.purpose, line.worker_uid) for line in version.episodes)
    ]
    return [done for done in (_replace(shop, contract, version, progress) for version in denied) if done.problem]


def _is_denied(shop: Shop, standing: dict[str, frozenset[Purpose]], purpose: Purpose, worker_uid: str) -> bool:
    if worker_uid in standing:
        return purpose not in standing[worker_uid]
    return _is_erased(shop, worker_uid)


def _is_erased(shop: Shop, worker_uid: str) -> bool:
    """True after an erasure, also where an old copy of the shop was put back that does not know of it."""
    return shop.vault.is_erased(worker_uid) or shop.keys.find_erasure(worker_uid) is not None


def _uses(version: DatasetVersion, worker_uid: str, purposes: frozenset[Purpose]) -> bool:
    return version.purpose in purposes and any(line.worker_uid == worker_uid for line in version.episodes)


def _lying_versions(shop: Shop) -> list[DatasetVersion]:
    """Of every dataset the newest version, or the one that lies in its folder where that is another (after a crash)."""
    lying = dict(latest_versions(shop))
    for version in shop.catalogue.dataset_versions():
        newest = lying[version.dataset_id]
        if version.digest != newest.digest and version.digest == find_digest(Path(version.path)):
            lying[version.dataset_id] = version
    return list(lying.values())


def _find_originals(shop: Shop, worker_uid: str) -> tuple[str, ...]:
    mine = [one.source_path for one in shop.catalogue.recordings() if one.worker_uid == worker_uid]
    return tuple(path for path in mine if Path(path).exists())


def _replace(shop: Shop, contract: Contract, version: DatasetVersion, progress: Progress) -> Replaced:
    """Make the next version of a dataset from what is left of its recordings, where it lies and nowhere else."""
    target = Path(version.path)
    heal(target)
    if find_dataset_id(target) != version.dataset_id:
        return Replaced(version.path, None, found=False)
    recordings = frozenset(line.recording_id for line in version.episodes)
    digest = require_bound(shop, version.agreement_id, version.agreement_digest).digest
    order = Order(version.agreement_id, version.purpose, recordings, target, digest)
    try:
        built = build_dataset(shop, contract, order, progress)
    except ForeignFolderError as error:
        return Replaced(version.path, None, found=True, problem=str(error))
    return Replaced(version.path, built.version, found=True)
