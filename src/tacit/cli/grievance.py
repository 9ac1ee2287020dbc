"""`tacit grievance`: what workers complain about, and by when they must have an answer."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.options import HERE, AsJson, KeyPin, ShopFolder, open_shop, unlock_key
from tacit.cli.show import say, say_json, say_table
from tacit.rights.roles import Kind, Role, Thing, Verb, may, require_role

if TYPE_CHECKING:
    from tacit.flows.list_grievances import ListedGrievance

Text = Annotated[str, typer.Option("--text", help="The words; - reads them from standard input.")]
GrievanceId = Annotated[str, typer.Argument(metavar="ID", help="The complaint, as `tacit grievance list` names it.")]


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("open")(open_)
    group.command("answer")(answer)
    group.command("list")(list_)
    group.command("show")(show)
    app.add_typer(group, name="grievance", help="Complaints of workers, and the clock that runs for an answer.")


def open_(
    label: Annotated[str, typer.Argument(help="The worker who complains.")],
    text: Text,
    agreement: Annotated[
        str, typer.Option(help="What it is about.", show_default="the agreement they said yes to last")
    ] = "",
    shop: ShopFolder = HERE,
) -> None:
    """Put a worker's complaint down, and print it with its last day in their language.

    The answer is due within 90 days in India, within one month where the GDPR is law, and within 30 days elsewhere.
    """
    from tacit.flows.open_grievance import open_grievance

    opened = open_shop(shop, Verb.SAY, Kind.GRIEVANCE, worker=label, agreement=agreement)
    grievance = open_grievance(opened.shop, label, _read_text(text), agreement)
    show(grievance.grievance_id, shop)


def answer(
    grievance_id: GrievanceId,
    text: Text,
    steward: Annotated[str, typer.Option(help="Who answers.", show_default="whoever runs the shop")] = "",
    key: Annotated[Path | None, typer.Option(help="Key file of that steward, who signs the answer.")] = None,
    pin_stdin: KeyPin = False,
    shop: ShopFolder = HERE,
) -> None:
    """Answer a complaint; a second answer is kept beside the first.

    With the PIN and the words both from standard input, the PIN is the first line.
    """
    from tacit.flows.answer_grievance import answer_grievance, require_grievance

    opened = open_shop(shop, Verb.CHANGE, Kind.GRIEVANCE, listed=True)
    if opened.actor.role is Role.STEWARD:
        steward = steward or opened.actor.name
    there = require_grievance(opened.shop, grievance_id)
    require_role(opened.actor, Verb.CHANGE, Thing(Kind.GRIEVANCE, there.worker_uid, there.agreement_id))
    opened_key = unlock_key(key, pin_stdin) if key is not None else None
    done = answer_grievance(opened.shop, grievance_id, _read_text(text), steward, opened_key)
    say(f"Answered {grievance_id} on {done.answers[-1].answered_at.date()}; it was due by {done.due_on}.")


def list_(
    worker: Annotated[str, typer.Option(help="Only of this worker.", show_default="everybody's")] = "",
    steward: Annotated[str, typer.Option(help="Only under agreements of this steward.", show_default="all")] = "",
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """List complaints with the day an answer is due.

    Without their words, for which see `tacit grievance show`.
    """
    from tacit.flows.add_worker import require_worker
    from tacit.flows.list_grievances import list_grievances

    opened = open_shop(shop, Verb.READ, Kind.GRIEVANCE, listed=True)
    whose = require_worker(opened.shop, worker) if worker else None
    listed = [
        one
        for one in list_grievances(opened.shop, whose, steward)
        if may(
            opened.actor,
            Verb.READ,
            Thing(Kind.GRIEVANCE, one.grievance.worker_uid, one.grievance.agreement_id),
        )
    ]
    columns = ("complaint", "worker", "agreement", "opened", "due", "answered", "state")
    rows = [
        (
            one.grievance.grievance_id,
            one.label,
            one.grievance.agreement_id,
            one.grievance.opened_at.date().isoformat(),
            one.grievance.due_on.isoformat(),
            one.grievance.answers[0].answered_at.date().isoformat() if one.grievance.answers else "",
            _state(one),
        )
        for one in listed
    ]
    if json:
        say_json({"grievances": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)


def show(grievance_id: GrievanceId, shop: ShopFolder = HERE) -> None:
    """Print a complaint with its answers, in the language of the worker."""
    from tacit.flows.answer_grievance import require_grievance
    from tacit.words.grievance_text import grievance_in_words

    opened = open_shop(shop, Verb.READ, Kind.GRIEVANCE, listed=True)
    grievance = require_grievance(opened.shop, grievance_id)
    require_role(opened.actor, Verb.READ, Thing(Kind.GRIEVANCE, grievance.worker_uid, grievance.agreement_id))
    workers = {worker.worker_uid: worker.language for worker in opened.shop.catalogue.workers()}
    say(grievance_in_words(grievance, workers[grievance.worker_uid], opened.shop.clock.now().date()))


def _state(one: "ListedGrievance") -> str:
    if one.grievance.answers:
        return "answered late" if one.overdue else "answered"
    return "overdue" if one.overdue else "open"


def _read_text(text: str) -> str:
    return sys.stdin.read() if text == "-" else text
