"""Draws a reviewer's box on a recording, so that what it marks is covered like a face (rules D1, R4, R9)."""

from dataclasses import dataclass
from pathlib import Path

from tacit.flows.find_dataset import find_holding
from tacit.flows.find_recording import require_recording
from tacit.flows.gate import ask
from tacit.flows.log_entry import log_decision
from tacit.flows.outbox import notify_licensees
from tacit.flows.ports import Shop
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import BadMarkError, NothingToMarkError, UnknownThingError
from tacit.records.ids import new_id
from tacit.records.marks import Mark, Marking
from tacit.records.oneline import require_one_line
from tacit.records.permit import Action
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Recording

_FRAME_SLACK = 0.05  # players round the moment that they show


@dataclass(frozen=True)
class Box:
    """What a reviewer draws: when in the clean video, in seconds, and where, in pixels of the shop's canvas."""

    at_s: float
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Marked:
    """A box that was drawn or taken away, and what follows from it.

    datasets: the newest versions that hold the recording as it was before, and lie in their folders.
    missing_original: name of the file to process it from, where it is not in its place; "" where it is.
    release_ended: True where the worker had released it with the thing covered, so that this release is over.
    """

    marking: Marking
    datasets: tuple[DatasetVersion, ...]
    missing_original: str
    release_ended: bool


def mark_recording(
    shop: Shop, recording_id: str, purpose: Purpose, box: Box, note: str = "", action: Action = Action.DERIVE
) -> Marked:
    """Draw a box on the clean video of a recording.

    From here on the recording goes into no dataset until it was processed anew, with the thing covered.

    Args:
        action: As what it is drawn: DERIVE by a reviewer in the shop, REVIEW by the worker on their own footage.

    Raises:
        UnknownThingError: There is no such recording.
        RefusedError: No consent of its worker to this purpose stands.
        NothingToMarkError: It has no clean video.
        BadMarkError: The box lies outside the video.
    """
    require_one_line("note", note)
    recording = require_recording(shop, recording_id)
    ask(shop, action, purpose, recording)
    outcome = shop.catalogue.find_outcome(recording_id)
    if outcome is None or not outcome.video_key:
        raise NothingToMarkError(recording_id)
    mark = _draw(outcome, box)
    with shop.catalogue.transaction():
        marking = Marking(mark, recording_id, recording.worker_uid, note, shop.clock.now())
        shop.catalogue.add_mark(marking)
        log_decision(shop, "mark", recording_id)
    return _marked(shop, recording, marking, release_ended=False)


def unmark_recording(shop: Shop, recording_id: str, purpose: Purpose, mark_id: str) -> Marked:
    """Take a box away; the recording shows what it covered once it was processed anew.

    A release that was given since the box was drawn is no release of what the box covers, and ends (R4).

    Raises:
        UnknownThingError: There is no such recording, or no such box on it.
        RefusedError: No consent of its worker to this purpose stands.
    """
    recording = require_recording(shop, recording_id)
    ask(shop, Action.DERIVE, purpose, recording)
    with shop.catalogue.transaction():
        marking = next((one for one in list_marks(shop, recording_id) if one.mark.mark_id == mark_id), None)
        if marking is None:
            raise UnknownThingError("mark", mark_id, f"List them with `tacit anonymise marks {recording_id}`.")
        shop.catalogue.remove_mark(mark_id)
        release = shop.catalogue.find_release(recording_id)
        release_ended = release is not None and release.ended_at is None and release.released_at >= marking.drawn_at
        if release_ended:
            shop.catalogue.end_release(recording_id, shop.clock.now())
        log_decision(shop, "unmark", recording_id)
    return _marked(shop, recording, marking, release_ended)


def list_marks(shop: Shop, recording_id: str) -> list[Marking]:
    """Every box on a recording, in the order drawn.

    Raises:
        UnknownThingError: There is no such recording.
    """
    require_recording(shop, recording_id)
    return shop.catalogue.markings(recording_id)


def _draw(outcome: Outcome, box: Box) -> Mark:
    length_s = outcome.n_frames / outcome.fps
    at_frame = min(int(box.at_s * outcome.fps + _FRAME_SLACK), outcome.n_frames - 1) if box.at_s >= 0 else -1
    if not 0 <= box.at_s <= max(length_s, round(length_s, 2)):  # the end as a player shows it
        raise BadMarkError(f"{box.at_s:g} s", f"a moment from 0 to {length_s:.2f} s")
    right, low = box.x + box.width, box.y + box.height
    is_inside = box.x >= 0 and box.y >= 0 and right <= outcome.width and low <= outcome.height
    if not (is_inside and box.width >= 1 and box.height >= 1):
        got = f"{box.x:g},{box.y:g},{box.width:g},{box.height:g}"
        raise BadMarkError(got, f"x,y,width,height in pixels, within {outcome.width}x{outcome.height}")
    return Mark(new_id("mark"), at_frame, float(box.x), float(box.y), float(box.width), float(box.height))


def _marked(shop: Shop, recording: Recording, marking: Marking, release_ended: bool) -> Marked:
    source = Path(recording.source_path)
    holding = find_holding(shop, recording.recording_id)
    notify_licensees(shop, {version.dataset_id for version in holding})
    return Marked(marking, holding, "" if source.is_file() else source.name, release_ended)
