"""Puts a file to look at into its place: whole or not at all, and never over something that is not of ours."""

import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tacit.records.errors import ForeignPageError, NoPageFolderError

MARK = b'<meta name="generator" content="tacit">'
"""Stands in the head of every page of ours, by the template of them all."""
RERUN_MARKS = (b"RRF2", b"tacit")
"""Stand at the beginning of every file for the Rerun viewer that we write: its format, and who wrote it."""
_MARK_WITHIN_BYTES = 512


def require_page_place(path: Path, marks: Sequence[bytes] = (MARK,)) -> None:
    """Check that a page may be written here: nothing, or a page of ours, with all our marks at its beginning.

    Raises:
        ForeignPageError: Something is here that we did not make and will not replace.
        NoPageFolderError: The folder is not there.
    """
    path = path.resolve()
    if not path.parent.is_dir():
        raise NoPageFolderError(str(path.parent))
    if path.is_dir():
        raise ForeignPageError(str(path), "it is a folder")
    if path.exists() and not _has_marks(path, marks):
        raise ForeignPageError(str(path), "it is no page of tacit")


def require_film_place(path: Path, end: bytes) -> None:
    """Check that a film may be written here: nothing, or a film of ours, by the bytes it ends with.

    Raises:
        ForeignPageError: Something is here that we did not make and will not replace.
        NoPageFolderError: The folder is not there.
    """
    path = path.resolve()
    if not path.parent.is_dir():
        raise NoPageFolderError(str(path.parent))
    if path.is_dir():
        raise ForeignPageError(str(path), "it is a folder")
    if path.exists() and not _has_end(path, end):
        raise ForeignPageError(str(path), "it is no film that tacit wrote")


def write_page(path: Path, page: str) -> None:
    """Write a page, on disk when this returns; an older page of ours there is replaced at once.

    Args:
        page: As `render_template` writes it, with our mark in its head.

    Raises:
        ForeignPageError: Something else is here.
        NoPageFolderError: The folder is not there.
    """
    with replace_page(path) as file:
        file.write(page.encode())


@contextmanager
def replace_page(path: Path, marks: Sequence[bytes] = (MARK,)) -> Iterator[BinaryIO]:
    """Write a file part by part; it is in its place, on disk, after a clean end, and not at all after a failure.

    Raises:
        ForeignPageError: Something else is here.
        NoPageFolderError: The folder is not there.
    """
    require_page_place(path, marks)
    path = path.resolve()
    unfinished = path.with_name(f".{path.name[:200]}.tacit-new-{secrets.token_hex(4)}")
    try:
        with unfinished.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _has_marks(path: Path, marks: Sequence[bytes]) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        head = file.read(_MARK_WITHIN_BYTES)
    return all(mark in head for mark in marks)


def _has_end(path: Path, end: bytes) -> bool:
    if not path.is_file() or path.stat().st_size < len(end):
        return False
    with path.open("rb") as file:
        file.seek(-len(end), os.SEEK_END)
        return file.read() == end
