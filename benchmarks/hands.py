"""Hands found in a folder of clips, ours beside MediaPipe's, on the same clean frames.

    python -m benchmarks.hands FOLDER [--peers FOLDER] [--labels FILE] [--json]

The clips go through `tacit run`; both trackers then see the pictures of the sealed clean videos, MediaPipe 0.10.21 in
an environment of its own (`make peers`): tracking, model complexity 1, at most 4 hands. Ours are everyone's hands,
before the wearer's are told apart, without the short and unsure tracks, which are never counted as hands.

A hand is the upright box around its palm's seven landmarks; two are the same where their boxes overlap by an IoU of
0.2 (MediaPipe's boxes and those of `benchmarks/labels/hands.json` overlap by 0.5 to 0.7, as the labels go round the
skin and the landmarks lie inside). A find that lies mostly in a label to be ignored is neither right nor wrong.
"Confirmed" are frames with a hand of ours that MediaPipe sees too, or the labels. Distance: median over the hands of
both, of the median over landmarks, in percent of the palm (wrist to middle finger's root).
"""

import argparse
import hashlib
import json
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.children import PEERS, run_measured
from benchmarks.folder import make_folder, run
from tacit.flows.gate import ask
from tacit.footage.canvas import compute_fit
from tacit.footage.clean import read_clean
from tacit.motion.assemble import AssembleOptions, without_flukes
from tacit.motion.sightings import SightingsBuilder
from tacit.motion.tracker import open_tracker
from tacit.records.frames import CleanFrame
from tacit.records.permit import Action
from tacit.records.purposes import Purpose
from tacit.wiring import open_shop, read_environment

_PALM = [0, 1, 2, 5, 9, 13, 17]
_SAME_IOU_MIN = 0.2
_HERE = Path(__file__).parent

Float64 = NDArray[np.float64]
Frames = list[list[Float64]]
"""For each frame the hands, each (21, 2) pixels."""


@dataclass(frozen=True)
class Found:
    """What one tracker makes of one clip. recall, precision: against the labels, None where there is none to count."""

    frames_with_hand: int
    frames_with_two: int
    hands: int
    recall: float | None
    precision: float | None
    cpu_ms: float


@dataclass(frozen=True)
class ClipFigures:
    """Both trackers on one clip. confirmed: see above. distance_percent: None where no hand is seen by both."""

    clip: str
    frames: int
    ours: Found
    theirs: Found
    confirmed: int
    distance_percent: float | None


@dataclass(frozen=True)
class Labelled:
    """Palms that a reader saw in one frame, as boxes (left, top, right, bottom) on the canvas."""

    palms: list[Float64]
    ignored: list[Float64]


def measure(folder: Path, world: Path, peer: Path, labels: dict[str, Any]) -> Iterator[ClipFigures]:
    """Track every clip of a processed footage folder twice."""
    opened = open_shop(folder / ".tacit", replace(read_environment(os.environ), keys=world / "keys"))
    shop, contract = opened.shop, opened.contract
    size = (contract.width, contract.height)
    for recording in shop.catalogue.recordings():
        permit = ask(shop, Action.DERIVE, Purpose.TRAIN_ROBOT_SKILL, recording)
        outcome = shop.catalogue.find_outcome(recording.recording_id)
        if outcome is None or not outcome.video_key:
            continue
        path = Path(recording.source_path)
        labelled = read_labels(labels, path, contract.width, contract.height)
        tracker = open_tracker(opened.models, contract.tracker)
        with shop.vault.open(permit, outcome.video_key) as video:
            ours, our_ms = _track(tracker, read_clean(video))
        with shop.vault.open(permit, outcome.video_key) as video:
            theirs, their_ms = _ask_peer(peer, read_clean(video), contract.width, contract.height)
        yield ClipFigures(
            clip=path.name,
            frames=len(ours),
            ours=_count(ours, labelled, size, our_ms),
            theirs=_count(theirs, labelled, size, their_ms),
            confirmed=_count_confirmed(ours, theirs, labelled, size),
            distance_percent=_distance_percent(ours, theirs),
        )


def read_labels(labels: dict[str, Any], path: Path, width: int, height: int) -> dict[int, Labelled]:
    """The labelled frames of a clip, on a canvas of the given size; none where the labels do not know the clip."""
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    frames = {}
    for clip in (clip for clip in labels["clips"] if clip["sha256"] == digest):
        fit = compute_fit(clip["width"], clip["height"], width, height)
        scale, offset = np.tile([fit.scale_x, fit.scale_y], 2), np.tile([fit.offset_x, fit.offset_y], 2)
        for frame in clip["frames"]:
            boxes: dict[bool, list[Float64]] = {False: [], True: []}
            for hand in frame["hands"]:
                x, y, w, h = hand["box"]
                boxes[hand["ignore"]].append(np.array([x, y, x + w, y + h]) * scale + offset)
            frames[frame["frame_index"]] = Labelled(boxes[False], boxes[True])
    return frames


def _track(tracker: Any, frames: Iterator[CleanFrame]) -> tuple[Frames, float]:
    """Everyone's hands as our tracker sees them, and its CPU milliseconds a frame."""
    builder = SightingsBuilder()
    spent_s = 0.0
    for frame in frames:
        began_s = time.process_time()
        done = tracker.push(frame)
        spent_s += time.process_time() - began_s
        for hands in done:
            builder.add(hands)
    for hands in tracker.flush():
        builder.add(hands)
    sightings = without_flukes(builder.finish(), AssembleOptions())
    seen: Frames = [[] for _ in range(builder.n_frames)]
    for frame_index, px in zip(sightings.frame, sightings.px, strict=True):
        seen[frame_index].append(px[:, :2].astype(float))
    return seen, 1000 * spent_s / builder.n_frames


def _ask_peer(peer: Path, frames: Iterator[CleanFrame], width: int, height: int) -> tuple[Frames, float]:
    """MediaPipe's hands, and its CPU milliseconds a frame."""
    command = [str(peer), str(_HERE / "peers" / "mediapipe_hands.py"), str(width), str(height), "--hands-max", "4"]
    pictures = (cv2.cvtColor(frame.i420, cv2.COLOR_YUV2RGB_I420).tobytes() for frame in frames)
    answers, _ = run_measured(command, pictures)
    *rows, last = [json.loads(line) for line in answers.splitlines()]
    seen = [[np.array(hand["px"]) for hand in row["hands"]] for row in rows]
    return seen, last["cpu_ms"] / max(last["n_frames"] - 1, 1)


def _count(seen: Frames, labelled: dict[int, Labelled], size: tuple[int, int], cpu_ms: float) -> Found:
    right = wrong = n_labels = 0
    for index, truth in labelled.items():
        palms = [np.clip(palm_box(hand), 0, size * 2) for hand in seen[index]]  # the labels end where the picture does
        pairs = match(palms, truth.palms)
        unmatched = [palm for k, palm in enumerate(palms) if k not in {a for a, _ in pairs}]
        right += len(pairs)
        n_labels += len(truth.palms)
        wrong += sum(all(_shared(palm, box) < 0.5 * _area(palm) for box in truth.ignored) for palm in unmatched)
    return Found(
        frames_with_hand=sum(len(hands) >= 1 for hands in seen),
        frames_with_two=sum(len(hands) >= 2 for hands in seen),
        hands=sum(map(len, seen)),
        recall=right / n_labels if n_labels else None,
        precision=right / (right + wrong) if right + wrong else None,
        cpu_ms=cpu_ms,
    )


def _count_confirmed(ours: Frames, theirs: Frames, labelled: dict[int, Labelled], size: tuple[int, int]) -> int:
    """Frames in which a hand of ours is one of MediaPipe's or of the labels."""
    confirmed = 0
    for index, (hands, others) in enumerate(zip(ours, theirs, strict=True)):
        palms = [palm_box(hand) for hand in hands]
        in_labels = index in labelled and match([np.clip(palm, 0, size * 2) for palm in palms], labelled[index].palms)
        confirmed += bool(match(palms, [palm_box(hand) for hand in others]) or in_labels)
    return confirmed


def _distance_percent(ours: Frames, theirs: Frames) -> float | None:
    distances = []
    for hands, others in zip(ours, theirs, strict=True):
        for a, b in match([palm_box(hand) for hand in hands], [palm_box(hand) for hand in others]):
            apart = np.median(np.linalg.norm(hands[a] - others[b], axis=1))
            distances.append(100 * apart / np.linalg.norm(others[b][9] - others[b][0]))
    return float(np.median(distances)) if distances else None


def palm_box(hand: Float64) -> Float64:
    """The upright box (left, top, right, bottom) around the palm of a hand (21, 2); it may reach past the picture."""
    palm = hand[_PALM]
    return np.concatenate([palm.min(axis=0), palm.max(axis=0)])


def match(ours: list[Float64], others: list[Float64]) -> list[tuple[int, int]]:
    """Pairs of boxes that are the same hand, best overlap first, each box once."""
    pairs: list[tuple[int, int]] = []
    overlaps = [(_overlap(a, b), i, j) for i, a in enumerate(ours) for j, b in enumerate(others)]
    for overlap, i, j in sorted(overlaps, key=lambda entry: -entry[0]):
        if overlap >= _SAME_IOU_MIN and all(i != a and j != b for a, b in pairs):
            pairs.append((i, j))
    return pairs


def _area(box: Float64) -> float:
    return float(np.prod(box[2:] - box[:2]))


def _shared(a: Float64, b: Float64) -> float:
    return float(np.prod(np.clip(np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2]), 0, None)))


def _overlap(a: Float64, b: Float64) -> float:
    shared = _shared(a, b)
    return shared / max(_area(a) + _area(b) - shared, 1e-9)


def _as_row(figures: ClipFigures) -> str:
    def part(value: float | None) -> str:
        return "-" if value is None else f"{value:.2f}"

    cells = [figures.clip, str(figures.frames)]
    for found in (figures.theirs, figures.ours):
        cells += [f"{found.frames_with_hand} / {found.frames_with_two} / {found.hands}"]
    cells += [str(figures.confirmed)]
    for found in (figures.theirs, figures.ours):
        cells += [f"{part(found.recall)} / {part(found.precision)}"]
    cells += [part(figures.distance_percent), f"{figures.theirs.cpu_ms:.1f}", f"{figures.ours.cpu_ms:.1f}"]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Measure and print."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("--peers", type=Path, default=PEERS, help="folder that `make peers` made")
    arguments.add_argument("--labels", type=Path, default=_HERE / "labels" / "hands.json")
    arguments.add_argument("--json", action="store_true")
    options = arguments.parse_args()
    peer = options.peers / "mediapipe" / "bin" / "python"
    if not peer.exists():
        raise SystemExit(f"MediaPipe's environment is not at {peer}. Make it with `make peers`, or name it by --peers.")
    labels = json.loads(options.labels.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as temporary:
        world = Path(temporary)
        folder = make_folder(world / "footage", sorted(options.folder.glob("*.mp4")))
        run(folder, world / "dataset", world, "--jobs", "1")
        if not options.json:
            print(
                "| clip | frames | MediaPipe: a hand in / two in / hands | ours | ours confirmed in "
                "| MediaPipe: recall / precision | ours | apart, % of palm | MediaPipe: CPU ms a frame | ours |"
            )
            print("|---|---|---|---|---|---|---|---|---|---|")
        for figures in measure(folder, world, peer, labels):
            print(json.dumps(asdict(figures)) if options.json else _as_row(figures), flush=True)


if __name__ == "__main__":
    main()
