"""`tacit ingest | process | recordings | show`: from a video file to what a worker may release."""

from pathlib import Path
from typing import Annotated

import typer

from tacit.cli.options import (
    HERE,
    TRAINING,
    AsJson,
    ForPurpose,
    ShopFolder,
    open_shop,
    read_moment,
)
from tacit.cli.show import TerminalProgress, say, say_json, say_table, warn_holds, warn_unreplaced
from tacit.rights.roles import PLANT, Kind, Verb

RecordingId = Annotated[str, typer.Argument(help="The recording, as `tacit recordings` lists it.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Recordings at work at once; 0 for one per core.")]


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("ingest")(ingest)
    app.command("process")(process)
    app.command("recordings")(recordings)
    app.command("show")(show)


def ingest(
    file: Annotated[Path, typer.Argument(help="The video file; it stays where it is.")],
    worker: Annotated[str, typer.Option(help="Whose work it shows.")],
    agreement: Annotated[str, typer.Option(help="Under which agreement it was filmed.")],
    task: Annotated[str, typer.Option(help="What is done in it, in the plant's own words.")],
    station: Annotated[str, typer.Option(help="Where.")],
    started_at: Annotated[str, typer.Option(help="When filming began, with the offset from UTC.")],
    purpose: ForPurpose = TRAINING,
    readable_part: Annotated[
        bool, typer.Option("--readable-part", help="Of a damaged file, take what comes before the damage.")
    ] = False,
    shop: ShopFolder = HERE,
) -> None:
    """Take a video file in. Without the worker's consent it is not even opened."""
    from tacit.flows.ingest import Source
    from tacit.flows.ingest import ingest as take_in

    source = Source(file, worker, agreement, task, station, read_moment(started_at), purpose, readable_part)
    say(take_in(open_shop(shop, Verb.ADD, Kind.RECORDING).shop, source).recording_id)


def process(purpose: ForPurpose = TRAINING, jobs: Jobs = 0, shop: ShopFolder = HERE) -> None:
    """Anonymise footage, track hands and find episodes.

    It takes everything that was ingested and not processed yet, and goes on where it was stopped.
    """
    from tacit.engine.pool import PoolEngine
    from tacit.flows.process import process as run_all
    from tacit.flows.withdraw_consent import finish_withdrawals
    from tacit.wiring import default_jobs

    opened = open_shop(shop, Verb.MAKE, Kind.RECORDING)
    progress = TerminalProgress()
    warn_unreplaced(finish_withdrawals(opened.shop, opened.contract, progress))
    warn_holds(opened.shop)
    engine = PoolEngine(jobs or default_jobs())
    everything = opened.shop.catalogue.recordings()
    ends = run_all(opened.shop, engine, opened.contract, opened.make_job, purpose, everything, progress)
    for end in ends:
        why = end.refusal.sentence if end.refusal else end.problem
        if why:
            say(f"{end.recording.recording_id}: {why}")
    n_done, n_new = sum(end.outcome is not None for end in ends), sum(end.is_new for end in ends)
    say(f"Processed {n_done} of {len(ends)} recordings, {n_new} of them now.")
    say("Next: tacit recordings; then, for the worker to look at: tacit show RECORDING --out PAGE.html")


def recordings(shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List the recordings and what became of each.

    A worker sees their own; an engineer those that are released and accepted, by names of their own (R7).
    """
    from tacit.flows.list_recordings import list_recordings
    from tacit.flows.plant_view import seen_recordings

    opened = open_shop(shop, Verb.READ, Kind.RECORDING, listed=True)
    if opened.actor.role in PLANT:
        seen = [{"recording": one.name, "task": one.task} for one in seen_recordings(opened.shop)]
        if json:
            say_json({"recordings": seen})
        else:
            say_table(("recording", "task"), [tuple(one.values()) for one in seen])
        return
    listed = list_recordings(opened.shop, opened.actor)
    columns = ("recording", "worker", "file", "task", "status", "seconds", "hands", "faces in", "reason")
    rows = [
        (
            one.recording.recording_id,
            one.label,
            one.file,
            one.recording.task,
            one.status.value,
            round(one.outcome.filmed_ms / 1000, 1) if one.outcome else 0.0,
            round(one.outcome.hands_fraction, 3) if one.outcome else 0.0,
            one.outcome.faces_frames if one.outcome else 0,
            one.reason,
        )
        for one in listed
    ]
    if json:
        say_json({"recordings": [dict(zip(columns, row, strict=True)) for row in rows]})
    else:
        say_table(columns, rows)


def show(
    recording: RecordingId,
    out: Annotated[Path, typer.Option(help="The page to write, one HTML file.")],
    purpose: ForPurpose = TRAINING,
    shop: ShopFolder = HERE,
) -> None:
    """Write a page about one recording.

    It shows key frames with the hands drawn on them, and quality over time.
    """
    from tacit.flows.outside import require_outside
    from tacit.flows.show_recording import show_recording
    from tacit.pages.page_file import require_page_place, write_page

    opened = open_shop(shop, Verb.READ, Kind.FOOTAGE, recording=recording)
    require_outside(opened.folder, opened.unlocked.keys, out)
    require_page_place(out)
    write_page(out, show_recording(opened.shop, recording, purpose))
    say(f"Wrote {out}.")
