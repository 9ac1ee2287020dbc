"""`tacit demo`: the whole circle on synthetic footage, each step with the command that a user would type.

The commands run as processes of their own, just as typed. Keys, shop, film, dataset and pages lie in one folder, so
that everything can be looked at and thrown away; a real shop keeps its keys elsewhere.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from tacit.cli.show import say
from tacit.records.errors import DemoStepError, ForeignDemoFolderError

_MARK = ".tacit-demo"
# Everything that a demo leaves at the top of its folder; the last is what killed commands leave there.
_MADE = re.compile(
    r"\.tacit-demo|agreement\.toml|shop|keys|film|pages|dataset|release|index\.html"
    r"|\.(shop|dataset|release)\.tacit-(init|new|old|gone)-[0-9a-f]{8}"
)
_FILM_S = 5.0
_PIN = {"asha": "4711", "meena": "2580"}
_AGREEMENT = """\
# An agreement as a union and a plant might sign it. Everyone in it is made up.
id = "bench-work-demo"
kind = "collective"
parties = ["Bench Workers' Union", "Demo Gearworks"]
jurisdiction = "IN"
valid_from = {valid_from}
valid_to = {valid_to}
purposes = ["train-robot-skill", "research"]
review_hold_h = 72
raw_retention_days = 30
group_size_min = 5

[title]
en = "Agreement on filming bench work"

[ownership]
footage = "worker"
datasets = "shared"
skills = "plant"

[territory]
allowed = ["IN", "EU"]

[bounty]
currency = "INR"
per_accepted_hour = "2500.00"
floor_per_hour = "250.00"

[royalty]
pool_percent = "20"
remainder_to = "plant"
internal_run = "0.05"
split = {{ hours = "50", value = "50" }}
after_withdrawal = "keep-earning"
"""


def attach(app: typer.Typer) -> None:
    """Add the command."""
    app.command("demo")(demo)


def demo(
    out: Annotated[Path, typer.Option(help="New folder, or the folder of an earlier demo, which is replaced.")],
) -> None:
    """Walk the whole circle on synthetic footage.

    Yes, film, dataset, licence, pay, and the way out, each step with the command that does it.
    """
    _check_models()
    stage = _Stage(_make_room(out.absolute()))
    _prepare(stage)
    _ask(stage)
    _film(stage)
    _release_and_build(stage)
    _license_and_pay(stage)
    _look_for_the_one_who_refused(stage)
    _withdraw(stage)
    _finish(stage)


@dataclass
class _Stage:
    """The demo's folder, the commands run in it, and what they brought that later steps need."""

    folder: Path
    recordings: dict[str, str] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    @property
    def variables(self) -> dict[str, str]:
        """The environment of the demo's commands: keys in its folder, and no secret of the user's own shop."""
        secrets = ("TACIT_MASTER_KEY", "TACIT_KEY_FILE", "TACIT_PASSPHRASE")
        own = {name: value for name, value in os.environ.items() if name not in secrets}
        return {**own, "TACIT_KEYS": str(self.folder / "keys")}

    def run(self, *arguments: str, pin: str = "", lines_max: int | None = 12) -> str:
        """Run one command as a user would type it, show it and what it says (None: all of that), and return that."""
        say(f"  $ tacit {' '.join(_quoted(a) for a in arguments)}")
        said = self._call(arguments, pin)
        shown = [line for line in said.splitlines() if line.strip()]
        for line in shown[:lines_max]:
            say(f"    {line}")
        if n_hidden := len(shown) - len(shown[:lines_max]):
            say(f"    … and {n_hidden} more lines")
        return said

    def ask(self, *arguments: str) -> Any:
        """Run one command with --json and return its answer, without showing it."""
        return json.loads(self._call((*arguments, "--json")))

    def _call(self, arguments: Sequence[str], pin: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-m", "tacit", *arguments],
            cwd=self.folder,
            env=self.variables,
            input=f"{pin}\n",
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        if done.returncode:
            raise DemoStepError(arguments[0], done.returncode)
        return done.stdout


def _check_models() -> None:
    """Say that models are missing before anything is begun."""
    from tacit.models.store import ModelStore
    from tacit.wiring import read_environment

    store = ModelStore(read_environment(os.environ).models)
    for one in store.status():
        store.path(one.entry.name)


def _make_room(folder: Path) -> Path:
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).is_file():
            raise ForeignDemoFolderError(str(folder), f"it holds files, but not {_MARK}, which marks a demo")
        foreign = sorted(path.name for path in folder.iterdir() if not _MADE.fullmatch(path.name))
        if foreign:
            raise ForeignDemoFolderError(str(folder), f"it is a demo, but {foreign[0]} in it is not part of one")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).write_text("made by tacit demo\n", encoding="utf-8")
    for name in ("film", "pages"):
        (folder / name).mkdir()
    return folder


def _prepare(stage: _Stage) -> None:
    say("1. A shop, and an agreement between a union and a plant")
    today = datetime.now(UTC).date()
    dates = {"valid_from": today - timedelta(days=30), "valid_to": today + timedelta(days=700)}
    (stage.folder / "agreement.toml").write_text(_AGREEMENT.format(**dates), encoding="utf-8")
    stage.figures["licensed_until"] = (today + timedelta(days=365)).isoformat()
    stage.run("init", "shop", "--canvas", "640x480")
    stage.run("agreement", "add", "agreement.toml", "--shop", "shop")


def _ask(stage: _Stage) -> None:
    say("\n2. YES: three workers read the notice. Two say yes with a PIN of their own, one says no")
    for label, name in (("asha", "Asha R."), ("ravi", "Ravi K."), ("meena", "Meena S.")):
        pin = ("--pin-stdin",) if label in _PIN else ()
        worker = ("worker", "add", label, "--name", name, "--language", "en", *pin, "--shop", "shop")
        stage.run(*worker, pin=_PIN.get(label, ""))
    notice = stage.run("consent", "notice", "asha", "--agreement", "bench-work-demo", "--shop", "shop", lines_max=6)
    stage.figures["notice_lines"] = len(notice.splitlines())
    for label in ("asha", "meena"):
        yes = ("consent", "give", label, "--agreement", "bench-work-demo", "--purpose", "train-robot-skill")
        stage.run(*yes, "--pin-stdin", "--shop", "shop", pin=_PIN[label])
    stage.run("consent", "refuse", "ravi", "--shop", "shop")


def _film(stage: _Stage) -> None:
    say("\n3. FILM: only now is anyone filmed. Synthetic hands, drawn by tacit itself; somebody walks past")
    from tacit.workshop.film import FilmOptions, film

    takes = {
        "asha": FilmOptions(seconds=_FILM_S, seed=7, skin="brown", passer_by=True),
        "meena": FilmOptions(seconds=_FILM_S, seed=8, skin="tan"),
    }
    for label, options in takes.items():
        began = datetime.now(UTC).isoformat(timespec="seconds")
        say(f"  filming {options.seconds:.0f} s of {label} at the bench ...")
        film(stage.folder / "film" / f"{label}.mp4", options)
        taken = ("ingest", f"film/{label}.mp4", "--worker", label, "--agreement", "bench-work-demo")
        where = ("--task", "move the block", "--station", "bench-1", "--started-at", began, "--shop", "shop")
        stage.recordings[label] = stage.run(*taken, *where).strip()
    stage.run("process", "--shop", "shop")
    stage.run("recordings", "--shop", "shop")
    stage.figures["recordings"] = stage.ask("recordings", "--shop", "shop")["recordings"]
    stage.run("show", stage.recordings["meena"], "--out", "pages/recording.html", "--shop", "shop")


def _release_and_build(stage: _Stage) -> None:
    say("\n4. SKILL: the workers look at it and release it; a LeRobot dataset is built")
    for label, recording in stage.recordings.items():
        stage.run("release", "give", recording, "--pin-stdin", "--shop", "shop", pin=_PIN[label])
    stage.run("dataset", "build", "--agreement", "bench-work-demo", "--out", "dataset", "--shop", "shop")
    stage.run("dataset", "check", "dataset")


def _license_and_pay(stage: _Stage) -> None:
    say("\n5. LICENCE and PAY: a lab takes a licence, gets a release and pays; the books say who earned what, and why")
    until = str(stage.figures["licensed_until"])
    terms = ("--to", "Hand Lab", "--purpose", "train-robot-skill", "--territory", "EU", "--until", until)
    stage.run("license", "grant", "dataset", *terms, "--price", "50000.00", "--out", "release", "--shop", "shop")
    stage.run("license", "check", "release")
    license_id = stage.ask("license", "list", "--shop", "shop")["licenses"][0]["licence"]
    stage.run("payment", "record", license_id, "50000.00", "--reference", "bank-001", "--shop", "shop")
    stage.run("settle", "--shop", "shop")
    for label in stage.recordings:
        stage.run("statement", label, "--shop", "shop", lines_max=None)  # whole: its total comes last
        stage.run("statement", label, "--out", f"pages/statement-{label}.html", "--shop", "shop")
    stage.figures["owed"] = {
        label: stage.ask("statement", label, "--shop", "shop")["owed"][0]["text"] for label in stage.recordings
    }


def _look_for_the_one_who_refused(stage: _Stage) -> None:
    say("\n6. Of the worker who refused there is no trace")
    places = ("shop", "keys", "dataset", "release", "film")
    n_files, n_found = _search(stage.folder, places, ("ravi", "Ravi K."))
    say(f"  searched {n_files} files of {', '.join(places)} for their label and name: found {n_found} times")
    stage.figures["traces"] = (n_files, n_found)


def _withdraw(stage: _Stage) -> None:
    say("\n7. THE WAY OUT: asha withdraws; their key and data are destroyed, the dataset is made anew without them")
    stage.figures["withdrawn"] = stage.ask("consent", "withdraw", "asha", "--shop", "shop")
    say("  $ tacit consent withdraw asha --shop shop")
    account = stage.figures["withdrawn"]["account"]
    say(f"    destroyed {stage.figures['withdrawn']['objects_destroyed']} sealed objects, the key and the row")
    stage.run("dataset", "list", "--shop", "shop")
    stage.run("dataset", "check", "dataset")
    stage.run("recordings", "--shop", "shop")
    say("  the lab is asked to replace what it holds; nobody is named to it")
    license_id = stage.ask("license", "list", "--shop", "shop")["licenses"][0]["licence"]
    stage.run("license", "replace", license_id, "--shop", "shop")
    stage.run("outbox", "list", "--shop", "shop")
    say("  what asha earned stays owed, under an account without a name:")
    stage.figures["still_owed"] = stage.ask("statement", account, "--shop", "shop")["owed"][0]["text"]
    say(f"    {account}: {stage.figures['still_owed']}")


def _finish(stage: _Stage) -> None:
    from tacit.cli.demo_page import write_page

    page = write_page(stage.folder, stage.recordings["meena"], stage.figures, stage.variables)
    say("\nMade:")
    for path in (
        "dataset",
        "release",
        "pages/recording.html",
        "pages/statement-meena.html",
        "pages/statement-asha.html",
    ):
        say(f"  {stage.folder / path}")
    say(f"\nOpen this page: {page}")


def _search(folder: Path, places: Sequence[str], words: Sequence[str]) -> tuple[int, int]:
    """Look for words in every byte of every file and in the names of files; how many files, how often found."""
    needles = [word.encode() for word in words]
    n_files = n_found = 0
    for place in places:
        for path in sorted((folder / place).rglob("*")):
            if path.is_file():
                n_files += 1
                content = path.read_bytes().lower() + b"\n" + path.name.lower().encode()
                n_found += sum(content.count(needle.lower()) for needle in needles)
    return n_files, n_found


def _quoted(argument: str) -> str:
    return f'"{argument}"' if " " in argument else argument
