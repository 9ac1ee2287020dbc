"""A worker's yes, and the no that leaves no trace (rules R1, R7, R11)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from tacit.flows.add_agreement import require_agreement
from tacit.flows.add_worker import require_worker
from tacit.flows.ports import Shop
from tacit.records.agreement import Agreement
from tacit.records.errors import NoPinError, NotRefusableError, PurposeNotAgreedError, RefusedError
from tacit.records.ids import new_id
from tacit.records.people import Consent, Worker
from tacit.records.purposes import Evidence, Purpose
from tacit.rights.evidence import sign_statement
from tacit.seal.signatures import unlock_key
from tacit.words.notice import Notice


@dataclass(frozen=True)
class SaidYes:
    """How a yes was said: on which notice (None where the operator only declares it), with which PIN ("" for none)."""

    notice: Notice | None
    pin: str = field(repr=False)


def give_consent(
    shop: Shop, label: str, agreement_id: str, purposes: Collection[Purpose], given_at: datetime, said: SaidYes
) -> Consent:
    """Put down a worker's yes; the very same yes again is harmless.

    Raises:
        RefusedError: They withdrew after that moment and were erased, so that an old yes does not rise again; or this
            version of the agreement is younger than the yes.
        PurposeNotAgreedError: The agreement does not name one of the purposes.
        WrongPinError: The PIN does not open the worker's key.
        NoPinError: A PIN was given by a worker who never set one.
    """
    worker = require_worker(shop, label)
    agreement = require_agreement(shop, agreement_id)
    check_not_erased(shop, label, given_at)
    added_at = shop.catalogue.find_version_added_at(agreement_id, agreement.digest)
    if added_at is not None and given_at < added_at:
        why = (
            f"this version of the agreement was added on {added_at.date()}, after the yes; it binds who says yes to it."
        )
        raise RefusedError("R1", why)
    beyond = frozenset(purposes) - agreement.purposes
    if beyond or not purposes:
        raise PurposeNotAgreedError(sorted(beyond), agreement_id, sorted(agreement.purposes))
    consent = _make_consent(worker, agreement, frozenset(purposes), given_at, said)
    for there in shop.catalogue.consents(worker.worker_uid):
        if _key(there) == _key(consent):
            return there
    if said.pin:
        if not worker.sealed_private_key:
            raise NoPinError(label)
        consent = sign_statement(consent, unlock_key(worker.sealed_private_key, said.pin))
    shop.catalogue.add_consent(consent)
    return consent


def check_not_erased(shop: Shop, label: str, given_at: datetime) -> None:
    """Check that a yes is younger than the last withdrawal of that label, if there was one.

    Raises:
        RefusedError: They withdrew after that moment and were erased; an old yes does not rise again from a list.
    """
    erased_at = shop.catalogue.find_erasure(label)
    if erased_at is not None and given_at <= erased_at:
        raise RefusedError("R1", "the worker withdrew after this yes; only a new one counts.")


def refuse_consent(shop: Shop, label: str) -> None:
    """Forget a worker who said no before they ever said yes: row, key and all; nothing tells that they were asked.

    Raises:
        NotRefusableError: They said yes before; then it is a withdrawal.
    """
    worker = require_worker(shop, label)
    if shop.catalogue.consents(worker.worker_uid):
        raise NotRefusableError(label)
    shop.catalogue.forget_worker(worker.worker_uid)
    shop.keys.destroy_worker_key(worker.worker_uid)


def _make_consent(
    worker: Worker, agreement: Agreement, purposes: frozenset[Purpose], given_at: datetime, said: SaidYes
) -> Consent:
    return Consent(
        consent_id=new_id("con"),
        worker_uid=worker.worker_uid,
        agreement_id=agreement.agreement_id,
        agreement_digest=agreement.digest,
        purposes=purposes,
        given_at=given_at,
        notice_language=said.notice.language if said.notice else "",
        notice_digest=said.notice.digest if said.notice else "",
        evidence=Evidence.SIGNED if said.pin else Evidence.DECLARED,
        signature="",
    )


def _key(consent: Consent) -> tuple[object, ...]:
    return (consent.agreement_digest, consent.purposes, consent.given_at, consent.evidence)
