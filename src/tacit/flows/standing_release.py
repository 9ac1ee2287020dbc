"""A worker's standing release: every recording under an agreement, once its review time has passed (rule R4)."""

from dataclasses import replace

from tacit.flows.add_agreement import require_agreement
from tacit.flows.add_worker import require_worker
from tacit.flows.evidence import DECLARED, Voice, sign_as
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.records.errors import NothingReleasedError
from tacit.records.ids import new_id
from tacit.records.people import StandingRelease
from tacit.records.purposes import Evidence


def give_standing_release(shop: Shop, label: str, agreement_id: str, voice: Voice = DECLARED) -> StandingRelease:
    """Put down that a worker releases every recording of theirs under an agreement, as its review time passes.

    Where one stands that is as strong, it is left as it is. A stronger word comes beside the weaker one, and counts
    from when it was given.

    Raises:
        UnknownThingError: There is no such worker, or no such agreement.
        NoPinError, WrongPinError, KeyFileWorkerError, OtherKeyError, RefusedError: The evidence cannot be given so, see
            `sign_as`.
    """
    worker = require_worker(shop, label)
    require_agreement(shop, agreement_id)
    for there in find_standing(shop, worker.worker_uid, agreement_id):
        if there.evidence.is_good_for_license or not voice.evidence.is_good_for_license:
            return there
    given_at, no_evidence = shop.clock.now(), Evidence.DECLARED
    standing = StandingRelease(new_id("standing"), worker.worker_uid, agreement_id, given_at, no_evidence, "")
    standing = sign_as(shop, standing, worker, agreement_id, voice)
    with shop.catalogue.transaction():
        shop.catalogue.set_standing_release(standing)
        log_decision(shop, "standing-release", worker.worker_uid)
    return standing


def take_back_standing_release(shop: Shop, label: str, agreement_id: str) -> list[StandingRelease]:
    """Put down that a worker takes a standing release back; it needs no evidence, as taking back must be easy.

    Nothing that rested on it goes into a new dataset or under a new licence; licences that run go on to their end.

    Raises:
        UnknownThingError: There is no such worker.
        NothingReleasedError: None stands.
    """
    worker = require_worker(shop, label)
    with shop.catalogue.transaction():
        there = find_standing(shop, worker.worker_uid, agreement_id)
        if not there:
            raise NothingReleasedError(f"The footage of the worker {label} under the agreement {agreement_id}")
        ended = [replace(one, ended_at=shop.clock.now()) for one in there]
        for one in ended:
            shop.catalogue.set_standing_release(one)
        log_decision(shop, "standing-release-taken-back", worker.worker_uid)
    return ended


def find_standing(shop: Shop, worker_uid: str, agreement_id: str) -> list[StandingRelease]:
    """The standing releases of a worker under an agreement that were not taken back."""
    given = shop.catalogue.standing_releases(worker_uid)
    return [one for one in given if one.agreement_id == agreement_id and one.ended_at is None]
