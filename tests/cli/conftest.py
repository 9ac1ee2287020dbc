"""The `tacit` command as a user runs it: a process of its own, with a home of its own."""

import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tacit.models.manifest import MANIFEST
from tacit.models.store import ModelStore
from tacit.records.errors import ModelMissingError
from tacit.workshop.film import FilmOptions, film

TIMEOUT_S = 120
LABEL, NAME = "asha.of.the.third.bench", "Asha Rajagopalan"
NO_LABEL, NO_NAME = "ravi.who.said.no", "Ravi Krishnamurthy"

AGREEMENT = """\
# One agreement, as a union and a plant would sign it.
id = "gear-line-2026"
kind = "collective"                  # or "individual"
parties = ["Gear Line Workers' Union", "Chennai Gearworks"]
jurisdiction = "IN"                  # chooses the retention profile
valid_from = 2026-01-01
valid_to = 2028-12-31
purposes = ["train-robot-skill", "train-people", "quality-inspection", "research"]
review_hold_h = 72
raw_retention_days = 30
group_size_min = 5

[title]
en = "Agreement on filming work at the gear line"
hi = "गियर लाइन पर काम की फ़िल्मिंग का समझौता"

[ownership]
footage = "worker"
datasets = "shared"
skills = "plant"

[territory]
allowed = ["IN", "US", "EU"]

[bounty]
currency = "INR"
per_accepted_hour = "2500.00"
floor_per_hour = "250.00"

[royalty]
pool_percent = "20"
remainder_to = "plant"
internal_run = "0.05"
split = { hours = "50", value = "50" }
after_withdrawal = "keep-earning"
"""


def worker(label: str = LABEL, name: str = NAME, consent: str = '["train-robot-skill", "research"]') -> str:
    at = "consented_at = 2026-03-02T08:55:00+05:30\n" if consent != "[]" else ""
    return f'\n[[worker]]\nid = "{label}"\nname = "{name}"\nlanguage = "hi"\nconsent = {consent}\n{at}'


def recording(file: str, label: str = LABEL, released: str = "true") -> str:
    return (
        f'\n[[recording]]\nfile = "{file}"\nworker = "{label}"\ntask = "pour into the brass mug"\n'
        f'station = "third-bench-left"\nstarted_at = 2026-03-02T09:00:00+05:30\nreleased = {released}\n'
    )


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def answer(self) -> Any:
        """The JSON object that standard output is, and nothing else."""
        return json.loads(self.out)


@dataclass
class Desk:
    """Where a user sits: a home, a folder of footage, and the command."""

    home: Path
    film: Path | None
    environment: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        return self.home / "footage"

    @property
    def shop(self) -> Path:
        return self.folder / ".tacit"

    @property
    def out(self) -> Path:
        return self.home / "dataset"

    def variables(self, **changes: str) -> dict[str, str]:
        """The environment of a command: ours, with the user's home and without any key or setting of the tester."""
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("TACIT_", "XDG_"))}
        home = {"HOME": str(self.home), "XDG_CONFIG_HOME": str(self.home / "config")}
        return {**clean, **home, **self.environment, **changes}

    def tacit(self, *arguments: str | Path, code: int | None = 0, stdin: str = "", **changes: str) -> Done:
        """Run a command to its end; whatever happens, nobody is shown a traceback."""
        done = subprocess.run(
            [sys.executable, "-m", "tacit", *map(str, arguments)],
            cwd=self.home,
            env=self.variables(**changes),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_S,
            check=False,
        )
        assert "Traceback" not in done.stdout + done.stderr, done.stderr
        assert code is None or done.returncode == code, f"{done.returncode}: {done.stdout}{done.stderr}"
        return Done(done.returncode, done.stdout, done.stderr)

    def run(self, *more: str | Path, code: int | None = 0, **changes: str) -> Done:
        """`tacit run` on the folder, with JSON."""
        return self.tacit("run", self.folder, "--out", self.out, "--json", *more, code=code, **changes)

    def small_shop(self, folder: Path | None = None) -> None:
        """Make the shop beforehand, with a small canvas, so that processing takes little."""
        self.tacit("init", folder or self.shop, "--canvas", "320x240")

    def put(self, *names: str) -> None:
        """Put the film into the folder under names, each with content of its own."""
        assert self.film is not None
        for name in names:
            tail = struct.pack(">I4s", 8 + len(name), b"free") + name.encode()
            (self.folder / name).write_bytes(self.film.read_bytes() + tail)

    def declare(self, *entries: str, agreement: str = AGREEMENT) -> None:
        """Write both TOML files."""
        (self.folder / "agreement.toml").write_text(agreement, encoding="utf-8")
        (self.folder / "footage.toml").write_text('agreement = "agreement.toml"\n' + "".join(entries), encoding="utf-8")

    def commits(self) -> dict[str, tuple[int, int]]:
        """The commit records of the shop, with what changes where one is written again."""
        found = sorted((self.shop / "objects").rglob("commit"))
        return {path.parent.name: (path.stat().st_ino, path.stat().st_mtime_ns) for path in found}


def make_desk(home: Path, film_path: Path | None, models: Path | None) -> Desk:
    (home / "footage").mkdir(parents=True)
    return Desk(home, film_path, {"TACIT_MODELS": str(models)} if models else {"XDG_CACHE_HOME": str(home / "cache")})


@pytest.fixture(scope="session")
def models() -> Path:
    """The folder of the model store that the tester has; skips where a model is missing."""
    cache = os.environ.get("TACIT_MODELS") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tacit"
    store = ModelStore(Path(cache))
    try:
        for entry in MANIFEST:
            store.path(entry.name)
    except ModelMissingError as error:
        pytest.skip(str(error))
    return Path(cache)


@pytest.fixture(scope="session")
def synthetic_film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second and a half of synthetic hand work, small; hands are found in every frame."""
    path = tmp_path_factory.mktemp("film") / "work.mp4"
    film(path, FilmOptions(seconds=1.5, width=320, height=240, seed=7))
    return path


@pytest.fixture
def desk(tmp_path: Path, models: Path, synthetic_film: Path) -> Desk:
    """A user with models, who has made nothing yet."""
    return make_desk(tmp_path, synthetic_film, models)


@pytest.fixture
def bare_desk(tmp_path: Path) -> Desk:
    """A user without models and without video, for what fails before either is needed."""
    return make_desk(tmp_path, None, None)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes; skips where this user may not mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if not shutil.which("mount") or sys.platform != "linux":
        pytest.skip("there is no way to mount a small disk here")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this user may not mount a small disk")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], check=True)
