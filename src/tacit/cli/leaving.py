"""The way out: `tacit consent withdraw`, `tacit certificate`, `tacit hold` and `tacit originals`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.options import HERE, AsJson, KeyPath, KeyPin, ShopFolder, open_shop, read_purposes, unlock_key
from tacit.cli.show import TerminalProgress, say, say_json, say_table, warn_holds, warn_unreplaced
from tacit.rights.roles import Kind, Verb

if TYPE_CHECKING:
    from tacit.flows.ports import Shop
    from tacit.flows.withdraw_consent import Withdrawn
    from tacit.records.certificate import Certificate
    from tacit.records.hold import Hold
    from tacit.wiring import OpenShop

Account = Annotated[str, typer.Argument(help="Account of whoever left.")]
Worker = Annotated[str, typer.Option("--worker", help="Only those of this worker.", show_default="everybody's")]


def attach(app: typer.Typer) -> None:
    """Add the commands; `consent withdraw` stands in its own group."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("show")(show_certificate)
    group.command("verify")(verify)
    app.add_typer(group, name="certificate", help="What a withdrawal did, signed.")
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(list_holds)
    group.command("open")(open_)
    group.command("destroy")(destroy_holds)
    app.add_typer(group, name="hold", help="What a law asks to keep sealed of those who left.")
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(list_originals)
    group.command("destroy")(destroy)
    app.add_typer(group, name="originals", help="Films as they were handed in, outside the shop.")


def withdraw(
    label: Annotated[str, typer.Argument(help="The worker.")],
    purpose: Annotated[list[str] | None, typer.Option("--purpose", help="Only for this; repeat for more.")] = None,
    destroy_originals: Annotated[
        bool, typer.Option("--destroy-originals", help="Destroy the films as they were handed in, too.")
    ] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Write the certificate to a new file.")] = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Take a yes back, for some purposes or for all.

    It denies at once. Where no purpose is left, everything of the worker in the shop is destroyed, or sealed first
    where the law of the agreement asks for that, and datasets are made anew without them. It ends in a certificate.
    This cannot be undone.
    """
    from tacit.flows.withdraw_consent import finish_withdrawals, has_anything_to_withdraw, withdraw_consent
    from tacit.records.errors import NothingToWithdrawError, UnknownThingError

    opened = open_shop(shop, Verb.SAY, Kind.CONSENT, worker=label)
    _require_new_file(opened, out)
    progress, purposes = TerminalProgress(), read_purposes(purpose or [])
    there = opened.shop.catalogue.find_worker(label)
    if (
        there is not None and not json and has_anything_to_withdraw(opened.shop, there.worker_uid, purposes)
    ):  # said first, for after an interruption nobody could find it any more
        say(f"What {label} earned is owed, and stays owed, under the account {there.worker_uid}.")
    try:
        done = withdraw_consent(opened.shop, opened.contract, label, purposes, progress, destroy_originals)
    except (NothingToWithdrawError, UnknownThingError):  # perhaps it was begun before, and cut short
        warn_unreplaced(finish_withdrawals(opened.shop, opened.contract, progress))
        erased_at = opened.shop.catalogue.find_erasure(label)
        if erased_at is None or opened.shop.catalogue.find_worker(label) is not None:
            raise
        say(f"{label} withdrew on {erased_at.date()}, and nothing of theirs in this shop can be opened by it any more.")
        if there is not None:
            say(f"For the certificate: tacit certificate show {there.worker_uid}")
        return
    warn_unreplaced(finish_withdrawals(opened.shop, opened.contract, progress))
    warn_holds(opened.shop)
    if out is not None:
        _write_certificate(opened.shop, done.certificate, out)
    if json:
        _say_withdrawn_json(opened.shop, done)
    else:
        _say_withdrawn(label, done, out)


def _say_withdrawn(label: str, done: "Withdrawn", out: Path | None) -> None:
    say(f"{label} withdrew {', '.join(sorted(done.purposes))}: denied from this moment on.")
    until = done.certificate.sealed_until
    if done.erased and until is not None:
        say(f"Sealed until {until.date()}: their key, their row, and {done.n_objects} sealed objects.")
    elif done.erased:
        say(f"Destroyed: their key, their row, and {done.n_objects} sealed objects.")
    if done.erased:
        say(f"To see what they are owed: tacit statement {done.account}")
    for replaced in done.replaced:
        if replaced.licensed:
            say(f"The release at {replaced.path} still holds their footage. {replaced.problem}")
        elif replaced.problem:
            say(f"The dataset at {replaced.path} still holds their footage. {replaced.problem}")
        elif not replaced.found:
            say(f"The dataset does not lie at {replaced.path} any more; a copy elsewhere is out of reach from here.")
        elif replaced.version is None:
            say(f"Nothing is left for the dataset at {replaced.path}; it was removed.")
        else:
            say(f"The dataset at {replaced.path} is now version {replaced.version.version}, without them.")
    for original in done.originals:
        say(f"The film as it was handed in is still at {original}: it is outside the shop, so delete it yourself.")
    if out is not None:
        say(f"The certificate is at {out}. To check it: tacit certificate verify {out}")
        return
    say("")
    for line in done.certificate.text:
        say(line)


def _say_withdrawn_json(shop: "Shop", done: "Withdrawn") -> None:
    from json import loads

    from tacit.flows.issue_certificate import certificate_document

    say_json(
        {
            "purposes": sorted(done.purposes),
            "erased": done.erased,
            "objects_destroyed": 0 if done.certificate.sealed_until else done.n_objects,
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
            "certificate": loads(certificate_document(shop, done.certificate)),
        }
    )


def show_certificate(
    named: Annotated[str, typer.Argument(help="A certificate, or the account of whoever withdrew.")],
    out: Annotated[Path | None, typer.Option("--out", help="Write the signed file, a new one.")] = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Show the certificates of a withdrawal; of several the newest goes to the file."""
    from json import loads

    from tacit.flows.issue_certificate import certificate_document, require_certificates

    opened = open_shop(shop, Verb.READ, Kind.CERTIFICATE, worker=named)
    _require_new_file(opened, out)
    found = require_certificates(opened.shop, named)
    documents = [certificate_document(opened.shop, one) for one in found]
    if out is not None:
        _write_certificate(opened.shop, found[-1], out)
    openings = opened.shop.catalogue.hold_openings(found[-1].account)
    if json:
        told = [{"at": one.opened_at.isoformat(), "steward": one.steward_id, "reason": one.reason} for one in openings]
        say_json({"certificates": [loads(document) for document in documents], "openings": told})
        return
    for one in found:
        for line in one.text:
            say(line)
        say("")
    for opening in openings:
        day = opening.opened_at.isoformat(timespec="minutes")
        say(f"What was sealed was opened on {day} with the steward {opening.steward_id}: {opening.reason}")


def verify(
    file: Annotated[Path, typer.Argument(help="A certificate as a file.")],
    key: Annotated[str, typer.Option("--key", help="Public key of the shop, in hex.", show_default="this shop's")] = "",
    shop: ShopFolder = HERE,
) -> None:
    """Check that a certificate is as a shop signed it. With --key it needs no shop."""
    from tacit.flows.issue_certificate import read_certificate

    keys = [key] if key else [open_shop(shop, Verb.READ, Kind.NOTICE).shop.keys.public_key()]
    body = read_certificate(file, keys)
    say(f"{file} is the certificate {body['certificate_id']} for the account {body['account']}, as it was signed.")


def list_holds(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List what is kept sealed of those who left, until when, and who opened it."""
    opened = open_shop(shop, Verb.READ, Kind.HOLD, listed=True)
    catalogue = opened.shop.catalogue
    columns = ("account", "agreements", "sealed", "until", "state", "stewards", "opened")
    rows = [
        (
            hold.worker_uid,
            ", ".join(hold.agreements),
            hold.sealed_at.date().isoformat(),
            hold.until.date().isoformat(),
            "destroyed" if hold.destroyed_at else "sealed",
            ", ".join(sorted(hold.halves)),
            ", ".join(one.opened_at.date().isoformat() for one in catalogue.hold_openings(hold.worker_uid)),
        )
        for hold in catalogue.holds()
        if _may_see(opened, hold)
    ]
    if json:
        say_json({"holds": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)
        warn_holds(opened.shop)


def open_(
    account: Account,
    steward: Annotated[str, typer.Option("--steward", help="Who holds the other half.")],
    key: KeyPath,
    reason: Annotated[str, typer.Option("--reason", help="Why; whoever left will read it.")],
    out: Annotated[Path, typer.Option("--out", help="A new folder for what is in it, in the clear.")],
    pin_stdin: KeyPin = False,
    shop: ShopFolder = HERE,
) -> None:
    """Open a hold, with the shop's half of the key and a steward's.

    That it was opened, when, with whom and why is put down first, and shown with the certificate.
    """
    from tacit.flows.open_hold import open_hold
    from tacit.flows.outside import require_outside

    opened = open_shop(shop, Verb.CHANGE, Kind.HOLD, worker=account)
    require_outside(opened.folder, opened.unlocked.keys, out)
    open_hold(opened.shop, account, steward, unlock_key(key, pin_stdin), reason, out)
    say(f"It lies in {out}, in the clear: keep it no longer than you must. That you opened it is put down.")


def destroy_holds(
    due: Annotated[bool, typer.Option("--due", help="Destroy those whose time is over; needed.")] = False,
    shop: ShopFolder = HERE,
) -> None:
    """Destroy what was sealed for long enough; each ends in a certificate of destruction.

    Other commands do it on their way, too. Nothing is destroyed before its time.
    """
    from tacit.flows.destroy_hold import find_due_holds
    from tacit.flows.withdraw_consent import finish_withdrawals

    opened = open_shop(shop, Verb.DESTROY, Kind.HOLD)
    if not due:
        say("Nothing was destroyed: say --due.")
        return
    holds = find_due_holds(opened.shop)
    warn_unreplaced(finish_withdrawals(opened.shop, opened.contract, TerminalProgress()))
    for hold in holds:
        say(f"Destroyed. For the certificate: tacit certificate show {hold.worker_uid}")
    if not holds:
        say("Nothing is due.")
    warn_holds(opened.shop)


def list_originals(
    worker: Worker = "",
    check: Annotated[bool, typer.Option("--check", help="Read each, to tell those that are another file now.")] = False,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """List the films as they were handed in.

    Those that are still in their place: plaintext that the shop knows of.
    """
    from tacit.flows.originals import find_changed, find_originals

    opened = _open_originals(shop, worker, Verb.READ)
    now = opened.shop.clock.now()
    films = find_originals(opened.shop, _uid(opened.shop, worker))
    changed = find_changed(opened.shop, films) if check else frozenset()
    labels = {one.worker_uid: one.label for one in opened.shop.catalogue.workers()}
    columns = ("recording", "worker", "days old", "days at most", "note", "path")
    rows = [
        (
            film.recording_id,
            labels.get(film.worker_uid, film.worker_uid),
            film.days_old(now),
            film.days_max,
            "another file" if film.recording_id in changed else "too old" if film.is_over(now) else "",
            film.path,
        )
        for film in films
    ]
    if json:
        say_json({"originals": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)


def destroy(
    recordings: Annotated[list[str] | None, typer.Argument(help="Recordings whose films to destroy.")] = None,
    worker: Worker = "",
    shop: ShopFolder = HERE,
) -> None:
    """Overwrite and remove films as they were handed in.

    Of these recordings, or all of a worker. Only a file that is still what was handed in is touched. This cannot be
    undone, and such a film can be processed anew no more.
    """
    from tacit.flows.find_recording import require_recording
    from tacit.flows.originals import destroy_originals, find_originals

    if not recordings and not worker:
        raise typer.BadParameter("Name recordings, or a worker with --worker.")
    opened = _open_originals(shop, worker, Verb.DESTROY)
    named = {require_recording(opened.shop, name).recording_id for name in recordings or []}
    films = find_originals(opened.shop, _uid(opened.shop, worker))
    films = [film for film in films if not named or film.recording_id in named]
    gone = destroy_originals(opened.shop, films)
    say(f"Destroyed: {len(gone)} of {len(films)} films that were still in their place.")
    for film in films:
        if film not in gone:
            say(f"Left alone: {film.path} is another file than was handed in, or may not be written.")


def _open_originals(shop: Path, worker: str, verb: Verb) -> "OpenShop":
    if worker:
        return open_shop(shop, verb, Kind.ORIGINAL, worker=worker)
    return open_shop(shop, verb, Kind.ORIGINAL)


def _uid(shop: "Shop", label: str) -> str:
    from tacit.flows.add_worker import require_worker

    return require_worker(shop, label).worker_uid if label else ""


def _may_see(opened: "OpenShop", hold: "Hold") -> bool:
    from tacit.rights.roles import Thing, may

    things = [Thing(Kind.HOLD, hold.worker_uid, agreement) for agreement in hold.agreements]
    return any(may(opened.actor, Verb.READ, thing) for thing in things)


def _require_new_file(opened: "OpenShop", out: Path | None) -> None:
    from tacit.flows.outside import require_outside
    from tacit.records.errors import FileThereError

    if out is not None:
        require_outside(opened.folder, opened.unlocked.keys, out)
        if out.exists():
            raise FileThereError(str(out))


def _write_certificate(shop: "Shop", certificate: "Certificate", out: Path) -> None:
    from tacit.flows.issue_certificate import certificate_document

    with out.open("xb") as file:
        file.write(certificate_document(shop, certificate))
