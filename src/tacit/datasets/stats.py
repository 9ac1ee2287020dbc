"""Statistics of the features: of one episode, and of a whole dataset put together from those of its episodes.

LeRobot normalises by them, so their names, shapes and the way they add up are LeRobot's. Everything is computed in
float64. Source: lerobot 0.4.4, `datasets/compute_stats.py`, read November 2026; quantiles of one episode are exact
here, where LeRobot estimates them from 5,000 bins.
"""

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

QUANTILES = {"q01": 0.01, "q10": 0.10, "q50": 0.50, "q90": 0.90, "q99": 0.99}
STAT_NAMES = ("min", "max", "mean", "std", "count", *QUANTILES)

Float64 = NDArray[np.float64]
Stats = dict[str, Float64]

_LEVELS = 256  # values of one colour channel


def compute_column_stats(column: NDArray[np.generic]) -> Stats:
    """Statistics of one column over the frames of an episode.

    Args:
        column: (n,) or (n, d), finite, n at least 1.

    Returns:
        Arrays of shape (d,), or (1,) for a column of scalars; `count` has shape (1,).
    """
    values = column.astype(np.float64).reshape(len(column), -1)
    stats = {
        "min": values.min(axis=0),
        "max": values.max(axis=0),
        "mean": values.mean(axis=0),
        "std": values.std(axis=0),
        "count": np.array([len(values)], dtype=np.float64),
    }
    quantiles = np.quantile(values, list(QUANTILES.values()), axis=0)
    return stats | dict(zip(QUANTILES, quantiles, strict=True))


def compute_image_stats(images: Iterable[NDArray[np.uint8]]) -> Stats:
    """Statistics per colour channel, on the scale 0 to 1, over pictures that are looked at one by one.

    Pixels are counted per level, so memory does not grow and every figure is exact.

    Args:
        images: (h, w, 3) uint8 each, at least one.

    Returns:
        Arrays of shape (3, 1, 1); `count` has shape (1,) and is the number of pictures.
    """
    counts = np.zeros((3, _LEVELS), dtype=np.int64)
    n_images = 0
    for image in images:
        n_images += 1
        for channel in range(3):
            counts[channel] += np.bincount(image[:, :, channel].reshape(-1), minlength=_LEVELS)
    levels = np.arange(_LEVELS) / (_LEVELS - 1)
    n_pixels = counts.sum(axis=1)
    mean = counts @ levels / n_pixels
    variance = np.array([counts[c] @ (levels - mean[c]) ** 2 for c in range(3)]) / n_pixels
    stats = {
        "min": levels[[np.flatnonzero(row)[0] for row in counts]],
        "max": levels[[np.flatnonzero(row)[-1] for row in counts]],
        "mean": mean,
        "std": np.sqrt(variance),
    }
    cumulated = counts.cumsum(axis=1)
    for name, q in QUANTILES.items():
        stats[name] = np.array([_quantile(cumulated[c], q) for c in range(3)])
    shaped = {name: value.reshape(3, 1, 1) for name, value in stats.items()}
    return shaped | {"count": np.array([n_images], dtype=np.float64)}


def _quantile(cumulated: NDArray[np.int64], q: float) -> float:
    """The quantile of counted levels, between neighbours linearly, as numpy does by default."""
    place = q * float(cumulated[-1] - 1)
    lower, upper = np.searchsorted(cumulated, [np.floor(place), np.ceil(place)], side="right")
    part = place - np.floor(place)
    return float((lower + (upper - lower) * part) / (_LEVELS - 1))


class StatsSum:
    """Adds up the statistics of episodes to those of the dataset, holding one set of figures at a time.

    Means, variances and quantiles are weighted by count. The quantiles are therefore those that LeRobot computes, and
    not the quantiles of all frames taken together.
    """

    def __init__(self) -> None:
        self._sums: dict[str, Stats] = {}

    def add(self, episode: Mapping[str, Stats]) -> None:
        """Add the statistics of one episode: feature -> statistic -> array."""
        for feature, stats in episode.items():
            so_far = self._sums.get(feature)
            self._sums[feature] = dict(stats) if so_far is None else _merge(so_far, stats)

    def result(self) -> dict[str, Stats]:
        """The statistics of everything added so far."""
        return {feature: dict(stats) for feature, stats in self._sums.items()}


def _merge(a: Stats, b: Stats) -> Stats:
    """Statistics of two sets of frames together (the pairwise update of Chan, Golub and LeVeque, 1979)."""
    count = a["count"] + b["count"]
    part = float(b["count"][0] / count[0])
    step = b["mean"] - a["mean"]
    variance = (1 - part) * a["std"] ** 2 + part * b["std"] ** 2 + part * (1 - part) * step**2
    merged = {
        "min": np.minimum(a["min"], b["min"]),
        "max": np.maximum(a["max"], b["max"]),
        "mean": a["mean"] + part * step,
        "std": np.sqrt(variance),
        "count": count,
    }
    return merged | {name: a[name] + part * (b[name] - a[name]) for name in QUANTILES}
