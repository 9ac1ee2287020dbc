"""Erases cut stretches from what was made of a recording: clean video, hands, masks and stretches (rules D1-D3, R4).

The film as it was handed in is not needed for it. First the cut is in the catalogue, and from then on what still holds
it goes into no dataset; then comes a new unit of work, committed like any other; then the old one is destroyed. Each
step may be done again, so whatever a killed process left undone is done by the next one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tacit.flows.contract import Contract
from tacit.flows.find_cuts import cut_unit_id, find_cuts, has_open_cuts, note_cuts
from tacit.flows.gate import ask, look_again
from tacit.flows.ports import Shop
from tacit.flows.process_unit import hands_fraction, verify_attempt
from tacit.flows.sweep_units import sweep_units
from tacit.footage.blank import blank_spans, find_spans, is_within
from tacit.footage.maskfile import MaskWriter, load_masks
from tacit.motion.erase import ALL_CUT, cut_stretches, erase_hands
from tacit.motion.quality import accepted_ms
from tacit.motion.trackfile import load_track, save_track
from tacit.records.cuts import Cut, Span
from tacit.records.errors import ErasedError, MissingObjectError, RefusedError
from tacit.records.hands import HandTrack
from tacit.records.ids import new_id
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Recording

_TRIES = 3  # where others process the recording, or cut more of it, at the same time


@dataclass(frozen=True)
class _Work:
    """What is cut: of which recording, by whose leave, from what, and how it is encoded and judged."""

    recording: Recording
    permit: Permit
    contract: Contract
    outcome: Outcome
    cuts: tuple[Cut, ...]

    @property
    def spans(self) -> tuple[Span, ...]:
        """The frames that the cuts take."""
        return find_spans(self.cuts, self.outcome.fps, self.outcome.n_frames)

    @property
    def uncut_id(self) -> str:
        """Id of the same unit of work without any cut."""
        return self.outcome.cut_from or self.outcome.unit_id


def finish_cuts(shop: Shop, contract: Contract, recordings: Sequence[Recording]) -> None:
    """Erase what was cut and is there still, because a process was killed or another one overtook it."""
    unfinished: set[str] = set()
    for recording in recordings:
        outcome = shop.catalogue.find_outcome(recording.recording_id)
        if outcome is not None and has_open_cuts(shop, outcome):
            try:
                apply_cuts(shop, contract, recording)
            except (ErasedError, RefusedError):
                continue  # they withdrew meanwhile, and everything of theirs goes
            unfinished.add(recording.worker_uid)
    if unfinished:
        sweep_units(shop, contract, unfinished)


def apply_cuts(shop: Shop, contract: Contract, recording: Recording) -> Outcome:
    """Make what became of a recording anew without its cuts, and register it; what it replaces is not swept yet.

    It may be seen since when it could be seen before, for nothing in it is new.

    Raises:
        RefusedError: It was not filmed with its worker's yes.
        ErasedError: The worker was erased meanwhile.
    """
    permit = ask(shop, Action.REVIEW, Purpose.WORKER_OWN_USE, recording)
    note_cuts(shop, recording.recording_id)
    for _ in range(_TRIES):
        outcome = shop.catalogue.find_outcome(recording.recording_id)
        if outcome is None or not has_open_cuts(shop, outcome):
            break
        work = _Work(recording, permit, contract, outcome, find_cuts(shop, recording.recording_id))
        try:
            made = _make(shop, work)
        except MissingObjectError:
            if shop.catalogue.find_outcome(recording.recording_id) == outcome:
                raise
            continue  # another process made it anew meanwhile, and swept away what we were reading
        _register(shop, work, made)
    outcome = shop.catalogue.find_outcome(recording.recording_id)
    if outcome is None:
        raise ErasedError(recording.worker_uid)
    return outcome


def _register(shop: Shop, work: _Work, made: Outcome) -> None:
    """Put it into the catalogue, where neither the outcome nor the cuts changed while it was made."""
    recording_id = work.recording.recording_id
    with shop.catalogue.transaction():
        refusal = look_again(shop, Action.REVIEW, Purpose.WORKER_OWN_USE, [work.recording])
        if refusal is not None:
            raise RefusedError(refusal.rule, refusal.sentence)
        is_current = shop.catalogue.find_outcome(recording_id) == work.outcome
        is_there = shop.vault.has_unit(work.recording.worker_uid, made.unit_id)  # nobody swept it meanwhile
        if is_current and is_there and find_cuts(shop, recording_id) == work.cuts:
            shop.catalogue.set_outcome(made, shop.catalogue.find_ready_at(recording_id))


def _make(shop: Shop, work: _Work) -> Outcome:
    """The unit of work with the cuts, committed; where it is committed already, that one."""
    unit_id = cut_unit_id(shop, work.uncut_id, work.cuts)
    committed = shop.vault.find_outcome(work.permit, unit_id)
    if committed is not None:
        return committed
    try:
        made = _erase(shop, work, unit_id)
        if shop.vault.commit(work.permit, work.recording, made):
            return made
    except MissingObjectError:
        if shop.vault.find_outcome(work.permit, unit_id) is None:
            raise
    winner = shop.vault.find_outcome(work.permit, unit_id)
    if winner is None:
        raise MissingObjectError(unit_id)
    return winner


def _erase(shop: Shop, work: _Work, unit_id: str) -> Outcome:
    outcome, spans = work.outcome, work.spans
    attempt = f"{unit_id}/{new_id('try')}"
    video_key, track_key, masks_key = (f"{attempt}/{name}" for name in ("video.mp4", "track", "masks"))
    with (
        shop.vault.open(work.permit, outcome.video_key) as old,
        shop.vault.create(work.permit, video_key) as sink,
    ):
        blank_spans(old, sink, spans, outcome.fps, work.contract.encode)
    track = _erase_track(shop, work, track_key)
    covered_share, faces_frames = _erase_masks(shop, work, masks_key)
    keys = (video_key, track_key, masks_key) if outcome.masks_key else (video_key, track_key)
    verify_attempt(shop, work.permit, keys, outcome.n_frames)
    stretches = cut_stretches(outcome.stretches, track, spans, work.contract.quality)
    all_cut = bool(outcome.stretches) and not stretches
    return replace(
        outcome,
        unit_id=unit_id,
        usable=bool(stretches),
        reason=" ".join(filter(None, (outcome.reason, ALL_CUT if all_cut else ""))),
        video_key=video_key,
        track_key=track_key,
        masks_key=masks_key if outcome.masks_key else "",
        hands_fraction=hands_fraction(track, 1),
        two_hands_fraction=hands_fraction(track, 2),
        faces_frames=faces_frames,
        covered_share=covered_share,
        stretches=stretches,
        accepted_ms=accepted_ms(stretches, outcome.fps),
        cuts=work.cuts,
        cut_from=work.uncut_id,
    )


def _erase_track(shop: Shop, work: _Work, track_key: str) -> HandTrack:
    with shop.vault.open(work.permit, work.outcome.track_key) as file:
        track = erase_hands(load_track(file), work.spans, work.contract.assemble)
    with shop.vault.create(work.permit, track_key) as sink:
        save_track(track, sink)
    return track


def _erase_masks(shop: Shop, work: _Work, masks_key: str) -> tuple[float | None, int]:
    """Write the masks without those of the cuts; the share that is covered now, and in how many frames anything is."""
    outcome = work.outcome
    if not outcome.masks_key:
        return outcome.covered_share, outcome.faces_frames
    with shop.vault.open(work.permit, outcome.masks_key) as file:
        masks = load_masks(file)
    n_covered = 0
    with shop.vault.create(work.permit, masks_key) as sink:
        writer = MaskWriter(sink, masks.width, masks.height)
        for frame_index in range(masks.n_frames):
            boxes = masks.at(frame_index)[:0] if is_within(frame_index, work.spans) else masks.at(frame_index)
            n_covered += len(boxes) > 0
            writer.add(boxes)
        writer.close()
    return writer.mean_share, n_covered
