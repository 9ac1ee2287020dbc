"""LeRobot 0.4.4's loader: items at random from several datasets, and where the time goes.

Run as a file by the interpreter of its own environment (`make peers`); it imports nothing of ours.
In: folders of datasets that hold the same frames. Out: one JSON object, `{folder: {figure: milliseconds}}`.
The datasets take turns item by item, so that whatever else the machine does falls on all of them alike.

With `pyav` every item opens the file anew: `open` (which decodes the first picture of the file to learn its format),
`seek`, `decode` (from the key frame to the picture asked for, each converted to RGB), `tensor` (the picture as floats
from 0 to 1), `rest` (the row of the table, and the loader itself). With `torchcodec` files stay open and only `video`
and `rest` are told apart.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torchvision
from lerobot.datasets import lerobot_dataset
from lerobot.datasets.lerobot_dataset import LeRobotDataset

SEED = 7


class Stopwatch:
    """Adds up wall seconds by name, while a dataset is being read."""

    def __init__(self) -> None:
        self.spent_s: dict[str, float] = defaultdict(float)

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            began_s = time.perf_counter()
            try:
                return function(*args, **kwargs)
            finally:
                self.spent_s[name] += time.perf_counter() - began_s

        return timed


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("roots", type=Path, nargs="+")
    arguments.add_argument("--items", type=int, default=200)
    arguments.add_argument("--backend", choices=["pyav", "torchcodec"], default="pyav")
    options = arguments.parse_args()
    torch.set_num_threads(1)
    watch = Stopwatch()
    reader = torchvision.io.VideoReader
    reader.__init__ = watch.wrap("open", reader.__init__)
    reader.seek = watch.wrap("seek", reader.seek)
    reader.__next__ = watch.wrap("decode", reader.__next__)
    lerobot_dataset.decode_video_frames = watch.wrap("video", lerobot_dataset.decode_video_frames)
    sets = [LeRobotDataset("local/peer", root=root, video_backend=options.backend) for root in options.roots]
    n_frames = min(len(dataset) for dataset in sets)
    picks = np.random.default_rng(SEED)
    for dataset in sets:
        dataset[0]
    spent: list[dict[str, float]] = [defaultdict(float) for _ in sets]
    for _ in range(options.items):
        index = int(picks.integers(n_frames))
        for dataset, sums in zip(sets, spent, strict=True):
            watch.spent_s.clear()
            began_s, began_cpu_s = time.perf_counter(), time.process_time()
            dataset[index]
            sums["wall"] += time.perf_counter() - began_s
            sums["cpu"] += time.process_time() - began_cpu_s
            for name, seconds in watch.spent_s.items():
                sums[name] += seconds
    print(
        json.dumps({str(root): _figures(sums, options.items) for root, sums in zip(options.roots, spent, strict=True)})
    )


def _figures(sums: dict[str, float], n_items: int) -> dict[str, float]:
    """Milliseconds an item, the parts adding up to `wall`."""
    ms = {name: 1000 * seconds / n_items for name, seconds in sums.items()}
    inside = sum(ms.get(name, 0.0) for name in ("open", "seek", "decode"))
    ms["tensor"] = ms["video"] - inside
    ms["rest"] = ms["wall"] - ms["video"]
    return ms


if __name__ == "__main__":
    main()
