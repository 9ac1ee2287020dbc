"""Key files on disk: made for their owner alone, and read. No shop is needed, and none keeps a copy."""

import os
from pathlib import Path

from tacit.records.errors import DamagedKeyFileError, KeyFileThereError, UnreadableFileError
from tacit.records.oneline import require_one_line
from tacit.seal.keyfile import COST_LOG2, KeyFile, key_file_text, new_key_file, parse_key_file

_SIZE_BYTES_MAX = 64 * 1024  # of a whole key file with a long name


def create_key_file(path: Path, name: str, pin: str, cost_log2: int = COST_LOG2) -> KeyFile:
    """Make a key and write it to a new file that only its owner can open, on disk when this returns.

    Raises:
        KeyFileThereError: There is a file already; it is left alone.
        ShortPinError: The PIN has fewer than six characters.
        ControlCharacterError: The name is not one plain line.
    """
    require_one_line("name", name)
    key_file = new_key_file(name, pin, cost_log2)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise KeyFileThereError(str(path)) from error
    with os.fdopen(handle, "wb") as file:
        file.write(key_file_text(key_file).encode())
        file.flush()
        os.fsync(file.fileno())
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # a name is safe only once its folder was flushed
    finally:
        os.close(folder)
    return key_file


def load_key_file(path: Path) -> KeyFile:
    """Read a key file; what is private in it stays locked.

    Raises:
        UnreadableFileError: It cannot be read.
        DamagedKeyFileError: It is no key file, or was changed since it was made.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_SIZE_BYTES_MAX + 1)
    except OSError as error:
        raise UnreadableFileError(str(path), error.strerror or "unknown") from error
    if len(content) > _SIZE_BYTES_MAX:
        raise DamagedKeyFileError(str(path), "it is no key file of tacit")
    return parse_key_file(content, str(path))
