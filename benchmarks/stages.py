"""Where every millisecond goes, from a file to a dataset.

    python -m benchmarks.stages CLIP [CLIP ...]

The flow of `tacit run` in this one process, with a stopwatch around its stages. Processor time of all threads; a stage
that calls another is not charged for it, so the rows add up to `sum`. Python starts once, for the first clip. Below
`sum` stands what `tacit run` itself takes for the clip alone, with its three processes, each of which has to start.
Where pandas is installed PyArrow imports it (0.3 s, in "dataset: parquet"); tacit does not ask for it.
"""

import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet

import tacit.datasets.writer
import tacit.flows.build_dataset
import tacit.flows.process_unit
import tacit.footage.anonymise
import tacit.footage.encode
import tacit.footage.face_search
import tacit.footage.source
import tacit.models.inference
import tacit.motion.tracker
import tacit.seal.envelope
import tacit.wiring
from benchmarks.children import run_measured
from benchmarks.folder import command, environment, make_folder
from tacit.cli.show import TerminalProgress
from tacit.flows.footage_folder import read_footage_folder
from tacit.flows.ports import Job, JobEnd
from tacit.flows.run import run
from tacit.wiring import KeySource, process_in_worker, read_environment

_START = "start Python, import"
_STAGES = (
    ("check the file's digest", tacit.flows.process_unit, "compute_content_mac"),
    ("make the shop", tacit.wiring, "create_shop"),
    ("load OpenVINO, compile the models", tacit.models.inference.Network, "_compile"),
    ("decode", tacit.footage.source.VideoSource, "_decode"),
    ("to upright I420", tacit.footage.source, "convert_picture"),
    ("search faces, whole picture", tacit.footage.face_search.FaceSearch, "whole"),
    ("search faces, reduced picture", tacit.footage.face_search.FaceSearch, "small"),
    ("search faces, near a track", tacit.footage.face_search.FaceSearch, "look"),
    ("follow faces and cover them", tacit.footage.anonymise.Anonymiser, "push"),
    ("follow faces and cover them", tacit.footage.anonymise.Anonymiser, "flush"),
    ("fit to the canvas", tacit.footage.anonymise, "fit_picture"),
    ("track hands", tacit.motion.tracker.HandTracker, "push"),
    ("track hands", tacit.motion.tracker.HandTracker, "flush"),
    ("encode", tacit.footage.encode.CleanVideoWriter, "write"),
    ("encode", tacit.footage.encode.CleanVideoWriter, "close"),
    ("seal", tacit.seal.envelope.SealedWriter, "write"),
    ("seal", tacit.seal.envelope.SealedWriter, "close"),
    ("read back and verify", tacit.flows.process_unit, "_verify"),
    ("dataset: copy the video", tacit.flows.build_dataset, "remux_stretch"),
    ("dataset: check the video", tacit.datasets.writer, "find_video_faults"),
    ("dataset: statistics of pictures", tacit.datasets.writer, "sample_images"),
    ("dataset: statistics of pictures", tacit.datasets.writer, "compute_image_stats"),
    ("dataset: statistics of columns", tacit.datasets.writer, "compute_episode_stats"),
    ("dataset: features", tacit.flows.build_dataset, "compute_features"),
    ("dataset: parquet", tacit.datasets.writer, "to_frame_table"),
    ("dataset: parquet", pyarrow.parquet, "write_table"),
    ("dataset: digest", tacit.datasets.writer, "compute_digest"),
    ("dataset: onto the disk", tacit.datasets.writer, "sync_tree"),
)


class Stopwatch:
    """Charges processor time to the innermost stage that is running."""

    def __init__(self) -> None:
        self.spent_s: dict[str, float] = defaultdict(float)
        self._running = ["everything else"]
        self._since_s = time.process_time()

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Charge what happens inside to a stage."""
        self._charge()
        self._running.append(name)
        try:
            yield
        finally:
            self._charge()
            self._running.pop()

    def _charge(self) -> None:
        now_s = time.process_time()
        self.spent_s[self._running[-1]] += now_s - self._since_s
        self._since_s = now_s

    def result(self) -> dict[str, float]:
        """Seconds by stage."""
        self._charge()
        return dict(self.spent_s)

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The same function, timed; where it answers with an iterator, so is every step of that."""

        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.stage(name):
                answer = function(*args, **kwargs)
            return self._steps(name, answer) if isinstance(answer, Iterator) else answer

        return timed

    def _steps(self, name: str, steps: Iterator[Any]) -> Iterator[Any]:
        while True:
            with self.stage(name):
                step = next(steps, self)
            if step is self:
                return
            yield step


class HereEngine:
    """Runs jobs in this process, one after another."""

    def run(self, jobs: Sequence[Job], progress: Callable[[float], None]) -> Iterator[JobEnd]:
        """Run the jobs and yield how each ended."""
        for job in jobs:
            yield JobEnd(job, process_in_worker(report=progress, **job.arguments), None, "")


def measure(clip: Path) -> int:
    """Take a clip from its file to a dataset; returns its frames."""
    with tempfile.TemporaryDirectory() as temporary:
        world = Path(temporary)
        folder = make_folder(world / "footage", [clip])
        variables = replace(read_environment(os.environ), keys=world / "keys")
        opened = tacit.wiring.create_shop(folder / ".tacit", variables, 30, 1280, 720, KeySource.FILE)
        declared = read_footage_folder(folder)
        shop, contract = opened.shop, opened.contract
        result = run(shop, HereEngine(), contract, opened.make_job, declared, world / "out", TerminalProgress())
        outcome = result.rows[0].outcome
        return outcome.n_frames if outcome is not None else 0


def measure_whole(clip: Path) -> float:
    """Processor seconds of one `tacit run` on a clip, all its processes included."""
    with tempfile.TemporaryDirectory() as temporary:
        world = Path(temporary)
        words = [*command(make_folder(world / "footage", [clip]), world / "out"), "--jobs", "1"]
        _, cost = run_measured(words, environment=environment(world), codes=(0, 2, 3))
        return cost.cpu_s


def main() -> None:
    """Measure and print."""
    watch = Stopwatch()
    watch.spent_s[_START] += time.process_time()
    for name, place, attribute in _STAGES:
        setattr(place, attribute, watch.wrap(name, getattr(place, attribute)))
    columns: list[dict[str, float]] = []
    wholes_ms: list[float] = []
    clips = [Path(word) for word in sys.argv[1:]]
    for clip in clips:
        n_frames = max(measure(clip), 1)  # none where a clip cannot be read
        columns.append({name: 1000 * spent_s / n_frames for name, spent_s in watch.result().items()})
        wholes_ms.append(1000 * measure_whole(clip) / n_frames)
        watch.result()
        watch.spent_s.clear()
    print(f"| CPU ms a frame | {' | '.join(clip.stem for clip in clips)} |")
    print("|---|" + "---|" * len(clips))
    names = [_START, *dict.fromkeys(name for name, _, _ in _STAGES), "everything else"]
    for name in names:
        print(f"| {name} | {' | '.join(f'{column.get(name, 0.0):.2f}' for column in columns)} |")
    print(f"| sum | {' | '.join(f'{sum(column.values()):.2f}' for column in columns)} |")
    print(f"| `tacit run` | {' | '.join(f'{whole_ms:.2f}' for whole_ms in wholes_ms)} |")


if __name__ == "__main__":
    main()
