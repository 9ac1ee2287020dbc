"""Boxes that a reviewer draws on clean video to have a thing covered: a badge, a screen, a co-worker."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Mark:
    """A box around a thing in one frame of the clean video; the anonymiser follows the thing and covers it.

    at_frame: index of the frame that it was drawn on, counted from 0.
    x, y, width, height: of the box, in pixels of the shop's canvas; x and y of its upper left corner.
    """

    mark_id: str
    at_frame: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class Marking:
    """A mark as the shop keeps it: on whose recording, why (which may name somebody) and since when. Sealed at rest."""

    mark: Mark
    recording_id: str
    worker_uid: str
    note: str
    drawn_at: datetime
