"""tacit and the chain that a user would build today, on the same clips in the same run.

    python -m benchmarks.chain [--audit-every N] CLIP [CLIP ...]

tacit: one `tacit run` in a new shop, from the file to the dataset, everything included. The chain: deface 1.5.0 (its
defaults: threshold 0.2, blur, H.264 by imageio-ffmpeg, OpenCV's engine), MediaPipe 0.10.21 (4 hands, complexity 1,
tracking) on what deface wrote, and LeRobot 0.4.4's writer (its defaults: PNG, then SVT-AV1) on the same with the
landmarks of MediaPipe as state. Each runs in an environment of its own (`make peers`). Decoding for MediaPipe and
LeRobot is done for them and not charged. Every figure is per picture of the clip. Faces left: parts of the frames, by
`tacit anonymise audit` of both outputs.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from benchmarks.children import Cost, python_of, rgb_pictures, run_measured, size_kb
from benchmarks.folder import command, environment, make_folder

_PEER_SCRIPTS = Path(__file__).parent / "peers"
_LANDMARKS = 21
_START_S = 1.0  # a clip of this length tells what starting costs


@dataclass(frozen=True)
class Row:
    """What one tool took and gave for a clip.

    hands: part of the frames that it found a hand in; None where it looks for none.
    left: part of the frames of its output in which the audit finds a face at 0.5, and at 0.2.
    """

    name: str
    cost: Cost
    out_kb: float
    hands: float | None
    left: tuple[float, float] | None

    def print(self, n_pictures: int) -> None:
        """Print it as a row of a table."""
        hands = f"{self.hands:.2f}" if self.hands is not None else ""
        left = f"{self.left[0]:.3f} / {self.left[1]:.3f}" if self.left is not None else ""
        ms = 1000 * self.cost.cpu_s / n_pictures
        print(
            f"| {self.name} | {ms:.1f} | {self.cost.peak_mb:.0f} | {self.out_kb / n_pictures:.1f} | {hands} | {left} |"
        )


def count_pictures(clip: Path) -> int:
    """How many pictures a clip has."""
    with av.open(str(clip)) as container:
        return sum(1 for packet in container.demux(video=0) if packet.size)


def take_start(clip: Path, target: Path) -> Path:
    """Copy the first second of a clip."""
    with av.open(str(clip)) as source, av.open(str(target), "w") as out:
        stream = out.add_stream_from_template(source.streams.video[0])
        for packet in source.demux(source.streams.video[0]):
            if packet.pts is not None and packet.size and packet.pts * packet.time_base < _START_S:
                packet.stream = stream
                out.mux(packet)
    return target


def run_tacit(clip: Path, world: Path, audit_every: int) -> Row:
    """Process a clip in a new shop and build a dataset of it."""
    folder, dataset = make_folder(world / "footage", [clip]), world / "dataset"
    words = [*command(folder, dataset), "--jobs", "1", "--json"]
    text, cost = run_measured(words, environment=environment(world), codes=(0, 2, 3))
    row = json.loads(text)["recordings"][0]
    left = None
    if audit_every:
        shop = ["--shop", str(folder / ".tacit")]
        left = _audit(row["recording_id"], audit_every, shop, environment(world))
    out_kb = size_kb(dataset) if dataset.exists() else 0.0
    return Row(f"tacit ({row['status']})", cost, out_kb, row["hands_fraction"], left)


def run_chain(clip: Path, world: Path, audit_every: int) -> list[Row]:
    """Run the peers one after another."""
    clean, columns, dataset = world / "deface.mp4", world / "columns.npz", world / "lerobot"
    cache = {"HF_HUB_OFFLINE": "1", "HF_HOME": str(world / "cache")}
    deface = python_of("deface").with_name("deface")
    _, defaced = run_measured([deface, clip, "-o", clean])
    with av.open(str(clean)) as container:
        stream = container.streams.video[0]
        size, fps = (str(stream.width), str(stream.height)), str(round(stream.average_rate))
    script = _PEER_SCRIPTS / "mediapipe_hands.py"
    text, tracked = run_measured([python_of("mediapipe"), script, *size], rgb_pictures(clean))
    landmarks, hands = _read_landmarks(text)
    np.savez(columns, **{"observation.state": landmarks, "action": landmarks})
    script = _PEER_SCRIPTS / "lerobot_write.py"
    words = [python_of("lerobot"), "-W", "ignore", script, dataset, *size, fps, "--columns", columns]
    _, written = run_measured(words, rgb_pictures(clean), cache)
    left = None
    if audit_every:
        left = _audit(str(next(dataset.rglob("*.mp4"))), audit_every, [], {})
    rows = [
        Row("deface", defaced, size_kb(clean), None, None),
        Row("MediaPipe", tracked, 0.0, hands, None),
        Row("LeRobot's writer", written, size_kb(dataset), None, None),
    ]
    return [*rows, Row("the chain", defaced + tracked + written, size_kb(dataset), hands, left)]


def _read_landmarks(text: str) -> tuple[NDArray[np.float32], float]:
    """(n_frames, 84) float32, landmarks of two hands in pixels or 0; and the part of the frames with a hand."""
    frames = [line["hands"] for line in map(json.loads, text.splitlines()) if "hands" in line]
    landmarks = np.zeros((len(frames), 2 * _LANDMARKS * 2), np.float32)
    for row, hands in zip(landmarks, frames, strict=True):
        for place, hand in zip(row.reshape(2, -1), hands, strict=False):
            place[:] = np.ravel(hand["px"])
    return landmarks, float(np.mean([len(hands) > 0 for hands in frames]))


def _audit(target: str, every: int, more: list[str], variables: dict[str, str]) -> tuple[float, float]:
    words = [sys.executable, "-m", "tacit", "anonymise", "audit", target, "--every", str(every), "--json", *more]
    text, _ = run_measured(words, environment=variables, codes=(0, 4))
    answer = json.loads(text)
    return answer["left"]["frames"] / answer["frames"], answer["doubtful"]["frames"] / answer["frames"]


def _measure(clips: list[Path], audit_every: int) -> Iterator[tuple[int, list[Row]]]:
    """Each clip by tacit and by the chain, in worlds of their own."""
    for clip in clips:
        with tempfile.TemporaryDirectory() as temporary:
            world = Path(temporary)
            rows = [run_tacit(clip, world, audit_every), *run_chain(clip, world, audit_every)]
            yield count_pictures(clip), rows


def _measure_start(clip: Path) -> tuple[float, float]:
    """Processor milliseconds that tacit and the chain take for the first second of a clip: mostly starting."""
    with tempfile.TemporaryDirectory() as temporary:
        world = Path(temporary)
        short = take_start(clip, world / "start.mp4")
        ours, chain = run_tacit(short, world, 0), run_chain(short, world, 0)[-1]
        return 1000 * ours.cost.cpu_s, 1000 * chain.cost.cpu_s


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("clips", type=Path, nargs="+")
    arguments.add_argument("--audit-every", type=int, default=1, help="audit one frame in so many; 0 for none")
    options = arguments.parse_args()
    for clip, (n_pictures, rows) in zip(options.clips, _measure(options.clips, options.audit_every), strict=True):
        ratio = rows[-1].cost.cpu_s / rows[0].cost.cpu_s
        print(f"\n{clip.stem}, {n_pictures} pictures: the chain takes {ratio:.1f} times as long\n")
        print("| tool | CPU ms a picture | peak MB | output kB a picture | a hand in | faces left at 0.5 / 0.2 |")
        print("|---|---|---|---|---|---|")
        for row in rows:
            row.print(n_pictures)
        sys.stdout.flush()
    ours_ms, chain_ms = _measure_start(options.clips[0])
    print(f"\nOf that, on the first second alone, start included: tacit {ours_ms:.0f} ms, the chain {chain_ms:.0f} ms.")


if __name__ == "__main__":
    main()
