"""One unit of work: from a raw recording to clean video and a hand track, sealed and committed (rules D1-D3, D5).

One pass over the file. Frames are anonymised first; the tracker and the encoder are handed clean frames only.
Nothing is written in the clear, not even in between.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tacit.flows.contract import Contract, contract_bytes
from tacit.flows.ingest import compute_content_mac
from tacit.flows.ports import Shop
from tacit.footage.anonymise import Anonymiser
from tacit.footage.canvas import fit_to_canvas
from tacit.footage.clean import count_frames
from tacit.footage.encode import CleanVideoWriter
from tacit.footage.faces import FaceDetector
from tacit.footage.source import VideoSource, open_source
from tacit.models.manifest import FACE_DETECTION
from tacit.models.store import ModelStore
from tacit.motion.assemble import TrackBuilder
from tacit.motion.quality import accepted_ms, find_stretches, payable_ms
from tacit.motion.tracker import open_tracker
from tacit.motion.trackfile import load_track, save_track
from tacit.records.errors import FootageChangedError, MissingObjectError, UnreadableVideoError, UnverifiedOutputError
from tacit.records.frames import CleanFrame
from tacit.records.hands import HandTrack
from tacit.records.ids import id_from_digest, new_id
from tacit.records.permit import Permit
from tacit.records.recording import Outcome, Recording, Stretch

_LUMA_STEP = 8  # every eighth pixel each way is plenty for a mean


@dataclass(frozen=True)
class Inputs:
    """What a unit of work works on, and by whose leave."""

    recording: Recording
    permit: Permit
    contract: Contract
    models: ModelStore


def compute_unit_id(shop: Shop, contract: Contract, recording: Recording) -> str:
    """The id of the unit of work that processes a recording under a contract."""
    return id_from_digest("unit", shop.keys.mac("unit", contract_bytes(contract, recording)))


def process_unit(shop: Shop, inputs: Inputs, report: Callable[[float], None]) -> Outcome:
    """Process one recording and commit what came out; a unit that is committed already is not done again.

    Args:
        report: Called with the seconds of footage that are done.

    Raises:
        FootageChangedError: The file is not the one that was taken in.
        UnverifiedOutputError: What was written does not read back; nothing was committed.
        MachineError: Disk, memory or models stand in the way; nothing was committed.
    """
    began_s = time.process_time()
    unit_id = compute_unit_id(shop, inputs.contract, inputs.recording)
    committed = shop.vault.find_outcome(inputs.permit, unit_id)
    if committed is not None:
        return committed
    path = Path(inputs.recording.source_path)
    if not path.is_file() or compute_content_mac(shop, inputs.permit, path) != inputs.recording.content_mac:
        raise FootageChangedError(path.name)
    try:
        outcome = _derive_or_say_why_not(shop, inputs, unit_id, report)
        outcome = replace(outcome, cpu_ms=round((time.process_time() - began_s) * 1000))
        if shop.vault.commit(inputs.permit, inputs.recording, outcome):
            return outcome
    except MissingObjectError:
        # Another process may have committed the same unit meanwhile, and swept our attempt away.
        if shop.vault.find_outcome(inputs.permit, unit_id) is None:
            raise
    winner = shop.vault.find_outcome(inputs.permit, unit_id)
    if winner is None:
        raise MissingObjectError(unit_id)
    return winner


def _derive_or_say_why_not(shop: Shop, inputs: Inputs, unit_id: str, report: Callable[[float], None]) -> Outcome:
    try:
        return _derive(shop, inputs, unit_id, report)
    except UnreadableVideoError as error:
        return _unreadable(inputs, unit_id, str(error))


def _derive(shop: Shop, inputs: Inputs, unit_id: str, report: Callable[[float], None]) -> Outcome:
    contract = inputs.contract
    attempt = f"{unit_id}/{new_id('try')}"
    video_key, track_key = f"{attempt}/video.mp4", f"{attempt}/track"
    luma: list[float] = []
    faces_frames = 0
    builder = TrackBuilder(contract.fps, contract.width, contract.height, contract.assemble)
    tracker = open_tracker(inputs.models, contract.tracker)
    with (
        open_source(Path(inputs.recording.source_path), contract.fps) as source,
        shop.vault.create(inputs.permit, video_key) as sink,
    ):
        writer = CleanVideoWriter(sink, contract.width, contract.height, contract.fps, contract.encode)
        for clean in _clean_frames(source, inputs):
            luma.append(float(clean.i420[: clean.height : _LUMA_STEP, ::_LUMA_STEP].mean()))
            faces_frames += len(clean.covered) > 0
            frame = fit_to_canvas(clean, contract.width, contract.height)
            builder.add(tracker.step(frame))
            writer.write(frame)
            report(len(luma) / contract.fps)
        writer.close()
    track = builder.finish()
    with shop.vault.create(inputs.permit, track_key) as sink:
        save_track(track, sink)
    _verify(shop, inputs.permit, video_key, track_key, len(luma))
    luma_mean = np.array(luma, dtype=np.float32)
    stretches, reason = find_stretches(track, luma_mean, contract.quality)
    return Outcome(
        recording_id=inputs.recording.recording_id,
        unit_id=unit_id,
        usable=bool(stretches),
        readable=True,
        reason=reason,
        video_key=video_key,
        track_key=track_key,
        width=contract.width,
        height=contract.height,
        fps=contract.fps,
        n_frames=track.n_frames,
        hands_fraction=_fraction(track, 1),
        two_hands_fraction=_fraction(track, 2),
        faces_frames=faces_frames,
        stretches=stretches,
        accepted_ms=accepted_ms(stretches, contract.fps),
        payable_ms=payable_ms(stretches, luma_mean, contract.fps, contract.quality),
        filmed_ms=_frames_ms(track.n_frames, contract.fps),
        cpu_ms=0,
    )


def _clean_frames(source: VideoSource, inputs: Inputs) -> Iterator[CleanFrame]:
    detector = FaceDetector(inputs.models.path(FACE_DETECTION), source.width, source.height)
    anonymiser = Anonymiser(detector, source.width, source.height, inputs.contract.anonymise)
    for raw in source.frames():
        yield from anonymiser.push(raw)
    yield from anonymiser.flush()


def _verify(shop: Shop, permit: Permit, video_key: str, track_key: str, n_frames: int) -> None:
    """Read back what was written before it may become real (D2)."""
    with shop.vault.open(permit, video_key) as video, shop.vault.open(permit, track_key) as track:
        found = (count_frames(video), load_track(track).n_frames)
    if found != (n_frames, n_frames):
        raise UnverifiedOutputError(n_frames, *found)


def _fraction(track: HandTrack, at_least: int) -> float:
    return float(np.mean(track.n_hands >= at_least)) if track.n_frames else 0.0


def _frames_ms(n_frames: int, fps: int) -> int:
    return n_frames * 1000 // fps


def _unreadable(inputs: Inputs, unit_id: str, reason: str) -> Outcome:
    nothing: tuple[Stretch, ...] = ()
    return Outcome(
        recording_id=inputs.recording.recording_id,
        unit_id=unit_id,
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
    )
