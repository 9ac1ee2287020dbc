"""The vault: sealed objects of workers, opened against a permit for that very worker (rule R1).

Objects are called `<worker_uid>/<unit_id>/<attempt>/<file>`; callers name the part after the worker, and the vault adds
the worker of the permit, so that a permit can never reach another worker's objects. The commit record of a unit lies at
`<worker_uid>/<unit_id>/commit` (rule D2), and the tombstone of an erased worker at `tombstones/<worker_uid>`. A
tombstone is written before anything is deleted, and every writer looks for it after having written: so one of the two
always sees the other, and nothing of an erased worker stays.
"""

import hashlib
import io
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import BinaryIO, cast

from tacit.flows.catalogue_port import Unseal
from tacit.flows.ports import Keys
from tacit.records.errors import (
    CatalogueDamageError,
    ErasedError,
    MissingObjectError,
    ObjectStoreError,
    TamperedError,
    WrongPermitError,
)
from tacit.records.permit import Action, Permit
from tacit.records.recording import Outcome, Recording
from tacit.seal.envelope import SealedReader, SealedWriter
from tacit.store.codec import decode_record, encode_record
from tacit.store.objects import Objects, check_name

_TOMBSTONES = "tombstones"
_COMMIT = "commit"
_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True)
class _Commit:
    """A commit record: enough to rebuild the catalogue's rows of a recording (rule D2)."""

    recording: Recording
    outcome: Outcome


class ObjectVault:
    """The vault over any object store and keyring.

    Args:
        objects: Where sealed bytes lie.
        keys: The keyring that holds the workers' keys.
    """

    def __init__(self, objects: Objects, keys: Keys) -> None:
        self._objects = objects
        self._keys = keys

    @contextmanager
    def create(self, permit: Permit, name: str) -> Iterator[BinaryIO]:
        """Open a new sealed object for writing front to back; after a failure inside, there is none.

        Raises:
            WrongPermitError: The permit is not one to derive.
            ErasedError: The worker was erased, before or meanwhile.
        """
        full_name = self._full_name_to_write(permit, name)
        with self._erasure_told(permit.worker_uid), self._objects.writer(full_name) as sink:
            stream = SealedWriter(sink, partial(self._keys.seal, permit.worker_uid), full_name)
            try:
                yield cast(BinaryIO, stream)  # RawIOBase has all that BinaryIO promises for writing
            except BaseException:
                stream.abandon()
                raise
            stream.close()
        self._take_back_if_erased(permit.worker_uid, full_name)

    def open(self, permit: Permit, name: str) -> BinaryIO:
        """Open a sealed object for reading; seekable. Raises MissingObjectError, TamperedError, ErasedError."""
        full_name = f"{permit.worker_uid}/{name}"
        check_name(full_name)
        self._check_not_erased(permit.worker_uid)
        with self._erasure_told(permit.worker_uid):
            source = self._objects.open(full_name)
        return cast(BinaryIO, SealedReader(source, partial(self._keys.unseal, permit.worker_uid), full_name))

    def commit(self, permit: Permit, recording: Recording, outcome: Outcome) -> bool:
        """Create the commit record of a unit of work, after what it names is on disk; False where there is one.

        Raises:
            WrongPermitError: The permit is not one to derive, or is for another worker than the recording's.
            MissingObjectError: The outcome names an object that is not there.
            ErasedError: The worker was erased, before or meanwhile.
        """
        if recording.worker_uid != permit.worker_uid:
            raise WrongPermitError("commit for another worker", permit.action.value, "derive from that worker")
        full_name = self._full_name_to_write(permit, f"{outcome.unit_id}/{_COMMIT}")
        with self._erasure_told(permit.worker_uid):
            for key in outcome.object_keys:
                self._objects.sync(f"{permit.worker_uid}/{key}")
            record = encode_record(_Commit(recording, outcome))
            sealed = self._keys.seal(permit.worker_uid, record, full_name)
            is_ours = self._objects.create(full_name, sealed)
        self._take_back_if_erased(permit.worker_uid, full_name)
        return is_ours

    def find_outcome(self, permit: Permit, unit_id: str) -> Outcome | None:
        """The committed outcome of a unit of work of the permit's worker."""
        self._check_not_erased(permit.worker_uid)
        found = self._read_commit(permit.worker_uid, f"{permit.worker_uid}/{unit_id}/{_COMMIT}")
        return None if found is None else found.outcome

    def committed(self) -> Iterator[tuple[Recording, Outcome]]:
        """Every commit record of a worker who was not erased, by name; reads no footage, so it needs no permit."""
        names = [name.split("/") for name in self._objects.list()]
        erased = {parts[1] for parts in names if parts[0] == _TOMBSTONES}
        for parts in names:
            if len(parts) != 3 or parts[2] != _COMMIT or parts[0] in erased:
                continue
            try:
                found = self._read_commit(parts[0], "/".join(parts))
            except ErasedError:
                continue  # the key went first; the objects follow as soon as the erasure goes on
            if found is not None:
                yield found.recording, found.outcome

    def has_unit(self, worker_uid: str, unit_id: str) -> bool:
        """True where a unit of work has its commit record."""
        return self._objects.exists(f"{worker_uid}/{unit_id}/{_COMMIT}")

    def drop_attempts(self, worker_uid: str, unit_id: str, keep: Sequence[str]) -> int:
        """Delete objects of a unit of work other than its commit record and those to keep; returns how many."""
        prefix = f"{worker_uid}/{unit_id}"
        kept = {f"{prefix}/{_COMMIT}", *(f"{worker_uid}/{name}" for name in keep)}
        dropped = [name for name in self._objects.list(prefix) if name not in kept]
        for name in dropped:
            self._objects.delete(name)
        self._objects.sweep(prefix)
        return len(dropped)

    def drop_units(self, worker_uid: str, keep: Collection[str]) -> int:
        """Delete all of a worker's units of work other than those to keep, commit records last; returns how many."""
        names = [name.split("/") for name in self._objects.list(worker_uid)]
        dropped = sorted((parts for parts in names if parts[1] not in keep), key=lambda parts: parts[-1] == _COMMIT)
        for parts in dropped:
            self._objects.delete("/".join(parts))
        units = {parts[1] for parts in dropped}
        for unit_id in units:
            self._objects.sweep(f"{worker_uid}/{unit_id}")
        return len(units)

    def drop_all_but(self, worker_uid: str, recordings: Collection[str]) -> int:
        """Delete all units of work of a worker but those committed for these recordings; returns how many.

        Those that were sealed off, too. A unit that was never committed goes, for nobody can tell of which recording
        it is. Nothing is deleted before every commit record was read.

        Raises:
            ErasedError: The worker's key is gone, so that no commit record can be read.
            TamperedError: A commit record was changed.
        """
        names = [name.split("/") for name in self._objects.list(worker_uid)]
        keep = set()
        for unit_id in sorted({parts[1] for parts in names if parts[-1] == _COMMIT}):
            found = self._read_commit(worker_uid, f"{worker_uid}/{unit_id}/{_COMMIT}")
            if found is not None and found.recording.recording_id in recordings:
                keep.add(unit_id)
        return self.drop_units(worker_uid, keep)

    def erase(self, worker_uid: str) -> int:
        """Leave a tombstone, then delete every object of a worker; returns how many were deleted."""
        self._objects.create(f"{_TOMBSTONES}/{worker_uid}", b"")
        names = self._objects.list(worker_uid)
        for name in names:
            self._objects.delete(name)
        self._objects.sweep(worker_uid)
        return len(names)

    def is_erased(self, worker_uid: str) -> bool:
        """True where there is a tombstone."""
        return self._objects.exists(f"{_TOMBSTONES}/{worker_uid}")

    def find_broken_objects(self, worker_uid: str) -> list[str]:
        """Names of a worker's objects that were changed, in order; each is decrypted to its end and thrown away."""
        broken = []
        for full_name in self._objects.list(worker_uid):
            try:
                if full_name.endswith(f"/{_COMMIT}"):
                    self._read_commit(worker_uid, full_name)
                    continue
                with self._objects.open(full_name) as source:
                    reader = SealedReader(source, partial(self._keys.unseal, worker_uid), full_name)
                    while reader.read(_CHUNK_BYTES):
                        pass
            except (TamperedError, CatalogueDamageError):
                broken.append(full_name)
        return broken

    def seal_off(self, worker_uid: str) -> None:
        """Leave a tombstone and the objects as they are: for every other call here they are not there any more."""
        self._objects.create(f"{_TOMBSTONES}/{worker_uid}", b"")

    def list_held(self, worker_uid: str) -> list[str]:
        """Names of the objects that there are of a worker, sealed off or not."""
        return [name.removeprefix(f"{worker_uid}/") for name in self._objects.list(worker_uid)]

    def hash_held(self, worker_uid: str) -> dict[str, str]:
        """SHA-256 (hex) of each object of a worker as it lies, by name; nothing is decrypted."""
        hashes = {}
        for name in self.list_held(worker_uid):
            digest = hashlib.sha256()
            with self._objects.open(f"{worker_uid}/{name}") as source:
                while chunk := source.read(_CHUNK_BYTES):
                    digest.update(chunk)
            hashes[name] = digest.hexdigest()
        return hashes

    def open_held(self, worker_uid: str, name: str, unseal: Unseal) -> BinaryIO:
        """Open an object that was sealed off, with the key that two halves made; seekable.

        Raises:
            MissingObjectError: There is none of that name.
            TamperedError: It was changed, or the key is another one.
        """
        full_name = f"{worker_uid}/{name}"
        source = self._objects.open(full_name)
        if not name.endswith(f"/{_COMMIT}"):
            return cast(BinaryIO, SealedReader(source, unseal, full_name))
        with source:
            return io.BytesIO(unseal(source.read(), full_name))

    def _full_name_to_write(self, permit: Permit, name: str) -> str:
        if permit.action not in (Action.DERIVE, Action.REVIEW):
            raise WrongPermitError("write", permit.action.value, Action.DERIVE.value)
        full_name = f"{permit.worker_uid}/{name}"
        check_name(full_name)
        self._check_not_erased(permit.worker_uid)
        return full_name

    def _check_not_erased(self, worker_uid: str) -> None:
        if self.is_erased(worker_uid):
            raise ErasedError(worker_uid)

    @contextmanager
    def _erasure_told(self, worker_uid: str) -> Iterator[None]:
        """Where an erasure took files away under our hands, say so, and not that something is damaged."""
        try:
            yield
        except (ObjectStoreError, MissingObjectError):
            self._check_not_erased(worker_uid)
            raise

    def _take_back_if_erased(self, worker_uid: str, full_name: str) -> None:
        if self.is_erased(worker_uid):
            self._objects.delete(full_name)
            self._objects.sweep(worker_uid)
            raise ErasedError(worker_uid)

    def _read_commit(self, worker_uid: str, full_name: str) -> _Commit | None:
        sealed = self._objects.find(full_name)
        if sealed is None:
            return None
        return decode_record(_Commit, self._keys.unseal(worker_uid, sealed, full_name))
