"""Writes one recording for the Rerun viewer: clean video, landmarks, gaps, masks and quality on one timeline."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

import cv2
import numpy as np

from tacit.flows.find_recording import require_recording
from tacit.flows.gate import ask
from tacit.flows.ports import Progress, Shop
from tacit.footage.clean import read_clean
from tacit.footage.maskfile import Masks, load_masks
from tacit.motion.trackfile import load_track
from tacit.pages.rerun_file import Moment, TimelineView, require_rerun, write_timeline
from tacit.records.errors import NothingToViewError
from tacit.records.permit import Action
from tacit.records.purposes import Purpose

_JPEG_QUALITY = 80


def view_recording(
    shop: Shop, recording_id: str, purpose: Purpose, every: int, sink: BinaryIO, progress: Progress
) -> None:
    """Write a recording as an .rrd file into a sink that takes bytes from front to back.

    Args:
        every: One picture in so many is written; figures are of every frame.

    Raises:
        MissingViewerError: rerun-sdk is not installed.
        UnknownThingError: There is no such recording.
        RefusedError: No consent of its worker to this purpose stands.
        NothingToViewError: It has no clean video.
    """
    require_rerun()
    recording = require_recording(shop, recording_id)
    permit = ask(shop, Action.DERIVE, purpose, recording)
    outcome = shop.catalogue.find_outcome(recording_id)
    if outcome is None or not outcome.video_key:
        raise NothingToViewError(recording_id)
    with shop.vault.open(permit, outcome.track_key) as file:
        track = load_track(file)
    masks = None
    if outcome.masks_key:
        with shop.vault.open(permit, outcome.masks_key) as file:
            masks = load_masks(file)
    shares = masks.shares() if masks is not None else np.zeros(0)
    view = TimelineView(recording_id, track, shares, outcome.stretches)
    with (
        shop.vault.open(permit, outcome.video_key) as video,
        progress.step("Writing the recording", outcome.n_frames) as tell,
    ):
        write_timeline(view, _moments(video, masks, every, tell), sink)


def _moments(video: BinaryIO, masks: Masks | None, every: int, tell: Callable[[float], None]) -> Iterator[Moment]:
    for frame in read_clean(video, every):
        picture = cv2.cvtColor(frame.i420, cv2.COLOR_YUV2BGR_I420)
        jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
        covered = masks.at(frame.frame_index) if masks is not None else np.zeros((0, 4), np.float32)
        yield Moment(frame.frame_index, jpeg, covered)
        tell(frame.frame_index + 1)
