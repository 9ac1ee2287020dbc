"""Puts a page into its place: whole or not at all, and never over something that is no page of ours."""

import os
import secrets
from pathlib import Path

from tacit.records.errors import ForeignPageError, NoPageFolderError

MARK = b'<meta name="generator" content="tacit">'
"""Stands in the head of every page of ours, by the template of them all."""
_MARK_WITHIN_BYTES = 512


def require_page_place(path: Path) -> None:
    """Check that a page may be written here: nothing, or a page of ours.

    Raises:
        ForeignPageError: Something is here that we did not make and will not replace.
        NoPageFolderError: The folder is not there.
    """
    path = path.resolve()
    if not path.parent.is_dir():
        raise NoPageFolderError(str(path.parent))
    if path.is_dir():
        raise ForeignPageError(str(path), "it is a folder")
    if path.exists() and not _is_page(path):
        raise ForeignPageError(str(path), "it is no page of tacit")


def write_page(path: Path, page: str) -> None:
    """Write a page, on disk when this returns; an older page of ours there is replaced at once.

    Args:
        page: As `render_template` writes it, with our mark in its head.

    Raises:
        ForeignPageError: Something else is here.
        NoPageFolderError: The folder is not there.
    """
    require_page_place(path)
    path = path.resolve()
    unfinished = path.with_name(f".{path.name[:200]}.tacit-new-{secrets.token_hex(4)}")
    try:
        with unfinished.open("x", encoding="utf-8") as file:
            file.write(page)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _is_page(path: Path) -> bool:
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return MARK in file.read(_MARK_WITHIN_BYTES)
