"""The main job: a folder of declared footage in, a dataset out (the contract of `tacit run`)."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tacit.datasets.publish import require_replaceable
from tacit.flows.add_agreement import add_agreement
from tacit.flows.add_worker import add_worker
from tacit.flows.build_dataset import build_dataset
from tacit.flows.contract import Contract
from tacit.flows.dataset_order import Order
from tacit.flows.footage_folder import DeclaredRecording, DeclaredWorker, FootageFolder
from tacit.flows.give_consent import SaidYes, check_not_erased, give_consent
from tacit.flows.give_release import declare_release, take_declared_release_back
from tacit.flows.ingest import Source, ingest
from tacit.flows.ports import Engine, Job, Progress, Shop
from tacit.flows.process import Processed, process
from tacit.flows.replace_datasets import Replaced
from tacit.flows.withdraw_consent import finish_withdrawals
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import InputError, RefusedError
from tacit.records.permit import Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Recording, Status
from tacit.rights.decide import Refusal

PURPOSE = Purpose.TRAIN_ROBOT_SKILL


@dataclass(frozen=True)
class Row:
    """What became of one declared recording. `episodes` counts those in the dataset."""

    file: str
    recording_id: str | None
    status: Status
    rule: str | None
    reason: str | None
    outcome: Outcome | None
    episodes: int


@dataclass(frozen=True)
class RunResult:
    """What a run made: a row for every declared recording, in their order, and the dataset (None where none is).

    unreplaced: datasets that an earlier withdrawal still could not be taken out of.
    """

    rows: tuple[Row, ...]
    dataset: DatasetVersion | None
    path: Path
    unreplaced: tuple[Replaced, ...]


def run(
    shop: Shop,
    engine: Engine,
    contract: Contract,
    make_job: Callable[[Recording, Permit], Job],
    folder: FootageFolder,
    target: Path,
    progress: Progress,
) -> RunResult:
    """Register what is declared, process what consent covers, and build a dataset; what is done is not done again.

    Consents and releases in the folder are declared by whoever runs this (R11). A worker without a yes to this
    purpose is not registered at all, and their files are not opened.

    Raises:
        ForeignFolderError: The target holds something that is not a dataset of ours.
        MachineError: Disk, memory, permissions or models stand in the way.
    """
    require_replaceable(target)  # before hours of processing, not after
    unreplaced = finish_withdrawals(shop, contract, progress)
    add_agreement(shop, folder.agreement, folder.agreement_source)
    refusals = {worker.label: _register_worker(shop, folder, worker) for worker in folder.workers}
    rows, taken = _take_all_in(shop, folder, refusals, progress)
    processed = process(shop, engine, contract, make_job, PURPOSE, list(taken.values()), progress)
    ends = {end.recording.recording_id: end for end in processed}
    # What is released the kernel knows: the folder may not say so of a recording, and a standing release does.
    ours = frozenset(recording.recording_id for recording in taken.values()) | _find_stopped(shop, folder, rows)
    order = Order(folder.agreement.agreement_id, PURPOSE, ours, target, folder.agreement.digest)
    built = build_dataset(shop, contract, order, progress)
    for declared in folder.recordings:
        if declared.file in taken:
            end = ends[taken[declared.file].recording_id]
            refused = built.refused.get(end.recording.recording_id)
            rows[declared.file] = _row(declared, end, refused, built.version)
    in_order = tuple(rows[declared.file] for declared in folder.recordings)
    return RunResult(in_order, built.version, target, tuple(unreplaced))


def _register_worker(shop: Shop, folder: FootageFolder, worker: DeclaredWorker) -> Refusal | None:
    """Register a worker who said yes to this purpose; anyone else leaves no trace."""
    if PURPOSE not in worker.purposes or worker.consented_at is None:
        return Refusal("R1", f"the worker did not consent to {PURPOSE} under this agreement.")
    try:
        check_not_erased(shop, worker.label, worker.consented_at)
    except RefusedError as error:
        return Refusal(error.rule, error.sentence)
    add_worker(shop, worker.label, worker.name, worker.language)
    agreement_id = folder.agreement.agreement_id
    try:
        give_consent(shop, worker.label, agreement_id, worker.purposes, worker.consented_at, SaidYes(None, ""))
    except RefusedError as error:
        return Refusal(error.rule, error.sentence)
    return None


def _take_all_in(
    shop: Shop, folder: FootageFolder, refusals: dict[str, Refusal | None], progress: Progress
) -> tuple[dict[str, Row], dict[str, Recording]]:
    """Take in what may be; rows of those that may or can not, and the recordings of the others, by file."""
    rows: dict[str, Row] = {}
    taken: dict[str, Recording] = {}
    files: dict[str, str] = {}  # recording id -> the first file that holds it
    with progress.step("Taking footage in", len(folder.recordings)) as tell:
        for count, declared in enumerate(folder.recordings):
            refusal = refusals[declared.label] or _find_late_consent(folder, declared)
            answer = refusal if refusal is not None else _take_in(shop, folder, declared)
            if isinstance(answer, Recording):
                twin = files.setdefault(answer.recording_id, declared.file)
                if twin == declared.file:
                    taken[declared.file] = answer
                else:
                    why = f"It is the same footage as {twin}."
                    rows[declared.file] = Row(declared.file, answer.recording_id, Status.REJECTED, None, why, None, 0)
            else:
                rows[declared.file] = _untaken_row(declared.file, answer)
            tell(count + 1)
    return rows, taken


def _find_stopped(shop: Shop, folder: FootageFolder, rows: dict[str, Row]) -> frozenset[str]:
    """Recordings from earlier runs that only the agreement stops now: paused, ended, or worded anew (R12).

    Nothing new is made of them, and a dataset that they are in is not taken away for it.
    """
    meant = {
        str(declared.path.absolute())
        for declared in folder.recordings
        if declared.file in rows
        and rows[declared.file].status is Status.REFUSED
        and _says_yes(folder, declared)
        and _find_late_consent(folder, declared) is None
    }
    return frozenset(one.recording_id for one in shop.catalogue.recordings() if one.source_path in meant)


def _says_yes(folder: FootageFolder, declared: DeclaredRecording) -> bool:
    worker = next(one for one in folder.workers if one.label == declared.label)
    return PURPOSE in worker.purposes and worker.consented_at is not None


def _find_late_consent(folder: FootageFolder, declared: DeclaredRecording) -> Refusal | None:
    """A yes that is declared for after the filming; one that was declared for before, in an earlier run, is void."""
    worker = next(one for one in folder.workers if one.label == declared.label)
    if worker.consented_at is not None and worker.consented_at > declared.started_at:
        return Refusal("R1", "the worker consented only after it was filmed.")
    return None


def _take_in(shop: Shop, folder: FootageFolder, declared: DeclaredRecording) -> Recording | Refusal | InputError:
    source = Source(
        path=declared.path,
        label=declared.label,
        agreement_id=folder.agreement.agreement_id,
        task=declared.task,
        station=declared.station,
        started_at=declared.started_at,
        purpose=PURPOSE,
        readable_part=declared.readable_part,
    )
    try:
        recording = ingest(shop, source)
    except RefusedError as error:
        return Refusal(error.rule, error.sentence)
    except InputError as error:
        return error
    if declared.released:
        declare_release(shop, recording)
    else:
        take_declared_release_back(shop, recording)
    return recording


def _untaken_row(file: str, answer: Refusal | InputError) -> Row:
    if isinstance(answer, Refusal):
        return Row(file, None, Status.REFUSED, answer.rule, answer.sentence, None, 0)
    return Row(file, None, Status.FAILED, None, str(answer), None, 0)


def _row(declared: DeclaredRecording, end: Processed, refused: Refusal | None, dataset: DatasetVersion | None) -> Row:
    recording_id, outcome = end.recording.recording_id, end.outcome
    if end.refusal is not None:
        return _untaken_row(declared.file, end.refusal)
    if outcome is None:
        return Row(declared.file, None, Status.FAILED, None, end.problem, None, 0)
    if not outcome.readable:
        return Row(declared.file, None, Status.FAILED, None, outcome.reason, outcome, 0)
    if not outcome.usable:
        return Row(declared.file, recording_id, Status.REJECTED, None, outcome.reason, outcome, 0)
    if refused is not None:
        status = Status.HELD if refused.rule == "R4" else Status.REFUSED
        shown = recording_id if status is Status.HELD else None
        return Row(declared.file, shown, status, refused.rule, refused.sentence, outcome, 0)
    lines = dataset.episodes if dataset is not None else ()
    n_episodes = sum(line.recording_id == recording_id for line in lines)
    return Row(declared.file, recording_id, Status.ACCEPTED, None, outcome.reason or None, outcome, n_episodes)
