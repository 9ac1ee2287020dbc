"""A worker has a stretch of their own recording erased: not hidden, and for good (rules D1, R4, R9, M7)."""

import math
from dataclasses import dataclass
from pathlib import Path

from tacit.flows.apply_cuts import apply_cuts
from tacit.flows.contract import Contract
from tacit.flows.find_cuts import find_cuts, has_open_cuts
from tacit.flows.find_dataset import find_holding
from tacit.flows.find_recording import require_recording
from tacit.flows.gate import ask
from tacit.flows.log_entry import log_decision
from tacit.flows.outbox import notify_licensees
from tacit.flows.ports import Shop
from tacit.flows.sweep_units import sweep_units
from tacit.footage.blank import find_spans
from tacit.records.cuts import Cut, Cutting
from tacit.records.dataset import DatasetVersion
from tacit.records.errors import BadCutError, NothingToCutError
from tacit.records.ids import new_id
from tacit.records.permit import Action
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Recording


@dataclass(frozen=True)
class CutDone:
    """What a cut did.

    start_s, end_s: what was erased, moved outwards to whole groups of pictures.
    is_new: False where all of it had been erased before.
    left_s: what is left of the recording for datasets. paid_s: for what it is paid as accepted; a cut takes none of it.
    datasets: the newest versions that hold the recording as it was before: in their folders, or with a licensee.
    original: name of the film as it was handed in, which still shows what was cut; "" where it is not in its place.
    """

    recording_id: str
    start_s: float
    end_s: float
    is_new: bool
    left_s: float
    paid_s: float
    datasets: tuple[DatasetVersion, ...]
    original: str


def cut_recording(shop: Shop, contract: Contract, recording_id: str, from_s: float, to_s: float) -> CutDone:
    """Erase the stretch [from_s, to_s) of a recording from everything that was made of it.

    Nothing of it comes back, whatever the recording is processed for later. It is paid as filmed. A release stands for
    the rest, since less leaves than was released. The film as it was handed in is not needed, and not touched.

    Raises:
        UnknownThingError: There is no such recording.
        RefusedError: It was not filmed with its worker's yes.
        NothingToCutError: It has no clean video.
        BadCutError: The stretch lies outside the video, or is none.
    """
    recording = require_recording(shop, recording_id)
    ask(shop, Action.REVIEW, Purpose.WORKER_OWN_USE, recording)
    cut, outcome, is_new = _put_down(shop, recording, from_s, to_s)
    if has_open_cuts(shop, outcome):
        outcome = apply_cuts(shop, contract, recording)
    sweep_units(shop, contract, {recording.worker_uid})
    datasets = find_holding(shop, recording_id)
    notify_licensees(shop, {version.dataset_id for version in datasets})
    ((start, end),) = find_spans([cut], outcome.fps, outcome.n_frames)
    source = Path(recording.source_path)
    return CutDone(
        recording_id=recording_id,
        start_s=start / outcome.fps,
        end_s=end / outcome.fps,
        is_new=is_new,
        left_s=outcome.accepted_ms / 1000,
        paid_s=outcome.payable_ms / 1000,
        datasets=datasets,
        original=source.name if source.is_file() else "",
    )


def _put_down(shop: Shop, recording: Recording, from_s: float, to_s: float) -> tuple[Cut, Outcome, bool]:
    """Put the cut into the catalogue and the log, unless others took all of it; from then on it is in no dataset."""
    with shop.catalogue.transaction():
        outcome = shop.catalogue.find_outcome(recording.recording_id)
        if outcome is None or not outcome.video_key:
            raise NothingToCutError(recording.recording_id)
        cut = _measure(outcome, from_s, to_s)
        before = find_cuts(shop, recording.recording_id)
        if _take(outcome, (*before, cut)) == _take(outcome, before):
            return cut, outcome, False
        now = shop.clock.now()
        shop.catalogue.add_cut(Cutting(cut, recording.recording_id, recording.worker_uid, now))
        log_decision(shop, "cut", recording.recording_id, now)
    return cut, outcome, True


def _take(outcome: Outcome, cuts: tuple[Cut, ...]) -> tuple[tuple[int, int], ...]:
    return find_spans(cuts, outcome.fps, outcome.n_frames)


def _measure(outcome: Outcome, from_s: float, to_s: float) -> Cut:
    length_s = outcome.n_frames / outcome.fps
    if not 0 <= from_s < to_s <= max(length_s, round(length_s, 2)):  # the end as a player shows it
        raise BadCutError(f"{from_s:g} s to {to_s:g} s", f"a stretch within 0 s to {length_s:.2f} s")
    cut = Cut(new_id("cut"), math.floor(from_s * 1000), math.ceil(to_s * 1000))
    if not _take(outcome, (cut,)):
        raise BadCutError(f"{from_s:g} s to {to_s:g} s", f"a stretch within 0 s to {length_s:.2f} s")
    return cut
