"""Puts a file into the hands of somebody outside: whole or not at all, and never over another file."""

import os
from pathlib import Path

from tacit.records.errors import FileThereError, NoPageFolderError


def hand_out(path: Path, content: bytes) -> None:
    """Write a file, on disk when this returns; the same content again is harmless.

    Raises:
        FileThereError: There is a file with other contents; it is left alone.
        NoPageFolderError: The folder is not there.
    """
    path = path.resolve()
    if not path.parent.is_dir():
        raise NoPageFolderError(str(path.parent))
    if path.exists():
        if path.is_file() and path.read_bytes() == content:
            return
        raise FileThereError(str(path))
    draft = path.with_name(f".{path.name[:200]}.{os.getpid()}.tacit-new")
    try:
        with draft.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)  # unlike a rename, it never replaces what somebody put there meanwhile
        except FileExistsError as error:
            raise FileThereError(str(path)) from error
        except OSError:  # a stick or share whose file system has no links
            draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
