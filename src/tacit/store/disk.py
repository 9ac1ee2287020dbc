"""Making the disk keep its word: a file's name is safe only once its folder was flushed too."""

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Bring a file's bytes, or a folder's names, to disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def write_new_file(path: Path, content: bytes) -> None:
    """Write a new file that only its owner can open, on disk when this returns; its folder must exist.

    Raises:
        FileExistsError: There is one of that name; it is left alone.
        OSError: It cannot be written.
    """
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    flush(path.parent)
