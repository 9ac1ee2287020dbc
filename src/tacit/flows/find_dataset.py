"""Finds datasets of the shop by what people type: an id, or the folder it was written to."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from tacit.datasets.publish import find_dataset_id
from tacit.flows.ports import Shop
from tacit.records.dataset import DatasetHead, DatasetVersion
from tacit.records.errors import UnknownThingError
from tacit.records.ids import id_from_digest


def dataset_id_of(shop: Shop, target: Path) -> str:
    """The id of the dataset that is written to a folder; the same folder keeps its id from version to version."""
    return id_from_digest("ds", shop.keys.mac("dataset-id", os.fsencode(target.resolve())))


def newest_heads(heads: Iterable[DatasetHead]) -> dict[str, DatasetHead]:
    """The newest version of every dataset, by dataset id, without its episodes."""
    return {head.dataset_id: head for head in sorted(heads, key=lambda head: head.version)}


def latest_versions(shop: Shop) -> dict[str, DatasetVersion]:
    """The newest version of every dataset, by dataset id; for one of them `find_newest` is quicker."""
    found = (find_newest(shop, dataset_id) for dataset_id in newest_heads(shop.catalogue.dataset_heads()))
    return {version.dataset_id: version for version in found if version is not None}


def find_newest(shop: Shop, dataset_id: str) -> DatasetVersion | None:
    """The newest version of one dataset."""
    return shop.catalogue.find_dataset_version(dataset_id)


def require_dataset(shop: Shop, named: str) -> DatasetVersion:
    """The newest version of a dataset, named by its id or by its folder.

    Raises:
        UnknownThingError: The shop has made no such dataset.
    """
    # A folder's name may hold what no text does; an id never.
    version = find_newest(shop, named) if named.isascii() else None
    version = version or find_newest(shop, dataset_id_of(shop, Path(named)))
    if version is None or not version.episodes:
        raise UnknownThingError("dataset", named, "Build it with `tacit dataset build`.")
    return version


def versions_by_number(shop: Shop) -> dict[tuple[str, int], DatasetVersion]:
    """Every version of every dataset, by dataset id and number; reading them is slow, so do it once."""
    return {(version.dataset_id, version.version): version for version in shop.catalogue.dataset_versions()}


def require_version(versions: Mapping[tuple[str, int], DatasetVersion], dataset_id: str, number: int) -> DatasetVersion:
    """One of `versions_by_number`.

    Raises:
        UnknownThingError: The shop has made no such version.
    """
    version = versions.get((dataset_id, number))
    if version is None:
        raise UnknownThingError("dataset version", f"{dataset_id} {number}", "Compare the shop with a backup.")
    return version


def find_holding(shop: Shop, recording_id: str) -> tuple[DatasetVersion, ...]:
    """The newest versions that hold a recording and lie in their folders, or were made for a licensee."""
    return tuple(
        version
        for version in latest_versions(shop).values()
        if any(line.recording_id == recording_id for line in version.episodes)
        and (version.release_of or find_dataset_id(Path(version.path)) == version.dataset_id)
    )
