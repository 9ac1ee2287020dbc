"""One digest for one content: what a dataset says, whatever shop made it, wherever and whenever.

In it: what all episodes share; every feature of every frame by value; every video by the packets that the decoder
gets; task, lineage and order of the episodes, where pseudonyms count only by who comes first, second, third. Not in
it: dates, names, cards, the share table, file names, compression, the pseudonyms themselves, and everything that the
checker computes again from the rest (statistics, counters, quality figures).

The form is ours. A field is its tag, its length (8 bytes, most significant first) and its bytes.
"""

import hashlib
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tacit.datasets.durable import to_canonical_json
from tacit.datasets.episode import PSEUDONYM_COLUMNS
from tacit.datasets.features import FEATURES, FILES_PER_CHUNK, DatasetSpec, data_path, episodes_path, video_path
from tacit.datasets.reader import read_episode_rows, read_json, read_table, spec_of, to_arrays
from tacit.datasets.video import read_video_bytes
from tacit.records.errors import UnreadableDatasetError

if TYPE_CHECKING:
    from hashlib import _Hash

_ROW_COLUMNS = ("tasks", "length", "agreement", "purpose", "start_s", "accepted_s")


def dataset_digest(folder: Path) -> str:
    """SHA-256 (hex) of the canonical form of a finished dataset.

    Raises:
        UnreadableDatasetError: A file is missing or cannot be read.
    """
    return compute_digest(folder, spec_of(read_json(folder, "meta/info.json")))


def compute_digest(folder: Path, spec: DatasetSpec) -> str:
    """The same, for a dataset that has its data, videos and episode rows, but no `info.json` yet."""
    return compute_digests(folder, spec)[0]


def compute_digests(folder: Path, spec: DatasetSpec) -> tuple[str, list[str]]:
    """The digest of a dataset, and of the content of each episode by itself: its columns and its video."""
    digest, contents = hashlib.sha256(), []
    _feed(digest, b"spec", to_canonical_json(vars(spec)))
    seen: dict[str, dict[str, int]] = {name: {} for name in PSEUDONYM_COLUMNS}
    for index, row in enumerate(read_episode_rows(folder, [*_ROW_COLUMNS, *PSEUDONYM_COLUMNS])):
        ranks = {name: seen[name].setdefault(row[name], len(seen[name])) for name in PSEUDONYM_COLUMNS}
        if not math.isfinite(row["start_s"] + row["accepted_s"]):
            raise UnreadableDatasetError(episodes_path(index // FILES_PER_CHUNK), f"row {index}: a time is no number")
        _feed(digest, b"episode", to_canonical_json(row | ranks))
        content = hashlib.sha256()
        arrays = to_arrays(read_table(folder, data_path(index)), data_path(index))
        for tag, payload in _content(arrays, folder, spec, index):
            _feed(digest, tag, payload)
            _feed(content, tag, payload)
        contents.append(content.hexdigest())
    return digest.hexdigest(), contents


def read_content(folder: Path, spec: DatasetSpec, index: int) -> tuple[dict[str, NDArray[Any]], str]:
    """The columns of one episode, and the digest of its content as `compute_digests` gives it.

    Raises:
        UnreadableDatasetError: A file is missing or cannot be read.
    """
    digest = hashlib.sha256()
    arrays = to_arrays(read_table(folder, data_path(index)), data_path(index))
    for tag, payload in _content(arrays, folder, spec, index):
        _feed(digest, tag, payload)
    return arrays, digest.hexdigest()


def _content(
    arrays: dict[str, NDArray[Any]], folder: Path, spec: DatasetSpec, index: int
) -> Iterator[tuple[bytes, bytes]]:
    """Every feature of every frame of an episode by value, then the packets of its video."""
    for feature in FEATURES:
        with np.errstate(invalid="ignore"):  # what is not a number is digested as what it is
            values = arrays[feature.name].astype("<f4") + np.float32(0)  # adding 0 makes -0 and 0 the same
        yield b"column", values.tobytes()
    for part in read_video_bytes(folder / video_path(index), spec.fps):
        yield b"video", part


def _feed(digest: "_Hash", tag: bytes, payload: bytes) -> None:
    digest.update(tag + len(payload).to_bytes(8, "big"))
    digest.update(payload)
