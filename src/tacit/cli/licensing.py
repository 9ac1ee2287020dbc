"""`tacit license`: who may use what, for which purposes, where, until when and for how much."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.options import HERE, AsJson, ShopFolder, open_shop, read_day, read_purposes
from tacit.cli.show import TerminalProgress, say, say_json, say_table
from tacit.rights.roles import Kind, Verb

if TYPE_CHECKING:
    from tacit.wiring import OpenShop

LicenseId = Annotated[str, typer.Argument(metavar="LICENSE", help="Which licence.")]
Out = Annotated[
    Path | None, typer.Option(help="Folder of the release.", show_default="beside the dataset, named as the licence")
]


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    for name, command in (
        ("grant", grant),
        ("list", list_),
        ("use", use),
        ("revoke", revoke),
        ("replace", replace),
        ("check", check),
    ):
        group.command(name)(command)
    app.add_typer(group, name="license", help="Licences of datasets, and the releases made for their licensees.")


def grant(
    dataset: Annotated[str, typer.Argument(help="The dataset: its folder or its id.")],
    to: Annotated[str, typer.Option(help="Who takes the licence.")],
    purposes: Annotated[
        list[str], typer.Option("--purposes", "--purpose", help="For what; repeat, or separate by commas.")
    ],
    territory: Annotated[list[str], typer.Option(help="Where, country codes or EU; repeat, or separate by commas.")],
    until: Annotated[str, typer.Option(help="Last day, such as 2027-12-31.")],
    price: Annotated[str, typer.Option(help="Plain digits, such as 50000.00.")],
    currency: Annotated[str, typer.Option(help="Such as INR.", show_default="the agreement's")] = "",
    out: Out = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Grant a licence, and make a release for its licensee.

    The release is a dataset of its own, of what may leave for all these purposes: only what was released, and only on
    signed or witnessed words (R4, R11). The same terms again give the same licence.
    """
    from tacit.flows.add_agreement import require_bound
    from tacit.flows.grant_license import agreed_currency, grant_license
    from tacit.records.license import Terms
    from tacit.records.money import parse_money
    from tacit.words.license_text import license_in_words

    opened = open_shop(shop, Verb.MAKE, Kind.LICENSE)
    _require_outside(opened, out)
    amount = parse_money(price, currency or agreed_currency(opened.shop, dataset))
    terms = Terms(dataset, to, read_purposes(_split(purposes)), tuple(_split(territory)), read_day(until), amount)
    granted = grant_license(opened.shop, opened.contract, terms, TerminalProgress(), out)
    given, version = granted.license, granted.version
    if json:
        say_json(
            {
                "license": given.license_id,
                "dataset": version.dataset_id,
                "version": version.version,
                "release_of": version.release_of,
                "path": version.path,
                "episodes": len(version.episodes),
                "left_out": dict(granted.left_out),
                "is_new": granted.is_new,
            }
        )
        return
    agreement = require_bound(opened.shop, version.agreement_id, version.agreement_digest)
    say(license_in_words(given, agreement))
    if not granted.is_new:
        say(f"These terms were granted before, as {given.license_id}; nothing was made.")
        return
    say(f"Granted as {given.license_id}. Its release is in {version.path}; episodes: {len(version.episodes)}.")
    if granted.left_out:
        rules = ", ".join(f"{count} by {rule}" for rule, count in granted.left_out.items())
        say(f"Recordings that may not leave, and are not in it: {rules}. Do not tell the licensee (R7).")
    say(f"Next: tacit payment record {given.license_id} AMOUNT --reference REF")


def list_(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List licences: their state, and where their releases lie."""
    from tacit.flows.list_licenses import list_licenses
    from tacit.rights.roles import Thing, may

    columns = ("licence", "licensee", "state", "dataset", "version", "until", "price", "folder")
    opened = open_shop(shop, Verb.READ, Kind.LICENSE, listed=True)
    rows = [
        (
            one.license.license_id,
            one.license.licensee,
            one.state.value,
            one.license.dataset_id,
            one.held.version if one.held is not None else 0,
            one.license.valid_until.isoformat(),
            str(one.license.price),
            one.held.path if one.held is not None else "",
        )
        for one in list_licenses(opened.shop)
        if may(
            opened.actor,
            Verb.READ,
            Thing(Kind.LICENSE, agreement=one.agreement_id, licensees=frozenset({one.license.licensee})),
        )
    ]
    if json:
        say_json({"licenses": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)


def use(
    license_id: LicenseId,
    purpose: Annotated[str, typer.Option(help="For what.")],
    territory: Annotated[str, typer.Option(help="Where: a country code, or EU for all of it.")],
    on: Annotated[str, typer.Option(help="On which day, in UTC.", show_default="today")] = "",
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Ask for a use under a licence; it is recorded.

    Outside the licence it is refused (R8); that is recorded too.
    """
    from tacit.flows.use_license import use_license

    (asked,) = read_purposes([purpose])
    opened = open_shop(shop, Verb.USE, Kind.LICENSE, license=license_id)
    event = use_license(opened.shop, license_id, asked, territory, read_day(on) if on else None)
    if json:
        say_json({"license": license_id, "purpose": purpose, "territory": territory, "on": str(event.on)})
    else:
        say(f"It lies inside {license_id}: {purpose}, in {territory}, on {event.on}. Recorded.")


def revoke(
    license_id: LicenseId,
    reason: Annotated[str, typer.Option(help="Why; kept in the shop, not told to the licensee.")],
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """End a licence before its day, for good.

    From now on use is refused. A notice to the licensee waits in the outbox. What was paid is shared as agreed.
    """
    from tacit.flows.revoke_license import revoke_license

    notice = revoke_license(open_shop(shop, Verb.CHANGE, Kind.LICENSE).shop, license_id, reason)
    if json:
        say_json({"license": license_id, "state": "revoked", "notice": notice.notice_id})
    else:
        say(f"Revoked {license_id}. Next: tacit outbox show {notice.notice_id}")


def replace(license_id: LicenseId, out: Out = None, shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """Make a release anew without what was withdrawn.

    The licence stays as it was signed, and so does the table by which its payments are shared (M6). A notice to the
    licensee waits in the outbox.
    """
    from tacit.flows.replace_release import replace_release

    opened = open_shop(shop, Verb.MAKE, Kind.LICENSE)
    _require_outside(opened, out)
    done = replace_release(opened.shop, opened.contract, license_id, TerminalProgress(), out)
    number = done.version.version if done.version is not None else 0
    if json:
        path = done.version.path if done.version is not None else None
        notice = done.notice.notice_id if done.notice is not None else None
        told = {"license": license_id, "dataset": done.before.dataset_id, "version": number}
        say_json({**told, "path": path, "notice": notice})
        return
    if done.version is None:
        say(f"Nothing is left of the release of {license_id}; the copy here was removed.")
    elif number == done.before.version:
        say(f"Nothing of the release of {license_id} was withdrawn; version {number} stays.")
    else:
        say(f"Made version {number} of the release of {license_id} in {done.version.path}.")
    if done.notice is not None:
        say(f"Next: tacit outbox show {done.notice.notice_id}")


def check(
    folder: Annotated[Path, typer.Argument(help="Folder of a release.")],
    key: Annotated[str, typer.Option(help="Public key of the shop, in hex.", show_default="the one in it")] = "",
    shop: Annotated[Path | None, typer.Option("--shop", help="Shop that granted it, if at hand.")] = None,
    on: Annotated[str, typer.Option(help="For which day.", show_default="today")] = "",
    json: AsJson = False,
) -> None:
    """Check a release, and that its licence runs.

    Every file and signature is looked at; no shop is needed. Give the public key that the shop told you by another
    way: the one in the folder says only that all of it comes from one hand.
    """
    from tacit.datasets.manifest import as_json
    from tacit.flows.check_release import check_release

    opened = open_shop(shop, Verb.READ, Kind.LICENSE, listed=True).shop if shop is not None else None
    day = read_day(on) if on else datetime.now(UTC).date()
    found = check_release(folder, key, day, opened)
    if json:
        say_json(as_json(found.license, found.manifest))
        return
    edges, manifest = found.license, found.manifest
    say(f"{folder} is whole: {len(manifest.files)} files of version {manifest.version} of {manifest.dataset_id}.")
    say(f"Licensed to {edges.licensee} as {edges.license_id}, until {edges.valid_until}.")
    if not key:
        say(f"The key {manifest.key} signed it; compare it with the one that the shop gives out.")


def _split(words: list[str]) -> list[str]:
    """Words that were repeated, or separated by commas."""
    return [part.strip() for word in words for part in word.split(",")]


def _require_outside(opened: "OpenShop", out: Path | None) -> None:
    from tacit.flows.outside import require_outside

    if out is not None:
        require_outside(opened.folder, opened.unlocked.keys, out)
