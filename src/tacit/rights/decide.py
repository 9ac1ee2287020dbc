"""The one place that says yes or no (rules R1, R2, R4, R11).

In: facts and a request. Out: a Permit, or a Refusal that names its rule. Pure: the moment is part of the request,
nothing is read or written, and the same facts always give the same answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from tacit.records.agreement import Agreement
from tacit.records.people import Consent, Release, Withdrawal
from tacit.records.permit import Action, Permit, Request
from tacit.records.purposes import Evidence
from tacit.rights.facts import Facts

_STRENGTH = {Evidence.DECLARED: 0, Evidence.WITNESSED: 1, Evidence.SIGNED: 2}


@dataclass(frozen=True)
class Refusal:
    """A no, with the number of its rule and a plain sentence."""

    rule: str
    sentence: str


def decide(facts: Facts, request: Request) -> Permit | Refusal:
    """Decide whether something may be done with one recording.

    The order of the checks is the order in which a person would ask: is there an agreement that allows this purpose
    at all, did the worker say yes before filming, does the yes still stand, was the footage released, and is the
    evidence strong enough to leave the shop. Dates of the agreement are read as days in UTC.
    """
    agreement = facts.agreement
    if agreement is None:
        return Refusal("R1", "there is no agreement for this footage.")
    refusal = _refuse_by_agreement(agreement, request)
    if refusal:
        return refusal
    consent = _find_standing(facts, agreement, request)
    if isinstance(consent, Refusal):
        return consent
    if request.action is not Action.DERIVE:
        release = facts.release
        if release is None or release.worker_uid != request.worker_uid or release.released_at > request.asked_at:
            return Refusal("R4", "the worker has not released this recording; silence is not a release.")
        if request.action is Action.LICENSE and not (
            consent.evidence.is_good_for_license and release.evidence.is_good_for_license
        ):
            return Refusal("R11", f"{_weak(consent, release)} only declared; a licence needs it signed by the worker.")
    return Permit(
        action=request.action,
        purpose=request.purpose,
        worker_uid=request.worker_uid,
        consent_id=consent.consent_id,
        agreement_id=agreement.agreement_id,
        granted_at=request.asked_at,
    )


def _weak(consent: Consent, release: Release) -> str:
    """Which word is too weak, and therefore what the worker would have to sign."""
    weak = [
        name
        for name, statement in (("the consent", consent), ("the release", release))
        if not statement.evidence.is_good_for_license
    ]
    return " and ".join(weak) + (" is" if len(weak) == 1 else " are")


def _refuse_by_agreement(agreement: Agreement, request: Request) -> Refusal | None:
    if request.purpose not in agreement.purposes:
        return Refusal("R2", f"the agreement {agreement.agreement_id} does not name the purpose {request.purpose}.")
    if request.filmed_at > request.asked_at:
        return Refusal("R1", "the time of filming lies in the future.")
    for what, day in (("filmed", request.filmed_at.date()), ("asked for", request.asked_at.date())):
        if not agreement.valid_from <= day <= agreement.valid_to:
            return Refusal(
                "R1",
                f"it was {what} on {day}, and the agreement {agreement.agreement_id} runs "
                f"from {agreement.valid_from} to {agreement.valid_to}.",
            )
    return None


def _find_standing(facts: Facts, agreement: Agreement, request: Request) -> Consent | Refusal:
    """The best evidenced consent that was given before filming, covers the purpose and was not withdrawn."""
    given = [
        consent
        for consent in facts.consents
        if consent.worker_uid == request.worker_uid
        and consent.agreement_id == agreement.agreement_id
        and consent.agreement_digest == agreement.digest
        and request.purpose in consent.purposes
    ]
    if not given:
        return Refusal("R1", f"the worker did not consent to {request.purpose} under this agreement.")
    before = [consent for consent in given if consent.given_at <= request.filmed_at]
    if not before:
        return Refusal("R1", "the worker consented only after it was filmed.")
    standing = [consent for consent in before if not _is_withdrawn(consent, facts.withdrawals, request)]
    if not standing:
        return Refusal("R1", f"the worker withdrew the consent to {request.purpose}.")
    return max(standing, key=lambda consent: (_STRENGTH[consent.evidence], consent.given_at, consent.consent_id))


def _is_withdrawn(consent: Consent, withdrawals: Iterable[Withdrawal], request: Request) -> bool:
    return any(
        withdrawal.worker_uid == consent.worker_uid
        and request.purpose in withdrawal.purposes
        and consent.given_at <= withdrawal.withdrawn_at <= request.asked_at
        for withdrawal in withdrawals
    )
