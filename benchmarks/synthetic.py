"""The workshop's films: what drawing costs, and how well our own tracker finds the hands in them.

    python -m benchmarks.synthetic [SECONDS]

Found: frames in which a visible hand is found near its place. Error: median distance of the 21 landmarks in percent of
the palm (wrist to middle finger root). Wrist error: median distance in metres, and how often it is within two sigma.
"""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from tacit.footage.source import open_source
from tacit.models.store import ModelStore
from tacit.motion.assemble import AssembleOptions, TrackBuilder
from tacit.motion.tracker import TrackerOptions, open_tracker
from tacit.records.frames import CleanFrame
from tacit.records.hands import HandTrack
from tacit.wiring import read_environment
from tacit.workshop.film import FilmOptions, GroundTruth, Stage, film, load_ground_truth

_TAKES = (
    FilmOptions(seed=101, skin="fair", hands="both"),
    FilmOptions(seed=102, skin="tan", hands="right"),
    FilmOptions(seed=103, skin="brown", hands="both", passer_by=True),
    FilmOptions(seed=104, skin="dark", hands="both"),
)


def draw_ms(options: FilmOptions, n_frames: int) -> float:
    """CPU milliseconds to draw one frame, the mesh built beforehand, nothing encoded."""
    stage = Stage(options)
    stage.frame(0)
    began = time.process_time()
    for index in range(n_frames):
        stage.frame(index)
    return 1000 * (time.process_time() - began) / n_frames


def track(path: Path, store: ModelStore) -> HandTrack:
    """What our tracker makes of a film."""
    tracker = open_tracker(store, TrackerOptions())
    with open_source(path, 30) as source:
        builder = TrackBuilder(30, source.width, source.height, AssembleOptions())
        for frame in source.frames():
            clean = CleanFrame(frame.frame_index, frame.i420, frame.is_repeat, np.zeros((0, 4), np.float32))
            builder.add(tracker.step(clean))
    return builder.finish()


def score(truth: GroundTruth, found: HandTrack) -> tuple[float, float, float, float]:
    """Part found, median error in percent of the palm, median wrist error in metres, part within two sigma."""
    palm = np.linalg.norm(truth.px[:, :, 9] - truth.px[:, :, 0], axis=-1)
    error = np.linalg.norm(found.px - truth.px, axis=-1).mean(axis=-1) / palm
    near = (error < 0.6) & truth.visible
    wrist = np.linalg.norm(found.xyz[:, :, 0] - truth.xyz[:, :, 0], axis=-1)
    within = wrist[near] <= 2 * found.sigma_m[near]
    return (
        near.sum() / truth.visible.sum(),
        100 * float(np.median(error[near])),
        float(np.median(wrist[near])),
        within.mean(),
    )


def main() -> None:
    """Measure and print."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 8.0
    store = ModelStore(read_environment(os.environ).models)
    print("| seed, skin, hands | draw, CPU ms a frame | found | error, % of palm | wrist error, m | within 2 sigma |")
    print("|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as temporary:
        for take in _TAKES:
            options = FilmOptions(**{**vars(take), "seconds": seconds})
            path = Path(temporary) / f"{options.seed}.mp4"
            film(path, options)
            truth = load_ground_truth(path.with_suffix(".npz"))
            part, error, wrist_m, within = score(truth, track(path, store))
            name = f"{options.seed}, {options.skin}, {options.hands}{', passer-by' if options.passer_by else ''}"
            print(f"| {name} | {draw_ms(options, 60):.1f} | {part:.3f} | {error:.1f} | {wrist_m:.3f} | {within:.2f} |")


if __name__ == "__main__":
    main()
