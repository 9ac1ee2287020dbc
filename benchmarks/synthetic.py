"""The workshop's films: what drawing costs, and how far off the wrist is in metres.

    python -m benchmarks.synthetic [SECONDS]

Wrist error: median distance in metres from the exact truth, and how often it is within two sigma of the track.
How well hands are found in the picture is measured by `python -m benchmarks.accuracy` and `tacit accuracy`.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tacit.flows.contract import Contract
from tacit.flows.measure_accuracy import watch_film
from tacit.models.store import ModelStore
from tacit.motion.assemble import TrackBuilder
from tacit.motion.tracker import open_tracker
from tacit.records.hands import HandTrack
from tacit.wiring import read_environment
from tacit.workshop.film import FilmOptions, Stage, film
from tacit.workshop.truth import GroundTruth, load_ground_truth

_TAKES = (
    FilmOptions(seed=101, skin="fair", hands="both"),
    FilmOptions(seed=102, skin="tan", hands="right"),
    FilmOptions(seed=103, skin="brown", hands="both", passer_by=True),
    FilmOptions(seed=104, skin="dark", hands="both"),
)
_NEAR_PALMS = 0.6  # a hand that is farther from the truth is another


def draw_ms(options: FilmOptions, n_frames: int) -> float:
    """CPU milliseconds to draw one frame, the mesh built beforehand, nothing encoded."""
    stage = Stage(options)
    stage.frame(0)
    began = time.process_time()
    for index in range(n_frames):
        stage.frame(index)
    return 1000 * (time.process_time() - began) / n_frames


def track(path: Path, options: FilmOptions, store: ModelStore) -> HandTrack:
    """What our tracker makes of a film."""
    contract = Contract(options.fps, options.width, options.height)
    tracker = open_tracker(store, contract.tracker)
    builder = TrackBuilder(contract.fps, contract.width, contract.height, contract.assemble)
    for clean in watch_film(path, contract, store):
        for hands in tracker.push(clean):
            builder.add(hands)
    for hands in tracker.flush():
        builder.add(hands)
    return builder.finish()


def score(truth: GroundTruth, found: HandTrack) -> tuple[float, float]:
    """Median wrist error in metres, and the part within two sigma."""
    palm = np.linalg.norm(truth.px[:, :, 9] - truth.px[:, :, 0], axis=-1)
    away = np.linalg.norm(found.px - truth.px, axis=-1).mean(axis=-1) / palm
    near = (away < _NEAR_PALMS) & truth.visible
    wrist = np.linalg.norm(found.xyz[:, :, 0] - truth.xyz[:, :, 0], axis=-1)
    return float(np.median(wrist[near])), float((wrist[near] <= 2 * found.sigma_m[near]).mean())


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8.0
    store = ModelStore(read_environment(os.environ).models)
    print("| seed, skin, hands | draw, CPU ms a frame | wrist error, m | within 2 sigma |")
    print("|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        for take in _TAKES:
            options = FilmOptions(**{**vars(take), "seconds": seconds})
            path = Path(temporary) / f"{options.seed}.mp4"
            film(path, options)
            truth = load_ground_truth(path.with_suffix(".npz"))
            wrist_m, within = score(truth, track(path, options, store))
            name = f"{options.seed}, {options.skin}, {options.hands}{', passer-by' if options.passer_by else ''}"
            print(f"| {name} | {draw_ms(options, 60):.1f} | {wrist_m:.3f} | {within:.2f} |")


if __name__ == "__main__":
    main()
