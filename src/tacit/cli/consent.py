"""`tacit consent`: the notice, the yes, the no, and the way out."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.leaving import withdraw
from tacit.cli.options import HERE, AsJson, AskPin, ShopFolder, open_shop, read_day, read_purposes
from tacit.cli.show import say, say_json, say_table
from tacit.cli.voice import VoiceKey, VoicePin, Witness, read_voice
from tacit.rights.roles import Kind, Verb

if TYPE_CHECKING:
    from tacit.records.people import Worker
    from tacit.wiring import OpenShop

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
    """Print the notice that a worker reads before saying yes or no.

    A translation that no named reviewer has signed is printed as a draft, and nobody can say yes on it.
    """
    from tacit.flows.review_notice import show_notice

    opened = open_shop(shop, Verb.READ, Kind.NOTICE).shop
    say(show_notice(opened, label, agreement, language).text)


def give(
    label: Label,
    agreement: AgreementId,
    purpose: Purposes,
    until: Annotated[
        str, typer.Option(help="Last day of the yes, such as 2027-12-31.", show_default="as the agreement")
    ] = "",
    language: Language = "",
    pin: AskPin = False,
    pin_stdin: VoicePin = False,
    key: VoiceKey = None,
    witness: Witness = "",
    shop: ShopFolder = HERE,
) -> None:
    """Put down a worker's yes, on the notice they read.

    Signed by the worker, with a PIN or a key file of their own, or witnessed by a steward of the agreement, it is good
    for a licence; otherwise it is only declared, and good inside the shop.
    """
    from tacit.flows.add_agreement import require_agreement
    from tacit.flows.add_worker import require_worker
    from tacit.flows.give_consent import SaidYes, give_consent
    from tacit.flows.review_notice import require_signed_language
    from tacit.words.notice import render_notice

    purposes, ends_on = read_purposes(purpose), read_day(until) if until else None
    opened = open_shop(shop, Verb.SAY, Kind.CONSENT, worker=label, agreement=agreement).shop
    worker = require_worker(opened, label)
    require_signed_language(opened, language or worker.language)  # told before anybody types a PIN
    read = render_notice(require_agreement(opened, agreement), language or worker.language)
    voice = read_voice(pin, pin_stdin, key, witness)
    said = SaidYes(read, voice.pin, voice.key, voice.witness, ends_on)
    given = give_consent(opened, label, agreement, purposes, opened.clock.now(), said)
    ends = f", until {given.ends_on}" if given.ends_on is not None else ""
    say(
        f"{label} said yes to {', '.join(sorted(given.purposes))} ({given.evidence}{ends}). "
        f"Footage filmed from now on counts. Receipt: tacit consent show {label} --receipt FILE"
    )


def refuse(label: Label, shop: ShopFolder = HERE) -> None:
    """Forget a worker who said no.

    Nothing is kept, not even that they were asked.
    """
    from tacit.flows.give_consent import refuse_consent

    refuse_consent(open_shop(shop, Verb.SAY, Kind.CONSENT, worker=label).shop, label)
    say("Forgotten. It costs them nothing, and nothing tells that they were asked.")


def show(
    label: Label,
    receipt: Annotated[
        Path | None, typer.Option(help="Write a receipt, signed by the shop, for the worker to keep.")
    ] = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Show what a worker said yes and no to, and when.

    With --json also the consent records (ISO/IEC TS 27560). The receipt holds the same records. Anyone can check it
    with the shop's public key: tacit-verify.
    """
    from tacit.flows.add_worker import require_worker
    from tacit.flows.make_receipt import list_consent_records

    opened = open_shop(shop, Verb.READ, Kind.CONSENT, worker=label)
    worker = require_worker(opened.shop, label)
    if receipt is not None:
        _write_receipt(opened, worker, receipt)
    columns = ("said", "at", "purposes", "agreement", "evidence", "until", "language", "notice")
    rows = [
        (
            "yes",
            c.given_at.isoformat(),
            ", ".join(sorted(c.purposes)),
            c.agreement_id,
            f"{c.evidence} by {c.witness}" if c.witness else c.evidence.value,
            str(c.ends_on) if c.ends_on is not None else "",
            c.notice_language,
            c.notice_digest[:12],
        )
        for c in opened.shop.catalogue.consents(worker.worker_uid)
    ] + [
        ("no", w.withdrawn_at.isoformat(), ", ".join(sorted(w.purposes)), "", "", "", "", "")
        for w in opened.shop.catalogue.withdrawals(worker.worker_uid)
    ]
    rows.sort(key=lambda row: row[1])
    if json:
        statements = [dict(zip(columns, row, strict=True)) for row in rows]
        say_json({"worker": label, "statements": statements, "records": list_consent_records(opened.shop, worker)})
    else:
        say_table(columns, rows)
        if receipt is not None:
            say(f"Wrote the receipt to {receipt}.")


def _write_receipt(opened: "OpenShop", worker: "Worker", path: Path) -> None:
    from tacit.flows.hand_out import hand_out
    from tacit.flows.make_receipt import make_receipt
    from tacit.flows.outside import require_outside

    require_outside(opened.folder, opened.unlocked.keys, path)
    hand_out(path, make_receipt(opened.shop, worker))
