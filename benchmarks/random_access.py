"""Items at random from a dataset of ours and from one that LeRobot wrote with its defaults, of the same pictures.

    python -m benchmarks.random_access [--items N] CLIP [CLIP ...]

A clip goes through `tacit run`. Then LeRobot 0.4.4's writer, in its own environment (`make peers`), gets the same
frames of the clip, as they were before we encoded them, and our columns. LeRobot's own loader reads both, item by item
in turn, with each of its backends that works here.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np

from benchmarks.children import python_of, run_measured, size_kb
from benchmarks.folder import make_folder, run
from tacit.datasets.features import FEATURES
from tacit.datasets.reader import Dataset, read_dataset
from tacit.footage.canvas import compute_fit, fit_picture
from tacit.footage.source import open_source

_PEER_SCRIPTS = Path(__file__).parent / "peers"
_PARTS = ("open", "seek", "decode", "tensor", "rest")


def frames_of(clip: Path, dataset: Dataset) -> Iterator[bytes]:
    """The pictures that the episodes of a dataset show, from the clip itself, on the canvas, in RGB."""
    height, width = dataset.spec.height, dataset.spec.width
    wanted = set()
    for row in dataset.episodes:
        first = round(row["start_s"] * dataset.spec.fps)
        wanted |= set(range(first, first + row["length"]))
    with open_source(clip, dataset.spec.fps) as source:
        fit = compute_fit(source.width, source.height, width, height)
        for raw in source.frames():
            if raw.frame_index in wanted:
                picture = av.VideoFrame.from_ndarray(fit_picture(raw.i420, fit), format="yuv420p")
                yield picture.to_ndarray(format="rgb24").tobytes()


def write_both(clip: Path, world: Path) -> tuple[Path, Path] | None:
    """Write a clip by tacit and by LeRobot; None where there is nothing of it to be in a dataset."""
    ours, theirs, columns = world / "ours", world / "theirs", world / "columns.npz"
    run(make_folder(world / "footage", [clip]), ours, world, "--jobs", "1")
    if not ours.exists():
        return None
    dataset = read_dataset(ours)
    episodes = [dataset.columns(row["episode_index"]) for row in dataset.episodes]
    each = {feature.name: np.concatenate([episode[feature.name] for episode in episodes]) for feature in FEATURES}
    np.savez(columns, **each)
    ends = [str(row["dataset_to_index"]) for row in dataset.episodes]
    size = (str(dataset.spec.width), str(dataset.spec.height), str(dataset.spec.fps))
    script = _PEER_SCRIPTS / "lerobot_write.py"
    words = [python_of("lerobot"), "-W", "ignore", script, theirs, *size, "--columns", columns, "--ends", *ends]
    run_measured(words, frames_of(clip, dataset), _offline(world))
    return ours, theirs


def _offline(world: Path) -> dict[str, str]:
    return {"HF_HUB_OFFLINE": "1", "HF_HOME": str(world / "cache")}


def read_both(roots: tuple[Path, Path], world: Path, n_items: int, backend: str) -> list[dict[str, float]] | None:
    """Milliseconds an item and its parts, ours first; None where the backend does not work here."""
    script = _PEER_SCRIPTS / "lerobot_read.py"
    words = [python_of("lerobot"), "-W", "ignore", script, *roots, "--items", str(n_items), "--backend", backend]
    try:
        text, _ = run_measured(words, environment=_offline(world))
    except SystemExit as failure:
        print(f"{backend} does not work here: {str(failure).splitlines()[-1]}", file=sys.stderr)
        return None
    figures = json.loads(text.splitlines()[-1])
    return [figures[str(root)] for root in roots]


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("clips", type=Path, nargs="+")
    arguments.add_argument("--items", type=int, default=200)
    options = arguments.parse_args()
    print(f"| clip | dataset | kB a frame | backend | CPU ms an item | wall ms | {' | '.join(_PARTS)} |")
    print("|---|---|---|---|---|---|---|---|---|---|---|")
    for clip in options.clips:
        with tempfile.TemporaryDirectory() as temporary:
            world = Path(temporary)
            roots = write_both(clip, world)
            if roots is None:
                print(f"| {clip.stem} | nothing of it is in a dataset | | | | | | | | | |")
                continue
            n_frames = sum(row["length"] for row in read_dataset(roots[0]).episodes)
            for backend in ("pyav", "torchcodec"):
                for name, root, ms in zip(
                    ("ours", "LeRobot's"), roots, read_both(roots, world, options.items, backend) or [], strict=False
                ):
                    parts = " | ".join(f"{ms.get(part, 0.0):.1f}" for part in _PARTS)
                    start = f"| {clip.stem} | {name} | {size_kb(root) / n_frames:.1f} | {backend} "
                    print(f"{start}| {ms['cpu']:.1f} | {ms['wall']:.1f} | {parts} |", flush=True)


if __name__ == "__main__":
    main()
