"""Checks a dataset against everything that LeRobot needs and that tacit promises, and says of each fault where it is.

Nothing is repaired. One episode is in memory at a time. Faults that hide others end the search early: without
`info.json` nothing else is looked at, and an episode whose parquet cannot be read is not compared with its video.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tacit.datasets.canonical import compute_digest
from tacit.datasets.check_episode import find_episode_faults, find_stats_faults, row_stats, to_stats
from tacit.datasets.check_shares import LINEAGE_COLUMNS, find_share_faults
from tacit.datasets.episode import episode_schema
from tacit.datasets.features import FILES_PER_CHUNK, DatasetSpec, build_info, episodes_path, video_path
from tacit.datasets.publish import find_certificate
from tacit.datasets.reader import UNREADABLE, find_type_faults, read_episode_rows, read_json, read_table, spec_of
from tacit.datasets.stats import STAT_NAMES, Stats, StatsSum
from tacit.datasets.video import has_manifest
from tacit.datasets.writer import MARK
from tacit.records.errors import Fault, UnreadableDatasetError

_INFO = "meta/info.json"
_REBUILD = "Build the dataset again."
_LENGTH_MAX = 100_000_000  # frames of one episode; ours, more than a month at the common rates
_ABSOLUTE = re.compile(r"(?<![\w.:/])/(home|Users|Volumes|root|tmp|var|mnt|media|opt|srv)/|\b[A-Za-z]:\\+\w|file://")


def check_dataset(folder: Path) -> list[Fault]:
    """Every fault of a dataset, each with its file; none for a sound one."""
    try:
        info = read_json(folder, _INFO)
        spec = spec_of(info)
    except UnreadableDatasetError as error:
        return [_unreadable(error)]
    faults: list[Fault] = []
    try:
        faults += _check_episodes(folder, info, spec)
        digest = compute_digest(folder, spec)
    except UnreadableDatasetError as error:
        digest = ""
        if not any(fault.file == error.file for fault in faults):
            faults.append(_unreadable(error))
    faults += _check_mark(folder, digest)
    if digest:  # so every row and video could be read
        faults += _check_manifests(folder)
    faults += _check_cards(folder)
    faults += _check_paths(folder)
    return faults


def _unreadable(error: UnreadableDatasetError) -> Fault:
    return Fault(error.file, 0, f"{error.reason}. Copy the dataset again, or build it again.")


def _check_episodes(folder: Path, info: Mapping[str, Any], spec: DatasetSpec) -> list[Fault]:
    """Everything that goes through the episode rows; the rows are read once and never held together."""
    faults = _check_row_columns(folder)
    if faults:
        return faults
    tasks, faults = _read_tasks(folder)
    n_frames = n_episodes = 0
    total: StatsSum | None = StatsSum()
    for index, row in enumerate(read_episode_rows(folder)):
        if not 0 < row["length"] <= _LENGTH_MAX:  # then no episode after it can be placed
            sentence = f"row {index}: length is {row['length']}; 1 to {_LENGTH_MAX} frames are expected. {_REBUILD}"
            return [*faults, Fault(episodes_path(index // FILES_PER_CHUNK), 0, sentence)]
        faults += find_episode_faults(folder, spec, row, index, n_frames, tasks)
        stats = row_stats(row)
        if None in stats.values():
            total = None  # the row is faulty, which is listed, and there is no sum
        elif total is not None:
            total.add({feature: named for feature, named in stats.items() if named is not None})
        n_frames += row["length"]
        n_episodes += 1
    if info != json.loads(json.dumps(build_info(spec, n_episodes, n_frames, len(tasks)))):
        expected = build_info(spec, n_episodes, n_frames, len(tasks))
        odd = sorted(key for key in info.keys() | expected.keys() if info.get(key) != expected.get(key))
        faults.append(Fault(_INFO, 0, f"{', '.join(odd)} differ from what the episodes say. {_REBUILD}"))
    if total is not None:
        faults += _check_total(folder, total.result())
    return faults


def _check_row_columns(folder: Path) -> list[Fault]:
    expected = set(episode_schema().names)
    faults = []
    for path in sorted((folder / "meta" / "episodes").glob("*/*.parquet")):
        relative = path.relative_to(folder).as_posix()
        try:
            schema = pq.read_schema(path)
        except UNREADABLE as error:
            return [Fault(relative, 0, f"it cannot be read ({str(error).partition(chr(10))[0]}). {_REBUILD}")]
        found = set(schema.names)
        if absent := sorted(expected - found):
            faults.append(Fault(relative, 0, f"the columns {', '.join(absent[:4])} are missing. {_REBUILD}"))
        if extra := sorted(found - expected):
            sentence = f"the columns {', '.join(extra[:4])} are not part of the format and may tell of a person. "
            faults.append(Fault(relative, 0, sentence + _REBUILD))
        faults += [Fault(relative, 0, f"{sentence}. {_REBUILD}") for sentence in find_type_faults(schema)]
    return faults


def _read_tasks(folder: Path) -> tuple[list[str], list[Fault]]:
    relative = "meta/tasks.parquet"
    try:
        table = read_table(folder, relative)
        numbers = table.column("task_index").to_pylist()
        tasks = [str(task) for task in table.column("__index_level_0__").to_pylist()]
    except UnreadableDatasetError as error:
        return [], [_unreadable(error)]
    except UnicodeDecodeError:
        return [], [Fault(relative, 0, f"a task in it is no text. {_REBUILD}")]
    except KeyError as error:
        return [], [Fault(relative, 0, f"the column {error} is missing. {_REBUILD}")]
    if numbers != list(range(len(tasks))):
        return tasks, [Fault(relative, 0, f"task numbers do not count from 0. {_REBUILD}")]
    return tasks, []


def _check_total(folder: Path, expected: Mapping[str, Stats]) -> list[Fault]:
    relative = "meta/stats.json"
    try:
        stored = read_json(folder, relative)
    except UnreadableDatasetError as error:
        return [_unreadable(error)]
    faults = []
    for feature in sorted(stored.keys() | expected.keys()):
        named = stored.get(feature)
        if not isinstance(named, dict) or set(named) != set(STAT_NAMES) or feature not in expected:
            faults.append(Fault(relative, 0, f"statistics of {feature} are missing or not expected. {_REBUILD}"))
            continue
        found = to_stats(feature, named)
        if found is None:
            faults.append(Fault(relative, 0, f"statistics of {feature} are no numbers in its shape. {_REBUILD}"))
            continue
        odd = find_stats_faults(feature, found, expected[feature])
        faults.extend(Fault(relative, 0, f"{sentence}. {_REBUILD}") for sentence in odd)
    return faults


def _check_mark(folder: Path, digest: str) -> list[Fault]:
    """The mark of tacit: the digest of what is there, and a share table for the workers who are in it."""
    try:
        mark = read_json(folder, MARK)
    except UnreadableDatasetError as error:
        return [_unreadable(error)]
    faults = []
    if digest and mark.get("digest") != digest:
        sentence = (
            f"it was made for the digest {mark.get('digest')}, but the content has {digest}: something was changed"
        )
        faults.append(Fault(MARK, 0, f"{sentence}. Copy the dataset again from where it was made."))
    if digest:  # so the rows can be read; where they cannot, that is listed already
        rows = read_episode_rows(folder, LINEAGE_COLUMNS)
        faults += [Fault(MARK, 0, sentence) for sentence in find_share_faults(mark, rows)]
    return faults


def _check_manifests(folder: Path) -> list[Fault]:
    """Videos carry C2PA manifests where the mark says so, and nowhere else; what is in them only C2PA tools can say."""
    signed = find_certificate(folder) is not None
    faults = []
    for index, _ in enumerate(read_episode_rows(folder, ["episode_index"])):
        if has_manifest(folder / video_path(index)) == signed:
            continue
        if signed:
            sentence = "its C2PA manifest is gone. Copy the dataset again from where it was made."
        else:
            sentence = f"it carries a C2PA manifest that is not ours and may tell of a person. {_REBUILD}"
        faults.append(Fault(video_path(index), 0, sentence))
    return faults


def _check_cards(folder: Path) -> list[Fault]:
    faults = []
    if not (folder / "README.md").is_file():
        faults.append(Fault("README.md", 0, f"the card for people is missing. {_REBUILD}"))
    try:
        read_json(folder, "croissant.json")
    except UnreadableDatasetError as error:
        faults.append(_unreadable(error))
    return faults


def _check_paths(folder: Path) -> list[Fault]:
    """Places on somebody's machine, which may hold a name, have no business in a dataset."""
    return [
        Fault(file, 0, f'it holds "{found}", a path on a machine, which may name a person. {_REBUILD}')
        for file, text in _texts(folder)
        if (found := _find_absolute(text))
    ]


def _find_absolute(text: str) -> str:
    match = _ABSOLUTE.search(text)
    return text[match.start() : match.start() + 20].split("\n")[0] if match else ""


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for relative in ("README.md", "croissant.json", _INFO, MARK):
        if (folder / relative).is_file():
            yield relative, (folder / relative).read_text(encoding="utf-8", errors="replace")
    tasks, faults = _read_tasks(folder)
    if not faults:
        yield "meta/tasks.parquet", "\n".join(tasks)
