"""Reads every frame of a dataset with the real LeRobot loader and compares it with what we read and wrote.

Not part of the test run: it needs LeRobot with torch, in an environment of its own (`make interop DATASET=folder`).
Compared: every column of every frame, every picture of every frame, the statistics as the loader sees them, and the
statistics as LeRobot computes them itself from the same values. Prints a table; ends with 1 where anything differs.
"""

import argparse
import math
import sys
import tempfile
from pathlib import Path

import datasets
import numpy as np
from lerobot.datasets.compute_stats import aggregate_stats, compute_episode_stats
from lerobot.datasets.lerobot_dataset import LeRobotDataset

from tacit.datasets.features import VIDEO_FEATURE
from tacit.datasets.reader import Dataset, read_dataset
from tacit.datasets.stats import QUANTILES, compute_column_stats

Row = tuple[str, float, float]  # what, greatest difference found, greatest difference allowed

# LeRobot's pictures come through another build of FFmpeg, whose colour conversion may round one level differently.
PICTURE_LEVELS_MAX = 1
STATS_RELATIVE_MAX = 1e-9
LEROBOT_BINS = 5000  # LeRobot reads quantiles off a histogram of that many bins


def compare_frames(ours: Dataset, theirs: LeRobotDataset) -> list[Row]:
    """Read every frame by both readers, in order."""
    worst: dict[str, float] = {}
    n_read = 0
    for row in ours.episodes:
        columns = ours.columns(row["episode_index"])
        for k, picture in enumerate(ours.frames(row["episode_index"])):
            item = theirs[n_read]
            for name, values in columns.items():
                difference = np.abs(item[name].numpy().astype(np.float64) - values[k].astype(np.float64)).max()
                worst[name] = max(worst.get(name, 0.0), float(difference))
            shown = np.rint(item[VIDEO_FEATURE].numpy().transpose(1, 2, 0) * 255)
            worst[VIDEO_FEATURE] = max(worst.get(VIDEO_FEATURE, 0.0), float(np.abs(shown - picture).max()))
            worst["task"] = max(worst.get("task", 0.0), float(item["task"] != row["tasks"][0]))
            n_read += 1
    rows = [(name, found, PICTURE_LEVELS_MAX if name == VIDEO_FEATURE else 0.0) for name, found in worst.items()]
    return [("frames not read", float(abs(len(theirs) - n_read)), 0.0), *rows]


def compare_stored_stats(ours: Dataset, theirs: LeRobotDataset) -> list[Row]:
    """The loader's view of our statistics: every feature has all of them, in the shape that training needs."""
    n_bad = 0
    for name, feature in ours.info["features"].items():
        shape = (3, 1, 1) if feature["dtype"] == "video" else tuple(feature["shape"])
        for stat in ("min", "max", "mean", "std", *QUANTILES):
            value = np.asarray(theirs.meta.stats[name][stat])
            n_bad += value.shape != shape or not np.isfinite(value).all()
        n_bad += np.asarray(theirs.meta.stats[name]["count"]).shape != (1,)
    return [("statistics missing or misshapen", float(n_bad), 0.0)]


def compare_computed_stats(ours: Dataset, theirs: LeRobotDataset) -> list[Row]:
    """LeRobot's own computation over our columns against the statistics that we stored.

    Moments must agree. Quantiles of an episode, exact in ours and read off bins in LeRobot's, must lie between the
    same neighbouring values; added up over episodes by LeRobot, ours must give what we stored.
    """
    features = {k: v for k, v in ours.info["features"].items() if v["dtype"] != "video"}
    by_lerobot, by_us, n_outside = [], [], 0
    for row in ours.episodes:
        columns = {name: values.astype(np.float64) for name, values in ours.columns(row["episode_index"]).items()}
        by_lerobot.append(compute_episode_stats(columns, features))
        by_us.append({name: compute_column_stats(values) for name, values in columns.items()})
        for name, values in columns.items():
            for stat, q in QUANTILES.items():
                pair = (by_lerobot[-1][name][stat], by_us[-1][name][stat])
                n_outside += count_outside(values.reshape(len(values), -1), q, pair)
    moments = largest_difference(aggregate_stats(by_lerobot), theirs, ("min", "max", "mean", "std", "count"))
    quantiles = largest_difference(aggregate_stats(by_us), theirs, tuple(QUANTILES))
    return [
        ("moments against LeRobot's", moments, STATS_RELATIVE_MAX),
        ("quantiles outside LeRobot's gap", float(n_outside), 0.0),
        ("quantiles added up by LeRobot", quantiles, STATS_RELATIVE_MAX),
    ]


def count_outside(values: np.ndarray, q: float, found: tuple[np.ndarray, np.ndarray]) -> int:
    """How many of two answers for a quantile lie outside the neighbourhood of its place in the sorted values."""
    ordered = np.sort(values, axis=0)
    place = math.ceil(q * len(ordered))
    slack = 2 * np.ptp(ordered, axis=0) / LEROBOT_BINS + 1e-9
    lower = ordered[max(place - 2, 0)] - slack
    upper = ordered[min(place, len(ordered) - 1)] + slack
    return sum(int(((answer < lower) | (answer > upper)).sum()) for answer in found)


def largest_difference(expected: dict, theirs: LeRobotDataset, stats: tuple[str, ...]) -> float:
    """Greatest difference from what the loader holds, relative to the size of each number."""
    worst = 0.0
    for name, named in expected.items():
        scale = 1 + np.maximum(np.abs(named["min"]), np.abs(named["max"]))
        for stat in stats:
            found = np.asarray(theirs.meta.stats[name][stat], dtype=np.float64)
            worst = max(worst, float((np.abs(found - named[stat]) / scale).max()))
    return worst


def main() -> int:
    """Compare one dataset; print a table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset", type=Path)
    folder = parser.parse_args().dataset.resolve()
    ours = read_dataset(folder)
    with tempfile.TemporaryDirectory() as cache:
        datasets.config.HF_DATASETS_CACHE = Path(cache)  # nothing of the dataset stays behind in a cache
        theirs = LeRobotDataset("tacit/interop", root=folder, video_backend="pyav")
        rows = compare_frames(ours, theirs) + compare_stored_stats(ours, theirs) + compare_computed_stats(ours, theirs)
    sys.stdout.write(f"{'compared':34} {'difference':>12} {'allowed':>12}\n")
    for what, found, allowed in rows:
        sys.stdout.write(f"{what:34} {found:12.3g} {allowed:12.3g}{'' if found <= allowed else '   DIFFERS'}\n")
    n_bad = sum(not found <= allowed for _, found, allowed in rows)
    sys.stdout.write(f"{len(theirs)} frames in {theirs.num_episodes} episodes; {n_bad or 'no'} differences.\n")
    return 1 if n_bad else 0


if __name__ == "__main__":
    sys.exit(main())
