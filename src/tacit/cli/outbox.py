"""`tacit outbox`: notices to licensees that wait to be sent. tacit sends nothing by itself."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.options import HERE, AsJson, ShopFolder, open_shop
from tacit.cli.show import say, say_json, say_table
from tacit.rights.roles import Kind, Verb

if TYPE_CHECKING:
    from tacit.wiring import OpenShop

NoticeId = Annotated[str, typer.Argument(metavar="NOTICE", help="Which notice.")]


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(list_)
    group.command("show")(show)
    group.command("sent")(sent)
    app.add_typer(group, name="outbox", help="Notices to licensees that wait to be sent.")


def list_(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List the notices, sent or not."""
    opened = open_shop(shop, Verb.READ, Kind.OUTBOX, listed=True)
    seen = _find_seen(opened)
    columns = ("notice", "licence", "licensee", "about", "dataset", "version", "made", "sent")
    rows = [
        (
            one.notice_id,
            one.license_id,
            one.licensee,
            one.kind.value,
            one.dataset_id,
            one.version,
            one.made_at.isoformat(timespec="seconds"),
            one.sent_at.isoformat(timespec="seconds") if one.sent_at is not None else None,
        )
        for one in opened.shop.catalogue.license_notices()
        if one.license_id in seen
    ]
    if json:
        say_json({"notices": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)


def show(
    notice_id: NoticeId,
    out: Annotated[Path | None, typer.Option(help="Write it as a signed document, one JSON file.")] = None,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Show a notice as its licensee is to read it."""
    from tacit.flows.outbox import require_notice, write_notice
    from tacit.flows.outside import require_outside
    from tacit.rights.roles import refuse
    from tacit.words.license_text import notice_in_words

    opened = open_shop(shop, Verb.READ, Kind.OUTBOX, listed=True)
    notice = require_notice(opened.shop, notice_id)
    if notice.license_id not in _find_seen(opened):
        raise refuse(opened.actor.role, Verb.READ, Kind.OUTBOX)
    if out is not None:
        require_outside(opened.folder, opened.unlocked.keys, out)
        write_notice(opened.shop, notice, out)
        say(f"Wrote {out}.")
    elif json:
        made, sent_at = notice.made_at.isoformat(), notice.sent_at.isoformat() if notice.sent_at is not None else None
        say_json({**vars(notice), "made_at": made, "sent_at": sent_at})
    else:
        say(notice_in_words(notice, opened.shop.keys.public_key()))


def sent(notice_id: NoticeId, shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """Put down that a notice was sent to its licensee."""
    from tacit.flows.outbox import mark_sent

    notice = mark_sent(open_shop(shop, Verb.CHANGE, Kind.OUTBOX).shop, notice_id)
    at = notice.sent_at.isoformat(timespec="seconds") if notice.sent_at is not None else ""
    if json:
        say_json({"notice": notice_id, "sent": at})
    else:
        say(f"Noted: {notice_id} was sent at {at}.")


def _find_seen(opened: "OpenShop") -> set[str]:
    """The licences of which whoever acts may see the notices."""
    from tacit.flows.list_licenses import list_licenses
    from tacit.rights.roles import Thing, may

    return {
        one.license.license_id
        for one in list_licenses(opened.shop)
        if may(
            opened.actor,
            Verb.READ,
            Thing(Kind.OUTBOX, agreement=one.agreement_id, licensees=frozenset({one.license.licensee})),
        )
    }
