"""Joins adapters to flows: the only reader of settings and environment.

In: a shop's folder and the environment. Out: an open shop, its contract and its models. A shop is a folder with
`tacit.toml` (settings), `catalogue.sqlite` and `objects/`; its keys lie elsewhere, so that a copy of the folder, or an
old backup of it, says nothing.
"""

import fcntl
import glob
import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tacit.records.errors import (
    ForeignShopFolderError,
    KeysInShopError,
    MissingKeyringError,
    MissingSecretError,
    NewerShopError,
    NoHomeError,
    NotAShopError,
)
from tacit.records.ids import new_id
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Recording
from tacit.records.tomlfile import TomlFile
from tacit.rights.roles import CURATOR, Actor

if TYPE_CHECKING:
    from sqlalchemy.engine import URL

    from tacit.flows.audit_erasure import Place
    from tacit.flows.contract import Contract
    from tacit.flows.ports import Job, Probes, Shop
    from tacit.models.store import ModelStore
    from tacit.store.open_all import Unopened

SETTINGS = "tacit.toml"
FORMAT = 1
_JOB_TIMEOUT_S_MIN = 900.0
_TIMEOUT_PER_FOOTAGE_S = 60.0  # seconds of work that a second of footage may take before it counts as stuck
_UNTOLD_FOOTAGE_S = 3600.0  # the length that the time limit of a file counts with that does not say its own


class KeySource(StrEnum):
    """Where the master key of a shop comes from."""

    FILE = "file"
    ENVIRONMENT = "environment"
    PASSPHRASE = "passphrase"  # noqa: S105 - the word, not one


@dataclass(frozen=True)
class Environment:
    """Everything that tacit takes from outside; secrets are kept out of any printed form.

    keys: folder of keyrings, one folder in it per shop. models: folder of the model store. master_key: as text, for
    shops whose key comes from the environment; all others ignore it. unlocked_key: the key of a shop that was opened
    already, for a process that opens it again; never read from outside. role: whom somebody acts as, ROLE or
    ROLE:ID; "" where nobody says.
    """

    keys: Path
    models: Path
    key_file: Path | None
    master_key: str = field(repr=False, default="")
    passphrase: str = field(repr=False, default="")
    unlocked_key: bytes = field(repr=False, default=b"")
    role: str = ""


def read_environment(variables: Mapping[str, str]) -> Environment:
    """Read the environment.

    TACIT_KEYS: folder for keyrings; TACIT_MODELS: folder for models; TACIT_KEY_FILE, TACIT_MASTER_KEY and
    TACIT_PASSPHRASE: the master key's file, text, or passphrase; TACIT_ROLE: whom somebody acts as.
    XDG_CONFIG_HOME and XDG_CACHE_HOME have their usual meaning.
    """
    home = Path(variables["HOME"]) if variables.get("HOME") else None

    def folder(own: str, base: str, inside: str) -> Path:
        if variables.get(own):
            return Path(variables[own])
        if variables.get(base):
            return Path(variables[base]) / "tacit"
        if home is None:
            raise NoHomeError(own)
        return home / inside / "tacit"

    key_file = variables.get("TACIT_KEY_FILE")
    return Environment(
        keys=folder("TACIT_KEYS", "XDG_CONFIG_HOME", ".config"),
        models=folder("TACIT_MODELS", "XDG_CACHE_HOME", ".cache"),
        key_file=Path(key_file) if key_file else None,
        master_key=variables.get("TACIT_MASTER_KEY", ""),
        passphrase=variables.get("TACIT_PASSPHRASE", ""),
        role=variables.get("TACIT_ROLE", ""),
    )


@dataclass(frozen=True)
class Settings:
    """What `tacit.toml` of a shop says. `salt` is "" unless the key comes from a passphrase."""

    format: int
    shop_id: str
    fps: int
    width: int
    height: int
    key_source: KeySource
    key_check: str
    salt: str


@dataclass(frozen=True)
class OpenShop:
    """An open shop with everything that belongs to it. `unlocked` opens it again in another process.

    actor: as whom it was opened; who asked for nothing else runs the shop.
    """

    shop: "Shop"
    contract: "Contract"
    models: "ModelStore"
    folder: Path
    unlocked: Environment
    actor: Actor = CURATOR

    def make_job(self, recording: Recording, permit: Permit) -> "Job":
        """The job that processes one recording in a process of the engine."""
        from tacit.flows.ports import Job

        footage_s = _find_length_s(self.shop.prober, Path(recording.source_path))
        arguments = {
            "folder": self.folder,
            "unlocked": self.unlocked,
            "recording": recording,
            "purpose": permit.purpose,
        }
        timeout_s = _JOB_TIMEOUT_S_MIN + (footage_s or _UNTOLD_FOOTAGE_S) * _TIMEOUT_PER_FOOTAGE_S
        weight = max(footage_s, 1.0)
        return Job(recording.recording_id, "tacit.wiring:process_in_worker", arguments, weight, timeout_s)


class SystemClock:
    """The clock of this machine."""

    def now(self) -> datetime:
        """The moment, in UTC."""
        return datetime.now(UTC)


def create_shop(
    folder: Path, environment: Environment, fps: int, width: int, height: int, key_source: KeySource
) -> OpenShop:
    """Make a shop and open it; an interrupted making leaves nothing that looks like a shop.

    Raises:
        ForeignShopFolderError: The folder is a shop already, or holds something else.
        MissingSecretError: The environment does not hold the secret that the key source needs.
        KeysInShopError: The keys would lie inside the shop.
    """
    from tacit.store.catalogue import create_catalogue
    from tacit.store.keyring import FileKeyring
    from tacit.store.masterkey import new_salt, shop_check

    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ForeignShopFolderError(str(folder))
    shop_id = new_id("shop")
    salt = new_salt() if key_source is KeySource.PASSPHRASE else ""
    _check_keys_outside(folder, environment)
    folder.parent.mkdir(parents=True, exist_ok=True)
    _sweep_unfinished(folder)
    master_key = _make_master_key(environment, shop_id, key_source, salt)
    settings = Settings(FORMAT, shop_id, fps, width, height, key_source, shop_check(master_key, shop_id), salt)
    FileKeyring(_keyring_folder(environment, shop_id), master_key, shop_id)  # makes its folder
    unfinished = folder.with_name(f".{folder.name}.tacit-init-{secrets.token_hex(4)}")
    unfinished.mkdir(mode=0o700)
    with _held(unfinished):
        (unfinished / "objects").mkdir(mode=0o700)
        create_catalogue(_catalogue_url(unfinished))
        (unfinished / SETTINGS).write_text(_settings_text(settings), encoding="utf-8")
        try:
            unfinished.replace(folder)
        except OSError as error:
            shutil.rmtree(unfinished)
            if is_shop(folder):  # another process was quicker
                raise ForeignShopFolderError(str(folder)) from error
            raise
    return open_shop(folder, environment)


def open_shop(folder: Path, environment: Environment) -> OpenShop:
    """Open a shop.

    Raises:
        NotAShopError: There is no shop in the folder.
        NewerShopError: It was made by a newer tacit.
        WrongMasterKeyError: The key is another shop's.
        MissingKeyringError: The workers' keys lie elsewhere.
    """
    from tacit.flows.contract import Contract
    from tacit.flows.ports import Shop
    from tacit.footage.apart import Prober
    from tacit.models.store import ModelStore
    from tacit.store.catalogue import SqlCatalogue
    from tacit.store.keyring import FileKeyring
    from tacit.store.masterkey import check_master_key
    from tacit.store.objects import file_objects
    from tacit.store.vault import ObjectVault

    folder = folder.absolute()
    settings = read_settings(folder)
    _check_keys_outside(folder, environment)
    master_key = _find_master_key(environment, settings)
    check_master_key(master_key, settings.shop_id, settings.key_check)
    keyring = _keyring_folder(environment, settings.shop_id)
    if not keyring.is_dir():
        raise MissingKeyringError(settings.shop_id, str(keyring))
    keys = FileKeyring(keyring, master_key, settings.shop_id)
    shop = Shop(
        shop_id=settings.shop_id,
        keys=keys,
        vault=ObjectVault(file_objects(folder / "objects"), keys),
        catalogue=SqlCatalogue(_catalogue_url(folder), keys),
        clock=SystemClock(),
        prober=Prober(),
    )
    unlocked = Environment(environment.keys, environment.models, environment.key_file, unlocked_key=master_key)
    contract = Contract(fps=settings.fps, width=settings.width, height=settings.height)
    return OpenShop(shop, contract, ModelStore(environment.models), folder, unlocked)


def process_in_worker(
    report: Callable[[float], None], folder: Path, unlocked: Environment, recording: Recording, purpose: Purpose
) -> Outcome:
    """What a process of the engine does with a job of `OpenShop.make_job`.

    It asks again, since a job may wait for hours, and the worker may have taken the yes back meanwhile.
    """
    from tacit.flows.gate import ask, watch
    from tacit.flows.process_unit import Inputs, process_unit

    opened = open_shop(folder, unlocked)
    permit = ask(opened.shop, Action.DERIVE, purpose, recording)
    watched = watch(opened.shop, purpose, recording, report)
    return process_unit(opened.shop, Inputs(recording, permit, opened.contract, opened.models), watched)


def audit_places(opened: OpenShop, backup: Path | None) -> "tuple[Iterator[Place], Unopened]":
    """Everywhere that an audit of an erasure searches, and what counts the values that no key opens on the way."""
    from tacit.flows.audit_erasure import file_places
    from tacit.store.audit_places import dataset_places, scratch_places, shop_places
    from tacit.store.open_all import Unopened

    unopened, keys = Unopened(), opened.shop.keys
    datasets = sorted({Path(head.path) for head in opened.shop.catalogue.dataset_heads()})
    places = chain(
        shop_places(opened.folder, keys, unopened),
        file_places(opened.unlocked.keys / opened.shop.shop_id),
        dataset_places(datasets),
        scratch_places([opened.folder, *datasets]),
        shop_places(backup, keys, unopened) if backup is not None else (),
    )
    return places, unopened


def is_shop(folder: Path) -> bool:
    """True where the folder holds a shop."""
    return (folder / SETTINGS).is_file()


def read_settings(folder: Path) -> Settings:
    """Read the settings of a shop.

    Raises:
        NotAShopError: There is no shop in the folder.
        NewerShopError: It was made by a newer tacit.
        FaultyFileError: The settings were damaged by hand; every fault with its line.
    """
    if not is_shop(folder):
        raise NotAShopError(str(folder))
    file = TomlFile(folder / SETTINGS)
    root = file.root
    made_with = root.integer("format", 1, 1_000_000)
    if made_with > FORMAT:
        raise NewerShopError(str(folder))
    settings = Settings(
        format=made_with,
        shop_id=root.text("shop_id", r"shop-[a-z2-7]{16}", "the id of the shop"),
        fps=root.integer("fps", 1, 240),
        width=root.integer("width", 64, 8192),
        height=root.integer("height", 64, 8192),
        key_source=KeySource(root.choice("key_source", [source.value for source in KeySource]) or KeySource.FILE),
        key_check=root.text("key_check", r"[0-9a-f]{32}", "the check value of the master key"),
        salt=root.text("salt", r"([0-9a-f]{32})?", "the salt of the passphrase, or an empty text"),
    )
    root.close()
    file.check()
    return settings


def _settings_text(settings: Settings) -> str:
    return (
        "# Settings of this shop, written when it was made. The keys lie elsewhere; see docs/quickstart.md.\n"
        f"format = {settings.format}\n"
        f'shop_id = "{settings.shop_id}"\n'
        "# Frames per second and pixels of everything that is made here.\n"
        f"fps = {settings.fps}\n"
        f"width = {settings.width}\n"
        f"height = {settings.height}\n"
        "# Where the master key comes from (file, environment or passphrase), and how the right one is told.\n"
        f'key_source = "{settings.key_source}"\n'
        f'key_check = "{settings.key_check}"\n'
        f'salt = "{settings.salt}"\n'
    )


def _catalogue_url(folder: Path) -> "URL":
    """Where the catalogue is; not as text, in which a question mark or a percent sign of the path has a meaning."""
    from sqlalchemy.engine import URL

    return URL.create("sqlite", database=str(folder / "catalogue.sqlite"))


def _keyring_folder(environment: Environment, shop_id: str) -> Path:
    return environment.keys / shop_id / "workers"


def _key_file(environment: Environment, shop_id: str) -> Path:
    return environment.key_file or environment.keys / shop_id / "master.key"


def _make_master_key(environment: Environment, shop_id: str, source: KeySource, salt: str) -> bytes:
    from tacit.store.masterkey import create_master_key, load_master_key

    if source is KeySource.FILE:
        path = _key_file(environment, shop_id)
        return load_master_key(path) if path.exists() else create_master_key(path)
    return _secret_key(environment, source, salt)


def _find_master_key(environment: Environment, settings: Settings) -> bytes:
    from tacit.store.masterkey import load_master_key

    if environment.unlocked_key:
        return environment.unlocked_key
    if settings.key_source is KeySource.FILE:
        return load_master_key(_key_file(environment, settings.shop_id))
    return _secret_key(environment, settings.key_source, settings.salt)


def _secret_key(environment: Environment, source: KeySource, salt: str) -> bytes:
    from tacit.store.masterkey import decode_master_key, derive_master_key

    if source is KeySource.ENVIRONMENT:
        if not environment.master_key:
            raise MissingSecretError("TACIT_MASTER_KEY")
        return decode_master_key(environment.master_key, "TACIT_MASTER_KEY")
    if not environment.passphrase:
        raise MissingSecretError("TACIT_PASSPHRASE")
    return derive_master_key(environment.passphrase, salt)


def _check_keys_outside(folder: Path, environment: Environment) -> None:
    places = [environment.keys, *([environment.key_file] if environment.key_file else [])]
    for place in places:
        if place.absolute().resolve().is_relative_to(folder.resolve()):
            raise KeysInShopError(str(place), str(folder))


def _sweep_unfinished(folder: Path) -> None:
    """Remove what a killed `create_shop` left; it never held anything of a worker. A living one holds its folder."""
    for rest in folder.parent.glob(f".{glob.escape(folder.name)}.tacit-init-*"):
        with suppress(FileNotFoundError, BlockingIOError), _held(rest):
            shutil.rmtree(rest, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder for this process alone; the system lets go when the process ends, however it ends.

    Raises:
        BlockingIOError: Another process holds it.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)


def _find_length_s(prober: "Probes", source: Path) -> float:
    """Length of a recording as its file says, 0 where it does not say; 1 where it cannot be read, which is soon told.

    A file that went away, or may not be read, is no reason to stop here: its own job says so, and the others go on.
    """
    from tacit.records.errors import UnreadableVideoError

    try:
        return prober.probe(source).duration_s
    except UnreadableVideoError:
        return 1.0


def default_jobs() -> int:
    """How many recordings are processed at once where nobody says: one per processor core that we may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
