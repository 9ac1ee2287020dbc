"""Finds out whom somebody acts as, and whose a thing is, so that the table of roles can say yes or no.

What a role names and may not have is refused alike, whether it is there or not.
"""

from dataclasses import dataclass

from tacit.flows.ports import Shop
from tacit.records.errors import UnknownThingError
from tacit.rights.roles import NAMELESS, Actor, Kind, Role, Thing, Verb, may, refuse, require_role


@dataclass(frozen=True)
class About:
    """What somebody named: a worker by label or account, others by id; "" for what was not named."""

    worker: str = ""
    recording: str = ""
    agreement: str = ""
    license: str = ""


def find_actor(shop: Shop, role: Role, name: str) -> Actor:
    """Somebody with what the table needs to know of them.

    Raises:
        UnknownThingError: The shop has no such steward. A worker who was erased goes by their account.
    """
    if role in NAMELESS:
        return Actor(role)
    if role is Role.WORKER:
        return Actor(role, find_uid(shop, name))
    if role is Role.STEWARD:
        steward = shop.catalogue.find_steward(name)
        if steward is None:
            raise UnknownThingError("steward", name, "List them with `tacit steward list`.")
        return Actor(role, name, steward.agreements)
    return Actor(role, name)


def find_uid(shop: Shop, named: str) -> str:
    """The opaque id of a worker, by label; whatever else was named may be an account, and is taken for one."""
    worker = shop.catalogue.find_worker(named)
    return worker.worker_uid if worker is not None else named


def require_deed(shop: Shop, actor: Actor, verb: Verb, kind: Kind, about: About) -> None:
    """Check that somebody may do something with what they named.

    A worker's things are under every agreement the worker said yes to.

    Raises:
        RefusedError: They may not.
    """
    if actor.role in NAMELESS:
        require_role(actor, verb, Thing(kind))
    elif not any(may(actor, verb, thing) for thing in _find_things(shop, kind, about)):
        raise refuse(actor.role, verb, kind)


def _find_things(shop: Shop, kind: Kind, about: About) -> list[Thing]:
    worker = _find_whose(shop, about.worker)
    agreements = {about.agreement} if about.agreement else set()
    licensees: frozenset[str] = frozenset()
    if about.recording:
        recording = shop.catalogue.find_recording(about.recording)
        worker = recording.worker_uid if recording is not None else ""
        agreements = {recording.agreement_id} if recording is not None else set()
    elif worker and not agreements:
        agreements = _find_agreements(shop, worker)
    if about.license:
        granted = shop.catalogue.find_license(about.license)
        licensees = frozenset({granted.licensee}) if granted is not None else frozenset()
    return [Thing(kind, worker, agreement, licensees) for agreement in sorted(agreements) or [""]]


def _find_whose(shop: Shop, named: str) -> str:
    """Opaque id of the worker who was named, by label, by account, or by a certificate of theirs."""
    uid = find_uid(shop, named) if named else ""
    for certificate in shop.catalogue.certificates() if uid == named and named else ():
        if certificate.certificate_id == named:
            return certificate.account
    return uid


def _find_agreements(shop: Shop, worker_uid: str) -> set[str]:
    """Agreements that a worker said yes to; of one who was erased those that a hold or a dataset still names."""
    agreements = {consent.agreement_id for consent in shop.catalogue.consents(worker_uid)}
    hold = shop.catalogue.find_hold(worker_uid)
    agreements |= set(hold.agreements) if hold is not None else set()
    return agreements | {head.agreement_id for head in shop.catalogue.dataset_heads(worker_uid)}
