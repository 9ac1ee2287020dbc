"""Makes a finished dataset real under its own name, all at once, and never touches a folder that is not ours.

A dataset is built in a private folder beside its target. Publishing renames: the older dataset aside, the new one into
place, the older one away. A build, or a publish, that was killed leaves folders with names of ours; the next one that
starts puts an older dataset back where its place is empty and deletes the rest. A folder that is being built is held
by a lock that its process takes and the system releases, so that a living build is never taken for a dead one.
"""

import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tacit.datasets.durable import sync
from tacit.datasets.manifest import RELEASE_FILES
from tacit.datasets.writer import MARK
from tacit.records.errors import BadNameError, ForeignFolderError, UnfinishedDatasetError

_INFO = "meta/info.json"
_TOP_LEVEL = {"README.md", "croissant.json", "data", "meta", "videos", *RELEASE_FILES}


@contextmanager
def build_folder(target: Path) -> Iterator[Path]:
    """A private empty folder beside the target to build a dataset in; gone afterwards unless it was published.

    Args:
        target: Where the dataset is to be in the end.

    Raises:
        ForeignFolderError: There is something else at the target.
    """
    target = target.resolve()
    require_replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    heal(target)
    folder, lock = _make_locked(target)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)  # what stays behind is swept away by the next build
        os.close(lock)


def publish(built: Path, target: Path) -> None:
    """Put a finished dataset in its place; an older dataset of ours that is there goes aside, for `heal` to delete.

    Args:
        built: A finished dataset on the same disk as the target.
        target: Nothing, an empty folder, or a dataset of ours.

    Raises:
        UnfinishedDatasetError: What was built is no finished dataset.
        ForeignFolderError: There is something else at the target.
    """
    target = target.resolve()
    if not is_dataset(built):
        raise UnfinishedDatasetError(str(built))
    heal(target, spare=built)
    require_replaceable(target)
    if is_dataset(target):
        target.rename(_beside(target, "old"))
    built.rename(target)
    sync(target.parent)


def remove_dataset(target: Path) -> None:
    """Remove a dataset of ours whole; harmless where there is none.

    Raises:
        ForeignFolderError: There is something else at the target.
    """
    target = target.resolve()
    require_replaceable(target)
    if is_dataset(target):
        _delete(target, target)
        sync(target.parent)


def require_replaceable(target: Path) -> None:
    """Check that a dataset may be published here: nothing, an empty folder, or a dataset of ours and nothing else.

    Raises:
        BadNameError: The path is not UTF-8, and parquet files can be neither written nor read there.
        ForeignFolderError: Something is here that we did not make and will not delete.
    """
    try:
        str(target).encode()
    except UnicodeEncodeError as error:
        raise BadNameError("folder of a dataset", str(target), "a path in UTF-8") from error
    if not target.exists():
        return
    if not target.is_dir():
        raise ForeignFolderError(str(target), "it is a file")
    names = {path.name for path in target.iterdir()}
    if names and not (target / MARK).is_file():
        raise ForeignFolderError(str(target), f"it holds files, but not {MARK}, which marks a dataset of tacit")
    foreign = sorted(names - _TOP_LEVEL)
    if foreign:
        raise ForeignFolderError(str(target), f"it is a dataset of tacit, but {foreign[0]} in it is not part of one")


def is_dataset(folder: Path) -> bool:
    """True where the folder holds a finished dataset of ours."""
    return (folder / MARK).is_file() and (folder / _INFO).is_file()


def find_digest(folder: Path) -> str | None:
    """The digest that a finished dataset of ours says it has; None where the folder holds none."""
    return _find_in_mark(folder, "digest")


def find_dataset_id(folder: Path) -> str | None:
    """The id of the dataset that lies in a folder, which is of the shop that made it; None where it holds none."""
    return _find_in_mark(folder, "dataset")


def find_certificate(folder: Path) -> str | None:
    """The certificate that a finished dataset of ours says its videos are signed with; None where they are not."""
    return _find_in_mark(folder, "c2pa_certificate")


def _find_in_mark(folder: Path, name: str) -> str | None:
    if not is_dataset(folder):
        return None
    try:
        mark = json.loads((folder / MARK).read_bytes())
    except (ValueError, RecursionError):  # broken, so it is not the one that anybody looks for
        return None
    value = mark.get(name) if isinstance(mark, dict) else None
    return value if isinstance(value, str) else None


def heal(target: Path, spare: Path | None = None) -> None:
    """Undo what killed builds and publishes left beside a target; harmless where there is nothing.

    Args:
        target: Where a dataset is, was, or is to be.
        spare: The folder that is about to be published, which is no leftover.
    """
    target = target.resolve()
    olders = sorted(_leftovers(target, "old"))
    if olders and not target.exists() and is_dataset(olders[0]):
        olders[0].rename(target)
        sync(target.parent)
    for older in olders:
        if older.exists():
            _delete(older, target)
    for rest in (*_leftovers(target, "gone"), *_leftovers(target, "new")):
        if spare is None or rest.resolve() != spare.resolve():
            _delete_unless_held(rest)


def _beside(target: Path, state: str) -> Path:
    return target.with_name(f".{target.name}.tacit-{state}-{secrets.token_hex(4)}")


def _leftovers(target: Path, state: str) -> list[Path]:
    start = f".{target.name}.tacit-{state}-"
    if not target.parent.is_dir():
        return []
    return [path for path in target.parent.iterdir() if path.name.startswith(start) and path.is_dir()]


def _delete(folder: Path, target: Path) -> None:
    """Delete a folder of ours; renamed first, so that a half-deleted one is never taken for a whole one."""
    gone = _beside(target, "gone")
    folder.rename(gone)
    shutil.rmtree(gone)


def _delete_unless_held(folder: Path) -> None:
    try:
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        if _take(lock):
            shutil.rmtree(folder, ignore_errors=True)  # another process may be sweeping it too
    finally:
        os.close(lock)


def _make_locked(target: Path) -> tuple[Path, int]:
    """Make a private folder and hold it; again where a sweep got between the making and the holding."""
    while True:
        folder = _beside(target, "new")
        folder.mkdir()
        try:
            lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        except FileNotFoundError:
            continue
        if _take(lock) and folder.exists():
            return folder, lock
        os.close(lock)


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
