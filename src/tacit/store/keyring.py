"""The keyring: one key per worker, and the keys of the shop, all from a master key that lies elsewhere.

A file keyring lies outside the shop's folder, so that a backup of the shop, once restored, cannot bring a destroyed
key back. For the same reason a keyring must not be backed up together with the shop, and a copy of it has to be
replaced whenever a worker was erased.
"""

import hashlib
import hmac
import os
import secrets
from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import Path

from tacit.records.errors import ErasedError, KeyringError
from tacit.seal import signatures
from tacit.seal.canonical import utc_text
from tacit.seal.derive import KEY_BYTES, derive_key
from tacit.seal.envelope import open_bytes, seal_bytes
from tacit.store.disk import flush, write_new_file


class ShopKeys(ABC):
    """What both keyrings share: the shop's own keys, and sealing under a worker's key once that is found.

    Args:
        master_key: 32 secret bytes.
        shop_id: Tells shops with the same master key apart.
    """

    def __init__(self, master_key: bytes, shop_id: str) -> None:
        self._master_key = master_key
        self._salt = shop_id.encode()
        self._derived: dict[str, bytes] = {}

    @abstractmethod
    def create_worker_key(self, worker_uid: str) -> None:
        """Make a worker's key; harmless where there is one already."""

    @abstractmethod
    def destroy_worker_key(self, worker_uid: str) -> None:
        """Destroy a worker's key for good; harmless where there is none."""

    @abstractmethod
    def note_erasure(self, mark: str, erased_at: datetime) -> None:
        """Remember that whatever goes by this mark (an opaque id, or a keyed digest in hex) was erased, and when."""

    @abstractmethod
    def find_erasure(self, mark: str) -> datetime | None:
        """When something of that mark was erased; None where it never was."""

    @abstractmethod
    def _find_worker_key(self, worker_uid: str) -> bytes | None:
        """The worker's key as it is at this moment, whichever process made or destroyed it."""

    def has_worker_key(self, worker_uid: str) -> bool:
        """True while the worker's key exists."""
        return self._find_worker_key(worker_uid) is not None

    def seal(self, worker_uid: str, plaintext: bytes, context: str) -> bytes:
        """Encrypt under the worker's key; raises ErasedError where there is none."""
        return seal_bytes(self._worker_key(worker_uid), plaintext, context)

    def unseal(self, worker_uid: str, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal` made; raises ErasedError or TamperedError."""
        return open_bytes(self._worker_key(worker_uid), sealed, context)

    def seal_for_shop(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt under the shop's own sealing key."""
        return seal_bytes(self._shop_key("seal"), plaintext, context)

    def unseal_for_shop(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal_for_shop` made; raises TamperedError."""
        return open_bytes(self._shop_key("seal"), sealed, context)

    def mac(self, context: str, data: bytes) -> bytes:
        """HMAC-SHA-256 under a key that is derived for this context alone."""
        return hmac.digest(self._shop_key(f"mac {context}"), data, hashlib.sha256)

    def sign(self, message: bytes) -> str:
        """Ed25519 signature of the shop (hex)."""
        return signatures.sign(self._shop_key("sign"), message)

    def public_key(self) -> str:
        """The shop's Ed25519 public key (hex)."""
        return signatures.public_key_of(self._shop_key("sign"))

    def _worker_key(self, worker_uid: str) -> bytes:
        key = self._find_worker_key(worker_uid)
        if key is None:
            raise ErasedError(worker_uid)
        return key

    def _shop_key(self, use: str) -> bytes:
        if use not in self._derived:
            self._derived[use] = derive_key(self._master_key, self._salt, f"tacit shop key 1 {use}")
        return self._derived[use]


class MemoryKeyring(ShopKeys):
    """A keyring that lives as long as its process."""

    def __init__(self, master_key: bytes, shop_id: str) -> None:
        super().__init__(master_key, shop_id)
        self._keys: dict[str, bytes] = {}
        self._erasures: dict[str, datetime] = {}

    def create_worker_key(self, worker_uid: str) -> None:
        """Make a worker's key; harmless where there is one already."""
        self._keys.setdefault(worker_uid, secrets.token_bytes(KEY_BYTES))

    def destroy_worker_key(self, worker_uid: str) -> None:
        """Forget a worker's key; harmless where there is none."""
        self._keys.pop(worker_uid, None)

    def note_erasure(self, mark: str, erased_at: datetime) -> None:
        """Remember an erasure."""
        self._erasures[mark] = erased_at

    def find_erasure(self, mark: str) -> datetime | None:
        """When something of that mark was erased."""
        return self._erasures.get(mark)

    def _find_worker_key(self, worker_uid: str) -> bytes | None:
        return self._keys.get(worker_uid)


class FileKeyring(ShopKeys):
    """A keyring in a folder: one file per worker, `<worker_uid>.key`, wrapped under a key of the shop.

    Opened keys are kept in memory, but every use looks at the file first: once another process destroyed it, it is
    gone here too.

    Args:
        folder: Outside the shop's folder, for this shop alone; made where it is missing, readable by its owner only.
        master_key: 32 secret bytes.
        shop_id: Tells shops with the same master key apart.

    Raises:
        KeyringError: From every call, where the folder or a file in it cannot be read or written.
    """

    def __init__(self, folder: Path, master_key: bytes, shop_id: str) -> None:
        super().__init__(master_key, shop_id)
        self._folder = folder
        self._opened: dict[str, tuple[tuple[int, int], bytes]] = {}
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error

    def create_worker_key(self, worker_uid: str) -> None:
        """Make a worker's key, on disk when this returns; harmless where there is one already."""
        path = self._path(worker_uid)
        wrapped = seal_bytes(self._shop_key("wrap"), secrets.token_bytes(KEY_BYTES), worker_uid)
        draft = self._folder / f"{worker_uid}.{secrets.token_hex(4)}.draft"
        try:
            write_new_file(draft, wrapped)
            try:
                os.link(draft, path)  # unlike a rename, it never replaces the key of somebody who was quicker
            except FileExistsError:
                return
            finally:
                draft.unlink()
            flush(self._folder)
        except OSError as error:
            raise self._unusable(error) from error

    def destroy_worker_key(self, worker_uid: str) -> None:
        """Overwrite a worker's key file, then remove it, on disk when this returns; harmless where there is none.

        Media that write elsewhere than they are told (flash, copy-on-write) may keep the old bytes for a while; they
        are wrapped under the master key, so both would be needed.
        """
        self._opened.pop(worker_uid, None)
        try:
            # Drafts of a process that was killed while making this very key go too.
            for path in (self._path(worker_uid), *self._folder.glob(f"{worker_uid}.*.draft")):
                _overwrite_and_remove(path)
            flush(self._folder)
        except OSError as error:
            raise self._unusable(error) from error

    def note_erasure(self, mark: str, erased_at: datetime) -> None:
        """Remember an erasure where no old copy of the shop can make it forgotten; on disk when this returns."""
        draft = self._folder / f"{mark}.{secrets.token_hex(4)}.draft"
        try:
            write_new_file(draft, utc_text(erased_at).encode())
            draft.replace(self._folder / f"{mark}.erased")
            flush(self._folder)
        except OSError as error:
            raise self._unusable(error) from error

    def find_erasure(self, mark: str) -> datetime | None:
        """When something of that mark was erased."""
        try:
            return datetime.fromisoformat((self._folder / f"{mark}.erased").read_text("ascii"))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from error

    def _find_worker_key(self, worker_uid: str) -> bytes | None:
        path = self._path(worker_uid)
        try:
            status = path.stat()
            stamp = (status.st_ino, status.st_mtime_ns)
            known = self._opened.get(worker_uid)
            if known and known[0] == stamp:
                return known[1]
            wrapped = path.read_bytes()
        except FileNotFoundError:
            self._opened.pop(worker_uid, None)
            return None
        except OSError as error:
            raise self._unusable(error) from error
        key = open_bytes(self._shop_key("wrap"), wrapped, worker_uid)
        self._opened[worker_uid] = (stamp, key)
        return key

    def _path(self, worker_uid: str) -> Path:
        return self._folder / f"{worker_uid}.key"

    def _unusable(self, error: OSError) -> KeyringError:
        return KeyringError(str(self._folder), error.strerror or "unknown")


def _overwrite_and_remove(path: Path) -> None:
    """Replace a file's bytes by random ones on disk, then remove it; does nothing where there is none."""
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(path.stat().st_size))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
    except FileNotFoundError:
        return  # another process was quicker
