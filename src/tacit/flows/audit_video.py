"""Audits finished video for faces that are left: a recording of the shop, a dataset, or any mp4 file (rule R1)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from tacit.flows.find_recording import require_recording
from tacit.flows.gate import ask
from tacit.flows.ports import Progress, Shop
from tacit.flows.show_recording import load_covered_shares
from tacit.footage.audit import AuditOptions, Sighting, audit_video, estimate_frames
from tacit.models.manifest import FACE_DETECTION
from tacit.models.store import ModelStore
from tacit.records.errors import DamagedCleanVideoError, FacesLeftError, NothingToAuditError
from tacit.records.permit import Action
from tacit.records.purposes import Purpose

_N_FIRST = 10  # places that are named; more of them say nothing new


@dataclass(frozen=True)
class Place:
    """A sighting and the video that it is in ("" where there is only one)."""

    video: str
    sighting: Sighting

    def __str__(self) -> str:
        where = f" of {self.video}" if self.video else ""
        return f"{self.sighting.at_s:.2f} s (frame {self.sighting.frame_index}){where}"


@dataclass(frozen=True)
class Audit:
    """What an audit found.

    n_frames: frames that were looked at, one in `every`; n_videos: in how many videos.
    frames_left, boxes_left: with a score of `score_left` or more. frames_doubt, boxes_doubt: of `score_doubt` or more.
    worst: the highest score; None where there is none. first: the first places that count as left, else the first
        doubtful ones.
    covered_share, covered_share_max: part of the picture's area that is covered, mean and worst frame.
    from_masks: True where the shares come from the masks that were kept; else from pixels that have the fill's colour.
    """

    n_videos: int
    n_frames: int
    every: int
    score_left: float
    score_doubt: float
    frames_left: int
    boxes_left: int
    frames_doubt: int
    boxes_doubt: int
    worst: Place | None
    first: tuple[Place, ...]
    covered_share: float
    covered_share_max: float
    from_masks: bool


def audit_recording(
    shop: Shop, models: ModelStore, recording_id: str, purpose: Purpose, options: AuditOptions, progress: Progress
) -> Audit:
    """Audit the clean video of a recording.

    Raises:
        UnknownThingError: There is no such recording.
        RefusedError: No consent of its worker to this purpose stands.
        NothingToAuditError: It has no clean video.
        DamagedCleanVideoError: Its clean video cannot be decoded to its end.
    """
    recording = require_recording(shop, recording_id)
    permit = ask(shop, Action.DERIVE, purpose, recording)
    outcome = shop.catalogue.find_outcome(recording_id)
    if outcome is None or not outcome.video_key:
        raise NothingToAuditError(recording_id, "a recording that was processed and has clean video")
    with shop.vault.open(permit, outcome.video_key) as video:
        looked = _look(models, [("", video)], options, progress, outcome.n_frames)
    if len(looked.frames) != -(-outcome.n_frames // options.every):
        raise DamagedCleanVideoError(f"{len(looked.frames)} frames were looked at, of {outcome.n_frames}")
    return _sum_up(looked, options, load_covered_shares(shop, permit, outcome))


def audit_path(models: ModelStore, path: Path, options: AuditOptions, progress: Progress) -> Audit:
    """Audit a dataset's folder or an mp4 file.

    Raises:
        NothingToAuditError: There is neither, or a video that cannot be decoded to its end.
    """
    if path.is_file():
        videos = [("", path)]
    else:
        found = sorted((path / "videos").rglob("*.mp4"))
        videos = [(file.relative_to(path).as_posix(), file) for file in found]
    if not videos:
        raise NothingToAuditError(str(path), "an mp4 file, a folder with a dataset, or a recording of the shop")
    n_frames = sum(estimate_frames(file) for _, file in videos)
    try:
        looked = _look(models, videos, options, progress, n_frames)
    except DamagedCleanVideoError as error:
        raise NothingToAuditError(str(path), "video that decodes to its end", error.reason) from error
    return _sum_up(looked, options, np.zeros(0))


def check_audit(audit: Audit) -> None:
    """Raise what an audit that found a face ends in.

    Raises:
        FacesLeftError: There is one.
    """
    if audit.frames_left:
        raise FacesLeftError(audit.frames_left, audit.n_frames, str(audit.first[0]), audit.score_left)


@dataclass(frozen=True)
class _Looked:
    """All that was seen: how many videos, places by frame looked at, and filled share of each."""

    n_videos: int
    frames: list[tuple[Place, ...]]
    filled: list[float]


def _look(
    models: ModelStore,
    videos: Sequence[tuple[str, BinaryIO | Path]],
    options: AuditOptions,
    progress: Progress,
    n_frames: int,
) -> _Looked:
    model = models.path(FACE_DETECTION)
    looked = _Looked(len(videos), [], [])
    with progress.step("Looking for faces", n_frames) as tell:
        for name, source in videos:
            for look in audit_video(source, model, options):
                looked.frames.append(tuple(Place(name, sighting) for sighting in look.sightings))
                looked.filled.append(look.filled_share)
                tell(len(looked.frames) * options.every)
    return looked


def _sum_up(looked: _Looked, options: AuditOptions, shares: NDArray[np.float64]) -> Audit:
    left = [[one for one in frame if one.sighting.score >= options.score_left] for frame in looked.frames]
    doubt = list(_flat(looked.frames))
    covered = shares if len(shares) else np.array(looked.filled)
    return Audit(
        n_videos=looked.n_videos,
        n_frames=len(looked.frames),
        every=options.every,
        score_left=options.score_left,
        score_doubt=options.score_doubt,
        frames_left=sum(len(frame) > 0 for frame in left),
        boxes_left=sum(len(frame) for frame in left),
        frames_doubt=sum(len(frame) > 0 for frame in looked.frames),
        boxes_doubt=len(doubt),
        worst=max(doubt, key=lambda place: place.sighting.score, default=None),
        first=tuple((list(_flat(left)) or doubt)[:_N_FIRST]),
        covered_share=float(covered.mean()),
        covered_share_max=float(covered.max()),
        from_masks=len(shares) > 0,
    )


def _flat(frames: Sequence[Sequence[Place]]) -> Iterator[Place]:
    for frame in frames:
        yield from frame
