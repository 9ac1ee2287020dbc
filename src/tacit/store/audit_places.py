"""Everywhere that something of an erased worker could lie: the shop, its keys, its datasets, scratch and a backup."""

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy.engine import URL

from tacit.datasets.columns import read_column_bytes
from tacit.flows.audit_erasure import Place, file_places
from tacit.flows.ports import Keys
from tacit.records.errors import TacitError
from tacit.store.objects import file_objects
from tacit.store.open_all import Unopened, object_places, row_places

CATALOGUE, OBJECTS = "catalogue.sqlite", "objects"
_OWN_SCRATCH = "tacit-audit-"
_SCRATCH = ("tacit-*", ".tacit-*", ".*.tacit-*")


def shop_places(folder: Path, keys: Keys, unopened: Unopened) -> Iterator[Place]:
    """A shop or a backup of one: every file as it lies, every row, and every object that the keys open.

    The catalogue is read from a copy, so that reading changes neither its pages nor its write-ahead log.
    """
    yield from file_places(folder)
    if (folder / OBJECTS).is_dir():
        yield from object_places(file_objects(folder / OBJECTS), keys, str(folder), unopened)
    if (folder / CATALOGUE).is_file():
        with tempfile.TemporaryDirectory(prefix=_OWN_SCRATCH) as scratch:
            for part in folder.glob(f"{CATALOGUE}*"):
                shutil.copy(part, scratch)
            yield from row_places(
                URL.create("sqlite", database=str(Path(scratch) / CATALOGUE)), keys, str(folder), unopened
            )


def dataset_places(folders: Iterable[Path]) -> Iterator[Place]:
    """Datasets and releases: every file as it lies, and the values of parquet files without their compression."""
    for folder in folders:
        if not folder.is_dir():
            continue
        for place in file_places(folder):
            yield place
            if place.name.endswith(".parquet"):
                path = Path(place.name)
                yield Place(f"{path} (values)", lambda path=path: _values(path))  # type: ignore[misc]


def scratch_places(beside: Iterable[Path]) -> Iterator[Place]:
    """What killed commands leave: folders and files with names of ours, in the system's folder for them and beside."""
    folders = {Path(tempfile.gettempdir()), *(path.parent for path in beside)}
    for folder in sorted(folders):
        for pattern in _SCRATCH:
            for found in sorted(folder.glob(pattern)):
                if not found.name.startswith(_OWN_SCRATCH):
                    yield from file_places(found)


def _values(path: Path) -> Iterator[bytes]:
    try:
        yield from read_column_bytes(path)
    except TacitError as error:
        raise OSError(0, str(error)) from error
