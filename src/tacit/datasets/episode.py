"""One episode of a dataset: what comes in, what its rows in the parquet files look like, and what must hold.

Source: LeRobot v3.0 for the columns of frames and episode rows; DESIGN section 8 for the lineage columns.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from tacit.datasets.features import (
    FEATURES,
    FILES_PER_CHUNK,
    FRAME_COLUMNS,
    VIDEO_FEATURE,
    chunk_and_file,
)
from tacit.datasets.stats import STAT_NAMES, Stats, compute_column_stats
from tacit.records.purposes import Purpose

Float32 = NDArray[np.float32]
Columns = Mapping[str, Float32]

# HMACs in hex, under a key of that dataset's own; 64 bits at least, so that two people do not fall together.
PSEUDONYM = re.compile(r"[0-9a-f]{16,64}")
PSEUDONYM_COLUMNS = ("worker", "recording", "consent")

_N_FRAMES_MIN = 2  # one frame has no standard deviation, and LeRobot refuses it
_QUATERNION_TOLERANCE = 1e-3


@dataclass(frozen=True)
class EpisodeLineage:
    """What one episode rests on (R6).

    worker, recording, consent: pseudonyms in hex, HMACs under a key of this dataset's own.
    agreement, purpose: under which terms and for what.
    start_s: where the episode begins in its recording.
    accepted_s: seconds of it that count for pay.
    """

    worker: str
    recording: str
    consent: str
    agreement: str
    purpose: Purpose
    start_s: float
    accepted_s: float


@dataclass(frozen=True)
class EpisodeInput:
    """One episode as it is handed to the writer.

    task: what is done in it, in the plant's own words.
    columns: the features by name, (n_frames, width) float32 each, without NaN.
    write_video: called once with the path of the mp4 to fill: n_frames pictures at the rate of the dataset, H.264,
        key frame first, no B frames.
    """

    task: str
    columns: Columns
    write_video: Callable[[Path], None]
    lineage: EpisodeLineage


def find_column_faults(columns: Columns) -> list[str]:
    """Every way in which the features of one episode break the rules of the format, one sentence each."""
    if set(columns) != {feature.name for feature in FEATURES}:
        odd = sorted({feature.name for feature in FEATURES} ^ set(columns))
        return [f"the features {', '.join(odd)} are missing or not part of the format"]
    n_frames = len(columns["action"])
    faults = [] if n_frames >= _N_FRAMES_MIN else [f"it has {n_frames} frames; at least {_N_FRAMES_MIN} are needed"]
    for feature in FEATURES:
        values = columns[feature.name]
        if values.dtype != np.float32 or values.shape != (n_frames, feature.width):
            faults.append(
                f"{feature.name} is {values.dtype} {values.shape}; float32 {(n_frames, feature.width)} is expected"
            )
        elif not np.isfinite(values).all():
            frame = int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0])
            faults.append(f"{feature.name} is not a number in frame {frame}; hold the last seen value instead")
    return faults or _find_value_faults(columns)


def _find_value_faults(columns: Columns) -> list[str]:
    faults = []
    if not np.isin(columns["observation.hands.seen"], (0, 0.5, 1)).all():
        faults.append("observation.hands.seen holds another value than 0, 0.5 and 1")
    if not np.isin(columns["action.valid"], (0, 1)).all():
        faults.append("action.valid holds another value than 0 and 1")
    if (columns["observation.hands.sigma"] < 0).any():
        faults.append("observation.hands.sigma holds a negative standard error")
    for name, firsts in (("observation.camera", (3,)), ("observation.state", (3, 11)), ("action", (3, 11))):
        for first in firsts:
            lengths = np.linalg.norm(columns[name][:, first : first + 4].astype(np.float64), axis=1)
            if (np.abs(lengths - 1) > _QUATERNION_TOLERANCE).any():
                faults.append(f"{name} holds a quaternion of length {lengths[np.abs(lengths - 1).argmax()]:.4f}, not 1")
    if not np.array_equal(columns["action"][:-1], columns["observation.state"][1:]):
        faults.append("action is not the state of the next frame")
    return faults


def find_lineage_faults(row: Mapping[str, Any]) -> list[str]:
    """Every way in which the lineage of an episode row is not one, or says more than it may."""
    faults = [
        f"{name} is no pseudonym (16 to 64 digits in hex)"
        for name in PSEUDONYM_COLUMNS
        if not PSEUDONYM.fullmatch(str(row[name]))
    ]
    faults += [f"{name} is empty" for name in ("agreement", "purpose") if not row[name]]
    times = ("start_s", "accepted_s")
    faults += [f"{name} is no length of time in seconds" for name in times if not 0 <= row[name] < np.inf]
    return faults


def frame_columns(n_frames: int, fps: int, episode_index: int, first_index: int, task_index: int) -> dict[str, Any]:
    """The columns that LeRobot asks of every dataset: time since the start of the episode, and the counters."""
    counted = np.arange(n_frames, dtype=np.int64)
    return {
        "timestamp": (counted / fps).astype(np.float32),
        "frame_index": counted,
        "episode_index": np.full(n_frames, episode_index, dtype=np.int64),
        "index": counted + first_index,
        "task_index": np.full(n_frames, task_index, dtype=np.int64),
    }


def compute_quality(columns: Columns) -> dict[str, float]:
    """How well the hands were seen in one episode.

    Returns:
        Parts of its frames in which one hand at least, both hands, and a hand only by bridging were seen, and the
        median standard error of the wrist in metres over the hands that were seen (over all where none was).
    """
    seen = columns["observation.hands.seen"]
    sigma = columns["observation.hands.sigma"].astype(np.float64)
    return {
        "hands_seen_fraction": float((seen == 1).any(axis=1).mean()),
        "both_hands_seen_fraction": float((seen == 1).all(axis=1).mean()),
        "bridged_fraction": float((seen == 0.5).any(axis=1).mean()),
        "sigma_m_median": float(np.median(sigma[seen > 0] if (seen > 0).any() else sigma)),
    }


def compute_episode_stats(columns: Columns, counters: Mapping[str, Any], images: Stats) -> dict[str, Stats]:
    """The statistics of every feature of one episode."""
    vectors = {feature.name: compute_column_stats(columns[feature.name]) for feature in FEATURES}
    scalars = {name: compute_column_stats(counters[name]) for name in FRAME_COLUMNS}
    return {VIDEO_FEATURE: images, **vectors, **scalars}


def to_frame_table(columns: Columns, counters: Mapping[str, Any]) -> pa.Table:
    """The parquet of one episode: one row for each frame."""
    arrays = {
        feature.name: pa.FixedSizeListArray.from_arrays(
            pa.array(columns[feature.name].reshape(-1), type=pa.float32()), feature.width
        )
        for feature in FEATURES
    }
    arrays |= {name: pa.array(counters[name], type=pa.type_for_alias(dtype)) for name, dtype in FRAME_COLUMNS.items()}
    return pa.table(arrays)


def to_episode_row(
    episode: EpisodeInput, counters: Mapping[str, Any], fps: int, stats: Mapping[str, Stats]
) -> dict[str, Any]:
    """The row of one episode among the episode rows."""
    n_frames = len(counters["index"])
    episode_index = int(counters["episode_index"][0])
    chunk, file = chunk_and_file(episode_index)
    rows_chunk, rows_file = chunk_and_file(episode_index // FILES_PER_CHUNK)
    row: dict[str, Any] = {
        "episode_index": episode_index,
        "tasks": [episode.task],
        "length": n_frames,
        "data/chunk_index": chunk,
        "data/file_index": file,
        "dataset_from_index": int(counters["index"][0]),
        "dataset_to_index": int(counters["index"][-1]) + 1,
        f"videos/{VIDEO_FEATURE}/chunk_index": chunk,
        f"videos/{VIDEO_FEATURE}/file_index": file,
        f"videos/{VIDEO_FEATURE}/from_timestamp": 0.0,
        f"videos/{VIDEO_FEATURE}/to_timestamp": n_frames / fps,
        "meta/episodes/chunk_index": rows_chunk,
        "meta/episodes/file_index": rows_file,
        **vars(episode.lineage),
        "purpose": str(episode.lineage.purpose),
        **compute_quality(episode.columns),
    }
    for feature, named in stats.items():
        for name, value in named.items():
            row[f"stats/{feature}/{name}"] = value.astype(np.int64).tolist() if name == "count" else value.tolist()
    return row


def episode_schema() -> pa.Schema:
    """Names and types of the columns of episode rows."""
    integers = ["episode_index", "length", "data/chunk_index", "data/file_index"]
    integers += ["dataset_from_index", "dataset_to_index", "meta/episodes/chunk_index", "meta/episodes/file_index"]
    integers += [f"videos/{VIDEO_FEATURE}/chunk_index", f"videos/{VIDEO_FEATURE}/file_index"]
    numbers = [f"videos/{VIDEO_FEATURE}/from_timestamp", f"videos/{VIDEO_FEATURE}/to_timestamp"]
    numbers += ["start_s", "accepted_s"]
    numbers += ["hands_seen_fraction", "both_hands_seen_fraction", "bridged_fraction", "sigma_m_median"]
    fields = [pa.field(name, pa.int64()) for name in integers]
    fields += [pa.field("tasks", pa.list_(pa.string()))]
    fields += [pa.field(name, pa.float64()) for name in numbers]
    fields += [pa.field(name, pa.string()) for name in (*PSEUDONYM_COLUMNS, "agreement", "purpose")]
    for feature in (VIDEO_FEATURE, *(f.name for f in FEATURES), *FRAME_COLUMNS):
        vector = pa.list_(pa.float64())
        deep = pa.list_(pa.list_(vector)) if feature == VIDEO_FEATURE else vector
        for name in STAT_NAMES:
            fields.append(pa.field(f"stats/{feature}/{name}", pa.list_(pa.int64()) if name == "count" else deep))
    return pa.schema(fields)
