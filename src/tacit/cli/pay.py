"""`tacit payment | settle | statement`: what licensees paid, and what workers earned."""

from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.options import HERE, AsJson, ShopFolder, open_shop
from tacit.cli.show import say, say_json
from tacit.rights.roles import Kind, Verb


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    payments = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    payments.callback()(_payments)
    payments.command("record")(record)
    app.add_typer(payments, name="payment", help="What licensees paid.")
    app.command("settle")(settle)
    app.command("statement")(statement)


def _payments() -> None:
    """Keep `payment` a group while it has one command."""


def record(
    license_id: Annotated[str, typer.Argument(metavar="LICENSE", help="Which licence it is for.")],
    amount: Annotated[str, typer.Argument(help="Plain digits, such as 50000.00.")],
    reference: Annotated[str, typer.Option(help="The bank's reference; the same one twice is booked once.")],
    shop: ShopFolder = HERE,
) -> None:
    """Book what a licensee paid.

    The agreed part goes into the workers' pool of this licence, the rest to its owner.
    """
    from tacit.flows.find_license import require_license
    from tacit.flows.record_payment import record_payment
    from tacit.records.money import parse_money

    opened = open_shop(shop, Verb.ADD, Kind.PAYMENT, license=license_id).shop
    currency = require_license(opened, license_id).price.currency
    booked = record_payment(opened, license_id, parse_money(amount, currency), reference)
    say(f"Booked {booked.transaction_id}: {booked.memo}.")
    for posting in booked.postings:
        say(f"  {posting.account:<40} {posting.amount!s:>20}")


def settle(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """Book what workers are owed.

    Pay for filming, and their shares of what licensees paid. What is booked already is not booked again.
    """
    from tacit.flows.settle import settle as book_due

    booked = book_due(open_shop(shop, Verb.MAKE, Kind.PAYMENT).shop)
    if json:
        say_json({"booked": [transaction.transaction_id for transaction in booked]})
        return
    for transaction in booked:
        say(f"Booked {transaction.transaction_id}: {transaction.memo}.")
    say(f"{len(booked)} transactions booked." if booked else "Nothing was due.")


def statement(
    worker: Annotated[str, typer.Argument(help="The worker, or an account such as w-….")],
    out: Annotated[Path | None, typer.Option(help="Write it as a page, one HTML file.")] = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Show what a worker earned, and why.

    Every amount comes with the figures it was computed from, so that it can be added up by hand.
    """
    from tacit.cli.statement_json import statement_as_json
    from tacit.flows.make_statement import find_account, make_statement
    from tacit.flows.outside import require_outside
    from tacit.pages.page_file import write_page
    from tacit.pages.statement_page import render_statement
    from tacit.words.catalogue import english
    from tacit.words.statement_text import explain_line

    opened = open_shop(shop, Verb.READ, Kind.STATEMENT, worker=worker)
    if out is not None:
        require_outside(opened.folder, opened.unlocked.keys, out)
    account, name, language = find_account(opened.shop, worker)
    made = make_statement(opened.shop, account)
    if out is not None:
        write_page(out, render_statement(made, name, language))
        say(f"Wrote {out}.")
    elif json:
        say_json(statement_as_json(made))
    elif not made.lines:
        say(f"Nothing was booked for {worker} yet.")
    else:
        for line in made.lines:
            text = explain_line(line, english())
            say(f"{line.booked_at.date()}  {text.what}: {line.amount}")
            for sentence in (text.about, *text.steps):
                say(f"    {sentence}")
        for total in made.totals:
            say(
                f"Filming {total.filming} + shares {total.shares} + corrections {total.corrections} "
                f"- paid out {total.paid_out} = owed {total.owed}"
            )
