"""`tacit worker`: the people whose work is filmed."""

from typing import Annotated

import typer

from tacit.cli.options import HERE, AsJson, AskPin, PinStdin, ShopFolder, open_shop, read_pin
from tacit.cli.show import say, say_json, say_table


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("add")(add)
    group.command("edit")(edit)
    group.command("pin")(pin)
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

    add_worker(open_shop(shop).shop, label, name, language, read_pin(pin, pin_stdin, confirm=True))
    say(f"Added the worker {label}. Next: tacit consent notice {label} --agreement ID")


def edit(
    label: Annotated[str, typer.Argument(help="The worker.")],
    name: Annotated[str, typer.Option(help="Name as it stands on statements.", show_default="as it is")] = "",
    language: Annotated[str, typer.Option(help="Language for notices.", show_default="as it is")] = "",
    shop: ShopFolder = HERE,
) -> None:
    """Correct the name or language of a worker."""
    from tacit.flows.add_worker import edit_worker

    worker = edit_worker(open_shop(shop).shop, label, name, language)
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

    opened = open_shop(shop).shop
    has_pin = bool(require_worker(opened, label).sealed_private_key)
    old = read_pin(True, pin_stdin, prompt="Old PIN") if has_pin else ""
    set_pin(opened, label, read_pin(True, pin_stdin, confirm=True, prompt="New PIN"), old)
    say(f"{label} signs with a PIN of their own from now on.")


def list_(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List the workers of the shop, and what stands of their yes."""
    from tacit.rights.standing import standing_purposes

    opened = open_shop(shop).shop
    columns = ("worker", "language", "signs", "consents to")
    rows = [
        (
            worker.label,
            worker.language,
            "with a PIN" if worker.public_key else "no",
            ", ".join(
                sorted(
                    standing_purposes(
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
