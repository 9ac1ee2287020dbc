"""Shows one recording as a page: key frames of the clean video with the hands drawn on them, and quality over time."""

from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray

from tacit.flows.gate import ask
from tacit.flows.list_recordings import ListedRecording, list_recordings
from tacit.flows.ports import Shop
from tacit.footage.clean import read_clean
from tacit.footage.encode import KEY_INTERVAL_FRAMES
from tacit.footage.maskfile import load_masks
from tacit.motion.trackfile import load_track
from tacit.pages.keyframe import KeyFrame
from tacit.pages.recording_page import RecordingView, render_recording
from tacit.records.errors import UnknownThingError
from tacit.records.frames import CleanFrame
from tacit.records.hands import HandTrack
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Status

_N_KEY_FRAMES = 9
_KEY_FRAME_WIDTH = 640  # pixels are enough for a page, and keep it small enough to mail
_JPEG_QUALITY = 80


def show_recording(shop: Shop, recording_id: str, purpose: Purpose) -> str:
    """Write the page of one recording (HTML).

    Raises:
        UnknownThingError: There is no such recording.
        RefusedError: No consent of its worker to this purpose stands.
    """
    listed = find_listed(shop, recording_id)
    track, key_frames, covered = _look_into(shop, listed, purpose)
    is_held = listed.status is Status.HELD
    view = RecordingView(
        label=f"{listed.recording.recording_id} ({listed.label})",
        task=listed.recording.task,
        status=listed.status,
        rule="R4" if is_held else "",
        reason="" if is_held else listed.reason,  # the page says at length what being held means
        outcome=listed.outcome,
        seen=track.seen if track is not None else np.zeros((0, 2), np.float32),
        key_frames=key_frames,
        covered=covered,
    )
    return render_recording(view)


def find_listed(shop: Shop, recording_id: str) -> ListedRecording:
    """A recording with what became of it.

    Raises:
        UnknownThingError: There is none of that id.
    """
    for listed in list_recordings(shop):
        if listed.recording.recording_id == recording_id:
            return listed
    raise UnknownThingError("recording", recording_id, "List them with `tacit recordings`.")


def find_key_frames(shop: Shop, recording_id: str, purpose: Purpose) -> tuple[KeyFrame, ...]:
    """A few frames of a recording's clean video, evenly spread, with the hands that were seen in them.

    Raises:
        UnknownThingError: There is no such recording.
        RefusedError: No consent of its worker to this purpose stands.
    """
    return _look_into(shop, find_listed(shop, recording_id), purpose)[1]


def _look_into(
    shop: Shop, listed: ListedRecording, purpose: Purpose
) -> tuple[HandTrack | None, tuple[KeyFrame, ...], NDArray[np.float64]]:
    """Track, key frames and covered shares of a recording, by leave of the kernel; none where processing made none."""
    permit = ask(shop, Action.DERIVE, purpose, listed.recording)
    if listed.outcome is None or not listed.outcome.video_key:
        return None, (), np.zeros(0)
    track = _load(shop, permit, listed.outcome)
    covered = load_covered_shares(shop, permit, listed.outcome)
    return track, _load_key_frames(shop, permit, listed.outcome, track), covered


def load_covered_shares(shop: Shop, permit: Permit, outcome: Outcome) -> NDArray[np.float64]:
    """Part of the picture that is covered in each frame, (n_frames,); no rows where the masks were not kept."""
    if not outcome.masks_key:
        return np.zeros(0)
    with shop.vault.open(permit, outcome.masks_key) as file:
        return load_masks(file).shares()


def _load_key_frames(shop: Shop, permit: Permit, outcome: Outcome, track: HandTrack) -> tuple[KeyFrame, ...]:
    spacing = -(-outcome.n_frames // _N_KEY_FRAMES)
    every = max(KEY_INTERVAL_FRAMES, -(-spacing // KEY_INTERVAL_FRAMES) * KEY_INTERVAL_FRAMES)
    with shop.vault.open(permit, outcome.video_key) as video:
        return tuple(_key_frames(read_clean(video, every), outcome, track))


def _load(shop: Shop, permit: Permit, outcome: Outcome) -> HandTrack:
    with shop.vault.open(permit, outcome.track_key) as file:
        return load_track(file)


def _key_frames(frames: Iterator[CleanFrame], outcome: Outcome, track: HandTrack) -> Iterator[KeyFrame]:
    scale = _KEY_FRAME_WIDTH / outcome.width
    size = (_KEY_FRAME_WIDTH, round(outcome.height * scale))
    for frame in frames:
        picture = cv2.cvtColor(frame.i420, cv2.COLOR_YUV2BGR_I420)
        small = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
        jpeg = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])[1].tobytes()
        px = (track.px[frame.frame_index] * scale).astype(np.float32)
        yield KeyFrame(frame.frame_index / outcome.fps, jpeg, *size, px)
