"""Asks the rights kernel, and writes every answer down before anyone acts on it (rules R1, R9, R11)."""

from collections.abc import Sequence
from datetime import datetime

from tacit.flows.ports import Shop
from tacit.records.errors import RefusedError
from tacit.records.permit import Action, Permit, Request
from tacit.records.purposes import Evidence, Purpose
from tacit.records.recording import Recording
from tacit.rights.decide import Refusal, decide
from tacit.rights.evidence import check_evidence
from tacit.rights.facts import Facts


def ask(shop: Shop, action: Action, purpose: Purpose, recording: Recording) -> Permit:
    """Ask whether something may be done with one recording.

    Raises:
        RefusedError: It may not; the error names the rule.
    """
    answer = ask_each(shop, action, purpose, [recording])[0]
    if isinstance(answer, Refusal):
        raise RefusedError(answer.rule, answer.sentence)
    return answer


def ask_each(shop: Shop, action: Action, purpose: Purpose, recordings: Sequence[Recording]) -> list[Permit | Refusal]:
    """Ask for many recordings at once; the answers are durable in the log when this returns, in the same order."""
    now = shop.clock.now()
    answers = [_answer(shop, Request(action, purpose, one.worker_uid, one.started_at, now), one) for one in recordings]
    shop.catalogue.append_log(
        [
            _entry(shop, action, purpose, now, recording.recording_id, answer)
            for recording, answer in zip(recordings, answers, strict=True)
        ]
    )
    return answers


def look_again(shop: Shop, action: Action, purpose: Purpose, recordings: Sequence[Recording]) -> Refusal | None:
    """The first refusal among what was permitted before, if anything was taken back since.

    For the last moment before something becomes real. It writes no entry: the decision that the permits rest on is in
    the log already, and so is whatever changed it.
    """
    now = shop.clock.now()
    for recording in recordings:
        request = Request(action, purpose, recording.worker_uid, recording.started_at, now)
        answer = _answer(shop, request, recording)
        if isinstance(answer, Refusal):
            return answer
    return None


def _answer(shop: Shop, request: Request, recording: Recording) -> Permit | Refusal:
    facts = _gather_facts(shop, recording)
    answer = decide(facts, request)
    if isinstance(answer, Permit) and request.action is Action.LICENSE:
        return _check_evidence(shop, facts, answer)
    return answer


def _gather_facts(shop: Shop, recording: Recording) -> Facts:
    agreement = shop.catalogue.find_agreement(recording.agreement_id)
    if not shop.keys.has_worker_key(recording.worker_uid):
        return Facts(agreement)
    return Facts(
        agreement=agreement,
        consents=tuple(shop.catalogue.consents(recording.worker_uid)),
        withdrawals=tuple(shop.catalogue.withdrawals(recording.worker_uid)),
        release=shop.catalogue.find_release(recording.recording_id),
    )


def _check_evidence(shop: Shop, facts: Facts, permit: Permit) -> Permit | Refusal:
    """Strong evidence is believed only where it can be checked; a licence rests on it."""
    worker = next(one for one in shop.catalogue.workers() if one.worker_uid == permit.worker_uid)
    consent = next(one for one in facts.consents if one.consent_id == permit.consent_id)
    for statement in (consent, facts.release):
        if statement is None or statement.evidence is not Evidence.SIGNED:
            return Refusal("R11", "a witnessed word cannot be checked yet; a licence needs it signed by the worker.")
        check_evidence(statement, worker.public_key)
    return permit


def _entry(
    shop: Shop, action: Action, purpose: Purpose, at: datetime, recording_id: str, answer: Permit | Refusal
) -> dict[str, str]:
    return {
        "kind": "decision",
        "at": at.isoformat(),
        "action": action.value,
        "purpose": purpose.value,
        "answer": answer.rule if isinstance(answer, Refusal) else "permit",
        "subject": shop.keys.mac("log-subject", recording_id.encode()).hex(),
    }
