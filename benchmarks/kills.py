"""Kills processes of `tacit run` at random moments and compares what comes out with a run that was never killed.

    python -m benchmarks.kills [N_KILLS] [SEED]

Each time one process of the run, or all of them, is killed by SIGKILL; then the same command runs again. Whenever it
comes to its end, the canonical digest of the dataset is compared, and it starts over with an empty shop.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.folder import command, environment, make_folder, run
from tacit.datasets.canonical import dataset_digest
from tacit.datasets.check import check_dataset
from tacit.workshop.film import FilmOptions, film

_FILM_S = 1.5


def processes_of(parent: int) -> list[int]:
    """A process and all its descendants, as they are now."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            children.setdefault(int(fields[1]), []).append(int(entry.name))
    found = [parent]
    for pid in found:
        found += children.get(pid, [])
    return found


def main() -> None:
    """Measure and print."""
    n_kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    dice = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)  # noqa: S311 - when to kill is no secret
    with tempfile.TemporaryDirectory() as temporary:
        world = Path(temporary)
        clips = [world / f"clip-{seed}.mp4" for seed in (1, 2, 3)]
        for seed, clip in enumerate(clips):
            film(clip, FilmOptions(seconds=_FILM_S, seed=seed, passer_by=seed == 1))
        began = time.monotonic()
        whole = run(make_folder(world / "whole", clips), world / "whole-dataset", world)
        whole_s = time.monotonic() - began
        expected = dataset_digest(world / "whole-dataset")
        print(f"not killed: {whole_s:.1f} s, {whole['dataset']['episodes']} episodes, digest {expected[:16]}")
        folder, out = make_folder(world / "killed", clips), world / "killed-dataset"
        killed = ended = wrong = orphans = 0
        while killed < n_kills:
            process = subprocess.Popen(
                command(folder, out, "--json"),
                env=environment(world),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            time.sleep(dice.uniform(0.1, whole_s))
            if process.poll() is None:
                alive = processes_of(process.pid)
                victims = alive if dice.random() < 0.3 else [dice.choice(alive)]
                for victim in victims:
                    try:
                        os.kill(victim, signal.SIGKILL)
                    except ProcessLookupError:
                        continue
                killed += 1
            if process.wait() == 0:
                ended += 1
                is_same = dataset_digest(out) == expected and not check_dataset(out)
                wrong += not is_same
                shutil.rmtree(folder / ".tacit")
                shutil.rmtree(out)
            elif process.returncode > 0:
                print(f"unexpected exit {process.returncode}")
                wrong += 1
        final = run(folder, out, world)
        ended += 1
        wrong += dataset_digest(out) != expected or bool(check_dataset(out)) or final["dataset"]["path"] is None
        time.sleep(3)
        orphans = sum(str(world) in _command_line(pid) for pid in processes_of(1))
        leftovers = [path.name for path in world.iterdir() if path.name.startswith(".")]
        print(f"{killed} kills, {ended} runs came to their end, {wrong} wrong")
        print(f"{orphans} processes left behind, folders left behind: {leftovers or 'none'}")
        if wrong:
            raise SystemExit(1)


def _command_line(pid: int) -> str:
    try:
        return (Path("/proc") / str(pid) / "cmdline").read_bytes().decode(errors="replace")
    except OSError:
        return ""


if __name__ == "__main__":
    main()
