"""One digest for one content: what a dataset says, whatever shop made it, wherever and whenever.

In it: what all episodes share; every feature of every frame by value; every video by the packets that the decoder
gets; task, lineage and order of the episodes, where pseudonyms count only by who comes first, second, third. Not in
it: dates, names, cards, the share table, file names, compression, the pseudonyms themselves, and everything that the
checker computes again from the rest (statistics, counters, quality figures).

The form is ours. A field is its tag, its length (8 bytes, most significant first) and its bytes.
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tacit.datasets.durable import to_canonical_json
from tacit.datasets.episode import PSEUDONYM_COLUMNS
from tacit.datasets.features import FEATURES, FILES_PER_CHUNK, DatasetSpec, data_path, episodes_path, video_path
from tacit.datasets.reader import read_episode_rows, read_json, read_table, spec_of, to_arrays
from tacit.datasets.video import read_video_bytes
from tacit.records.errors import UnreadableDatasetError

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
    digest = ContentDigest(spec)
    rows = read_episode_rows(folder, [*_ROW_COLUMNS, *PSEUDONYM_COLUMNS])
    contents = [digest.add(row, read_content(folder, spec, index)) for index, row in enumerate(rows)]
    return digest.hexdigest(), contents


@dataclass(frozen=True)
class Content:
    """One episode by value: the columns of its frames, and what the decoder gets of its video."""

    arrays: dict[str, NDArray[Any]]
    video: tuple[bytes, ...]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of it alone."""
        return hashlib.sha256(self.form).hexdigest()

    @cached_property
    def form(self) -> bytes:
        """Its part of the canonical form: every feature of every frame by value, then the packets of the video."""
        parts = []
        for feature in FEATURES:
            with np.errstate(invalid="ignore"):  # what is not a number is digested as what it is
                values = self.arrays[feature.name].astype("<f4") + np.float32(0)  # adding 0 makes -0 and 0 the same
            parts.append(_field(b"column", values.tobytes()))
        parts += [_field(b"video", part) for part in self.video]
        return b"".join(parts)


class ContentDigest:
    """The digest of a dataset, episode by episode in their order."""

    def __init__(self, spec: DatasetSpec) -> None:
        self._digest = hashlib.sha256()
        self._seen: dict[str, dict[str, int]] = {name: {} for name in PSEUDONYM_COLUMNS}
        self._n_episodes = 0
        self._digest.update(_field(b"spec", to_canonical_json(vars(spec))))

    def add(self, row: Mapping[str, Any], content: Content) -> str:
        """Add the next episode, of which the row may say more than counts; returns the digest of its content.

        Raises:
            UnreadableDatasetError: A time in its row is no number.
        """
        index, self._n_episodes = self._n_episodes, self._n_episodes + 1
        ranks = {name: seen.setdefault(row[name], len(seen)) for name, seen in self._seen.items()}
        if not math.isfinite(row["start_s"] + row["accepted_s"]):
            raise UnreadableDatasetError(episodes_path(index // FILES_PER_CHUNK), f"row {index}: a time is no number")
        said = to_canonical_json({name: row[name] for name in _ROW_COLUMNS} | ranks)
        self._digest.update(_field(b"episode", said))
        self._digest.update(content.form)
        return content.digest

    def hexdigest(self) -> str:
        """The digest so far."""
        return self._digest.hexdigest()


def read_content(folder: Path, spec: DatasetSpec, index: int) -> Content:
    """One episode as it lies in a dataset.

    Raises:
        UnreadableDatasetError: A file is missing or cannot be read.
    """
    arrays = to_arrays(read_table(folder, data_path(index)), data_path(index))
    return Content(arrays, tuple(read_video_bytes(folder / video_path(index), spec.fps)))


def _field(tag: bytes, payload: bytes) -> bytes:
    return tag + len(payload).to_bytes(8, "big") + payload
