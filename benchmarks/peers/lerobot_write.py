"""LeRobot 0.4.4's writer as a peer: pictures over a pipe become a dataset, with its defaults.

Run as a file by the interpreter of its own environment (`make peers`); it imports nothing of ours.
In: `--columns`, an npz with one (n_frames, width) float32 array for each feature; and on standard input n_frames
pictures one after another, each height * width * 3 bytes, RGB. Out: a dataset in `root`, and `{"n_frames": n}`.
Defaults: pictures go to disk as PNG without writer threads, then to SVT-AV1, crf 30, preset 12, key frames 2 apart.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
from lerobot.datasets.lerobot_dataset import LeRobotDataset

VIDEO = "observation.images.head"


def main() -> None:
    """Read pictures until the pipe ends, and write the dataset."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("root", type=Path)
    arguments.add_argument("width", type=int)
    arguments.add_argument("height", type=int)
    arguments.add_argument("fps", type=int)
    arguments.add_argument("--columns", type=Path, required=True)
    arguments.add_argument("--ends", type=int, nargs="*", default=[], help="frames behind which an episode ends")
    options = arguments.parse_args()
    columns = dict(np.load(options.columns))
    shape = (options.height, options.width, 3)
    features = {VIDEO: {"dtype": "video", "shape": shape, "names": ["height", "width", "channels"]}}
    features |= {
        name: {"dtype": "float32", "shape": values.shape[1:], "names": None} for name, values in columns.items()
    }
    dataset = LeRobotDataset.create("local/peer", fps=options.fps, features=features, root=options.root)
    n_frames = 0
    while len(data := sys.stdin.buffer.read(int(np.prod(shape)))) == np.prod(shape):
        frame = {name: values[n_frames] for name, values in columns.items()}
        dataset.add_frame({VIDEO: np.frombuffer(data, np.uint8).reshape(shape), **frame, "task": "work"})
        n_frames += 1
        if n_frames in options.ends:
            dataset.save_episode()
    if n_frames not in options.ends:
        dataset.save_episode()
    dataset.finalize()
    print(json.dumps({"n_frames": n_frames}))


if __name__ == "__main__":
    main()
