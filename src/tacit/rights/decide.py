"""The one place that says yes or no (rules R1, R2, R4, R11, R12).

In: facts and a request. Out: a Permit, or a Refusal that names its rule. Pure: the moment is part of the request,
nothing is read or written, and the same facts always give the same answer.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tacit.records.agreement import Agreement
from tacit.records.people import Consent, Release, StandingRelease
from tacit.records.permit import Action, Permit, Request
from tacit.records.purposes import Evidence
from tacit.rights.facts import Facts
from tacit.rights.standing import has_ended, is_withdrawn

_STRENGTH = {Evidence.DECLARED: 0, Evidence.WITNESSED: 1, Evidence.SIGNED: 2}


@dataclass(frozen=True)
class Refusal:
    """A no, with the number of its rule and a plain sentence."""

    rule: str
    sentence: str


def decide(facts: Facts, request: Request) -> Permit | Refusal:
    """Decide whether something may be done with one recording.

    The order of the checks is the order in which a person would ask: is there an agreement that allows this purpose
    at all and is not paused, did the worker say yes before filming, does the yes still stand, was the footage released,
    and is the evidence strong enough to leave the shop. Dates of the agreement are read as days in UTC.

    A worker who looks at their own footage needs none of that but that it was filmed with their yes: neither a pause
    nor a withdrawn purpose takes it from them. Footage that is in a dataset stays in it when that is made anew without
    another's, unless its own worker took something back: a pause or the end of an agreement lets nothing new begin, and
    takes nothing away.

    A no that is on record counts, whatever the clock says: one that was said while a clock ran ahead is no less a no.
    """
    if not facts.agreements:
        return Refusal("R1", "there is no agreement for this footage.")
    if request.filmed_at > request.asked_at and request.action not in (Action.KEEP, Action.REVIEW):
        return Refusal("R1", "the time of filming lies in the future.")
    yeses = _find_yeses(facts, request)
    if request.action is Action.REVIEW:
        return _review(request, yeses)
    agreement = _find_version(facts, request, yeses)
    refusal = _refuse_by_agreement(agreement, facts.is_paused, request)
    if refusal and request.action is not Action.KEEP:
        return refusal
    consent = _find_standing(facts, agreement, request, yeses)
    if isinstance(consent, Refusal):
        return consent
    if request.action is not Action.DERIVE:
        release = find_release(facts, agreement, request)
        if isinstance(release, Refusal):
            return release
        if request.action is Action.LICENSE and not (
            consent.evidence.is_good_for_license and release.evidence.is_good_for_license
        ):
            return Refusal(
                "R11",
                f"{_weak(consent, release)} only declared; a licence needs it signed by the worker or witnessed by "
                "a steward.",
            )
    return _permit(request, consent)


def find_release(facts: Facts, agreement: Agreement, request: Request) -> Release | StandingRelease | Refusal:
    """The best evidenced word that lets a recording leave at that moment: for it alone, or a standing one (R4)."""
    words: list[Release | StandingRelease] = []
    release = facts.release
    if release is not None and _is_given(release, request):
        words.append(release)
    for standing in facts.standing:
        free_at = find_release_moment(standing, facts.ready_at, agreement)
        if _is_standing(standing, agreement, request) and free_at is not None and free_at <= request.asked_at:
            words.append(standing)
    if words:
        return max(words, key=lambda word: _STRENGTH[word.evidence])
    review_end = find_review_end(facts, agreement, request)
    if review_end is not None:
        until = review_end.isoformat(timespec="minutes")
        return Refusal("R4", f"its review time runs until {until}; the standing release counts from then on.")
    return Refusal("R4", "the worker has not released this recording; silence is not a release.")


def find_review_end(facts: Facts, agreement: Agreement, request: Request) -> datetime | None:
    """When the review time ends, or ended, under the standing release that counts first; None where none stands."""
    ends = (
        find_release_moment(standing, facts.ready_at, agreement)
        for standing in facts.standing
        if _is_standing(standing, agreement, request)
    )
    return min((end for end in ends if end is not None), default=None)


def find_release_moment(standing: StandingRelease, ready_at: datetime | None, agreement: Agreement) -> datetime | None:
    """From when a standing release lets a recording leave; None where nobody knows since when it can be seen."""
    if ready_at is None:
        return None
    return max(ready_at, standing.given_at) + timedelta(hours=agreement.review_hold_h)


def _is_given(release: Release, request: Request) -> bool:
    return release.worker_uid == request.worker_uid and release.ended_at is None


def _is_standing(standing: StandingRelease, agreement: Agreement, request: Request) -> bool:
    return (
        standing.worker_uid == request.worker_uid
        and standing.agreement_id == agreement.agreement_id
        and standing.ended_at is None
    )


def _permit(request: Request, consent: Consent) -> Permit:
    return Permit(
        action=request.action,
        purpose=request.purpose,
        worker_uid=request.worker_uid,
        consent_id=consent.consent_id,
        agreement_id=consent.agreement_id,
        agreement_digest=consent.agreement_digest,
        granted_at=request.asked_at,
    )


def _weak(consent: Consent, release: Release | StandingRelease) -> str:
    """Which word is too weak, and therefore what the worker would have to sign."""
    weak = [
        name
        for name, statement in (("the consent", consent), ("the release", release))
        if not statement.evidence.is_good_for_license
    ]
    return " and ".join(weak) + (" is" if len(weak) == 1 else " are")


def _find_yeses(facts: Facts, request: Request) -> list[Consent]:
    """Every yes of the worker, to any purpose and any version of this agreement."""
    digests = {agreement.digest for agreement in facts.agreements}
    agreement_id = facts.agreements[0].agreement_id
    return [
        consent
        for consent in facts.consents
        if consent.worker_uid == request.worker_uid
        and consent.agreement_id == agreement_id
        and consent.agreement_digest in digests
    ]


def _find_version(facts: Facts, request: Request, yeses: Iterable[Consent]) -> Agreement:
    """The version that binds the footage: of the worker's last yes before it was filmed; the newest where none was."""
    before = [consent for consent in yeses if consent.given_at <= request.filmed_at]
    if not before:
        return facts.agreements[-1]
    last = max(before, key=lambda consent: (consent.given_at, consent.consent_id))
    return next(one for one in facts.agreements if one.digest == last.agreement_digest)


def _refuse_by_agreement(agreement: Agreement, is_paused: bool, request: Request) -> Refusal | None:
    if request.purpose not in agreement.purposes:
        return Refusal("R2", f"the agreement {agreement.agreement_id} does not name the purpose {request.purpose}.")
    if is_paused:
        return Refusal("R12", f"a steward paused the agreement {agreement.agreement_id}; everything under it stops.")
    for what, moment in (("filmed", request.filmed_at), ("asked for", request.asked_at)):
        day = moment.astimezone(UTC).date()
        if not agreement.valid_from <= day <= agreement.valid_to:
            return Refusal(
                "R1",
                f"it was {what} on {day}, and the agreement {agreement.agreement_id} runs "
                f"from {agreement.valid_from} to {agreement.valid_to}.",
            )
    return None


def _find_standing(facts: Facts, agreement: Agreement, request: Request, yeses: Iterable[Consent]) -> Consent | Refusal:
    """The best evidenced yes to this version that was given before filming, covers the purpose and still counts."""
    given = [
        consent
        for consent in yeses
        if consent.agreement_digest == agreement.digest and request.purpose in consent.purposes
    ]
    if not given:
        return Refusal("R1", f"the worker did not consent to {request.purpose} under this agreement.")
    before = [consent for consent in given if consent.given_at <= request.filmed_at]
    if not before:
        return Refusal("R1", "the worker consented only after it was filmed.")
    standing = [consent for consent in before if not is_withdrawn(consent, request.purpose, facts.withdrawals)]
    if not standing:
        return Refusal("R1", f"the worker withdrew the consent to {request.purpose}.")
    running = [consent for consent in standing if not has_ended(consent, request.asked_at)]
    if not running:
        ended_on = max(consent.ends_on for consent in standing if consent.ends_on is not None)
        return Refusal("R1", f"the consent to {request.purpose} ended on {ended_on}.")
    return max(running, key=lambda consent: (_STRENGTH[consent.evidence], consent.given_at, consent.consent_id))


def _review(request: Request, yeses: Iterable[Consent]) -> Permit | Refusal:
    before = [consent for consent in yeses if consent.given_at <= request.filmed_at]
    if not before:
        return Refusal("R1", "the worker had not said yes when it was filmed.")
    return _permit(request, max(before, key=lambda consent: (consent.given_at, consent.consent_id)))
