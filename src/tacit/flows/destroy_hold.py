"""Holds whose time is nearly over, or over: announced first, then destroyed with a certificate of its own (rule R5)."""

from dataclasses import replace
from datetime import timedelta

from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.certificate import Certificate, Leaving
from tacit.records.hold import Hold
from tacit.records.ids import new_id
from tacit.rights.retention import find_longest


def find_due_holds(shop: Shop) -> list[Hold]:
    """Holds whose time is over and that were not destroyed."""
    now = shop.clock.now()
    return [hold for hold in shop.catalogue.holds() if hold.destroyed_at is None and hold.until <= now]


def warn_of_holds(shop: Shop) -> list[Hold]:
    """Holds that will be destroyed soon; that they were announced is put down once for each."""
    now = shop.clock.now()
    soon = []
    for hold in shop.catalogue.holds():
        if hold.destroyed_at is not None or hold.until <= now or hold.until - _warn_before(shop, hold) > now:
            continue
        if hold.warned_at is None:
            _put_warning(shop, hold.worker_uid)
        soon.append(hold)
    return soon


def begin_destroying(shop: Shop, hold: Hold) -> Certificate:
    """Drop the packed rows and draft the certificate of destruction, together; keys and objects follow from the draft.

    From here on nothing opens the hold any more. Where another process was quicker, its draft comes back, or what it
    was issued as.
    """
    with shop.catalogue.transaction():
        now = shop.clock.now()
        before = shop.catalogue.certificates(hold.worker_uid)
        hold = shop.catalogue.find_hold(hold.worker_uid) or hold
        if hold.destroyed_at is not None and before:
            return before[-1]
        openings = tuple(opening.opened_at for opening in shop.catalogue.hold_openings(hold.worker_uid))
        draft = Certificate(
            certificate_id=new_id("cert"),
            account=hold.worker_uid,
            language=before[-1].language if before else "en",
            withdrawn_at=hold.sealed_at,
            purposes=before[-1].purposes if before else frozenset(),
            leaves=True,
            state=Leaving.DESTROYED,
            counted=True,
            rows=before[-1].rows if before else None,
            n_objects=len(shop.vault.list_held(hold.worker_uid)),
            n_keys=1,
            openings=openings,
        )
        shop.catalogue.replace_hold(replace(hold, destroyed_at=now))
        log_decision(shop, "hold-destroyed", hold.worker_uid)
        shop.catalogue.set_certificate(draft)
    return draft


def _put_warning(shop: Shop, worker_uid: str) -> None:
    """Put down that the end of a hold was announced, unless another process did so or the hold is gone meanwhile."""
    with shop.catalogue.transaction():
        hold = shop.catalogue.find_hold(worker_uid)
        if hold is not None and hold.warned_at is None and hold.destroyed_at is None:
            shop.catalogue.replace_hold(replace(hold, warned_at=shop.clock.now()))
            log_decision(shop, "hold-warning", worker_uid)


def _warn_before(shop: Shop, hold: Hold) -> timedelta:
    places = [
        agreement.jurisdiction for name in hold.agreements for agreement in shop.catalogue.agreement_versions(name)
    ]
    return find_longest(places).warn_before
