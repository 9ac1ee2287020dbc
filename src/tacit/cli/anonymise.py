"""`tacit anonymise`: audits finished video for faces, and boxes by which a reviewer has more covered."""

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tacit.cli.footage import RecordingId
from tacit.cli.options import HERE, TRAINING, AsJson, ForPurpose, ShopFolder, open_shop
from tacit.cli.show import TerminalProgress, say, say_json, say_table
from tacit.rights.roles import Kind, Verb

if TYPE_CHECKING:
    from tacit.flows.audit_video import Audit, Place
    from tacit.flows.mark_recording import Box, Marked
    from tacit.footage.audit import AuditOptions
    from tacit.records.marks import Marking
    from tacit.records.purposes import Purpose

_COLUMNS = ("mark", "frame", "x", "y", "width", "height", "note", "drawn")


def attach(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(no_args_is_help=True, rich_markup_mode=None)
    group.command("audit")(audit)
    group.command("mark")(mark)
    group.command("marks")(marks)
    group.command("unmark")(unmark)
    app.add_typer(group, name="anonymise", help="Check that no face is left, and have more covered.")


def audit(
    target: Annotated[str, typer.Argument(help="A recording of the shop, a dataset's folder, or an mp4 file.")],
    every: Annotated[int, typer.Option(min=1, help="Look at one frame in so many; 1 for all.")] = 1,
    purpose: ForPurpose = TRAINING,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Look for faces that are left in finished video, in every frame at full size.

    Other code than the anonymiser's looks, with the same network. A face left ends it with exit code 4.
    """
    from tacit.flows.audit_video import check_audit
    from tacit.footage.audit import AuditOptions
    from tacit.wiring import default_jobs

    found = _audit(target, purpose, shop, AuditOptions(every=every, threads=default_jobs()))
    if json:
        say_json(_audit_json(target, found))
    else:
        _say_audit(found)
    check_audit(found)


def _audit(target: str, purpose: "Purpose", shop: Path, options: "AuditOptions") -> "Audit":
    """What lies at a path is audited as it is; what looks like no path is the name of a recording."""
    from tacit.flows.audit_video import audit_path, audit_recording
    from tacit.models.store import ModelStore
    from tacit.wiring import read_environment

    if Path(target).exists() or Path(target).suffix or Path(target).name != target:
        models = ModelStore(read_environment(os.environ).models)
        return audit_path(models, Path(target), options, TerminalProgress())
    opened = open_shop(shop, Verb.READ, Kind.FOOTAGE, recording=target)
    return audit_recording(opened.shop, opened.models, target, purpose, options, TerminalProgress())


def _say_audit(found: "Audit") -> None:
    of_all = "" if found.every == 1 else f", one in {found.every}"
    videos = "1 video" if found.n_videos == 1 else f"{found.n_videos} videos"
    say(f"Looked at {found.n_frames} frames of {videos}{of_all}.")
    say(f"Score of {found.score_left} or more: {found.boxes_left} boxes in {found.frames_left} frames.")
    say(f"Score of {found.score_doubt} or more: {found.boxes_doubt} boxes in {found.frames_doubt} frames.")
    if found.worst is not None:
        say(f"Highest score: {found.worst.sighting.score:.2f}, at {found.worst}.")
    if found.first:
        columns = ("score", "second", "frame", "x", "y", "width", "height", "video")[: 8 if found.n_videos > 1 else 7]
        say_table(columns, [tuple(_place_json(place).values())[: len(columns)] for place in found.first])
    how = "by the masks that were kept" if found.from_masks else "by pixels of the colour that covers"
    share, worst = 100 * found.covered_share, 100 * found.covered_share_max
    say(f"Covered: {share:.2f} % of the picture on average, {worst:.2f} % at worst ({how}).")


def _audit_json(target: str, found: "Audit") -> dict[str, object]:
    return {
        "target": target,
        "clean": found.frames_left == 0,
        "videos": found.n_videos,
        "frames": found.n_frames,
        "every": found.every,
        "left": {"score": found.score_left, "frames": found.frames_left, "boxes": found.boxes_left},
        "doubtful": {"score": found.score_doubt, "frames": found.frames_doubt, "boxes": found.boxes_doubt},
        "worst": _place_json(found.worst) if found.worst is not None else None,
        "first": [_place_json(place) for place in found.first],
        "covered_share": found.covered_share,
        "covered_share_worst": found.covered_share_max,
        "covered_by": "masks" if found.from_masks else "pixels",
    }


def _place_json(place: "Place") -> dict[str, object]:
    seen = place.sighting
    x, y, width, height = seen.box
    return {
        "score": round(seen.score, 3),
        "second": round(seen.at_s, 3),
        "frame": seen.frame_index,
        "x": x,
        "y": y,
        "width": width,
        "height": height,
        "video": place.video,
    }


def mark(
    recording: RecordingId,
    at: Annotated[float, typer.Option(help="Moment in the clean video that the box is drawn on, in seconds.")],
    box: Annotated[str, typer.Option(help="X,Y,WIDTH,HEIGHT in pixels of the clean video, from its upper left.")],
    note: Annotated[str, typer.Option(help="What it marks; kept under the worker's key.")] = "",
    purpose: ForPurpose = TRAINING,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Have a thing covered like a face: a badge, a screen, a co-worker.

    It is followed through the whole recording when `tacit process` runs next. Until then it goes into no dataset.
    """
    from tacit.flows.mark_recording import mark_recording

    opened = open_shop(shop, Verb.CHANGE, Kind.FOOTAGE, recording=recording).shop
    done = mark_recording(opened, recording, purpose, read_box(at, box), note)
    say_marked(done, json, "Drew", "stays out of every dataset that is built from now on")


def marks(recording: RecordingId, shop: ShopFolder = HERE, json: AsJson = False) -> None:
    """List the boxes that were drawn on a recording."""
    from tacit.flows.mark_recording import list_marks

    found = list_marks(open_shop(shop, Verb.READ, Kind.FOOTAGE, recording=recording).shop, recording)
    if json:
        say_json({"recording": recording, "marks": [_mark_json(one) for one in found]})
    else:
        say_table(_COLUMNS, [tuple(_mark_json(one).values()) for one in found])


def unmark(
    recording: RecordingId,
    mark: Annotated[str, typer.Argument(help="The box, as `tacit anonymise marks` lists it.")],
    purpose: ForPurpose = TRAINING,
    shop: ShopFolder = HERE,
    json: AsJson = False,
) -> None:
    """Take a box away. What it covers is seen again once `tacit process` has run.

    If the worker released the recording while this was covered, that release is over.
    """
    from tacit.flows.mark_recording import unmark_recording

    opened = open_shop(shop, Verb.CHANGE, Kind.FOOTAGE, recording=recording).shop
    done = unmark_recording(opened, recording, purpose, mark)
    say_marked(done, json, "Took away", "stays as it is")


def say_marked(done: "Marked", json: bool, deed: str, fate: str) -> None:
    """What was done, and what is left to do by hand; `fate` is what becomes of a recording that cannot be made anew."""
    if json:
        say_json(
            {
                "recording": done.marking.recording_id,
                "mark": _mark_json(done.marking),
                "original_missing": bool(done.missing_original),
                "release_ended": done.release_ended,
                "datasets": [{"dataset": one.dataset_id, "folder": one.path} for one in done.datasets],
            }
        )
        return
    say(f"{deed} {done.marking.mark.mark_id}.")
    if done.missing_original:
        say(
            f"The film that it was made from, {done.missing_original}, is not in its place, so it cannot be made anew. "
            f"Put the film back; without it this recording {fate}."
        )
    if done.release_ended:
        say("The worker had released it with this covered. That release is over; ask for a new one.")
    say("Next: tacit process")
    for one in done.datasets:
        say(f"Then build again, it still holds the recording as it was: {one.path}")


def _mark_json(one: "Marking") -> dict[str, object]:
    drawn = one.drawn_at.isoformat(timespec="seconds")
    place = one.mark
    values = (place.mark_id, place.at_frame, place.x, place.y, place.width, place.height, one.note, drawn)
    return dict(zip(_COLUMNS, values, strict=True))


def read_box(at_s: float, text: str) -> "Box":
    """A box as typed.

    Raises:
        BadMarkError: It is not four numbers.
    """
    from tacit.flows.mark_recording import Box
    from tacit.records.errors import BadMarkError

    expected = "four numbers x,y,width,height in pixels, and a moment in seconds"
    try:
        x, y, width, height = (float(part) for part in text.split(","))
    except ValueError as error:
        raise BadMarkError(f'"{text[:60]}"', expected) from error
    if not all(map(math.isfinite, (at_s, x, y, width, height))):
        raise BadMarkError(f'"{text[:60]}" at {at_s:g} s', expected)
    return Box(at_s, x, y, width, height)
