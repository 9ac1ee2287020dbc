"""An episode of one version among those of another: the same content under other numbers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.datasets.features import FILES_PER_CHUNK, VIDEO_FEATURE, chunk_and_file
from tacit.datasets.stats import STAT_NAMES, Stats, compute_column_stats

_STATS = "stats/"
_NUMBERS = ("episode_index", "index", "task_index")  # what changes; time and frame count from the start of the episode


def renumber_row(row: Mapping[str, Any], counters: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Stats]]:
    """The episode row with other numbers, and the statistics of the episode under them."""
    index = int(counters["episode_index"][0])
    chunk, file = chunk_and_file(index)
    rows_chunk, rows_file = chunk_and_file(index // FILES_PER_CHUNK)
    new = dict(row) | {
        "episode_index": index,
        "data/chunk_index": chunk,
        "data/file_index": file,
        "dataset_from_index": int(counters["index"][0]),
        "dataset_to_index": int(counters["index"][-1]) + 1,
        f"videos/{VIDEO_FEATURE}/chunk_index": chunk,
        f"videos/{VIDEO_FEATURE}/file_index": file,
        "meta/episodes/chunk_index": rows_chunk,
        "meta/episodes/file_index": rows_file,
    }
    stats: dict[str, Stats] = {}
    for name in row:
        if name.startswith(_STATS):
            feature, _, figure = name.removeprefix(_STATS).rpartition("/")
            stats.setdefault(feature, {})[figure] = np.array(row[name], dtype=np.float64)
    for name in _NUMBERS:
        column = counters[name]
        stats[name] = compute_column_stats(column) if name == "index" else _constant_stats(column)
        for figure, value in stats[name].items():
            new[f"{_STATS}{name}/{figure}"] = value.astype(np.int64).tolist() if figure == "count" else value.tolist()
    return new, stats


def _constant_stats(column: NDArray[np.int64]) -> Stats:
    """What `compute_column_stats` gives for the same number in every frame, without the computing."""
    number = np.array([column[0]], dtype=np.float64)
    same = {name: number for name in STAT_NAMES if name not in ("std", "count")}
    return same | {"std": np.zeros(1), "count": np.array([len(column)], dtype=np.float64)}
