"""Checks one episode of a dataset: its row, its parquet and its mp4 against each other and against the format."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.datasets.episode import (
    compute_episode_stats,
    compute_quality,
    find_column_faults,
    find_lineage_faults,
    frame_columns,
)
from tacit.datasets.features import (
    FEATURES,
    FILES_PER_CHUNK,
    FRAME_COLUMNS,
    VIDEO_FEATURE,
    DatasetSpec,
    chunk_and_file,
    data_path,
    episodes_path,
    video_path,
)
from tacit.datasets.reader import read_table, to_arrays
from tacit.datasets.stats import STAT_NAMES, Stats, compute_image_stats
from tacit.datasets.video import find_video_faults, sample_images
from tacit.records.errors import Fault, UnreadableDatasetError

TIME_TOLERANCE_S = 1e-4  # LeRobot's own
_REBUILD = "Build the dataset again."
# Colour conversion may round one level differently on another processor; quantiles may then move by two.
_IMAGE_TOLERANCE = 2.5 / 255
_RELATIVE_TOLERANCE = 1e-9
_NUMBER_MAX = 1e100  # of a statistic; its square can still be held, and no float32 comes near
_WIDTHS = {feature.name: feature.width for feature in FEATURES}


def find_episode_faults(
    folder: Path, spec: DatasetSpec, row: Mapping[str, Any], index: int, first_index: int, tasks: Sequence[str]
) -> list[Fault]:
    """Every fault of one episode.

    Args:
        row: Its episode row with all columns.
        index: Its place among the rows. first_index: frames in the episodes before it.
        tasks: The table of tasks.
    """
    rows_file = episodes_path(index // FILES_PER_CHUNK)
    faults = [Fault(rows_file, 0, f"row {index}: {s}. {_REBUILD}") for s in _row_faults(spec, row, index, first_index)]
    faults += [Fault(rows_file, 0, f"row {index}: {s}. {_REBUILD}") for s in find_lineage_faults(row)]
    stored = row_stats(row)
    for feature in (name for name, stats in stored.items() if stats is None):
        sentence = f"row {index}: the statistics of {feature} are no numbers in its shape. {_REBUILD}"
        faults.append(Fault(rows_file, 0, sentence))
    arrays: dict[str, NDArray[Any]] | None = None
    found: list[str]
    try:
        table = read_table(folder, data_path(index))
        arrays = to_arrays(table, data_path(index))
        if extra := sorted(set(table.column_names) - set(arrays)):
            sentence = f"the columns {', '.join(extra[:4])} are not part of the format and may tell of a person. "
            faults.append(Fault(data_path(index), 0, sentence + _REBUILD))
    except UnreadableDatasetError as error:
        faults.append(Fault(data_path(index), 0, f"{error.reason}. {_REBUILD}"))
    if arrays is not None:
        found = list(_data_faults(spec, row, index, first_index, tasks, arrays))
        faults += [Fault(data_path(index), 0, f"{sentence}. {_REBUILD}") for sentence in found]
    try:
        found = find_video_faults(folder / video_path(index), spec, row["length"])
        images = None if found else compute_image_stats(sample_images(folder / video_path(index)))
    except UnreadableDatasetError as error:
        found, images = [error.reason], None
    faults += [Fault(video_path(index), 0, f"{sentence}. {_REBUILD}") for sentence in found]
    if arrays is not None and images is not None and len(arrays["index"]):
        with np.errstate(invalid="ignore"):  # what is not a number in the data is listed already
            computed = compute_episode_stats(arrays, arrays, images)
        for feature, stats in stored.items():
            for sentence in find_stats_faults(feature, stats, computed[feature]) if stats is not None else ():
                faults.append(Fault(rows_file, 0, f"row {index}: {sentence}. {_REBUILD}"))
    return faults


def row_stats(row: Mapping[str, Any]) -> dict[str, Stats | None]:
    """The statistics of every feature in an episode row with all columns; None for a feature where they are none."""
    features = (VIDEO_FEATURE, *(feature.name for feature in FEATURES), *FRAME_COLUMNS)
    return {name: to_stats(name, {stat: row[f"stats/{name}/{stat}"] for stat in STAT_NAMES}) for name in features}


def to_stats(feature: str, named: Mapping[str, Any]) -> Stats | None:
    """Statistics of one feature as arrays; None unless all are finite numbers in the shape of the feature."""
    shape = (3, 1, 1) if feature == VIDEO_FEATURE else (_WIDTHS.get(feature, 1),)
    stats: Stats = {}
    for name, value in named.items():
        try:
            array = np.asarray(value)
        except ValueError:  # lists of different lengths, or too many in one another
            return None
        if array.dtype.kind not in "iuf" or array.shape != ((1,) if name == "count" else shape):
            return None
        stats[name] = array.astype(np.float64)
    is_sane = all((np.abs(array) <= _NUMBER_MAX).all() for array in stats.values()) and stats["count"][0] >= 1
    return stats if is_sane else None


def _row_faults(spec: DatasetSpec, row: Mapping[str, Any], index: int, first_index: int) -> Iterator[str]:
    chunk, file = chunk_and_file(index)
    rows_chunk, rows_file = chunk_and_file(index // FILES_PER_CHUNK)
    expected = {
        "episode_index": index,
        "data/chunk_index": chunk,
        "data/file_index": file,
        f"videos/{VIDEO_FEATURE}/chunk_index": chunk,
        f"videos/{VIDEO_FEATURE}/file_index": file,
        "meta/episodes/chunk_index": rows_chunk,
        "meta/episodes/file_index": rows_file,
        "dataset_from_index": first_index,
        "dataset_to_index": first_index + row["length"],
        f"videos/{VIDEO_FEATURE}/from_timestamp": 0.0,
        f"videos/{VIDEO_FEATURE}/to_timestamp": row["length"] / spec.fps,
    }
    for name, value in expected.items():
        if row[name] != value:
            yield f"{name} is {row[name]}; {value} is expected"


def _data_faults(
    spec: DatasetSpec,
    row: Mapping[str, Any],
    index: int,
    first_index: int,
    tasks: Sequence[str],
    arrays: Mapping[str, NDArray[Any]],
) -> Iterator[str]:
    n_frames = len(arrays["index"])
    if n_frames != row["length"]:
        yield f"it has {n_frames} rows; its episode row says {row['length']}"
    if not n_frames:
        return
    task_index = int(arrays["task_index"][0])
    if not 0 <= task_index < len(tasks) or row["tasks"] != [tasks[task_index]]:
        yield f"its task number {task_index} does not lead to the task of its episode row"
    for name, expected in frame_columns(n_frames, spec.fps, index, first_index, task_index).items():
        tolerance = TIME_TOLERANCE_S if name == "timestamp" else 0
        wrong = np.flatnonzero(~(np.abs(arrays[name].astype(np.float64) - expected) <= tolerance))
        if len(wrong):
            yield f"{name} is {arrays[name][wrong[0]]} in row {wrong[0]}; {expected[wrong[0]]} is expected"
    columns = {feature.name: arrays[feature.name] for feature in FEATURES}
    column_faults = find_column_faults(columns)
    yield from column_faults
    if not column_faults:
        for name, value in compute_quality(columns).items():
            if not np.isclose(row[name], value, rtol=1e-9, atol=1e-12):
                yield f"{name} is {value:.6g}; its episode row says {row[name]:.6g}"


def find_stats_faults(feature: str, stored: Mapping[str, NDArray[Any]], computed: Stats) -> Iterator[str]:
    """Every statistic of one feature that differs from the one computed again, one sentence each."""
    for name, value in computed.items():
        found = stored[name]
        scale = np.maximum(np.abs(computed["min"]), np.abs(computed["max"]))
        tolerance = _IMAGE_TOLERANCE if feature == VIDEO_FEATURE else _RELATIVE_TOLERANCE * (1 + scale)
        if name == "count":
            tolerance = 0
        if found.shape != value.shape or not (np.abs(found - value) <= tolerance).all():
            yield f"the {name} of {feature} is not that of the data"
