"""`tacit notice`: the languages that workers read in, and the named reviewers who sign the translations."""

from typing import Annotated

import typer

from tacit.cli.options import HERE, AsJson, KeyPath, KeyPin, ShopFolder, open_shop, unlock_key
from tacit.cli.show import say, say_json, say_table
from tacit.rights.roles import Kind, Verb

Language = Annotated[str, typer.Argument(help="A language, such as hi.")]


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(list_)
    group.command("text")(text)
    group.command("review")(review)
    app.add_typer(group, name="notice", help="The languages that workers read in, and who reviewed each.")


def list_(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List the languages, whether each is a draft, and who signed the wording that is in use."""
    from tacit.flows.review_notice import list_notices

    states = list_notices(open_shop(shop, Verb.READ, Kind.NOTICE).shop)
    columns = ("language", "state", "reviewer", "on", "digest")
    rows = [
        (
            one.language,
            "draft" if one.is_draft else "signed" if one.review else "source",
            one.review.reviewer if one.review else "",
            one.review.reviewed_at.date().isoformat() if one.review else "",
            one.digest if json else one.digest[:16],
        )
        for one in states
    ]
    if json:
        say_json({"languages": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)


def text(language: Language, json: AsJson = False) -> None:
    """Print what a worker reads in a language, for a reviewer.

    All of it, beside the English; no shop is needed.
    """
    from tacit.flows.review_notice import hash_messages, require_catalogue
    from tacit.words.catalogue import english

    catalogue = require_catalogue(language)
    messages, source = catalogue.worker_messages, english().worker_messages
    if json:
        pairs = {key: {"en": source[key], catalogue.language: messages[key]} for key in source}
        say_json({"language": catalogue.language, "digest": hash_messages(catalogue), "messages": pairs})
        return
    for key, words in source.items():
        say(f"{key}\n   en  {words}\n   {catalogue.language}  {messages[key]}")
    say(f"{len(source)} messages. Digest of the {catalogue.language} wording: {hash_messages(catalogue)}")


def review(
    language: Language,
    key: KeyPath,
    pin_stdin: KeyPin = False,
    shop: ShopFolder = HERE,
) -> None:
    """Sign a translation as it stands, as a reviewer whose name is in the key file.

    Read it first: tacit notice text. Another wording is a draft again. From then on workers can say yes in it.
    """
    from tacit.flows.review_notice import review_notice

    opened = open_shop(shop, Verb.CHANGE, Kind.NOTICE).shop
    signed = review_notice(opened, language, unlock_key(key, pin_stdin))
    say(f"The wording in {signed.language} is signed by {signed.reviewer} since {signed.reviewed_at.date()}.")
    say(f"Digest: {signed.digest}")
