"""`tacit agreement`: the terms that the software enforces."""

from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.options import HERE, AsJson, KeyPath, KeyPin, ShopFolder, open_shop, unlock_key
from tacit.cli.show import say, say_json, say_table
from tacit.rights.roles import Kind, Verb

Name = Annotated[str, typer.Argument(metavar="AGREEMENT", help="The agreement.")]
Version = Annotated[int, typer.Option(min=0, help="Which version, from 1 on.", show_default="the newest")]
StewardId = Annotated[str, typer.Option("--steward", help="Which steward says so.")]


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("add")(add)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("export")(export)
    group.command("pause")(pause)
    group.command("resume")(resume)
    app.add_typer(group, name="agreement", help="The terms between workers and a plant.")


def add(file: Annotated[Path, typer.Argument(help="The agreement, a TOML file.")], shop: ShopFolder = HERE) -> None:
    """Check an agreement and add it to the shop.

    Every fault in the file is listed at once, with its line. Other words under an id that is there are the next version
    of that agreement, and bind only who says yes to them.
    """
    from tacit.flows.add_agreement import add_agreement
    from tacit.rights.agreement_file import read_agreement

    agreement, source = read_agreement(file)
    number = add_agreement(open_shop(shop, Verb.ADD, Kind.AGREEMENT).shop, agreement, source)
    which = agreement.agreement_id if number == 1 else f"{agreement.agreement_id}, version {number}"
    say(f"Added the agreement {which}, valid from {agreement.valid_from} to {agreement.valid_to}.")
    say("Next: tacit worker add LABEL --name NAME --language LANGUAGE --pin")


def list_(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List the agreements of the shop."""
    agreements = open_shop(shop, Verb.READ, Kind.AGREEMENT).shop.catalogue.agreements()
    columns = ("agreement", "valid from", "valid to", "purposes")
    rows = [
        (a.agreement_id, a.valid_from.isoformat(), a.valid_to.isoformat(), ", ".join(sorted(a.purposes)))
        for a in agreements
    ]
    if json:
        say_json({"agreements": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)


def show(name: Name, version: Version = 0, shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """Show the terms of an agreement, and its state.

    Its versions, who watches over it, and whether it is paused.
    """
    from tacit.flows.add_agreement import require_numbered
    from tacit.flows.pause_agreement import is_paused

    opened = open_shop(shop, Verb.READ, Kind.AGREEMENT, agreement=name).shop
    terms = require_numbered(opened, name, version)
    digests = [one.digest for one in opened.catalogue.agreement_versions(name)]
    number = digests.index(terms.digest) + 1
    stewards = [one.steward_id for one in opened.catalogue.stewards() if name in one.agreements]
    paused = is_paused(opened, name)
    words = opened.catalogue.pause_words(name)
    if json:
        say_json(
            {
                "agreement": name,
                "version": number,
                "versions": digests,
                "paused": paused,
                "stewards": stewards,
                "pauses": [
                    {"paused": word.paused, "at": word.said_at.isoformat(), "steward": word.steward_id}
                    for word in words
                ],
                "terms": opened.catalogue.agreement_sources(name)[number - 1],
            }
        )
        return
    say(opened.catalogue.agreement_sources(name)[number - 1].rstrip())
    say(f"\nVersion {number} of {len(digests)}, fingerprint {terms.digest}.")
    say(f"Stewards: {', '.join(stewards) or 'none'}.")
    for word in words:
        what = "paused" if word.paused else "let go on"
        say(f"  {word.said_at.isoformat(timespec='seconds')}  {what} by {word.steward_id}")
    say("It is paused: everything under it stops." if paused else "It is not paused.")


def export(
    name: Name,
    odrl: Annotated[bool, typer.Option("--odrl", help="As a policy in ODRL 2.2, JSON-LD.")] = False,
    version: Version = 0,
    shop: ShopFolder = HERE,
) -> None:
    """Print an agreement for others.

    The words it was added with, or a policy that machines read.
    """
    from tacit.flows.add_agreement import require_numbered
    from tacit.rights.odrl import agreement_as_odrl

    opened = open_shop(shop, Verb.READ, Kind.AGREEMENT, agreement=name).shop
    terms = require_numbered(opened, name, version)
    number = [one.digest for one in opened.catalogue.agreement_versions(name)].index(terms.digest) + 1
    if odrl:
        say_json(agreement_as_odrl(terms, number))
    else:
        say(opened.catalogue.agreement_sources(name)[number - 1].rstrip())


def pause(name: Name, steward: StewardId, key: KeyPath, pin_stdin: KeyPin = False, shop: ShopFolder = HERE) -> None:
    """Stop everything under an agreement: work under way, builds and licences (R12).

    Only a steward of it can, with their own key file.
    """
    _say_word(shop, name, steward, key, pin_stdin, paused=True)


def resume(name: Name, steward: StewardId, key: KeyPath, pin_stdin: KeyPin = False, shop: ShopFolder = HERE) -> None:
    """Let everything under a paused agreement go on."""
    _say_word(shop, name, steward, key, pin_stdin, paused=False)


def _say_word(shop: Path, name: str, steward: str, key: Path, pin_stdin: bool, paused: bool) -> None:
    from tacit.flows.pause_agreement import pause_agreement

    opened = open_shop(shop, Verb.SAY, Kind.AGREEMENT, agreement=name).shop
    changed = pause_agreement(opened, name, steward, unlock_key(key, pin_stdin), paused)
    if paused:
        say(f"The agreement {name} is {'now' if changed else 'already'} paused: everything under it stops.")
    else:
        say(f"The agreement {name} {'goes on' if changed else 'was not paused'}: what waits may go on.")
