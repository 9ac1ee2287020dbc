"""`tacit consent`: the notice, the yes, the no, and the way out."""

from typing import Annotated

import typer

from tacit.cli.options import HERE, AsJson, AskPin, PinStdin, ShopFolder, open_shop, read_pin, read_purposes
from tacit.cli.show import TerminalProgress, say, say_json, say_table, warn_unreplaced

Label = Annotated[str, typer.Argument(help="The worker.")]
AgreementId = Annotated[str, typer.Option("--agreement", help="Under which agreement.")]
Language = Annotated[str, typer.Option("--language", help="Language of the notice.", show_default="the worker's")]
Purposes = Annotated[list[str], typer.Option("--purpose", help="What is said yes or no to; repeat for more.")]


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("notice")(notice)
    group.command("give")(give)
    group.command("refuse")(refuse)
    group.command("withdraw")(withdraw)
    group.command("show")(show)
    app.add_typer(group, name="consent", help="A worker's yes, no, and way out.")


def notice(label: Label, agreement: AgreementId, language: Language = "", shop: ShopFolder = HERE) -> None:
    """Print the notice that a worker reads before saying yes or no."""
    from tacit.flows.add_agreement import require_agreement
    from tacit.flows.add_worker import require_worker
    from tacit.words.notice import render_notice

    opened = open_shop(shop).shop
    worker = require_worker(opened, label)
    say(render_notice(require_agreement(opened, agreement), language or worker.language).text)


def give(
    label: Label,
    agreement: AgreementId,
    purpose: Purposes,
    language: Language = "",
    pin: AskPin = False,
    pin_stdin: PinStdin = False,
    shop: ShopFolder = HERE,
) -> None:
    """Put down a worker's yes, on the notice they read.

    Signed with the worker's PIN it is good for a licence; without one it is only declared, and good inside the shop.
    """
    from tacit.flows.add_agreement import require_agreement
    from tacit.flows.add_worker import require_worker
    from tacit.flows.give_consent import SaidYes, give_consent
    from tacit.words.notice import render_notice

    opened = open_shop(shop).shop
    worker = require_worker(opened, label)
    read = render_notice(require_agreement(opened, agreement), language or worker.language)
    said = SaidYes(read, read_pin(pin, pin_stdin))
    given = give_consent(opened, label, agreement, read_purposes(purpose), opened.clock.now(), said)
    say(
        f"{label} said yes to {', '.join(sorted(given.purposes))} ({given.evidence}). "
        "Footage filmed from now on counts."
    )


def refuse(label: Label, shop: ShopFolder = HERE) -> None:
    """Forget a worker who said no.

    Nothing is kept, not even that they were asked.
    """
    from tacit.flows.give_consent import refuse_consent

    refuse_consent(open_shop(shop).shop, label)
    say("Forgotten. It costs them nothing, and nothing tells that they were asked.")


def withdraw(
    label: Label,
    purpose: Annotated[list[str] | None, typer.Option("--purpose", help="Only for this; repeat for more.")] = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Take a yes back, for some purposes or for all.

    It denies at once. Where no purpose is left, everything of the worker in the shop is destroyed, and datasets are
    made anew without them. This cannot be undone.
    """
    from tacit.flows.add_worker import require_worker
    from tacit.flows.withdraw_consent import finish_withdrawals, withdraw_consent

    opened = open_shop(shop)
    warn_unreplaced(finish_withdrawals(opened.shop, opened.contract, TerminalProgress()))
    erased_at = opened.shop.catalogue.find_erasure(label)
    if erased_at is not None and opened.shop.catalogue.find_worker(label) is None:
        say(f"{label} withdrew on {erased_at.date()}, and everything of theirs in this shop is destroyed.")
        return
    if not json:  # said first, for after an interruption nobody could find it any more
        account = require_worker(opened.shop, label).worker_uid
        say(f"What {label} earned is owed, and stays owed, under the account {account}.")
    done = withdraw_consent(opened.shop, opened.contract, label, read_purposes(purpose or []), TerminalProgress())
    if json:
        say_json(
            {
                "purposes": sorted(done.purposes),
                "erased": done.erased,
                "objects_destroyed": done.n_objects,
                "account": done.account,
                "datasets": [
                    {
                        "path": r.path,
                        "version": r.version.version if r.version else None,
                        "found": r.found,
                        "problem": r.problem,
                    }
                    for r in done.replaced
                ],
                "originals": list(done.originals),
            }
        )
        return
    say(f"{label} withdrew {', '.join(sorted(done.purposes))}: denied from this moment on.")
    if done.erased:
        say(f"Destroyed: their key, their row, and {done.n_objects} sealed objects.")
        say(f"To see what they are owed: tacit statement {done.account}")
    for replaced in done.replaced:
        if replaced.problem:
            say(f"The dataset at {replaced.path} still holds their footage. {replaced.problem}")
        elif not replaced.found:
            say(f"The dataset does not lie at {replaced.path} any more; a copy elsewhere is out of reach from here.")
        elif replaced.version is None:
            say(f"Nothing is left for the dataset at {replaced.path}; it was removed.")
        else:
            say(f"The dataset at {replaced.path} is now version {replaced.version.version}, without them.")
    for original in done.originals:
        say(f"The film as it was handed in is still at {original}: it is outside the shop, so delete it yourself.")


def show(label: Label, shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """Show what a worker said yes and no to, and when."""
    from tacit.flows.add_worker import require_worker

    opened = open_shop(shop).shop
    uid = require_worker(opened, label).worker_uid
    columns = ("said", "at", "purposes", "agreement", "evidence", "notice")
    rows = [
        (
            "yes",
            c.given_at.isoformat(),
            ", ".join(sorted(c.purposes)),
            c.agreement_id,
            c.evidence.value,
            c.notice_digest[:12],
        )
        for c in opened.catalogue.consents(uid)
    ] + [
        ("no", w.withdrawn_at.isoformat(), ", ".join(sorted(w.purposes)), "", "", "")
        for w in opened.catalogue.withdrawals(uid)
    ]
    rows.sort(key=lambda row: row[1])
    if json:
        say_json({"worker": label, "statements": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)
