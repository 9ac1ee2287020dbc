"""`tacit key`: key files of stewards, reviewers and workers who want one; no shop is needed."""

from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.options import AsJson, read_pin
from tacit.cli.show import say, say_json
from tacit.records.errors import UnreadableFileError


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("new")(new)
    group.command("show")(show)
    group.command("countersign")(countersign)
    app.add_typer(group, name="key", help="Key files that stewards, reviewers and workers keep for themselves.")


def new(
    file: Annotated[Path, typer.Argument(help="File to make; it stays with its owner.")],
    name: Annotated[str, typer.Option(help="Whom it belongs to; stands in the file and is no secret.")],
    pin_stdin: Annotated[bool, typer.Option("--pin-stdin", help="Read the PIN from standard input.")] = False,
) -> None:
    """Make a key file, locked with a PIN that only its owner knows. Without the PIN it is of no use to anyone."""
    from tacit.flows.key_files import create_key_file

    pin = read_pin(True, pin_stdin, confirm=True, prompt="New PIN of the key file")
    key_file = create_key_file(file, name, pin)
    say(f"Made {file}. Keep it and its PIN to yourself; nobody can bring back either.")
    say(f"Public key: {key_file.public_key}")


def show(
    file: Annotated[Path, typer.Argument(help="A key file.")],
    json: AsJson = False,
) -> None:
    """Show what a key file says to everyone; no PIN is needed."""
    from tacit.flows.key_files import load_key_file

    key_file = load_key_file(file)
    if json:
        say_json(
            {"name": key_file.name, "public_key": key_file.public_key, "sealing_key": key_file.sealing_key},
        )
    else:
        say(f"Of {key_file.name}.")
        say(f"Public key, to check signatures with: {key_file.public_key}")
        say(f"Sealing key, to write to:             {key_file.sealing_key}")


def countersign(
    checkpoint: Annotated[Path, typer.Argument(help="A checkpoint that the shop sent.")],
    key: Annotated[Path, typer.Option(help="Your key file.")],
    steward: Annotated[str, typer.Option(metavar="ID", help="As the shop knows you.")],
    shop_key: Annotated[str, typer.Option(help="Public key of the shop, from somebody you trust.")],
    out: Annotated[Path, typer.Option(help="File to write and send back.")],
    pin_stdin: Annotated[bool, typer.Option("--pin-stdin", help="Read the PIN from standard input.")] = False,
) -> None:
    """Sign a checkpoint of the log at home, without the shop.

    The shop takes it in with `tacit log countersigned`. Check first with tacit-verify that the log kept everything
    since the last checkpoint that you have.
    """
    from datetime import UTC, datetime

    from tacit.flows.countersign_note import countersign_note
    from tacit.flows.hand_out import hand_out
    from tacit.flows.key_files import load_key_file
    from tacit.seal.keyfile import unlock_key_file

    try:
        content = checkpoint.read_bytes()
    except OSError as error:
        raise UnreadableFileError(str(checkpoint), error.strerror or "unknown") from error
    key_file = load_key_file(key)
    opened = unlock_key_file(key_file, read_pin(True, pin_stdin, prompt="PIN of the key file"))
    note = countersign_note(content, str(checkpoint), shop_key, steward, opened, datetime.now(UTC))
    hand_out(out, note.text().encode())
    say(f"Wrote {out}. Keep it, and send a copy back.")
