"""Reads a dataset back: what it says about itself, its episode rows, the columns and the pictures of an episode.

Every file that is missing or cannot be read becomes an error that names the file, relative to the dataset.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from tacit.datasets.episode import episode_schema
from tacit.datasets.features import FEATURES, FRAME_COLUMNS, DatasetSpec, data_path, read_spec, video_path
from tacit.datasets.video import decode_images
from tacit.records.errors import UnreadableDatasetError

_ROWS_AT_ONCE = 64

# What comes out of a parquet that is damaged; UnicodeError from a text in it, or a path to it, that is not UTF-8.
UNREADABLE = (pa.ArrowException, OSError, UnicodeError)


@dataclass(frozen=True)
class Dataset:
    """An open dataset. Rows are in memory without their statistics; columns and pictures are read when asked for.

    info: the content of `meta/info.json`.
    episodes: the episode rows in order.
    """

    folder: Path
    spec: DatasetSpec
    info: dict[str, Any]
    episodes: tuple[dict[str, Any], ...]

    def columns(self, episode_index: int) -> dict[str, NDArray[Any]]:
        """The columns of one episode: vectors (n, d) float32, scalars (n,).

        Raises:
            UnreadableDatasetError: The parquet is missing, cannot be read, or lacks a column.
        """
        relative = data_path(episode_index)
        return to_arrays(read_table(self.folder, relative), relative)

    def frames(self, episode_index: int) -> Iterator[NDArray[np.uint8]]:
        """The pictures of one episode in order, (h, w, 3) uint8 RGB each."""
        return decode_images(self.folder / video_path(episode_index))


def read_dataset(folder: Path) -> Dataset:
    """Open a dataset.

    Raises:
        UnreadableDatasetError: The folder holds no dataset of this format, or a file cannot be read.
    """
    info = read_json(folder, "meta/info.json")
    names = [name for name in _episode_columns(folder) if not name.startswith("stats/")]
    return Dataset(folder, spec_of(info), info, tuple(read_episode_rows(folder, names)))


def spec_of(info: dict[str, Any]) -> DatasetSpec:
    """The shared facts in an `info.json`.

    Raises:
        UnreadableDatasetError: It is not the `info.json` of a dataset of ours.
    """
    try:
        return read_spec(info)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        reason = f"what tacit writes about the dataset is missing or wrong ({error})"
        raise UnreadableDatasetError("meta/info.json", reason) from error


def read_json(folder: Path, relative: str) -> dict[str, Any]:
    """One JSON file of a dataset.

    Raises:
        UnreadableDatasetError: It is missing or is not a JSON object.
    """
    try:
        value = json.loads((folder / relative).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableDatasetError(relative, _first_line(error)) from error
    if not isinstance(value, dict):
        raise UnreadableDatasetError(relative, "it is not a JSON object")
    return value


def read_table(folder: Path, relative: str) -> pa.Table:
    """One parquet of a dataset.

    Raises:
        UnreadableDatasetError: It is missing or cannot be read.
    """
    try:
        with pq.ParquetFile(folder / relative) as file:
            return file.read(use_threads=False)  # an episode is small; starting threads costs more than it saves
    except UNREADABLE as error:
        raise UnreadableDatasetError(relative, _first_line(error)) from error


def to_arrays(table: pa.Table, relative: str) -> dict[str, NDArray[Any]]:
    """The columns of one parquet of frames as arrays.

    Raises:
        UnreadableDatasetError: A column is missing or of another type or width.
    """
    arrays: dict[str, NDArray[Any]] = {}
    for feature in FEATURES:
        arrays[feature.name] = _vectors(table, relative, feature.name, feature.width)
    for name, dtype in FRAME_COLUMNS.items():
        arrays[name] = _column(table, relative, name, pa.type_for_alias(dtype)).to_numpy()
    return arrays


def _vectors(table: pa.Table, relative: str, name: str, width: int) -> NDArray[np.float32]:
    chunks = _column(table, relative, name, pa.list_(pa.float32(), width))
    flat = [chunk.flatten().to_numpy(zero_copy_only=False) for chunk in chunks.chunks]
    values: NDArray[np.float32] = np.concatenate(flat or [np.zeros(0, np.float32)])
    if len(values) != width * len(chunks):
        raise UnreadableDatasetError(relative, f"rows of the column {name} are empty")
    return values.reshape(-1, width)


def _column(table: pa.Table, relative: str, name: str, kind: pa.DataType) -> pa.ChunkedArray:
    if table.column_names.count(name) != 1:
        raise UnreadableDatasetError(relative, f"the column {name} is missing or there twice")
    column = table.column(name)
    if column.type != kind or column.null_count:
        raise UnreadableDatasetError(relative, f"the column {name} is {column.type}; {kind} without gaps is expected")
    return column


def _episode_files(folder: Path) -> list[str]:
    paths = sorted((folder / "meta" / "episodes").glob("*/*.parquet"))
    if not paths:
        raise UnreadableDatasetError("meta/episodes", "there are no episode rows")
    return [path.relative_to(folder).as_posix() for path in paths]


def _episode_columns(folder: Path) -> list[str]:
    relative = _episode_files(folder)[0]
    try:
        return list(pq.read_schema(folder / relative).names)
    except UNREADABLE as error:
        raise UnreadableDatasetError(relative, _first_line(error)) from error


def read_episode_rows(folder: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """The episode rows in order, a few at a time: the named columns, or all.

    Raises:
        UnreadableDatasetError: There are none, they cannot be read, or a column is missing, of another type or empty
            in a row.
    """
    for relative in _episode_files(folder):
        try:
            with pq.ParquetFile(folder / relative) as file:
                absent = sorted(set(columns or ()) - set(file.schema_arrow.names))
                if absent:
                    raise UnreadableDatasetError(relative, f"the columns {', '.join(absent)} are missing")
                odd = find_type_faults(file.schema_arrow, columns)
                if odd:
                    raise UnreadableDatasetError(relative, odd[0])
                for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=columns):
                    yield from _rows(batch, relative)
        except UNREADABLE as error:
            raise UnreadableDatasetError(relative, _first_line(error)) from error


def find_type_faults(found: pa.Schema, columns: list[str] | None = None) -> list[str]:
    """Every column of episode rows that is there twice or not of the type of the format: the named ones, or all."""
    expected = episode_schema()
    faults = []
    for name in expected.names if columns is None else columns:
        places = found.get_all_field_indices(name)
        if len(places) > 1:
            faults.append(f"the column {name} is there twice")
        elif places and name in expected.names and found.field(places[0]).type != expected.field(name).type:
            kinds = f"{found.field(places[0]).type}; {expected.field(name).type}"
            faults.append(f"the column {name} is {kinds} is expected")
    return faults


def _rows(batch: pa.RecordBatch, relative: str) -> list[dict[str, Any]]:
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if column.null_count:
            raise UnreadableDatasetError(relative, f"the column {name} is empty in a row")
    rows: list[dict[str, Any]] = batch.to_pylist()
    return rows


def _first_line(error: Exception) -> str:
    if isinstance(error, FileNotFoundError):
        return "it is missing"
    return f"it cannot be read ({str(error).partition(chr(10))[0]})"
