"""The features of a dataset: names, shapes and axes of every column, and the `info.json` that announces them.

Source: DESIGN section 8 for the features; LeRobot v3.0 (lerobot 0.4.4, `datasets/utils.py`) for the layout of
`info.json` and the five columns that every dataset has.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

VIDEO_FEATURE = "observation.images.head"
FORMAT_VERSION = "v3.0"
FILES_PER_CHUNK = 1000
# What a dataset may say of itself at the most; ours, far beyond any camera.
_FPS_MAX = 1000
_SIDE_PX_MAX = 65_536
_NUMBER_MAX = 1_000_000_000
DATA_PATH = "data/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"
VIDEO_PATH = "videos/{video_key}/chunk-{chunk_index:03d}/file-{file_index:03d}.mp4"
EPISODES_PATH = "meta/episodes/chunk-{chunk_index:03d}/file-{file_index:03d}.parquet"

_HANDS = ("left", "right")
_FINGERS = ("index", "middle", "ring", "little")
# Names of the joints from the root of a finger to its tip. Source: the topology in `records/hands.py`.
LANDMARKS = (
    "wrist",
    *(f"thumb_{joint}" for joint in ("cmc", "mcp", "ip", "tip")),
    *(f"{finger}_{joint}" for finger in _FINGERS for joint in ("mcp", "pip", "dip", "tip")),
)
_STATE_AXES = ("x", "y", "z", "qw", "qx", "qy", "qz", "grip")


@dataclass(frozen=True)
class Feature:
    """One float32 column of vectors: its name and the name of each axis, in order."""

    name: str
    axes: tuple[str, ...]

    @property
    def width(self) -> int:
        """Numbers in one row."""
        return len(self.axes)


def _landmark_axes(coordinates: str) -> tuple[str, ...]:
    return tuple(f"{hand}_{landmark}_{c}" for hand in _HANDS for landmark in LANDMARKS for c in coordinates)


_STATE_NAMES = tuple(f"{hand}_{axis}" for hand in _HANDS for axis in _STATE_AXES)

FEATURES = (
    Feature("observation.hands.px", _landmark_axes("uv")),
    Feature("observation.hands.xyz", _landmark_axes("xyz")),
    Feature("observation.hands.seen", _HANDS),
    Feature("observation.hands.sigma", _HANDS),
    Feature("observation.camera", ("x", "y", "z", "qw", "qx", "qy", "qz")),
    Feature("observation.state", _STATE_NAMES),
    Feature("action", _STATE_NAMES),
    Feature("action.valid", _HANDS),
)

# The columns that LeRobot asks of every dataset, with their types.
FRAME_COLUMNS = {
    "timestamp": "float32",
    "frame_index": "int64",
    "episode_index": "int64",
    "index": "int64",
    "task_index": "int64",
}


@dataclass(frozen=True)
class DatasetSpec:
    """What all episodes of a dataset share.

    fps: frames per second, constant.
    width, height: pixels of every video (the canvas).
    frame: what metres are measured in: the `camera`, or a `bench` whose place is known.
    intrinsics: focal lengths and principal point on the canvas, in pixels, under the names fx, fy, cx, cy; empty
        where nothing is known.
    distortion: coefficients k1, k2, p1, p2, k3 of the Brown-Conrady model; empty where nothing is known.
    """

    fps: int
    width: int
    height: int
    frame: Literal["camera", "bench"]
    intrinsics: dict[str, float]
    distortion: tuple[float, ...]


def chunk_and_file(number: int) -> tuple[int, int]:
    """Where the file of that number lies: its chunk and its place in the chunk."""
    return divmod(number, FILES_PER_CHUNK)


def data_path(episode_index: int) -> str:
    """The episode's parquet, relative to the dataset."""
    chunk, file = chunk_and_file(episode_index)
    return DATA_PATH.format(chunk_index=chunk, file_index=file)


def video_path(episode_index: int) -> str:
    """The episode's mp4, relative to the dataset."""
    chunk, file = chunk_and_file(episode_index)
    return VIDEO_PATH.format(video_key=VIDEO_FEATURE, chunk_index=chunk, file_index=file)


def episodes_path(file_number: int) -> str:
    """A parquet of episode rows, relative to the dataset; each holds as many rows as a chunk holds files."""
    chunk, file = chunk_and_file(file_number)
    return EPISODES_PATH.format(chunk_index=chunk, file_index=file)


def _feature_table(spec: DatasetSpec) -> dict[str, Any]:
    video = {
        "dtype": "video",
        "shape": [spec.height, spec.width, 3],
        "names": ["height", "width", "channels"],
        "info": {
            "video.height": spec.height,
            "video.width": spec.width,
            "video.codec": "h264",
            "video.pix_fmt": "yuv420p",
            "video.is_depth_map": False,
            "video.fps": spec.fps,
            "video.channels": 3,
            "has_audio": False,
        },
    }
    vectors = {f.name: {"dtype": "float32", "shape": [f.width], "names": list(f.axes)} for f in FEATURES}
    scalars = {name: {"dtype": dtype, "shape": [1], "names": None} for name, dtype in FRAME_COLUMNS.items()}
    return {VIDEO_FEATURE: video, **vectors, **scalars}


def build_info(spec: DatasetSpec, n_episodes: int, n_frames: int, n_tasks: int) -> dict[str, Any]:
    """The content of `meta/info.json`. What is ours alone stands under the key `tacit`; LeRobot passes it by."""
    return {
        "codebase_version": FORMAT_VERSION,
        "robot_type": "human_hands",
        "total_episodes": n_episodes,
        "total_frames": n_frames,
        "total_tasks": n_tasks,
        "chunks_size": FILES_PER_CHUNK,
        "data_files_size_in_mb": 100,
        "video_files_size_in_mb": 200,
        "fps": spec.fps,
        "splits": {"train": f"0:{n_episodes}"},
        "data_path": DATA_PATH,
        "video_path": VIDEO_PATH,
        "features": _feature_table(spec),
        "tacit": {
            "frame": spec.frame,
            "length_unit": "metre",
            "quaternion_order": "wxyz",
            "intrinsics": dict(spec.intrinsics),
            "distortion": list(spec.distortion),
        },
    }


def read_spec(info: dict[str, Any]) -> DatasetSpec:
    """The shared facts of a dataset out of its `info.json`.

    Raises:
        KeyError, TypeError, ValueError, AttributeError: Something is missing, of another kind or out of bounds.
    """
    height, width, _ = info["features"][VIDEO_FEATURE]["shape"]
    ours = info["tacit"]
    if ours["frame"] not in ("camera", "bench"):
        raise ValueError(f'frame is "{ours["frame"]}"; it is either "camera" or "bench"')
    return DatasetSpec(
        fps=_read_whole(info["fps"], "fps", _FPS_MAX),
        width=_read_whole(width, "width", _SIDE_PX_MAX),
        height=_read_whole(height, "height", _SIDE_PX_MAX),
        frame=ours["frame"],
        intrinsics={name: _read_number(value, name) for name, value in ours["intrinsics"].items()},
        distortion=tuple(_read_number(value, "distortion") for value in ours["distortion"]),
    )


def _read_whole(value: Any, name: str, high: int) -> int:
    if type(value) is not int or not 1 <= value <= high:
        raise ValueError(f"{name} is no whole number from 1 to {high}")
    return value


def _read_number(value: Any, name: str) -> float:
    if type(value) not in (int, float) or abs(value) > _NUMBER_MAX or math.isnan(value):
        raise ValueError(f"{name} is no number from -{_NUMBER_MAX} to {_NUMBER_MAX}")
    return float(value)
