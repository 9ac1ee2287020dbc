"""Makes footage folders for measurements, and runs `tacit run` on them in a world of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

AGREEMENT = """\
id = "bench"
kind = "collective"
parties = ["Union", "Plant"]
jurisdiction = "IN"
valid_from = 2026-01-01
valid_to = 2028-12-31
purposes = ["train-robot-skill"]
review_hold_h = 72
raw_retention_days = 30
group_size_min = 5
title = { en = "Measuring" }
ownership = { footage = "worker", datasets = "shared", skills = "plant" }
territory = { allowed = ["IN"] }
bounty = { currency = "INR", per_accepted_hour = "2500.00", floor_per_hour = "250.00" }

[royalty]
pool_percent = "20"
remainder_to = "plant"
internal_run = "0.05"
split = { hours = "50", value = "50" }
after_withdrawal = "keep-earning"
"""
WORKER = """\
agreement = "agreement.toml"

[[worker]]
id = "one"
name = "One"
language = "en"
consent = ["train-robot-skill"]
consented_at = 2026-01-02T08:00:00+00:00
"""
RECORDING = """
[[recording]]
file = "{file}"
worker = "one"
task = "work"
station = "bench"
started_at = 2026-01-02T09:00:00+00:00
released = true
"""


def make_folder(folder: Path, clips: Sequence[Path]) -> Path:
    """A footage folder with links to the clips, all by one consenting worker and released."""
    folder.mkdir(parents=True)
    (folder / "agreement.toml").write_text(AGREEMENT, encoding="utf-8")
    for clip in clips:
        (folder / clip.name).symlink_to(clip.resolve())
    text = WORKER + "".join(RECORDING.format(file=clip.name) for clip in clips)
    (folder / "footage.toml").write_text(text, encoding="utf-8")
    return folder


def environment(world: Path) -> dict[str, str]:
    """The environment of a run whose keys lie in a folder of its own."""
    return {**os.environ, "TACIT_KEYS": str(world / "keys")}


def command(folder: Path, out: Path, *more: str) -> list[str]:
    """The command line of `tacit run`."""
    return [sys.executable, "-m", "tacit", "run", str(folder), "--out", str(out), *more]


def run(folder: Path, out: Path, world: Path, *more: str) -> dict[str, Any]:
    """Run it and return its JSON answer; exit codes 2 and 3 are answers too."""
    done = subprocess.run(
        command(folder, out, "--json", *more), env=environment(world), stdout=subprocess.PIPE, check=False
    )
    if not done.stdout:
        raise SystemExit(f"tacit run ended with {done.returncode} and no answer")
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
