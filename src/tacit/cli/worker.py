"""`tacit worker`: the people whose work is filmed."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.options import HERE, AsJson, AskPin, KeyPath, PinStdin, ShopFolder, open_shop, read_pin, unlock_key
from tacit.cli.show import TerminalProgress, say, say_json, say_table
from tacit.rights.roles import Kind, Verb

if TYPE_CHECKING:
    from tacit.records.people import Worker


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("add")(add)
    group.command("edit")(edit)
    group.command("pin")(pin)
    group.command("key")(key)
    group.command("export")(export)
    group.command("list")(list_)
    app.add_typer(group, name="worker", help="The people whose work is filmed.")


def add(
    label: Annotated[str, typer.Argument(help="Short name that you will type, such as asha.")],
    name: Annotated[str, typer.Option(help="Name as it stands on statements.")],
    language: Annotated[str, typer.Option(help="Language for notices, such as hi or en.")],
    pin: AskPin = False,
    pin_stdin: PinStdin = False,
    shop: ShopFolder = HERE,
) -> None:
    """Add a worker. With a PIN of their own they can sign; without one their word is only declared."""
    from tacit.flows.add_worker import add_worker

    opened = open_shop(shop, Verb.ADD, Kind.WORKER).shop
    add_worker(opened, label, name, language, read_pin(pin, pin_stdin, confirm=True))
    say(f"Added the worker {label}. Next: tacit consent notice {label} --agreement ID")


def edit(
    label: Annotated[str, typer.Argument(help="The worker.")],
    name: Annotated[str, typer.Option(help="Name as it stands on statements.", show_default="as it is")] = "",
    language: Annotated[str, typer.Option(help="Language for notices.", show_default="as it is")] = "",
    shop: ShopFolder = HERE,
) -> None:
    """Correct the name or language of a worker."""
    from tacit.flows.add_worker import edit_worker

    opened = open_shop(shop, Verb.CHANGE, Kind.WORKER, worker=label).shop
    worker = edit_worker(opened, label, name, language)
    say(f"{label} is {worker.name}, language {worker.language}.")


def pin(
    label: Annotated[str, typer.Argument(help="The worker.")],
    pin_stdin: Annotated[
        bool, typer.Option("--pin-stdin", help="Read the old PIN, if there is one, and the new one from two lines.")
    ] = False,
    shop: ShopFolder = HERE,
) -> None:
    """Set or change a worker's own PIN, with which they sign."""
    from tacit.flows.add_worker import require_worker
    from tacit.flows.set_pin import set_pin

    opened = open_shop(shop, Verb.CHANGE, Kind.WORKER, worker=label).shop
    has_pin = bool(require_worker(opened, label).sealed_private_key)
    old = read_pin(True, pin_stdin, prompt="Old PIN") if has_pin else ""
    set_pin(opened, label, read_pin(True, pin_stdin, confirm=True, prompt="New PIN"), old)
    say(f"{label} signs with a PIN of their own from now on.")


def key(
    label: Annotated[str, typer.Argument(help="The worker.")],
    key: KeyPath,
    old_key: Annotated[
        Path | None, typer.Option(help="The key file that they sign with today, where it is another.")
    ] = None,
    pin_stdin: Annotated[
        bool,
        typer.Option("--pin-stdin", help="Read the PIN of today, if there is one, and that of the file, as lines."),
    ] = False,
    shop: ShopFolder = HERE,
) -> None:
    """Let a worker sign with a key file of their own.

    It stays with them, in place of a PIN kept in the shop. What they signed before still holds. Make a key file
    with `tacit key new`.
    """
    from tacit.flows.add_worker import require_worker
    from tacit.flows.evidence import Voice
    from tacit.flows.set_key import set_key

    opened = open_shop(shop, Verb.CHANGE, Kind.WORKER, worker=label).shop
    today = Voice()
    if require_worker(opened, label).sealed_private_key:
        today = Voice(pin=read_pin(True, pin_stdin, prompt="PIN that the worker signs with today"))
    elif old_key is not None:
        today = Voice(key=unlock_key(old_key, pin_stdin))
    worker = set_key(opened, label, unlock_key(key, pin_stdin), today)
    say(f"{label} signs with the key {worker.public_key[:16]}… from now on.")


def export(
    worker: Annotated[str, typer.Argument(help="The worker, or an account such as w-….")],
    out: Annotated[Path, typer.Option(help="New folder for it.")],
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Write everything that the shop holds about a worker, in open formats, for them to keep.

    It is in the clear, footage too; hand it to nobody else.
    """
    from tacit.flows.export_worker import export_worker
    from tacit.flows.outside import require_outside

    opened = open_shop(shop, Verb.READ, Kind.WORKER_FILE, worker=worker)
    require_outside(opened.folder, opened.unlocked.keys, out)
    n_files = export_worker(opened.shop, opened.contract, worker, out, TerminalProgress())
    if json:
        say_json({"folder": str(out), "files": n_files})
    else:
        say(f"Wrote {n_files} files into {out}. They are in the clear; README.txt there says what each is.")


def list_(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List the workers of the shop, and what stands of their yes."""
    from tacit.rights.standing import running_purposes

    opened = open_shop(shop, Verb.READ, Kind.WORKER).shop
    columns = ("worker", "language", "signs", "consents to")
    rows = [
        (
            worker.label,
            worker.language,
            _how_they_sign(worker),
            ", ".join(
                sorted(
                    running_purposes(
                        opened.catalogue.consents(worker.worker_uid),
                        opened.catalogue.withdrawals(worker.worker_uid),
                        opened.clock.now(),
                    )
                )
            ),
        )
        for worker in opened.catalogue.workers()
    ]
    if json:
        say_json({"workers": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)


def _how_they_sign(worker: "Worker") -> str:
    if worker.sealed_private_key:
        return "with a PIN"
    return "with a key file" if worker.public_key else "no"
