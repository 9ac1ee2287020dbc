"""Writes `docs/cli.md`, the reference of the command line, from what `tacit --help` says. Run by `make docs`."""

from pathlib import Path
from typing import Any

import typer.main

from tacit.cli.app import app

TARGET = Path(__file__).with_name("cli.md")
_WIDTH = 100  # columns, whatever the terminal; so the page is the same everywhere
_HEAD = """\
# Commands

Made from `tacit --help` by `make docs`; a test compares. Where a path is asked for and none is given, `--shop` is the
folder you are in.

| exit code | means |
|---|---|
| 0 | done |
| 2 | the input is wrong: fix what the message names |
| 3 | refused: consent, licence or policy says no; the message names the rule |
| 4 | damage: books, log or files disagree, or an audit found a face; nothing more was written |
| 5 | the machine stands in the way: disk, permission, memory, network, models |
| 130 | stopped by you; what was finished is kept |

| variable | means |
|---|---|
| `TACIT_KEYS` | folder of keyrings; else `tacit` in the user's configuration folder |
| `TACIT_MODELS` | folder of models; else `tacit` in the user's cache folder |
| `TACIT_KEY_FILE` | file of the master key; else in the keyring |
| `TACIT_MASTER_KEY` | the master key itself, one line of text as in a key file |
| `TACIT_PASSPHRASE` | the passphrase of a shop made with `--key passphrase` |
| `TACIT_ROLE` | whom you act as, where a command does not say `--as`; else `curator` ([roles](roles.md)) |
"""


def render() -> str:
    """The whole page: the help of the command, then of each command in the order it is listed."""
    command = typer.main.get_command(app)
    parts = [_HEAD, *_sections(command, command.make_context("tacit", [], resilient_parsing=True, **_fixed()))]
    return "\n".join(parts)


def _sections(command: Any, context: Any) -> list[str]:
    lines = [line.rstrip() for line in command.get_help(context).strip().splitlines()]
    sections = [f"## {context.command_path}\n\n```text\n" + "\n".join(lines) + "\n```\n"]
    for name, child in getattr(command, "commands", {}).items():
        inner = child.make_context(name, [], parent=context, resilient_parsing=True, **_fixed())
        sections += _sections(child, inner)
    return sections


def _fixed() -> dict[str, int]:
    return {"terminal_width": _WIDTH, "max_content_width": _WIDTH}


if __name__ == "__main__":
    TARGET.write_text(render(), encoding="utf-8")
