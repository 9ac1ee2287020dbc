"""Writes a dataset, one episode after another, into a private folder that nobody reads yet.

One mp4 and one parquet per episode, so that a dataset without some episodes is made by leaving files out. Memory holds
one episode and at most a hundred episode rows. `info.json` comes last: a folder without it is no dataset.
"""

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tacit.datasets.canonical import ContentDigest, read_content
from tacit.datasets.cards import CardInput, DatasetSummary, readme_card
from tacit.datasets.croissant import croissant
from tacit.datasets.durable import link_or_copy, save_json, save_text, sync_tree
from tacit.datasets.episode import (
    EpisodeInput,
    compute_episode_stats,
    episode_schema,
    find_column_faults,
    find_lineage_faults,
    frame_columns,
    to_episode_row,
    to_frame_table,
)
from tacit.datasets.features import (
    FILES_PER_CHUNK,
    DatasetSpec,
    build_info,
    data_path,
    episodes_path,
    video_path,
)
from tacit.datasets.renumber import renumber_row
from tacit.datasets.stats import Stats, StatsSum, compute_image_stats
from tacit.datasets.video import find_video_faults, sample_images
from tacit.records.errors import UnfitEpisodeError, UnreadableDatasetError

MARK = "meta/tacit.json"  # says that a folder is a dataset of ours
_ROWS_PER_GROUP = 100


class DatasetWriter:
    """Writes one dataset into an empty folder: `add_episode` for each episode in order, then `finish` once."""

    def __init__(self, folder: Path, spec: DatasetSpec) -> None:
        self._folder = folder
        self._spec = spec
        self._rows = _EpisodeRows(folder)
        self._stats = StatsSum()
        self._tasks: dict[str, int] = {}
        self._summary = DatasetSummary(spec)
        self._digest = ContentDigest(spec)
        self._contents: list[str] = []

    def add_episode(self, episode: EpisodeInput) -> None:
        """Write one episode and verify what was written.

        Raises:
            UnfitEpisodeError: Features, lineage or video break the rules of the format.
        """
        index = self._summary.n_episodes
        faults = find_column_faults(episode.columns) + find_lineage_faults(vars(episode.lineage))
        if not episode.task.strip():
            faults.append("its task is empty")
        if faults:
            raise UnfitEpisodeError(index, faults)
        n_frames = len(episode.columns["action"])
        images = self._write_video(index, episode, n_frames)
        task_index = self._tasks.setdefault(episode.task, len(self._tasks))
        counters = frame_columns(n_frames, self._spec.fps, index, self._summary.n_frames, task_index)
        pq.write_table(to_frame_table(episode.columns, counters), self._place(data_path(index)), compression="snappy")
        stats = compute_episode_stats(episode.columns, counters, images)
        self._stats.add(stats)
        row = to_episode_row(episode, counters, self._spec.fps, stats)
        self._rows.add(row)
        self._contents.append(self._digest.add(row, read_content(self._folder, self._spec, index)))
        self._summary.add(n_frames, episode.task, episode.lineage.worker)

    @property
    def contents(self) -> tuple[str, ...]:
        """The digest of the content of each episode so far."""
        return tuple(self._contents)

    def take_over(self, earlier: Path, row: dict[str, Any], content: str) -> bool:
        """Take an episode of another version over as it is, with other numbers; False where it is not what it was.

        The video is linked where the disk can do that, and copied elsewhere, so that the work does not grow with it.

        Args:
            earlier: The folder of the other version.
            row: The whole episode row there.
            content: Digest of the episode, as it was when that version was made.
        """
        before, index = row["episode_index"], self._summary.n_episodes
        try:
            found = read_content(earlier, self._spec, before)
        except UnreadableDatasetError:
            return False
        if found.digest != content:
            return False
        link_or_copy(earlier / video_path(before), self._place(video_path(index)))
        (task,) = row["tasks"]
        task_index = self._tasks.setdefault(task, len(self._tasks))
        n_frames = len(found.arrays["action"])
        counters = frame_columns(n_frames, self._spec.fps, index, self._summary.n_frames, task_index)
        pq.write_table(to_frame_table(found.arrays, counters), self._place(data_path(index)), compression="snappy")
        new_row, stats = renumber_row(row, counters)
        self._stats.add(stats)
        self._rows.add(new_row)
        self._contents.append(self._digest.add(new_row, found))
        self._summary.add(n_frames, task, row["worker"])
        return True

    def finish(self, card: CardInput) -> str:
        """Write everything that is not of a single episode, wait until it is on the disk, and return the digest.

        Raises:
            UnfitEpisodeError: No episode was added.
        """
        if not self._summary.n_episodes:
            raise UnfitEpisodeError(0, ["a dataset needs at least one episode"])
        self._rows.close()
        save_json(self._place("meta/stats.json"), stats_to_json(self._stats.result()))
        _write_tasks(self._place("meta/tasks.parquet"), list(self._tasks))
        digest = self._digest.hexdigest()
        save_text(self._folder / "README.md", readme_card(card, self._summary, digest))
        save_json(self._folder / "croissant.json", croissant(card, self._summary, digest))
        save_json(self._folder / MARK, build_mark(card, digest))
        counts = (self._summary.n_episodes, self._summary.n_frames, len(self._tasks))
        sync_tree(self._folder)
        save_json(self._folder / "meta/info.json", build_info(self._spec, *counts))
        sync_tree(self._folder / "meta")
        return digest

    def _write_video(self, index: int, episode: EpisodeInput, n_frames: int) -> Stats:
        target = self._place(video_path(index))
        episode.write_video(target)
        faults = find_video_faults(target, self._spec, n_frames)
        if faults:
            raise UnfitEpisodeError(index, [f"of its video: {fault}" for fault in faults])
        return compute_image_stats(sample_images(target))

    def _place(self, relative: str) -> Path:
        path = self._folder / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


class _EpisodeRows:
    """The episode rows on their way to the parquet files, in groups, so that they never pile up in memory."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._schema = episode_schema()
        self._group: list[dict[str, Any]] = []
        self._file: pq.ParquetWriter | None = None

    def add(self, row: dict[str, Any]) -> None:
        """Take the next row; rows come in the order of their episodes."""
        self._group.append(row)
        n_rows = row["episode_index"] + 1
        if len(self._group) == _ROWS_PER_GROUP:
            self._flush()
        if n_rows % FILES_PER_CHUNK == 0:
            self.close()

    def close(self) -> None:
        """Write what is left and end the file."""
        self._flush()
        if self._file is not None:
            self._file.close()
            self._file = None

    def _flush(self) -> None:
        if not self._group:
            return
        if self._file is None:
            path = self._folder / episodes_path(self._group[0]["episode_index"] // FILES_PER_CHUNK)
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = pq.ParquetWriter(path, self._schema, compression="snappy")
        self._file.write_table(pa.Table.from_pylist(self._group, schema=self._schema))
        self._group = []


def stats_to_json(stats: dict[str, Stats]) -> dict[str, dict[str, Any]]:
    """The content of `meta/stats.json`."""
    return {
        feature: {name: value.tolist() if name != "count" else [int(value[0])] for name, value in sorted(named.items())}
        for feature, named in stats.items()
    }


def _write_tasks(path: Path, tasks: list[str]) -> None:
    """The table of tasks as pandas would write it: the text is the index, and the place of a row is the number."""
    index = "__index_level_0__"
    table = pa.table({"task_index": pa.array(range(len(tasks)), pa.int64()), index: pa.array(tasks, pa.string())})
    column = {"name": None, "field_name": index, "pandas_type": "unicode", "numpy_type": "object", "metadata": None}
    number = {"name": "task_index", "field_name": "task_index", "pandas_type": "int64", "numpy_type": "int64"}
    header = {**column, "field_name": None, "metadata": {"encoding": "UTF-8"}}
    pandas = {
        "index_columns": [index],
        "column_indexes": [header],
        "columns": [{**number, "metadata": None}, column],
        "creator": {"library": "pyarrow", "version": pa.__version__},
        "pandas_version": "2.2.0",  # the version whose form of this note we follow; pandas itself is not used
    }
    pq.write_table(table.replace_schema_metadata({"pandas": json.dumps(pandas)}), path, compression="snappy")


def build_mark(card: CardInput, digest: str) -> dict[str, Any]:
    """The content of `meta/tacit.json`: what the dataset is, under which terms, and who shares in its income."""
    return {
        "format": 1,
        "dataset": card.dataset_id,
        "name": card.name,
        "version": card.version,
        "agreement": card.agreement_id,
        "purpose": card.purpose,
        "digest": digest,
        "shares": {
            "basis": card.shares.basis,
            "parts": [{"worker": worker, "parts": parts} for worker, parts in card.shares.parts],
            "signature": card.sign_shares(digest),
            "shop_key": card.shop_key,
        },
        "c2pa_certificate": card.certificate,
    }
