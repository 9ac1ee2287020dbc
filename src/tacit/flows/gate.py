"""Asks the rights kernel, and writes every answer down before anyone acts on it (rules R1, R9, R11)."""

from collections.abc import Sequence

from tacit.flows.ports import Shop
from tacit.records.errors import RefusedError
from tacit.records.people import Consent, Worker
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
    workers = {worker.worker_uid: worker for worker in shop.catalogue.workers()}
    answers: list[Permit | Refusal] = []
    entries = []
    for recording in recordings:
        request = Request(action, purpose, recording.worker_uid, recording.started_at, shop.clock.now())
        facts = _gather_facts(shop, recording, workers)
        answer = decide(facts, request)
        if isinstance(answer, Permit) and action is Action.LICENSE:
            _check_signatures(facts, workers[recording.worker_uid])
        answers.append(answer)
        entries.append(_entry(shop, request, recording.recording_id, answer))
    shop.catalogue.append_log(entries)
    return answers


def _gather_facts(shop: Shop, recording: Recording, workers: dict[str, Worker]) -> Facts:
    if recording.worker_uid not in workers:
        return Facts(agreement=shop.catalogue.find_agreement(recording.agreement_id))
    return Facts(
        agreement=shop.catalogue.find_agreement(recording.agreement_id),
        consents=tuple(shop.catalogue.consents(recording.worker_uid)),
        withdrawals=tuple(shop.catalogue.withdrawals(recording.worker_uid)),
        release=shop.catalogue.find_release(recording.recording_id),
    )


def _check_signatures(facts: Facts, worker: Worker) -> None:
    """Strong evidence is believed only where its signature holds; a licence rests on it."""
    signed: list[Consent] = [consent for consent in facts.consents if consent.evidence is Evidence.SIGNED]
    for statement in (*signed, facts.release):
        if statement is not None and statement.evidence is Evidence.SIGNED:
            check_evidence(statement, worker.public_key)


def _entry(shop: Shop, request: Request, recording_id: str, answer: Permit | Refusal) -> dict[str, str]:
    return {
        "kind": "decision",
        "at": request.asked_at.isoformat(),
        "action": request.action.value,
        "purpose": request.purpose.value,
        "answer": answer.rule if isinstance(answer, Refusal) else "permit",
        "subject": shop.keys.mac("log-subject", recording_id.encode()).hex(),
    }
