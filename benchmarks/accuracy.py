"""The workshop's grid, our tracker and MediaPipe's hands on the same clean frames.

    python -m benchmarks.accuracy [--quick] [--jobs N] [--peers FOLDER]

Films, anonymises and scores as `tacit accuracy` does, and hands the same clean frames, in RGB, to MediaPipe 0.10.21 in
an environment of its own (`make peers`): tracking, model complexity 1, at most 2 hands, since no more are ever in view,
its default confidences. It is scored by the same code; the offset is fitted for each on the same development films. Our
figures are those of the exported track, after short and unsure tracks were dropped; MediaPipe's are all that it says.
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.children import PEERS, run_measured
from tacit.engine.pool import PoolEngine
from tacit.flows.contract import Contract
from tacit.flows.measure_accuracy import (
    Accuracy,
    CellFigures,
    FilmScore,
    Take,
    count_faces_left,
    exported_hands,
    list_takes,
    summarise,
    watch_film,
)
from tacit.flows.ports import Job
from tacit.models.store import ModelStore
from tacit.motion.accuracy import FoundHands, HandFigures, TrueHands, score_hands
from tacit.motion.assemble import TrackBuilder
from tacit.motion.tracker import open_tracker
from tacit.records.hands import LEFT, N_LANDMARKS, RIGHT
from tacit.wiring import default_jobs, read_environment
from tacit.workshop.film import film

_HANDS_MAX = 2
_SCRIPT = Path(__file__).parent / "peers" / "mediapipe_hands.py"


@dataclass(frozen=True)
class BothScores:
    """One film: our scores, MediaPipe's, and CPU milliseconds a frame of tracking for each."""

    ours: FilmScore
    theirs: FilmScore
    our_ms: float
    their_ms: float


def score_both(report: Callable[[float], None], take: Take, models: Path, peer: Path) -> BothScores:
    """Film one cell with one seed, and track it twice."""
    store = ModelStore(models)
    options = take.options
    contract = Contract(options.fps, options.width, options.height)
    with tempfile.TemporaryDirectory(prefix="tacit-film-") as folder:
        path = Path(folder) / "film.mp4"
        truth = film(path, options)
        clean = list(watch_film(path, contract, store))
    true_hands = TrueHands(truth.px, truth.visible)
    faces = count_faces_left(truth, [frame.covered for frame in clean])
    builder = TrackBuilder(contract.fps, contract.width, contract.height, contract.assemble)
    tracker = open_tracker(store, contract.tracker)
    began_s = time.process_time()
    for frame in clean:
        for hands in tracker.push(frame):
            builder.add(hands)
    for hands in tracker.flush():
        builder.add(hands)
    track = builder.finish()
    our_ms = 1000 * (time.process_time() - began_s) / len(clean)
    report(options.seconds / 2)
    found, their_ms = _ask_peer(peer, [cv2.cvtColor(frame.i420, cv2.COLOR_YUV2RGB_I420) for frame in clean])
    return BothScores(
        FilmScore(take, score_hands(true_hands, exported_hands(track)), *faces),
        FilmScore(take, score_hands(true_hands, found), *faces),
        our_ms,
        their_ms,
    )


def _ask_peer(peer: Path, pictures: Sequence[np.ndarray]) -> tuple[FoundHands, float]:
    """What MediaPipe finds in pictures, and its CPU milliseconds a frame."""
    height, width = pictures[0].shape[:2]
    command = [peer, _SCRIPT, str(width), str(height), "--hands-max", str(_HANDS_MAX)]
    said, _ = run_measured(command, (picture.tobytes() for picture in pictures))
    *rows, last = [json.loads(line) for line in said.splitlines()]
    most = max(len(row["hands"]) for row in rows)  # now and then it says one more than it was asked for
    px = np.full((len(rows), most, N_LANDMARKS, 2), np.nan, np.float32)
    side = np.zeros((len(rows), most), np.int8)
    for index, row in enumerate(rows):
        for slot, hand in enumerate(row["hands"]):
            px[index, slot] = hand["px"]
            side[index, slot] = RIGHT if hand["label"] == "Left" else LEFT  # its labels are for mirrored pictures
    return FoundHands(px, side), last["cpu_ms"] / max(last["n_frames"] - 1, 1)


class _Percent:
    """Tells on standard error how far a step is, every tenth."""

    @contextmanager
    def step(self, what: str, total: float) -> Iterator[Callable[[float], None]]:
        told = [0]

        def tell(done: float) -> None:
            tenths = int(10 * done / total)
            if tenths > told[0]:
                told[0] = tenths
                os.write(2, f"{what}: {10 * tenths} %\n".encode())

        yield tell


def measure(quick: bool, jobs: int, models: Path, peer: Path) -> tuple[Accuracy, Accuracy, float, float]:
    """Our accuracy, MediaPipe's, and the median CPU milliseconds a frame of each."""
    fitting, reported = list_takes(quick)
    work = [
        Job(
            name=f"{take.cell}, seed {take.seed}",
            target="benchmarks.accuracy:score_both",
            arguments={"take": take, "models": models, "peer": peer},
            weight=take.options.seconds,
            timeout_s=900.0,
        )
        for take in (*fitting, *reported)
    ]
    scores: dict[Take, BothScores] = {}
    with _Percent().step("filming and tracking", sum(job.weight for job in work)) as tell:
        for end in PoolEngine(jobs).run(work, tell):
            if end.error is not None or end.lost:
                raise SystemExit(f"{end.job.name}: {end.error or end.lost}")
            scores[end.result.ours.take] = end.result
    ours, theirs = (
        summarise(
            [getattr(scores[take], whose) for take in fitting], [getattr(scores[take], whose) for take in reported]
        )
        for whose in ("ours", "theirs")
    )
    spent = [(one.our_ms, one.their_ms) for one in scores.values()]
    our_ms, their_ms = np.median(spent, axis=0)
    return ours, theirs, float(our_ms), float(their_ms)


def _cells_of(one: HandFigures) -> str:
    def share(value: float | None) -> str:
        return "-" if value is None else f"{100 * value:.1f}"

    def number(value: float | None) -> str:
        return "-" if value is None else f"{value:.1f}"

    landmark = f"{number(one.landmark_percent)} ({number(one.landmark_percent_less_offset)})"
    hand = f"{number(one.error_percent)} ({number(one.error_percent_less_offset)})"
    percents = (landmark, hand, number(one.error_percent_p95))
    return " | ".join((share(one.found_share), *percents, share(one.side_share), number(one.false_per_1000)))


def main() -> None:
    """Measure and print one table, our worst cells first."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--quick", action="store_true")
    arguments.add_argument("--jobs", type=int, default=0)
    arguments.add_argument("--peers", type=Path, default=PEERS, help="folder that `make peers` made")
    options = arguments.parse_args()
    peer = options.peers / "mediapipe" / "bin" / "python"
    if not peer.exists():
        raise SystemExit(f"MediaPipe's environment is not at {peer}. Make it with `make peers`, or name it by --peers.")
    models = read_environment(os.environ).models
    ours, theirs, our_ms, their_ms = measure(options.quick, options.jobs or default_jobs(), models, peer.absolute())
    by_name: dict[str, CellFigures] = {one.cell.name: one for one in theirs.cells}
    columns = "found % | landmark | hand | 95th | side % | false/1000"
    print(f"| films | ours: {columns} | MediaPipe: {columns} | faces left |")
    print("|" + "---|" * 14)
    for one in ours.cells:
        faces = f"{one.faces_left} of {one.face_frames}" if one.face_frames else ""
        peer_cells = _cells_of(by_name[one.cell.name].hands)
        print(f"| {one.cell.name} | {_cells_of(one.hands)} | {peer_cells} | {faces} |")
    faces = f"{ours.faces_left} of {ours.face_frames}"
    print(f"| **all** | {_cells_of(ours.whole)} | {_cells_of(theirs.whole)} | {faces} |")
    print(f"\nTracking, CPU ms a frame (median film): ours {our_ms:.1f}, MediaPipe {their_ms:.1f}.")


if __name__ == "__main__":
    main()
