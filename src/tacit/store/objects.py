"""Bytes in, bytes out: named objects in a folder, in memory, or later in a bucket, all through obstore.

An object exists as a whole or not at all. In a folder obstore writes to a file beside it (its name ends in # and a
number) and renames; such files are never listed as objects, and `sweep` removes those that killed writers left.
obstore does not flush a folder's files to disk; `sync` does. In a bucket an upload is durable as soon as it is there.
"""

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import LocalStore, MemoryStore

from tacit.records.errors import BadObjectNameError, MissingObjectError, ObjectStoreError
from tacit.seal.envelope import Sink
from tacit.store.disk import flush

if TYPE_CHECKING:
    from obstore import WritableFile  # obstore shows this name to type checkers only

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*")
_STAGED = re.compile(r".+#[0-9]+")  # arrow-rs object_store, src/local.rs, staged_upload_path

# Parts of an upload. A bucket takes none under 5 MiB but the last; memory holds two or three of them at a time.
_PART_BYTES = 8 * 1024 * 1024
_PARTS_IN_FLIGHT = 2
_READ_AHEAD_BYTES = 1024 * 1024


class Objects:
    """Named objects in one store. Names are parts of letters, digits, dots, dashes and underlines with slashes between.

    Every call raises ObjectStoreError where the store cannot be reached, read or written, and BadObjectNameError for a
    name that is none.

    Args:
        store: The store, from obstore.
        folder: Where the store's files lie; None where it is not on this machine's disk.
    """

    def __init__(self, store: LocalStore | MemoryStore, folder: Path | None) -> None:
        self._store = store
        self._folder = folder

    @contextmanager
    def writer(self, name: str) -> Iterator[Sink]:
        """Open a new object for writing front to back; it exists after a clean end, and not at all after a failure."""
        check_name(name)
        file = obstore.open_writer(self._store, name, buffer_size=_PART_BYTES, max_concurrency=_PARTS_IN_FLIGHT)
        try:
            yield _ObjectWriter(file, name)
        except BaseException as error:  # whatever it was, also Ctrl-C, nothing half-written stays
            file.__exit__(type(error), error, error.__traceback__)
            raise
        with _told(f"write {name}"):
            file.close()

    def create(self, name: str, content: bytes) -> bool:
        """Create an object, on disk when this returns; False where one of that name is there (it is left as it is)."""
        check_name(name)
        try:
            with _told(f"write {name}"):
                obstore.put(self._store, name, content, mode="create")
        except AlreadyExistsError:
            return False
        self.sync(name)
        return True

    def open(self, name: str) -> BinaryIO:
        """Open an object for reading; seekable, with a read-ahead of 1 MiB. Raises MissingObjectError."""
        return io.BufferedReader(_ObjectReader(self._store, name, self._size_bytes(name)), _READ_AHEAD_BYTES)

    def find(self, name: str) -> bytes | None:
        """The bytes of a small object; None where there is none."""
        check_name(name)
        try:
            with _told(f"read {name}"):
                return bytes(obstore.get(self._store, name).bytes())
        except FileNotFoundError:
            return None

    def exists(self, name: str) -> bool:
        """True where there is an object of that name."""
        try:
            self._size_bytes(name)
        except MissingObjectError:
            return False
        return True

    def list(self, prefix: str = "") -> list[str]:
        """Names of all objects whose first parts are these, sorted."""
        with _told(f"list {prefix or 'objects'}"):
            pages = obstore.list(self._store, prefix or None)
            return sorted(meta["path"] for page in pages for meta in page)

    def delete(self, name: str) -> None:
        """Delete an object; harmless where there is none."""
        check_name(name)
        try:
            with _told(f"delete {name}"):
                obstore.delete(self._store, name)
        except FileNotFoundError:
            return  # a folder says so, a bucket does not

    def sync(self, name: str) -> None:
        """Bring an object, and the folders it lies in, to disk. Raises MissingObjectError."""
        if not self.exists(name):
            raise MissingObjectError(name)
        if self._folder is None:
            return
        path = self._folder / name
        try:
            with _told(f"write {name}"):
                for place in (path, *(self._folder / part for part in Path(name).parents)):
                    flush(place)
        except FileNotFoundError as error:
            raise MissingObjectError(name) from error

    def sweep(self, prefix: str) -> None:
        """Remove what killed writers left under these first parts, and folders that hold nothing any more."""
        check_name(prefix)
        if self._folder is None:
            return
        with _told(f"clean {prefix}"):
            for top, _, names in os.walk(self._folder / prefix, topdown=False):
                for name in names:
                    if _STAGED.fullmatch(name):
                        (Path(top) / name).unlink(missing_ok=True)
                with suppress(OSError):  # it holds something, or is gone already
                    Path(top).rmdir()
            flush(self._folder)

    def _size_bytes(self, name: str) -> int:
        check_name(name)
        try:
            with _told(f"read {name}"):
                return int(obstore.head(self._store, name)["size"])
        except FileNotFoundError as error:
            raise MissingObjectError(name) from error


def file_objects(folder: Path) -> Objects:
    """Objects as files in a folder, which is made where it is missing."""
    with _told("make its folder"):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return Objects(LocalStore(prefix=folder), folder)


def memory_objects() -> Objects:
    """Objects that live as long as their process."""
    return Objects(MemoryStore(), None)


def check_name(name: str) -> None:
    """Refuse a name that could point outside its place or clash with files of the store's own.

    Raises:
        BadObjectNameError: The name has an empty part, one that starts with a dot, or a sign of another kind.
    """
    if not _NAME.fullmatch(name):
        raise BadObjectNameError(name)


class _ObjectWriter:
    """Takes bytes for one object and tells failures in our words; errors of the caller's own pass by untouched."""

    def __init__(self, file: "WritableFile", name: str) -> None:
        self._file = file
        self._name = name

    def write(self, data: bytes, /) -> int:
        """Take all of the bytes."""
        with _told(f"write {self._name}"):
            return self._file.write(data)


class _ObjectReader(io.RawIOBase):
    """Reads ranges of one object, whose size is known."""

    def __init__(self, store: LocalStore | MemoryStore, name: str, size_bytes: int) -> None:
        self._store = store
        self._name = name
        self._size_bytes = size_bytes
        self._position = 0

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]
        # typeshed asks for any Buffer, which Python 3.11 cannot name
        """Fill the buffer as far as the object goes."""
        view = memoryview(buffer).cast("B")
        wanted = min(len(view), max(0, self._size_bytes - self._position))
        if not wanted:
            return 0
        try:
            with _told(f"read {self._name}"):
                part = obstore.get_range(self._store, self._name, start=self._position, length=wanted)
        except FileNotFoundError as error:
            raise MissingObjectError(self._name) from error
        view[: len(part)] = memoryview(part)
        self._position += len(part)
        return len(part)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place in the object."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._size_bytes}[whence]
        self._position = origin + offset
        return self._position

    def tell(self) -> int:
        """The place that is read next."""
        return self._position

    def readable(self) -> bool:
        """True."""
        return True

    def seekable(self) -> bool:
        """True."""
        return True


@contextmanager
def _told(deed: str) -> Iterator[None]:
    """Turn what obstore and the disk say into a sentence of ours; pass on what callers ask about by its type."""
    try:
        yield
    except (AlreadyExistsError, FileNotFoundError):
        raise
    except (OSError, BaseError) as error:
        # obstore's own OSError has no number: the system's word stands in brackets, the rest is a dump of its insides.
        code = re.search(r"\(os error ([0-9]+)\)", str(error))
        cause = os.strerror(int(code.group(1))) if code else str(error).partition("\n")[0]
        if isinstance(error, OSError) and error.strerror:
            cause = error.strerror
        raise ObjectStoreError(deed, cause) from error
