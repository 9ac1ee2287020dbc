"""Writes what a worker's own file holds of one recording: the clean film, the hand track, and what was covered."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from tacit.flows.contract import Contract
from tacit.flows.gate import ask
from tacit.flows.ports import Shop
from tacit.flows.preview_recording import preview_recording
from tacit.footage.maskfile import load_masks
from tacit.motion.trackfile import load_track
from tacit.records.hands import N_LANDMARKS, HandTrack
from tacit.records.permit import Action, Permit
from tacit.records.purposes import Purpose
from tacit.records.recording import Outcome, Recording

_SIDES = ("left", "right")


def export_footage(shop: Shop, contract: Contract, recording: Recording, folder: Path) -> None:
    """Write `film.mp4`, `track.parquet` and `covered.parquet` of a recording; nothing where nothing was made of it.

    Raises:
        RefusedError: It was not filmed with its worker's yes.
    """
    permit = ask(shop, Action.REVIEW, Purpose.WORKER_OWN_USE, recording)
    outcome = shop.catalogue.find_outcome(recording.recording_id)
    if outcome is None or not outcome.video_key:
        return
    folder.mkdir()
    preview_recording(shop, contract, recording.recording_id, folder / "film.mp4")
    outcome = shop.catalogue.find_outcome(recording.recording_id) or outcome  # stretches may have been cut out just now
    with shop.vault.open(permit, outcome.track_key) as file:
        pq.write_table(track_table(load_track(file)), folder / "track.parquet")
    if outcome.masks_key:
        pq.write_table(_covered_table(shop, permit, outcome), folder / "covered.parquet")


def track_table(track: HandTrack) -> pa.Table:
    """A hand track as a table with one row per frame and one column per number, empty where a hand was not seen."""
    columns: dict[str, object] = {
        "frame_index": np.arange(track.n_frames),
        "time_s": np.arange(track.n_frames) / track.fps,
        "n_hands": track.n_hands,
    }
    for side, name in enumerate(_SIDES):
        columns[f"{name}.seen"] = track.seen[:, side]
        columns[f"{name}.sigma_m"] = track.sigma_m[:, side]
        for landmark in range(N_LANDMARKS):
            for axis, letter in enumerate("uv"):
                columns[f"{name}.{landmark}.{letter}_px"] = track.px[:, side, landmark, axis]
            for axis, letter in enumerate("xyz"):
                columns[f"{name}.{landmark}.{letter}_m"] = track.xyz[:, side, landmark, axis]
    return pa.table({key: pa.array(values, from_pandas=True) for key, values in columns.items()})


def _covered_table(shop: Shop, permit: Permit, outcome: Outcome) -> pa.Table:
    """What was covered, one row per box: the frame, and the box in pixels from its upper left."""
    with shop.vault.open(permit, outcome.masks_key) as file:
        masks = load_masks(file)
    rows = [(index, *map(float, box)) for index in range(masks.n_frames) for box in masks.at(index)]
    names = ("frame_index", "x_px", "y_px", "width_px", "height_px")
    kinds = (pa.int64(), *[pa.float64()] * 4)
    columns = zip(*rows, strict=True) if rows else [()] * len(names)
    return pa.table({name: pa.array(list(c), kind) for name, kind, c in zip(names, kinds, columns, strict=True)})
