"""`tacit release`: what a worker may do with their own footage before any of it leaves."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.anonymise import read_box, say_marked
from tacit.cli.options import HERE, AsJson, AskPin, ShopFolder, open_shop
from tacit.cli.show import say, say_json, say_table
from tacit.cli.voice import VoiceKey, VoicePin, Witness, read_voice
from tacit.records.purposes import Purpose
from tacit.rights.roles import Kind, Thing, Verb, may

if TYPE_CHECKING:
    from tacit.flows.cut_recording import CutDone
    from tacit.flows.list_releases import ReleaseLine

RecordingId = Annotated[str, typer.Argument(help="The recording, as `tacit release list` names it.")]


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("list")(list_)
    group.command("preview")(preview)
    group.command("cut")(cut)
    group.command("mask")(mask)
    group.command("give")(give)
    group.command("take-back")(take_back)
    group.command("standing")(standing)
    app.add_typer(group, name="release", help="A worker's own footage: look at it, cut it, let it leave, take it back.")


def list_(
    worker: Annotated[str, typer.Option(help="Only of this worker.", show_default="everybody's")] = "",
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """List what is released and what is not.

    Since when each preview can be seen, and how long it may be looked at. A recording is in review where a standing
    release counts from the end of its review time.
    """
    from tacit.flows.list_releases import list_releases

    opened = open_shop(shop, Verb.READ, Kind.RELEASE, listed=True)
    lines = [
        line
        for line in list_releases(opened.shop, worker)
        if may(
            opened.actor,
            Verb.READ,
            Thing(Kind.RELEASE, line.recording.worker_uid, line.recording.agreement_id),
        )
    ]
    if json:
        say_json({"recordings": [_line_json(line) for line in lines]})
        return
    columns = ("recording", "worker", "file", "state", "evidence", "preview since", "review until", "cuts", "boxes")
    rows = [
        (
            line.recording.recording_id,
            line.label,
            line.file,
            line.state.value,
            line.said.word.evidence.value if line.said.word else "",
            _minute(line.previewable_since),
            _minute(line.said.review_until),
            line.n_cuts,
            line.n_boxes,
        )
        for line in lines
    ]
    say_table(columns, rows)


def _line_json(line: "ReleaseLine") -> dict[str, object]:
    since, until = line.previewable_since, line.said.review_until
    return {
        "recording": line.recording.recording_id,
        "worker": line.label,
        "file": line.file,
        "state": line.state.value,
        "evidence": line.said.word.evidence.value if line.said.word else None,
        "previewable_since": since.isoformat() if since else None,
        "review_until": until.isoformat() if until else None,
        "cuts": line.n_cuts,
        "boxes": line.n_boxes,
    }


def _minute(moment: datetime | None) -> str:
    return moment.isoformat(sep=" ", timespec="minutes") if moment is not None else ""


def preview(
    recording: RecordingId,
    out: Annotated[Path, typer.Option(help="The film to write, an mp4 file.")],
    shop: ShopFolder = HERE,
) -> None:
    """Write the film of a recording as it would leave.

    Faces covered, cuts erased, no sound. It is a plain copy, outside the shop and its keys. Look at it, then delete
    it. `tacit show` writes a page with key frames instead.
    """
    from tacit.flows.outside import require_outside
    from tacit.flows.preview_recording import preview_recording

    opened = open_shop(shop, Verb.READ, Kind.FOOTAGE, recording=recording)
    require_outside(opened.folder, opened.unlocked.keys, out)
    preview_recording(opened.shop, opened.contract, recording, out)
    say(f"Wrote {out}. It is a plain copy; delete it once you have looked.")


def cut(
    recording: RecordingId,
    from_: Annotated[float, typer.Option("--from", help="Where the cut begins, in seconds of the preview.")],
    to: Annotated[float, typer.Option(help="Where it ends, in seconds of the preview.")],
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Erase a stretch of a recording, for good.

    Its pictures and hands are destroyed at once, not hidden, and nothing brings them back. It is paid as filmed all the
    same. Ends move outwards to whole groups of five pictures. A release that was given stands for the rest.
    """
    from tacit.flows.cut_recording import cut_recording

    opened = open_shop(shop, Verb.CHANGE, Kind.FOOTAGE, recording=recording)
    done = cut_recording(opened.shop, opened.contract, recording, from_, to)
    if json:
        say_json(_cut_json(done))
    else:
        _say_cut(done)


def _cut_json(done: "CutDone") -> dict[str, object]:
    return {
        "recording": done.recording_id,
        "from_s": done.start_s,
        "to_s": done.end_s,
        "new": done.is_new,
        "left_s": done.left_s,
        "paid_s": done.paid_s,
        "datasets": [
            {"dataset": one.dataset_id, "folder": one.path, "for_licensee": bool(one.release_of)}
            for one in done.datasets
        ],
        "original": done.original or None,
    }


def _say_cut(done: "CutDone") -> None:
    before = "" if done.is_new else " It had been erased before."
    say(f"Erased from {done.start_s:.2f} s to {done.end_s:.2f} s.{before}")
    say(f"Left for datasets: {done.left_s:.1f} s. Paid as accepted: {done.paid_s:.1f} s, as before.")
    for one in done.datasets:
        if one.release_of:
            say(f"A licensee holds the recording as it was before, in the release {one.dataset_id}.")
        else:
            say(f"Build again, it still holds the recording as it was before: {one.path}")
    if done.original:
        say(f"The film as it was handed in, {done.original}, still shows it; `tacit originals destroy` destroys that.")


def mask(
    recording: RecordingId,
    at: Annotated[float, typer.Option(help="Moment in the preview that the box is drawn on, in seconds.")],
    box: Annotated[str, typer.Option(help="X,Y,WIDTH,HEIGHT in pixels of the preview, from its upper left.")],
    note: Annotated[str, typer.Option(help="What it marks; kept under the worker's key.")] = "",
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Have a thing covered like a face: a badge, a screen, a co-worker.

    It is followed through the whole recording when `tacit process` runs next; that needs the film as it was handed in.
    Until then the recording goes into no dataset. `tacit anonymise marks` lists the boxes.
    """
    from tacit.flows.mark_recording import mark_recording
    from tacit.records.permit import Action

    opened = open_shop(shop, Verb.CHANGE, Kind.FOOTAGE, recording=recording).shop
    done = mark_recording(opened, recording, Purpose.WORKER_OWN_USE, read_box(at, box), note, Action.REVIEW)
    say_marked(done, json, "Drew", "stays out of every dataset that is built from now on")


def give(
    recordings: Annotated[list[str], typer.Argument(metavar="RECORDING...", help="The recordings; one or more.")],
    pin: AskPin = False,
    pin_stdin: VoicePin = False,
    key: VoiceKey = None,
    witness: Witness = "",
    shop: ShopFolder = HERE,
) -> None:
    """Put down that the worker releases recordings.

    They may then go into datasets. Signed with the worker's PIN or key file, or witnessed by a steward, they may also
    leave under a licence; declared by whoever types, they may not.
    """
    from tacit.flows.act_as import About, require_deed
    from tacit.flows.find_recording import require_recording
    from tacit.flows.give_release import give_release

    opened = open_shop(shop, Verb.SAY, Kind.RELEASE, recording=recordings[0])
    for name in recordings[1:]:
        require_deed(opened.shop, opened.actor, Verb.SAY, Kind.RELEASE, About(recording=name))
    found = [require_recording(opened.shop, name) for name in recordings]
    voice = read_voice(pin, pin_stdin, key, witness)
    for one in found:
        say(f"Released {one.recording_id} ({give_release(opened.shop, one, voice).evidence}).")


def take_back(recording: RecordingId, shop: ShopFolder = HERE) -> None:
    """Take the release of a recording back. No PIN is needed.

    It goes into no new dataset and under no new licence. Licences that run go on to their end. A standing release
    still counts, where there is one: `tacit release standing WORKER --take-back` ends that.
    """
    from tacit.flows.find_recording import require_recording
    from tacit.flows.give_release import take_release_back

    opened = open_shop(shop, Verb.SAY, Kind.RELEASE, recording=recording).shop
    take_release_back(opened, require_recording(opened, recording))
    say(f"{recording} is not released any more. Build datasets again to have it out of them.")


def standing(
    worker: Annotated[str, typer.Argument(help="The worker.")],
    agreement: Annotated[str, typer.Option(help="For footage under which agreement.")],
    pin: AskPin = False,
    pin_stdin: VoicePin = False,
    key: VoiceKey = None,
    witness: Witness = "",
    taken_back: Annotated[bool, typer.Option("--take-back", help="Take it back; no PIN is needed.")] = False,
    shop: ShopFolder = HERE,
) -> None:
    """Put down a standing release, or take it back.

    A worker releases all their footage under an agreement. Each recording leaves only once the review time of the
    agreement has passed, counted from when its preview could be seen, or from this word where that is later. Until
    then the worker can cut it or cover things in it.
    """
    from tacit.flows.standing_release import give_standing_release, take_back_standing_release

    opened = open_shop(shop, Verb.SAY, Kind.RELEASE, worker=worker, agreement=agreement).shop
    if taken_back:
        take_back_standing_release(opened, worker, agreement)
        say(f"The standing release of {worker} ended. What was released by hand stays released.")
        return
    given = give_standing_release(opened, worker, agreement, read_voice(pin, pin_stdin, key, witness))
    say(f"{worker} releases all footage under {agreement} once its review time has passed ({given.evidence}).")
