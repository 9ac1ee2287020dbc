"""The documents: what they show runs, what they name exists, and what they promise holds."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import typer.main

from tacit.cli.app import app
from tacit.models.store import ModelState, ModelStore
from tacit.money.booking import compute_pool
from tacit.money.filming import compute_filming_pay
from tacit.money.shares import split
from tacit.records.agreement import Bounty
from tacit.records.money import Money
from tacit.records.purposes import Purpose
from tacit.rights.agreement_file import read_agreement
from tacit.wiring import read_environment
from tacit.workshop.film import FilmOptions, film

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCUMENTS = [README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Written so that this file does not match them itself.
REGISTRIES = re.compile(
    r"pypi\.org|pythonhosted\.org|npmjs\.(?:com|org)|crates\.io|conda\.anaconda\.org", re.IGNORECASE
)
MACHINE_PATHS = re.compile(r"(?<![\w.$}-])/(?:work|root)/")


def blocks(path, language):
    return [body for found, body in BLOCK.findall(path.read_text(encoding="utf-8")) if found == language]


def name_of(path):
    return path.relative_to(ROOT).as_posix()


def heading_anchors(path):
    headings = re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def find_command(words):
    """The command that the first words name, and the words after it; None where they name none."""
    command, rest = typer.main.get_command(app), list(words)
    while rest and hasattr(command, "commands"):
        if rest[0] not in command.commands:
            return None
        command = command.commands[rest.pop(0)]
    return command, rest


# --- what they name -----------------------------------------------------------------------------------------------


def test_readme_is_short():
    assert len(README.read_text(encoding="utf-8").splitlines()) < 120


def test_changelog_has_a_place_for_what_comes_next():
    assert "\n## [Unreleased]\n" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_relative_link_leads_somewhere(path):
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link:
            continue
        place, _, anchor = link.partition("#")
        target = path.parent / place if place else path
        assert target.exists(), link
        assert not anchor or anchor in heading_anchors(target), link


def test_command_reference_is_what_help_says():
    spec = importlib.util.spec_from_file_location("make_cli", ROOT / "docs" / "make_cli.py")
    make_cli = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make_cli)
    assert (ROOT / "docs" / "cli.md").read_text(encoding="utf-8") == make_cli.render(), "run `make docs`"


def test_no_help_line_is_cut_off():
    lines = (ROOT / "docs" / "cli.md").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line.endswith("...") and not line.startswith("Usage")] == []


@pytest.mark.parametrize("path", DOCUMENTS, ids=name_of)
def test_every_command_line_in_the_documents_is_one(path):
    for body in [*blocks(path, "sh"), *blocks(path, "console")]:
        for line in body.replace("\\\n", " ").splitlines():
            words = shlex.split(line.removeprefix("$ "), comments=True)
            if words[:1] == ["tacit"]:
                command, rest = find_command(words[1:])
                command.make_context(words[1], rest)  # complains about options that are missing or not there


def test_every_command_that_is_mentioned_exists():
    mentions = re.compile(r"`tacit ([a-z][a-z |-]*)|Next: tacit ([a-z][a-z ]*)")
    for path in [*DOCUMENTS, *sorted((ROOT / "src").rglob("*.py"))]:
        for first, second in mentions.findall(path.read_text(encoding="utf-8")):
            for words in (first or second).split(" | "):
                assert find_command(words.split()[:2]), f"tacit {words} in {path.name}"


def test_readme_names_every_folder_and_only_those_that_exist():
    rows = [line for line in README.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    named = {folder for row in rows for folder in re.findall(r"`([\w./]+)`", row.split("|")[1])}
    assert all((ROOT / folder).exists() for folder in named)
    rooms = {f"src/tacit/{path.parent.name}" for path in (ROOT / "src" / "tacit").glob("*/__init__.py")}
    assert rooms <= named


def test_rules_have_a_word_each():
    for page, letter, last in (("rights.md", "R", 12), ("money.md", "M", 7), ("conventions.md", "D", 5)):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        for number in range(1, last + 1):
            assert re.search(rf"(\*\*|\| ){letter}{number}[. ]", text), f"{letter}{number} in {page}"


def test_files_named_in_the_tables_of_rules_exist():
    for page in ("rights.md", "money.md", "conventions.md"):
        text = (ROOT / "docs" / page).read_text(encoding="utf-8")
        for name in re.findall(r"`((?:[a-z]+/)+[a-z_]+\.py)`", text):
            assert (ROOT / "src" / "tacit" / name).exists() or (ROOT / name).exists(), f"{name} in {page}"


def test_purposes_in_the_documents_are_the_closed_list():
    text = (ROOT / "docs" / "rights.md").read_text(encoding="utf-8")
    assert all(f"`{purpose}`" in text for purpose in Purpose)


def test_no_file_names_this_machine_or_a_package_registry():
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("this is no git checkout, so nothing tells which files are the repository's")
    command = ["git", "-C", str(ROOT), "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    found = []
    for name in listed:
        path = ROOT / name
        if name and path.is_file():
            text = path.read_bytes().decode("utf-8", "replace")
            found += [(name, word) for pattern in (REGISTRIES, MACHINE_PATHS) for word in pattern.findall(text)]
    assert found == []


# --- what they show ---------------------------------------------------------------------------------------------------


def test_every_block_of_the_readme_is_of_a_kind_that_is_run():
    kinds = [kind for kind, _ in BLOCK.findall(README.read_text(encoding="utf-8"))]
    assert sorted(kinds) == ["console", "python", "sh", "text", "toml"]  # the text is the picture


def test_make_commands_of_the_readme_are_targets():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    commands = [shlex.split(line, comments=True) for line in blocks(README, "sh")[0].splitlines()]
    assert [program for program, _ in commands] == ["make", "make"]
    assert {target for _, target in commands} <= targets


def test_readme_works_from_its_footage_file_to_its_last_line(tmp_path):
    if any(one.state is not ModelState.READY for one in ModelStore(read_environment(os.environ).models).status()):
        pytest.skip("models are not on this machine; `tacit models fetch` gets them")
    footage = tmp_path / "footage"
    footage.mkdir()
    film(footage / "asha.mp4", FilmOptions(seconds=3.0, seed=7, passer_by=True))
    (footage / "ravi.mp4").write_bytes(b"whoever opens this fails")
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    declared = blocks(README, "toml")[0].replace("2026-11-02", yesterday.isoformat())
    (footage / "footage.toml").write_text(declared, encoding="utf-8")
    (footage / "agreement.toml").write_text(_agreement_of_quickstart(yesterday), encoding="utf-8")
    command, *shown = blocks(README, "console")[0].splitlines()

    answer = _run(tmp_path, "-m", *shlex.split(command.removeprefix("$ ")))
    assert _shape(answer) == _shape("\n".join(shown))

    assert _run(tmp_path, "-c", blocks(README, "python")[0]).startswith("move the block ")


def test_agreement_of_the_quickstart_is_accepted(tmp_path):
    path = tmp_path / "agreement.toml"
    path.write_text(blocks(ROOT / "docs" / "quickstart.md", "toml")[0], encoding="utf-8")
    assert read_agreement(path)[0].agreement_id in (ROOT / "docs" / "quickstart.md").read_text(encoding="utf-8")


def test_worked_example_of_money_is_what_the_code_computes():
    text = (ROOT / "docs" / "money.md").read_text(encoding="utf-8")
    bounty = Bounty(Money("INR", 2500_00), Money("INR", 250_00))
    filming = compute_filming_pay(bounty, accepted_ms=540_500, filmed_ms=600_000)
    pools = [compute_pool(Money("INR", paid), 2000) for paid in (20_000_01, 50_000_03)]
    shares = dict(split(pools[1], [("asha", 520_000), ("meena", 300_000), ("kofi", 180_001)]))
    owed = Money("INR", filming.amount_minor + shares["asha"].amount_minor)
    assert f"rounded once, half up: {filming}" in text
    assert f"| 50,000.03 INR | {pools[1]} | {Money('INR', pools[1].amount_minor - pools[0].amount_minor)} |" in text
    for account, share in shares.items():
        assert re.search(rf"^\| {account} \|.*\| {share} \|$", text, re.MULTILINE), account
    assert f"= {owed}." in text


def test_loading_the_networks_looks_nobody_up(tmp_path):
    script = (
        "import socket, sys, time\n"
        "def refuse(*asked, **more):\n"
        "    print('asked for', asked[0])\n"
        "    raise OSError\n"
        "socket.getaddrinfo = socket.socket.connect = refuse\n"
        "import tacit.models.inference\n"
        "time.sleep(0.5)\n"
    )
    # A library that reports on its users leaves machines of continuous integration alone; people are what matters.
    hidden = {"CI", "TF_BUILD", "JENKINS_URL"}
    environment = {name: value for name, value in os.environ.items() if name not in hidden} | {"HOME": str(tmp_path)}
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


def _agreement_of_quickstart(day):
    text = blocks(ROOT / "docs" / "quickstart.md", "toml")[0]
    text = re.sub(r"(?m)^valid_from = \S+", f"valid_from = {day - timedelta(days=30)}", text)
    return re.sub(r"(?m)^valid_to = \S+", f"valid_to = {day + timedelta(days=700)}", text)


def _run(folder, *arguments):
    environment = os.environ | {"TACIT_KEYS": str(folder / "keys")}
    command = [sys.executable, *arguments]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout


def _shape(answer):
    """An answer without what may differ from machine to machine: figures, widths of columns, empty lines."""
    lines = [re.sub(r"[0-9.]+%?", "#", re.sub(r"─+", "─", " ".join(line.split()))) for line in answer.splitlines()]
    return [line for line in lines if line]
