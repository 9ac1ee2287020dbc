"""A worker's no: denies at once, then seals or erases what was kept and makes datasets anew (rules R5, R7, D5).

The no and the draft of its certificate are put down together; from that moment on every question is answered with no.
Each later step may be done twice, so a withdrawal that was interrupted is finished by `finish_withdrawals`.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from tacit.flows.add_worker import require_worker
from tacit.flows.contract import Contract
from tacit.flows.destroy_hold import begin_destroying, find_due_holds, warn_of_holds
from tacit.flows.erase_worker import change_draft, erase_again, is_erased, leave
from tacit.flows.issue_certificate import begin_certificate, issue_certificate, note_replaced
from tacit.flows.log_entry import log_decision
from tacit.flows.originals import Original, destroy_originals, find_originals
from tacit.flows.outbox import notify_untold
from tacit.flows.ports import Progress, Shop
from tacit.flows.replace_datasets import Replaced, find_lying, find_used, replace_each
from tacit.records.certificate import Certificate
from tacit.records.dataset import DatasetHead
from tacit.records.errors import ClockSetBackError, NothingToWithdrawError, WaitingWithdrawalError
from tacit.records.ids import new_id
from tacit.records.people import Withdrawal
from tacit.records.purposes import Purpose
from tacit.rights.standing import running_purposes, standing_purposes


@dataclass(frozen=True)
class Withdrawn:
    """What a withdrawal did.

    erased: True where no purpose is left, so that everything of the worker in the shop was destroyed or sealed.
    account: the opaque id under which what is owed stays owed.
    originals: paths of the worker's film as it was handed in, outside the shop, that are still there.
    """

    purposes: frozenset[Purpose]
    erased: bool
    n_objects: int
    account: str
    replaced: tuple[Replaced, ...]
    originals: tuple[str, ...]
    certificate: Certificate


def withdraw_consent(
    shop: Shop,
    contract: Contract,
    label: str,
    purposes: Collection[Purpose],
    progress: Progress,
    with_originals: bool = False,
) -> Withdrawn:
    """Take a yes back, for the purposes named or for all that stand.

    Args:
        with_originals: Destroy the films as they were handed in, too, where they are as they were then.

    Raises:
        NothingToWithdrawError: No yes to any of these purposes stands.
        WaitingWithdrawalError: The no counts, but the clock was set back, and what follows from it waits.
    """
    draft = _deny(shop, label, purposes, with_originals)
    try:
        films, replaced, certificate = _carry_out(shop, contract, draft, progress)
    except ClockSetBackError as error:  # nobody may read of a no that it was not written
        raise WaitingWithdrawalError(label) from error
    return Withdrawn(
        purposes=certificate.purposes,
        erased=certificate.leaves,
        n_objects=certificate.n_objects,
        account=certificate.account,
        replaced=tuple(replaced),
        originals=tuple(film.path for film in films),
        certificate=certificate,
    )


def has_anything_to_withdraw(shop: Shop, worker_uid: str, purposes: Collection[Purpose]) -> bool:
    """True where a yes to one of these purposes stands, or any yes where none is named."""
    standing = standing_purposes(shop.catalogue.consents(worker_uid), shop.catalogue.withdrawals(worker_uid))
    return bool(frozenset(purposes) & standing if purposes else standing)


def finish_withdrawals(shop: Shop, contract: Contract, progress: Progress) -> list[Replaced]:
    """Finish withdrawals that were interrupted, and destroy what was sealed for long enough.

    Does nothing where there is none of either. Returns the datasets that still could not be made anew.
    """
    warn_of_holds(shop)
    for hold in find_due_holds(shop):
        begin_destroying(shop, hold)
    for draft in _find_drafts(shop):
        _carry_out(shop, contract, draft, progress)
    for uid in shop.catalogue.unfinished_erasures():
        if is_erased(shop, uid):  # a key may also be missing because somebody lost it
            erase_again(shop, uid)
    standing = _find_standing(shop)
    denied = [head for head in find_lying(shop) if _holds_denied(shop, standing, head)]
    done = replace_each(shop, contract, denied, progress)
    notify_untold(shop, standing)
    return [one for one in done if one.problem and not one.licensed]


def _deny(shop: Shop, label: str, purposes: Collection[Purpose], with_originals: bool) -> Certificate:
    """Put down the no, and the draft of its certificate. Nothing that takes time comes before this."""
    worker = require_worker(shop, label)
    uid = worker.worker_uid
    with shop.catalogue.transaction():
        # A clock that was set back lets nothing new begin, but it holds nobody here.
        last, now = shop.catalogue.log_moment(), shop.clock.now()
        now = max(now, last) if last is not None else now
        consents = shop.catalogue.consents(uid)
        standing = standing_purposes(consents, shop.catalogue.withdrawals(uid))
        taken_back = frozenset(purposes) & standing if purposes else standing
        if not taken_back:
            raise NothingToWithdrawError(label)
        given = frozenset(yes.consent_id for yes in consents)
        withdrawal = Withdrawal(new_id("wd"), uid, taken_back, now, given)
        draft = begin_certificate(withdrawal, worker.language, standing == taken_back, with_originals)
        shop.catalogue.add_withdrawal(withdrawal)
        log_decision(shop, "withdrawal", uid, now)
        shop.catalogue.set_certificate(draft)
    return draft


def _carry_out(
    shop: Shop, contract: Contract, draft: Certificate, progress: Progress
) -> tuple[list[Original], list[Replaced], Certificate]:
    """All that follows from a no; each step may be done again."""
    films = find_originals(shop, draft.account)
    if films:  # while there are rows that say where they are
        gone = destroy_originals(shop, films) if draft.with_originals else []
        films = [film for film in films if film not in gone]
        draft = change_draft(shop, draft, lambda known: _count_originals(known, films, len(gone)))
    if draft.leaves:
        draft = leave(shop, draft)

    def note(done: Replaced) -> None:
        nonlocal draft
        draft = note_replaced(shop, draft, done)

    used = {(head.dataset_id, head.version) for head in find_used(shop, draft.account, draft.purposes)}
    lying = [head for head in find_lying(shop) if (head.dataset_id, head.version) in used]
    replaced = replace_each(shop, contract, lying, progress, note)
    return films, replaced, issue_certificate(shop, draft)


def _count_originals(known: Certificate, left: Iterable[Original], n_gone: int) -> Certificate:
    """Add films that were destroyed just now; of the others, another process may have destroyed some meanwhile."""
    n_destroyed = known.originals_destroyed + n_gone
    n_found = n_destroyed + sum(Path(film.path).is_file() for film in left)
    return replace(known, originals=max(known.originals, n_found), originals_destroyed=n_destroyed)


def _find_drafts(shop: Shop) -> list[Certificate]:
    """Certificates that were begun and not issued, and those that should have been begun."""
    drafts = [one for one in shop.catalogue.certificates() if one.issued_at is None]
    begun = {one.account for one in drafts if one.leaves}
    for worker in shop.catalogue.workers():
        uid = worker.worker_uid
        noes = shop.catalogue.withdrawals(uid)
        if uid in begun or not noes or standing_purposes(shop.catalogue.consents(uid), noes):
            continue
        everything = frozenset(purpose for no in noes for purpose in no.purposes)
        last = max(noes, key=lambda no: no.withdrawn_at)
        no = Withdrawal(last.withdrawal_id, uid, everything, last.withdrawn_at)
        drafts.append(begin_certificate(no, worker.language, leaves=True))
    return drafts


def _find_standing(shop: Shop) -> dict[str, frozenset[Purpose]]:
    """By worker who is here, the purposes that stand."""
    now = shop.clock.now()
    return {
        worker.worker_uid: running_purposes(
            shop.catalogue.consents(worker.worker_uid), shop.catalogue.withdrawals(worker.worker_uid), now
        )
        for worker in shop.catalogue.workers()
    }


def _holds_denied(shop: Shop, standing: dict[str, frozenset[Purpose]], head: DatasetHead) -> bool:
    return any(
        head.purpose not in standing[uid] if uid in standing else is_erased(shop, uid)
        for uid in shop.catalogue.dataset_people(head.dataset_id, head.version)
    )
