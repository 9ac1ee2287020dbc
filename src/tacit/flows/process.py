"""Processes recordings: asks for each, adopts what is committed already, and sends the rest to the engine."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from tacit.flows.apply_cuts import finish_cuts
from tacit.flows.contract import Contract
from tacit.flows.gate import ask_each, look_again
from tacit.flows.ports import Engine, Job, JobEnd, Progress, Shop
from tacit.flows.process_unit import compute_unit_id
from tacit.flows.sweep_units import sweep_units
from tacit.records.errors import (
    DamageError,
    ErasedError,
    InputError,
    MachineError,
    MarkedMeanwhileError,
    RefusedError,
)
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Recording
from tacit.rights.decide import Refusal


@dataclass(frozen=True)
class Processed:
    """What became of one recording: an outcome, a refusal, or a plain sentence about why there is none.

    is_new: the outcome was made just now, not found committed.
    """

    recording: Recording
    outcome: Outcome | None
    refusal: Refusal | None
    problem: str
    is_new: bool = False


def process(
    shop: Shop,
    engine: Engine,
    contract: Contract,
    make_job: Callable[[Recording, Permit], Job],
    purpose: Purpose,
    recordings: Sequence[Recording],
    progress: Progress,
) -> list[Processed]:
    """Process recordings, each once however often it is named; those whose unit of work is committed not again.

    Args:
        make_job: Turns a recording and the leave to open it into a job for the engine.

    Raises:
        MachineError: Disk, memory or models stood in the way of at least one; the others are done and kept.
        DamageError: Something written does not read back.
    """
    done: dict[str, Processed] = {}
    jobs: list[Job] = []
    by_name = {recording.recording_id: recording for recording in recordings}
    each = list(by_name.values())
    finish_cuts(shop, contract, each)
    for recording, answer in zip(each, ask_each(shop, Action.DERIVE, purpose, each), strict=True):
        if isinstance(answer, Refusal):
            done[recording.recording_id] = Processed(recording, None, answer, "")
            continue
        try:
            outcome = shop.vault.find_outcome(answer, compute_unit_id(shop, contract, recording))
        except ErasedError as error:  # they withdrew since the answer
            done[recording.recording_id] = Processed(recording, None, Refusal(error.rule, error.sentence), "")
            continue
        if outcome is not None:
            done[recording.recording_id] = _adopt(shop, recording, outcome)
        else:
            jobs.append(make_job(recording, answer))
    stopped: Exception | None = None
    with progress.step("Processing footage", sum(job.weight for job in jobs)) as tell:
        for end in engine.run(jobs, tell):
            if isinstance(end.error, MachineError | DamageError | OSError | MemoryError):
                stopped = stopped or end.error
                continue
            done[end.job.name] = _register(shop, purpose, by_name[end.job.name], end)
    if stopped is not None:
        raise stopped
    finish_cuts(shop, contract, each)  # what was cut while it was processed
    sweep_units(shop, contract, {recording.worker_uid for recording in each})
    return [done[recording.recording_id] for recording in recordings]


def _register(shop: Shop, purpose: Purpose, recording: Recording, end: JobEnd) -> Processed:
    if end.lost:
        return Processed(recording, None, None, f"Processing was given up: {end.lost}.")
    if isinstance(end.error, RefusedError):
        return Processed(recording, None, Refusal(end.error.rule, end.error.sentence), "")
    if isinstance(end.error, InputError):
        return Processed(recording, None, None, str(end.error))
    if end.error is not None:
        kind = type(end.error).__name__
        return Processed(recording, None, None, f"Processing broke on this file ({kind}); that is a defect of tacit.")
    outcome: Outcome = end.result
    with shop.catalogue.transaction():  # a withdrawal or a pause comes before this and is seen, or after it
        refusal = look_again(shop, Action.DERIVE, purpose, [recording])
        if refusal is None:
            adopted = _adopt(shop, recording, outcome)
            return replace(adopted, is_new=adopted.outcome is not None)
    return Processed(recording, None, refusal, "")


def _adopt(shop: Shop, recording: Recording, outcome: Outcome) -> Processed:
    """Put a committed outcome into the catalogue, and sweep away what killed attempts at it left.

    Where nobody noted since when it can be seen, it is from now on, so that a review time can begin.
    """
    try:
        with shop.catalogue.transaction():
            is_known = shop.catalogue.find_outcome(recording.recording_id) == outcome
            if is_known and shop.catalogue.find_ready_at(recording.recording_id) is not None:
                return Processed(recording, outcome, None, "")
            if not shop.vault.has_unit(recording.worker_uid, outcome.unit_id):
                return Processed(recording, None, None, str(MarkedMeanwhileError()))  # swept, for it was not wanted
            shop.catalogue.set_outcome(outcome, shop.clock.now())
        shop.vault.drop_attempts(recording.worker_uid, outcome.unit_id, outcome.object_keys)
    except ErasedError as error:  # they withdrew while it was processed
        return Processed(recording, None, Refusal(error.rule, error.sentence), "")
    return Processed(recording, outcome, None, "")
