"""The ports: what the flows need from the world, in the flows' own words. `store`, `engine` and `cli` fill them in."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from tacit.flows.catalogue_port import Catalogue, Unseal
from tacit.records.permit import Permit
from tacit.records.recording import Outcome, Recording

if TYPE_CHECKING:
    from tacit.footage.probe import Probe  # it brings the decoders with it, and processes of the engine start without


class Keys(Protocol):
    """The keyring: one key per worker, and keys of the shop. It lives outside the shop's folder."""

    def create_worker_key(self, worker_uid: str) -> None:
        """Make a worker's key; every other call about that worker needs it."""

    def has_worker_key(self, worker_uid: str) -> bool:
        """True while the worker's key exists."""

    def destroy_worker_key(self, worker_uid: str) -> None:
        """Destroy a worker's key for good; harmless where there is none."""

    def note_erasure(self, mark: str, erased_at: datetime) -> None:
        """Remember that whatever goes by this mark (an opaque id, or a keyed digest in hex) was erased, and when."""

    def find_erasure(self, mark: str) -> datetime | None:
        """When something of that mark was erased; no old copy of the shop makes it forgotten."""

    def split_worker_key(self, worker_uid: str) -> bytes:
        """Wrap the worker's key under a hold key of two halves, keep the first, and return the second.

        The worker's key itself stays until it is destroyed; splitting again makes the halves from before worthless.
        """

    def has_half(self, worker_uid: str) -> bool:
        """True while the first half of a worker's hold key is there."""

    def join_halves(self, worker_uid: str, second_half: bytes) -> Unseal:
        """What opens sealed bytes of a worker under a hold; raises ErasedError, or TamperedError for a wrong half."""

    def destroy_half(self, worker_uid: str) -> None:
        """Destroy the first half, and the wrapped key with it, for good; harmless where there is none."""

    def seal(self, worker_uid: str, plaintext: bytes, context: str) -> bytes:
        """Encrypt under the worker's key; `context` names the place and must be the same when opened."""

    def unseal(self, worker_uid: str, sealed: bytes, context: str) -> bytes:
        """Decrypt; raises ErasedError where the key was destroyed, TamperedError where the bytes were changed."""

    def seal_for_shop(self, plaintext: bytes, context: str) -> bytes:
        """Encrypt under a key of the shop."""

    def unseal_for_shop(self, sealed: bytes, context: str) -> bytes:
        """Decrypt what `seal_for_shop` made."""

    def mac(self, context: str, data: bytes) -> bytes:
        """HMAC-SHA-256 under a key of the shop that is used for this context alone."""

    def find_broken_keys(self) -> list[str]:
        """Names of the files in the keyring that were changed, in order."""

    def sign(self, message: bytes) -> str:
        """Ed25519 signature of the shop (hex)."""

    def public_key(self) -> str:
        """The shop's Ed25519 public key (hex)."""


class Vault(Protocol):
    """Sealed objects of workers: footage, tracks, commit records. Opens against a permit for that very worker."""

    def create(self, permit: Permit, name: str) -> AbstractContextManager[BinaryIO]:
        """Open a new sealed object for writing from front to back; it exists only after a clean close."""

    def open(self, permit: Permit, name: str) -> BinaryIO:
        """Open a sealed object for reading; seekable."""

    def commit(self, permit: Permit, recording: Recording, outcome: Outcome) -> bool:
        """Create the commit record of a unit of work; False where there was one already (it is left as it is)."""

    def find_outcome(self, permit: Permit, unit_id: str) -> Outcome | None:
        """The committed outcome of a unit of work."""

    def committed(self) -> Iterator[tuple[Recording, Outcome]]:
        """Every commit record of a worker who was not erased; reads no footage, so it needs no permit."""

    def has_unit(self, worker_uid: str, unit_id: str) -> bool:
        """True where a unit of work has its commit record."""

    def drop_attempts(self, worker_uid: str, unit_id: str, keep: Sequence[str]) -> int:
        """Delete objects of a unit of work that its commit record does not name; returns how many."""

    def drop_units(self, worker_uid: str, keep: Collection[str]) -> int:
        """Delete all of a worker's units of work other than those to keep; returns how many."""

    def drop_all_but(self, worker_uid: str, recordings: Collection[str]) -> int:
        """Delete all units of work of a worker but those committed for these recordings, sealed off or not."""

    def find_broken_objects(self, worker_uid: str) -> list[str]:
        """Names of a worker's objects that were changed, in order."""

    def erase(self, worker_uid: str) -> int:
        """Delete every object of a worker and leave a tombstone; returns how many were deleted."""

    def is_erased(self, worker_uid: str) -> bool:
        """True where there is a tombstone."""

    def seal_off(self, worker_uid: str) -> None:
        """Leave a tombstone and the objects as they are: for every other call here they are not there any more."""

    def hash_held(self, worker_uid: str) -> dict[str, str]:
        """SHA-256 (hex) of each object of a worker as it lies, by name; nothing is decrypted."""

    def list_held(self, worker_uid: str) -> list[str]:
        """Names of the objects that there are of a worker, sealed off or not."""

    def open_held(self, worker_uid: str, name: str, unseal: Unseal) -> BinaryIO:
        """Open an object that was sealed off, with the key that two halves made; seekable."""


class Probes(Protocol):
    """Looks at video files where a hostile one does no harm."""

    def probe(self, path: Path) -> "Probe":
        """What a file holds; raises UnreadableVideoError where it is no video that can be read."""

    def close(self) -> None:
        """End what it keeps for that; the next file begins it anew."""


class Clock(Protocol):
    """Tells the moment, in UTC."""

    def now(self) -> datetime:
        """The moment, with its offset."""


class Progress(Protocol):
    """Shows how far something long has come, to whoever waits for it."""

    def step(self, what: str, total: float) -> AbstractContextManager[Callable[[float], None]]:
        """Begin a step of a known size; call what it yields with how much is done so far."""


@dataclass(frozen=True)
class Job:
    """One unit of work for the engine: a picklable reference `module:function` and its arguments.

    weight: its size in seconds of footage, for progress. timeout_s: after that it is stopped and counted as lost.
    """

    name: str
    target: str
    arguments: dict[str, Any]
    weight: float
    timeout_s: float


@dataclass(frozen=True)
class JobEnd:
    """How a job ended: with its result, with an error of ours, or lost (killed, crashed, out of time) every try."""

    job: Job
    result: Any
    error: Exception | None
    lost: str


class Engine(Protocol):
    """Runs jobs somewhere; yields each as it ends, in any order; one lost job never takes another with it."""

    def run(self, jobs: Sequence[Job], progress: Callable[[float], None]) -> Iterator[JobEnd]:
        """Run the jobs and yield how each ended."""


@dataclass(frozen=True)
class Shop:
    """An open shop: its ports, joined."""

    shop_id: str
    keys: Keys
    vault: Vault
    catalogue: Catalogue
    clock: Clock
    prober: Probes
