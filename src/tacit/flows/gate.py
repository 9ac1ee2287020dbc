"""Asks the rights kernel, and writes every answer down before anyone acts on it (rules R1, R9, R11)."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from tacit.flows.log_entry import subject_digest
from tacit.flows.pause_agreement import is_paused
from tacit.flows.ports import Shop
from tacit.records.errors import RefusedError
from tacit.records.people import Release, Steward
from tacit.records.permit import Action, Permit, Request
from tacit.records.purposes import Evidence, Purpose
from tacit.records.recording import Recording
from tacit.rights.decide import Refusal, decide, find_release
from tacit.rights.evidence import check_evidence
from tacit.rights.facts import Facts

_MANY = 100  # questions at once, from where on the words of a worker are read together
LOOK_EVERY = timedelta(seconds=2)  # how soon a withdrawal or a pause stops work that is under way


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
    answers = _answer_each(shop, action, purpose, recordings, now)
    decided_at = shop.clock.now()  # thousands of answers take a while, and the log must not run backwards
    shop.catalogue.append_log(
        [
            _entry(shop, action, purpose, decided_at, recording.recording_id, answer)
            for recording, answer in zip(recordings, answers, strict=True)
        ]
    )
    return answers


def gather_facts(shop: Shop, recordings: Sequence[Recording]) -> list[Facts]:
    """What the kernel would be told about each recording; for those who show why, and open nothing."""
    known = _Known(shop)
    return [known.gather(recording) for recording in recordings]


def look_again(shop: Shop, action: Action, purpose: Purpose, recordings: Sequence[Recording]) -> Refusal | None:
    """The first refusal among what was permitted before, if anything was taken back since.

    For the last moment before something becomes real. It writes no entry: the decision that the permits rest on is in
    the log already, and so is whatever changed it.
    """
    answers = _answer_each(shop, action, purpose, recordings, shop.clock.now())
    return next((answer for answer in answers if isinstance(answer, Refusal)), None)


def peek_each(shop: Shop, action: Action, purpose: Purpose, recordings: Sequence[Recording]) -> list[Permit | Refusal]:
    """What the kernel would answer for many recordings, for showing what is there. Nothing may be opened on it.

    Looking is no decision, so nothing is written down.
    """
    return _answer_each(shop, action, purpose, recordings, shop.clock.now())


def watch(
    shop: Shop, purpose: Purpose, recording: Recording, report: Callable[[float], None]
) -> Callable[[float], None]:
    """A report of progress that also looks, every other second, whether the work may go on.

    It raises RefusedError as soon as the worker took back what the work rests on, or a steward paused the agreement.
    """
    looked_at = shop.clock.now()

    def report_and_look(done: float) -> None:
        nonlocal looked_at
        report(done)
        if shop.clock.now() - looked_at > LOOK_EVERY:
            looked_at = shop.clock.now()
            refusal = look_again(shop, Action.DERIVE, purpose, [recording])
            if refusal is not None:
                raise RefusedError(refusal.rule, refusal.sentence)

    return report_and_look


def _answer_each(
    shop: Shop, action: Action, purpose: Purpose, recordings: Sequence[Recording], now: datetime
) -> list[Permit | Refusal]:
    known = _Known(shop, are_many=len(recordings) >= _MANY)
    answers: list[Permit | Refusal] = []
    for recording in recordings:
        request = Request(action, purpose, recording.worker_uid, recording.started_at, now)
        facts = known.gather(recording)
        answer = decide(facts, request)
        if isinstance(answer, Permit) and action is Action.LICENSE:
            _check_words(known, facts, request, answer)
        answers.append(answer)
    return answers


class _Known:
    """What is read once for many questions: agreements by id, and what each worker said, by opaque id."""

    def __init__(self, shop: Shop, are_many: bool = False) -> None:
        self._shop = shop
        self._are_many = are_many
        self._releases: dict[str, dict[str, Release]] = {}  # by worker, then by recording
        self._agreements: dict[str, Facts] = {}
        self._people: dict[tuple[str, str], Facts] = {}
        self._keys: dict[str, tuple[str, ...]] | None = None
        self._stewards: dict[str, Steward] | None = None

    def gather(self, recording: Recording) -> Facts:
        """All that the kernel needs to know about one recording."""
        catalogue, name = self._shop.catalogue, (recording.agreement_id, recording.worker_uid)
        if name not in self._people:
            self._people[name] = self._gather_person(*name)
        facts = self._people[name]
        if not facts.consents or not recording.recording_id:
            return facts
        return replace(
            facts,
            release=self._find_release(recording),
            ready_at=catalogue.find_ready_at(recording.recording_id) if facts.standing else None,
        )

    def _find_release(self, recording: Recording) -> Release | None:
        if not self._are_many:
            return self._shop.catalogue.find_release(recording.recording_id)
        uid = recording.worker_uid
        if uid not in self._releases:
            self._releases[uid] = {release.recording_id: release for release in self._shop.catalogue.releases(uid)}
        return self._releases[uid].get(recording.recording_id)

    def keys_of(self, worker_uid: str) -> tuple[str, ...]:
        """A worker's own public keys, the one of today first; none where they have none."""
        if self._keys is None:
            workers = self._shop.catalogue.workers()
            self._keys = {worker.worker_uid: (worker.public_key, *worker.earlier_keys) for worker in workers}
        return self._keys.get(worker_uid, ())

    def steward_key(self, steward_id: str, agreement_id: str) -> str:
        """The public key (hex) of who is or was a steward of an agreement; "" where nobody is: it fits no signature."""
        if self._stewards is None:
            self._stewards = {steward.steward_id: steward for steward in self._shop.catalogue.stewards()}
        steward = self._stewards.get(steward_id)
        return steward.public_key if steward and agreement_id in steward.agreements | steward.former else ""

    def _gather_person(self, agreement_id: str, worker_uid: str) -> Facts:
        catalogue = self._shop.catalogue
        if agreement_id not in self._agreements:
            versions = tuple(catalogue.agreement_versions(agreement_id))
            self._agreements[agreement_id] = Facts(versions, is_paused=is_paused(self._shop, agreement_id))
        facts = self._agreements[agreement_id]
        if not self._shop.keys.has_worker_key(worker_uid):
            return facts
        return replace(
            facts,
            consents=tuple(catalogue.consents(worker_uid)),
            withdrawals=tuple(catalogue.withdrawals(worker_uid)),
            standing=tuple(catalogue.standing_releases(worker_uid)),
        )


def _check_words(known: _Known, facts: Facts, request: Request, permit: Permit) -> None:
    """Strong evidence is believed only where it can be checked; a licence rests on it.

    Raises:
        ForgedEvidenceError: A signature does not fit, or nobody knows whose it is.
    """
    consent = next(one for one in facts.consents if one.consent_id == permit.consent_id)
    agreement = next(one for one in facts.agreements if one.digest == permit.agreement_digest)
    release = find_release(facts, agreement, request)
    for word in (consent, release):
        if not isinstance(word, Refusal):
            is_witnessed = word.evidence is Evidence.WITNESSED
            of_steward = (known.steward_key(word.witness, agreement.agreement_id),)
            check_evidence(word, *(of_steward if is_witnessed else known.keys_of(word.worker_uid)))


def _entry(
    shop: Shop, action: Action, purpose: Purpose, at: datetime, recording_id: str, answer: Permit | Refusal
) -> dict[str, str]:
    return {
        "kind": "decision",
        "at": at.isoformat(),
        "action": action.value,
        "purpose": purpose.value,
        "answer": answer.rule if isinstance(answer, Refusal) else "permit",
        "subject": subject_digest(shop, recording_id),
    }
