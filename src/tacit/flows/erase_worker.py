"""What becomes of a worker's things once no purpose is left: destroyed at once, or sealed first (rules R5, D5).

Each step may be done twice, so that what was cut short is finished by whoever comes next.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tacit.flows.ports import Shop
from tacit.flows.settle import settle_filming
from tacit.records.certificate import Certificate, Leaving
from tacit.records.hold import Hold
from tacit.records.people import Steward
from tacit.records.recording import Recording
from tacit.rights.retention import Profile, find_longest, find_profile
from tacit.seal.keyfile import seal_to

NO_STEWARD = "no-steward"  # nobody could hold the second half of the hold key


@dataclass(frozen=True)
class Plan:
    """What the law of a worker's agreements asks for. stewards: those who could hold the second half."""

    profile: Profile
    agreements: tuple[str, ...]
    stewards: tuple[Steward, ...]

    @property
    def seals(self) -> bool:
        """True where everything is to be sealed before it is destroyed."""
        return self.profile.keeps and bool(self.stewards)


def plan_leaving(shop: Shop, worker_uid: str) -> Plan:
    """What the agreements that a worker said yes to ask for; the longest duty counts."""
    jurisdictions: dict[str, str] = {}
    for consent in shop.catalogue.consents(worker_uid):
        for agreement in shop.catalogue.agreement_versions(consent.agreement_id):
            if agreement.digest == consent.agreement_digest:
                known = jurisdictions.get(consent.agreement_id, "")
                both = (place for place in (known, agreement.jurisdiction) if place)
                jurisdictions[consent.agreement_id] = max(both, key=lambda place: find_profile(place).sealed_for)
    keeping = tuple(sorted(name for name, place in jurisdictions.items() if find_profile(place).keeps))
    stewards = tuple(one for one in shop.catalogue.stewards() if one.agreements & set(keeping))
    return Plan(find_longest(jurisdictions.values()), keeping, stewards)


def leave(shop: Shop, draft: Certificate) -> Certificate:
    """Seal or destroy everything of a worker, and write the figures into the draft of their certificate."""
    uid = draft.account
    with shop.catalogue.transaction():
        draft = find_current(shop, draft)
        if not draft.counted:
            draft = change_draft(shop, draft, lambda known: _count(shop, known))
    if draft.state is Leaving.SEALED and draft.sealed_until is not None and _can_be_held(shop, uid):
        seal_worker(shop, uid, draft.sealed_until)
    else:
        erase_worker(shop, uid)
        if draft.state is Leaving.SEALED:  # an old copy of the shop was put back, and the packed rows are lost
            draft = change_draft(
                shop, draft, lambda known: replace(known, state=Leaving.DESTROYED, sealed_until=None, n_keys=1)
            )
    return draft


def find_current(shop: Shop, draft: Certificate) -> Certificate:
    """A certificate as it stands by now: another process may be finishing the same withdrawal."""
    for known in shop.catalogue.certificates(draft.account):
        if known.certificate_id == draft.certificate_id:
            return known
    return draft


def change_draft(shop: Shop, draft: Certificate, change: Callable[[Certificate], Certificate]) -> Certificate:
    """Change a draft as it stands by now; where it was issued meanwhile, that one stands and comes back.

    Another process may be finishing the same withdrawal, so what was read before this is never put down again.
    """
    with shop.catalogue.transaction():
        known = find_current(shop, draft)
        if known.issued_at is not None:
            return known
        changed = change(known)
        shop.catalogue.set_certificate(changed)
    return changed


def erase_worker(shop: Shop, worker_uid: str) -> int:
    """Book what they are owed for filming, then destroy objects, key and rows; returns how many objects there were.

    Each step may be done again. An erasure that was cut short is in the catalogue's `unfinished_erasures`, or the
    worker is still there with a withdrawal and nothing that stands. The books of others have no say in it.
    """
    settle_filming(shop, worker_uid)
    erased_at = find_erased_at(shop, worker_uid)
    n_objects = shop.vault.erase(worker_uid)
    shop.keys.note_erasure(worker_uid, erased_at)
    shop.keys.destroy_worker_key(worker_uid)
    if shop.catalogue.find_hold(worker_uid) is not None:  # else it belongs to a hold that an old copy knows not of
        shop.keys.destroy_half(worker_uid)
    shop.catalogue.erase_worker(worker_uid, erased_at)
    return n_objects


def seal_worker(shop: Shop, worker_uid: str, until: datetime) -> None:
    """Book what they are owed, pack their rows, and take their key out of reach of everybody but two together.

    What was made under an agreement whose law asks to destroy at once is destroyed first: a duty to keep reaches no
    further than the agreements that have it.
    The first half of the hold key lies in the keyring, the second is written to each steward's own key. Objects stay as
    they are, behind a tombstone: for every reader but the opening of the hold the worker is erased.
    """
    settle_filming(shop, worker_uid)
    erased_at = find_erased_at(shop, worker_uid)
    shop.vault.seal_off(worker_uid)
    _destroy_unkept_units(shop, worker_uid)
    if shop.catalogue.find_hold(worker_uid) is None:
        objects = shop.vault.hash_held(worker_uid)  # takes a while, and nothing is written there any more
        with shop.catalogue.transaction():  # another process may be finishing the same: one of us makes the halves
            if shop.catalogue.find_hold(worker_uid) is None:
                hold = _make_hold(shop, worker_uid, until, erased_at, objects)
                _drop_unkept_rows(shop, worker_uid)
                shop.catalogue.hold_worker(hold, erased_at)
    shop.keys.note_erasure(worker_uid, erased_at)
    shop.keys.destroy_worker_key(worker_uid)
    shop.catalogue.erase_worker(worker_uid, erased_at)


def _find_unkept(shop: Shop, worker_uid: str) -> list[Recording]:
    """Recordings under agreements whose law does not ask to keep them."""
    kept = plan_leaving(shop, worker_uid).agreements
    return [one for one in shop.catalogue.recordings(worker_uid) if one.agreement_id not in kept]


def _destroy_unkept_units(shop: Shop, worker_uid: str) -> None:
    """Destroy what was made from recordings that no law asks to keep.

    Inside a transaction: once another process has made the hold, there are no rows left that say what is kept.
    """
    with shop.catalogue.transaction():
        if shop.catalogue.find_hold(worker_uid) is not None:
            return
        unkept = {one.recording_id for one in _find_unkept(shop, worker_uid)}
        if unkept:
            there = {one.recording_id for one in shop.catalogue.recordings(worker_uid)}
            shop.vault.drop_all_but(worker_uid, there - unkept)


def _drop_unkept_rows(shop: Shop, worker_uid: str) -> None:
    """Delete the rows that no law asks to keep, so that they are not packed; inside the transaction of the hold."""
    kept = plan_leaving(shop, worker_uid).agreements
    recordings = {one.recording_id for one in _find_unkept(shop, worker_uid)}
    said = (
        {one.consent_id: one.agreement_id for one in shop.catalogue.consents(worker_uid)}
        | {one.standing_id: one.agreement_id for one in shop.catalogue.standing_releases(worker_uid)}
        | {one.grievance_id: one.agreement_id for one in shop.catalogue.grievances(worker_uid)}
    )
    words = {name for name, agreement_id in said.items() if agreement_id and agreement_id not in kept}
    shop.catalogue.drop_rows(worker_uid, recordings, words)


def _make_hold(shop: Shop, worker_uid: str, until: datetime, erased_at: datetime, objects: dict[str, str]) -> Hold:
    """Split the key, and write the second half to every steward."""
    plan, context = plan_leaving(shop, worker_uid), half_context(worker_uid)
    second_half = shop.keys.split_worker_key(worker_uid)
    halves = {one.steward_id: seal_to(one.sealing_key, second_half, context).hex() for one in plan.stewards}
    return Hold(worker_uid, plan.agreements, erased_at, until, halves, objects=objects)


def erase_again(shop: Shop, worker_uid: str) -> None:
    """Erase what an old copy of the shop brought back; what lies under a hold stays under it, and nothing else."""
    hold = shop.catalogue.find_hold(worker_uid)
    if hold is None or hold.destroyed_at is not None or not shop.keys.has_half(worker_uid):
        erase_worker(shop, worker_uid)
        return
    if hold.objects:
        shop.vault.drop_units(worker_uid, {name.partition("/")[0] for name in hold.objects})
    shop.keys.destroy_worker_key(worker_uid)
    shop.catalogue.erase_worker(worker_uid, find_erased_at(shop, worker_uid))


def half_context(worker_uid: str) -> str:
    """For what the second half of a hold key is sealed."""
    return f"tacit hold {worker_uid}"


def find_erased_at(shop: Shop, worker_uid: str) -> datetime:
    """The moment of the last no. Where an old backup lost it, any yes from before this moment counts as taken back."""
    noes = [withdrawal.withdrawn_at for withdrawal in shop.catalogue.withdrawals(worker_uid)]
    return max(noes, default=shop.keys.find_erasure(worker_uid) or shop.clock.now())


def is_erased(shop: Shop, worker_uid: str) -> bool:
    """True after an erasure, also where an old copy of the shop was put back that does not know of it."""
    return shop.vault.is_erased(worker_uid) or shop.keys.find_erasure(worker_uid) is not None


def _can_be_held(shop: Shop, worker_uid: str) -> bool:
    """True where the rows are there to be packed, or are packed already."""
    hold = shop.catalogue.find_hold(worker_uid)
    if hold is not None:
        return hold.destroyed_at is None and shop.keys.has_half(worker_uid)
    return shop.keys.has_worker_key(worker_uid) and bool(plan_leaving(shop, worker_uid).stewards)


def _count(shop: Shop, draft: Certificate) -> Certificate:
    """Say what there is, and what is to become of it, while it can still be seen."""
    uid = draft.account
    plan = plan_leaving(shop, uid)
    return replace(
        draft,
        state=Leaving.SEALED if plan.seals else Leaving.DESTROYED,
        sealed_until=draft.withdrawn_at + plan.profile.sealed_for if plan.seals else None,
        why_not_sealed=NO_STEWARD if plan.profile.keeps and not plan.seals else "",
        counted=True,
        rows=shop.catalogue.count_rows(uid),
        n_objects=len(shop.vault.list_held(uid)),
        n_keys=0 if plan.seals else 1,
    )
