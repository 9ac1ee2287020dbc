"""Stretches of a recording that its worker had erased."""

from dataclasses import dataclass
from datetime import datetime

Span = tuple[int, int]
"""Frames [start, end) of one recording."""


@dataclass(frozen=True)
class Cut:
    """A stretch [start_ms, end_ms) of a recording, in milliseconds of its clean video, of which nothing is kept.

    It is in time, not in frames, so that it means the same whatever frame rate a later contract has.
    """

    cut_id: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True)
class Cutting:
    """A cut as the shop keeps it: of whose recording, and since when. Sealed at rest. There is no way back from it."""

    cut: Cut
    recording_id: str
    worker_uid: str
    cut_at: datetime
