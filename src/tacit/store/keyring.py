"""The keyring: one key per worker, and the keys of the shop, all from a master key that lies elsewhere.

A file keyring lies outside the shop's folder, so that a backup of the shop, once restored, cannot bring a destroyed
key back. For the same reason a keyring must not be backed up together with the shop, and a copy of it has to be
replaced whenever a worker was erased.
"""

import hashlib
import hmac
import os
import re
import secrets
from abc import ABC, abstractmethod
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path

from tacit.flows.catalogue_port import Unseal
from tacit.records.errors import ErasedError, KeyringError, TamperedError
from tacit.seal import signatures
from tacit.seal.canonical import utc_text
from tacit.seal.derive import KEY_BYTES, derive_key
from tacit.seal.envelope import open_bytes, seal_bytes
from tacit.store.disk import flush, write_new_file

_PLAIN_MOMENT = re.compile(rb"[0-9]{4}-[0-9T:.+Z-]+")
_MARKS_SEALED = "marks-sealed"


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
    def find_broken_keys(self) -> list[str]:
        """Names of the files in the keyring that were changed, in order."""

    @abstractmethod
    def _find_worker_key(self, worker_uid: str) -> bytes | None:
        """The worker's key as it is at this moment, whichever process made or destroyed it."""

    @abstractmethod
    def destroy_half(self, worker_uid: str) -> None:
        """Destroy the first half of a hold key, and the wrapped key with it; harmless where there is none."""

    @abstractmethod
    def _keep_half(self, worker_uid: str, kept: bytes) -> None:
        """Keep the first half and the wrapped key, in the place of what was kept before."""

    @abstractmethod
    def _find_half(self, worker_uid: str) -> bytes | None:
        """What `_keep_half` kept."""

    def has_worker_key(self, worker_uid: str) -> bool:
        """True while the worker's key exists."""
        return self._find_worker_key(worker_uid) is not None

    def split_worker_key(self, worker_uid: str) -> bytes:
        """Wrap the worker's key under a hold key of two halves, keep the first, and return the second.

        Either half alone is random bytes and says nothing. The worker's key itself stays until it is destroyed.

        Raises:
            ErasedError: There is no such key.
        """
        first, second = secrets.token_bytes(KEY_BYTES), secrets.token_bytes(KEY_BYTES)
        wrapped = seal_bytes(_join(first, second), self._worker_key(worker_uid), f"hold/{worker_uid}")
        self._keep_half(worker_uid, first + wrapped)
        return second

    def has_half(self, worker_uid: str) -> bool:
        """True while the first half of a worker's hold key is there."""
        return self._find_half(worker_uid) is not None

    def join_halves(self, worker_uid: str, second_half: bytes) -> Unseal:
        """What opens sealed bytes of a worker under a hold.

        Raises:
            ErasedError: The first half was destroyed.
            TamperedError: The second half is not the one that was given out.
        """
        kept = self._find_half(worker_uid)
        if kept is None:
            raise ErasedError(worker_uid)
        if len(second_half) != KEY_BYTES:
            raise TamperedError(f"hold/{worker_uid}")
        hold_key = _join(kept[:KEY_BYTES], second_half)
        return partial(open_bytes, open_bytes(hold_key, kept[KEY_BYTES:], f"hold/{worker_uid}"))

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


def _join(first: bytes, second: bytes) -> bytes:
    return bytes(a ^ b for a, b in zip(first, second, strict=True))


class MemoryKeyring(ShopKeys):
    """A keyring that lives as long as its process."""

    def __init__(self, master_key: bytes, shop_id: str) -> None:
        super().__init__(master_key, shop_id)
        self._keys: dict[str, bytes] = {}
        self._erasures: dict[str, datetime] = {}
        self._halves: dict[str, bytes] = {}

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

    def destroy_half(self, worker_uid: str) -> None:
        """Forget the first half of a hold key; harmless where there is none."""
        self._halves.pop(worker_uid, None)

    def find_broken_keys(self) -> list[str]:
        """None: there are no files."""
        return []

    def _keep_half(self, worker_uid: str, kept: bytes) -> None:
        self._halves[worker_uid] = kept

    def _find_half(self, worker_uid: str) -> bytes | None:
        return self._halves.get(worker_uid)

    def _find_worker_key(self, worker_uid: str) -> bytes | None:
        return self._keys.get(worker_uid)


class FileKeyring(ShopKeys):
    """A keyring in a folder: one file per worker, `<worker_uid>.key`, wrapped under a key of the shop.

    Of a worker under a legal hold there is `<worker_uid>.half` instead: the first half of the hold key and the worker's
    key, wrapped under both halves.

    Opened keys are kept in memory, but every use looks at the file first: once another process destroyed it, it is
    gone here too.

    Marks of erasures were noted in the clear at first. The first opening seals those, and says so in a sealed file
    `marks-sealed`; a mark in the clear that turns up later was put there by somebody without the master key.

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
            if not (folder / _MARKS_SEALED).exists():
                self._seal_plain_marks()
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
        # Drafts of a process that was killed while making this very key go too.
        self._destroy(self._path(worker_uid), *self._folder.glob(f"{worker_uid}.*.draft"))

    def destroy_half(self, worker_uid: str) -> None:
        """Overwrite the first half of a hold key, then remove it, as `destroy_worker_key` does."""
        self._destroy(self._half_path(worker_uid), *self._folder.glob(f"{worker_uid}.*.draft"))

    def _destroy(self, *paths: Path) -> None:
        try:
            for path in paths:
                _overwrite_and_remove(path)
            flush(self._folder)
        except OSError as error:
            raise self._unusable(error) from error

    def _keep_half(self, worker_uid: str, kept: bytes) -> None:
        draft = self._folder / f"{worker_uid}.{secrets.token_hex(4)}.draft"
        try:
            write_new_file(draft, seal_bytes(self._shop_key("wrap"), kept, f"half {worker_uid}"))
            draft.replace(self._half_path(worker_uid))
            flush(self._folder)
        except OSError as error:
            raise self._unusable(error) from error

    def _find_half(self, worker_uid: str) -> bytes | None:
        try:
            wrapped = self._half_path(worker_uid).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from error
        return open_bytes(self._shop_key("wrap"), wrapped, f"half {worker_uid}")

    def note_erasure(self, mark: str, erased_at: datetime) -> None:
        """Remember an erasure where no old copy of the shop can make it forgotten; on disk when this returns."""
        try:
            self._write_sealed(f"{mark}.erased", utc_text(erased_at).encode(), f"erased {mark}")
        except OSError as error:
            raise self._unusable(error) from error

    def _seal_plain_marks(self) -> None:
        for path in sorted(self._folder.glob("*.erased")):
            noted = path.read_bytes()
            if _PLAIN_MOMENT.fullmatch(noted):
                self._write_sealed(path.name, noted, f"erased {path.stem}")
        self._write_sealed(_MARKS_SEALED, b"", _MARKS_SEALED)

    def _write_sealed(self, name: str, content: bytes, context: str) -> None:
        draft = self._folder / f"{name.partition('.')[0]}.{secrets.token_hex(4)}.draft"
        write_new_file(draft, seal_bytes(self._shop_key("wrap"), content, context))
        draft.replace(self._folder / name)
        flush(self._folder)

    def find_erasure(self, mark: str) -> datetime | None:
        """When something of that mark was erased. Raises TamperedError."""
        try:
            noted = (self._folder / f"{mark}.erased").read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from error
        return datetime.fromisoformat(open_bytes(self._shop_key("wrap"), noted, f"erased {mark}").decode())

    def find_broken_keys(self) -> list[str]:
        """Names of the files in the keyring that were changed, in order."""
        readers: dict[str, Callable[[str], object]] = {
            ".key": self._find_worker_key,
            ".half": self._find_half,
            ".erased": self.find_erasure,
        }
        self._opened.clear()
        broken = []
        for path in sorted(self._folder.iterdir()):
            try:
                if path.suffix in readers:
                    readers[path.suffix](path.stem)
                elif path.name == _MARKS_SEALED:
                    open_bytes(self._shop_key("wrap"), path.read_bytes(), _MARKS_SEALED)
            except TamperedError:
                broken.append(path.name)
        return broken

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

    def _half_path(self, worker_uid: str) -> Path:
        return self._folder / f"{worker_uid}.half"

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
