"""One unit of work: from a raw recording to clean video, hand track and masks, sealed and committed (rules D1-D3, D5).

One pass over the file. Frames are anonymised first; the tracker and the encoder are handed clean frames only.
Nothing is written in the clear, not even in between.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from tacit.flows.contract import Contract, contract_bytes
from tacit.flows.find_cuts import cut_unit_id, find_cuts
from tacit.flows.find_marks import find_marks
from tacit.flows.ingest import compute_content_mac
from tacit.flows.ports import Shop
from tacit.footage.anonymise import Anonymiser
from tacit.footage.blank import blank_frame, find_spans, is_within
from tacit.footage.canvas import CanvasFit, compute_fit
from tacit.footage.clean import count_frames
from tacit.footage.encode import CleanVideoWriter
from tacit.footage.face_search import FaceSearch
from tacit.footage.mark_paths import MarkFollower
from tacit.footage.maskfile import MaskWriter, load_masks
from tacit.footage.source import VideoSource, open_source
from tacit.models.manifest import FACE_DETECTION
from tacit.models.store import ModelStore
from tacit.motion.assemble import TrackBuilder
from tacit.motion.erase import ALL_CUT, cut_stretches, erase_hands
from tacit.motion.quality import accepted_ms, find_stretches, payable_ms
from tacit.motion.tracker import open_tracker
from tacit.motion.trackfile import load_track, save_track
from tacit.records.cuts import Cut
from tacit.records.errors import (
    FootageChangedError,
    MarkedMeanwhileError,
    MissingObjectError,
    UnreadableVideoError,
    UnverifiedOutputError,
)
from tacit.records.frames import CleanFrame, RawFrame
from tacit.records.hands import HandTrack
from tacit.records.ids import id_from_digest, new_id
from tacit.records.marks import Mark
from tacit.records.permit import Permit
from tacit.records.recording import Outcome, Recording, Stretch

_ENDLESS = 1 << 62
_LUMA_STEP = 8  # every eighth pixel each way is plenty for a mean
_SIGN_OF_LIFE_S = (
    1e-9  # nothing is done yet while boxes are followed back, but whoever waits must not take it for stuck
)


@dataclass(frozen=True)
class Inputs:
    """What a unit of work works on, and by whose leave."""

    recording: Recording
    permit: Permit
    contract: Contract
    models: ModelStore


@dataclass(frozen=True)
class _Unit:
    """A unit of work: its id, and the reviewer's boxes and the worker's cuts that are part of what makes it.

    uncut_id: of the same unit without any cut.
    """

    unit_id: str
    marks: tuple[Mark, ...]
    cuts: tuple[Cut, ...]
    uncut_id: str

    @property
    def cut_from(self) -> str:
        """As in an outcome."""
        return self.uncut_id if self.cuts else ""


def compute_unit_id(shop: Shop, contract: Contract, recording: Recording) -> str:
    """The id of the unit of work that processes a recording under a contract, with its boxes and cuts of now."""
    return _unit(shop, contract, recording).unit_id


def _unit(shop: Shop, contract: Contract, recording: Recording) -> _Unit:
    marks = find_marks(shop, recording.recording_id)
    cuts = find_cuts(shop, recording.recording_id)
    uncut_id = id_from_digest("unit", shop.keys.mac("unit", contract_bytes(contract, recording, marks)))
    return _Unit(cut_unit_id(shop, uncut_id, cuts), marks, cuts, uncut_id)


def process_unit(shop: Shop, inputs: Inputs, report: Callable[[float], None]) -> Outcome:
    """Process one recording and commit what came out; a unit that is committed already is not done again.

    Args:
        report: Called with the seconds of footage that are done.

    Raises:
        FootageChangedError: The file is not the one that was taken in.
        MarkedMeanwhileError: A box was drawn or taken away, or a stretch cut, while it was processed, and another
            process swept this away.
        UnverifiedOutputError: What was written does not read back; nothing was committed.
        MachineError: Disk, memory or models stand in the way; nothing was committed.
    """
    began_s = time.process_time()
    unit = _unit(shop, inputs.contract, inputs.recording)
    committed = shop.vault.find_outcome(inputs.permit, unit.unit_id)
    if committed is not None:
        return committed
    path = Path(inputs.recording.source_path)
    if not path.is_file() or compute_content_mac(shop, inputs.permit, path) != inputs.recording.content_mac:
        raise FootageChangedError(path.name)
    try:
        outcome = _derive_or_say_why_not(shop, inputs, unit, report)
        outcome = replace(outcome, cpu_ms=round((time.process_time() - began_s) * 1000))
        if shop.vault.commit(inputs.permit, inputs.recording, outcome):
            return outcome
    except MissingObjectError:
        # Another process may have committed the same unit meanwhile, and swept our attempt away.
        # Or a box was drawn or a stretch cut meanwhile, so that this unit is not wanted any more.
        if shop.vault.find_outcome(inputs.permit, unit.unit_id) is None:
            if _unit(shop, inputs.contract, inputs.recording) != unit:
                raise MarkedMeanwhileError from None
            raise
    winner = shop.vault.find_outcome(inputs.permit, unit.unit_id)
    if winner is None:
        raise MissingObjectError(unit.unit_id)
    return winner


def _derive_or_say_why_not(shop: Shop, inputs: Inputs, unit: _Unit, report: Callable[[float], None]) -> Outcome:
    try:
        return _derive(shop, inputs, unit, report)
    except UnreadableVideoError as error:
        return _unreadable(inputs, unit, str(error))


def _derive(shop: Shop, inputs: Inputs, unit: _Unit, report: Callable[[float], None]) -> Outcome:
    contract = inputs.contract
    attempt = f"{unit.unit_id}/{new_id('try')}"
    video_key, track_key, masks_key = f"{attempt}/video.mp4", f"{attempt}/track", f"{attempt}/masks"
    luma: list[float] = []
    faces_frames = 0
    # Of a cut nothing is written, not even for a moment; how long the film is shows only at its end.
    cut_spans = find_spans(unit.cuts, contract.fps, _ENDLESS)
    builder = TrackBuilder(contract.fps, contract.width, contract.height, contract.assemble)
    tracker = open_tracker(inputs.models, contract.tracker)
    with (
        _open_source(inputs) as source,
        shop.vault.create(inputs.permit, masks_key) as masks_sink,
        shop.vault.create(inputs.permit, video_key) as sink,
    ):
        masks = MaskWriter(masks_sink, contract.width, contract.height)
        writer = CleanVideoWriter(sink, contract.width, contract.height, contract.fps, contract.encode)
        fit = compute_fit(source.width, source.height, contract.width, contract.height)
        for clean in _clean_frames(source, inputs, unit.marks, fit, report):
            luma.append(_mean_luma(clean, fit))
            for hands in tracker.push(clean):
                builder.add(hands)
            kept = blank_frame(clean) if is_within(clean.frame_index, cut_spans) else clean
            faces_frames += len(kept.covered) > 0
            masks.add(kept.covered)
            writer.write(kept)
            report(len(luma) / contract.fps)
        writer.close()
        masks.close()
    for hands in tracker.flush():
        builder.add(hands)
    uncut_track = builder.finish()
    spans = find_spans(unit.cuts, contract.fps, uncut_track.n_frames)
    track = erase_hands(uncut_track, spans, contract.assemble) if spans else uncut_track
    with shop.vault.create(inputs.permit, track_key) as sink:
        save_track(track, sink)
    verify_attempt(shop, inputs.permit, (video_key, track_key, masks_key), len(luma))
    luma_mean = np.array(luma, dtype=np.float32)
    filmed, reason = find_stretches(uncut_track, luma_mean, contract.quality)
    stretches = cut_stretches(filmed, track, spans, contract.quality) if spans else filmed
    if filmed and not stretches:
        reason = ALL_CUT
    return Outcome(
        recording_id=inputs.recording.recording_id,
        unit_id=unit.unit_id,
        usable=bool(stretches),
        readable=True,
        reason=" ".join(filter(None, (_tell_part(source, len(luma)), reason))),
        video_key=video_key,
        track_key=track_key,
        width=contract.width,
        height=contract.height,
        fps=contract.fps,
        n_frames=track.n_frames,
        hands_fraction=hands_fraction(track, 1),
        two_hands_fraction=hands_fraction(track, 2),
        faces_frames=faces_frames,
        stretches=stretches,
        accepted_ms=accepted_ms(stretches, contract.fps),
        payable_ms=payable_ms(filmed, luma_mean, contract.fps, contract.quality),
        filmed_ms=_frames_ms(track.n_frames, contract.fps),
        cpu_ms=0,
        masks_key=masks_key,
        covered_share=masks.mean_share,
        marks=unit.marks,
        cuts=unit.cuts,
        cut_from=unit.cut_from,
    )


def _open_source(inputs: Inputs) -> AbstractContextManager[VideoSource]:
    recording = inputs.recording
    return open_source(Path(recording.source_path), inputs.contract.fps, readable_part=recording.readable_part)


def _tell_part(source: VideoSource, n_frames: int) -> str:
    """Say that only the readable part of a file was taken; "" where it is the whole."""
    if not source.damage:
        return ""
    return f"Only its first {n_frames / source.fps:.1f} s could be read and were taken in, as asked: {source.damage}."


def _mean_luma(frame: CleanFrame, fit: CanvasFit) -> float:
    """How bright the picture is; the bars beside one that is held upright are not part of it."""
    rows = slice(fit.offset_y, fit.offset_y + fit.height, _LUMA_STEP)
    columns = slice(fit.offset_x, fit.offset_x + fit.width, _LUMA_STEP)
    return float(frame.i420[rows, columns].mean())


def _clean_frames(
    source: VideoSource,
    inputs: Inputs,
    marks: tuple[Mark, ...],
    fit: CanvasFit,
    report: Callable[[float], None],
) -> Iterator[CleanFrame]:
    options = inputs.contract.anonymise
    follower = MarkFollower(fit, options.tracks, options.follow)
    traced = follower.trace_back(marks, lambda: _decode_again(inputs, report)) if marks else []
    detector = FaceSearch(inputs.models.path(FACE_DETECTION), source.width, source.height, fit, options.search)
    anonymiser = Anonymiser(detector, fit, options, traced)
    for raw in source.frames():
        yield from anonymiser.push(raw)
    yield from anonymiser.flush()


def _decode_again(inputs: Inputs, report: Callable[[float], None]) -> Iterator[RawFrame]:
    with _open_source(inputs) as source:
        for frame in source.frames():
            report((frame.frame_index + 1) * _SIGN_OF_LIFE_S)
            yield frame


def verify_attempt(shop: Shop, permit: Permit, keys: Sequence[str], n_frames: int) -> None:
    """Read back what was written before it may become real (D2): a video, its track, and its masks if there are any.

    Raises:
        UnverifiedOutputError: One of them has another number of frames.
    """
    counts: tuple[Callable[[BinaryIO], int], ...] = (
        count_frames,
        lambda file: load_track(file).n_frames,
        lambda file: load_masks(file).n_frames,
    )
    found = [n_frames] * len(counts)
    for place, (key, count) in enumerate(zip(keys, counts, strict=False)):
        with shop.vault.open(permit, key) as file:
            found[place] = count(file)
    if found != [n_frames] * len(counts):
        raise UnverifiedOutputError(n_frames, *found)


def hands_fraction(track: HandTrack, at_least: int) -> float:
    """Part of all frames in which at least so many hands were found, anyone's."""
    return float(np.mean(track.n_hands >= at_least)) if track.n_frames else 0.0


def _frames_ms(n_frames: int, fps: int) -> int:
    return n_frames * 1000 // fps


def _unreadable(inputs: Inputs, unit: _Unit, reason: str) -> Outcome:
    nothing: tuple[Stretch, ...] = ()
    return Outcome(
        recording_id=inputs.recording.recording_id,
        unit_id=unit.unit_id,
        usable=False,
        readable=False,
        reason=reason,
        video_key="",
        track_key="",
        width=inputs.contract.width,
        height=inputs.contract.height,
        fps=inputs.contract.fps,
        n_frames=0,
        hands_fraction=0.0,
        two_hands_fraction=0.0,
        faces_frames=0,
        stretches=nothing,
        accepted_ms=0,
        payable_ms=0,
        filmed_ms=0,
        cpu_ms=0,
        marks=unit.marks,
        cuts=unit.cuts,
        cut_from=unit.cut_from,
    )
