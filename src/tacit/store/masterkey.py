"""The master key of a shop: made, read, derived from a passphrase, and told from a wrong one.

It never lies inside the shop's folder. As text it is one line: a version word, a colon and 32 bytes in base64.
"""

import base64
import binascii
import os
import re
import secrets
import stat
from pathlib import Path

from tacit.records.errors import (
    BadMasterKeyError,
    ExposedKeyFileError,
    KeyringError,
    MasterKeyThereError,
    MissingMasterKeyError,
    ShortPassphraseError,
    WrongMasterKeyError,
)
from tacit.seal.derive import KEY_BYTES, derive_key, stretch
from tacit.store.disk import write_new_file

PASSPHRASE_LENGTH_MIN = 12
SALT_BYTES = 16

_VERSION_WORD = "tacit-key-1"
_PASSPHRASE_COST_LOG2 = 17  # 128 MiB; OWASP Password Storage Cheat Sheet, scrypt, read 2026-11


def create_master_key(path: Path) -> bytes:
    """Make a random master key and write it to a new file that only its owner can read.

    Raises:
        MasterKeyThereError: There is a file already; it is left alone.
        KeyringError: The file cannot be written.
    """
    key = secrets.token_bytes(KEY_BYTES)
    if path.exists():
        raise MasterKeyThereError(str(path))
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_new_file(path, encode_master_key(key).encode() + b"\n")
    except OSError as error:
        raise KeyringError(str(path), error.strerror or "unknown") from error
    return key


def load_master_key(path: Path) -> bytes:
    """Read the master key from its file.

    Raises:
        MissingMasterKeyError: There is no such file.
        ExposedKeyFileError: Others than its owner may read or write it.
        BadMasterKeyError: It holds something else.
        KeyringError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            mode = stat.S_IMODE(os.fstat(file.fileno()).st_mode)
            if os.name == "posix" and mode & 0o077:
                raise ExposedKeyFileError(str(path), mode)
            text = file.read(4096)
    except FileNotFoundError as error:
        raise MissingMasterKeyError(str(path)) from error
    except OSError as error:
        raise KeyringError(str(path), error.strerror or "unknown") from error
    return decode_master_key(text.decode("ascii", "replace"), f"The file {path}")


def encode_master_key(key: bytes) -> str:
    """Write a master key as its one line of text."""
    return f"{_VERSION_WORD}:{base64.b64encode(key).decode()}"


def decode_master_key(text: str, source: str) -> bytes:
    """Read a master key from its one line of text; white space around it does not matter.

    Args:
        text: What `encode_master_key` wrote.
        source: Where the text came from, for the error; begins the sentence, such as "The file /keys/shop".

    Raises:
        BadMasterKeyError: The text is something else.
    """
    found = re.fullmatch(rf"{_VERSION_WORD}:([A-Za-z0-9+/]{{43}}=)", text.strip())
    if not found:
        raise BadMasterKeyError(source)
    try:
        return base64.b64decode(found.group(1), validate=True)
    except binascii.Error as error:
        raise BadMasterKeyError(source) from error


def new_salt() -> str:
    """Make a salt (hex) for `derive_master_key`; it is no secret and is kept in the shop's settings."""
    return secrets.token_hex(SALT_BYTES)


def derive_master_key(passphrase: str, salt: str) -> bytes:
    """Derive the master key from a passphrase and the shop's salt (hex); takes about half a second on purpose.

    Raises:
        ShortPassphraseError: It has fewer than twelve characters.
    """
    if len(passphrase) < PASSPHRASE_LENGTH_MIN:
        raise ShortPassphraseError(len(passphrase), PASSPHRASE_LENGTH_MIN)
    return stretch(passphrase, bytes.fromhex(salt), _PASSPHRASE_COST_LOG2)


def shop_check(master_key: bytes, shop_id: str) -> str:
    """A value (hex) for the shop's settings that tells the right master key from a wrong one and gives nothing away."""
    return derive_key(master_key, shop_id.encode(), "tacit shop check 1")[:16].hex()


def check_master_key(master_key: bytes, shop_id: str, check: str) -> None:
    """Compare a master key with the shop's check value.

    Raises:
        WrongMasterKeyError: It is not the key that this shop was made with.
    """
    if not secrets.compare_digest(shop_check(master_key, shop_id), check):
        raise WrongMasterKeyError(shop_id)
