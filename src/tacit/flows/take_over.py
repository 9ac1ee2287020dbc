"""Finds episodes of the version that lies in a folder which the next version can take over as they are.

A withdrawal takes away one worker's episodes; those of everybody else need not be cut, copied and measured again.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tacit.datasets.episode import EpisodeLineage
from tacit.datasets.features import DatasetSpec
from tacit.datasets.reader import read_episode_rows, read_json, spec_of
from tacit.flows.ports import Shop
from tacit.records.dataset import DatasetVersion, EpisodeSource
from tacit.records.errors import UnreadableDatasetError
from tacit.records.recording import Stretch


class Earlier:
    """The episodes of an earlier version, asked for in their order; those out of it are not found, and made anew.

    Args:
        shop: The shop.
        version: What lies in the folder.
        folder: Where it lies.
        spec: Of the version that is being made; where the earlier one has another, nothing of it is found.
    """

    def __init__(self, shop: Shop, version: DatasetVersion, folder: Path, spec: DatasetSpec) -> None:
        self.folder = folder
        self._places: dict[tuple[str, str, str, int, int], tuple[int, EpisodeSource]] = {}
        self._rows: Iterator[dict[str, Any]] = iter(())
        self._row: dict[str, Any] | None = None
        sources = shop.catalogue.episode_sources(version.dataset_id, version.version)
        try:
            if spec_of(read_json(folder, "meta/info.json")) != spec or len(sources) != len(version.episodes):
                return
            self._rows = read_episode_rows(folder)
        except UnreadableDatasetError:
            return
        for line, source in zip(version.episodes, sources, strict=True):
            key = (line.recording_id, line.consent_id, source.unit_id, line.start_frame, line.end_frame)
            self._places[key] = (line.episode_index, source)

    def find(
        self, recording_id: str, consent_id: str, unit_id: str, stretch: Stretch, lineage: EpisodeLineage, task: str
    ) -> tuple[dict[str, Any], str] | None:
        """The episode row and the digest of the episode that was made from just this; None where there is none."""
        found = self._places.get((recording_id, consent_id, unit_id, stretch.start_frame, stretch.end_frame))
        row = self._advance_to(found[0]) if found is not None else None
        if found is None or row is None:
            return None
        expected = vars(lineage) | {"purpose": str(lineage.purpose), "tasks": [task]}
        if any(row[name] != value for name, value in expected.items()):
            return None
        return row, found[1].content

    def _advance_to(self, index: int) -> dict[str, Any] | None:
        try:
            while self._row is None or self._row["episode_index"] < index:
                self._row = next(self._rows)
        except (StopIteration, UnreadableDatasetError):
            self._places.clear()
            return None
        return self._row if self._row["episode_index"] == index else None
