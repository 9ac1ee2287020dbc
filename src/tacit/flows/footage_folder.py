"""Reads what `tacit run FOLDER` is given: footage.toml and the agreement it names, every fault of both at once."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tacit.flows.add_worker import LABEL_EXPECTED, LABEL_PATTERN
from tacit.records.agreement import Agreement
from tacit.records.errors import Fault, FaultyFileError, UnreadableFileError
from tacit.records.purposes import Purpose
from tacit.records.tomlfile import Table, TomlFile
from tacit.rights.agreement_file import ID_EXPECTED, ID_PATTERN, read_agreement

FILE_NAME = "footage.toml"
_LANGUAGE = r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*"
_PURPOSES = frozenset(purpose.value for purpose in Purpose)


@dataclass(frozen=True)
class DeclaredWorker:
    """A worker as the operator declares them. `consented_at` is None where nothing was consented to."""

    label: str
    name: str
    language: str
    purposes: frozenset[Purpose]
    consented_at: datetime | None


@dataclass(frozen=True)
class DeclaredRecording:
    """A recording as the operator declares it; `path` lies inside the folder.

    readable_part: if the file is damaged, take what comes before the damage.
    """

    file: str
    path: Path
    label: str
    task: str
    station: str
    started_at: datetime
    released: bool
    readable_part: bool


@dataclass(frozen=True)
class FootageFolder:
    """Everything that a footage folder declares."""

    agreement: Agreement
    agreement_source: str
    workers: tuple[DeclaredWorker, ...]
    recordings: tuple[DeclaredRecording, ...]


def read_footage_folder(folder: Path) -> FootageFolder:
    """Read a footage folder.

    Raises:
        UnreadableFileError: There is no footage.toml in it.
        FaultyFileError: All faults of footage.toml and of the agreement, each with its line.
    """
    file = TomlFile(folder / FILE_NAME)
    root = file.root
    agreement_name = root.text("agreement", expected="the file name of the agreement in quotes")
    workers = tuple(_read_worker(table) for table in root.tables("worker"))
    tables = root.tables("recording")
    recordings = tuple(_read_recording(table, folder) for table in tables)
    root.close()
    _check_unique(file, "worker", [worker.label for worker in workers], "id")
    _check_unique(file, "recording", [recording.file for recording in recordings], "file")
    labels = {worker.label for worker in workers}
    for table, recording in zip(tables, recordings, strict=True):
        if recording.label and recording.label not in labels:
            table.fault("worker", f'the worker "{recording.label}" is not declared in any [[worker]] of this file.')
    agreement, source, faults = _read_agreement(file, folder, agreement_name)
    if agreement is not None:
        _check_purposes(file, workers, agreement)
    if faults and not file.faults:
        raise FaultyFileError(faults)
    if faults:
        raise FaultyFileError([*sorted(file.faults, key=lambda fault: fault.line), *faults])
    file.check()
    assert agreement is not None  # noqa: S101 - no faults means it was read
    return FootageFolder(agreement, source, workers, recordings)


def _read_agreement(file: TomlFile, folder: Path, name: str) -> tuple[Agreement | None, str, list[Fault]]:
    if not name:
        return None, "", []
    # Faults quote what they find, so a link must not lead to a file of somebody else either; videos are never quoted.
    if not (folder / name).resolve().is_relative_to(folder.resolve()):
        file.fault(("agreement",), f'"{name}" lies outside the folder; the agreement belongs beside {FILE_NAME}.')
        return None, "", []
    try:
        agreement, source = read_agreement(folder / name)
    except FaultyFileError as error:
        return None, "", list(error.faults)
    except UnreadableFileError as error:
        file.fault(("agreement",), str(error))
        return None, "", []
    return agreement, source, []


def _read_worker(table: Table) -> DeclaredWorker:
    label = table.text("id", LABEL_PATTERN, LABEL_EXPECTED)
    name = table.text("name")
    language = table.text("language", _LANGUAGE, 'a language tag, such as "hi",')
    purposes = frozenset(Purpose(purpose) for purpose in table.texts("consent", _PURPOSES) if purpose in _PURPOSES)
    consented_at = table.moment("consented_at") if purposes or table.has("consented_at") else None
    table.close()
    return DeclaredWorker(label, name, language, purposes, consented_at)


def _read_recording(table: Table, folder: Path) -> DeclaredRecording:
    file = table.text("file")
    path = folder / file
    if file and (Path(file).is_absolute() or ".." in Path(file).parts):
        table.fault("file", f'"{file}" lies outside the folder; the videos belong beside {FILE_NAME}.')
    elif file and not os.path.exists(path):  # noqa: PTH110 - a name too long for the system is not there; no error
        table.fault("file", f'there is no file "{file}" in the folder.')
    recording = DeclaredRecording(
        file=file,
        path=path,
        label=table.text("worker", ID_PATTERN, ID_EXPECTED),
        task=table.text("task"),
        station=table.text("station"),
        started_at=table.moment("started_at"),
        released=table.boolean("released"),
        readable_part=table.has("readable_part") and table.boolean("readable_part"),
    )
    table.close()
    return recording


def _check_unique(file: TomlFile, noun: str, names: list[str], key: str) -> None:
    seen: set[str] = set()
    for index, name in enumerate(names):
        if name and name in seen:
            file.fault((noun, index, key), f'the {noun} "{name}" is declared twice.')
        seen.add(name)


def _check_purposes(file: TomlFile, workers: tuple[DeclaredWorker, ...], agreement: Agreement) -> None:
    for index, worker in enumerate(workers):
        beyond = sorted(purpose.value for purpose in worker.purposes - agreement.purposes)
        if beyond:
            place = ("worker", index, "consent")
            file.fault(place, f"{', '.join(beyond)} is not a purpose of the agreement {agreement.agreement_id}.")
