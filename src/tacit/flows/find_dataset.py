"""Finds datasets of the shop by what people type: an id, or the folder it was written to."""

import os
from collections.abc import Mapping
from pathlib import Path

from tacit.flows.ports import Shop
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import UnknownThingError
from tacit.records.ids import id_from_digest


def dataset_id_of(shop: Shop, target: Path) -> str:
    """The id of the dataset that is written to a folder; the same folder keeps its id from version to version."""
    return id_from_digest("ds", shop.keys.mac("dataset-id", os.fsencode(target.resolve())))


def latest_versions(shop: Shop) -> dict[str, DatasetVersion]:
    """The newest version of every dataset, by dataset id."""
    return {version.dataset_id: version for version in shop.catalogue.dataset_versions()}


def require_dataset(shop: Shop, named: str) -> DatasetVersion:
    """The newest version of a dataset, named by its id or by its folder.

    Raises:
        UnknownThingError: The shop has made no such dataset.
    """
    versions = latest_versions(shop)
    version = versions.get(named) or versions.get(dataset_id_of(shop, Path(named)))
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
