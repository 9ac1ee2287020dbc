"""`tacit steward`: those of a union, works council or co-operative who watch over agreements."""

from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.options import HERE, AsJson, ShopFolder, open_shop
from tacit.cli.show import say, say_json, say_table
from tacit.rights.roles import Kind, Verb


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("add")(add)
    group.command("remove")(remove)
    group.command("list")(list_)
    app.add_typer(group, name="steward", help="Those who watch over agreements: they can pause, witness, countersign.")


def add(
    steward_id: Annotated[str, typer.Argument(metavar="ID", help="Short name that you will type, such as union.")],
    key: Annotated[Path, typer.Option(help="The steward's key file; only what is public in it is read.")],
    agreement: Annotated[list[str], typer.Option(help="An agreement they watch over; can be given several times.")],
    shop: ShopFolder = HERE,
) -> None:
    """Add a steward, or add agreements to those they watch over."""
    from tacit.flows.add_steward import add_steward
    from tacit.flows.key_files import load_key_file

    opened = open_shop(shop, Verb.ADD, Kind.STEWARD).shop
    steward = add_steward(opened, steward_id, load_key_file(key), agreement)
    say(f"{steward_id} watches over {', '.join(sorted(steward.agreements))}.")


def remove(
    steward_id: Annotated[str, typer.Argument(metavar="ID", help="The steward.")],
    agreement: Annotated[list[str], typer.Option(help="An agreement they leave; can be given several times.")],
    shop: ShopFolder = HERE,
) -> None:
    """Take agreements away from a steward.

    They stay on record, so that what they signed before still holds.
    """
    from tacit.flows.remove_steward import remove_steward

    steward = remove_steward(open_shop(shop, Verb.CHANGE, Kind.STEWARD).shop, steward_id, agreement)
    left = ", ".join(sorted(steward.agreements)) or "no agreement any more; what they signed before still holds"
    say(f"{steward_id} watches over {left}.")


def list_(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List the stewards, their public keys and what they watch over."""
    stewards = open_shop(shop, Verb.READ, Kind.STEWARD).shop.catalogue.stewards()
    if json:
        say_json(
            {
                "stewards": [
                    {
                        "steward": steward.steward_id,
                        "name": steward.name,
                        "agreements": sorted(steward.agreements),
                        "public_key": steward.public_key,
                        "sealing_key": steward.sealing_key,
                        "since": steward.added_at.isoformat(),
                    }
                    for steward in stewards
                ]
            }
        )
        return
    columns = ("steward", "name", "agreements", "public key", "since")
    rows = [
        (
            steward.steward_id,
            steward.name,
            ", ".join(sorted(steward.agreements)),
            steward.public_key,
            steward.added_at.date(),
        )
        for steward in stewards
    ]
    say_table(columns, rows)
