"""Makes datasets anew without footage that was withdrawn, where they lie, and tells whoever holds a copy (rule R5)."""

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from tacit.datasets.publish import find_dataset_id, find_digest, heal, remove_dataset
from tacit.flows.add_agreement import require_bound
from tacit.flows.build_dataset import build_dataset
from tacit.flows.contract import Contract
from tacit.flows.dataset_order import Built, Order
from tacit.flows.find_dataset import newest_heads
from tacit.flows.ports import Progress, Shop
from tacit.records.dataset import DatasetHead, DatasetVersion
from tacit.records.errors import ForeignFolderError, RefusedError
from tacit.records.purposes import Purpose

_TRIES = 3  # of a build that is overtaken by the withdrawal of another
LICENSED = "A release for a licensee is not made anew by itself: tacit license replace"


@dataclass(frozen=True)
class Replaced:
    """A dataset that used the worker's footage: the folder, and the version now there (None where nothing is left).

    found: False where the dataset did not lie in its folder any more; a copy elsewhere is out of the shop's reach.
    problem: why it could not be replaced, a plain sentence; "" where it was. The next command tries again.
    dataset_id: of which dataset. licensed: True for a release, which waits for a word of the operator.
    """

    path: str
    version: DatasetVersion | None
    found: bool
    problem: str = ""
    dataset_id: str = ""
    licensed: bool = False


def find_used(shop: Shop, worker_uid: str, purposes: Iterable[Purpose]) -> list[DatasetHead]:
    """Every version of a dataset for these purposes that has a worker's footage in it: those are marked by it.

    A dataset is for one purpose; a release is for those of its licence.
    """
    wanted = frozenset(purposes)
    licensed = {granted.dataset_id for granted in shop.catalogue.licenses() if granted.purposes & wanted}
    heads = shop.catalogue.dataset_heads(worker_uid)
    return [head for head in heads if head.purpose in wanted or (head.release_of and head.dataset_id in licensed)]


def find_lying(shop: Shop) -> list[DatasetHead]:
    """Of every dataset the newest version, or the one that lies in its folder where that is another (after a crash)."""
    lying = []
    heads = shop.catalogue.dataset_heads()
    for newest in newest_heads(heads).values():
        digest = find_digest(Path(newest.path))
        same = [head for head in heads if head.dataset_id == newest.dataset_id and head.digest == digest]
        lying.append(same[-1] if same and digest != newest.digest else newest)
    return lying


def replace_each(
    shop: Shop,
    contract: Contract,
    heads: Iterable[DatasetHead],
    progress: Progress,
    tell: Callable[[Replaced], None] = lambda _done: None,
) -> list[Replaced]:
    """Make each of these datasets anew where it lies, and tell of each as it is done."""
    done = []
    for head in heads:
        replaced = _replace(shop, contract, head, progress)
        tell(replaced)
        done.append(replaced)
    return done


def _replace(shop: Shop, contract: Contract, head: DatasetHead, progress: Progress) -> Replaced:
    """Make the next version of a dataset from what is left of its recordings, where it lies and nowhere else."""
    target = Path(head.path)
    heal(target)
    if find_dataset_id(target) != head.dataset_id:
        return Replaced(head.path, None, found=False, dataset_id=head.dataset_id, licensed=bool(head.release_of))
    if head.release_of:
        return _leave_release(shop, head, target)
    version = shop.catalogue.find_dataset_version(head.dataset_id, head.version)
    recordings = frozenset(line.recording_id for line in version.episodes) if version is not None else frozenset()
    digest = require_bound(shop, head.agreement_id, head.agreement_digest).digest
    order = Order(head.agreement_id, head.purpose, recordings, target, digest, only_takes_out=True)
    try:
        built = _build(shop, contract, order, progress)
    except ForeignFolderError as error:
        return Replaced(head.path, None, found=True, problem=str(error), dataset_id=head.dataset_id)
    return Replaced(head.path, built.version, found=True, dataset_id=head.dataset_id)


def _build(shop: Shop, contract: Contract, order: Order, progress: Progress) -> Built:
    """Build, again where somebody else withdraws meanwhile, for what is built is chosen anew."""
    for _ in range(_TRIES - 1):
        with suppress(RefusedError):
            return build_dataset(shop, contract, order, progress)
    return build_dataset(shop, contract, order, progress)


def _leave_release(shop: Shop, head: DatasetHead, target: Path) -> Replaced:
    """A licensee holds a copy of it; it is replaced on a word of the operator, and removed where nobody holds one."""
    named = [granted.license_id for granted in shop.catalogue.licenses() if granted.dataset_id == head.dataset_id]
    if named:
        why = f"{LICENSED} {named[0]}"
        return Replaced(head.path, None, found=True, problem=why, dataset_id=head.dataset_id, licensed=True)
    try:
        remove_dataset(target)
    except ForeignFolderError as error:
        return Replaced(head.path, None, found=True, problem=str(error), dataset_id=head.dataset_id)
    return Replaced(head.path, None, found=True, dataset_id=head.dataset_id)
