"""A recording, what became of it, and the unit of work that processed it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tacit.records.cuts import Cut
from tacit.records.marks import Mark


class Status(StrEnum):
    """What became of a recording, as the contract of `tacit run` names it, and `new` before it was processed."""

    NEW = "new"
    ACCEPTED = "accepted"
    HELD = "held"
    REFUSED = "refused"
    REJECTED = "rejected"
    FAILED = "failed"


@dataclass(frozen=True)
class Recording:
    """One video file of one worker's work. Source path and file name are sealed at rest under the worker's key.

    recording_id: keyed digest of worker and content, so that ingesting a file twice is harmless.
    content_mac: keyed digest of the content alone (hex), which finds the same footage under a second worker.
    position: order of ingest within the shop, counted from 0; datasets keep it.
    readable_part: of a damaged file, what comes before the damage is to be taken; whoever handed it in asked for that.
    agreement_digest: the version of the agreement that the worker had said yes to when it was filmed; "": the first.
    The last two came later than the others; records from before lack them.
    """

    recording_id: str
    worker_uid: str
    agreement_id: str
    source_path: str
    content_mac: str
    task: str
    station: str
    started_at: datetime
    position: int
    readable_part: bool = False
    agreement_digest: str = ""


@dataclass(frozen=True)
class Stretch:
    """A stretch [start_frame, end_frame) of one recording in which the wearer's hands are at work."""

    start_frame: int
    end_frame: int


@dataclass(frozen=True)
class Outcome:
    """What processing found; the body of a commit record.

    unit_id: keyed digest of content, contract version, model digests and every parameter that changes output (D1).
    reason: plain sentence for REJECTED and FAILED, and where only the readable part of a file was taken; "" otherwise;
        no personal data.
    video_key, track_key, masks_key: names of the sealed objects, "" where nothing was made.
    width, height: pixels of the clean video. n_frames: on the constant frame-rate grid of `fps`.
    hands_fraction, two_hands_fraction: parts of all frames with at least one, two hands found, anyone's.
    faces_frames: frames in which something was anonymised.
    covered_share: part of the picture's area that was covered, the mean over all frames; None where nobody measured.
    marks: boxes of a reviewer that were followed and covered, in the order of their ids.
    cuts: stretches that the worker had erased, in the order of their ids. cut_from: id of the same unit of work without
        them; "" where there are none.
    stretches: hands at work; the episodes-to-be, on key frames.
    accepted_ms: milliseconds inside the stretches. filmed_ms: all of it. payable_ms: what counts as accepted for pay:
        the stretches and the moments between them in which our tracker lost the hands (M7).
    cpu_ms: processor time the unit took; says nothing about content, so it is not part of any digest.
    The last five came later than the others; records from before lack them.
    """

    recording_id: str
    unit_id: str
    usable: bool
    readable: bool
    reason: str
    video_key: str
    track_key: str
    width: int
    height: int
    fps: int
    n_frames: int
    hands_fraction: float
    two_hands_fraction: float
    faces_frames: int
    stretches: tuple[Stretch, ...]
    accepted_ms: int
    payable_ms: int
    filmed_ms: int
    cpu_ms: int
    masks_key: str = ""
    covered_share: float | None = None
    marks: tuple[Mark, ...] = ()
    cuts: tuple[Cut, ...] = ()
    cut_from: str = ""

    @property
    def object_keys(self) -> tuple[str, ...]:
        """The sealed objects that there are."""
        return tuple(key for key in (self.video_key, self.track_key, self.masks_key) if key)
