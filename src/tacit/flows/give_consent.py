"""A worker's yes, and the no that leaves no trace (rules R1, R7, R11)."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from tacit.flows.add_agreement import require_agreement
from tacit.flows.add_worker import require_worker
from tacit.flows.evidence import Voice, sign_as
from tacit.flows.log_entry import log_decision
from tacit.flows.ports import Shop
from tacit.flows.review_notice import require_signed_language
from tacit.records.agreement import Agreement
from tacit.records.errors import BadEndError, NotRefusableError, PurposeNotAgreedError, RefusedError
from tacit.records.ids import new_id
from tacit.records.people import Consent, Worker
from tacit.records.purposes import Purpose
from tacit.seal.keyfile import OpenKey
from tacit.words.notice import Notice, render_notice


@dataclass(frozen=True)
class SaidYes:
    """How a yes was said.

    notice: which one was read; None where the operator only declares a yes that was said elsewhere.
    pin: the worker's; "" for none. key: an opened key file, the worker's own or that of the steward whom `witness`
    names. ends_on: the last day on which the yes counts; None: as long as the agreement runs.
    """

    notice: Notice | None
    pin: str = field(repr=False)
    key: OpenKey | None = None
    witness: str = ""
    ends_on: date | None = None

    @property
    def voice(self) -> Voice:
        """Who vouches for it."""
        return Voice(self.pin, self.key, self.witness)


def give_consent(
    shop: Shop, label: str, agreement_id: str, purposes: Collection[Purpose], given_at: datetime, said: SaidYes
) -> Consent:
    """Put down a worker's yes; the very same yes again is harmless.

    Raises:
        RefusedError: They withdrew after that moment and were erased, so that an old yes does not rise again; this
            version of the agreement is younger than the yes; it does not run on that day; the notice is a draft, or
            that of other words; they took every yes back, and what they left is not yet destroyed or sealed.
        PurposeNotAgreedError: The agreement does not name some of the purposes.
        BadEndError: The last day lies before the yes or after the agreement.
        WrongPinError, NoPinError, KeyFileWorkerError, OtherKeyError, TwoVoicesError: See `evidence.sign_as`.
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
    if said.ends_on is not None and not given_at.date() <= said.ends_on <= agreement.valid_to:
        raise BadEndError(str(said.ends_on), str(given_at.date()), str(agreement.valid_to))
    if said.notice is not None:
        _check_read(shop, agreement, said.notice, given_at)
    if given_at > shop.clock.now():
        raise RefusedError("R1", f"the yes is dated {given_at.isoformat(timespec='seconds')}, which is yet to come.")
    consent = _make_consent(worker, agreement, frozenset(purposes), given_at, said)
    for there in shop.catalogue.consents(worker.worker_uid):
        if _key(there) == _key(consent):
            return there
    consent = sign_as(shop, consent, worker, agreement_id, said.voice)
    with shop.catalogue.transaction():
        _check_not_leaving(shop, worker.worker_uid)
        shop.catalogue.add_consent(consent)
        log_decision(shop, "consent", worker.worker_uid)
    return consent


def _check_read(shop: Shop, agreement: Agreement, notice: Notice, given_at: datetime) -> None:
    """Whoever is asked now, is asked on the notice of terms that run; who declares an old yes answers for it.

    An agreement that has not begun is refused as well: it may change until then, and a yes to it would be to words that
    nobody has seen at work. The yes can be asked for on its first day.
    """
    if not agreement.valid_from <= given_at.date() <= agreement.valid_to:
        why = (
            f"the agreement {agreement.agreement_id} runs from {agreement.valid_from} to {agreement.valid_to}, "
            f"and today is {given_at.date()}. Ask for the yes while it runs, or add the agreement that runs now."
        )
        raise RefusedError("R1", why)
    require_signed_language(shop, notice.language)
    if notice != render_notice(agreement, notice.language):
        why = (
            "the notice that was read is not that of this version of the agreement. Read it again: tacit consent notice"
        )
        raise RefusedError("R1", why)


def check_not_erased(shop: Shop, label: str, given_at: datetime) -> None:
    """Check that a yes is younger than the last withdrawal of that label, if there was one.

    Raises:
        RefusedError: They withdrew after that moment and were erased; an old yes does not rise again from a list.
    """
    erased_at = shop.catalogue.find_erasure(label)
    if erased_at is not None and given_at <= erased_at:
        raise RefusedError("R1", "the worker withdrew after this yes; only a new one counts.")


def _check_not_leaving(shop: Shop, worker_uid: str) -> None:
    """A yes said while a leaving is under way would be destroyed with all the rest, and nobody would be told."""
    if any(one.leaves and one.issued_at is None for one in shop.catalogue.certificates(worker_uid)):
        why = (
            "the worker took every yes back, and what they left is still being destroyed or sealed. "
            "Finish that with `tacit recover`; then add them anew, and ask again."
        )
        raise RefusedError("R5", why)


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
        evidence=said.voice.evidence,
        signature="",
        ends_on=said.ends_on,
        witness=said.witness,
    )


def _key(consent: Consent) -> tuple[object, ...]:
    return (
        consent.agreement_digest,
        consent.purposes,
        consent.given_at,
        consent.evidence,
        consent.ends_on,
        consent.witness,
    )
