"""A short run of `benchmarks.fuzz`, and a real crash to show that it would be seen."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_two_hundred_damaged_videos_end_in_frames_or_in_a_reason(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.fuzz", "200", "7"],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{ROOT}:{ROOT / 'src'}", "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    answer = json.loads(done.stdout)
    assert sum(answer["ends"].values()) == 200
    assert answer["ends"]["decoded"] > 20, "mutations that spare nothing test nothing"
    assert answer["ends"]["reason"] > 20
    assert answer["wrong"] == []
