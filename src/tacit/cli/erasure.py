"""`tacit erasure`: look whether anything of somebody who was erased is still there."""

from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.options import HERE, AsJson, ShopFolder, open_shop
from tacit.cli.show import say, say_json, say_table
from tacit.rights.roles import Kind, Verb

_FOUND = 4  # the exit code of damage: something is where it should not be


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.callback()(_group)
    group.command("audit")(audit)
    app.add_typer(group, name="erasure", help="Whether an erasure reached everything.")


def _group() -> None:
    """Keep the name of the one command."""


def audit(
    marker: Annotated[
        list[str] | None, typer.Option("--marker", help="A text to look for, such as a name; repeat for more.")
    ] = None,
    file: Annotated[list[Path] | None, typer.Option("--file", help="A file whose pieces to look for.")] = None,
    backup: Annotated[Path | None, typer.Option("--backup", help="A restored backup of the shop's folder.")] = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Search everything for traces of an erased worker.

    The shop, its keys, its datasets, scratch files and a backup. It reads every file as it lies, and everything
    sealed that the keys there are still open. Name what only this worker had: a name, a path, a note. It ends with
    4 where something was found.
    """
    from tacit import wiring
    from tacit.flows.audit_erasure import make_needles, search

    if not marker and not file:
        raise typer.BadParameter("Say what to look for, with --marker or --file.")
    opened = open_shop(shop, Verb.READ, Kind.SHOP)
    needles = make_needles(marker or [], file or [])
    places, unopened = wiring.audit_places(opened, backup)
    result = search(places, needles)
    if json:
        say_json(
            {
                "found": [vars(one) for one in result.findings],
                "places": result.n_places,
                "bytes": result.n_bytes,
                "sealed_and_not_opened": unopened.counts,
                "unread": [{"place": place, "reason": why} for place, why in result.unread],
            }
        )
    else:
        if result.findings:
            say_table(("marker", "form", "place"), [(f.marker, f.form, f.place) for f in result.findings])
        for place, why in result.unread:
            say(f"Could not be read: {place} ({why})")
        sealed = sum(unopened.counts.values())
        say(f"Sealed, and opened by no key there is: {sealed}.")
        mebibytes = result.n_bytes / 1024 / 1024
        verdict = f"Found {len(result.findings)} times" if result.findings else "Not found"
        say(f"{verdict} in {result.n_places} places, {mebibytes:.1f} MiB.")
    if result.findings or result.unread:
        raise typer.Exit(_FOUND)
