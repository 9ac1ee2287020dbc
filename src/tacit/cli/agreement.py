"""`tacit agreement`: the terms that the software enforces."""

from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.options import HERE, AsJson, ShopFolder, open_shop
from tacit.cli.show import say, say_json, say_table


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("add")(add)
    group.command("list")(list_)
    app.add_typer(group, name="agreement", help="The terms between workers and a plant.")


def add(file: Annotated[Path, typer.Argument(help="The agreement, a TOML file.")], shop: ShopFolder = HERE) -> None:
    """Check an agreement and add it to the shop.

    Every fault in the file is listed at once, with its line.
    """
    from tacit.flows.add_agreement import add_agreement
    from tacit.rights.agreement_file import read_agreement

    agreement, source = read_agreement(file)
    add_agreement(open_shop(shop).shop, agreement, source)
    say(f"Added the agreement {agreement.agreement_id}, valid from {agreement.valid_from} to {agreement.valid_to}.")
    say("Next: tacit worker add LABEL --name NAME --language LANGUAGE --pin")


def list_(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List the agreements of the shop."""
    agreements = open_shop(shop).shop.catalogue.agreements()
    columns = ("agreement", "valid from", "valid to", "purposes")
    rows = [
        (a.agreement_id, a.valid_from.isoformat(), a.valid_to.isoformat(), ", ".join(sorted(a.purposes)))
        for a in agreements
    ]
    if json:
        say_json({"agreements": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)
